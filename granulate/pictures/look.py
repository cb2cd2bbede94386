"""What all panels look like: colours, sizes, labels and bars."""

from __future__ import annotations

import io
from collections.abc import Sequence

import numpy as np
from matplotlib import colormaps, font_manager
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.colorbar import Colorbar
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure

WIDTH, ROW, DPI = 12.8, 3.9, 100  # inches, inches, pixels an inch
SMALL, LARGE = 9.5, 11.0  # points

LEVELS = colormaps["magma"]
# Both maps are perceptually uniform. Plasma's last colours are too pale for points on white paper.
TIMES = ListedColormap(colormaps["plasma"](np.linspace(0, 0.85, 256)), name="original time")

_LONGEST_NAME = 40


class Picture(Figure):
    """A matplotlib figure that a notebook shows without `%matplotlib`."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi="figure")
        return file.getvalue()


def new_figure(width: float, height: float) -> Figure:
    """An empty figure of a size in inches."""
    figure = Picture(figsize=(width, height), dpi=DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.03)  # type: ignore[union-attr, call-arg]
    return figure


def style(panel: Axes, title: str, x: str, y: str) -> None:
    """Give a panel its title and the labels of its axes."""
    # File names are shown as they are: a "$" in them is no formula.
    _entitle(panel, title, 6)
    panel.set_xlabel(drawable(x), fontsize=SMALL, parse_math=False, usetex=False)
    panel.set_ylabel(drawable(y), fontsize=SMALL, parse_math=False, usetex=False)
    panel.tick_params(labelsize=SMALL)


def bar(figure: Figure, mappable: ScalarMappable, panels: Sequence[Axes], label: str) -> Colorbar:
    """A colour bar beside its panels, as tall as they are."""
    specs = [spec for panel in panels if (spec := panel.get_subplotspec())]
    spans = [spec.get_topmost_subplotspec().rowspan for spec in specs]
    n_rows = max(span.stop for span in spans) - min(span.start for span in spans)
    drawn = figure.colorbar(mappable, ax=panels, pad=0.01, fraction=0.03, aspect=25 * n_rows)
    drawn.set_label(label, fontsize=SMALL)
    drawn.ax.tick_params(labelsize=SMALL)
    return drawn


def key(panel: Axes, handles: Sequence[Artist]) -> None:
    """A line under the panel's title that says what its marks are."""
    panel.legend(
        handles=handles,
        loc="lower left",
        bbox_to_anchor=(0, 1),
        ncols=len(handles),
        fontsize=SMALL,
        frameon=False,
        borderaxespad=0.1,
        borderpad=0.1,
        columnspacing=1.2,
        handletextpad=0.5,
    )
    _entitle(panel, panel.get_title(loc="left"), 22)


def short(name: str) -> str:
    """A name with its middle left out where it is long: what tells files apart stands at the ends."""
    if len(name) <= _LONGEST_NAME:
        return name
    half = _LONGEST_NAME // 2
    return f"{name[:half]}…{name[1 - half :]}"


def _entitle(panel: Axes, title: str, pad: float) -> None:
    panel.set_title(drawable(title), loc="left", fontsize=LARGE, pad=pad, parse_math=False, usetex=False)


def drawable(text: str) -> str:
    """The text with a box for every character that the font has not (matplotlib would warn of each)."""
    known = font_manager.get_font(font_manager.findfont(font_manager.FontProperties())).get_charmap()
    return "".join(c if ord(c) in known else "□" for c in text)
