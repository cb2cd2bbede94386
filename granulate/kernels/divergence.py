"""Non-negative fits by the generalised Kullback-Leibler divergence, D(v | p) = sum v log(v / p) - v + p.

The multiplicative updates are those of Lee & Seung ("Algorithms for non-negative matrix factorization",
NIPS 2000) for known spectra; a cost above 1 makes a spectrum dearer, as a sparseness penalty does.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_TINY = np.float32(1e-12)
_FIRST_ROUNDS = 12
_ROUNDS = 4
_KEPT = 0.85


def divergence(wanted: Floats, found: Floats) -> float:
    """D(wanted | found) of two non-negative arrays of one shape, in float64."""
    v, p = wanted.astype(np.float64), np.maximum(found.astype(np.float64), _TINY)
    logs = np.log(np.maximum(v, _TINY) / p)
    return float((v * logs - v + p).sum())


def activations(wanted: Floats, spectra: Floats, rounds: int, start: Floats | None = None) -> Floats:
    """How much of each spectrum is in each frame (n_frames, n_spectra).

    `wanted` (n_frames, n_bins); `spectra` (n_spectra, n_bins), each with a sum of 1; `rounds` of
    updates from `start` (n_frames, n_spectra), or from equal shares.
    """
    if start is None:
        n = max(1, len(spectra))
        start = np.repeat(wanted.sum(axis=1, keepdims=True) / np.float32(n), n, axis=1)
    shares = start.copy()
    for _ in range(rounds):
        found = shares @ spectra
        shares *= (wanted / np.maximum(found, _TINY)) @ spectra.T
    return shares


def sparse_fit(
    wanted: Floats, spectra: Floats, costs: Floats, limits: Floats, most: int
) -> tuple[Longs, Floats]:
    """At most `most` of the spectra, largest share first, and their shares of what is wanted.

    `wanted` (n_bins,); `spectra` (n, n_bins), each with a sum of 1; `costs` (n,); `limits` (n,): the
    most that each share may be. The smallest shares are dropped a few at a time, so that of spectra
    that are alike one takes over the others' parts.
    """
    kept = np.arange(len(spectra))
    shares = np.minimum(np.full(len(kept), wanted.sum() / max(1, len(kept)), np.float32), limits)
    rounds = _FIRST_ROUNDS
    while True:
        for _ in range(rounds):
            found = shares @ spectra
            shares *= spectra @ (wanted / np.maximum(found, _TINY))
            if len(kept) > most:
                shares /= costs  # which are for the choice alone, and would lower the gains
            np.minimum(shares, limits, out=shares)
        order = np.argsort(-shares, kind="stable")
        if len(kept) <= most:
            return kept[order], shares[order]
        order = np.sort(order[: max(most, int(len(kept) * _KEPT))])
        kept, shares, spectra = kept[order], shares[order], spectra[order]
        costs, limits = costs[order], limits[order]
        rounds = _ROUNDS if len(kept) > most else _FIRST_ROUNDS
