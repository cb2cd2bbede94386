"""What tests share: sounds that they synthesise, and the real ones where they are present."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from granulate.types import Sound

REAL_AUDIO = Path(__file__).parents[2] / "shared" / "audio"

_WARM = """
import librosa, numpy
tone = numpy.sin(0.1 * numpy.arange(44_100)).astype(numpy.float32)
librosa.feature.chroma_stft(y=tone), librosa.beat.beat_track(y=tone), librosa.onset.onset_detect(y=tone)
librosa.yin(tone, fmin=50, fmax=2000), librosa.istft(librosa.stft(tone))
"""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: Any, specs: Any) -> None:
    """Two processes that compile one of librosa's vectorised functions for the disk at once can crash."""
    subprocess.run([sys.executable, "-W", "ignore", "-c", _WARM], check=True)


def melody(seconds: float = 2.0, sample_rate: int = 22_050, n_channels: int = 1, seed: int = 0) -> Sound:
    """Notes of several pitches and colours, noise and silence, peaking below full scale."""
    rng = np.random.default_rng(seed)
    n = int(seconds * sample_rate)
    t = np.arange(n) / sample_rate
    note = (t * 6).astype(int)
    pitch = 110 * 2 ** (rng.integers(0, 24, note.max(initial=0) + 1) / 12)[note]
    tones = sum(np.sin(2 * np.pi * pitch * k * t) / k for k in range(1, 6))
    noise = rng.standard_normal(n) * (note % 4 == 2)
    mono = 0.1 * (tones * (note % 4 != 3) + noise)
    channels = [mono * (1 - 0.2 * c) + 0.01 * rng.standard_normal(n) for c in range(n_channels)]
    return Sound(np.array(channels, np.float32), sample_rate)


@pytest.fixture
def sound() -> Sound:
    return melody()


@pytest.fixture
def stereo() -> Sound:
    return melody(n_channels=2)
