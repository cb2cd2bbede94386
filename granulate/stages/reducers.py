"""Reducers: many columns to one, two or three, so that grains can be ordered or drawn.

A stage is handed the scaled values float32 (n_grains, n_columns) and a seed, and gives an
`Embedding`, or None where nothing is to be reduced. What is defined for every reducer, and done
here: no grain gives no point; grains that are all alike all lie at 0; below four grains (five for
UMAP), where neighbourhoods mean nothing, PCA answers instead.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Parameter, Section
from granulate.types import Embedding

REDUCTION = Section("reduction", "what the descriptors are reduced to", default="none")

Values = NDArray[np.float32]
_BLOCK = 8192
_NEAREST = 5
Dimensions = Annotated[int, Parameter("how many dimensions are left", 1, 3)]


@REDUCTION.add()
def none(values: Values, seed: int) -> Embedding | None:
    """No embedding: enough for a tour, which goes by the descriptors themselves."""
    return None


@REDUCTION.add()
def pca(values: Values, seed: int, *, dimensions: Dimensions = 1) -> Embedding:
    """Principal components: the straight lines along which grains differ most (Pearson 1901)."""
    if _alike(values):
        return _zeros(values, dimensions, "pca")
    return _pca(values, dimensions)


@REDUCTION.add()
def tsne(
    values: Values,
    seed: int,
    *,
    dimensions: Dimensions = 1,
    perplexity: Annotated[
        float, Parameter("how many neighbours count, softly; at most a third of the grains", 1, 500)
    ] = 30.0,
    iterations: Annotated[int, Parameter("steps of gradient descent", 250, 10_000)] = 1000,
    exaggeration: Annotated[
        float, Parameter("how tight clusters are drawn in the first quarter", 1, 100)
    ] = 12.0,
    learning_rate: Annotated[
        float, Parameter("length of a step; 0 chooses by the number of grains", 0, 10_000)
    ] = 0.0,
    initial: Annotated[Literal["pca", "random"], Parameter("where the grains start from")] = "pca",
) -> Embedding:
    """t-SNE: neighbours stay neighbours, distances elsewhere mean little (van der Maaten & Hinton 2008).

    It has no way to place grains that come later: those lie among their nearest neighbours (`Neighbours`).
    """
    if _alike(values):
        return _zeros(values, dimensions, "tsne")
    if len(values) < 4:
        return _pca(values, dimensions)
    _calm_threads()
    from sklearn.manifold import TSNE

    model = TSNE(
        n_components=dimensions,
        perplexity=min(perplexity, (len(values) - 1) / 3),
        max_iter=iterations,
        early_exaggeration=exaggeration,
        learning_rate=learning_rate or "auto",
        init=initial if min(values.shape) >= dimensions else "random",
        random_state=seed,
        # The exact gradient is for more dimensions than Barnes-Hut can split; 3 is its limit.
        method="barnes_hut",
    )
    points = model.fit_transform(values)
    return Embedding(points, "tsne", Neighbours(values, points))


@REDUCTION.add()
def umap(
    values: Values,
    seed: int,
    *,
    dimensions: Dimensions = 1,
    neighbours: Annotated[
        int, Parameter("how many neighbours count; few show detail, many the whole", 2, 500)
    ] = 15,
    spread: Annotated[float, Parameter("how far apart clusters are drawn", 0.1, 10)] = 1.0,
    tightness: Annotated[
        float, Parameter("least distance between points (UMAP's min_dist), at most the spread", 0, 10)
    ] = 0.1,
    epochs: Annotated[
        int, Parameter("steps of the layout; 0 chooses by the number of grains", 0, 10_000)
    ] = 0,
) -> Embedding:
    """UMAP: neighbourhoods like t-SNE's, with more of the whole kept (McInnes, Healy & Melville 2018)."""
    if _alike(values):
        return _zeros(values, dimensions, "umap")
    if len(values) < 5:
        return _pca(values, dimensions)
    _calm_threads()
    with warnings.catch_warnings():
        # UMAP warns of what it answers itself: no TensorFlow, small eigenproblems, graphs in pieces.
        warnings.simplefilter("ignore")
        from umap import UMAP

        model = UMAP(
            n_components=dimensions,
            n_neighbors=min(neighbours, len(values) - 1),
            spread=spread,
            min_dist=min(tightness, spread),
            n_epochs=epochs or None,
            # The spectral start needs more grains than eigenvectors, with room to spare.
            init="spectral" if len(values) > dimensions + 2 else "random",
            random_state=seed,
            n_jobs=1,
        )
        points = model.fit_transform(values)
    return Embedding(np.nan_to_num(points), "umap", _Manifold(model))


