"""From messages to what is set and done: numbers of the MIDI 1.0 specification, and any stream at all."""

from __future__ import annotations

import math
from typing import Any

import mido
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import ParameterError
from granulate.live.midi import Controller, parse
from granulate.live.midi.targets import targets
from tests.live.midi import PAN, Instrument, bend, cc, nrpn, on, playing, send


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
