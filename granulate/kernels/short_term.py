"""The short-term features of pyAudioAnalysis 0.3.14 (Giannakopoulos 2015): 34 numbers a frame, float64.

Its tables are built as it builds them, oddities included: the filters of the cepstral coefficients take the
half spectrum for the whole one, and the chroma of a semitone is the power of its last bin alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

Doubles = NDArray[np.float64]

N_FEATURES = 34
N_PARTS = 10
"""Parts of a frame, or of its spectrum, whose entropy is taken."""

_EPS = 2.0**-52
_LOWEST_A = 27.5
_LOWEST, _LINEAR, _RATIO, _N_LINEAR, _N_LOGARITHMIC = 133.33, 200 / 3, 1.0711703, 13, 27
_N_CEPSTRAL = 13


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """What depends on rate and window alone: filters as (first bin, bins, weights in a row), the cosines
    (13, 40), and each chroma bin's number, class and weight.
    """  # fmt: skip

    first: NDArray[np.int64]
    count: NDArray[np.int64]
    weights: Doubles
    cosines: Doubles
    bins: NDArray[np.int64]
    classes: NDArray[np.int64]
    shares: Doubles


@lru_cache(maxsize=16)
def tables(sample_rate: int, window: int) -> Tables:
    """The tables for windows of so many samples."""
    n_bins = window // 2
    return Tables(*_filters(sample_rate, n_bins), _cosines(), *_chroma(sample_rate, n_bins))


def features(frames: Doubles, magnitudes: Doubles, before: Doubles, made: Tables) -> Doubles:
    """The features (n, 34) of consecutive frames (n, window).

    `magnitudes` (n, window // 2): absolute spectra without the bin at half the rate, over their number;
    `before` (window // 2,): those of the frame that precedes the first.
    """
    out = np.zeros((len(frames), N_FEATURES))
    _features(
        frames, magnitudes, before, made.first, made.count, made.weights, made.cosines,
        made.bins, made.classes, made.shares, out,
    )  # fmt: skip
    return out


def _filters(sample_rate: int, n_bins: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Doubles]:
    n = _N_LINEAR + _N_LOGARITHMIC
    edges = np.empty(n + 2)
    edges[:_N_LINEAR] = _LOWEST + np.arange(_N_LINEAR) * _LINEAR
    edges[_N_LINEAR:] = edges[_N_LINEAR - 1] * _RATIO ** np.arange(1, _N_LOGARITHMIC + 3)
    hz = np.arange(n_bins) / n_bins * sample_rate
    # Bins beyond the spectrum, at low rates, are left out, where the original stops with an error.
    starts = np.minimum(np.floor(edges * n_bins / sample_rate).astype(np.int64) + 1, n_bins)
    first, count, weights = starts[:-2], starts[2:] - starts[:-2], []
    for i in range(n):
        low, centre, high = edges[i : i + 3]
        height = 2 / (high - low)
        rise, fall = hz[starts[i] : starts[i + 1]], hz[starts[i + 1] : starts[i + 2]]
        weights += [height / (centre - low) * (rise - low), height / (high - centre) * (high - fall)]
    return first, count, np.concatenate(weights)


def _cosines() -> Doubles:
    from scipy.fft import dct

    return np.ascontiguousarray(
        dct(np.eye(_N_LINEAR + _N_LOGARITHMIC), norm="ortho", axis=1)[:, :_N_CEPSTRAL].T
    )


def _chroma(sample_rate: int, n_bins: int) -> tuple[NDArray[np.int64], NDArray[np.int64], Doubles]:
    hz = (np.arange(n_bins) + 1) * sample_rate / (2 * n_bins)
    semitone = np.round(12 * np.log2(hz / _LOWEST_A)).astype(np.int64)
    _, which, n_alike = np.unique(semitone, return_inverse=True, return_counts=True)
    alike = n_alike[which]
    # Where a window has fewer bins than the rate has semitones, those above are left out: the original stops.
    place = {int(tone) % n_bins: b for b, tone in enumerate(semitone) if -n_bins <= tone < n_bins}
    at = np.array(sorted(place), np.int64)
    reached = semitone[at]
    reach = np.where((reached >= -n_bins) & (reached < n_bins), reached % max(1, n_bins), 0)
    return np.array([place[int(a)] for a in at], np.int64), at % 12, 1 / alike[reach]


@njit(cache=True, nogil=True)
def dot(a, b):  # type: ignore[no-untyped-def]
    """The sum of products, eight at a time in a fixed order."""
    s0 = s1 = s2 = s3 = s4 = s5 = s6 = s7 = 0.0
    whole = len(a) // 8 * 8
    for i in range(0, whole, 8):
        s0 += a[i] * b[i]
        s1 += a[i + 1] * b[i + 1]
        s2 += a[i + 2] * b[i + 2]
        s3 += a[i + 3] * b[i + 3]
        s4 += a[i + 4] * b[i + 4]
        s5 += a[i + 5] * b[i + 5]
        s6 += a[i + 6] * b[i + 6]
        s7 += a[i + 7] * b[i + 7]
    total = ((s0 + s1) + (s2 + s3)) + ((s4 + s5) + (s6 + s7))
    for i in range(whole, len(a)):
        total += a[i] * b[i]
    return total


@njit(cache=True, nogil=True)
def _squared_distance(a, scale_a, b, scale_b):  # type: ignore[no-untyped-def]
    s0 = s1 = s2 = s3 = 0.0
    whole = len(a) // 4 * 4
    for i in range(0, whole, 4):
        s0 += (a[i] * scale_a - b[i] * scale_b) ** 2
        s1 += (a[i + 1] * scale_a - b[i + 1] * scale_b) ** 2
        s2 += (a[i + 2] * scale_a - b[i + 2] * scale_b) ** 2
        s3 += (a[i + 3] * scale_a - b[i + 3] * scale_b) ** 2
    total = (s0 + s1) + (s2 + s3)
    for i in range(whole, len(a)):
        total += (a[i] * scale_a - b[i] * scale_b) ** 2
    return total


@njit(cache=True, nogil=True)
def _features(frames, magnitudes, before, first, count, weights, cosines, bins, classes, shares, out):  # type: ignore[no-untyped-def]
    n_bins = magnitudes.shape[1]
    logs = np.empty(len(first))
    ones = np.ones(n_bins)
    ramps = np.empty((2, n_bins))
    for k in range(n_bins):
        ramps[0, k] = (k + 1.0) / n_bins
        ramps[1, k] = ramps[0, k] ** 2
    old = dot(before, ones) + n_bins * _EPS
    for i in range(len(frames)):
        row, spectrum = out[i], magnitudes[i]
        _of_samples(frames[i], row)
        total = dot(spectrum, ones)
        new = total + n_bins * _EPS
        last = magnitudes[i - 1] if i else before
        row[6] = _squared_distance(spectrum, 1 / new, last, 1 / old)
        old = new
        power = _of_spectrum(spectrum, total, ramps, row)
        at = 0
        for b in range(len(first)):
            band = dot(spectrum[first[b] : first[b] + count[b]], weights[at : at + count[b]])
            logs[b] = np.log10(band + _EPS)
            at += count[b]
        for c in range(len(cosines)):
            row[8 + c] = dot(cosines[c], logs)
        chroma = row[21:33]
        for j in range(len(bins)):
            chroma[classes[j]] += spectrum[bins[j]] ** 2 * shares[j]
        chroma /= power if power > 0 else _EPS
        row[33] = chroma.std()


@njit(cache=True, nogil=True)
def _of_samples(frame, row):  # type: ignore[no-untyped-def]
    """Zero-crossing rate, energy, entropy of energy."""
    n = len(frame)
    crossings = np.int64(0)
    for j in range(1, n):
        crossings += abs(
            np.int64(frame[j] > 0)
            - np.int64(frame[j] < 0)
            - np.int64(frame[j - 1] > 0)
            + np.int64(frame[j - 1] < 0)
        )
    energy = dot(frame, frame)
    row[0] = crossings / 2 / max(1.0, n - 1.0)
    row[1] = energy / n
    row[2] = _entropy(frame, energy)


@njit(cache=True, nogil=True)
def _entropy(values, total):  # type: ignore[no-untyped-def]
    length = len(values) // N_PARTS
    entropy = 0.0
    for p in range(N_PARTS):
        part = values[p * length : (p + 1) * length]
        share = dot(part, part) / (total + _EPS)
        entropy -= share * np.log2(share + _EPS)
    return entropy


@njit(cache=True, nogil=True)
def _of_spectrum(spectrum, total, ramps, row):  # type: ignore[no-untyped-def]
    """Centroid, spread, entropy, roll-off; gives the power."""
    n = len(spectrum)
    power = dot(spectrum, spectrum)
    # The original divides by the peak first, so that its epsilon is one of the peak.
    peak = spectrum.max() if n else 0.0
    total += _EPS * (peak if peak > 0 else _EPS)
    row[3] = centroid = dot(spectrum, ramps[0]) / total
    row[4] = np.sqrt(max(0.0, dot(spectrum, ramps[1]) / total - centroid * centroid))
    row[5] = _entropy(spectrum, power)
    running, least = 0.0, 0.9 * power
    for k in range(n):
        running += spectrum[k] * spectrum[k]
        if running + _EPS > least:
            row[7] = k / n
            break
    return power
