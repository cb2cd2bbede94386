"""MIDI messages and controller maps: numbers of the MIDI 1.0 specification, learning, keys, MPE and clock."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import jsonschema
import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import ParameterError
from granulate.live.midi import Controller, ControllerMap, load, map_names, parse, schema, to_toml
from granulate.live.midi.scaling import Scale
from granulate.live.midi.targets import targets


class Instrument:
    """Remembers what it is told."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = {key.replace("__", "."): value for key, value in values.items()}
        self.sets: list[tuple[str, Any]] = []
        self.acts: list[tuple[Any, ...]] = []

    def set(self, section: str, parameter: str, value: Any) -> None:
        self.values[f"{section}.{parameter}"] = value
        self.sets.append((f"{section}.{parameter}", value))

    def get(self, section: str, parameter: str) -> Any:
        return self.values.get(f"{section}.{parameter}")

    def act(self, name: str, *args: Any) -> None:
        self.acts.append((name, *args))


def cc(number: int, value: int, channel: int = 1) -> mido.Message:
    return mido.Message("control_change", channel=channel - 1, control=number, value=value)


def on(note: int, velocity: int = 127, channel: int = 1) -> mido.Message:
    return mido.Message("note_on", channel=channel - 1, note=note, velocity=velocity)


def bend(pitch: int, channel: int = 1) -> mido.Message:
    return mido.Message("pitchwheel", channel=channel - 1, pitch=pitch)


def nrpn(number: int, *, rpn: bool = False, channel: int = 1) -> list[mido.Message]:
    upper, lower = (101, 100) if rpn else (99, 98)
    return [cc(upper, number >> 7, channel), cc(lower, number & 127, channel)]


def playing(toml: str, order: Any = None, **values: Any) -> tuple[Controller, Instrument]:
    instrument = Instrument(**values)
    return Controller(instrument, parse(toml), order), instrument


def send(controller: Controller, *messages: mido.Message, start: float = 0.0, every: float = 0.02) -> float:
    """Messages at equal times, with what is due in between; the time after the last."""
    for i, message in enumerate(messages):
        controller.receive(message, start + i * every)
        controller.poll(start + (i + 0.9) * every)
    return start + len(messages) * every


PAN = '[[control]]\ntarget = "grain.pan"\n'


@pytest.mark.parametrize(
    ("source", "messages", "expected"),
    [
        ("cc = 21", [cc(21, 0)], -1.0),
        ("cc = 21", [cc(21, 64)], 0.0),  # controllers: 64 is the middle
        ("cc = 21", [cc(21, 127)], 1.0),
        ("cc = 21\nchannel = 3", [cc(21, 127, 3)], 1.0),
        ("cc14 = 3", [cc(3, 127), cc(35, 127)], 1.0),
        ("cc14 = 3", [cc(3, 64), cc(35, 0)], 0.0),
        ("cc14 = 3", [cc(3, 64), cc(35, 1)], 2 * (0.5 + 1 / 16382) - 1),
        ("nrpn = 1234", [*nrpn(1234), cc(6, 127), cc(38, 127)], 1.0),
        ("nrpn = 1234", [*nrpn(1234), cc(6, 64)], 0.0),
        ("nrpn = 1234\nbits = 7", [*nrpn(1234), cc(6, 127)], 1.0),
        ("nrpn = 1234", [*nrpn(300), *nrpn(1234), cc(6, 64)], 0.0),
        ("rpn = 1", [*nrpn(1, rpn=True), cc(6, 64), cc(38, 0)], 0.0),  # fine tuning: 0x2000 is in tune
        ("note = 60", [on(60, 127)], 1.0),
        ("poly = 60", [mido.Message("polytouch", note=60, value=127)], 1.0),
        ("pressure = true", [mido.Message("aftertouch", value=64)], 0.0),
        ("bend = true", [bend(0)], 0.0),
        ("bend = true", [bend(8191)], 1.0),
        ("bend = true", [bend(-8192)], -1.0),
        ("program = 5", [mido.Message("program_change", program=5)], 1.0),
    ],
)
def test_every_source(source: str, messages: list[mido.Message], expected: float) -> None:
    controller, instrument = playing(PAN + source)
    send(controller, *messages)
    assert instrument.sets[-1] == ("grain.pan", pytest.approx(expected, abs=1e-12))


