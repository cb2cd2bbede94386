"""Where a walk moves: a point for every grain, the nearest grains of any point, and how loud each is."""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.level import levels
from granulate.parameters import listed, near
from granulate.types import Corpus, Embedding

Points = NDArray[np.float32]

_MOST_AXES = 8
"""Beyond some eight axes a k-d tree looks at nearly every point."""
_OF_ALL_GRAINS = ("motion", "follows", "pace", "spacing", "levels", "_tree")
"""What a space works out once, of its grains."""
_SPARE = 4
"""How many times the wanted candidates are drawn from the leading axes, to be sorted by all of them."""
_LAX = 0.5
"""By which part such candidates may be further away than the nearest: half of the time of exact ones."""


class Space:
    """The points of a corpus's grains, float32 (n_grains, n_axes), scaled so that 1 is the width of the map.

    `kind`: "embedding" has every axis from 0 to 1; "descriptors" has the scaled descriptors around 0,
    each times its weight, in units of the whole's largest extent; "auto" is the embedding where there
    is one. `weights` go by column ("mfcc_1") or by descriptor ("mfcc"); they make another space of the
    same corpus, and nothing is analysed again.

    Raises ParameterError for an embedding that is not there, weights beside one, and weights that
    are not finite, negative, all zero, or of an unknown name.
    """

    def __init__(
        self, corpus: Corpus, kind: str = "auto", weights: Mapping[str, float] | None = None
    ) -> None:
        if kind == "auto":
            kind = "descriptors" if corpus.embedding is None or weights else "embedding"
        if kind == "embedding" and corpus.embedding is None:
            raise ParameterError("path.space = 'embedding' needs one; allowed: any reduction.kind but 'none'")
        if kind == "embedding" and weights:
            raise ParameterError(
                f"path.weights = {dict(weights)} in the embedding; allowed: path.space = 'descriptors'"
            )
        self.corpus, self.kind = corpus, kind
        self._scale = (
            _Box(corpus.embedding)
            if kind == "embedding" and corpus.embedding is not None
            else _Weights(corpus, weights or {})
        )
        self.points: Points = self._scale.points

    def __len__(self) -> int:
        return len(self.points)

    @property
    def n_axes(self) -> int:
        return self.points.shape[1]

    def place(self, values: Points) -> Points:
        """Where other grains lie (n, n_axes), by their scaled descriptors (n, n_columns); on the map, at its edge
        at furthest.

        Raises ParameterError for an embedding whose reducer can place no others.
        """
        return self._scale.place(values)

    def nearest(self, point: Points, n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The n grains nearest to a point and their distances, nearest first; all there are at most.

        Exact up to eight axes. Beyond, they are the nearest of four times as many that are near along
        the eight axes that vary most: some are missed.
        """
        n = min(n, len(self))
        tree, axes = self._tree
        if axes is None:
            distances, found = tree.query(point, n)
            return np.atleast_1d(found), np.atleast_1d(distances)
        _, found = tree.query(point @ axes, min(_SPARE * n, len(self)), eps=_LAX)
        found = np.atleast_1d(found)
        distances = np.linalg.norm(self.points[found] - point, axis=1)
        order = np.argsort(distances, kind="stable")[:n]
        return found[order], distances[order]

    def part(self, grains: NDArray[np.int64]) -> Space:
        """The points of some grains (n,) alone, ready to be looked among: its grains are numbered in that order."""
        made = copy(self)
        made.__dict__ = {name: value for name, value in vars(self).items() if name not in _OF_ALL_GRAINS}
        made.points = self.points[grains]
        _ = made._tree
        return made

    def at_most(self, wanted: int | None, name: str, usual: int) -> int:
        """How many grains a parameter asks for; the usual number, or all there are, where it is unset.

        Raises ParameterError for more than there are.
        """
        if wanted is None:
            return min(usual, len(self))
        if wanted > len(self):
            raise ParameterError(f"path.{name} = {wanted} of {len(self)} grains; allowed: 1 to {len(self)}")
        return wanted

    @cached_property
    def motion(self) -> Points:
        """From each grain to the one that followed it in its recording (n_grains, n_axes); 0 after the last."""
        found = np.zeros_like(self.points)
        follows = self.follows[:-1]
        found[:-1][follows] = (self.points[1:] - self.points[:-1])[follows]
        return found

    @cached_property
    def follows(self) -> NDArray[np.bool_]:
        """Whether the next grain is of the same recording (n_grains,)."""
        sounds = self.corpus.grains.sounds
        return np.append(sounds[1:] == sounds[:-1], False)

    @cached_property
    def pace(self) -> float:
        """How far the recordings move from one grain to the next, in the median; 1e-6 at least."""
        steps = np.linalg.norm(self.motion[self.follows], axis=1)
        steps = steps[steps > 0]
        return max(float(np.median(steps)), 1e-6) if len(steps) else 1.0

    @cached_property
    def spacing(self) -> float:
        """How far grains lie from their nearest neighbours, in the median of some; 1e-6 at least."""
        some = np.linspace(0, len(self) - 1, min(len(self), 500)).astype(np.int64)
        found = [self.nearest(self.points[i], 2)[1][-1] for i in some]
        return max(float(np.median(found)), 1e-6)

    @cached_property
    def levels(self) -> NDArray[np.float32]:
        """Root mean square of each grain, in dB of full scale (n_grains,)."""
        return levels(self.corpus)

    @cached_property
    def _tree(self) -> tuple[Any, Points | None]:
        from scipy.spatial import cKDTree

        axes = _leading_axes(self.points) if self.n_axes > _MOST_AXES else None
        return cKDTree(self.points if axes is None else self.points @ axes, balanced_tree=False), axes


class _Box:
    """The embedding, every axis from 0 to 1."""

    def __init__(self, embedding: Embedding) -> None:
        points = embedding.points
        low, high = embedding.box or (points.min(axis=0), points.max(axis=0))
        self._low: Points = low
        self._wide = high > self._low
        self._extent = np.where(self._wide, high - self._low, 1)
        self._fitted = embedding.fitted
        self.points = self._of(points)
        if embedding.box is not None:
            self.points = self.points.clip(0, 1)

    def place(self, values: Points) -> Points:
        if self._fitted is None:
            raise ParameterError(
                "a map that no other sound can be placed on; allowed: path.space = 'descriptors'"
            )
        return self._of(self._fitted.transform(values)).clip(0, 1)

    def _of(self, points: Points) -> Points:
        return np.where(self._wide, (points - self._low) / self._extent, np.float32(0.5)).astype(np.float32)


class _Weights:
    """The scaled descriptors about their mean, each times its weight."""

    def __init__(self, corpus: Corpus, weights: Mapping[str, float]) -> None:
        self._weights = _column_weights(corpus.descriptors.names, weights)
        values = corpus.descriptors.values * self._weights
        self._mean = values.mean(axis=0)
        values -= self._mean
        extent = float((values.max(axis=0) - values.min(axis=0)).max())
        self._extent = extent if extent > 0 else 1.0
        self.points = (values / self._extent).astype(np.float32)

    def place(self, values: Points) -> Points:
        return ((values * self._weights - self._mean) / self._extent).astype(np.float32)


def _column_weights(names: tuple[str, ...], weights: Mapping[str, float]) -> NDArray[np.float32]:
    found = np.ones(len(names), np.float32)
    families = [name.rstrip("0123456789").rstrip("_") for name in names]
    for key, weight in weights.items():
        if not np.isfinite(weight) or weight < 0:
            raise ParameterError(f"path.weights.{key} = {weight}; allowed: 0 and above")
        matching = [key in (name, family) for name, family in zip(names, families, strict=True)]
        if not any(matching):
            known = list(dict.fromkeys(families))
            raise ParameterError(
                f"path.weights names {key!r}{near(key, [*known, *names])}; allowed: {listed(known)},"
                f" or a column as {names[-1]}"
            )
        found[np.array(matching)] = weight
    if not found.any():
        raise ParameterError("path.weights are all 0; allowed: at least one above")
    return found


def _leading_axes(points: Points) -> Points:
    """The directions in which points vary most (n_axes, 8)."""
    covariance = np.cov(points[:: max(1, len(points) // 100_000)].T.astype(np.float64))
    _, vectors = np.linalg.eigh(covariance)
    return vectors[:, ::-1][:, :_MOST_AXES].astype(np.float32)
