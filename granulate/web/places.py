"""Between the places of the map that is shown and those that a walk goes over."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.page.pack import scaled
from granulate.space import Space
from granulate.types import Corpus


class Places:
    """Both have axes from 0 to 1, but the map that is shown keeps the embedding's proportions.

    `shown`: the points of the page (n_grains, 2 or 3), where they are not the embedding's.
    """

    def __init__(self, corpus: Corpus, shown: NDArray[Any] | None = None) -> None:
        embedding = corpus.embedding
        self.corpus = corpus
        self._space = None if embedding is None else Space(corpus, "embedding")
        self._alike = embedding is not None and embedding.points.shape[1] > 1
        if embedding is not None and self._alike:
            shown = scaled(embedding.points)
        self.shown: NDArray[np.float32] = np.zeros((len(corpus), 2), np.float32) if shown is None else shown

    def walked(self, places: NDArray[Any]) -> list[list[float]]:
        """Places of the page (n, 2 or 3) as walks have them, each of as many numbers as their map has axes.

        Axes that are not given are those of the grain that is nearest by the others. Empty without a map to walk.
        """
        if self._space is None:
            return []
        places = places[:, : self.shown.shape[1]]
        n = places.shape[1]
        found = self._space.points[self._nearest(places)].astype(np.float64)
        if self._alike:
            walked, shown = self._edges
            share = (places - shown[0, :n]) / _extent(shown)[:n]
            found[:, :n] = walked[0, :n] + share * (walked[1] - walked[0])[:n]
        rows: list[list[float]] = np.clip(found, 0, 1).tolist()
        return rows

    def seen(self, position: tuple[float, ...]) -> list[float] | None:
        """Where the page shows a walk's place; None for one of another map."""
        if self._space is None or not self._alike or len(position) != self._space.n_axes:
            return None
        walked, shown = self._edges
        place = shown[0] + (np.array(position) - walked[0]) * (shown[1] - shown[0]) / _extent(walked)
        return [round(float(value), 5) for value in place]

    def _nearest(self, places: NDArray[Any]) -> NDArray[np.int64]:
        """The grain nearest to each place (n,), by the axes that it has."""
        tree = self._flat if places.shape[1] == 2 else self._whole
        found: NDArray[np.int64] = tree.query(places)[1]
        return found

    @cached_property
    def _edges(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Least and greatest place of all grains along each axis (2, n_axes): as walks have them, as the page does."""
        assert self._space is not None
        both = self._space.points, self.shown
        walked, shown = (np.array([p.min(axis=0), p.max(axis=0)], np.float64) for p in both)
        return walked, shown

    @cached_property
    def _flat(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(self.shown[:, :2])

    @cached_property
    def _whole(self) -> Any:
        from scipy.spatial import cKDTree

        return cKDTree(self.shown)


def _extent(edges: NDArray[np.float64]) -> NDArray[np.float64]:
    extent = edges[1] - edges[0]
    return np.where(extent > 0, extent, 1)
