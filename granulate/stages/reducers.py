"""Reducers: many columns to one, two or three, so that grains can be ordered or drawn.

A stage is handed the scaled values float32 (n_grains, n_columns) and a seed, and gives an
`Embedding`, or None where nothing is to be reduced. What is defined for every reducer, and done
here: no grain gives no point; grains that are all alike all lie at 0; below four grains (five for
UMAP), where neighbourhoods mean nothing, PCA answers instead.

Those with the trait `trains` are handed a `Context` too: whom to tell of progress, what keeps trained
networks, which sound each grain is of. Call them through `embed`. They need PyTorch, and only then.
"""

from __future__ import annotations

import os
import warnings
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.deep.context import ALONE, Context
from granulate.errors import ParameterError
from granulate.parameters import Duration, Parameter, Section
from granulate.types import Choice, Embedding
from granulate.units import parse_time

REDUCTION = Section("reduction", "what the descriptors are reduced to", default="none")

TITLES = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}
"""The names that people know methods by."""

Values = NDArray[np.float32]
_BLOCK = 8192
_NEAREST = 5
_SEARCHED = 65_536
"""Grains up to which UMAP is told the nearest of each: its own search compiles for over a minute in every process, and
that of fewer than 4,096 grains calls a function for every pair."""
Dimensions = Annotated[int, Parameter("how many dimensions are left", 1, 3)]
Epochs = Annotated[int, Parameter("how often training sees every grain", 1, 100_000)]
Batch = Annotated[int, Parameter("how many grains each step of training sees", 1, 65_536)]
Rate = Annotated[float, Parameter("length of a step of training (Adam)", 1e-6, 1)]
Device = Annotated[
    Literal["auto", "cpu", "cuda"], Parameter("what trains: on the cpu, runs repeat bit for bit")
]
Latent = Annotated[int, Parameter("numbers in the bottleneck; at least as many as dimensions", 1, 256)]
Then = Annotated[
    Literal["pca", "tsne", "umap"],
    Parameter("what brings a bottleneck of more numbers down to the dimensions"),
]
Layout = Annotated[
    Literal["auto", "image", "vector"], Parameter("a grain's columns as a square image, or in any order")
]


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
    k = min(neighbours, len(values) - 1)
    with warnings.catch_warnings():
        # UMAP warns of what it answers itself: no TensorFlow, small eigenproblems, graphs in pieces, no index.
        warnings.simplefilter("ignore")
        from umap import UMAP

        from granulate.kernels.kept import keep_umap

        keep_umap()
        model = UMAP(
            n_components=dimensions,
            n_neighbors=k,
            spread=spread,
            min_dist=min(tightness, spread),
            n_epochs=epochs or None,
            # The spectral start needs more grains than eigenvectors, with room to spare.
            init="spectral" if len(values) > dimensions + 2 else "random",
            random_state=seed,
            n_jobs=1,
            precomputed_knn=_nearest_rows(values, k) if len(values) <= _SEARCHED else (None, None, None),
        )
        points = np.nan_to_num(model.fit_transform(values))
    return Embedding(points, "umap", Neighbours(values, points))


@REDUCTION.add(trains=True)
def autoencoder(
    values: Values,
    seed: int,
    context: Context = ALONE,
    *,
    dimensions: Dimensions = 2,
    latent: Latent = 32,
    then: Then = "tsne",
    layout: Layout = "auto",
    epochs: Epochs = 100,
    batch: Batch = 32,
    rate: Rate = 0.001,
    device: Device = "auto",
) -> Embedding:
    """An autoencoder: what a network keeps of grains that must pass a bottleneck (Hinton & Salakhutdinov 2006).

    Squares of at least 32 x 32 columns (MFCC over time: the measures' `cepstrogram`) are images, for
    convolution; others are vectors. With `latent` = `dimensions` the codes are the map, else `then` draws it.
    """
    if (found := _too_few(values, dimensions, "autoencoder")) is not None:
        return found
    from granulate.deep.autoencoder import fit
    from granulate.deep.training import Schedule

    schedule = Schedule(epochs, batch, rate, device)
    network = fit(values, seed, schedule, latent=max(latent, dimensions), layout=layout, context=context)
    return _drawn("autoencoder", network.codes(values), (network,), then, dimensions, seed)


@REDUCTION.add(trains=True)
def vae(
    values: Values,
    seed: int,
    context: Context = ALONE,
    *,
    dimensions: Dimensions = 2,
    codes: Annotated[int, Parameter("numbers in the bottleneck of the autoencoder before it", 1, 256)] = 32,
    latent: Latent = 2,
    weight: Annotated[
        float, Parameter("how much the codes are drawn to a normal distribution", 0, 100)
    ] = 1.0,
    then: Then = "tsne",
    layout: Layout = "auto",
    epochs: Epochs = 100,
    batch: Batch = 32,
    rate: Rate = 0.001,
    device: Device = "auto",
) -> Embedding:
    """A variational autoencoder over an autoencoder's codes: a map without gaps (Kingma & Welling 2014).

    The autoencoder is that of `autoencoder` with the same parameters, and is not trained twice.
    """
    if (found := _too_few(values, dimensions, "vae")) is not None:
        return found
    from granulate.deep.autoencoder import fit, fit_variational
    from granulate.deep.training import Schedule

    schedule = Schedule(epochs, batch, rate, device)
    first = fit(values, seed, schedule, latent=codes, layout=layout, context=context)
    inner = first.codes(values)
    second = fit_variational(
        inner, seed, schedule, latent=max(latent, dimensions), weight=weight, context=context
    )
    return _drawn("vae", second.codes(inner), (first, second), then, dimensions, seed)


