"""Forecasts by networks that are fitted to one trajectory: of the point alone, or of the last ones."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np

from granulate.trajectory.course import Points, Trajectory
from granulate.trajectory.forecasting import Rows, history

_HIDDEN = 32
_EPOCHS = 30
_BATCH = 64
_RATE = 5e-3
_MIDDLE = 0.5


@dataclass(frozen=True, slots=True, eq=False)
class Perceptron:
    """A displacement out of the point where one stands; `scale`: the displacements' size."""

    model: Any
    scale: float

    def moves(self, recent: Points) -> Points:
        """Displacements (n, d); of the recent points (n, CONTEXT, d), only the last counts."""
        found = self.model.predict(recent[:, -1] - _MIDDLE)
        return np.asarray(found.reshape(len(recent), -1) * self.scale, np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Recurrent:
    """A displacement out of the last points, by a long short-term memory (Hochreiter & Schmidhuber 1997)."""

    model: Any
    scale: float

    def moves(self, recent: Points) -> Points:
        """Displacements (n, d) of the recent points (n, CONTEXT, d)."""
        import torch

        with torch.no_grad():
            found = self.model(torch.from_numpy(np.ascontiguousarray(recent) - np.float32(_MIDDLE)))
        return np.asarray(found.numpy() * self.scale, np.float32)


def mlp(trajectory: Trajectory, rows: Rows, seed: int) -> Perceptron:
    """Two hidden layers, fitted by Adam to the squared error until a tenth that is held back gets no better."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPRegressor
    from threadpoolctl import threadpool_limits

    points, moves, scale = _displacements(trajectory, rows)
    model = MLPRegressor(
        hidden_layer_sizes=(_HIDDEN, _HIDDEN), activation="tanh", batch_size=min(_BATCH, len(rows)), learning_rate_init=_RATE,
        max_iter=200, early_stopping=len(rows) >= 100, random_state=seed,
    )  # fmt: skip
    # One thread: with another number of them BLAS adds up in another order.
    with threadpool_limits(1, "blas"), warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        model.fit(points - _MIDDLE, moves[:, 0] if moves.shape[1] == 1 else moves)
    return Perceptron(model, scale)


def lstm(trajectory: Trajectory, rows: Rows, seed: int) -> Recurrent:
    """One layer and a linear one after it, fitted by Adam to the squared error.

    Raises MissingDependencyError without PyTorch.
    """
    from granulate.trajectory.recurrent import network

    _, moves, scale = _displacements(trajectory, rows)
    model = network(history(trajectory, rows) - np.float32(_MIDDLE), moves, hidden=_HIDDEN, epochs=_EPOCHS,
                    batch=_BATCH, rate=_RATE, seed=seed)  # fmt: skip
    return Recurrent(model, scale)


def _displacements(trajectory: Trajectory, rows: Rows) -> tuple[Points, Points, float]:
    """Points (m, d), the displacements from them in units of their size, and that size."""
    points = trajectory.points[rows]
    moves = trajectory.points[rows + 1] - points
    scale = float(np.sqrt(np.square(moves, dtype=np.float64).mean())) or 1.0
    return points, (moves / scale).astype(np.float32), scale