@pytest.mark.parametrize(
    ("source", "messages"),
    [
        ("cc = 21\nchannel = 3", [cc(21, 127, 4)]),
        ("cc = 21", [cc(22, 127)]),
        ("nrpn = 1234", [*nrpn(1234, rpn=True), cc(6, 1)]),
        ("nrpn = 1234", [*nrpn(1234), *nrpn(0x3FFF), cc(6, 1)]),  # the null parameter ends it
        ("nrpn = 1234", [*nrpn(1234, channel=2), cc(6, 1)]),
        ("note = 60", [on(60, 0)]),  # the same as a note-off
        ("cc14 = 3", [cc(35, 5)]),  # half of a value that nobody knows
    ],
)
def test_what_is_not_meant_moves_nothing(source: str, messages: list[mido.Message]) -> None:
    controller, instrument = playing(PAN + source)
    send(controller, *messages)
    assert instrument.sets == []


def test_a_coarse_part_alone_sets_the_fine_one_to_zero() -> None:
    controller, instrument = playing('[[control]]\ntarget = "path.step"\ncc14 = 3\nlow = 0\nhigh = 1\n')
    send(controller, cc(3, 2), cc(35, 100), cc(3, 1))
    assert instrument.sets[-1][1] == pytest.approx((1 << 7) / 16384)
    send(controller, cc(35, 9), start=1.0)  # a fine adjustment alone
    assert instrument.sets[-1][1] == pytest.approx((1 << 7 | 9) / 16384)


def test_a_falling_14_bit_fader_never_rises_or_jumps() -> None:
    controller, instrument = playing('[[control]]\ntarget = "path.step"\ncc14 = 3\nlow = 0\nhigh = 1\n')
    for i, value in enumerate(range(400, 100, -1)):
        controller.receive(cc(3, value >> 7), i * 0.001)
        controller.receive(cc(35, value & 127), i * 0.001 + 0.0003)
        controller.poll(i * 0.001 + 0.0005)
    values = [value for _, value in instrument.sets[2:]]
    assert np.all(np.abs(np.diff(values)) <= 1.01 / 16384)
    assert np.all(np.diff(values) <= 0)


@pytest.mark.parametrize(
    ("mode", "up", "down"),
    [("twos_complement", 1, 127), ("binary_offset", 65, 63), ("sign_magnitude", 1, 65)],
)
def test_encoders(mode: str, up: int, down: int) -> None:
    controller, instrument = playing(PAN + f'cc = 9\nmode = "{mode}"\nstep = 0.25', grain__pan=-1.0)
    send(controller, cc(9, up), cc(9, up), cc(9, down), *[cc(9, up)] * 9, *[cc(9, down)] * 2)
    expected = [-0.5, 0, -0.5, 0, 0.5, 1, 1, 1, 1, 1, 1, 1, 0.5, 0]
    assert [value for _, value in instrument.sets] == pytest.approx(expected)


def test_increments_turn_a_parameter_by_clicks() -> None:
    controller, instrument = playing(PAN + "nrpn = 7\nstep = 0.25", grain__pan=0.0)
    send(controller, *nrpn(7), cc(96, 0), cc(97, 0), cc(97, 0))
    assert [value for _, value in instrument.sets] == pytest.approx([0.5, 0.0, -0.5])


def test_an_encoder_moves_whole_numbers_and_choices_by_one() -> None:
    toml = """
        [[control]]
        cc = 1
        mode = "twos_complement"
        target = "path.rest"
        low = 1
        high = 1000
        curve = "exponential"
        [[control]]
        cc = 2
        mode = "twos_complement"
        target = "grain.interpolation"
    """
    controller, instrument = playing(toml, path__rest=1, grain__interpolation="none")
    send(controller, cc(1, 1), cc(1, 1), cc(1, 127), cc(2, 1), cc(2, 1), cc(2, 1), cc(2, 127))
    assert [value for _, value in instrument.sets] == [2, 3, 2, "linear", "cubic", "cubic", "linear"]


