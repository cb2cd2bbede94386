"""Several grains at once for each frame of a target, their gains fitted to its spectrum.

The gains minimise the generalised Kullback-Leibler divergence between the target's magnitude spectrum
and the sum of the grains' (Driedger, Prätzlich & Müller, "Let it bee - towards NMF-inspired audio
mosaicing", ISMIR 2015), for a few grains out of a corpus of any size: those on a shortlist, and those
that go on with what sounds already (the idea of Tralie & Cantil, "The Concatenator", ISMIR 2024).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from granulate import storage
from granulate.kernels.divergence import sparse_fit
from granulate.kernels.matching import Candidates, Features, Target, Voices
from granulate.kernels.shortlist import POOL, Groups, grouped, shortlist
from granulate.kernels.threads import over_ranges

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_CLOSER = 128
"""Candidates of each frame whose whole spectra are compared."""
_TOGETHER = 8
_STRETCH = 2048
_WIDE = 8
"""Bands that are summed to see the shape of a spectrum without its pitch."""


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the spectrum's fine structure, of its shape, of the grains' own loudness, and of going on as recorded."""

    pitch: float
    timbre: float
    loudness: float
    continuity: float


def polyphony(
    target: Target,
    candidates: Candidates,
    weights: Weights,
    p: int,
    rest: int,
    boost: float,
    rng: np.random.Generator,
) -> Voices:
    """At most p grains for each frame and their gains, at most `boost`; none comes again within `rest` frames."""
    chosen = np.full((len(target), p), -1, np.int64)
    gains = np.zeros((len(target), p), np.float32)
    eligible = np.flatnonzero(candidates.features.sounding)
    sounding = np.flatnonzero(target.features.sounding)
    if not len(eligible) or not len(sounding):
        return Voices(chosen, gains, np.zeros_like(chosen))
    # A corpus of few grains cannot let them rest for long.
    rest = min(rest, (min(len(eligible), POOL // 2) - 1) // p)
    k = min(POOL, _CLOSER + rest * p)
    wide = np.arange(0, len(target.features.edges), _WIDE)
    bands = _weighed(target.features.bands[sounding], wide, weights)
    spectra, groups = _grouped(candidates.features, eligible, wide, weights, rng)
    may = np.zeros(len(candidates) + 1, bool)
    may[eligible] = True

    def voice(t: int, row: Longs, going_on: Longs) -> None:
        resting = chosen[t - min(t, rest) : t]
        row = row[(row >= 0) & ~np.isin(row, resting)][:_CLOSER]
        going_on = going_on[may[going_on] & ~np.isin(going_on, resting)]
        row = np.union1d(row, going_on)
        which, fitted = _fitted(target, candidates, t, row, going_on, weights, p, boost)
        chosen[t, : len(which)], gains[t, : len(which)] = which, fitted
        storage.release(candidates.frames.samples)

    with threadpool_limits(1, "blas"):
        # A stretch at a time, because the lists of a long target are large.
        for begin in range(0, len(sounding), _STRETCH):
            frames = sounding[begin : begin + _STRETCH].tolist()
            listed = shortlist(bands[begin : begin + _STRETCH], spectra, groups, k)
            if rest or weights.continuity:
                for t, row in zip(frames, listed, strict=True):
                    before = chosen[t - 1] if t else chosen[t, :0]
                    voice(t, row, candidates.follows[before[before >= 0]])
            else:
                over_ranges(partial(_each, voice, frames, listed), len(frames), _TOGETHER)
    return Voices(chosen, gains, np.zeros_like(chosen))


def _fitted(
    target: Target,
    candidates: Candidates,
    t: int,
    row: Longs,
    going_on: Longs,
    weights: Weights,
    p: int,
    boost: float,
) -> tuple[Longs, Floats]:
    """At most p candidates of a row for frame t, the largest share first, and their gains."""
    edges = target.features.edges
    wanted = _stacked(target.frames.magnitudes(np.array([t])), edges, weights)[0]
    spectra = _stacked(candidates.frames.magnitudes(row), edges, weights)
    totals = spectra.sum(axis=1)
    spectra /= totals[:, None]
    costs = np.where(np.isin(row, going_on), 1, 1 + weights.continuity).astype(np.float32)
    if weights.loudness:
        off = np.abs(candidates.features.levels[row] - target.features.levels[t])
        costs *= 1 + np.float32(weights.loudness) * off / 20
    which, shares = sparse_fit(wanted, spectra, costs, totals * np.float32(boost), p)
    which, shares = which[shares > 0], shares[shares > 0]
    return row[which], shares / totals[which]


def _each(
    voice: Callable[[int, Longs, Longs], None], frames: list[int], listed: Longs, first: int, last: int
) -> None:
    for i in range(first, last):
        voice(frames[i], listed[i], listed[i, :0])


def _grouped(
    features: Features, eligible: Longs, wide: Longs, weights: Weights, rng: np.random.Generator
) -> tuple[Floats, Groups]:
    """The weighed bands of all candidates, each with a sum of 1, and the eligible ones in groups."""
    spectra = _weighed(features.bands, wide, weights)
    spectra /= np.maximum(spectra.sum(axis=1, keepdims=True), np.float32(1e-30))
    points = np.sqrt(np.add.reduceat(spectra, np.arange(0, spectra.shape[1], 4), axis=1))
    return spectra, grouped(spectra, points, eligible, int(rng.integers(2**31)))


def _stacked(magnitudes: Floats, edges: Longs, weights: Weights) -> Floats:
    return _weighed(magnitudes, edges[::_WIDE], weights)


def _weighed(values: Floats, wide: Longs, weights: Weights) -> Floats:
    """The values and sums of them side by side, weighed: a divergence then is a weighed sum of two."""
    n_fine = values.shape[1] if weights.pitch or not weights.timbre else 0
    n_wide = len(wide) if weights.timbre else 0
    both = np.empty((len(values), n_fine + n_wide), np.float32)
    if n_fine:
        np.multiply(values, np.float32(weights.pitch or 1), out=both[:, :n_fine])
    if n_wide:
        np.add.reduceat(values, wide, axis=1, out=both[:, n_fine:])
        both[:, n_fine:] *= np.float32(weights.timbre)
    return both
