"""The instrument: everything that a controller may move, whichever way it speaks."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from granulate import score_file
from granulate.api import analyse, as_preset
from granulate.errors import GranulateError, ParameterError
from granulate.level import from_decibels, to_decibels
from granulate.live.engine import Engine
from granulate.live.osc.handler import Status
from granulate.live.player import Player
from granulate.live.stream import Stream, analysed_alike, check_playable, needs_another
from granulate.preset import SECTIONS, Preset
from granulate.sound_file import gather, read
from granulate.types import Choice, Corpus

_TICK_S = 0.01
Said = Callable[[str], None]


class Instrument:
    """A `Handler` for OSC and MIDI: presets are replaced whole, never changed, and what takes long is
    done beside the player, which goes on with what it has until it is there.

    `said` is told one line of what could not be done later, when nobody waits for an answer.
    """

    def __init__(
        self, engine: Engine, corpus: Corpus, preset: Preset, *, take: Path | None = None,
        force: bool = False, until: int | None = None, said: Said = lambda line: None,
    ) -> None:  # fmt: skip
        check_playable(preset)
        self.engine = engine
        self._preset = preset
        self._corpus = corpus
        self._made_of = preset
        self._master_db = 0.0
        self._values: Mapping[tuple[str, str], Any] = {}
        self._take, self._force, self._said = take, force, said
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._over = threading.Event()
        self._sources: Sequence[str] | None = None
        self._morph: _Morph | None = None
        self.player = Player(
            engine, Stream(corpus, preset, engine.state.clock + engine.setup.block), until=until
        )
        self._builder = threading.Thread(target=self._build, name="builder", daemon=True)
        self._table()

    def begin(self) -> None:
        """Play, and write down what is played where a file was named for it."""
        if self._take is not None:
            self.player.begin_take()
        self.player.start()
        self._builder.start()

    def end(self) -> None:
        """Play no more; what was written down goes into its file. Raises OutputError and ScoreError."""
        self._over.set()
        self._changed.set()
        self.player.close()
        if self._builder.ident is not None:
            self._builder.join()
        self._end_take()

    # What controllers ask.

    def set(self, section: str, parameter: str, value: Any) -> None:
        """Take a checked value. Raises a GranulateError for what cannot be played."""
        if section == "master":
            self._master(float(value))
            return
        with self._lock:
            self._replace(_with(self._preset, section, parameter, value))

    def get(self, section: str, parameter: str) -> Any:
        """The value now; None where it is unset or the kind chosen now has no such parameter."""
        return self._values.get((section, parameter))

    def values(self) -> Mapping[tuple[str, str], Any]:
        """Every value that `get` gives."""
        return self._values

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

    def _act_play(self, grain: int, gain: float = 0.0, rate: float = 1.0, pan: float = 0.0) -> None:
        self.player.play(self._grain(grain), from_decibels(gain), rate, pan)

    def _act_hold(self, voice: int, grain: int, gain: float, rate: float) -> None:
        self.player.hold(voice, self._grain(grain), from_decibels(gain), rate)

    def _act_vary(self, voice: int, gain: float, rate: float, timbre: float = 0.0) -> None:
        self.player.vary(voice, from_decibels(gain), rate)

    def _act_release(self, voice: int) -> None:
        self.player.release(voice)

    def _grain(self, grain: int) -> int:
        n = len(self.player.stream.corpus)
        if not 0 <= grain < n:
            raise ParameterError(f"play.grain = {grain}; allowed: 0 to {n - 1}")
        return int(grain)

    def _act_goto(self, *place: float | None) -> None:
        self.player.go(tuple(float(value) for value in place if value is not None))

    def _act_gesture(self, *numbers: float) -> None:
        points = [list(numbers[i : i + 2]) for i in range(0, len(numbers), 2)]
        with self._lock:
            path = SECTIONS["path"].bind({"kind": "gesture", "points": points})
            self._replace(replace(self._preset, path=path))

    def _act_panic(self) -> None:
        self.player.quiet()

    def _act_stop(self) -> None:
        self.player.rest(True)

    def _act_start(self) -> None:
        self.player.rest(False)

    def _act_record(self, on: bool) -> None:
        if self._take is None:
            raise ParameterError(
                "record, without a file to write to; allowed: granulate live --record OUT.json"
            )
        if on and not self.player.recording:
            self.player.begin_take()
        elif not on:
            self._end_take()

    def _act_preset(self, name: str, seconds: float = 0.0) -> None:
        if Path(name).name != name:
            raise ParameterError(
                f"preset {name!r}; allowed: a shipped preset, or a TOML file where granulate was started"
            )
        wanted = as_preset(name)
        check_playable(wanted)
        with self._lock:
            morph = _Morph(self._preset, wanted, seconds) if seconds > 0 else None
            self._replace(morph.at(0) if morph else wanted)
            self._morph = morph  # only now: a change that was refused must not be tried again and again
        self._changed.set()

    def _act_corpus(self, path: str) -> None:
        if self.player.recording:
            raise ParameterError("other sounds during a take; allowed: when it has been written down")
        self._sources = gather([path])
        self._changed.set()

    # How it is done.

    def _master(self, decibels: float) -> None:
        self._master_db = decibels
        self.player.level = from_decibels(decibels)
        self._table()

    def _replace(self, preset: Preset) -> None:
        check_playable(preset)
        if self.player.recording and preset.framing != self._preset.framing:
            raise ParameterError("another framing during a take; allowed: when it has been written down")
        self._preset = preset
        if needs_another(self._made_of, preset):
            self._changed.set()
        else:
            self.player.stream.preset = preset
        self._table()

    def _table(self) -> None:
        found: dict[tuple[str, str], Any] = {("master", "gain"): self._master_db}
        for name, section in SECTIONS.items():
            chosen = getattr(self._preset, name)
            choices = chosen if section.several else (chosen,)
            if not section.single:
                found[name, "kind"] = ",".join(choice.kind for choice in choices)
            for choice in choices:
                found |= {(name, parameter): value for parameter, value in choice.parameters.items()}
        self._values = found

    def _end_take(self) -> None:
        if self._take is not None and self.player.recording:
            score_file.save(self.player.end_take(), self._take, force=self._force)
            self._force = True  # the next one may replace what this run has written

    def _build(self) -> None:
        while not self._over.is_set():
            self._changed.wait(_TICK_S if self._morph else None)
            self._changed.clear()
            try:
                self._step_morph()
                self._renew()
            except GranulateError as error:
                self._said(str(error))

    def _step_morph(self) -> None:
        morph = self._morph
        if morph is None:
            return
        with self._lock:
            passed = morph.passed()
            if passed >= 1:
                self._morph = None
            self._replace(morph.at(passed))

    def _renew(self) -> None:
        preset, sources = self._preset, self._sources
        if sources is None and not needs_another(self._made_of, preset):
            return
        self._sources = None
        made_of = self._made_of
        self._made_of = preset  # also where it fails: it would fail again
        if sources is not None:
            # The engine's rate stands until it is started anew.
            rate = self.engine.setup.sample_rate
            self._corpus = analyse([read(path, sample_rate=rate) for path in sources], preset)
        elif not analysed_alike(made_of, preset):
            self._corpus = analyse(self._corpus.sounds, preset)
        stream = Stream(self._corpus, preset)
        with self._lock:
            if not needs_another(preset, self._preset):
                stream.preset = self._preset
            self.player.take_over(stream)


class _Morph:
    """A way from one preset to another: numbers move evenly, all else changes at its beginning."""

    def __init__(self, begin: Preset, end: Preset, seconds: float) -> None:
        self._begin, self._end, self._seconds = begin, end, seconds
        self._begun = time.monotonic()

    def passed(self) -> float:
        """How much of it is over, up to 1."""
        return min(1.0, (time.monotonic() - self._begun) / self._seconds)

    def at(self, passed: float) -> Preset:
        """The preset when so much has passed."""
        if passed >= 1:
            return self._end
        moved: dict[str, Any] = {
            name: _between(getattr(self._begin, name), getattr(self._end, name), passed)
            for name in ("path", "grain", "envelope")
        }
        return replace(self._end, **moved)


def _between(a: Choice, b: Choice, passed: float) -> Choice:
    if a.kind != b.kind:
        return b
    found = dict(b.parameters)
    for name, value in b.parameters.items():
        before = a.parameters[name]
        if isinstance(value, bool) or isinstance(before, bool):
            continue
        if isinstance(value, float) and isinstance(before, int | float):
            found[name] = before + (value - before) * passed
        elif isinstance(value, int) and isinstance(before, int):
            found[name] = round(before + (value - before) * passed)
    return Choice(b.kind, found)


def _with(preset: Preset, section: str, parameter: str, value: Any) -> Preset:
    chosen = getattr(preset, section)
    if SECTIONS[section].several and parameter == "kind":
        return preset.set(f"{section}.kind={value}")
    found: Any
    if SECTIONS[section].several:
        found = tuple(
            _changed(section, c, parameter, value) if parameter in c.parameters else c for c in chosen
        )
    else:
        found = _changed(section, chosen, parameter, value)
    changes: dict[str, Any] = {section: found}
    return replace(preset, **changes)


def _changed(section: str, choice: Choice, parameter: str, value: Any) -> Choice:
    if parameter == "kind":
        return choice if choice.kind == value else SECTIONS[section].bind({"kind": value})
    return Choice(choice.kind, {**choice.parameters, parameter: value})
