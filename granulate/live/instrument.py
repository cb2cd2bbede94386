"""The instrument: everything that a controller may move, whichever way it speaks."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from granulate.api import as_preset
from granulate.errors import ParameterError
from granulate.level import from_decibels, to_decibels
from granulate.live.building import Builder, Said
from granulate.live.engine import Engine
from granulate.live.folders import Folders
from granulate.live.hearing import Hearing, hearing
from granulate.live.input.inlet import Inlet
from granulate.live.input.keeping import Keeper
from granulate.live.osc.handler import Status
from granulate.live.player import Player
from granulate.live.saving import Takes
from granulate.live.stream import Stream, check_playable
from granulate.live.wanted import Wanted
from granulate.preset import SECTIONS, Preset
from granulate.types import Corpus

__all__ = ["Hearing", "Instrument"]


class Instrument:
    """A `Handler` for OSC and MIDI. What takes long is done beside the player, which goes on with what it
    has until it is there; what cannot be played ends nothing: what has played last goes on.

    `said` is told one line of what could not be done later, when nobody waits for an answer. `folders`:
    where clients may name files, beside the present folder; unless told, those that the sounds were read from.
    """

    def __init__(
        self, engine: Engine, corpus: Corpus, preset: Preset, *, take: Path | None = None,
        force: bool = False, until: int | None = None, said: Said = lambda line: None,
        folders: Sequence[str | Path] | None = None,
    ) -> None:  # fmt: skip
        check_playable(preset)
        self.engine = engine
        self._folders = Folders.of(corpus.sounds) if folders is None else Folders(folders)
        self._takes = None if take is None else Takes(take, force=force)
        self._changed = threading.Event()
        stream = Stream(corpus, preset, engine.clock + engine.setup.block)
        self.player = Player(engine, stream, until=until, fell=self._fell)
        inlet = self.player.inlet
        self._keeper = None if inlet is None else Keeper(inlet)
        self._wanted = Wanted(self.player, preset, self._changed)
        self._builder = Builder(self._wanted, corpus, self._folders, self._keeper, self._takes, said)

    def begin(self) -> None:
        """Play, and write down what is played where a file was named for it."""
        if self._takes is not None:
            self.player.begin_take()
        self.player.start()
        self._builder.start()

    def end(self) -> None:
        """Play no more; what was written down goes into its file. Raises OutputError and ScoreError."""
        self.player.close()
        self._builder.close()
        if self.player.recording:
            self._builder.ended.append(self.player.end_take())
        self._builder.save()

    # What controllers ask.

    def set(self, section: str, parameter: str, value: Any) -> None:
        """Take a checked value. Raises a GranulateError for what cannot be played."""
        if section == "master":
            self._master(float(value))
        elif section == "input":
            self._inlet().set(parameter, value)
            self._wanted.tabulate()
            self._changed.set()
        else:
            if parameter == "file" and value is not None and value != self.get(section, parameter):
                self._folders.check(value, f"{section}.file")
            self._wanted.set(section, parameter, value)

    def get(self, section: str, parameter: str) -> Any:
        """The value now; None where it is unset or the kind chosen now has no such parameter."""
        return self._wanted.values.get((section, parameter))

    def values(self) -> Mapping[tuple[str, str], Any]:
        """Every value that `get` gives."""
        return self._wanted.values

    def act(self, name: str, *arguments: Any) -> None:
        """Do something once. Raises a GranulateError for what cannot be done."""
        action = getattr(self, f"_act_{name}", None)
        if action is None:
            raise ParameterError(f"the action {name!r}, which there is not")
        action(*arguments)

    def status(self) -> Status:
        """What sounds now."""
        newest = self.player.newest
        levels = tuple(to_decibels(peak) for peak in self.engine.state.peaks)
        return Status(newest if newest >= 0 else None, self.player.stream.position, levels)

    def hearing(self) -> Hearing | None:
        """What is heard now; None where there is no input."""
        return None if self._keeper is None else hearing(self.player, len(self._keeper.kept))

    def _act_keep(self, seconds: float = 0.0) -> None:
        self._inlet()
        assert self._keeper is not None
        self._keeper.ask(seconds)
        self._changed.set()

    def _act_forget(self) -> None:
        self._inlet()
        assert self._keeper is not None
        self._keeper.forget()
        self._changed.set()

    def _act_play(self, grain: int, gain: float = 0.0, rate: float = 1.0, pan: float = 0.0) -> None:
        self.player.play(int(grain), from_decibels(gain), rate, pan)

    def _act_hold(self, voice: int, grain: int, gain: float, rate: float) -> None:
        self.player.hold(voice, int(grain), from_decibels(gain), rate)

    def _act_vary(self, voice: int, gain: float, rate: float, timbre: float = 0.5) -> None:
        # The third dimension of MPE, at rest in the middle: from there half of the map either way.
        self.player.vary(voice, from_decibels(gain), rate, timbre - 0.5)

    def _act_release(self, voice: int) -> None:
        self.player.release(voice)

    def _act_goto(self, *place: float | None) -> None:
        self.player.go(tuple(float(value) for value in place if value is not None))

    def _act_select(self, *grains: int | None) -> None:
        self.player.keep_to(np.unique(np.array([grain for grain in grains if grain is not None], np.int64)))

    def _act_gesture(self, *numbers: float) -> None:
        points = [list(numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
        self._wanted.choose("path", SECTIONS["path"].bind({"kind": "gesture", "points": points}))

    def _act_panic(self) -> None:
        self.player.quiet()

    def _act_stop(self) -> None:
        self.player.rest(True)

    def _act_start(self) -> None:
        self.player.rest(False)

    def _act_record(self, on: bool) -> None:
        if self._takes is None:
            raise ParameterError(
                "record, without a file to write to; allowed: granulate live --record OUT.json"
            )
        if on and not self.player.recording:
            self.player.begin_take()
        elif not on and self.player.recording:
            self._builder.ended.append(self.player.end_take())
            self._changed.set()

    def _act_preset(self, name: str, seconds: float = 0.0) -> None:
        if Path(name).name != name:
            raise ParameterError(
                f"preset {name!r}; allowed: a shipped preset, or a TOML file where granulate was started"
            )
        self._wanted.begin(as_preset(name), seconds)

    def _act_corpus(self, path: str) -> None:
        if self.player.recording:
            raise ParameterError("other sounds during a take; allowed: when it has been written down")
        self._folders.check(path, "corpus.path")
        self._builder.source = path
        self._changed.set()

    # How it is done.

    def _inlet(self) -> Inlet:
        if self.player.inlet is None:
            raise ParameterError(
                "an input, which there is not; allowed: granulate live --input DEVICE|FILE.wav"
            )
        return self.player.inlet

    def _master(self, decibels: float) -> None:
        self.player.level = from_decibels(decibels)
        self._wanted.master_db = decibels
        self._wanted.tabulate()

    def _fell(self, preset: Preset, line: str) -> None:
        self._builder.fallen.append((preset, line))
        self._changed.set()
