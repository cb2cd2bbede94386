"""The kernels under the default sets: each is what numpy and scipy make of the same numbers."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import savgol_filter

from granulate.kernels import alone, fft, pulse
from granulate.kernels.onsets import onset_strength, peaks
from granulate.kernels.pitch import voice, yin
from granulate.kernels.slopes import slopes


def bands(n: int, n_bands: int = 40, seed: int = 0) -> np.ndarray:
    """Powers of noise that is struck now and then."""
    rng = np.random.default_rng(seed)
    level = np.exp(-0.2 * (np.arange(n) % 11))
    return (rng.chisquare(2, (n, n_bands)) * level[:, None] * np.linspace(1, 1e-6, n_bands)).astype(
        np.float32
    )


@pytest.mark.parametrize("n", [1, 2, 7, 90])
def test_pulse_is_what_the_onset_strength_tells(n: int) -> None:
    mel = bands(n)
    decibels = (10 * np.log10(mel)).astype(np.float32)
    found, highest, course = pulse.pulse(mel, decibels, 60.0, 3.0, np.array([20.0, 50.0]))
    strength = onset_strength(np.maximum(decibels, decibels.max() - np.float32(60)))
    assert found[:4] == pytest.approx(
        [strength.mean(), strength.std(), strength.max(), np.percentile(strength, 90)], rel=1e-4, abs=1e-5
    )
    places = peaks(strength, 2, 5, 3.0, 2)
    gaps = np.diff(places)
    assert found[4] == len(places)
    assert found[5] == pytest.approx(gaps.std() / gaps.mean() if len(gaps) > 1 else 0)
    whole = mel.sum(axis=0)
    assert highest.tolist() == [
        np.flatnonzero(whole > whole.max() * 10 ** (-db / 10))[-1] for db in (20.0, 50.0)
    ]
    np.testing.assert_allclose(course, np.sqrt(mel).sum(axis=1), rtol=1e-5)


def test_silence_has_no_pulse() -> None:
    nothing = np.zeros((5, 40), np.float32)
    found, highest, course = pulse.pulse(nothing, nothing - 100, 60.0, 3.0, np.array([50.0]))
    assert not found.any()
    assert highest.tolist() == [-1]
    assert not course.any()


def test_octaves_share_out_the_power() -> None:
    rng = np.random.default_rng(0)
    spectrum = (rng.standard_normal(257) + 1j * rng.standard_normal(257)).astype(np.complex64)
    power, edges = np.abs(spectrum.astype(complex)) ** 2, np.array([0.0, 1.0, 2.0, 4.0, 1000.0])
    parts = [power[:12].sum(), power[12:24].sum(), power[24:48].sum(), power[48:].sum(), 0.0]
    expected = 10 * np.log10(np.maximum(parts / power.sum(), 1e-5))
    found = np.empty(len(edges))
    pulse.octaves(spectrum, 11.9, edges, found)
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_bands_fade_when_they_are_below_a_hundredth_for_good() -> None:
    powers = np.array([[1.0, 0.0], [4.0, 0.0], [0.01, 0.0], [0.05, 0.0], [0.03, 0.0]])
    share, lasts, top = pulse.fades(powers, 10.0).reshape(3, 2)
    assert share.tolist() == pytest.approx([0, -60])
    assert lasts.tolist() == pytest.approx(np.log10([0.2 + 0.01, 0.01]).tolist())
    assert top.tolist() == pytest.approx(np.log10([0.1 + 0.01, 0.01]).tolist())


@pytest.mark.parametrize("n", [1, 3, 5, 20])
def test_few_frames_are_transformed_as_many(n: int) -> None:
    frames = np.random.default_rng(n).standard_normal((n, 512)).astype(np.float32)
    spectra = alone.rfft(frames)
    np.testing.assert_allclose(spectra, fft.rfft(frames), atol=1e-4)
    np.testing.assert_allclose(spectra, np.fft.rfft(frames.astype(float)), atol=1e-4)
    np.testing.assert_allclose(alone.irfft(spectra, 512), frames, atol=1e-5)
    some = yin(frames, spectra, 8000, 40, 1000, 0.1, whole=True)
    np.testing.assert_allclose(some, yin(frames, spectra, 8000, 40, 1000, 0.1), rtol=1e-3, atol=1e-4)


def test_a_voice_is_the_median_of_what_is_sung() -> None:
    rng = np.random.default_rng(4)
    found = np.column_stack([rng.uniform(50, 800, 31), rng.uniform(0, 1, 31), np.zeros(31)])
    found[::5, 0] = 0
    power = 10 ** rng.uniform(-9, 0, 31).astype(np.float32)
    loud = (found[:, 0] > 0) & (power > 1e-6 * power.max())
    for limit in (0.25, 0.0):
        sung = loud & (found[:, 1] < limit)
        told = sung if sung.any() else loud
        semitones = 69 + 12 * np.log2(found[told, 0] / 440)
        expected = [np.median(found[told, 0]), np.median(semitones), semitones.std(), sung.sum() / loud.sum()]
        assert voice(found, power, 60.0, limit) == pytest.approx(expected)
    assert not voice(np.zeros((3, 3)), np.zeros(3, np.float32), 60.0, 0.25).any()


@pytest.mark.parametrize("n", [1, 4, 30])
@pytest.mark.parametrize("order", [1, 2])
def test_slopes_are_those_of_savitzky_and_golay(order: int, n: int) -> None:
    values = np.random.default_rng(n).standard_normal((n, 3)).astype(np.float32)
    repeated = np.pad(values, ((4, 4), (0, 0)), "edge").astype(float)
    expected = savgol_filter(repeated, 9, order, deriv=order, axis=0)[4:-4]
    np.testing.assert_allclose(slopes(values, order), expected, atol=1e-6)
