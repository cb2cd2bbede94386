"""A picture of a map: a dot for each sound, coloured by the group it belongs to or by what was measured."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.library.organise.grid import Grid

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Floats = NDArray[np.float32]

_MOST_COLOURS = 16
_OTHERS = "0.75"
_NAMED = 60
"""Sounds up to which each is named."""
_CROWD = 2000


class Colouring(NamedTuple):
    """What dots are coloured by: a group's name for each, or a number for each (n,), and what that is."""

    title: str
    groups: Sequence[str] | None = None
    values: Floats | None = None


def draw_map(
    points: Floats,
    colouring: Colouring | None,
    title: str,
    *,
    grid: Grid | None = None,
    names: Sequence[str] | None = None,
) -> Figure:
    """Draw points (n, 2 or 3) and, where there is a grid, its cells beside them.

    Of three dimensions, each pair has a panel. `names` are written beside the dots while they are few.
    Groups beyond the sixteen largest share one colour.
    """
    from granulate.pictures.look import new_figure, style

    pairs = [(0, 1)] if points.shape[1] == 2 else [(0, 1), (0, 2), (1, 2)]
    n_panels = len(pairs) + (grid is not None)
    figure = new_figure(2.2 + 5.6 * n_panels, 5.6)
    panels = figure.subplots(1, n_panels, squeeze=False)[0]
    n = len(points)
    others = set() if colouring is None or colouring.groups is None else set(_palette(colouring.groups)[1])
    # Dots hide one another: in the order of the files, the last folder would hide the others.
    turn = np.random.default_rng(0).permutation(n) if n > _CROWD else np.arange(n)
    if others and colouring is not None and colouring.groups is not None:
        grey = np.array([name in others for name in colouring.groups])
        turn = np.concatenate([turn[grey[turn]], turn[~grey[turn]]])
    size = float(np.clip(900 / np.sqrt(max(n, 1)), 0.3, 40))
    for panel, (x, y) in zip(panels, pairs, strict=False):
        _dots(panel, points[:, x], points[:, y], turn, colouring, size)
        style(panel, title if (x, y) == (0, 1) else "", f"axis {x + 1} (no unit)", f"axis {y + 1} (no unit)")
        panel.set_aspect("equal", adjustable="datalim")
        if names is not None and n <= _NAMED:
            _write_names(panel, points[:, [x, y]], names)
    if grid is not None:
        _cells(panels[-1], grid, turn, colouring)
    if colouring is not None:
        _explain(figure, panels, colouring)
    return figure


def write_map(figure: Figure, path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write it in the format of the path's extension. Raises OutputError."""
    from granulate.pictures.files import write

    write(figure, Path(path), force)


def _dots(
    panel: Axes, x: Floats, y: Floats, turn: NDArray[np.int64], colouring: Colouring | None, size: float,
    marker: str = "o",
) -> None:  # fmt: skip
    colours = _colours(colouring, len(x))
    # Vector formats keep their text sharp and their dots few.
    look: dict[str, Any] = {"s": size, "marker": marker, "linewidths": 0, "rasterized": True}
    if colouring is not None and colouring.values is not None:
        low, high = np.quantile(colouring.values, [0.02, 0.98])
        panel.scatter(x[turn], y[turn], c=colours[turn], cmap=_ramp(), vmin=low, vmax=high, **look)
    else:
        panel.scatter(x[turn], y[turn], color=colours[turn], **look)


def _cells(panel: Axes, grid: Grid, turn: NDArray[np.int64], colouring: Colouring | None) -> None:
    from granulate.pictures.look import style

    rows, columns = grid.shape
    # Squares that fill their cells, on a panel of about five inches.
    size = (0.92 * 72 * 4.6 / max(rows, columns)) ** 2
    _dots(panel, grid.columns.astype(np.float32), grid.rows.astype(np.float32), turn, colouring, size, "s")
    style(panel, f"a cell each: {columns} by {rows}", "column", "row")
    panel.set_xlim(-0.7, columns - 0.3)
    panel.set_ylim(-0.7, rows - 0.3)
    panel.set_box_aspect(1)


def _explain(figure: Figure, panels: Sequence[Axes], colouring: Colouring) -> None:
    from matplotlib.lines import Line2D

    from granulate.pictures.look import SMALL, bar, drawable, short

    if colouring.groups is None:
        bar(figure, panels[0].collections[0], list(panels), drawable(colouring.title))
        return
    colours, others = _palette(colouring.groups)
    counts = Counter(colouring.groups)
    shown = [(f"{short(name)} ({counts[name]:,})", colour) for name, colour in colours.items()]
    if others:
        shown.append((f"{len(others)} more ({sum(counts[name] for name in others):,})", _OTHERS))
    handles = [
        Line2D([], [], linestyle="", marker="o", color=colour, markersize=6, label=drawable(text))
        for text, colour in shown
    ]
    legend = figure.legend(
        handles=handles, loc="outside right upper", fontsize=SMALL, frameon=False,
        title=drawable(short(colouring.title)), title_fontsize=SMALL, alignment="left",
    )  # fmt: skip
    for text in legend.get_texts():
        text.set_parse_math(False)


def _colours(colouring: Colouring | None, n: int) -> NDArray[np.object_] | Floats:
    if colouring is None:
        return np.full(n, "C0", object)
    if colouring.groups is None:
        assert colouring.values is not None
        return colouring.values
    colours, _ = _palette(colouring.groups)
    return np.array([colours.get(name, _OTHERS) for name in colouring.groups], object)


def _palette(groups: Sequence[str]) -> tuple[dict[str, str], list[str]]:
    """A colour for each of the largest groups, in the order of their names, and the groups without one."""
    from matplotlib import colormaps
    from matplotlib.colors import to_hex

    by_size = sorted(Counter(groups).items(), key=lambda item: (-item[1], item[0]))
    most = [name for name, _ in by_size[:_MOST_COLOURS]]
    # The strong half of the colours first: the pale ones only where there are more than ten groups.
    table = colormaps["tab20"]
    order = [*range(0, 20, 2), *range(1, 20, 2)]
    # Greys stand for the rest alone.
    order = [number for number in order if number not in (14, 15)]
    named = sorted(most, key=_in_order)
    return {name: to_hex(table(order[i])) for i, name in enumerate(named)}, [
        name for name, _ in by_size[_MOST_COLOURS:]
    ]


def _in_order(name: str) -> tuple[int, str]:
    return (int(name), name) if name.isdecimal() else (1 << 62, name)


def _ramp() -> Any:
    from granulate.pictures.look import TIMES

    return TIMES


def _write_names(panel: Axes, points: Floats, names: Sequence[str]) -> None:
    from granulate.pictures.look import drawable, short

    for (x, y), name in zip(points.tolist(), names, strict=True):
        panel.annotate(
            drawable(short(name)),
            (x, y),
            xytext=(3, 3),
            textcoords="offset points",
            fontsize=6,
            parse_math=False,
        )
