"""Pitch by YIN (de Cheveigne & Kawahara 2002), on batches of frames."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

from granulate.kernels import fft

Values = NDArray[np.float32]


def yin(
    frames: Values,
    spectra: NDArray[np.complex64],
    sample_rate: float,
    low: float,
    high: float,
    threshold: float,
) -> NDArray[np.float64]:
    """Pitch in Hz, aperiodicity and harmonicity (n, 3) of unwindowed frames (n, n_fft) and their spectra.

    The first half of each frame is compared with itself later, up to half a frame: periods from `high` to
    `low` Hz as far as these allow. Aperiodicity is the cumulative mean normalised difference at the period:
    0 repeats wholly, 1 and more not. Harmonicity is the normalised correlation there, 0 to 1 (Boersma 1993 makes
    the harmonics-to-noise ratio of it). Silence has pitch 0, aperiodicity 1 and harmonicity 0.
    """
    n_fft = frames.shape[1]
    window = n_fft // 2
    longest = n_fft - window
    heads = np.zeros_like(frames)
    heads[:, :window] = frames[:, :window]
    products = fft.irfft(np.conj(fft.rfft(heads)) * spectra, n_fft)
    shortest_lag = max(1, int(sample_rate / high))
    longest_lag = min(longest, int(np.ceil(sample_rate / low)))
    found = np.zeros((len(frames), 3))
    _yin(frames, products, window, shortest_lag, longest_lag, sample_rate, threshold, found)
    return found


@njit(cache=True, nogil=True)
def _yin(frames, products, window, shortest, longest, rate, threshold, found):  # type: ignore[no-untyped-def]
    difference, raw, later = np.empty(longest + 1), np.empty(longest + 1), np.empty(longest + 1)
    for i in range(len(frames)):
        frame, product = frames[i], products[i]
        found[i, 1] = 1.0
        energy = 0.0
        for j in range(window):
            energy += np.float64(frame[j]) * frame[j]
        if energy <= 1e-20 or shortest > longest:
            continue
        first, running = energy, 0.0
        difference[0] = 1.0
        for lag in range(1, longest + 1):
            energy += np.float64(frame[lag + window - 1]) * frame[lag + window - 1]
            energy -= np.float64(frame[lag - 1]) * frame[lag - 1]
            later[lag] = energy
            away = max(0.0, first + energy - 2 * np.float64(product[lag]))
            raw[lag] = away
            running += away
            difference[lag] = away * lag / running if running > 0 else 1.0
        lag = _period(difference, shortest, longest, threshold)
        shift = _vertex(raw, lag) if 1 < lag < longest else 0.0
        found[i, 0] = rate / (lag + shift)
        found[i, 1] = difference[lag]
        found[i, 2] = _correlation(product, later, first, lag)
        if shift != 0:
            # The height of the parabola's vertex: a period is seldom a whole number of samples.
            before = _correlation(product, later, first, lag - 1)
            after = _correlation(product, later, first, lag + 1)
            found[i, 2] = min(1.0, max(0.0, found[i, 2] - 0.25 * (before - after) * shift))


@njit(cache=True, nogil=True)
def _correlation(product, later, first, lag):  # type: ignore[no-untyped-def]
    if later[lag] <= 1e-12 * first:
        return 0.0
    return min(1.0, max(0.0, product[lag] / np.sqrt(first * later[lag])))


@njit(cache=True, nogil=True)
def _period(difference, shortest, longest, threshold):  # type: ignore[no-untyped-def]
    """The first trough below the threshold, else the deepest place."""
    best = shortest
    for lag in range(shortest, longest + 1):
        here = difference[lag]
        if here < difference[best]:
            best = lag
        falls = lag == shortest or here < difference[lag - 1]
        if here < threshold and falls and lag < longest and here <= difference[lag + 1]:
            return lag
    return best


@njit(cache=True, nogil=True)
def _vertex(values, at):  # type: ignore[no-untyped-def]
    """How far from `at` the parabola through it and its neighbours has its vertex: less than one step."""
    curve = values[at + 1] + values[at - 1] - 2 * values[at]
    slope = (values[at + 1] - values[at - 1]) / 2
    return -slope / curve if abs(slope) < abs(curve) else 0.0
