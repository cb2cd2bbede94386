"""What is too much work for every sound is done for a sample of them, and carried over to the rest.

The rest go by their nearest sounds in the sample. Those are looked for in the sample's groups (k-means)
that are nearest to a sound's own group, so a sound is compared with some thousand others, whatever the
sample's size (the inverted file of Jégou, Douze & Schmid 2011).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_ALL = 2048  # sounds of a sample that are compared one by one
_PROBES = 8  # groups that a sound is compared with
_ROUNDS = 10


def sample(n: int, most: int, seed: int) -> Longs:
    """At most `most` of n rows, drawn evenly at random, in ascending order; all where they are no more."""
    if n <= most:
        return np.arange(n)
    return np.sort(np.random.default_rng([seed, n]).choice(n, most, replace=False))


class Sample:
    """Rows float32 (m, n_columns) among which the nearest of others are looked for."""

    def __init__(self, rows: Floats, seed: int = 0) -> None:
        self.rows = np.ascontiguousarray(rows)
        self._squares = np.square(rows).sum(axis=1)
        self._centres, self._compared = _grouped(self.rows, seed)

    def nearest(self, block: Floats, k: int) -> tuple[Longs, Floats]:
        """The sample's rows (n, k), k at most m, nearest to those of a block (n, n_columns), and their distances.

        The nearest come first. Above some two thousand sampled rows a few true neighbours are missed.
        """
        from threadpoolctl import threadpool_limits

        found = np.empty((len(block), k), np.int64)
        distances = np.empty((len(block), k), np.float32)
        # One thread: in which order sums are made must not depend on the machine.
        with threadpool_limits(1, "blas"):
            apart = np.square(self._centres).sum(axis=1) - 2 * block @ self._centres.T
            groups = np.argmin(apart, axis=1)
            for group in np.unique(groups):
                mine, others = np.flatnonzero(groups == group), self._compared[group]
                others = others if len(others) >= k else np.arange(len(self.rows))
                found[mine], distances[mine] = self._among(others, block[mine], k)
        return found, distances

    def _among(self, others: Longs, block: Floats, k: int) -> tuple[Longs, Floats]:
        apart = self._squares[others] - 2 * block @ self.rows[others].T
        near = others[np.argpartition(apart, k - 1, axis=1)[:, :k]]
        # The differences themselves: by their squares, two equal sounds would not be 0 apart.
        exact = np.square(self.rows[near] - block[:, None]).sum(axis=2)
        turn = np.argsort(exact, axis=1, kind="stable")
        return np.take_along_axis(near, turn, 1), np.sqrt(np.take_along_axis(exact, turn, 1))


def _grouped(rows: Floats, seed: int) -> tuple[Floats, list[Longs]]:
    """The centres of groups, and for each centre the rows that are compared with what is there."""
    if len(rows) <= _ALL:
        return rows[:1], [np.arange(len(rows))]
    from sklearn.cluster import KMeans
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        found = KMeans(int(np.sqrt(len(rows))), n_init=1, max_iter=_ROUNDS, random_state=seed).fit(rows)
    centres = found.cluster_centers_.astype(np.float32)
    between = np.square(centres).sum(axis=1) - 2 * centres @ centres.T
    probed = np.argsort(between, axis=1, kind="stable")[:, :_PROBES]
    return centres, [np.flatnonzero(np.isin(found.labels_, group)) for group in probed]
