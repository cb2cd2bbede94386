"""The profile: made sounds have the course, bands, colour and pulse that they were made with."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from granulate.kernels import course, profile
from granulate.library.measures import MEASURES, columns, measure
from granulate.types import Sound

RATE = 44_100
PROFILE = (MEASURES.bind({"kind": "profile"}),)


def summary(samples: np.ndarray, rate: int = RATE) -> dict[str, float]:
    values = measure(Sound(samples, rate), PROFILE).summary
    return {column.name: float(value) for column, value in zip(columns(PROFILE), values, strict=True)}


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(n) * 0.1


def sweep(low: float, high: float, seconds: float = 1.0) -> np.ndarray:
    t = np.arange(int(seconds * RATE)) / RATE
    growth = np.log(high / low) / seconds
    return 0.5 * np.sin(2 * np.pi * low / growth * np.expm1(growth * t))


@pytest.mark.parametrize(("attack", "decay"), [(0.05, 0.6), (0.3, 1.5)])
def test_times_are_what_was_made(attack: float, decay: float) -> None:
    t = np.arange(int(RATE * (attack + decay))) / RATE
    level = np.where(t < attack, t / attack, 10 ** (-3 * (t - attack) / decay))
    found = summary(0.5 * level * np.sign(noise(len(t))))
    for name, seconds in (
        ("log_duration", attack + decay), ("log_attack", 0.9 * attack), ("log_decay_10", decay / 6),
        ("log_decay_20", decay / 3), ("log_decay_40", decay / 1.5),
        ("log_above_20", 0.9 * attack + decay / 3),
    ):  # fmt: skip
        assert 10 ** found[name] == pytest.approx(seconds, abs=0.012), name
    energy = level**2 / np.sum(level**2)
    centre = np.sum(energy * t)
    assert 10 ** found["log_centre"] == pytest.approx(centre, abs=0.006)
    assert 10 ** found["log_spread"] == pytest.approx(np.sqrt(np.sum(energy * (t - centre) ** 2)), abs=0.006)
    assert 10 ** found["log_passed_50"] == pytest.approx(
        t[np.searchsorted(np.cumsum(energy), 0.5)], abs=0.006
    )
    assert found["skewness_in_time"] == pytest.approx(
        np.sum(energy * (t - centre) ** 3) / np.sum(energy * (t - centre) ** 2) ** 1.5, rel=0.05
    )


def test_colour_is_that_of_the_spectra() -> None:
    samples = (noise(RATE) + sweep(100, 8000)).astype(np.float32)
    spectra = librosa.stft(samples, n_fft=2048, hop_length=1024).T
    found, last = profile.shapes(np.ascontiguousarray(spectra), np.zeros(1025, np.float32), RATE, 2048)
    magnitudes = np.abs(spectra.astype(np.complex128))
    octaves = np.log2(np.maximum(librosa.fft_frequencies(sr=RATE, n_fft=2048), 20) / 1000)
    shares = magnitudes / magnitudes.sum(axis=1, keepdims=True)
    centre = shares @ octaves
    away = octaves - centre[:, None]
    spread = np.sqrt((shares * away**2).sum(axis=1))
    assert np.allclose(found[:, 0], centre, atol=1e-4)
    assert np.allclose(found[:, 1], spread, rtol=1e-3)
    assert np.allclose(found[:, 2], (shares * away**3).sum(axis=1) / spread**3, atol=1e-3)
    assert np.allclose(found[:, 3], np.log((shares * away**4).sum(axis=1) / spread**4), atol=1e-3)
    flat = librosa.feature.spectral_flatness(S=magnitudes.T, amin=1e-30)[0]
    assert np.allclose(found[:, 4], np.log(flat), atol=1e-3)
    edge = librosa.feature.spectral_rolloff(S=magnitudes.T**2, sr=RATE, roll_percent=0.95)[0]
    assert np.allclose(found[:, 8], np.log2(edge / 1000), atol=0.01)
    unit = magnitudes / np.linalg.norm(magnitudes, axis=1, keepdims=True)
    assert np.allclose(found[1:, 9], np.linalg.norm(np.diff(unit, axis=0), axis=1), atol=1e-3)
    bands = np.add.reduceat(magnitudes**2, profile.axes(RATE, 2048)[1][:-1], axis=1)
    assert np.allclose(found[:, profile.N_SHAPES :], bands, rtol=1e-4)
    assert np.allclose(last, magnitudes[-1], rtol=1e-4)


def test_frames_do_not_depend_on_how_they_are_batched() -> None:
    spectra = np.fft.rfft(noise(40 * 512).reshape(40, 512)).astype(np.complex64)
    before = np.zeros(257, np.float32)
    whole, _ = profile.shapes(spectra, before, 8000, 512)
    first, between = profile.shapes(spectra[:17], before, 8000, 512)
    rest, _ = profile.shapes(spectra[17:], between, 8000, 512)
    assert np.array_equal(whole, np.concatenate([first, rest]))


@pytest.mark.parametrize(
    ("hz", "band"), [(40, "20"), (90, "60"), (700, "500"), (1500, "1000"), (12_000, "8000")]
)
def test_a_tone_is_in_its_band(hz: float, band: str) -> None:
    found = summary(0.5 * np.sin(2 * np.pi * hz * np.arange(RATE) / RATE))
    assert found[f"band_{band}_share"] > -0.6
    shares = {
        name: value for name, value in found.items() if name.startswith("band") and name.endswith("share")
    }
    assert max(value for name, value in shares.items() if name != f"band_{band}_share") < -9


def test_bands_decay_by_themselves() -> None:
    t = np.arange(2 * RATE) / RATE
    low, high = np.sin(2 * np.pi * 350 * t), np.sin(2 * np.pi * 3000 * t)
    found = summary(0.3 * low * 10 ** (-t) + 0.3 * high * 10 ** (-5 * t))
    assert 10 ** found["band_250_log_decay"] == pytest.approx(1.0, abs=0.05)
    assert 10 ** found["band_2000_log_decay"] == pytest.approx(0.2, abs=0.05)


def test_level_shows_in_levels_alone() -> None:
    samples = (noise(RATE) * np.linspace(1, 0, RATE) + sweep(200, 2000) * 0.2).astype(np.float32)
    loud, soft = summary(samples), summary(samples * 0.25)
    levels = {"peak", "level", "loud_level", "level_p10", "level_p50"}
    for name in levels:
        assert loud[name] - soft[name] == pytest.approx(12.04, abs=0.1)
    for name in set(loud) - levels - {"quiet", "zeros"}:
        assert soft[name] == pytest.approx(loud[name], abs=0.02), name


def test_what_rises_has_a_trend() -> None:
    up, down = summary(sweep(200, 6000)), summary(sweep(6000, 200))
    for name in ("centroid", "middle", "crossings"):
        assert up[f"{name}_trend"] > 0.9 > -0.9 > down[f"{name}_trend"]
    assert up["middle_attack"] < up["middle_body"] < 0
    assert down["middle_attack"] > down["middle_body"] > 0
    assert up["middle_mean"] == pytest.approx(np.log2(np.sqrt(200 * 6000) / 1000), abs=0.1)


def test_the_pulse_is_what_was_made() -> None:
    t = np.arange(4 * RATE) / RATE
    for hz, octave in ((1.5, 1), (5, 4), (11, 8)):
        found = summary(noise(len(t)) * (1 + 0.9 * np.sin(2 * np.pi * hz * t)))
        shares = {name: value for name, value in found.items() if name.startswith("modulation")}
        assert max(shares, key=shares.__getitem__) == f"modulation_{octave}"
    click = noise(2000) * np.exp(-np.arange(2000) / 300)
    even, uneven = np.zeros(4 * RATE), np.zeros(4 * RATE)
    for i in range(1, 8):
        even[i * 22_050 :][:2000] += click
        uneven[int(22_050 * (i**1.5) / 8**0.5) :][:2000] += click
    assert summary(even)["log_onsets"] == pytest.approx(np.log1p(7))
    assert summary(even)["log_onset_rate"] == pytest.approx(np.log1p(7 / 4), rel=0.01)
    assert summary(even)["irregularity"] < 0.05
    assert summary(uneven)["irregularity"] > 0.15


def test_what_course_tells_is_numpys() -> None:
    samples = noise(10_000).astype(np.float32)
    samples[3000:3300] = 0
    energy, told = course.course(samples, 100)
    expected = np.square(samples.reshape(-1, 100), dtype=np.float64).mean(axis=1)
    assert np.allclose(energy[1:], (expected[1:] + expected[:-1]) / 2)
    double = samples.astype(np.float64)
    assert np.allclose(
        told,
        [
            np.abs(samples).max(),
            double.sum(),
            np.square(double).sum(),
            (np.abs(samples) < 1e-4).sum(),
            (samples == 0).sum(),
        ],
    )