def test_toggle_and_momentary() -> None:
    toml = """
        [[control]]
        note = 36
        mode = "toggle"
        target = "path.loop"
        [[control]]
        cc = 20
        mode = "momentary"
        target = "grain.backwards"
        low = 0.1
        high = 0.9
    """
    controller, instrument = playing(toml, path__loop=True)
    send(controller, on(36), on(36, 0), on(36, 30), on(36, 0), cc(20, 127), cc(20, 0))
    assert instrument.sets == [
        ("path.loop", False), ("path.loop", True), ("grain.backwards", 0.9), ("grain.backwards", 0.1),
    ]  # fmt: skip


def test_times_choices_and_kinds() -> None:
    toml = """
        [[control]]
        cc = 1
        target = "grain.length"
        low = "5ms"
        high = "205ms"
        [[control]]
        cc = 2
        target = "path.kind"
        [[control]]
        cc = 3
        target = "grain.length"
        low = 100
        high = 101
    """
    controller, instrument = playing(toml)
    send(controller, cc(1, 64), cc(2, 0), cc(2, 127), cc(3, 127))
    kinds = targets()["path.kind"].choices
    assert [value for _, value in instrument.sets] == ["105 ms", kinds[0], kinds[-1], 101]


def test_pickup_waits_until_the_present_value_is_passed() -> None:
    controller, instrument = playing(PAN + "cc = 9\npickup = true", grain__pan=0.0)
    send(controller, cc(9, 10), cc(9, 30), cc(9, 50))
    assert instrument.sets == []
    send(controller, cc(9, 80), cc(9, 100))
    assert len(instrument.sets) == 2
    # Something else moves it away: the knob is let go, until it has come back to it.
    instrument.values["grain.pan"] = -0.9
    send(controller, cc(9, 101), cc(9, 60))
    assert len(instrument.sets) == 2
    send(controller, cc(9, 2), cc(9, 9))
    assert len(instrument.sets) == 4


def test_actions() -> None:
    toml = """
        [[control]]
        cc = 1
        target = "panic"
        [[control]]
        cc = 2
        target = "record"
        mode = "toggle"
        [[control]]
        program = 3
        target = "preset"
        preset = "drift"
        seconds = 2
        [[control]]
        cc = 4
        target = "goto.x"
        [[control]]
        cc = 5
        target = "goto.y"
        [[control]]
        note = 40
        target = "goto"
        point = [0.25, 0.75]
        [[control]]
        note = 41
        target = "play"
        grain = 17
    """
    controller, instrument = playing(toml)
    send(controller, cc(1, 127), cc(1, 0), cc(1, 127), cc(1, 127))  # the last from a button without a release
    assert instrument.acts == [("panic",)] * 3
    instrument.acts.clear()
    program = mido.Message("program_change", program=3)
    send(controller, cc(2, 127), cc(2, 0), cc(2, 127), cc(2, 0), program, program, cc(4, 127), cc(5, 0))
    send(controller, on(40), on(40, 0), on(41), on(41, 0))
    assert instrument.acts == [
        ("record", True), ("record", False), ("preset", "drift", 2.0), ("preset", "drift", 2.0),
        ("goto", 1.0, 0.5, None), ("goto", 1.0, 0.0, None), ("goto", 0.25, 0.75, None), ("play", 17, 0.0, 1.0, 0.0),
    ]  # fmt: skip


def test_a_knob_does_an_action_once_on_its_way() -> None:
    controller, instrument = playing('[[control]]\ncc = 1\ntarget = "panic"')
    send(controller, *[cc(1, v) for v in range(128)], *[cc(1, v) for v in range(127, -1, -1)])
    # Once passing the middle, and once more where it turns and sends the same value again.
    assert len(instrument.acts) <= 2