@REDUCTION.add(trains=True, in_time=True)
def trajectory(
    values: Values,
    seed: int,
    context: Context = ALONE,
    *,
    dimensions: Dimensions = 3,
    window: Annotated[
        Duration, Parameter("how much of the sound around each grain a point stands for")
    ] = "500ms",
    latent: Latent = 3,
    then: Then = "pca",
    alpha: Annotated[
        float,
        Parameter("how much it counts that the next step is predicted; 0: an autoencoder alone", 0, 100),
    ] = 0.001,
    history: Annotated[int, Parameter("grains that the prediction looks back on", 2, 10_000)] = 45,
    off_centre: Annotated[float, Parameter("how much points far from 0 are held back", 0, 100)] = 0.0,
    curvature: Annotated[float, Parameter("how much bends of the path are held back", 0, 100)] = 0.0,
    epochs: Epochs = 7,
    batch: Batch = 8,
    rate: Rate = 0.001,
    device: Device = "auto",
) -> Embedding:
    """The path of a piece: an autoencoder of sliding windows, conditioned on forecasting its next step.

    A window is centred on each grain; beyond the ends of a sound its first and last grain are held. Time is
    counted in grains that are a hop apart, so cut by `hop`. Made for values of 0 to 1, as the scaler `unit`
    leaves a `spectrogram`; others are brought there by their extremes.
    """
    if (found := _too_few(values, dimensions, "trajectory")) is not None:
        return found
    from granulate.deep.training import Schedule
    from granulate.deep.trajectory import Losses, fit

    samples = parse_time(window).samples(context.sample_rate, hop=context.hop)
    network = fit(
        values,
        seed,
        Schedule(epochs, batch, rate, device),
        width=max(1, round(samples / context.hop)),
        latent=max(latent, dimensions),
        losses=Losses(alpha, off_centre, curvature, history),
        context=context,
    )
    points = network.codes(values, context.sounds)
    return _drawn("trajectory", points, (network,), then, dimensions, seed)


def embed(values: Values, choice: Choice, seed: int, context: Context = ALONE) -> Embedding | None:
    """What a reducer makes of scaled values (n_grains, n_columns). Raises PresetError for an unknown kind."""
    stage = REDUCTION[choice.kind]
    extra = (context,) if stage.traits.get("trains") else ()
    found: Embedding | None = stage.function(values, seed, *extra, **choice.parameters)
    return found


def _too_few(values: Values, dimensions: int, method: str) -> Embedding | None:
    """The points of grains that nothing can be learnt of."""
    if _alike(values):
        return _zeros(values, dimensions, method)
    return _pca(values, dimensions) if len(values) < 4 else None


def _drawn(
    method: str, codes: Values, networks: tuple[Any, ...], then: str, dimensions: int, seed: int
) -> Embedding:
    """The map of a network's codes (n_grains, latent): these themselves, where they are as many as its dimensions."""
    from granulate.deep.chain import Chain

    if codes.shape[1] == dimensions:
        return Embedding(codes, method, Chain(networks))
    drawn: Embedding = REDUCTION[then].function(codes, seed, dimensions=dimensions)
    return Embedding(drawn.points, method, Chain((*networks, drawn.fitted)))


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


def _nearest_rows(values: Values, k: int) -> tuple[NDArray[np.int32], Values]:
    """The k nearest rows of each row, itself among them, and their distances, as UMAP takes them: both (n, k)."""
    from granulate.kernels.sequence import nearest

    rows, distances = nearest(values, values, k)
    return rows.astype(np.int32), distances


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


def laying() -> list[str]:
    """The kinds that give places in as many dimensions as are asked for: maps."""
    return [kind for kind, stage in REDUCTION.stages.items() if "dimensions" in stage.parameters]


def check_laying(kind: str) -> str:
    """The kind itself. Raises ParameterError where it makes no map, PresetError where there is no such kind."""
    if "dimensions" not in REDUCTION[kind].parameters:
        raise ParameterError(f"reduction.kind = {kind!r} makes no map; allowed: {', '.join(laying())}")
    return kind


def _alike(values: Values) -> bool:
    """Whether there is nothing to tell grains apart by."""
    return len(values) < 2 or bool((values == values[0]).all())


def _zeros(values: Values, dimensions: int, method: str) -> Embedding:
    nowhere = Axes(np.zeros(values.shape[1]), np.zeros((values.shape[1], dimensions)))
    return Embedding(nowhere.transform(values), method, nowhere)


def _calm_threads() -> None:
    """Let OpenMP's threads sleep while they wait: spinning makes t-SNE up to seven times slower."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
