"""The instrument: everything that a controller may move, whichever way it speaks."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from granulate.api import analyse, as_preset
from granulate.atomic import reason
from granulate.errors import GranulateError, ParameterError
from granulate.level import from_decibels, to_decibels
from granulate.live.engine import Engine
from granulate.live.folders import Folders
from granulate.live.input.inlet import Inlet
from granulate.live.input.keeping import Keeper
from granulate.live.morph import Morph
from granulate.live.osc.handler import Status
from granulate.live.player import ANSWER_BLOCKS, Player
from granulate.live.saving import Takes
from granulate.live.stream import Stream, analysed_alike, check_playable, fitted_to, needs_another
from granulate.live.take import Take
from granulate.preset import SECTIONS, Preset
from granulate.sound_file import gather, read
from granulate.types import Choice, Corpus

_TICK_S = 0.01
_LOOK_S = 0.1
Said = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard: `level` in dBFS, falling slowly; `remembered` in seconds; how many sounds of the input are in
    the corpus; windows that were `missed` because the player came too late; and what the engine's `State` counts.

    `latency`: seconds from a sound to the grain that answers it, from the middle of the window that it is
    in; the devices' own, as far as they tell it, is part of it.
    """

    level: float
    remembered: float
    kept: int
    missed: int
    lost: int
    overflows: int
    non_finite: int
    latency: float


