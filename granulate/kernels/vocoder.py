"""A phase vocoder for grains: partials go on from grain to grain at the frequencies that they have.

Laroche & Dolson, "Improved phase vocoder time-scale modification of audio", IEEE Trans. Speech and Audio
Processing 1999: only the peaks of a spectrum are given new phases, and all bins round a peak are turned as
it is (identity phase locking), so that within a grain everything stands as it was recorded. A reordered grain
has no frame before it to measure frequencies by: they are read off the peak's shape, exactly for a lone sine.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.phasors import RANGE, magnitudes, polar, wrapped
from granulate.kernels.threads import over_ranges
from granulate.types import Framing

Spectra = NDArray[np.complex64]
Values = NDArray[np.float32]

_F = np.float32
_NEW = np.float32(0.03)
"""A partial that was softer than this part of itself in the grain before begins, as it was recorded."""


class PeakVocoder:
    """Turns block after block of one path's spectra; where blocks begin does not matter."""

    def __init__(self, framing: Framing) -> None:
        self._framing = framing
        self._shape = _offsets(framing.shape, framing.window, framing.n_fft)
        n_bins = framing.n_bins
        # Of the grain before: sizes, each bin's peak, and the peaks' frequencies and phases.
        self._sizes, self._phases = np.zeros(n_bins, np.float32), np.zeros(n_bins, np.float32)
        self._peaks, self._places = np.zeros(n_bins, np.int32), np.zeros(n_bins, np.float32)

    def __call__(self, spectra: Spectra) -> Spectra:
        """The same magnitudes (n, n_bins) with the phases that the path gives them."""
        spectra = np.ascontiguousarray(spectra, np.complex64)
        n, n_bins = spectra.shape
        sizes = np.vstack([self._sizes, magnitudes(spectra)])
        peaks, places = np.empty((n + 1, n_bins), np.int32), np.empty((n + 1, n_bins), np.float32)
        phases = np.empty((n + 1, n_bins), np.float32)
        peaks[0], places[0], phases[0] = self._peaks, self._places, self._phases
        turns, out = np.zeros((n, n_bins), np.float32), np.empty_like(spectra)
        framing = self._framing
        even = framing.n_fft % 2 == 0

        def measure(first: int, last: int) -> None:
            rows = slice(first + 1, last + 1)
            _find_peaks(sizes[rows], *self._shape, peaks[rows], places[rows])
            _measure_phases(spectra[first:last], peaks[rows], framing.n_fft, phases[rows])

        def turn(first: int, last: int) -> None:
            rows = slice(first, last)
            _turn(spectra[rows], peaks[first + 1 : last + 1], turns[rows], even, out[rows].view(np.float32))

        over_ranges(measure, n, RANGE)
        _continue(sizes, peaks, places, phases, _F(framing.hop / framing.n_fft), even, turns)
        over_ranges(turn, n, RANGE)
        self._sizes, self._phases = sizes[-1].copy(), phases[-1].copy()
        self._peaks, self._places = peaks[-1].copy(), places[-1].copy()
        return out


@lru_cache(maxsize=32)
def _offsets(shape: str, window: int, n_fft: int) -> tuple[float, float, Values]:
    """How far in bins a sine lies from the peak that it makes, by what stands in the right one of its neighbours.

    Offsets (257,), evenly for the least to the greatest part that the right neighbour has of both, and those two.
    """
    size = min(window, 2048)  # that many samples draw any window well enough
    weights = Framing(max(2, size), size, 1, shape).weights().astype(np.float64)
    t = (np.arange(size) / size - 0.5) * window / n_fft
    offsets = np.linspace(-0.5, 0.5, 65)
    left, right = (
        np.array([abs(np.exp(-2j * np.pi * (side - offset) * t) @ weights) for offset in offsets])
        for side in (-1, 1)
    )
    parts = np.maximum.accumulate(right / (left + right))
    low, high = float(parts[0]), float(parts[-1])
    return low, high, np.interp(np.linspace(low, high, 257), parts, offsets).astype(np.float32)


