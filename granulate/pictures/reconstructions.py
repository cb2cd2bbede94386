"""What an autoencoder has kept: images as they went in, and as they came out again."""

from __future__ import annotations

from collections.abc import Sequence
from math import isqrt

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from granulate.errors import ParameterError
from granulate.pictures.files import AnyPath, check_picture, write
from granulate.pictures.look import LEVELS, SMALL, bar, drawable, new_figure, short

MOST = 8
"""Pairs that are drawn."""


def plot_reconstructions(
    before: ArrayLike,
    after: ArrayLike,
    path: AnyPath | None = None,
    *,
    names: Sequence[str] | None = None,
    force: bool = False,
) -> Figure:
    """Draw pairs of images: above what went in, below what came out of the bottleneck.

    `before` and `after`: (n, n_columns), or (n, height, width) with time across; of rows a square number is
    drawn as a square (as MFCC over time are, coefficients upwards), any other as one line. Of more than
    eight, eight evenly spread ones are drawn. All share one scale of colours, its ends at the first and the
    last percent of what went in. `names` stand above the pairs, (n,).

    Raises ParameterError for arrays that are not alike, OutputError as every picture does.
    """
    ins, outs = _images(before), _images(after)
    if ins.shape != outs.shape or not len(ins):
        raise ParameterError(
            f"reconstructions of shape {outs.shape} of images of shape {ins.shape}; allowed: equal shapes, at least one"
        )
    if path is not None:
        check_picture(path, force=force)
    shown = np.unique(np.linspace(0, len(ins) - 1, min(MOST, len(ins))).astype(np.int64))
    figure = new_figure(1.2 + 1.55 * max(len(shown), 2), 3.9)
    panels = figure.subplots(2, len(shown), squeeze=False)
    low, high = np.percentile(ins[shown], [1, 99])
    for column, number in enumerate(shown.tolist()):
        for panel, image in zip(panels[:, column], (ins[number], outs[number]), strict=True):
            _draw(panel, image, float(low), float(high))
        name = names[number] if names is not None else str(number)
        panels[0, column].set_title(drawable(short(name)), fontsize=SMALL, parse_math=False)
    for panel, text in zip(panels[:, 0], ("in", "out"), strict=True):
        panel.set_ylabel(text, fontsize=SMALL)
    bar(figure, panels[0, 0].images[0], list(panels.ravel()), "value (scaled)")
    if path is not None:
        write(figure, path, force)
    return figure


def _images(values: ArrayLike) -> NDArray[np.float32]:
    found = np.asarray(values, np.float32)
    if found.ndim == 3:
        return found
    if found.ndim != 2:
        raise ParameterError(f"images of shape {found.shape}; allowed: (n, n_columns) or (n, height, width)")
    side = isqrt(found.shape[1])
    if side * side == found.shape[1]:
        return found.reshape(-1, side, side)
    return found[:, None]


def _draw(panel: Axes, image: NDArray[np.float32], low: float, high: float) -> None:
    panel.imshow(
        image, origin="lower", aspect="auto", cmap=LEVELS, vmin=low, vmax=high, interpolation="nearest"
    )
    panel.set_xticks([])
    panel.set_yticks([])
