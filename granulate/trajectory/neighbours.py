"""Forecasts by nearest neighbours: where the trajectory went from points near here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.trajectory.course import Points, Trajectory
from granulate.trajectory.forecasting import Rows

K = 5
_TOUCHING = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Nearest:
    """The mean displacement of the K nearest points, weighed by inverse distance (Shepard 1968).

    `rows` (m,), ascending: which points of the trajectory they are. `skipped`: how many nearer ones are left
    out at every step. `barred` (n, 2): for each of n courses, from which to before which row of the
    trajectory nothing is known to it. `paced`: whether a step is as long as those of the neighbours are in
    the mean, and not as short as the mean of steps that go different ways: such a course does not come to rest.
    """

    tree: Any
    displacements: Points
    rows: Rows
    skipped: int = 0
    barred: Rows | None = None
    paced: bool = False

    def moves(self, recent: Points) -> Points:
        """Displacements (n, d); of the recent points (n, CONTEXT, d), only the last counts."""
        first, last = self.skipped, self.skipped + K
        if self.barred is None:
            distances, found = self.tree.query(recent[:, -1], list(range(first + 1, last + 1)))
        else:
            distances, found = self._among_known(recent[:, -1], last)
            distances, found = distances[:, first:], found[:, first:]
        weights = 1 / np.maximum(distances, _TOUCHING)
        weights /= weights.sum(axis=1, keepdims=True)
        steps = self.displacements[found]
        moves = np.einsum("ij,ijk->ik", weights, steps)
        if self.paced:
            wanted = (weights * np.linalg.norm(steps, axis=2)).sum(axis=1)
            lengths = np.linalg.norm(moves, axis=1)
            moves *= (wanted / np.maximum(lengths, _TOUCHING))[:, None]
        return moves.astype(np.float32)

    def _among_known(self, points: Points, n: int) -> tuple[NDArray[np.float64], Rows]:
        """The n nearest that each course may know, and their distances."""
        assert self.barred is not None
        longest = int((self.barred[:, 1] - self.barred[:, 0]).max(initial=0))
        distances, found = self.tree.query(points, min(n + longest, len(self.rows)))
        rows = self.rows[found]
        unknown = (rows >= self.barred[:, :1]) & (rows < self.barred[:, 1:])
        # What is known comes first, in the order of its distance.
        kept = np.argsort(unknown, axis=1, kind="stable")[:, :n]
        return np.take_along_axis(distances, kept, axis=1), np.take_along_axis(found, kept, axis=1)


def knn(trajectory: Trajectory, rows: Rows, seed: int) -> Nearest:
    """For forecasts from points of `rows` themselves, which would otherwise replay what followed them."""
    return _nearest(trajectory, rows, 1)


def all_nearest(trajectory: Trajectory, rows: Rows, seed: int) -> Nearest:
    """For forecasts from other points."""
    return _nearest(trajectory, rows, 0)


def without(trajectory: Trajectory, rows: Rows, barred: Rows) -> Nearest:
    """For several forecasts, each of which does not know some of the rows: from one to before another (n, 2).

    Raises ParameterError where one of them is left with too few.
    """
    left = len(rows) - np.diff(np.searchsorted(rows, barred), axis=1)
    if left.min(initial=len(rows)) < K:
        raise ParameterError(
            f"a forecast out of {left.min()} displacements; allowed: {K} at least, so a longer sound or a shorter hop"
        )
    return _nearest(trajectory, rows, 0, barred)


def _nearest(trajectory: Trajectory, rows: Rows, skipped: int, barred: Rows | None = None) -> Nearest:
    from scipy.spatial import cKDTree

    points = trajectory.points
    return Nearest(cKDTree(points[rows]), points[rows + 1] - points[rows], rows, skipped, barred)
