"""Where a trajectory goes from any point: nearest neighbours, or a network that was fitted to it.

A forecast is the simplest numerical solution: a model says the displacement from where one stands,
it is added, and so on.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import listed, near
from granulate.trajectory.course import Points, Trajectory

CONTEXT = 45
"""How many points a model that remembers looks back at."""
MODELS = ("knn", "mlp", "lstm")
"""The kinds of models, by name."""
_WIDE = 1.0
"""How far beyond the box of the trajectory a forecast may go, in widths: what runs away stays finite."""

Rows = NDArray[np.int64]


class Model(Protocol):
    """What says where a trajectory goes on."""

    def moves(self, recent: Points) -> Points:
        """The next displacements (n, d) after the last points of n courses (n, CONTEXT, d), the newest last."""


Fit = Callable[[Trajectory, Rows, int], Model]
"""Makes a model of the displacements from some points of a trajectory, given by number, and a seed."""


def fitted(
    kind: str, trajectory: Trajectory, rows: Rows | None = None, *, seed: int = 0, own: bool = True
) -> Model:
    """A model of a trajectory, or of the displacements from some of its points alone: `rows` (m,), ascending.

    `kind`: one of `MODELS`. `own`: whether forecasts begin at points that the model knows: "knn"
    then leaves the nearest one out at every step, as the starting point itself would be.

    Raises ParameterError for another kind and a trajectory that is too short, MissingDependencyError.
    """
    from granulate.trajectory import neighbours, networks

    models: dict[str, Fit] = {
        "knn": neighbours.knn if own else neighbours.all_nearest,
        "mlp": networks.mlp,
        "lstm": networks.lstm,
    }
    if kind not in models:
        raise ParameterError(
            f"a forecast by {kind!r} is unknown{near(kind, models)}; allowed: {listed(models)}"
        )
    found = known(trajectory) if rows is None else rows
    least = neighbours.K + 1
    if len(found) < least:
        raise ParameterError(
            f"a forecast out of {len(found)} displacements; allowed: {least} at least, so a longer sound or a shorter hop"
        )
    return models[kind](trajectory, found, seed)


def known(trajectory: Trajectory, without: tuple[int, int] = (0, 0)) -> Rows:
    """The points from which a trajectory's displacements are known, but for those from a first to before a last."""
    rows = np.flatnonzero(trajectory.follows)
    return rows[(rows < without[0]) | (rows >= without[1])]


def forecast(model: Model, recent: Points, steps: int) -> Points:
    """Where n courses go: their next points (n, steps, d), given their last ones (n, CONTEXT, d) (see `history`)."""
    recent = np.array(recent, np.float32)
    found = np.empty((len(recent), steps, recent.shape[2]), np.float32)
    for number in range(steps):
        point = np.clip(recent[:, -1] + model.moves(recent), -_WIDE, 1 + _WIDE)
        found[:, number] = point
        recent = np.concatenate([recent[:, 1:], point[:, None]], axis=1)
    return found


def history(trajectory: Trajectory, starts: NDArray[np.int64]) -> Points:
    """The last points before and at some (n, CONTEXT, d); where a recording begins, its first one again."""
    at = starts[:, None] - np.arange(CONTEXT)[::-1]
    return trajectory.points[np.maximum(at, trajectory.firsts[starts][:, None])]


def standing(point: Points) -> Points:
    """The history (1, CONTEXT, d) of a course that begins at a point (d,) anywhere."""
    return np.tile(np.asarray(point, np.float32), (1, CONTEXT, 1))
