"""Loudness after ITU-R BS.1770-4: K-weighted energies, and the peak between samples."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

OVERSAMPLING = 4
MARGIN = 12
"""Samples before and after a stretch that the peak between its samples depends on."""

LOWEST_RATE = 4000
"""Hz. Below, the weighting, whose shelf lies at 1.5 kHz, is not defined: energies are not weighted then."""

_STRIDE = 64


@lru_cache(maxsize=16)
def weighting(sample_rate: int) -> NDArray[np.float64]:
    """The two filters that K-weighting chains, as pyloudnorm makes them: (2, 5) b0, b1, b2, a1, a2."""
    if sample_rate < LOWEST_RATE:
        return np.array([[1.0, 0, 0, 0, 0]] * 2)
    import pyloudnorm

    shelf = pyloudnorm.IIRfilter(4.0, 1 / math.sqrt(2), 1500.0, sample_rate, "high_shelf")
    high_pass = pyloudnorm.IIRfilter(0.0, 0.5, 38.0, sample_rate, "high_pass")
    return np.array([[*f.b, *f.a[1:]] for f in (shelf, high_pass)])


def energies(
    frames: NDArray[np.float32],
    edges: NDArray[np.int64],
    filters: NDArray[np.float64],
    state: NDArray[np.float64],
) -> NDArray[np.float64]:
    """The energy of each channel between consecutive edges of frames (n, n_channels), filtered: (n_edges - 1,
    n_channels). `state` (n_channels, 4) is where the filters begin, zeros for rest, and where they end.
    """  # fmt: skip
    found = np.zeros((len(edges) - 1, frames.shape[1]))
    _energies(frames, edges, filters, state, found)
    return found


def true_peaks(frames: NDArray[np.float32], first: int, last: int) -> NDArray[np.float64]:
    """The largest absolute value (n_channels,) of frames first ... last, 3 values between samples included.

    Four times oversampling by a polyphase filter of 24 samples a phase, a sinc under a Kaiser window of 5; that of
    ITU-R BS.1770-4, Annex 2, has 12. Between the four places a tone can still be higher: by 0.17 dB at a quarter of
    the rate, 0.41 dB at 0.39 of it (-20 log10 cos(pi f / 4), f over the rate). Samples beyond the frames given count as silence.
    """
    taps, reach = _taps()
    found = np.zeros(frames.shape[1])
    _true_peaks(frames, first, last, taps, reach, found)
    return found


@lru_cache(maxsize=1)
def _taps() -> tuple[NDArray[np.float32], float]:
    """The phases between samples (3, 24), and the most that they can make of samples of 1."""
    at = np.arange(-MARGIN + 1, MARGIN + 1)
    phases = []
    for part in range(1, OVERSAMPLING):
        away = at - part / OVERSAMPLING
        phase = np.sinc(away) * np.i0(5 * np.sqrt(np.maximum(0, 1 - (away / MARGIN) ** 2)))
        phases.append(phase / phase.sum())
    taps = np.array(phases)
    return taps.astype(np.float32), float(np.abs(taps).sum(axis=1).max())


def powers(frames: NDArray[np.float32]) -> NDArray[np.float64]:
    """The mean square of each channel (n_channels,) of frames (n, n_channels)."""
    found = np.zeros(frames.shape[1])
    _powers(frames, found)
    return found


def split_energies(spectra: NDArray[np.complex64], first: int, split: int, last: int) -> NDArray[np.float64]:
    """The energy of spectra (n, n_bins) in bins first ... split and split ... last: (n, 2)."""
    found = np.zeros((len(spectra), 2))
    _split_energies(spectra, first, split, last, found)
    return found


@njit(cache=True, nogil=True)
def _powers(frames, found):  # type: ignore[no-untyped-def]
    for i in range(len(frames)):
        for c in range(frames.shape[1]):
            x = np.float64(frames[i, c])
            found[c] += x * x
    found /= len(frames)


@njit(cache=True, nogil=True)
def _split_energies(spectra, first, split, last, found):  # type: ignore[no-untyped-def]
    for i in range(len(spectra)):
        for part, begin, end in ((0, first, split), (1, split, last)):
            total = 0.0
            for k in range(begin, min(end, spectra.shape[1])):
                total += np.float64(spectra[i, k].real) ** 2 + np.float64(spectra[i, k].imag) ** 2
            found[i, part] = total


@njit(cache=True, nogil=True)
def _energies(frames, edges, filters, state, found):  # type: ignore[no-untyped-def]
    b0, b1, b2, a1, a2 = filters[0]
    d0, d1, d2, c1, c2 = filters[1]
    for c in range(frames.shape[1]):
        s1, s2, t1, t2 = state[c]
        for e in range(len(edges) - 1):
            total = 0.0
            for i in range(edges[e], edges[e + 1]):
                x = np.float64(frames[i, c])
                y = b0 * x + s1
                s1 = b1 * x - a1 * y + s2
                s2 = b2 * x - a2 * y
                z = d0 * y + t1
                t1 = d1 * y - c1 * z + t2
                t2 = d2 * y - c2 * z
                total += z * z
            found[e, c] = total
        state[c, 0], state[c, 1], state[c, 2], state[c, 3] = s1, s2, t1, t2


@njit(cache=True, nogil=True)
def _add(out, values, factor):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] += factor * values[i]


@njit(cache=True, nogil=True)
def _true_peaks(frames, first, last, taps, reach, found):  # type: ignore[no-untyped-def]
    n = len(frames)
    half = taps.shape[1] // 2
    stretch = np.zeros(_STRIDE + taps.shape[1], np.float32)
    between = np.zeros(_STRIDE, np.float32)
    for c in range(frames.shape[1]):
        most = np.float32(0)
        for i in range(first, last):
            most = max(most, abs(frames[i, c]))
        for begin in range(first, last, _STRIDE):
            end = min(begin + _STRIDE, last)
            near = np.float32(0)
            for k in range(len(stretch)):
                i = begin - half + 1 + k
                stretch[k] = frames[i, c] if 0 <= i < n else np.float32(0)
                near = max(near, abs(stretch[k]))
            # Nothing between these samples can exceed what was found already.
            if near * reach <= most:
                continue
            for p in range(len(taps)):
                between[:] = 0
                for k in range(taps.shape[1]):
                    _add(between, stretch[k : k + _STRIDE], taps[p, k])
                for i in range(end - begin):
                    most = max(most, abs(between[i]))
        found[c] = most
