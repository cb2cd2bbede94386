"""How smooth a trajectory is, and how far forecasts stray from it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.corpus import Step, quiet
from granulate.errors import ParameterError
from granulate.trajectory import neighbours
from granulate.trajectory.course import Trajectory
from granulate.trajectory.forecasting import CONTEXT, Model, fitted, forecast, history, known

STEPS = 30
PART = 0.1
_FOLDS = 5
"""Stretches of a trajectory for each of which a network is fitted to the others."""

Floats = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Divergence:
    """How far forecasts are from the truth, in widths of the embedding's axes, after 0, 1, 2 ... steps.

    `mean` and `error`, its standard error, float64 (steps + 1,); `still`: the same mean for whoever
    stays where the forecast begins; `starts`: how many forecasts there were; `period` in seconds.
    """

    model: str
    own_future: bool
    mean: Floats
    error: Floats
    still: Floats
    starts: int
    period: float


def smoothness(trajectory: Trajectory) -> float:
    """The mean cosine between consecutive displacements: 1 is straight on, 0 no direction kept, -1 to and fro.

    Of points that do not move there is none. Raises ParameterError where nothing moves.
    """
    moves = np.diff(trajectory.points.astype(np.float64), axis=0)
    lengths = np.linalg.norm(moves, axis=1)
    going = trajectory.follows[:-1] & (lengths > 0)
    both = np.flatnonzero(going[:-1] & going[1:])
    if not len(both):
        raise ParameterError(
            f"a trajectory of {len(trajectory)} points that does not move; allowed: one that does"
        )
    dots = np.einsum("ij,ij->i", moves[both], moves[both + 1])
    return float((dots / (lengths[both] * lengths[both + 1])).mean())


def divergence(
    trajectory: Trajectory, model: str = "knn", *, own_future: bool = True, steps: int = STEPS, part: float = PART,
    seed: int = 0, step: Step = quiet,
) -> Divergence:  # fmt: skip
    """Forecast from some of all points, evenly chosen, and measure the distance from where the recording went.

    `part` of the points that have `steps` after them and, where there are such, a model's memory before
    them. `own_future` True lets a model know the whole trajectory, with what it is to predict. False
    leaves out all that overlaps it: nearest neighbours are then looked for elsewhere, for each start
    anew; networks are fitted five times, each time without a fifth of the starts and what follows them.

    Raises ParameterError for a trajectory that is too short, as `fitted` does.
    """
    starts = _starts(trajectory, steps, part)
    truth = trajectory.points[starts[:, None] + np.arange(steps + 1)].astype(np.float64)
    found = np.empty_like(truth)
    found[:, 0] = truth[:, 0]
    done = 0
    for which, made in _models(trajectory, model, starts, own_future, steps, seed):
        found[which, 1:] = forecast(made, history(trajectory, starts[which]), steps)
        done += len(which)
        step(f"forecast {model}", done, len(starts))
    far = np.linalg.norm(found - truth, axis=2)
    still = np.linalg.norm(truth - truth[:, :1], axis=2).mean(axis=0)
    error = far.std(axis=0, ddof=1) / np.sqrt(len(starts)) if len(starts) > 1 else np.zeros(steps + 1)
    return Divergence(model, own_future, far.mean(axis=0), error, still, len(starts), trajectory.period)


def _models(
    trajectory: Trajectory, kind: str, starts: Longs, own_future: bool, steps: int, seed: int
) -> Iterator[tuple[Longs, Model]]:
    """Which of the starts, and the model for them."""
    every = np.arange(len(starts))
    if own_future:
        yield every, fitted(kind, trajectory, seed=seed)
        return
    beyond = steps + trajectory.reach
    if kind == "knn":
        yield (
            every,
            neighbours.without(trajectory, known(trajectory), np.stack([starts, starts + beyond], axis=1)),
        )
        return
    # A model that remembers must not have seen the truth as what came before something else.
    beyond += CONTEXT if kind == "lstm" else 0
    for which in np.array_split(every, min(_FOLDS, len(every))):
        rows = known(trajectory, (int(starts[which[0]]), int(starts[which[-1]]) + beyond))
        yield which, fitted(kind, trajectory, rows, seed=seed, own=False)


def _starts(trajectory: Trajectory, steps: int, part: float) -> Longs:
    n, firsts = len(trajectory), trajectory.firsts
    at = np.arange(n)
    last = np.searchsorted(firsts, firsts, side="right") - 1
    whole = last - at >= steps
    remembers = whole & (at - firsts >= CONTEXT - 1)
    found = np.flatnonzero(remembers if remembers.any() else whole)
    if not len(found):
        raise ParameterError(
            f"forecasts of {steps} steps in a trajectory of {n} points; allowed: {steps + 1} points at least"
        )
    return found[:: max(1, round(1 / part))]
