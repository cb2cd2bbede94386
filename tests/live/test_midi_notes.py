"""Keys that play grains, MPE, and the clock."""

from __future__ import annotations

import math

import mido
import numpy as np
import pytest

from tests.live.midi import bend, cc, nrpn, on, playing, send

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
