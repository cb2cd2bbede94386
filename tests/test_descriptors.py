"""Descriptors of grains against librosa and closed forms."""

from __future__ import annotations

import librosa
import numpy as np
import pytest

from granulate.errors import GranulateError
from granulate.types import Sound
from tests.conftest import melody
from tests.test_analysis import measured

RATE = 44_100


def tone(hz: float, seconds: float = 0.5, gain: float = 0.5) -> Sound:
    return Sound(gain * np.sin(2 * np.pi * hz * np.arange(int(seconds * RATE)) / RATE), RATE)


def noise() -> Sound:
    return Sound(np.random.default_rng(0).standard_normal(RATE // 2) * 0.1, RATE)


def inner(sound: Sound, kind: str, **parameters: object) -> np.ndarray:
    """Of the grains that lie wholly within the sound."""
    return measured(sound, kind, **parameters)[4:-4]


@pytest.mark.parametrize(
    ("kind", "librosas"),
    [
        ("spread", librosa.feature.spectral_bandwidth),
        ("rolloff", librosa.feature.spectral_rolloff),
    ],
)
def test_shapes_in_hertz_are_librosas(kind: str, librosas: object) -> None:
    sound = melody(1.0, RATE)
    expected = librosas(y=sound.samples[0], sr=RATE, n_fft=2048, hop_length=512)[0]  # type: ignore[operator]
    assert np.allclose(measured(sound, kind)[:, 0], expected, rtol=1e-3, atol=22)


def test_moments_are_those_of_the_magnitudes() -> None:
    sound = noise()
    spectra = np.abs(librosa.stft(sound.samples[0], n_fft=2048, hop_length=512)).astype(np.float64)
    at = np.arange(1025)[:, None]
    share = spectra / spectra.sum(axis=0)
    away = at - (share * at).sum(axis=0)
    variance = (share * away**2).sum(axis=0)
    for kind, power, less in (("skewness", 3, 0), ("kurtosis", 4, 3)):
        expected = (share * away**power).sum(axis=0) / variance ** (power / 2) - less
        assert np.allclose(measured(sound, kind)[:, 0], expected, atol=1e-3)
    expected = spectra.max(axis=0) / spectra.mean(axis=0)
    assert np.allclose(measured(sound, "spectral_crest")[:, 0], expected, rtol=1e-3)


def test_noise_and_tones_are_at_opposite_ends() -> None:
    pure = tone(1000)
    for kind, more, less in (
        ("flatness", noise(), pure),
        ("entropy", noise(), pure),
        ("spread", noise(), pure),
        ("zero_crossings", noise(), pure),
        ("spectral_crest", pure, noise()),
        ("harmonicity", pure, noise()),
    ):
        assert inner(more, kind).min() > inner(less, kind).max(), kind
    flat = librosa.feature.spectral_flatness(y=noise().samples[0], n_fft=2048, hop_length=512)[0]
    assert np.allclose(measured(noise(), "flatness")[:, 0], flat, rtol=0.01)


def test_ratios_do_not_depend_on_the_level() -> None:
    quiet = Sound(melody(0.5, RATE).samples * 1e-3, RATE)
    for kind in ("flatness", "entropy", "spectral_crest", "chroma", "skewness", "harmonicity", "pitch"):
        assert np.allclose(measured(quiet, kind), measured(melody(0.5, RATE), kind), atol=0.02), kind


@pytest.mark.parametrize("hz", [110.0, 440.0, 1318.5])
def test_pitch_and_crossings_of_tones(hz: float) -> None:
    assert np.allclose(inner(tone(hz), "zero_crossings"), 2 * hz, atol=2 * RATE / 2048 + 1)
    assert np.allclose(inner(tone(hz), "pitch"), 69 + 12 * np.log2(hz / 440), atol=0.15)
    assert (inner(tone(hz), "harmonicity") > 0.95).all()


@pytest.mark.parametrize(("hz", "note"), [(440, "A"), (261.63, "C"), (2637, "E"), (370, "F#")])
def test_chroma_is_strongest_at_the_note(hz: float, note: str) -> None:
    notes = ("A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#")
    found = inner(tone(hz), "chroma")
    assert {notes[i] for i in found.argmax(axis=1)} == {note}
    assert np.allclose(found.max(axis=1), 1)
    # In tune: librosa compiles for half a minute before it estimates by how much a sound is not.
    y = tone(hz).samples[0]
    expected = librosa.feature.chroma_stft(y=y, sr=RATE, n_fft=2048, hop_length=512, tuning=0.0)
    assert (found.argmax(axis=1) == (expected.argmax(axis=0)[4:-4] + 3) % 12).all()


def test_a_pitch_range_that_is_none_is_refused() -> None:
    with pytest.raises(GranulateError, match="low = 500"):
        measured(tone(440), "pitch", low=500.0, high=100.0)
