"""The nearest candidates of each frame, and the best sequence through them.

The sequence search is Viterbi's (1967), with the target and concatenation costs of unit selection
(Hunt & Black, "Unit selection in a concatenative speech synthesis system", ICASSP 1996).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_FRAMES = 32
_GRAINS = 16_384


def nearest(points: Floats, among: Floats, k: int) -> tuple[Longs, Floats]:
    """The k nearest rows of `among` (n, d) for each of `points` (m, d), nearest first, and their distances.

    Both are (m, k), k at most n. Equal distances keep the order of the rows.
    """
    found = np.zeros((len(points), k), np.int64)
    lengths = np.zeros((len(points), k), np.float32)
    squares = np.einsum("ij,ij->i", among, among)

    def work(first: int, last: int) -> None:
        block = points[first:last]
        rows, best = np.zeros((len(block), 0), np.int64), np.zeros((len(block), 0), np.float32)
        for begin in range(0, len(among), _GRAINS):
            part = squares[begin : begin + _GRAINS] - 2 * (block @ among[begin : begin + _GRAINS].T)
            near = _least(part, min(k, part.shape[1]))
            best = np.hstack([best, np.take_along_axis(part, near, axis=1)])
            rows = np.hstack([rows, near + begin])
            kept = np.sort(_least(best, min(k, best.shape[1])), axis=1)
            rows, best = np.take_along_axis(rows, kept, axis=1), np.take_along_axis(best, kept, axis=1)
        for i, point in enumerate(block):
            exact = np.sqrt(np.square(among[rows[i]] - point).sum(axis=1))
            order = np.lexsort((rows[i], exact))
            found[first + i], lengths[first + i] = rows[i][order], exact[order]

    with threadpool_limits(1, "blas"):
        over_ranges(work, len(points), _FRAMES)
    return found, lengths


def _least(values: Floats, k: int) -> Longs:
    if k == values.shape[1]:
        return np.tile(np.arange(k), (len(values), 1))
    if k == 1:
        return values.argmin(axis=1)[:, None]
    return np.argpartition(values, k - 1, axis=1)[:, :k]


def rested(rows: Longs, rest: int) -> Longs:
    """Of each row of candidates the first that is not among the last `rest` chosen (n_frames,).

    A row has to hold more different candidates than `rest`.
    """
    chosen = np.full(len(rows), -1, np.int64)
    for t, row in enumerate(rows):
        recent = chosen[max(0, t - rest) : t]
        chosen[t] = row[~np.isin(row, recent)][0]
    return chosen


def best_sequence(
    rows: Longs, costs: Floats, joined: Floats, among: Floats, follows: Longs, weight: float, rest: int
) -> Longs:
    """The candidates (n_frames,) of least cost: what they cost, and `weight` times how ill they join.

    `rows` (n_frames, k) candidates and `costs` (n_frames, k) of each; candidates of a row differ, and
    there are more than `rest`. Two join by the distance between the second and the one that follows
    the first in its recording (itself, where the recording ends): rows of `among` (n, d). `joined`
    (n_frames,) is 0 where nothing precedes, else 1. None comes again before `rest` others have
    sounded: a path that would bring it back is not continued, which is exact for rest = 0.
    """
    n, k = rows.shape
    before = np.zeros((n, k), np.int64)
    total = costs[0].astype(np.float64)
    recent = np.full((k, max(1, rest)), -1, np.int64)
    recent[:, 0] = rows[0]
    resting = np.full(len(follows), -1, np.int64)
    with threadpool_limits(1, "blas"):
        for t in range(1, n):
            awaited = np.where(follows[rows[t - 1]] >= 0, follows[rows[t - 1]], rows[t - 1])
            joins = _distances(among[awaited], among[rows[t]])
            joins[follows[rows[t - 1]][:, None] == rows[t][None]] = 0
            total, before[t], recent = _advance(
                total, joins * np.float32(weight * joined[t]), costs[t], rows[t], recent, rest, resting, t
            )
    at = int(total.argmin())
    path = np.empty(n, np.int64)
    for t in range(n - 1, -1, -1):
        path[t] = rows[t, at]
        at = int(before[t, at])
    return path


def _distances(a: Floats, b: Floats) -> Floats:
    squares = np.einsum("ij,ij->i", a, a)[:, None] + np.einsum("ij,ij->i", b, b) - 2 * (a @ b.T)
    return np.sqrt(np.maximum(squares, 0))


@njit(cache=True, nogil=True)
def _advance(total, joins, costs, row, recent, rest, resting, turn):  # type: ignore[no-untyped-def]
    # resting[grain] says in which turn, and after which candidate, a grain was last found to rest.
    k = len(row)
    best, before, history = np.full(k, np.inf), np.zeros(k, np.int64), np.empty_like(recent)
    for i in range(k):
        for past in range(rest):
            if recent[i, past] >= 0:
                resting[recent[i, past]] = turn * k + i
        for j in range(k):
            if total[i] + joins[i, j] < best[j] and resting[row[j]] != turn * k + i:
                best[j], before[j] = total[i] + joins[i, j], i
    for j in range(k):
        best[j] += costs[j]
        history[j, 1:] = recent[before[j], :-1]
        history[j, 0] = row[j]
    return best, before, history
