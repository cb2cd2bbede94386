"""Chroma: the power of spectra, folded into the twelve notes."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

NOTES = ("A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#")
_LOWEST_HZ = 55.0
_HIGHEST_HZ = 5000.0


def chroma_of(
    magnitudes: NDArray[np.float32], sample_rate: float, n_fft: int, out: NDArray[np.float32]
) -> None:
    """The power of magnitudes (n, n_bins) near each note of all octaves, over the strongest, into out (n, 12).

    Bins from 55 Hz to 5 kHz count for the note that is nearest to them, A at 440 Hz first; silence has none.
    """
    _fold(magnitudes, _notes(sample_rate, n_fft), out)


@lru_cache(maxsize=16)
def _notes(sample_rate: float, n_fft: int) -> NDArray[np.int64]:
    """The note of each bin, -1 where it counts for none."""
    hz = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    near = np.round(12 * np.log2(np.maximum(hz, 1e-9) / 440)).astype(np.int64) % 12
    return np.where((hz >= _LOWEST_HZ * 2 ** (-1 / 24)) & (hz <= _HIGHEST_HZ), near, -1)


@njit(cache=True, nogil=True)
def _fold(magnitudes, notes, out):  # type: ignore[no-untyped-def]
    power = np.empty(12)
    for i in range(len(magnitudes)):
        power[:] = 0
        for k in range(len(notes)):
            if notes[k] >= 0:
                m = np.float64(magnitudes[i, k])
                power[notes[k]] += m * m
        most = power.max()
        for c in range(12):
            out[i, c] = power[c] / most if most > 0 else 0.0
