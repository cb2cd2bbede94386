"""The trajectory of a piece: a window slides over its spectrogram, and an autoencoder makes a point of each.

The autoencoder is conditioned on forecasting: beside bringing its windows through the bottleneck it lets a
recurrent network say where the path goes next, and is paid for being predictable. A pure autoencoder is the
one whose weight of that, alpha, is 0: the same windows in the same batches by the same seed.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.deep.context import ALONE, Context
from granulate.deep.model import Model, Values, learnt
from granulate.deep.runtime import torch
from granulate.deep.training import Schedule

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Losses:
    """What is minimised beside the reconstruction: the weights of its terms.

    `alpha`: 1 - the cosine similarity of the true and the predicted displacement; `off_centre`: the mean square
    of the points; `curvature`: 1 - the cosine between consecutive displacements. `history`: how many windows
    the prediction looks back on.
    """

    alpha: float = 0.001
    off_centre: float = 0.0
    curvature: float = 0.0
    history: int = 45


@dataclass(frozen=True, slots=True, eq=False)
class Trajectory:
    """A trained autoencoder of windows; `width`: of how many rows each is."""

    model: Model
    width: int

    def codes(self, values: Values, sounds: NDArray[np.int32] | None = None) -> Values:
        """A point float32 (n, latent) for each row of values (n, n_columns), of `sounds` (n,), ascending; None: of one."""
        if not len(values):
            return np.zeros((0, self.model.card["architecture"]["latent"]), np.float32)
        places = windows(values, self.width, sounds)
        return self.model.apply(
            lambda network, rows: network.encode(places.view[rows]), torch().from_numpy(places.starts)
        )

    def transform(self, values: Values) -> Values:
        """The points of the rows of one other sound."""
        return self.codes(values)

    def reconstruct(self, values: Values, rows: Longs) -> Values:
        """The windows float32 (m, width, n_columns) around some rows of one sound (n, n_columns) as they come out again."""
        places = windows(values, self.width)
        found = self.model.apply(
            lambda network, some: network.reconstruct(places.view[some]),
            torch().from_numpy(places.starts[rows]),
        )
        return found.transpose(0, 2, 1)


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """`view`, a tensor (n_windows, n_columns, width) that holds no copies, and where in it that of each row is."""

    view: Any
    starts: Longs


def windows(values: Values, width: int, sounds: NDArray[np.int32] | None = None) -> Windows:
    """The window of `width` rows that is centred on each row of values (n, n_columns), and reaches into no other sound.

    Beyond the ends of a sound its first and its last row are held. Of an even width the middle is the later one
    of the two.
    """
    library = torch()
    before, after = width // 2, width - 1 - width // 2
    edges = _edges(len(values), sounds)
    padded = [
        np.pad(values[first:last], ((before, after), (0, 0)), "edge") for first, last in pairwise(edges)
    ]
    starts = np.arange(len(values)) + np.repeat(np.arange(len(padded)) * (width - 1), np.diff(edges))
    joined = library.from_numpy(np.concatenate(padded).astype(np.float32, copy=False))
    return Windows(joined.unfold(0, width, 1), starts)


def fit(
    values: Values,
    seed: int,
    schedule: Schedule,
    *,
    width: int,
    latent: int = 3,
    losses: Losses | None = None,
    context: Context = ALONE,
) -> Trajectory:
    """Learn a point for each row of a spectrogram (n, n_columns), n at least 1, from the `width` rows around it.

    Values beyond 0..1 are brought there by their extremes. The loss is the binary cross-entropy of the windows
    and what `losses` says. Every row is in one batch of an epoch; those that have `history` rows of their sound
    before and one after them are predicted too. A window is never longer than the longest sound.

    Raises MissingDependencyError without PyTorch.
    """
    losses = losses or Losses()
    width = max(1, min(width, int(np.diff(_edges(len(values), context.sounds)).max())))
    architecture = {"kind": "window", "n_columns": values.shape[1], "width": width, "latent": latent}

    def loss_of(network: Any, tensor: Any) -> Any:
        places = windows(values, width, context.sounds)
        return _Loss(
            network, tensor.device, places, _predictable(len(values), losses.history, context), losses
        )

    model = learnt(
        architecture, values, seed, schedule, asdict(losses), context, loss_of, len(values), "trajectory"
    )
    return Trajectory(model, width)


class _Loss:
    """The loss of the rows of a batch."""

    def __init__(self, network: Any, device: Any, places: Windows, predictable: Any, losses: Losses) -> None:
        library = torch()
        self.network = network
        self.view = places.view.to(device)
        self.starts = library.from_numpy(places.starts)
        self.predictable = library.from_numpy(predictable)
        self.losses = losses
        self.past = library.arange(1 - losses.history, 2)

    def __call__(self, rows: Any, generator: Any) -> Any:
        library, losses = torch(), self.losses
        moments = rows[self.predictable[rows]] if losses.alpha or losses.curvature else rows[:0]
        paths = moments[:, None] + self.past
        # Batches' histories overlap: what they share is encoded once.
        wanted, where = library.cat([rows, paths.flatten()]).unique(return_inverse=True)
        seen = self.view[self.starts[wanted]]
        points = self.network.encode(seen)
        own, where = where[: len(rows)], where[len(rows) :].view(paths.shape)
        logits, truth = self.network.logits(points[own]), self.network.ranged(seen[own])
        loss = library.nn.functional.binary_cross_entropy_with_logits(logits, truth)
        if losses.off_centre:
            loss = loss + losses.off_centre * points[own].square().mean()
        if len(moments):
            loss = loss + self._of_paths(points[where])
        return loss

    def _of_paths(self, paths: Any) -> Any:
        """Of points (n, history + 1, latent), the last of which is to be predicted."""
        library, losses = torch(), self.losses
        cosine = library.nn.functional.cosine_similarity
        moves = paths.diff(dim=1)
        loss = paths.new_zeros(())
        if losses.alpha:
            predicted = self.network.next_displacements(paths[:, :-1])
            loss = loss + losses.alpha * (1 - cosine(moves[:, -1], predicted)).mean()
        if losses.curvature:
            loss = loss + losses.curvature * (1 - cosine(moves[:, 1:], moves[:, :-1], dim=2)).mean()
        return loss


def _edges(n: int, sounds: NDArray[np.int32] | None) -> Longs:
    """Where each sound's rows begin, and the end."""
    begins = np.flatnonzero(np.diff(sounds)) + 1 if sounds is not None else np.zeros(0, np.int64)
    return np.concatenate([[0], begins, [n]]).astype(np.int64)


def _predictable(n: int, history: int, context: Context) -> NDArray[np.bool_]:
    """Which rows have so many of their sound up to them, themselves included, and one after them."""
    found = np.zeros(n, bool)
    edges = _edges(n, context.sounds)
    for first, last in pairwise(edges):
        found[first + history - 1 : max(first, last - 1)] = True
    return found