@njit(cache=True, nogil=True, error_model="numpy")
def _find_peaks(sizes, low, high, offsets, peaks, places):  # type: ignore[no-untyped-def]
    # peaks[n, k]: the peak that bin k belongs to, up to the softest bin between two; places[n, peak]: in bins.
    n_bins = sizes.shape[1]
    standing = np.empty(n_bins, np.bool_)
    for n in range(len(sizes)):
        row = sizes[n]
        _find_summits(row, standing)
        last, begin, softest = -1, 0, 0
        for k in range(n_bins):
            if standing[k]:
                if last >= 0:
                    for j in range(begin, softest):
                        peaks[n, j] = last
                    begin = softest
                last = k
                softest = k + 1
                places[n, k] = k + _offset(row, k, low, high, offsets)
            elif row[k] < row[softest]:
                softest = k
        peaks[n, begin:] = max(last, 0)
        if last < 0:
            places[n, 0] = 0


@njit(cache=True, nogil=True)
def _find_summits(row, standing):  # type: ignore[no-untyped-def]
    # Bins that are louder than the two on either side; of equals, the first.
    n = len(row)
    for k in range(2, n - 2):
        left, right = max(row[k - 1], row[k - 2]), max(row[k + 1], row[k + 2])
        standing[k] = (row[k] > left) & (row[k] >= right)
    for k in range(n):
        if k < 2 or k >= n - 2:
            standing[k] = row[k] > 0
            for j in range(max(0, k - 2), min(n, k + 3)):
                standing[k] &= row[j] < row[k] or (row[j] == row[k] and j >= k)


@njit(cache=True, nogil=True, error_model="numpy")
def _offset(row, k, low, high, offsets):  # type: ignore[no-untyped-def]
    if k == 0 or k == len(row) - 1 or row[k - 1] + row[k + 1] <= 0 or high <= low:
        return _F(0)
    part = row[k + 1] / (row[k - 1] + row[k + 1])
    last = len(offsets) - 1
    place = _F(min(1.0, max(0.0, (part - low) / (high - low))) * last)
    i = min(int(place), last - 1)
    return offsets[i] + (place - i) * (offsets[i + 1] - offsets[i])


@njit(cache=True, nogil=True)
def _measure_phases(spectra, peaks, n_fft, phases):  # type: ignore[no-untyped-def]
    # Of the peaks, in turns, about the frame's middle: there all bins of one sine have one phase.
    for n in range(len(spectra)):
        last = -1
        for k in range(spectra.shape[1]):
            peak = peaks[n, k]
            if peak != last:
                angle = np.arctan2(spectra[n, peak].imag, spectra[n, peak].real)
                phases[n, peak] = angle * _F(0.5 / np.pi) + _F(peak * (n_fft // 2) % n_fft) / _F(n_fft)
                last = peak


@njit(cache=True, nogil=True, error_model="numpy")
def _continue(sizes, peaks, places, phases, hops, even, turns):  # type: ignore[no-untyped-def]
    # turns[n, peak]: how far the bins round a peak are turned. `phases` become those that sound.
    n_bins = sizes.shape[1]
    for n in range(1, len(sizes)):
        last = -1
        for k in range(n_bins):
            peak = peaks[n, k]
            if peak == last:
                continue
            last = peak
            before = peaks[n - 1, peak]
            turn = _F(0)
            if sizes[n - 1, before] > _NEW * sizes[n, peak]:
                advance = hops * _F(0.5) * (places[n, peak] + places[n - 1, before])
                turn = wrapped(phases[n - 1, before] + advance - phases[n, peak])
            if peak == 0 or (even and peak == n_bins - 1):
                turn = _F(0)
            phases[n, peak] = wrapped(phases[n, peak] + turn)
            turns[n - 1, peak] = turn


@njit(cache=True, nogil=True)
def _turn(spectra, peaks, turns, even, out):  # type: ignore[no-untyped-def]
    n_bins = spectra.shape[1]
    ones, phasors = np.ones(n_bins, np.float32), np.empty(2 * n_bins, np.float32)
    for n in range(len(spectra)):
        polar(ones, turns[n], phasors)
        for k in range(n_bins):
            a, b = spectra[n, k].real, spectra[n, k].imag
            re, im = phasors[2 * peaks[n, k]], phasors[2 * peaks[n, k] + 1]
            out[n, 2 * k] = a * re - b * im
            out[n, 2 * k + 1] = a * im + b * re
        out[n, 1] = 0
        if even:
            out[n, 2 * n_bins - 1] = 0
