"""Pitch by YIN (de Cheveigne & Kawahara 2002), on batches of frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import alone, fft
from granulate.kernels.jit import njit

Values = NDArray[np.float32]


def yin(
    frames: Values,
    spectra: NDArray[np.complex64],
    sample_rate: float,
    low: float,
    high: float,
    threshold: float,
    *,
    whole: bool = False,
) -> NDArray[np.float64]:
    """Pitch in Hz, aperiodicity and harmonicity (n, 3) of unwindowed frames (n, n_fft) and their spectra.

    The first half of each frame is compared with itself later, up to half a frame: periods from `high` to
    `low` Hz as far as these allow. Aperiodicity is the cumulative mean normalised difference at the period:
    0 repeats wholly, 1 and more not. Harmonicity is the normalised correlation there, 0 to 1 (Boersma 1993 makes
    the harmonics-to-noise ratio of it). Silence has pitch 0, aperiodicity 1 and harmonicity 0. `whole`: these are a
    sound's frames in the number in which they always come, see `alone`.
    """
    n_fft = frames.shape[1]
    window = n_fft // 2
    longest = n_fft - window
    transforms = alone if whole else fft
    heads = np.zeros(frames.shape, np.float32)
    heads[:, :window] = frames[:, :window]
    crossed = transforms.rfft(heads)
    np.conj(crossed, out=crossed)
    crossed *= spectra
    products = transforms.irfft(crossed, n_fft)
    shortest_lag = max(1, int(sample_rate / high))
    longest_lag = min(longest, int(np.ceil(sample_rate / low)))
    found = np.zeros((len(frames), 3))
    _yin(frames, products, window, shortest_lag, longest_lag, sample_rate, threshold, found)
    return found


def voice(found: NDArray[np.float64], power: Values, far_db: float, voiced: float) -> NDArray[np.float64]:
    """Of what `yin` found of a sound's frames (n, 3), n at least 1, and their powers (n,), as one sound (4,).

    Of the frames that have a pitch and are within `far_db` of the loudest: the median pitch in Hz and in semitones (69
    is 440 Hz), the deviation of the latter, of those whose aperiodicity is below `voiced`, of all where there are none;
    and the share of those. Zeros where no frame has a pitch.
    """
    whole = np.zeros(4)
    _voice(found, power, 10 ** (-far_db / 10), voiced, whole)
    return whole


@njit(cache=True, nogil=True)
def _voice(found, power, share, voiced, whole):  # type: ignore[no-untyped-def]
    least = share * power.max()
    loud, sung = np.empty(len(found)), np.empty(len(found))
    n_loud = n_sung = 0
    for i in range(len(found)):
        if found[i, 0] > 0 and power[i] > least:
            loud[n_loud] = found[i, 0]
            n_loud += 1
            if found[i, 1] < voiced:
                sung[n_sung] = found[i, 0]
                n_sung += 1
    if n_loud:
        hertz = sung[:n_sung] if n_sung else loud[:n_loud]
        semitones = 69 + 12 * np.log2(np.maximum(hertz, 1e-3) / 440)
        whole[0], whole[1], whole[2] = np.median(hertz), np.median(semitones), semitones.std()
        whole[3] = n_sung / n_loud


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
