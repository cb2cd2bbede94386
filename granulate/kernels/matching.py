"""What a mosaic is matched by: a target's frames, the grains that may stand for them, and the voices chosen.

A grain may be offered several times, transposed: a copy is a grain of its sound read faster or slower,
cut on the same grid, so that "the next in the recording" means the same for every copy. Features are
small and held for all grains; spectra are large and cut when they are asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.mel import hz_to_mel, mel_to_hz
from granulate.kernels.threads import over_ranges
from granulate.types import Framing

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

SILENT_DB = -90.0
"""Level below which a frame has nothing to match, and a grain nothing to give."""
_QUIET_DB = -80.0
"""The same, counted from the loudest frame of the target or of the corpus."""
_BANDS = 128
_MOST = np.float32(1e15)
"""What a magnitude is cut off at: squares of larger ones would overflow float32."""
_PITCH_HZ = (80.0, 5000.0)
_BLOCK_SAMPLES = 1 << 19


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Where frames are cut: samples (n_samples,), first sample and bounds of each in them, and the framing.

    `starts` int64 (n,), `bounds` int64 (n, 2): outside of these a frame is silent.
    """

    samples: Floats
    starts: Longs
    bounds: Longs
    framing: Framing
    sample_rate: int

    def __len__(self) -> int:
        return len(self.starts)

    def cut(self, which: Longs, shift: Longs | int = 0) -> Floats:
        """The frames (n, n_fft) of the numbers given, each moved by `shift` samples in its recording."""
        return cut_frames(
            self.samples,
            self.starts[which] + shift,
            self.bounds[which],
            self.framing.weights(),
            self.framing.offset,
            self.framing.n_fft,
        )

    def magnitudes(self, which: Longs) -> Floats:
        """Magnitude spectra (n, n_bins) of the frames of the numbers given."""
        return _magnitudes(fft.rfft(self.cut(which)))


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What frames are compared by, for n frames.

    `bands` float32 (n, n_bands): sums of magnitudes in bands that part the spectrum, narrow below
    1 kHz; `chroma` float32 (n, 12): magnitude in each pitch class, of unit length, or 0; `levels`
    float32 (n,): root mean square in decibels of full scale; `edges` (n_bands,): each band's first bin.
    """

    bands: Floats
    chroma: Floats
    levels: Floats
    edges: Longs

    @property
    def sounding(self) -> NDArray[np.bool_]:
        """Which frames hold sound, rather than silence (n,)."""
        loudest = float(self.levels.max(initial=SILENT_DB))
        return self.levels > max(SILENT_DB, loudest + _QUIET_DB)


@dataclass(frozen=True, slots=True, eq=False)
class Target:
    """The frames to be matched. `described` float32 (n, n_columns) is what the preset's own descriptors say,
    scaled together with the candidates'; it may have no columns."""

    frames: Frames
    features: Features
    described: Floats

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The grains on offer, as `Target`; `follows` int64 (n,) is the one a hop later in the recording, or -1."""

    frames: Frames
    features: Features
    described: Floats
    follows: Longs

    def __len__(self) -> int:
        return len(self.frames)


@dataclass(frozen=True, slots=True, eq=False)
class Voices:
    """What sounds in each frame of the target, at most p grains at once.

    `chosen` int64 (n_frames, p): numbers of candidates, -1 for none; `gains` float32 (n_frames, p),
    finite and not negative; `shifts` int64 (n_frames, p): samples by which each is moved in its recording.
    """

    chosen: Longs
    gains: Floats
    shifts: Longs


def band_edges(sample_rate: int, n_fft: int, n_bands: int = _BANDS) -> Longs:
    """The first bins (at most n_bands,) of bands that part the spectrum, even on Slaney's mel scale."""
    hz = mel_to_hz(np.linspace(0, hz_to_mel(sample_rate / 2), n_bands + 1)[:-1])
    return np.unique(np.round(hz * n_fft / sample_rate).astype(np.int64).clip(0, n_fft // 2))


def measure(frames: Frames) -> Features:
    """The features of all frames. Memory grows with the features alone."""
    framing, n = frames.framing, len(frames)
    edges = band_edges(frames.sample_rate, framing.n_fft)
    bands = np.zeros((n, len(edges)), np.float32)
    chroma = np.zeros((n, 12), np.float32)
    levels = np.zeros(n, np.float32)
    classes = pitch_classes(frames.sample_rate, framing.n_fft)
    weight = float(np.square(framing.weights(), dtype=np.float64).sum())
    size = fft.BATCH * max(1, _BLOCK_SAMPLES // (fft.BATCH * framing.n_fft))

    def work(begin: int, first: int, last: int) -> None:
        first, last = begin + first, begin + last
        cut = frames.cut(np.arange(first, last))
        with np.errstate(over="ignore"):
            power = np.fmin(np.einsum("ij,ij->i", cut, cut), _MOST**2) / np.float32(weight)
        levels[first:last] = 10 * np.log10(np.maximum(power, np.float32(1e-12)))
        magnitudes = _magnitudes(fft.rfft(cut))
        np.add.reduceat(magnitudes, edges, axis=1, out=bands[first:last])
        # Not a matrix product: BLAS rounds by the number of rows, and blocks must not show.
        folded = np.stack([magnitudes[:, bins].sum(axis=1) for bins in classes], axis=1)
        length = np.sqrt(np.einsum("ij,ij->i", folded, folded))[:, None]
        np.divide(folded, length, out=chroma[first:last], where=length > 0)

    # A stretch at a time, so that the pages of mapped memory can be handed back in between.
    for begin in range(0, n, 16 * size):
        over_ranges(partial(work, begin), min(n, begin + 16 * size) - begin, size)
        storage.release(frames.samples)
    return Features(bands, chroma, levels, edges)


def pitch_classes(sample_rate: int, n_fft: int) -> list[Longs]:
    """The bins of each of the twelve pitch classes, from C, between 80 Hz and 5 kHz."""
    hz = np.arange(1, n_fft // 2 + 1) * (sample_rate / n_fft)
    note = np.round(12 * np.log2(hz / 440) + 69).astype(np.int64) % 12
    heard = (hz >= _PITCH_HZ[0]) & (hz <= _PITCH_HZ[1])
    return [1 + np.flatnonzero(heard & (note == c)) for c in range(12)]


def _magnitudes(spectra: NDArray[np.complex64]) -> Floats:
    with np.errstate(over="ignore", invalid="ignore"):
        parts = np.square(spectra.view(np.float32))
        # fmin, because what overflowed may have become NaN.
        return np.sqrt(np.fmin(parts[:, ::2] + parts[:, 1::2], _MOST**2))
