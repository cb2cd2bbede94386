"""The candidates worth a closer look, out of any number: from coarse to fine.

Grains that are alike form groups, and neighbouring frames are searched together. Groups' mean spectra
are fitted to the frames, the members of those that are needed are fitted next, and those that take the
largest shares are listed. Both fits are of a bounded number of spectra, so that the work for a frame
does not grow with the corpus.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from granulate.kernels.divergence import activations
from granulate.kernels.neighbours import regions
from granulate.kernels.threads import over_ranges

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

POOL = 4096
"""Spectra that are fitted at once, at most."""
_GROUPS = POOL // 4
_TOGETHER = 8
_NARROWED = 1024
_FIRST_ROUNDS = 8
_ROUNDS = 16


@dataclass(frozen=True, slots=True, eq=False)
class Groups:
    """Groups of grains that are alike: members one group after another, their bounds, and mean spectra."""

    members: Longs
    bounds: Longs
    means: Floats


def grouped(spectra: Floats, points: Floats, eligible: Longs, seed: int) -> Groups:
    """The eligible grains in groups: one each while they are few, else some hundreds of grains whose
    `points` (n, n_dimensions) lie near one another. `spectra` (n, n_bands) have sums of 1."""
    if len(eligible) <= POOL:
        return Groups(eligible, np.arange(len(eligible) + 1), spectra[eligible])
    parts = regions(points[eligible], -(-len(eligible) // _GROUPS), seed)
    bounds = np.cumsum([0, *(len(part) for part in parts)])
    members = eligible[np.concatenate(parts)]
    means = np.stack([spectra[eligible[part]].mean(axis=0) for part in parts])
    return Groups(members, bounds, means)


def shortlist(wanted: Floats, spectra: Floats, groups: Groups, k: int) -> Longs:
    """The k grains (n_frames, k) that take the largest shares of each frame, largest first, -1 where there are fewer.

    `wanted` (n_frames, n_bands); `spectra` (n, n_bands) with sums of 1.
    """
    found = np.full((len(wanted), k), -1, np.int64)

    def work(first: int, last: int) -> None:
        block = wanted[first:last]
        pool = _pool(block, groups)
        shares = activations(block, spectra[pool], _FIRST_ROUNDS)
        if len(pool) > _NARROWED:
            kept = np.sort(np.argsort(-_need(shares), kind="stable")[: max(k, _NARROWED)])
            pool, shares = pool[kept], shares[:, kept]
        shares = activations(block, spectra[pool], _ROUNDS - _FIRST_ROUNDS, shares)
        n = min(k, len(pool))
        top = np.argsort(-shares, axis=1, kind="stable")[:, :n]
        found[first:last, :n] = pool[top]

    with threadpool_limits(1, "blas"):
        over_ranges(work, len(wanted), _TOGETHER)
    return found


def _pool(block: Floats, groups: Groups) -> Longs:
    """The members of the groups that the frames need most, at most `POOL`."""
    if len(groups.members) <= POOL:
        return groups.members
    order = np.argsort(-_need(activations(block, groups.means, _ROUNDS)), kind="stable")
    sizes = np.diff(groups.bounds)[order]
    taken = order[: max(1, int(np.searchsorted(np.cumsum(sizes), POOL, "right")))]
    return np.sort(np.concatenate([groups.members[groups.bounds[g] : groups.bounds[g + 1]] for g in taken]))


def _need(shares: Floats) -> Floats:
    """How much all frames need each spectrum, each frame counting as much as the others."""
    total = shares.sum(axis=1, keepdims=True)
    return np.divide(shares, total, out=np.zeros_like(shares), where=total > 0).sum(axis=0)
