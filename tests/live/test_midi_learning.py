"""Learning: which control was moved, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import mido
import pytest

from granulate.errors import OutputError, ParameterError, PresetError
from granulate.live.doors import Doors
from granulate.live.messages import Messages
from granulate.live.midi import Controller, ControllerMap, PortWatch, load, parse, to_toml
from granulate.live.midi.lessons import Lessons, check_lessons
from tests.live.instrument import Instrument
from tests.live.midi import Pretended, bend, cc, nrpn, on, playing, send

LESSONS = {
    "knob": ([cc(21, v) for v in range(40, 60)], {"cc": 21, "channel": 1}),
    "one press of a key": ([on(60)], {"note": 60, "channel": 1, "mode": "momentary"}),
    "14-bit fader": (
        [m for v in range(5000, 5900, 100) for m in (cc(3, v >> 7, 2), cc(35, v & 127, 2))],
        {"cc14": 3, "channel": 2},
    ),
    "two knobs 32 apart, one after the other": (
        [cc(3, v) for v in range(40, 60)] + [cc(35, v) for v in range(4)],
        {"cc": 3, "channel": 1},
    ),
    "14-bit nrpn": (
        [m for v in range(50, 58) for m in (*nrpn(1234), cc(6, v), cc(38, 7))],
        {"nrpn": 1234, "channel": 1},
    ),
    "7-bit nrpn": (
        [m for v in range(50, 60) for m in (*nrpn(300), cc(6, v))],
        {"nrpn": 300, "channel": 1, "bits": 7},
    ),
    "knob 6 after a parameter that is none": (
        [*nrpn(0x3FFF), *[cc(6, v) for v in range(20)]],
        {"cc": 6, "channel": 1},
    ),
    "wheel": ([bend(v * 100) for v in range(10)], {"bend": True, "channel": 1}),
    "encoder, two's complement": ([cc(9, v) for v in [1, 1, 1, 2, 1, 127, 127, 127]], {"cc": 9, "channel": 1, "mode": "twos_complement"}),
    "encoder, binary offset": ([cc(9, v) for v in [65, 65, 65, 65, 63, 63, 63]], {"cc": 9, "channel": 1, "mode": "binary_offset"}),
    "encoder, sign and magnitude": ([cc(9, v) for v in [1, 1, 1, 1, 65, 65, 65]], {"cc": 9, "channel": 1, "mode": "sign_magnitude"}),
    "a fader that says it is touched": ([on(104), *[bend(v * 50) for v in range(12)]], {"bend": True, "channel": 1}),
}  # fmt: skip


@pytest.mark.parametrize("lesson", LESSONS)
def test_learning(lesson: str) -> None:
    messages, expected = LESSONS[lesson]
    controller, instrument = playing('[[control]]\ncc = 99\ntarget = "grain.pan"')
    learned: list[ControllerMap] = []
    controller.learn("grain.pan", learned.append, pickup=False)
    end = send(controller, *messages, every=0.01)
    controller.poll(end + 1.0)
    ((_, table),) = learned[0].tables
    assert dict(table) == {"target": "grain.pan"} | expected
    assert parse(to_toml(learned[0])).controls == controller.map.controls
    # And it plays at once.
    instrument.sets.clear()
    send(controller, *messages, start=end + 2)
    assert instrument.sets


def test_learning_gives_a_range_where_bounds_would_be_useless() -> None:
    controller, _ = playing("")
    for number, target in enumerate(("grain.length", "grain.density", "path.kind", "panic"), 20):
        controller.learn(target)
        controller.poll(send(controller, cc(number, 5), start=float(number)) + 0.5)
    length, density, kind, panic = controller.map.controls
    assert (length.unit, length.scale.curve, density.scale.curve) == ("ms", "exponential", "exponential")
    assert (kind.target.kind, panic.target.kind) == ("choice", "action")


def test_learning_what_is_not_there_is_refused() -> None:
    controller, _ = playing("")
    with pytest.raises(ParameterError, match=r"control\.mode = 'togle'"):
        controller.learn("path.loop", mode="togle")
    with pytest.raises(ParameterError, match=r"did you mean 'grain\.density'"):
        controller.learn("grain.densty")


class School:
    """An instrument behind its doors, a port that is pretended, and lessons that go into a file."""

    def __init__(self, path: Path | None, toml: str = "") -> None:
        self.system, self.instrument, self.told = Pretended("a"), Instrument(), list[str]()
        self.doors = Doors(self.instrument, Messages(), "wander")
        controller = Controller(self.doors.door("MIDI", checks=True), parse(toml))
        self.watch = PortWatch(controller, "", system=self.system, now=lambda: self.system.now)
        self.lessons = self.doors.lessons = Lessons(self.watch, path, told=self.told.append)
        self.watch.poll()

    def move(self, *messages: mido.Message) -> None:
        """As a hand does it: one message after another, and then it rests."""
        for message in messages:
            self.system.queues["a"].append((message, 0.0))
            self.pass_time(0.02)
        self.pass_time(1.0)

    def pass_time(self, seconds: float) -> None:
        self.system.now += seconds
        self.watch.poll()


def test_a_binding_is_learned_heard_kept_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    school = School(path, '[[control]]\ncc = 7\ntarget = "master.gain"\nlow = -60\nhigh = 0')
    osc = school.doors.door("OSC")
    school.lessons.save()
    assert not path.exists()  # nothing was learned
    osc.act("midi_learn", "grain/density")
    school.pass_time(0.1)
    assert school.lessons.learning == "grain.density"
    school.move(*[cc(21, v) for v in range(40, 60)])
    assert school.lessons.learning == ""
    school.lessons.save()
    assert load(path).controls == school.watch.controller.map.controls
    assert school.lessons.bindings == [("master.gain", "cc 7"), ("grain.density", "cc 21, channel 1")]
    school.move(cc(21, 127))
    assert school.instrument.get("grain", "density") == 100_000
    osc.act("midi_forget", "/granulate/grain/density")
    school.pass_time(0.1)
    school.lessons.save()
    assert [control.target.name for control in load(path).controls] == ["master.gain"]
    assert [line.split(" by ")[1] for line in school.told] == ["cc 21, channel 1 now", "no control now"]


def test_one_control_may_move_several_things_and_says_so() -> None:
    school = School(None)
    for target in ("grain.pan", "grain.scatter"):
        school.lessons.learn(target)
        school.pass_time(0.1)
        school.move(*[cc(21, v) for v in range(40, 60)])
    assert "as grain.pan is" in school.told[-1]
    assert "--midi-learn" in school.told[-1]


def test_a_lesson_can_be_left() -> None:
    school = School(None)
    school.lessons.learn("grain.pan")
    school.pass_time(0.1)
    school.lessons.cancel()
    school.move(*[cc(21, v) for v in range(40, 60)])
    assert school.lessons.bindings == []


def test_lessons_that_cannot_be_are_refused_to_who_asks() -> None:
    school = School(None, '[[control]]\ncc = 1\ntarget = "grain.pan"')
    osc = school.doors.door("OSC")
    with pytest.raises(ParameterError, match=r"did you mean 'grain\.density'"):
        osc.act("midi_learn", "grain/densty")
    with pytest.raises(
        ParameterError, match=r"'grain\.pam', which no control moves \(did you mean 'grain\.pan'\?\)"
    ):
        osc.act("midi_forget", "grain/pam")
    school.doors.lessons = None
    with pytest.raises(ParameterError, match="without MIDI; allowed: granulate live --midi PORT"):
        osc.act("midi_learn", "grain/density")
    assert [message.problem for message in school.doors.messages.last(9)] == [True, True]


def test_a_file_is_learned_into_only_if_it_is_new_or_the_one_that_was_loaded(tmp_path: Path) -> None:
    mine, other = tmp_path / "mine.toml", tmp_path / "other.toml"
    check_lessons(mine, None, force=False)
    for path in (mine, other):
        path.write_text("")
    check_lessons(mine, tmp_path / "." / "mine.toml", force=False)
    check_lessons(mine, other, force=True)
    for loaded in (None, other):
        with pytest.raises(OutputError, match=r"mine\.toml: exists"):
            check_lessons(mine, loaded, force=False)
    with pytest.raises(OutputError, match=r"take\.wav: is no controller map"):
        check_lessons(tmp_path / "take.wav", None, force=True)


def test_what_the_chosen_kind_has_not_or_not_so_wide_stays_outside() -> None:
    # One grain kind has no density; of kinds that share a name, one may allow less.
    school = School(None, '[[control]]\ncc = 1\ntarget = "grain.density"')
    school.instrument.set("grain", "kind", "sync")
    before = dict(school.instrument.values())
    school.move(cc(1, 64))
    assert school.instrument.values() == before
    assert "unknown parameter 'density' of grain sync" in school.watch.controller.problem
    school.instrument.set("grain", "kind", "cloud")
    with pytest.raises(
        PresetError, match=r"grain\.density = nan is not allowed; allowed: a number from 0\.01"
    ):
        school.doors.door("MIDI", checks=True).set("grain", "density", float("nan"))