ORDER = [3, 1, 4, 0, 2, 5]


def test_keys_play_grains_along_the_map() -> None:
    controller, instrument = playing("[[notes]]\nlow = 60\nhigh = 72", ORDER)
    send(controller, on(60), on(61, 64), on(65), on(66), on(59))
    assert instrument.acts == [
        ("play", 3, 0.0, 1.0, 0.0),
        ("play", 1, pytest.approx(40 * math.log10(64 / 127)), 1.0, 0.0),  # General MIDI's velocity curve
        ("play", 5, 0.0, 1.0, 0.0),
    ]


def test_keys_play_regions_in_turn() -> None:
    controller, instrument = playing('[[notes]]\nmapping = "regions"\nlow = 60\nhigh = 61', ORDER)
    send(controller, *[on(60)] * 4, *[on(61)] * 2)
    assert [act[1] for act in instrument.acts] == [3, 1, 4, 3, 0, 2]


def test_one_grain_follows_the_keys() -> None:
    controller, instrument = playing('[[notes]]\nmapping = "grain"\ngrain = 2\nroot = 60\ngain = -6', ORDER)
    send(controller, on(60), on(72), on(48), on(67))
    assert [act[3] for act in instrument.acts] == pytest.approx([1, 2, 0.5, 2 ** (7 / 12)])
    assert [act[2] for act in instrument.acts] == [-6.0] * 4


def test_held_voices_bend_and_are_released_with_their_key_or_pedal() -> None:
    controller, instrument = playing("[[notes]]\nhold = true\nlow = 60\npressure = 6", ORDER)
    send(controller, on(60), bend(8191), cc(64, 127), on(60, 0))
    assert instrument.acts[0] == ("hold", 0, 3, 0.0, 1.0)
    assert instrument.acts[1] == (
        "vary",
        0,
        0.0,
        pytest.approx(2 ** (2 / 12)),
        0.5,
    )  # two semitones, by default
    assert controller.held == 1
    send(controller, cc(64, 0))
    assert instrument.acts[-1] == ("release", 0)
    send(controller, bend(0), on(61), mido.Message("aftertouch", value=127))
    assert instrument.acts[-1] == ("vary", 1, pytest.approx(6), 1.0, 0.5)
    send(controller, cc(123, 0))
    assert instrument.acts[-1] == ("release", 1)
    assert controller.held == 0


MPE = "[[notes]]\nmpe = true\nhold = true\nlow = 24\n[mpe]\nlower = 15\n"


def test_each_note_of_an_mpe_zone_bends_alone() -> None:
    controller, instrument = playing(MPE)
    send(controller, on(60, channel=2), on(64, channel=3))
    instrument.acts.clear()
    send(controller, bend(4096, channel=3))
    # Half of the member channels' 48 semitones.
    ((name, voice, _, rate, timbre),) = instrument.acts
    assert (name, voice, timbre) == ("vary", 1, 0.5)
    assert 12 * math.log2(rate) == pytest.approx(24, rel=1e-3)
    instrument.acts.clear()
    send(controller, bend(8191, channel=1))  # the manager's two semitones, for all
    assert [12 * math.log2(rate) for *_, rate, _ in instrument.acts] == pytest.approx([2, 26], rel=1e-3)
    send(controller, cc(74, 127, 2))
    assert instrument.acts[-1][1] == 0
    assert instrument.acts[-1][-1] == 1.0