@dataclass(frozen=True, slots=True, eq=False)
class Neighbours:
    """Grains that came later, where they lie among those that they are like: at the mean of the points of
    the nearest five, weighed by inverse distance between descriptors (Shepard 1968).

    `values` (n_grains, n_columns) and `points` (n_grains, n_dimensions) of the grains that are there.
    """

    values: Values
    points: Values

    def transform(self, values: Values) -> Values:
        """Points (n, n_dimensions) of other values (n, n_columns)."""
        from granulate.kernels.sequence import nearest

        rows, distances = nearest(values, self.values, min(_NEAREST, len(self.values)))
        weights = 1 / np.maximum(np.asarray(distances, np.float64), 1e-9)
        weights /= weights.sum(axis=1, keepdims=True)
        return np.einsum("ij,ijk->ik", weights, self.points[rows]).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class _Manifold:
    """What UMAP has fitted."""

    model: Any

    def transform(self, values: Values) -> Values:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return np.nan_to_num(self.model.transform(values)).astype(np.float32)


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """Straight axes: what PCA has found. scikit-learn's PCA gives the same, and takes a second to import."""

    mean: NDArray[np.float64]
    directions: NDArray[np.float64]

    def transform(self, values: Values) -> NDArray[np.float32]:
        """Points (n_grains, n_dimensions) of values (n_grains, n_columns)."""
        offset = self.mean @ self.directions
        return (values @ self.directions.astype(np.float32) - offset).astype(np.float32)


def _pca(values: Values, dimensions: int) -> Embedding:
    from threadpoolctl import threadpool_limits

    n, n_columns = values.shape
    mean = sum(values[i : i + _BLOCK].sum(axis=0, dtype=np.float64) for i in range(0, n, _BLOCK)) / n
    shift = mean.astype(np.float32)
    scatter = np.zeros((n_columns, n_columns))
    # One thread: on a busy machine BLAS's threads spin while they wait for one another.
    with threadpool_limits(1, "blas"):
        for first in range(0, n, _BLOCK):
            centred = values[first : first + _BLOCK] - shift
            scatter += centred.T @ centred
    # Ascending; the strongest are last. Directions that no grain differs along give 0.
    _, vectors = np.linalg.eigh(scatter)
    directions = np.zeros((n_columns, dimensions))
    found = vectors[:, ::-1][:, :dimensions]
    # An eigenvector's sign is chance: the largest part is made positive, so that results repeat.
    signs = np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
    directions[:, : found.shape[1]] = found * signs
    axes = Axes(mean, directions)
    return Embedding(axes.transform(values), "pca", axes)


def _alike(values: Values) -> bool:
    """Whether there is nothing to tell grains apart by."""
    return len(values) < 2 or bool((values == values[0]).all())


def _zeros(values: Values, dimensions: int, method: str) -> Embedding:
    nowhere = Axes(np.zeros(values.shape[1]), np.zeros((values.shape[1], dimensions)))
    return Embedding(nowhere.transform(values), method, nowhere)


def _calm_threads() -> None:
    """Let OpenMP's threads sleep while they wait: spinning makes t-SNE up to seven times slower."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
