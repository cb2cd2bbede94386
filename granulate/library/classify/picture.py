"""The picture of confusion: which kinds are taken for which, in training, validation and test."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from granulate.library.classify.scores import Scores

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_CELL = 0.27
_LEAST, _MOST = 3.2, 9.0
"""Inches: of a cell, and of a panel."""
_MOST_COUNTED = 30
"""Classes up to which every cell holds its number."""


def draw_confusion(scores: Mapping[str, Scores], title: str) -> Figure:
    """A panel for each of the scores: rows are the kinds that sounds are, columns what they were taken for.

    Colours are shares of the row, numbers are files.
    """
    from granulate.pictures.look import bar, new_figure

    first = next(iter(scores.values()))
    side = float(np.clip(_CELL * len(first.classes), _LEAST, _MOST))
    longest = max(len(_name(name)) for name in first.classes)
    figure = new_figure(len(scores) * (side + 0.5) + 0.09 * longest + 1.6, side + 0.09 * longest + 1.5)
    panels = figure.subplots(1, len(scores), squeeze=False)[0]
    for at, (panel, (name, found)) in enumerate(zip(panels, scores.items(), strict=True)):
        _panel(
            panel,
            found,
            f"{name}: {found.accuracy:.0%} of {_files(found.n_files)}, balanced {found.balanced:.0%}",
            at == 0,
        )
    bar(figure, panels[0].images[0], list(panels), "share of the kind's files")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, parse_math=False)
    return figure


def _panel(panel: Axes, scores: Scores, title: str, named: bool) -> None:
    from granulate.pictures.look import SMALL, style

    n = len(scores.classes)
    counts = scores.confusion
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    panel.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    style(panel, title, "taken for", "is" if named else "")
    names = [_name(name) for name in scores.classes]
    size = SMALL if n <= 24 else max(4.0, SMALL * 24 / n)
    panel.set_xticks(range(n), names, rotation=90, fontsize=size, parse_math=False)
    panel.set_yticks(range(n), names if named else [""] * n, fontsize=size, parse_math=False)
    panel.tick_params(length=0)
    if n > _MOST_COUNTED:
        return
    for row, column in zip(*np.nonzero(counts), strict=True):
        dark = shares[row, column] > 0.55
        panel.text(
            column, row, str(counts[row, column]), ha="center", va="center", fontsize=8, color="white" if dark else "black"
        )  # fmt: skip


def _name(name: str) -> str:
    from granulate.pictures.look import drawable, short

    return drawable(short(name))


def _files(n: int) -> str:
    return "1 file" if n == 1 else f"{n:,} files"