def test_a_configuration_message_makes_zones_and_ranges() -> None:
    controller, instrument = playing("[[notes]]\nmpe = true\nhold = true\nlow = 0\n")
    send(controller, on(60, channel=2))
    assert instrument.acts == []  # no zone yet
    send(controller, *nrpn(6, rpn=True), cc(6, 5), on(60, channel=2), on(60, channel=7))
    assert len(instrument.acts) == 1  # members are channels 2 to 6
    send(controller, *nrpn(0, rpn=True, channel=4), cc(6, 24, 4), bend(8191, channel=2))
    assert instrument.acts[-1][3] == pytest.approx(4.0)  # one member's range is every member's
    send(controller, *nrpn(6, rpn=True, channel=16), cc(6, 12, 16), on(61, channel=4), on(61, channel=3))
    assert [act[0] for act in instrument.acts[-2:]] == [
        "hold",
        "hold",
    ]
    instrument.acts.clear()
    send(controller, bend(8191, channel=16))
    assert len(instrument.acts) == 1  # 3 is the lower zone's still, 4 the upper's
    send(controller, *nrpn(6, rpn=True), cc(6, 0), on(62, channel=2))
    assert instrument.acts[-1][2] != 62


def test_an_mpe_control_is_the_newest_notes() -> None:
    controller, instrument = playing('[mpe]\n[[control]]\nmpe = true\ncc = 74\ntarget = "grain.pan"')
    send(controller, on(60, channel=2), on(64, channel=3), cc(74, 127, 2))
    assert instrument.sets == []
    send(controller, cc(74, 127, 3), on(64, 0, channel=3), cc(74, 0, 2))
    assert [value for _, value in instrument.sets] == [1.0, -1.0]


@pytest.mark.parametrize("tempo", [30.0, 97.3, 120.0, 240.0])
@pytest.mark.parametrize("jitter", [0.0, 0.005])
def test_the_clock_sets_the_density_within_one_percent(tempo: float, jitter: float) -> None:
    controller, instrument = playing("[clock]\nper_beat = 4")
    rng = np.random.default_rng(3)
    times = np.arange(24 * 8) * 60 / tempo / 24
    for time in times + rng.uniform(0, jitter, len(times)) * min(1, 120 / tempo):
        controller.receive(mido.Message("clock"), float(time))
        if time > 2.2 * 60 / tempo:
            assert controller.tempo == pytest.approx(tempo, rel=0.01)
    assert instrument.values["grain.density"] == pytest.approx(4 * tempo / 60, rel=0.01)


def test_a_new_tempo_is_there_within_a_beat_and_a_half() -> None:
    controller, _ = playing("[clock]")
    times = np.cumsum([60 / 120 / 24] * 96 + [60 / 90 / 24] * 36)
    for time in times:
        controller.receive(mido.Message("clock"), float(time))
    assert controller.tempo == pytest.approx(90, rel=0.01)


def test_transport_and_a_clock_that_stops() -> None:
    controller, instrument = playing("[clock]")
    for i in range(48):
        controller.receive(mido.Message("clock"), i / 48)
    for name in ("start", "stop", "continue"):
        controller.receive(mido.Message(name), 1.0)
    assert instrument.acts == [("start",), ("stop",), ("start",)]
    assert controller.tempo is None


def test_steady_clocks_do_not_flood() -> None:
    controller, instrument = playing("[clock]")
    for i in range(24 * 60):
        controller.receive(mido.Message("clock"), i / 48)
    assert len(instrument.sets) == 1


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


