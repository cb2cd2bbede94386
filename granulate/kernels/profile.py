"""What a spectrum is like on a scale of octaves, frame by frame; and what such numbers are like over time."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

Values = NDArray[np.float32]
Doubles = NDArray[np.float64]

BAND_EDGES_HZ = (60.0, 120.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0)
N_BANDS = len(BAND_EDGES_HZ) + 1
N_SHAPES = 10
N_STATISTICS = 6

LOWEST_HZ = 20.0
_DEEPEST = np.float32(1e-10)
_SHARES = (0.05, 0.5, 0.95)
_AT_ONCE = 16
"""So many shares of at least 1e-10 are multiplied before one logarithm is taken of them: 1e-160 is a double."""

ATTACK_S, BODY_S = 0.05, 0.25
"""How long after a sound begins its attack ends, and its body."""


@lru_cache(maxsize=16)
def axes(sample_rate: float, n_fft: int) -> tuple[Values, NDArray[np.int64]]:
    """Powers 0 to 4 (5, n_bins) of each bin's octaves above 1 kHz, those below 20 Hz being there; and the first bin of
    each band, and the end (N_BANDS + 1,).
    """  # fmt: skip
    hz = np.arange(n_fft // 2 + 1) * (sample_rate / n_fft)
    octaves = np.log2(np.maximum(hz, LOWEST_HZ) / 1000)
    edges = np.concatenate([[0], np.searchsorted(hz, BAND_EDGES_HZ), [len(hz)]])
    return (octaves ** np.arange(5)[:, None]).astype(np.float32), edges


def shapes(
    spectra: NDArray[np.complex64], before: Values, sample_rate: float, n_fft: int
) -> tuple[Doubles, Values]:
    """Of consecutive spectra (n, n_bins): N_SHAPES numbers and the powers of the bands (n, N_SHAPES + N_BANDS).

    Centroid (octaves above 1 kHz), spread (octaves), skewness and the logarithm of the kurtosis of the magnitudes on
    a scale of octaves; flatness and crest of the powers (natural logarithms); the bins below which 5, 50 and 95 % of
    the power lie (octaves above 1 kHz); flux, the distance from the spectrum before, both of unit length
    (Peeters 2004, but for the scale). `before` (n_bins,): magnitudes that precede the first; those of the last are
    given too. A silent frame has zeros.
    """
    octaves, edges = axes(sample_rate, n_fft)
    found = np.zeros((len(spectra), N_SHAPES + N_BANDS))
    last = before.copy()
    _shapes(spectra.view(np.float32), last, octaves, edges, np.array(_SHARES), found)
    return found, last


# fastmath, below: sums may be reordered, so that they run on whole vectors; no number is missing or infinite.


@njit(cache=True, nogil=True)
def _shapes(spectra, last, octaves, edges, shares, found):  # type: ignore[no-untyped-def]
    n_bins = spectra.shape[1] // 2
    magnitude, power = np.empty(n_bins, np.float32), np.empty(n_bins, np.float32)
    share, product = np.empty(n_bins, np.float32), np.empty(-(-n_bins // _AT_ONCE))
    old = 1.0 * _dot(last, last)
    for i in range(len(spectra)):
        out = found[i]
        most = np.float64(_powers(spectra[i], power, magnitude))
        total = 0.0
        for b in range(len(edges) - 1):
            out[N_SHAPES + b] = _sum(power[edges[b] : edges[b + 1]])
            total += out[N_SHAPES + b]
        if total > 0:
            _moments(magnitude, octaves, out)
            out[4] = _flatness(power, np.float32(1 / most), share, product)
            out[5] = np.log(most * n_bins / total)
            for s in range(len(shares)):
                out[6 + s] = octaves[1, _reached(power, out[N_SHAPES:], edges, shares[s] * total)]
        new = 1.0 * _dot(magnitude, magnitude)
        if new > 0 and old > 0:
            out[9] = np.sqrt(max(0.0, 2 - 2 * _dot(magnitude, last) / np.sqrt(new * old)))
        old = new
        for k in range(n_bins):
            last[k] = magnitude[k]


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "nnan"})
def _powers(row, power, magnitude):  # type: ignore[no-untyped-def]
    for k in range(len(power)):
        power[k] = row[2 * k] * row[2 * k] + row[2 * k + 1] * row[2 * k + 1]
    most = np.float32(0)
    for k in range(len(power)):
        magnitude[k] = np.sqrt(power[k])
        most = max(most, power[k])
    return most


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _dot(a, b):  # type: ignore[no-untyped-def]
    total = np.float32(0)
    for i in range(len(a)):
        total += a[i] * b[i]
    return total


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz"})
def _sum(a):  # type: ignore[no-untyped-def]
    total = np.float32(0)
    for i in range(len(a)):
        total += a[i]
    return total


@njit(cache=True, nogil=True)
def _moments(magnitude, octaves, out):  # type: ignore[no-untyped-def]
    total = np.float64(_sum(magnitude))
    mean = _dot(magnitude, octaves[1]) / total
    m2, m3 = _dot(magnitude, octaves[2]) / total, _dot(magnitude, octaves[3]) / total
    m4 = _dot(magnitude, octaves[4]) / total
    variance = m2 - mean * mean
    out[0] = mean
    # What is left of a single bin by rounding is no width.
    if variance > 1e-4:
        out[1] = np.sqrt(variance)
        out[2] = (m3 - 3 * mean * m2 + 2 * mean**3) / variance**1.5
        fourth = m4 - 4 * mean * m3 + 6 * mean * mean * m2 - 3 * mean**4
        out[3] = np.log(max(fourth / (variance * variance), 1.0))


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract", "nsz", "nnan"})
def _flatness(power, scale, share, product):  # type: ignore[no-untyped-def]
    """The mean logarithm of the powers over the logarithm of their mean, none below the floor."""
    # Nothing is added up in a loop that also writes: whether such a loop runs on whole vectors, and with that the last
    # bit of its sum, depends on where the arrays lie in memory.
    n, lanes = len(power), len(product)
    for k in range(n):
        share[k] = max(power[k] * scale, _DEEPEST)
    product[:] = 1.0
    for first in range(0, n, lanes):
        for k in range(min(lanes, n - first)):
            product[k] *= share[first + k]
    logs = 0.0
    for k in range(lanes):
        logs += np.log(product[k])
    return logs / n - np.log(_sum(share) / n)


@njit(cache=True, nogil=True)
def _reached(power, bands, edges, least):  # type: ignore[no-untyped-def]
    """The bin up to which the powers sum to so much."""
    passed, b = 0.0, 0
    while b < len(bands) - 1 and passed + bands[b] < least:
        passed += bands[b]
        b += 1
    for k in range(edges[b], edges[b + 1]):
        passed += power[k]
        if passed >= least:
            return k
    return max(0, edges[b + 1] - 1)


@njit(cache=True, nogil=True)
def over_time(values, power, onset, frame_rate):  # type: ignore[no-untyped-def]
    """What columns (n, k) of frames are like over time, each frame having a power (n,): (k, N_STATISTICS).

    Mean and deviation weighted by amplitude, mean weighted by energy; mean of the attack (50 ms from the onset, in
    seconds) and of the body (the 200 ms after that, or what is last where there is none); correlation with time,
    weighted by amplitude. Frames further than 60 dB below the loudest do not count; silence has zeros.
    """
    n, k = values.shape
    found = np.zeros((k, N_STATISTICS))
    onset, attack, body = onset * frame_rate, ATTACK_S * frame_rate, BODY_S * frame_rate
    most = power.max() if n else 0.0
    if most <= 0:
        return found
    weight = np.where(power > 1e-6 * most, np.sqrt(power), 0.0)
    energy = weight * weight
    times = np.arange(n) * 1.0
    times -= (weight * times).sum() / weight.sum()
    long = (weight * times * times).sum()
    zone = np.zeros(n, np.int64)
    last = 0
    for i in range(n):
        if weight[i] > 0:
            last = i
            if onset - 1 <= i <= onset + attack:
                zone[i] = 1
            elif onset + attack < i < onset + body:
                zone[i] = 2
    for c in range(k):
        column, out = values[:, c].astype(np.float64), found[c]
        mean = (weight * column).sum() / weight.sum()
        away = column - mean
        spread = (weight * away * away).sum()
        out[0], out[1] = mean, np.sqrt(spread / weight.sum())
        out[2] = (energy * column).sum() / energy.sum()
        for z in (1, 2):
            n_in = (zone == z).sum()
            out[2 + z] = (column * (zone == z)).sum() / n_in if n_in else column[last]
        if spread > 1e-12 * weight.sum() and long > 0:
            out[5] = (weight * times * away).sum() / np.sqrt(spread * long)
    return found
