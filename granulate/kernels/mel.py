"""Mel bands of power spectra, as a banded product: each band sums only the bins under its triangle.

The Slaney (1998, Auditory Toolbox) scale and area normalisation, librosa's defaults: linear below
1 kHz, logarithmic above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from granulate.kernels.jit import njit

_HZ_PER_MEL = 200 / 3
_LOG_HZ = 1000.0
_LOG_MEL = _LOG_HZ / _HZ_PER_MEL
_LOG_STEP = np.log(6.4) / 27


def hz_to_mel(hz: ArrayLike) -> NDArray[np.float64]:
    """Frequencies in Hz on Slaney's mel scale."""
    hz = np.asarray(hz, np.float64)
    return np.where(
        hz < _LOG_HZ, hz / _HZ_PER_MEL, _LOG_MEL + np.log(np.maximum(hz, _LOG_HZ) / _LOG_HZ) / _LOG_STEP
    )


def mel_to_hz(mel: ArrayLike) -> NDArray[np.float64]:
    """Slaney mels in Hz."""
    mel = np.asarray(mel, np.float64)
    return np.where(
        mel < _LOG_MEL,
        mel * _HZ_PER_MEL,
        _LOG_HZ * np.exp(_LOG_STEP * (np.maximum(mel, _LOG_MEL) - _LOG_MEL)),
    )


@dataclass(frozen=True, slots=True, eq=False)
class MelBands:
    """Triangles: band b covers bins first[b] ... first[b] + count[b], weights stored one after another."""

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    weights: NDArray[np.float32]
    centres: NDArray[np.float64]

    def power(self, spectra: NDArray[np.complex64], out: NDArray[np.float32]) -> None:
        """Mel power (n, n_bands) of complex spectra (n, n_bins), into `out`."""
        _banded_power(spectra.view(np.float32), self.first, self.count, self.weights, out)


@lru_cache(maxsize=8)
def mel_bands(sample_rate: int, n_fft: int, n_bands: int, low: float, high: float) -> MelBands:
    """The triangles between `low` and `high` Hz, each of unit area in Hz."""
    bins = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    edges = mel_to_hz(np.linspace(hz_to_mel(low), hz_to_mel(high), n_bands + 2))
    rise = (bins - edges[:-2, None]) / np.diff(edges)[:-1, None]
    fall = (edges[2:, None] - bins) / np.diff(edges)[1:, None]
    triangles = np.maximum(0, np.minimum(rise, fall)) * (2 / (edges[2:] - edges[:-2]))[:, None]
    first = np.array([np.flatnonzero(row)[0] if row.any() else 0 for row in triangles])
    count = np.array(
        [np.flatnonzero(row)[-1] + 1 - f if row.any() else 0 for row, f in zip(triangles, first, strict=True)]
    )
    weights = np.concatenate([row[f : f + c] for row, f, c in zip(triangles, first, count, strict=True)])
    return MelBands(first, count, weights.astype(np.float32), edges[1:-1])


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _banded_power(spectra, first, count, weights, out):  # type: ignore[no-untyped-def]
    # fastmath: the sums may be reordered, so that they run on whole vectors.
    n_bins = spectra.shape[1] // 2
    power = np.empty(n_bins, np.float32)
    for i in range(len(spectra)):
        row = spectra[i]
        for k in range(n_bins):
            power[k] = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]
        at = 0
        for b in range(len(first)):
            out[i, b] = _dot(power[first[b] : first[b] + count[b]], weights[at : at + count[b]])
            at += count[b]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _dot(a, b):  # type: ignore[no-untyped-def]
    total = np.float32(0)
    for i in range(len(a)):
        total += a[i] * b[i]
    return total