BAD = {
    'cc = 200\ntarget = "grain.pan"': ["control.cc = 200", "from 0 to 119"],
    'cc = 1\ntarget = "grain.pam"': ["target = 'grain.pam'", "did you mean 'grain.pan'", "SECTION.PARAMETER"],
    'cc = 1\ntraget = "grain.pan"': ["'traget'", "did you mean 'target'", "allowed: target, cc"],
    'cc = 1\nmode = "togle"\ntarget = "path.loop"': ["control.mode = 'togle'", "did you mean 'toggle'"],
    'cc = 1\nnote = 2\ntarget = "panic"': ["cc, note", "one source of"],
    'target = "panic"': ["no source", "one source of"],
    "cc = 1": ["target is missing"],
    'cc = 1\ntarget = "grain.length"': ["low is missing", "20ms"],
    'cc = 1\ntarget = "grain.length"\nlow = "5ms"\nhigh = "1 hop"': ["high = '1 hop'", "unit of low = '5ms'"],
    'cc = 1\ntarget = "grain.length"\nlow = "5ms"\nhigh = "fast"': ["high = 'fast'", "a time such as"],
    'cc = 1\ntarget = "path.speed"\nlow = -5': ["low = -5", "0 to 100"],
    'cc = 1\ntarget = "path.speed"\nlow = "slow"': ["low = 'slow'", "0 to 100"],
    'cc = 1\ntarget = "path.speed"\nlow = 5\nhigh = 5': ["low = high = 5"],
    'cc = 1\ntarget = "path.speed"\nlow = nan': ["control.low = nan"],
    'cc = 1\ntarget = "path.loop"\nlow = 1': ["low = 1", "path.loop has no range"],
    'cc = 1\ntarget = "path.weights"': ["target = 'path.weights'", "one number, time or choice"],
    'cc = 1\ntarget = "grain.pan"\ncurve = "exponential"': ["curve = 'exponential' from -1 to 1", "power"],
    'cc = 1\ntarget = "preset"\npreset = "drit"': ["preset = 'drit'", "did you mean 'drift'"],
    'cc = 1\ntarget = "preset"': ["preset is missing"],
    'cc = 1\ntarget = "goto"': ["point = []", "two or three"],
    'note = 1\nmode = "binary_offset"\ntarget = "grain.pan"': ["mode = 'binary_offset'", "a cc"],
    'note = 1\npickup = true\ntarget = "grain.pan"': ["pickup = true"],
    'cc = 1\nmode = "toggle"\ntarget = "goto.x"': ["mode = 'toggle' of goto.x"],
    'cc = 1\nchannel = 2\nmpe = true\ntarget = "grain.pan"': ["channel = 2 beside mpe"],
    'cc = 1\nchannel = 17\ntarget = "grain.pan"': ["control.channel = 17", "from 1 to 16"],
}


@pytest.mark.parametrize("entry", BAD)
def test_a_bad_entry_is_one_line_that_names_it(entry: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse('[[control]]\ncc = 9\ntarget = "panic"\n[[control]]\n' + entry)
    message = str(caught.value)
    assert message.startswith("control 2: ")
    assert "\n" not in message
    for part in BAD[entry]:
        assert part in message


@pytest.mark.parametrize(
    ("toml", "part"),
    [
        ("[[contrl]]", "did you mean 'control'"),
        ("[control]\ncc = 1", "[[control]]"),
        ("port = 5", "port = 5"),
        ("control = [1]", "control 1: control = 1"),
        ("[[notes]]\nlow = 70\nhigh = 60", "notes 1: high = 60"),
        ('[clock]\ntarget = "path.loop"', "clock: target = 'path.loop'"),
        ("[mpe]\nlower = 10\nupper = 10", "mpe: upper = 10"),
        ("[[", "not TOML"),
    ],
)
def test_a_bad_map_is_one_line(toml: str, part: str) -> None:
    with pytest.raises(ParameterError) as caught:
        parse(toml)
    assert part in str(caught.value)
    assert "\n" not in str(caught.value)


def test_missing_and_unreadable_files(tmp_path: Path) -> None:
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "bad.toml").write_text("[[control]]\ncc = 1")
    for name, part in [
        ("keybord", "did you mean 'keyboard'"), (tmp_path / "none.toml", "not a file"),
        (tmp_path / "binary.toml", "binary.toml: "), (tmp_path / "bad.toml", "bad.toml: control 1: target"),
    ]:  # fmt: skip
        with pytest.raises(ParameterError, match=part):
            load(name)


@pytest.mark.parametrize("name", map_names())
def test_shipped_maps(name: str, tmp_path: Path) -> None:
    import tomllib

    shipped = load(name)
    assert shipped.description
    assert shipped.controls or shipped.notes
    shipped.save(tmp_path / "saved.toml")
    saved = load(tmp_path / "saved.toml")
    assert (saved.tables, saved.description, saved.port) == (
        shipped.tables,
        shipped.description,
        shipped.port,
    )
    jsonschema.Draft202012Validator(schema()).validate(tomllib.loads((tmp_path / "saved.toml").read_text()))


