"""Autoencoders of whole rows: an image of each, or a vector, through a bottleneck (Hinton & Salakhutdinov 2006).

Images are what MFCC over time are (the measure set `cepstrogram`: 32 x 32); any other columns are a vector.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import isqrt
from typing import Any, Literal

import numpy as np

from granulate.deep.context import ALONE, Context
from granulate.deep.model import Model, Values, learnt
from granulate.deep.runtime import torch
from granulate.deep.training import Schedule
from granulate.errors import ParameterError

Layout = Literal["auto", "image", "vector"]

MOST_ROWS = 20_000
"""Of more rows, an even sample of that many is learnt from."""
_LEAST_SIDE = 32


@dataclass(frozen=True, slots=True, eq=False)
class Autoencoder:
    """A trained autoencoder of rows."""

    model: Model

    def codes(self, values: Values) -> Values:
        """Codes float32 (n, latent) of values (n, n_columns)."""
        rows = torch().from_numpy(np.array(values, np.float32))
        return self.model.apply(lambda network, some: network.encode(some), rows)

    transform = codes

    def reconstruct(self, values: Values) -> Values:
        """Values float32 (n, n_columns) as they come out again."""
        rows = torch().from_numpy(np.array(values, np.float32))
        return self.model.apply(lambda network, some: network.reconstruct(some), rows)


def fit(
    values: Values,
    seed: int,
    schedule: Schedule,
    *,
    latent: int = 32,
    layout: Layout = "auto",
    context: Context = ALONE,
) -> Autoencoder:
    """Learn to bring rows (n, n_columns), n at least 1, through `latent` numbers, by the mean squared error.

    Columns are centred and all divided by their largest magnitude; how wide each is against the others is left
    to scalers. `layout`: `image` reads a row as the rows of a square image, `vector` as columns in any order;
    `auto` is `image` for squares of 32 x 32 and more whose side is a multiple of 16.

    Raises ParameterError for an image of columns that are no square number, MissingDependencyError without
    PyTorch.
    """
    architecture = {"kind": kind_of(values.shape[1], layout), "n_columns": values.shape[1], "latent": latent}
    rows = spread_rows(len(values), MOST_ROWS)
    model = learnt(
        architecture, values[rows], seed, schedule, {}, context, _mean_squared_error, len(rows), "autoencoder"
    )
    return Autoencoder(model)


def fit_variational(
    values: Values,
    seed: int,
    schedule: Schedule,
    *,
    latent: int = 2,
    weight: float = 1.0,
    context: Context = ALONE,
) -> Autoencoder:
    """Learn normal distributions over `latent` numbers, one for each row (n, n_columns) of codes.

    Columns are z-scored. The loss is half of the squared error plus `weight` x the Kullback-Leibler divergence
    from the standard normal distribution: at 1 the negative evidence lower bound (Kingma & Welling 2014).
    """
    architecture = {"kind": "variational", "n_columns": values.shape[1], "latent": latent}
    rows = spread_rows(len(values), MOST_ROWS)

    def loss_of(network: Any, tensor: Any) -> Any:
        return lambda some, generator: _negative_bound(network, tensor[some], weight, generator)

    parameters: Mapping[str, Any] = {"weight": weight}
    model = learnt(architecture, values[rows], seed, schedule, parameters, context, loss_of, len(rows), "vae")
    return Autoencoder(model)


def kind_of(n_columns: int, layout: Layout) -> str:
    """Which network reads so many columns: `image` or `vector`. Raises ParameterError as `fit` does."""
    side = isqrt(n_columns)
    square = side * side == n_columns
    if layout == "image" and not square:
        raise ParameterError(
            f"reduction.layout = 'image' of {n_columns} columns; allowed: a square number of them, or 'vector'"
        )
    if layout == "auto":
        return "image" if square and side >= _LEAST_SIDE and side % 16 == 0 else "vector"
    return layout


def spread_rows(n: int, most: int) -> Any:
    """The numbers of at most `most` of n rows, evenly spread (m,)."""
    return np.arange(n) if n <= most else np.linspace(0, n - 1, most).astype(np.int64)


def _mean_squared_error(network: Any, tensor: Any) -> Any:
    library = torch()

    def loss(rows: Any, generator: Any) -> Any:
        values = tensor[rows]
        return library.nn.functional.mse_loss(network.decode(network.encode(values)), network.ranged(values))

    return loss


def _negative_bound(network: Any, values: Any, weight: float, generator: Any) -> Any:
    means, logs = network.distribution(values)
    # Drawn on the CPU, whatever the device, so that chance is the seed's there too.
    noise = torch().randn(means.shape, generator=generator).to(means.device)
    found = network.decode(means + (0.5 * logs).exp() * noise)
    error = 0.5 * (found - network.ranged(values)).square().sum(dim=1)
    divergence = 0.5 * (means.square() + logs.exp() - 1 - logs).sum(dim=1)
    return (error + weight * divergence).mean()
