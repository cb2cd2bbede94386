"""Trajectories whose dynamics are known."""

from __future__ import annotations

import numpy as np

from granulate.trajectory import Trajectory

PERIOD = 0.02


def circle(n: int = 600, turn: float = 40.0) -> Trajectory:
    """Round and round, a turn in so many points."""
    angle = 2 * np.pi * np.arange(n) / turn
    return Trajectory.sampled(np.stack([np.cos(angle), np.sin(angle)], axis=1), PERIOD)


def noisy_loop(n: int = 900, noise: float = 0.02, seed: int = 0) -> Trajectory:
    """A limit cycle with two lobes in three dimensions, that is never met exactly again."""
    rng = np.random.default_rng(seed)
    angle = 2 * np.pi * np.arange(n) / 61.7
    points = np.stack([np.sin(angle), np.sin(2 * angle), np.cos(angle)], axis=1)
    return Trajectory.sampled(points + noise * rng.standard_normal(points.shape), PERIOD)


def eight(n: int = 900) -> Trajectory:
    """A figure of eight in the plane: where it crosses itself, the point alone does not say where it goes."""
    angle = 2 * np.pi * np.arange(n) / 60.3
    return Trajectory.sampled(np.stack([np.sin(angle), np.sin(2 * angle)], axis=1), PERIOD)


def lorenz(n: int = 1500, step: float = 0.03) -> Trajectory:
    """The attractor of Lorenz (1963), by the classical method of Runge and Kutta."""

    def flow(p: np.ndarray) -> np.ndarray:
        x, y, z = p
        return np.array([10 * (y - x), x * (28 - z) - y, x * y - 8 / 3 * z])

    points, point, inner = np.empty((n, 3)), np.array([1.0, 1.0, 20.0]), 5
    for i in range(-100, n):
        for _ in range(inner):
            h = step / inner
            a = flow(point)
            b = flow(point + h / 2 * a)
            c = flow(point + h / 2 * b)
            d = flow(point + h * c)
            point = point + h / 6 * (a + 2 * b + 2 * c + d)
        if i >= 0:
            points[i] = point
    return Trajectory.sampled(points, PERIOD)
