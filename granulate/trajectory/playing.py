"""Forecasts that sound: a course through the embedding, each point of which plays its nearest grain."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.paths import compose, timed
from granulate.preset import Preset
from granulate.trajectory.course import Points, Trajectory
from granulate.trajectory.forecasting import fitted, forecast, history, known, standing
from granulate.trajectory.neighbours import Nearest
from granulate.types import Corpus, Score

MOST_STEPS = 1_000_000


def foretold(
    trajectory: Trajectory, start: int | Points, steps: int, model: str = "knn", *, own_future: bool = True,
    paced: bool = False, seed: int = 0,
) -> Points:  # fmt: skip
    """A course (steps + 1, d) from a start on, in the trajectory's coordinates: the start, and what is forecast.

    `start`: a point of the trajectory by its number, or any point (d,) in its coordinates. `own_future`
    False: what the recording itself does from the start on, for as long, is not known to the model.
    `paced`: nearest neighbours keep their pace, where their mean would soon circle in a small place.

    Raises ParameterError for a start that is not there and a number of steps that is not allowed, and as
    `granulate.trajectory.fitted` does.
    """
    if not 1 <= steps <= MOST_STEPS:
        raise ParameterError(f"a forecast of {steps} steps; allowed: 1 to {MOST_STEPS}")
    if isinstance(start, int):
        if not 0 <= start < len(trajectory):
            raise ParameterError(f"a forecast from point {start}; allowed: 0 to {len(trajectory) - 1}")
        recent = history(trajectory, np.array([start]))
        left_out = (0, 0) if own_future else (start, start + steps + trajectory.reach)
    else:
        point = np.asarray(start, np.float32)
        if point.shape != trajectory.points.shape[1:] or not np.isfinite(point).all():
            raise ParameterError(
                f"a forecast from a point of shape {point.shape}; allowed: finite ({trajectory.points.shape[1]},)"
            )
        recent, left_out = standing(point), (0, 0)
    rows = known(trajectory, left_out)
    # Only a start that the model knows is its own nearest neighbour.
    made = fitted(model, trajectory, rows, seed=seed, own=isinstance(start, int) and own_future)
    if paced and isinstance(made, Nearest):
        made = replace(made, paced=True)
    return np.concatenate([recent[0, -1:], forecast(made, recent, steps)[0]])


def sounded(
    corpus: Corpus, preset: Preset, trajectory: Trajectory, course: Points
) -> tuple[Score, NDArray[np.float64]]:
    """The score in which each point of a course (m, d) plays its nearest grain, as the preset sounds grains.

    Gives beside it when the middle of each is heard, in seconds (m,), ascending.
    """
    played = timed(corpus, preset, trajectory.nearest(course))
    middles = np.sort(played.events.time + played.events.length / 2) / corpus.sample_rate
    # Some stages play every grain several times.
    clock: NDArray[np.float64] = middles.reshape(len(course), -1).mean(axis=1)
    return compose(corpus, preset, played), clock


def replayed(trajectory: Trajectory, course: Points) -> float:
    """The part of a course's steps (m, d) that play the grain that follows in the recording: 1 is the recording itself."""
    order = trajectory.nearest(course)
    return float(np.mean((np.diff(order) == 1) & trajectory.follows[order[:-1]]))
