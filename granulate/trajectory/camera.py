"""Where points of a trajectory are seen: three axes, turned, in perspective."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.trajectory.course import Points, Trajectory

Floats = NDArray[np.float64]

_SIGHT = 3.2
"""How far the eye is from the middle of the cube, in widths of it."""


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """The three axes along which points of any number are drawn, each from 0 to 1 for the trajectory's own.

    Up to three are the embedding's own, those that are missing in the middle; of more, the straight
    lines along which the points differ most (principal components).
    """

    mean: Floats
    directions: Floats
    low: Floats
    extent: Floats

    @classmethod
    def of(cls, trajectory: Trajectory) -> Axes:
        points = trajectory.points.astype(np.float64)
        n_axes = points.shape[1]
        if n_axes <= 3:
            return cls(np.zeros(n_axes), np.eye(n_axes), np.zeros(n_axes), np.ones(n_axes))
        mean = points.mean(axis=0)
        _, vectors = np.linalg.eigh(np.cov((points - mean).T))
        found = vectors[:, ::-1][:, :3]
        found = found * np.sign(found[np.abs(found).argmax(axis=0), np.arange(3)])
        turned = (points - mean) @ found
        low, extent = turned.min(axis=0), np.ptp(turned, axis=0)
        return cls(mean, found, low, np.where(extent > 0, extent, 1))

    def __call__(self, points: Points) -> Floats:
        """Points (n, d) in the trajectory's coordinates as they are drawn (n, 3)."""
        drawn = np.full((len(points), 3), 0.5)
        turned = (points.astype(np.float64) - self.mean) @ self.directions
        drawn[:, : turned.shape[1]] = (turned - self.low) / self.extent
        return drawn


@dataclass(frozen=True, slots=True)
class Camera:
    """An eye that looks at the middle of the cube; angles in degrees, the third axis upwards."""

    azimuth: float = -60.0
    elevation: float = 22.0

    def __call__(self, points: Floats) -> tuple[Floats, Floats]:
        """Where points (n, 3) are seen: across and up (n, 2), the middle at 0, and how near (n,).

        Nearness is 1 in the middle of the cube and what lengths there are multiplied by; a width of the
        cube in its middle is 1.
        """
        across, up, towards = self._frame
        centred = points - 0.5
        near = _SIGHT / (_SIGHT - centred @ towards)
        return np.stack([centred @ across, centred @ up], axis=1) * near[:, None], near

    @property
    def _frame(self) -> Floats:
        """The directions to the right, upwards and towards the eye (3, 3)."""
        turn, lift = np.radians([self.azimuth, self.elevation])
        towards = np.array([np.cos(lift) * np.cos(turn), np.cos(lift) * np.sin(turn), np.sin(lift)])
        across = np.array([-np.sin(turn), np.cos(turn), 0.0])
        return np.stack([across, np.cross(towards, across), towards])
