"""Loudness beside pyloudnorm, and the short-term features beside pyAudioAnalysis 0.3.14's own figures."""

from __future__ import annotations

import numpy as np
import pyloudnorm
import pytest
from scipy.signal import resample

from granulate.types import Sound
from tests.conftest import melody
from tests.library.short_term_reference import REFERENCE, sounds
from tests.library.test_measures import chosen, frames, measure, summary


@pytest.mark.parametrize("name", sounds())
def test_short_term_features_are_pyaudioanalysiss(name: str) -> None:
    expected = np.load(REFERENCE)[name]
    found = measure(sounds()[name], chosen("short_term")).frames["short_term"]
    assert found.shape == expected.shape
    # Of each value, but for those near nought of what is large elsewhere: there of the column's largest.
    scale = np.maximum(np.abs(expected), 0.01 * np.abs(expected).max(axis=0)) + 1e-9
    assert (np.abs(found - expected) / scale).max() < 1e-5


@pytest.mark.parametrize("name", sounds())
def test_notes_count_the_strongest_chroma_of_each_frame(name: str) -> None:
    strongest = np.load(REFERENCE)[name][:, 21:33].argmax(axis=1)
    found = summary(sounds()[name], "notes")
    assert list(found.values()) == pytest.approx([np.mean(strongest == note) for note in range(12)])


def test_silence_has_no_notes() -> None:
    assert not any(summary(Sound(np.zeros(9000), 8000), "notes").values())


@pytest.mark.parametrize(("rate", "n_channels"), [(44_100, 1), (48_000, 2), (22_050, 1), (96_000, 1)])
def test_blocks_are_as_loud_as_pyloudnorm_says(rate: int, n_channels: int) -> None:
    sound = melody(2.3, rate, n_channels)
    found = frames(sound, "loudness")
    meter, length = pyloudnorm.Meter(rate), rate // 2
    blocks = [
        sound.samples[c, i * length : (i + 1) * length].astype(np.float64)
        for i in range(4)
        for c in range(n_channels)
    ]
    assert len(found["lufs"]) == len(blocks)
    assert found["lufs"] == pytest.approx([meter.integrated_loudness(b) for b in blocks], abs=1e-3)
    assert found["rms_power"] == pytest.approx([np.square(b).mean() for b in blocks], rel=1e-4)
    assert found["rms_db"] == pytest.approx(20 * np.log10(found["rms"]), abs=1e-3)
    assert found["crest_db"] == pytest.approx(found["true_peak_db"] - found["rms_db"], abs=1e-3)
    powers = [np.abs(np.fft.fft(b)) ** 2 for b in blocks]
    split = int(1000 / (rate / length)) + 1
    ratios = [p[1:split].sum() / p[split : length // 2].sum() for p in powers]
    assert found["low_high"] == pytest.approx(ratios, rel=1e-3)


@pytest.mark.parametrize("n_channels", [1, 2, 5])
def test_the_whole_is_as_loud_as_pyloudnorm_says(n_channels: int) -> None:
    sound = melody(3.0, 44_100, n_channels)
    expected = pyloudnorm.Meter(44_100).integrated_loudness(sound.samples.T.astype(np.float64))
    assert summary(sound, "loudness")["integrated"] == pytest.approx(expected, abs=1e-3)


@pytest.mark.parametrize("hz", [440, 5000, 11_025, 15_000])
def test_true_peak_finds_what_lies_between_samples(hz: float) -> None:
    rate, n = 44_100, 22_050
    for phase in (0.0, 0.4, np.pi / 4):
        # Its ends fade, so that the oracle, which takes the block as periodic, has nothing to overshoot.
        tone = 0.5 * np.sin(2 * np.pi * hz * np.arange(n) / rate + phase) * np.sin(np.pi * np.arange(n) / n)
        found = frames(Sound(tone, rate), "loudness")["true_peak_db"][0]
        oracle = 20 * np.log10(np.abs(resample(tone, 4 * n)).max())
        assert found == pytest.approx(oracle, abs=0.02)
        assert -6.02 - 0.5 < found < -6.02 + 0.02


def test_quiet_blocks_are_left_out_and_silence_is_the_floor() -> None:
    quiet = 10 ** (-90 / 20) * np.sin(np.arange(44_100) * 0.1)
    loud = 0.5 * np.sin(np.arange(44_100) * 0.1)
    assert len(frames(Sound(np.concatenate([quiet, loud]), 44_100), "loudness")["rms"]) == 2
    found = summary(Sound(quiet, 44_100), "loudness")
    assert found["lufs_mean"] == found["integrated"] == -70
    assert found["rms_db_p50"] == -80


def test_a_short_sound_is_one_block() -> None:
    found = frames(Sound(0.5 * np.sin(np.arange(4410) * 0.1), 44_100), "loudness")
    assert len(found["rms"]) == 1
    assert found["rms"][0] == pytest.approx(0.5 / np.sqrt(2), rel=0.01)
