"""Sounds that a library holds twice: the same file, the same audio in different files, or nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from granulate.library.organise.scaling import standardised

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

NEAR = 0.02
_ALIKE_LENGTH = 0.05
"""Part by which the durations of near duplicates may differ."""
_AXES = 8
_BLOCK = 8192


@dataclass(frozen=True, slots=True, eq=False)
class Group:
    """Rows of sounds, ascending, that are one; `kind`: "file", "audio" or "near"; `distance`: the largest from the first."""

    kind: str
    rows: Longs
    distance: float


def same(kind: str, keys: Sequence[object]) -> list[Group]:
    """Groups of two and more rows whose keys are equal; a key of None is like no other."""
    found: dict[object, list[int]] = {}
    for row, key in enumerate(keys):
        if key is not None:
            found.setdefault(key, []).append(row)
    return [Group(kind, np.array(rows), 0.0) for rows in found.values() if len(rows) > 1]


def near_duplicates(
    values: Floats, durations: NDArray[np.float64], below: float = NEAR, skip: Sequence[Group] = ()
) -> list[Group]:
    """Groups of sounds whose summaries (n, n_columns), z-scored, differ by less than `below` in each column on average.

    That is the root of the mean of squared differences, in deviations of the library. Durations
    (n,) in seconds must agree to a twentieth. Within a group one leads to the next, so that its ends may
    be further apart. Of each group to `skip`, the first stands for all.
    """
    scaled = standardised(values)
    standing = np.ones(len(values), bool)
    for group in skip:
        standing[group.rows[1:]] = False
    rows = np.flatnonzero(standing)
    leader = np.arange(len(rows))
    for one, other in _pairs(scaled[rows], below * np.sqrt(values.shape[1])).tolist():
        longer = max(durations[rows[one]], durations[rows[other]])
        if abs(durations[rows[one]] - durations[rows[other]]) <= _ALIKE_LENGTH * longer:
            _join(leader, one, other)
    found = []
    for group in same("near", [_root(leader, row) for row in range(len(rows))]):
        members = rows[group.rows]
        apart = np.square(scaled[members] - scaled[members[0]]).mean(axis=1)
        found.append(Group("near", members, float(np.sqrt(apart.max()))))
    return found


def _pairs(scaled: Floats, below: float) -> Longs:
    """The pairs (n_pairs, 2) of rows that are less than `below` apart.

    What is further apart along some of the principal components is further apart in all columns, and
    a tree finds what is near in a few.
    """
    from scipy.spatial import KDTree

    n_columns = scaled.shape[1]
    if len(scaled) < 2 or not n_columns:
        return np.zeros((0, 2), np.int64)
    with threadpool_limits(1, "blas"):
        _, axes = np.linalg.eigh(scaled.T.astype(np.float64) @ scaled)
        few = scaled @ axes[:, -_AXES:]
    # A little more, for what rounding takes.
    pairs = KDTree(few).query_pairs(below * 1.001 + 1e-6, output_type="ndarray")
    kept = [
        np.square(scaled[part[:, 0]] - scaled[part[:, 1]]).sum(axis=1) < below**2
        for part in np.array_split(pairs, len(pairs) // _BLOCK + 1)
    ]
    found: Longs = pairs[np.concatenate(kept)]
    return found[np.lexsort(found.T[::-1])]


def _root(leader: Longs, row: int) -> int:
    while leader[row] != row:
        leader[row] = leader[leader[row]]
        row = int(leader[row])
    return row


def _join(leader: Longs, one: int, other: int) -> None:
    first, second = sorted((_root(leader, one), _root(leader, other)))
    leader[second] = first
