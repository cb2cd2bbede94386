"""Level and edges of the result."""

from __future__ import annotations

import math

import numpy as np
import pyloudnorm
import pytest

from granulate import level, sound_file
from granulate.api import collected
from granulate.errors import ParameterError, PresetError
from granulate.stages.output import OUTPUT, output
from granulate.types import Sound
from tests.conftest import melody


def sine(level_dbfs: float, seconds: float = 3.0, rate: int = 48_000, n_channels: int = 1) -> Sound:
    wave = level.from_decibels(level_dbfs) * np.sin(2 * np.pi * 997 * np.arange(int(seconds * rate)) / rate)
    return Sound(np.tile(wave.astype(np.float32), (n_channels, 1)), rate)


def finished(sound: Sound, **parameters: object) -> tuple[Sound, float]:
    source, gain = output(sound, **parameters)
    return collected(source, 1.0), gain


def scaled(sound: Sound, gain: float) -> Sound:
    return Sound(sound.samples * np.float32(gain), sound.sample_rate)


def test_by_default_nothing_is_done():
    sound = melody()
    choice = OUTPUT.bind({})
    assert choice.kind == "output"
    for found, gain in (finished(sound, **choice.parameters), finished(sound)):
        assert np.array_equal(found.samples, sound.samples)
        assert gain == 1.0


@pytest.mark.parametrize("target", [-60.0, -12.5, -1.0, 0.0])
def test_peak_is_brought_to_its_target(target):
    sound, gain = finished(melody(n_channels=2), normalise="peak", peak=target)
    assert level.to_decibels(level.peak(sound) * gain) == pytest.approx(target, abs=1e-9)


@pytest.mark.parametrize("target", [-30.0, -16.0])
def test_loudness_is_brought_to_its_target(target):
    sound, gain = finished(melody(4.0), normalise="loudness", loudness=target)
    assert level.loudness(scaled(sound, gain)) == pytest.approx(target, abs=0.01)


@pytest.mark.parametrize("rate", [8000, 22_050, 44_100, 96_000])
@pytest.mark.parametrize("n_channels", [1, 2, 5])
@pytest.mark.parametrize("seconds", [0.4, 0.73, 5.0])
def test_loudness_is_that_of_pyloudnorm(rate, n_channels, seconds):
    sound = melody(seconds, rate, n_channels)
    expected = pyloudnorm.Meter(rate).integrated_loudness(sound.frames.astype(np.float64))
    assert level.loudness(sound) == pytest.approx(expected, abs=0.005)


def test_loudness_is_that_of_the_standard():
    # BS.1770: a 997 Hz sine at 0 dBFS in one front channel reads -3.01 LKFS, and in both 0.
    assert level.loudness(sine(-20)) == pytest.approx(-23.01, abs=0.1)
    assert level.loudness(sine(-20, n_channels=2)) == pytest.approx(-20.0, abs=0.1)


def test_silence_between_sounds_is_gated():
    loud = sine(-20).samples[0]
    gaps = Sound(np.concatenate([loud, np.zeros(48_000 * 20, np.float32), loud]), 48_000)
    assert level.loudness(gaps) == pytest.approx(-23.01, abs=0.4)


@pytest.mark.parametrize("normalise", ["none", "peak", "loudness"])
@pytest.mark.parametrize("amplitude", [0.0, 1e-40, 1e-9])
def test_silence_is_never_raised(normalise, amplitude):
    sound = Sound(np.full(48_000, amplitude, np.float32), 48_000)
    assert finished(sound, normalise=normalise)[1] == 1.0


def test_what_is_below_the_gate_keeps_its_level():
    assert level.loudness(sine(-90)) == -math.inf
    assert finished(sine(-90), normalise="loudness")[1] == 1.0


def test_loudness_that_is_not_defined_is_refused():
    for sound, message in [
        (melody(0.39), "loudness of 0.390 s; allowed: at least 0.4 s"),
        (melody(n_channels=6), "loudness of 6 channels; allowed: 1 to 5"),
        (melody(sample_rate=2000), "loudness at 2000 Hz; allowed: at least 4000 Hz"),
    ]:
        with pytest.raises(ParameterError, match=message):
            finished(sound, normalise="loudness")


@pytest.mark.parametrize("n_samples", [1, 2, 3, 999, 1000, 5000])
def test_fades_are_raised_cosines_at_both_ends(n_samples):
    sound = Sound(np.ones((2, n_samples), np.float32), 10_000)
    samples = finished(sound, fade="50ms")[0].samples
    length = min(500, n_samples // 2)
    rise = 0.5 - 0.5 * np.cos(np.pi * np.arange(length) / max(length, 1))
    np.testing.assert_allclose(samples[0][:length], rise, atol=1e-6)
    np.testing.assert_array_equal(samples[0], samples[1])
    np.testing.assert_allclose(samples[0], samples[0][::-1], atol=1e-6)
    assert (samples[:, length : n_samples - length] == 1).all()


def test_a_faded_sound_begins_and_ends_at_zero_and_is_a_copy():
    sound = melody()
    faded, _ = finished(sound, fade=64)
    assert not faded.samples[:, [0, -1]].any()
    np.testing.assert_array_equal(faded.samples[:, 64:-64], sound.samples[:, 64:-64])
    assert sound.samples[:, 0].any()


def test_the_level_is_that_of_the_faded_sound():
    click = np.full(1000, 0.1, np.float32)
    click[0] = 1.0
    sound, gain = finished(Sound(click, 48_000), fade=10, normalise="peak", peak=0.0)
    assert level.peak(sound) * gain == pytest.approx(1.0)
    assert gain == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"normalise": "rms"}, "output.normalise = 'rms' is not allowed"),
        ({"peak": 1.0}, "output.peak = 1.0 is not allowed; allowed: a number from -60 to 0"),
        ({"loudness": -61.0}, "from -60 to 0"),
        ({"sample_rate": 10}, "from 1000 to 768000"),
        ({"fade": "soon"}, "a time"),
        ({"normalize": "peak"}, "did you mean 'normalise'"),
    ],
)
def test_what_is_not_allowed_is_named(table, message):
    with pytest.raises(PresetError, match=message):
        OUTPUT.bind(table)


def test_a_fade_in_windows_is_refused_here():
    with pytest.raises(ParameterError, match="cannot be used here"):
        finished(melody(), fade="1 window")


def test_the_gain_is_what_write_takes(tmp_path):
    sound, gain = finished(melody(), normalise="peak", peak=-6.0)
    written = sound_file.write(sound, tmp_path / "a.wav", gain=gain)
    assert written.peak_dbfs == pytest.approx(-6.0, abs=1e-6)
    assert level.peak(sound_file.read(written.path)) == pytest.approx(level.from_decibels(-6), abs=1e-6)
