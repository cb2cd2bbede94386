"""No value that a controller may send ends the instrument: every parameter at its bounds, on every path."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from granulate.api import analyse
from granulate.errors import GranulateError, ParameterError
from granulate.live.engine import Null
from granulate.live.instrument import Instrument
from granulate.live.osc.addresses import Control, address_space
from granulate.live.records import PLAYED, Happened, event_type
from granulate.live.shared import Setup
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.stages.envelopes import ENVELOPE
from granulate.stages.sounding import GRAIN
from granulate.types import Corpus
from tests.conftest import melody

RATE, BLOCK = 22_050, 128
PRESET = Preset.of({"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": "walk"}})
PLAYABLE = [kind for kind, stage in PATH.stages.items() if not {"target", "listens"} & set(stage.traits)]


LASTING = {("tour", "effort"), ("tour", "seconds")}
"""How long an order is sought, at most a day: beside the player."""


class Engine:
    """Takes whatever it is sent, and is always on time: each grain begins when it should."""

    def __init__(self) -> None:
        self.setup = Setup(RATE, 2, BLOCK, "linear", Null())
        self.clock = 0
        self.state = SimpleNamespace(peaks=(0.0, 0.0))
        self.sent: list[np.ndarray[Any, Any]] = []
        self.envelopes = 0
        self._told = 0
        self._nothing = np.zeros(0, event_type(self.setup.n_channels))

    def add_pool(self, frames: Any) -> int:
        return 0

    def remove_pool(self, number: int) -> None:
        pass

    def add_envelope(self, table: np.ndarray[Any, Any]) -> int:
        assert np.isfinite(table).all()
        self.envelopes += 1
        return self.envelopes - 1

    def push(self, records: np.ndarray[Any, Any]) -> int:
        for name in ("rate", "gains"):
            assert np.isfinite(records[name]).all()
        self.sent.append(records.copy())
        return len(records)

    def played(self) -> np.ndarray[Any, Any]:
        """All that was sent since it was last asked has begun."""
        new, self._told = np.concatenate([self._nothing, *self.sent[self._told :]]), len(self.sent)
        happened = np.zeros(len(new), PLAYED)
        happened["kind"], happened["id"], happened["time"] = Happened.BEGAN, new["id"], new["time"]
        return happened

    def panic(self) -> None:
        pass


class Playing:
    """An instrument whose threads take their turns when they are told."""

    def __init__(self, corpus: Corpus, preset: Preset) -> None:
        self.engine, self.said = Engine(), list[str]()
        self.instrument = Instrument(
            self.engine,  # type: ignore[arg-type] - it is asked for nothing else
            corpus, preset, said=self.said.append,
        )  # fmt: skip
        self.player = self.instrument.player
        self.player._stirred.wait = lambda timeout=None: False  # type: ignore[method-assign] - nobody waits

    def turn(self, times: int = 1) -> int:
        """Some blocks later; how many grains were sent in them."""
        before = len(self.engine.sent)
        for _ in range(times):
            if self.instrument._changed.is_set():
                self.instrument._changed.clear()
                self.instrument._builder.turn()
            self.player._turn()
            self.engine.clock += BLOCK
        return sum(map(len, self.engine.sent[before:]))

    def sounds(self) -> bool:
        """Whether it plays, by a preset of a known pace."""
        for setting in (("grain", "kind", "sync"), ("path", "kind", "walk")):
            self.instrument.set(*setting)
        self.turn(2)
        # A grain that was due long from now is not waited for.
        self.player.stream.clock = min(self.player.stream.clock, self.engine.clock)
        return self.turn(30) >= 5


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return analyse(melody(2.0, RATE, 2), PRESET)


@pytest.fixture(scope="module")
def fewer() -> Corpus:
    return analyse(melody(0.5, RATE, 2), PRESET)


def bounds(section: str, kind: str) -> list[tuple[str, Any]]:
    """Every numeric parameter of a stage at its least and most; what has no bound, far out."""
    found: list[tuple[str, Any]] = []
    for control in address_space().values():
        if not isinstance(control, Control) or control.section.name != section or kind not in control.stages:
            continue
        if (kind, control.parameter) in LASTING:
            continue
        _, declared = control.declared(kind)
        shape = str(control.stages[kind].parameters[control.parameter][0])
        if "duration" in shape:
            found += [(control.parameter, text) for text in ("0s", "1", "100s", "-1s")]
        elif "bool" in shape:
            found += [(control.parameter, value) for value in (False, True)]
        elif "list[list" in shape:
            found += [
                (control.parameter, value)
                for value in ([], [[0.5]], [[0.1, 0.2, 0.3]], [[2.0, 0.0]], [[1.0, 0.0]])
            ]
        elif declared.minimum is not None and declared.maximum is not None:
            number = int if "int" in shape else float
            found += [(control.parameter, number(value)) for value in (declared.minimum, declared.maximum)]
    return found


CASES = [
    (section, kind)
    for section, kinds in (
        ("path", PLAYABLE), ("grain", [*GRAIN.stages]), ("envelope", [*ENVELOPE.stages]),
    )
    for kind in kinds
]  # fmt: skip


@pytest.mark.parametrize(("section", "kind"), CASES)
def test_no_value_that_is_accepted_ends_the_player(corpus: Corpus, section: str, kind: str) -> None:
    playing = Playing(corpus, PRESET)
    instrument = playing.instrument
    instrument.set("grain", "kind", "cloud")
    instrument.set(section, "kind", kind)
    playing.turn(3)
    assert not playing.said
    for parameter, value in bounds(section, kind):
        before = instrument.get(section, parameter)
        model = {"path": PATH, "grain": GRAIN, "envelope": ENVELOPE}[section][kind]
        try:
            instrument.set(section, parameter, model.bind({parameter: value}).parameters[parameter])
        except GranulateError:
            assert instrument.get(section, parameter) == before
        playing.turn(4)
        assert instrument.get(section, "kind") == kind
        shown = getattr(playing.player.stream.preset, section).parameters
        assert shown == {name: instrument.get(section, name) for name in shown}
        if before != instrument.get(section, parameter):
            instrument.set(section, parameter, before)
    assert playing.sounds()
    assert all("Error:" not in line for line in playing.said)


@pytest.mark.parametrize(
    ("kind", "parameter"), [("walk", "neighbours"), ("flow", "nearest"), ("clusters", "groups")]
)
def test_more_grains_than_there_are(corpus: Corpus, fewer: Corpus, kind: str, parameter: str) -> None:
    n = len(corpus)
    line = rf"^path\.{parameter} = {n + 1} of {n} grains; allowed: 1 to {n}$"
    playing = Playing(corpus, PRESET.set(f"path.kind={kind}"))
    playing.turn(3)
    instrument, wanted = playing.instrument, playing.instrument._wanted
    preset = playing.player.stream.preset.set(f"path.{parameter}={n + 1}")
    if parameter == "groups":  # which are found beside the player, and refused there
        instrument.set("path", parameter, n + 1)
        playing.turn(3)
        assert instrument.get("path", parameter) == n
        assert playing.said == [f"path.groups = {n + 1} of {n} grains; it is {n} now"]
    else:
        for ask in (
            lambda: instrument.set("path", parameter, n + 1),
            lambda: wanted.begin(preset, 0.0),
            lambda: wanted.begin(preset, 5.0),
        ):
            with pytest.raises(ParameterError, match=line):
                ask()
        assert instrument.get("path", parameter) is None
        instrument.set("path", parameter, n)
    assert playing.turn(20) > 3
    playing.said.clear()
    instrument._builder._play(fewer, playing.player.stream.preset)
    m = len(fewer)
    assert playing.said == [f"path.{parameter} = {n} of {m} grains; it is {m} now"]
    assert instrument.get("path", parameter) == m
    assert playing.sounds()


def test_what_fails_while_it_plays_is_gone_back_from_and_said_once(
    corpus: Corpus, monkeypatch: pytest.MonkeyPatch
) -> None:
    playing = Playing(corpus, PRESET)
    instrument = playing.instrument
    playing.turn(10)
    good = playing.player.stream.preset
    choose = type(playing.player.stream._walk.walker)._choose

    def fails(walker: Any, given: Any) -> int:
        if given["temperature"] == 7.5:
            raise ZeroDivisionError("a fault")
        return choose(walker, given)

    monkeypatch.setattr("granulate.walker.Walker._choose", fails)
    instrument.set("path", "temperature", 7.5)
    assert playing.turn(30) > 5
    assert playing.said == ["ZeroDivisionError: a fault"]
    assert playing.player.stream.preset.path == good.path
    assert instrument.get("path", "temperature") == good.path.parameters["temperature"]
    instrument.set("path", "momentum", 0.5)
    assert playing.turn(30) > 5
    assert len(playing.said) == 1

    # Nothing plays any more: it rests, and is well when that is.
    monkeypatch.setattr("granulate.walker.Walker._choose", lambda walker, given: 1 // 0)
    assert playing.turn(20) == 0
    assert len(playing.said) < 4
    monkeypatch.setattr("granulate.walker.Walker._choose", choose)
    instrument.set("path", "temperature", 1.0)
    assert playing.turn(30) > 5


def test_what_cannot_be_made_is_what_plays_again(corpus: Corpus) -> None:
    playing = Playing(corpus, PRESET.set("path.kind=embedding"))
    playing.turn(3)
    before = playing.player.stream
    playing.instrument.set("reduction", "kind", "none")
    playing.turn(3)
    assert len(playing.said) == 1
    assert "needs an embedding" in playing.said[0]
    assert playing.player.stream is before
    assert playing.instrument.get("reduction", "kind") == "pca"
    playing.instrument.set("grain", "kind", "cloud")
    playing.instrument.set("grain", "density", 300.0)
    assert playing.turn(20) > 20


def test_a_gesture_must_lie_on_the_map(corpus: Corpus) -> None:
    playing = Playing(corpus, PRESET.set("reduction.dimensions=2"))
    playing.turn(3)
    playing.instrument.act("gesture", 0.1, 0.1, 0.9, 0.9)
    playing.turn(3)
    with pytest.raises(ParameterError, match="off the map"):
        playing.instrument.set("path", "points", [[0.1, 0.2, 0.3]])
    assert playing.instrument.get("path", "points") == [[0.1, 0.1], [0.9, 0.9]]
    assert not playing.said


def test_timbre_leads_a_held_grain_along_the_map(corpus: Corpus) -> None:
    playing = Playing(corpus, PRESET)
    playing.instrument.act("stop")
    playing.instrument.act("hold", 3, 40, 0.0, 1.0)
    points = playing.player.stream._walk.walker.space.points
    onsets = corpus.grains.onsets

    def played(timbre: float) -> int:
        playing.instrument.act("vary", 3, 0.0, 1.0, timbre)
        playing.turn(5)
        return int(np.flatnonzero(onsets == playing.engine.sent[-1]["start"][-1])[0])

    up, down = played(1.0), played(0.0)
    assert played(0.5) == 40
    assert points[up, 1] > points[40, 1] > points[down, 1]
    for grain, far in ((up, 0.5), (down, -0.5)):
        place = points[40] + np.float32([0, far])
        place[1] = min(max(place[1], 0), 1)
        assert grain == np.linalg.norm(points - place, axis=1).argmin()
