"""The shape of magnitude spectra: moments, roll-off, crest, flatness, entropy, flux. Row by row.

All are ratios: the level of a spectrum does not show, and a silent one gives zeros.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

Values = NDArray[np.float32]

_DEEPEST = np.float32(1e-10)
"""Powers below this share of a spectrum's largest, -100 dB, count as that much in flatness and entropy."""


def moments(magnitudes: Values) -> NDArray[np.float64]:
    """Centroid, spread, skewness, excess kurtosis and crest (n, 5) of magnitudes (n, n_bins).

    The first four of the magnitudes as a distribution, centroid and spread as a share of half the sample rate;
    crest is the largest over the mean, 1 for a flat spectrum (Peeters 2004, "A large set of audio features").
    """
    found = np.zeros((len(magnitudes), 5))
    _moments(magnitudes, found)
    return found


def rolloff(magnitudes: Values, share: float) -> NDArray[np.float64]:
    """The first bin up to which lies that share of each row's sum (n,), as a share of half the sample rate."""
    found = np.zeros(len(magnitudes))
    _rolloff(magnitudes, share, found)
    return found


def flatness_and_entropy(magnitudes: Values) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Two measures (n,) of how noise-like the powers are, both from 0, a tone, to 1, all alike.

    Flatness: the geometric mean over the arithmetic one (Johnston 1988). Entropy: Shannon's of the powers as
    a distribution, over its most (Misra et al. 2004).
    """
    n_bins = magnitudes.shape[1]
    power = np.empty_like(magnitudes)
    total = np.zeros(len(magnitudes))
    _powers(magnitudes, power, total)
    sums = np.zeros((len(magnitudes), 2))
    _log_sums(power, np.log(power), sums)
    heard = total > 0
    total[~heard] = 1
    flatness = np.exp(sums[:, 0] / n_bins) / (total / n_bins)
    entropy = (np.log(total) - sums[:, 1] / total) / np.log(n_bins)
    return np.where(heard, flatness, 0.0), np.where(heard, entropy, 0.0)


def flux(magnitudes: Values, before: Values) -> NDArray[np.float64]:
    """How far each spectrum (n, n_bins) is from the one before it, both of unit length (n,): 0 to the root of 2.

    `before` (n_bins,) precedes the first (Tzanetakis & Cook 2002, with the Euclidean norm and distance).
    """
    found = np.zeros(len(magnitudes))
    _flux(magnitudes, before, found)
    return found


def zero_crossings(frames: Values) -> NDArray[np.float64]:
    """The share of the steps within each frame (n, n_samples) that cross zero (n,): from below it to it or above."""
    found = np.zeros(len(frames))
    _zero_crossings(frames, found)
    return found


@njit(cache=True, nogil=True)
def _zero_crossings(frames, found):  # type: ignore[no-untyped-def]
    n = frames.shape[1]
    for i in range(len(frames)):
        crossings = 0
        for j in range(1, n):
            crossings += (frames[i, j] < 0) != (frames[i, j - 1] < 0)
        found[i] = crossings / max(1, n - 1)


@njit(cache=True, nogil=True)
def _moments(magnitudes, found):  # type: ignore[no-untyped-def]
    n_bins = magnitudes.shape[1]
    step = 1.0 / (n_bins - 1)
    for i in range(len(magnitudes)):
        m0 = m1 = m2 = m3 = m4 = peak = 0.0
        for k in range(n_bins):
            at = k * step
            m = np.float64(magnitudes[i, k])
            peak = max(peak, m)
            a = m * at
            b = a * at
            c = b * at
            m0 += m
            m1 += a
            m2 += b
            m3 += c
            m4 += c * at
        if m0 <= 0:
            continue
        found[i, 4] = peak * n_bins / m0
        mean = m1 / m0
        m2, m3, m4 = m2 / m0, m3 / m0, m4 / m0
        variance = max(0.0, m2 - mean * mean)
        found[i, 0] = mean
        found[i, 1] = np.sqrt(variance)
        # What is left of a single bin by rounding is no width.
        if variance > 1e-12:
            third = m3 - 3 * mean * m2 + 2 * mean**3
            fourth = m4 - 4 * mean * m3 + 6 * mean * mean * m2 - 3 * mean**4
            found[i, 2] = third / variance**1.5
            found[i, 3] = fourth / (variance * variance) - 3


@njit(cache=True, nogil=True)
def _powers(magnitudes, power, total):  # type: ignore[no-untyped-def]
    """Powers over the largest of each row, none below the floor, and their sums; a silent row sums to nought."""
    for i in range(len(magnitudes)):
        peak = np.float32(0)
        for k in range(magnitudes.shape[1]):
            peak = max(peak, magnitudes[i, k])
        scale = 1 / np.float64(peak) if peak > 0 else 0.0
        for k in range(magnitudes.shape[1]):
            share = np.float32(magnitudes[i, k] * scale)
            power[i, k] = max(share * share, _DEEPEST)
            total[i] += power[i, k]
        if peak <= 0:
            total[i] = 0


@njit(cache=True, nogil=True)
def _log_sums(power, logs, sums):  # type: ignore[no-untyped-def]
    for i in range(len(power)):
        plain = weighted = 0.0
        for k in range(power.shape[1]):
            plain += logs[i, k]
            weighted += np.float64(power[i, k]) * logs[i, k]
        sums[i, 0], sums[i, 1] = plain, weighted


@njit(cache=True, nogil=True)
def _rolloff(magnitudes, share, found):  # type: ignore[no-untyped-def]
    n_bins = magnitudes.shape[1]
    for i in range(len(magnitudes)):
        total = 0.0
        for k in range(n_bins):
            total += magnitudes[i, k]
        least = share * total
        running = 0.0
        for k in range(n_bins):
            running += magnitudes[i, k]
            if running >= least:
                found[i] = k / (n_bins - 1) if total > 0 else 0.0
                break


@njit(cache=True, nogil=True)
def _flux(magnitudes, before, found):  # type: ignore[no-untyped-def]
    n_bins = magnitudes.shape[1]
    old = 0.0
    for k in range(n_bins):
        old += np.float64(before[k]) * before[k]
    for i in range(len(magnitudes)):
        last = magnitudes[i - 1] if i else before
        new = both = 0.0
        for k in range(n_bins):
            m = np.float64(magnitudes[i, k])
            new += m * m
            both += m * last[k]
        if new > 0 and old > 0:
            found[i] = np.sqrt(max(0.0, 2 - 2 * both / np.sqrt(new * old)))
        elif new > 0 or old > 0:
            found[i] = 1.0
        old = new
