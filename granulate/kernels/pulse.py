"""The pulse of a sound by its bands, frame by frame: onsets and how regular they are, where its spectrum ends, how its
level swells, and when each band is loudest and fades.
"""  # fmt: skip

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.onsets import _peaks
from granulate.kernels.summary import _moments

Values = NDArray[np.float32]
Doubles = NDArray[np.float64]

N_PULSE = 6

_AROUND, _MEAN_OVER, _WAIT = 2, 5, 2
_LEAST_SHARE = 1e-6
_LEAST_PART = 1e-5
LEAST_OCTAVE_DB = 10 * np.log10(_LEAST_PART)
_GONE = 0.01
_SHORTEST_S = 0.01


@njit(cache=True, nogil=True)
def pulse(mel, decibels, span, rise, cuts):  # type: ignore[no-untyped-def]
    """Of mel powers (n, n_bands), n at least 1, and the same in dB, none further than `span` below the loudest.

    (N_PULSE,): mean, deviation, maximum and 90th percentile of the onset strength (see `onsets.onset_strength`), how
    many onsets there are (its peaks that exceed the mean around them by `rise` dB), and the deviation of the gaps
    between them over their mean, 0 where there are fewer than two. For each of `cuts` in dB the highest band of the
    whole that is no further below the loudest one, -1 in silence. And the sum of amplitudes of each frame (n,).
    """
    found, highest = np.zeros(N_PULSE), np.full(len(cuts), -1)
    course = np.empty(len(mel), np.float32)
    n, n_bands = mel.shape
    lowest = decibels.max() - np.float32(span)
    strength, whole = np.zeros(n, np.float32), np.zeros(n_bands, np.float32)
    for i in range(n):
        rises, amplitude = 0.0, 0.0
        for b in range(n_bands):
            whole[b] += mel[i, b]
            amplitude += np.sqrt(mel[i, b])
            if i:
                rises += max(max(decibels[i, b], lowest) - max(decibels[i - 1, b], lowest), np.float32(0))
        strength[i] = rises / n_bands
        course[i] = amplitude
    most = whole.max()
    if most > 0:
        for c in range(len(cuts)):
            least = most * 10 ** (-cuts[c] / 10)
            for b in range(n_bands):
                if whole[b] > least:
                    highest[c] = b
    found[0], found[1] = _moments(strength, 0)
    found[2] = strength.max()
    ordered, at = np.sort(strength), 0.9 * (n - 1)
    low = int(at)
    found[3] = ordered[low] + (at - low) * (np.float64(ordered[min(low + 1, n - 1)]) - ordered[low])
    onsets = _peaks(strength, _AROUND, _MEAN_OVER, rise, _WAIT)
    found[4] = len(onsets)
    if len(onsets) > 2:
        gaps = (onsets[1:] - onsets[:-1]) * 1.0
        found[5] = gaps.std() / gaps.mean()
    return found, highest, course


@njit(cache=True, nogil=True)
def octaves(spectrum, bins_per_hz, edges, found):  # type: ignore[no-untyped-def]
    """How much of the power of a spectrum (n_bins,) lies from each edge in Hz to the next, the last to the end: in dB
    of the sum, none below -50, into `found` (n_edges,).
    """  # fmt: skip
    found[:] = 0.0
    n, total = len(spectrum), 0.0
    for e in range(len(edges)):
        first = min(n, int(np.ceil(edges[e] * bins_per_hz)))
        end = min(n, int(np.ceil(edges[e + 1] * bins_per_hz))) if e + 1 < len(edges) else n
        for k in range(first, end):
            re, im = np.float64(spectrum[k].real), np.float64(spectrum[k].imag)
            found[e] += re * re + im * im
        total += found[e]
    for e in range(len(edges)):
        found[e] = 10 * np.log10(max(found[e] / max(total, 1e-30), _LEAST_PART))


@njit(cache=True, nogil=True)
def fades(bands, frame_rate):  # type: ignore[no-untyped-def]
    """Of the powers of bands (n, n_bands), (3, n_bands): each band's share in dB, then how long it lasts from its peak
    until it is 20 dB below that for good, and when it has its peak, both as decimal logarithms of seconds, 10 ms added.
    """  # fmt: skip
    found = np.zeros((3, bands.shape[1]))
    n, n_bands = bands.shape
    total = bands.sum()
    for b in range(n_bands):
        power, top = 0.0, 0
        for i in range(n):
            power += bands[i, b]
            if bands[i, b] > bands[top, b]:
                top = i
        last = top
        for i in range(top, n):
            if bands[i, b] > _GONE * bands[top, b]:
                last = i
        found[0, b] = 10 * np.log10(max(power / max(total, 1e-30), _LEAST_SHARE))
        found[1, b] = np.log10((last - top) / frame_rate + _SHORTEST_S)
        found[2, b] = np.log10(top / frame_rate + _SHORTEST_S)
    return found