TABLES = st.dictionaries(
    st.sampled_from(["target", "cc", "nrpn", "note", "bend", "channel", "low", "high", "curve", "mode", "pickup",
                     "step", "point", "preset", "mpe", "hold", "per_beat", "lower", "x"]),
    st.one_of(
        st.sampled_from([*targets(), "linear", "exponential", "toggle", "5ms", "1 hop", "drift", "regions"]),
        st.integers(-5, 200), st.floats(), st.booleans(), st.text(max_size=5), st.none(),
        st.lists(st.floats(0, 1), max_size=4),
    ),
    max_size=6,
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(["control", "notes", "clock", "mpe", "port"]),
        st.one_of(TABLES, st.lists(TABLES, max_size=3)),
    ),
    st.text(max_size=9),
)
def test_any_table_is_a_map_that_can_be_written_or_one_line(tables: dict[str, Any], description: str) -> None:
    made, problem = None, ""
    try:
        made = ControllerMap.of({**tables, "description": description})
    except ParameterError as error:
        problem = str(error)
    assert len(problem.splitlines()) == (made is None)
    assert made is None or parse(to_toml(made)) == made


def test_the_schema_is_one_and_refuses_what_the_map_refuses() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    json.dumps(schema())
    validator = jsonschema.Draft202012Validator(schema())
    for wrong in ({"cc": 200, "target": "panic"}, {"cc": 1, "target": "panic", "x": 1}, {"cc": 1}):
        assert not validator.is_valid({"control": [wrong]})


CURVES = st.sampled_from(["linear", "exponential", "logarithmic", "power"])


@settings(max_examples=100, deadline=None)
@given(st.floats(1e-3, 1e5), st.floats(1e-3, 1e5), CURVES, st.floats(0.1, 8), st.floats(0, 1))
def test_curves_keep_their_ends_rise_and_turn_back(
    low: float, high: float, curve: str, power: float, position: float
) -> None:
    if abs(low - high) < 1e-3 * max(low, high):
        return
    scale = Scale(low, high, curve, power)
    assert (scale.at(0.0), scale.at(1.0)) == pytest.approx((low, high))
    assert min(low, high) <= scale.at(position) <= max(low, high)
    # Flat ends of steep powers have no way back, only as far as the value itself goes.
    assert scale.at(scale.position(scale.at(position))) == pytest.approx(
        scale.at(position), abs=1e-6 * abs(high - low)
    )


def test_exponential_and_logarithmic_are_what_they_are_called() -> None:
    assert [Scale(1, 1000, "exponential").at(p) for p in (1 / 3, 2 / 3)] == pytest.approx([10, 100])
    middle = Scale(1, 1000, "logarithmic")
    assert middle.position(middle.at(0.5)) == pytest.approx(0.5)
    assert middle.at(0.5) == pytest.approx(1 + 999 * math.log(500.5) / math.log(1000))


_SEVEN, _CHANNEL = st.integers(0, 127), st.integers(0, 15)
MESSAGES = st.one_of(
    st.builds(lambda c, n, v: mido.Message("control_change", channel=c, control=n, value=v), _CHANNEL,
              st.sampled_from([*range(0, 45), 64, 74, 96, 97, 98, 99, 100, 101, 120, 121, 123]), _SEVEN),
    st.builds(lambda c, n, v: mido.Message("note_on", channel=c, note=n, velocity=v), _CHANNEL, _SEVEN, _SEVEN),
    st.builds(lambda c, n: mido.Message("note_off", channel=c, note=n), _CHANNEL, _SEVEN),
    st.builds(lambda c, n, v: mido.Message("polytouch", channel=c, note=n, value=v), _CHANNEL, _SEVEN, _SEVEN),
    st.builds(lambda c, v: mido.Message("aftertouch", channel=c, value=v), _CHANNEL, _SEVEN),
    st.builds(lambda c, v: mido.Message("pitchwheel", channel=c, pitch=v), _CHANNEL, st.integers(-8192, 8191)),
    st.builds(lambda c, v: mido.Message("program_change", channel=c, program=v), _CHANNEL, _SEVEN),
    st.sampled_from([mido.Message(t) for t in ("clock", "start", "stop", "continue", "reset", "active_sensing",
                     "tune_request", "songpos", "sysex", "quarter_frame", "song_select")]),
)  # fmt: skip

