"""A sound's way through its embedding."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types import Corpus, Embedding, read_only

Points = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A point for each grain, in the order in which they were recorded.

    `points` float32 (n, d), every axis brought to 0..1 when it is made (0.5 where it is constant);
    `times` float64 (n,), the middle of each grain in seconds, sounds one after another; `follows`
    bool (n,), whether the next point is of the same recording; `reach`: over how many grains the
    window that a point stands for extends, so that a forecast can be tested without what overlaps
    the truth.

    Raises ParameterError for points that are not finite (n, d), and columns of other lengths.
    """

    points: Points
    times: NDArray[np.float64]
    follows: NDArray[np.bool_]
    reach: int = 1
    box: tuple[Points, Points] = field(init=False)
    """The lowest point of the embedding (d,), and its extent along each axis (d,)."""

    def __post_init__(self) -> None:
        points = np.asarray(self.points, np.float32)
        if points.ndim != 2 or not points.size or not np.isfinite(points).all():
            raise ParameterError(f"a trajectory of shape {points.shape}; allowed: finite (n_points, n_axes)")
        for name, kind in (("times", np.float64), ("follows", np.bool_)):
            column = np.asarray(getattr(self, name), kind)
            if column.shape != (len(points),):
                raise ParameterError(f"{name} of shape {column.shape}; allowed: ({len(points)},)")
            object.__setattr__(self, name, read_only(column))
        low = points.min(axis=0)
        extent = points.max(axis=0) - low
        object.__setattr__(self, "box", (read_only(low), read_only(extent)))
        object.__setattr__(self, "points", read_only(_unit(points, low, extent)))

    def __len__(self) -> int:
        return len(self.points)

    @classmethod
    def of(cls, corpus: Corpus) -> Trajectory:
        """That of a corpus's embedding; of all the axes of the code that it was drawn from, where a network made one.

        Raises ParameterError where there is no embedding.
        """
        if corpus.embedding is None:
            raise ParameterError(
                "reduction.kind = 'none' gives no trajectory; allowed: any other reduction.kind"
            )
        sounds, grains = corpus.grains.sounds, corpus.grains
        begins = np.concatenate([[0], np.cumsum([sound.n_samples for sound in corpus.sounds])])
        middles = begins[sounds] + grains.onsets + grains.lengths / 2
        times = np.asarray(middles / corpus.sample_rate, np.float64)
        points, reach = _codes(corpus, corpus.embedding)
        return cls(points, times, np.append(sounds[1:] == sounds[:-1], False), reach)

    @classmethod
    def sampled(cls, points: Any, period: float, *, reach: int = 1) -> Trajectory:
        """One recording's points (n, d), a period in seconds apart."""
        n = len(points)
        return cls(points, np.asarray(np.arange(n) * period, np.float64), np.arange(n) < n - 1, reach)

    @property
    def period(self) -> float:
        """Seconds from one point to the next, in the median; 0 where there is one alone."""
        steps = np.diff(self.times)[self.follows[:-1]]
        return float(np.median(steps)) if len(steps) else 0.0

    @property
    def firsts(self) -> NDArray[np.int64]:
        """For each point the first one of its recording (n,)."""
        begins = np.flatnonzero(np.append(True, ~self.follows[:-1]))
        found: NDArray[np.int64] = np.repeat(begins, np.diff(np.append(begins, len(self))))
        return found

    def at(self, seconds: float) -> int:
        """The number of the point whose time is nearest."""
        return int(np.argmin(np.abs(self.times - seconds)))

    def unit(self, points: Points) -> Points:
        """Points of the embedding (m, d) in the coordinates of this one's."""
        return _unit(np.asarray(points, np.float32), *self.box)

    def nearest(self, points: Points) -> NDArray[np.int64]:
        """The number of the grain that is nearest to each of some points (m, d), in these coordinates."""
        from scipy.spatial import cKDTree

        _, found = cKDTree(self.points).query(points)
        return np.asarray(found, np.int64)


def _unit(points: Points, low: Points, extent: Points) -> Points:
    wide = extent > 0
    scaled = (points - low) / np.where(wide, extent, np.float32(1))
    return np.where(wide, scaled, np.float32(0.5)).astype(np.float32)


def _codes(corpus: Corpus, embedding: Embedding) -> tuple[Points, int]:
    """The points (n, d) of a corpus's grains, and over how many grains the window of each reaches."""
    fitted = embedding.fitted
    reach = int(getattr(fitted, "width", 1))
    if reach == 1 or len(fitted.stages) == 1:
        return embedding.points, reach
    return fitted.network.codes(corpus.descriptors.values, corpus.grains.sounds), reach