class Instrument:
    """A `Handler` for OSC and MIDI: presets are replaced whole, never changed, and what takes long is
    done beside the player, which goes on with what it has until it is there.

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
        self._preset = preset
        self._corpus = corpus
        self._made_of = preset
        self._master_db = 0.0
        self._values: Mapping[tuple[str, str], Any] = {}
        self._said = said
        self._folders = Folders.of(corpus.sounds) if folders is None else Folders(folders)
        self._takes = None if take is None else Takes(take, force=force)
        self._ended: deque[Take] = deque()
        self._fallen: deque[tuple[Preset, str]] = deque()
        self._lock = threading.Lock()
        self._changed = threading.Event()
        self._over = threading.Event()
        self._source: str | None = None
        self._morph: Morph | None = None
        self.player = Player(
            engine,
            Stream(corpus, preset, engine.state.clock + engine.setup.block),
            until=until,
            fell=self._fell,
        )
        inlet = self.player.inlet
        self._keeper = None if inlet is None else Keeper(inlet)
        self._builder = threading.Thread(target=self._build, name="builder", daemon=True)
        self._table()

    def begin(self) -> None:
        """Play, and write down what is played where a file was named for it."""
        if self._takes is not None:
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
        if self.player.recording:
            self._ended.append(self.player.end_take())
        self._save()

    # What controllers ask.

    def set(self, section: str, parameter: str, value: Any) -> None:
        """Take a checked value. Raises a GranulateError for what cannot be played."""
        if section == "master":
            self._master(float(value))
            return
        if section == "input":
            self._inlet().set(parameter, value)
            self._table()
            self._changed.set()
            return
        if parameter == "file" and value is not None and value != self.get(section, parameter):
            self._folders.check(value, f"{section}.file")
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

    def hearing(self) -> Hearing | None:
        """What is heard now; None where there is no input."""
        inlet, keeper, setup = self.player.inlet, self._keeper, self.engine.setup
        if inlet is None or keeper is None:
            return None
        state, memory, framing = self.engine.state, inlet.memory, self.player.stream.corpus.framing
        samples = framing.window - framing.lead + ANSWER_BLOCKS * setup.block
        return Hearing(
            to_decibels(inlet.peak), (memory.end - memory.oldest) / setup.sample_rate, len(keeper.kept),
            self.player.missed, state.input_lost, state.input_overflows, state.input_non_finite,
            samples / setup.sample_rate + self.engine.latency + self.engine.input_latency,
        )  # fmt: skip

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

    def _act_vary(self, voice: int, gain: float, rate: float, timbre: float = 0.0) -> None:
        self.player.vary(voice, from_decibels(gain), rate)

    def _act_release(self, voice: int) -> None:
        self.player.release(voice)

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
        if self._takes is None:
            raise ParameterError(
                "record, without a file to write to; allowed: granulate live --record OUT.json"
            )
        if on and not self.player.recording:
            self.player.begin_take()
        elif not on and self.player.recording:
            self._ended.append(self.player.end_take())
            self._changed.set()

    def _act_preset(self, name: str, seconds: float = 0.0) -> None:
        if Path(name).name != name:
            raise ParameterError(
                f"preset {name!r}; allowed: a shipped preset, or a TOML file where granulate was started"
            )
        wanted = as_preset(name)
        check_playable(wanted)
        self._check(wanted)
        with self._lock:
            morph = Morph(self._preset, wanted, seconds) if seconds > 0 else None
            self._replace(morph.at(0) if morph else wanted)
            self._morph = morph  # only now: a change that was refused must not be tried again and again
        self._changed.set()

    def _act_corpus(self, path: str) -> None:
        if self.player.recording:
            raise ParameterError("other sounds during a take; allowed: when it has been written down")
        self._folders.check(path, "corpus.path")
        self._source = path
        self._changed.set()

    # How it is done.

    def _inlet(self) -> Inlet:
        if self.player.inlet is None:
            raise ParameterError(
                "an input, which there is not; allowed: granulate live --input DEVICE|FILE.wav"
            )
        return self.player.inlet

    def _master(self, decibels: float) -> None:
        self._master_db = decibels
        self.player.level = from_decibels(decibels)
        self._table()

    def _replace(self, preset: Preset) -> None:
        self._check(preset)
        if self.player.recording and preset.framing != self._preset.framing:
            raise ParameterError("another framing during a take; allowed: when it has been written down")
        self._preset = preset
        if needs_another(self._made_of, preset):
            self._changed.set()
        self._apply(preset)
        self._table()

    def _check(self, preset: Preset) -> None:
        """Raise ParameterError for what can be seen at once not to be playable."""
        check_playable(preset)
        self.player.check(preset)
        stream = self.player.stream
        if not needs_another(stream.preset, preset):
            stream.check(preset)

    def _fell(self, preset: Preset, line: str) -> None:
        self._fallen.append((preset, line))
        self._changed.set()

    def _recover(self) -> None:
        """Say what could not be played, and stand where the player has gone back to."""
        while self._fallen:
            failed, line = self._fallen.popleft()
            self._said(line)
            if self.player.good is None:
                continue
            corpus, good = self.player.good
            stream = self.player.stream
            stuck = stream.preset is failed
            with self._lock:
                self._morph = None
                changes: dict[str, Any] = {
                    name: getattr(good, name)
                    for name in ("path", "grain", "envelope")
                    if getattr(self._preset, name) is getattr(failed, name)
                }
                self._preset = good if stuck else replace(self._preset, **changes)
                self._apply(self._preset)
                self._table()
            if stuck:
                self.player.good = None  # what fails once more is not tried for ever
                self._made_of = good
                self._play(corpus, good)

    def _apply(self, preset: Preset) -> None:
        """Let the stream go on by a preset, unless that needs another one, which then comes in its time."""
        stream = self.player.stream
        if not needs_another(stream.preset, preset):
            stream.preset = preset

    def _table(self) -> None:
        found: dict[tuple[str, str], Any] = {("master", "gain"): self._master_db}
        for name, section in SECTIONS.items():
            chosen = getattr(self._preset, name)
            choices = chosen if section.several else (chosen,)
            if not section.single:
                found[name, "kind"] = ",".join(choice.kind for choice in choices)
            for choice in choices:
                found |= {(name, parameter): value for parameter, value in choice.parameters.items()}
        if self.player.inlet is not None:
            found |= {("input", parameter): value for parameter, value in self.player.inlet.values.items()}
        self._values = found

    def _save(self) -> None:
        """Write what has been played to its end."""
        while self._takes is not None and self._ended:
            self._takes.save(self._ended.popleft())

    def _build(self) -> None:
        while not self._over.is_set():
            sampling = self._keeper is not None and self.get("input", "sampling")
            self._changed.wait(_TICK_S if self._morph else _LOOK_S if sampling else None)
            self._changed.clear()
            for work in (
                self._save,
                self._recover,
                self._step_morph,
                self._renew,
                self._remember,
                self._keep,
            ):
                try:
                    work()
                except GranulateError as error:
                    self._said(str(error))
                except Exception as error:  # noqa: BLE001 - whatever it is, the next change may be well
                    self._said(f"{type(error).__name__}: {reason(error)}")

    def _step_morph(self) -> None:
        morph = self._morph
        if morph is None:
            return
        with self._lock:
            passed = morph.passed()
            self._morph = None  # what is refused once is refused for good
            self._replace(fitted_to(morph.at(passed), len(self.player.stream.corpus)))
            self._morph = morph if passed < 1 else None

    def _renew(self) -> None:
        preset, source = self._preset, self._source
        if source is None and not needs_another(self._made_of, preset):
            return
        self._source = None
        made_of, corpus = self._made_of, self._corpus
        self._made_of = preset
        try:
            if source is not None:
                # The engine's rate stands until it is started anew.
                rate = self.engine.setup.sample_rate
                corpus = analyse([read(path, sample_rate=rate) for path in self._gathered(source)], preset)
            elif not analysed_alike(made_of, preset):
                corpus = analyse(corpus.sounds, preset)
            self._play(corpus, preset)
        except Exception:
            self._go_back(preset)
            raise
        if source is not None and self._keeper is not None:
            self._keeper.start_anew()

    def _go_back(self, preset: Preset) -> None:
        """What was asked for cannot be made: what plays is what stands, unless more has been asked for since."""
        with self._lock:
            self._made_of = self.player.stream.preset
            if self._preset is preset:
                self._preset = self._made_of
                self._morph = None
                self._table()
            else:
                self._changed.set()

    def _gathered(self, source: str) -> list[str]:
        paths = gather([source])
        for path in paths:  # links within a folder may lead out of it
            self._folders.check(path, "corpus.path")
        return paths

    def _remember(self) -> None:
        inlet = self.player.inlet
        if inlet is not None and inlet.outgrown:
            self.player.remember(inlet.resized())

    def _keep(self) -> None:
        if self._keeper is not None and self._keeper.waiting():
            self._play(self._keeper.extended(self._corpus), self._made_of)

    def _play(self, corpus: Corpus, preset: Preset) -> None:
        fitted = fitted_to(preset, len(corpus))
        self.player.take_over(Stream(corpus, fitted))
        self._corpus = corpus
        with self._lock:  # what was moved meanwhile
            if fitted is not preset:
                self._made_of, self._preset = fitted, fitted_to(self._preset, len(corpus))
                self._said(f"path.{_lowered(preset, fitted)}: there are only {len(corpus)} grains")
                self._table()
            self._apply(self._preset)


def _lowered(before: Preset, after: Preset) -> str:
    given = after.path.parameters
    return ", ".join(
        f"{k} = {v} is {given[k]} now" for k, v in before.path.parameters.items() if given[k] != v
    )


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