EVERYTHING = """
[mpe]
lower = 7
upper = 7
[clock]
[[notes]]
hold = true
pressure = 12
low = 0
high = 127
[[notes]]
mpe = true
mapping = "regions"
[[notes]]
mapping = "grain"
tracking = 12
""" + "\n".join(
    f"[[control]]\n{source}\n{target}\npickup = {str(number % 2 == 0).lower()}"
    for number, (source, target) in enumerate(
        (s, t)
        for s in ("cc = 1", "cc14 = 3", "nrpn = 0", "rpn = 0", "bend = true", "pressure = true\nmpe = true", "poly = 3")
        for t in (
            'target = "grain.transpose"',
            'target = "path.rest"\nlow = 1\nhigh = 900\ncurve = "logarithmic"',
            'target = "grain.length"\nlow = "900ms"\nhigh = "1ms"\ncurve = "exponential"',
            'target = "path.kind"',
        )
    )
) + "".join(
    f'\n[[control]]\n{source}\n{target}'
    for source in ("cc = 1", "note = 9", "program = 4", "nrpn = 0")
    for target in ('target = "panic"', 'target = "record"\nmode = "toggle"', 'target = "goto.y"', 'target = "path.loop"\nmode = "toggle"')
)  # fmt: skip


@settings(max_examples=60, deadline=None)
@given(
    st.lists(MESSAGES, max_size=120), st.lists(st.floats(-1, 3), min_size=120, max_size=120), st.booleans()
)
def test_any_stream_stays_inside_ranges_and_leaves_nothing_hanging(
    messages: list[mido.Message], steps: list[float], learn: bool
) -> None:
    controller, instrument = playing(EVERYTHING, list(range(50)))
    if learn:
        controller.learn("grain.transpose")
    time = 0.0
    for message, step in zip(messages, steps, strict=False):
        time += step  # also backwards: no clock is trusted
        controller.receive(message, time)
        controller.poll(time)
    controller.disconnect()
    for name, value in instrument.sets:
        match name:
            case "grain.transpose":
                assert -72 <= value <= 72
            case "path.rest":
                assert isinstance(value, int)
                assert 1 <= value <= 900
            case "grain.length":
                assert 1 <= float(value.removesuffix(" ms")) <= 900
            case "grain.density":
                assert 0.01 <= value <= 100_000
    assert controller.refused == 0
    held = {act[1] for act in instrument.acts if act[0] == "hold"}
    assert held == {act[1] for act in instrument.acts if act[0] == "release"}
    for act in instrument.acts:
        assert all(math.isfinite(value) for value in act[1:] if isinstance(value, float))


def test_what_the_instrument_refuses_is_counted() -> None:
    class Stubborn(Instrument):
        def set(self, section: str, parameter: str, value: Any) -> None:
            raise ParameterError("not now")

    controller = Controller(Stubborn(), parse(PAN + "cc = 1"))
    send(controller, cc(1, 5), cc(1, 6))
    assert (controller.refused, controller.problem, controller.received) == (2, "not now", 2)


def test_every_target_can_be_mapped() -> None:
    for name, target in targets().items():
        extra = {"low": "1ms", "high": "9ms"} if target.kind == "time" else {}
        extra |= {"preset": "drift"} if name == "preset" else {"point": [0.5, 0.5]} if name == "goto" else {}
        if target.ranged and target.kind != "time" and not math.isfinite(target.maximum - target.minimum):
            extra |= {"low": 1, "high": 2}
        made = ControllerMap.of({"control": [{"cc": 1, "target": name, **extra}]})
        instrument = Instrument()
        controller = Controller(instrument, made)
        send(controller, cc(1, 0), cc(1, 127))
        assert instrument.sets or instrument.acts
