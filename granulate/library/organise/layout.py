"""A map of many sounds: a reducer lays out a sample of them, and the rest are placed on it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.deep.context import ALONE, Context
from granulate.errors import ParameterError
from granulate.library.organise.axes import Axes
from granulate.library.organise.sampling import Sample, sample
from granulate.library.organise.scaling import blocks
from granulate.stages.reducers import REDUCTION, check_laying, embed
from granulate.types import Choice

Floats = NDArray[np.float32]

SAMPLE = 5_000
"""Sounds that are laid out; above, the rest are placed among them. t-SNE of so many takes half a minute."""
SAMPLE_OF_PCA = 20_000
_AXES = 30
"""Principal axes that t-SNE and UMAP go by, as van der Maaten & Hinton 2008."""
_NEIGHBOURS = 5


def sample_of(kind: str) -> int:
    """How many sounds a reducer lays out where nothing is said."""
    return SAMPLE_OF_PCA if kind == "pca" else SAMPLE


def lay_out(
    values: Floats,
    reduction: Choice,
    seed: int = 0,
    most: int | None = None,
    weights: Floats | None = None,
    context: Context = ALONE,
) -> Floats:
    """Points float32 (n, 2 or 3) of sounds by their summaries (n, n_columns), z-scored first.

    Columns count by the weights (n_columns,), all alike where there are none (see `axes.Axes`). Above `most`
    sounds (None: `sample_of`) an even sample of that many is laid out. PCA's axes then place the rest; t-SNE
    and UMAP give no such axes that a million sounds could be sent through, so each sound takes the mean
    of its five nearest in the sample, weighed by their inverse squared distances (Shepard 1968): it lies among
    what it resembles. Reducers that train are handed all columns, and `context`; their networks place the rest.
    The same values, choice and seed give the same points.

    Raises ParameterError for no sound and for the reducers `none` and `trajectory`.
    """
    traits = REDUCTION[reduction.kind].traits
    check_laying(reduction.kind)
    if traits.get("in_time"):
        raise ParameterError(
            f"reduction.kind = {reduction.kind!r} is of what follows in time, as grains do; allowed: any other"
        )
    if not len(values):
        raise ParameterError("a map of no sounds; allowed: at least one that the library has measured")
    # These place any sound themselves, and need no axes that others have chosen.
    places = reduction.kind == "pca" or bool(traits.get("trains"))
    axes = Axes.of(values, weights, None if places else _AXES, seed)
    chosen = sample(len(values), most or sample_of(reduction.kind), seed)
    laid = axes.apply_all(values[chosen])
    embedding = embed(laid, reduction, seed, context)
    assert embedding is not None
    if len(chosen) == len(values):
        return np.array(embedding.points)
    if places and embedding.fitted is not None:
        return np.concatenate([embedding.fitted.transform(axes.apply(b)) for _, b in blocks(values)])
    points = _placed(values, axes, laid, embedding.points, seed)
    points[chosen] = embedding.points
    return points


def _placed(values: Floats, axes: Axes, laid: Floats, points: Floats, seed: int) -> Floats:
    out = np.empty((len(values), points.shape[1]), np.float32)
    among, k = Sample(laid, seed), min(_NEIGHBOURS, len(laid))
    for first, block in blocks(values):
        rows, distances = among.nearest(axes.apply(block), k)
        # A sound that equals one in the sample lies where that lies.
        weights = 1 / np.maximum(distances, 1e-6) ** 2
        weights /= weights.sum(axis=1, keepdims=True)
        out[first : first + len(block)] = (points[rows] * weights[:, :, None]).sum(axis=1)
    return out
