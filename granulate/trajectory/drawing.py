"""Pictures: a trajectory in three dimensions, and how far forecasts stray from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Normalize
from matplotlib.figure import Figure

from granulate.errors import ParameterError
from granulate.pictures.files import AnyPath, check_picture, write
from granulate.pictures.look import LARGE, new_figure, style
from granulate.trajectory.camera import Camera
from granulate.trajectory.measures import Divergence
from granulate.trajectory.scene import INK, QUIET, TIMES, Scene
from granulate.trajectory.showing import Shown


def plot_trajectory(
    shown: Shown, path: AnyPath | None = None, *, camera: Camera | None = None, force: bool = False
) -> Figure:
    """Draw a trajectory in three dimensions, coloured by time, and write it to `path` in the format of its extension.

    What is near is brighter and thicker; its shadow lies on the floor. A forecast is drawn over the
    trajectory, which is then dim, from where it begins.

    Raises OutputError as `granulate.pictures.plot` does.
    """
    if path is not None:
        check_picture(path, force=force)
    scene = Scene(shown)
    if camera is not None:
        scene.turn(camera)
    end = float(shown.clock[-1] if shown.is_forecast else shown.times[-1])
    _bar(scene.figure, end, "seconds of the forecast" if shown.is_forecast else "seconds", scene.scale)
    if path is not None:
        write(scene.figure, path, force)
    return scene.figure


def plot_divergence(
    curves: Mapping[str, Sequence[Divergence]], path: AnyPath | None = None, *, force: bool = False
) -> Figure:
    """Draw the mean distance of forecasts from the truth over their steps, with its standard error.

    `curves`: for each embedding by its name, the curves of each way to forecast in it. A panel shows
    those with the starts' own future left in, another those without. A dotted line is how far one
    strays who stays where the forecast began.

    Raises ParameterError for no curves, OutputError as `granulate.pictures.plot` does.
    """
    every = [curve for several in curves.values() for curve in several]
    if not every:
        raise ParameterError("no curves to draw; allowed: at least one")
    if path is not None:
        check_picture(path, force=force)
    ways = [way for way in (True, False) if any(curve.own_future == way for curve in every)]
    figure = new_figure(6.4 * len(ways), 4.8)
    panels = figure.subplots(1, len(ways), sharey=True, squeeze=False)[0]
    for panel, way in zip(panels, ways, strict=True):
        for number, (name, several) in enumerate(curves.items()):
            for curve in (c for c in several if c.own_future == way):
                _curve(panel, curve, f"{name}, {curve.model}", number)
        style(
            panel,
            "own future known" if way else "own future left out",
            "steps",
            "distance (widths of the axes)",
        )
        panel.set_xlim(0, len(every[0].mean) - 1)
        panel.set_ylim(bottom=0)
        panel.grid(color="0.9", linewidth=0.8)
        panel.legend(fontsize=LARGE - 2, frameon=False, loc="upper left")
    if path is not None:
        write(figure, path, force)
    return figure


_COLOURS = ("#c1272d", "#222222", "#0072b2", "#009e73")
_DASHES = {"knn": "-", "mlp": "--", "lstm": "-."}


def _curve(panel: Axes, curve: Divergence, label: str, number: int) -> None:
    steps = np.arange(len(curve.mean))
    colour = _COLOURS[number % len(_COLOURS)]
    panel.fill_between(
        steps, curve.mean - curve.error, curve.mean + curve.error, color=colour, alpha=0.15, linewidth=0
    )
    panel.plot(steps, curve.mean, _DASHES.get(curve.model, "-"), color=colour, linewidth=1.8, label=label)
    panel.plot(steps, curve.still, ":", color=colour, linewidth=1.2, alpha=0.7)


def _bar(figure: Figure, end: float, label: str, scale: float) -> None:
    axes = figure.add_axes((0.94, 0.25, 0.009, 0.5))
    drawn = figure.colorbar(ScalarMappable(Normalize(0, end or 1.0), TIMES), cax=axes)
    drawn.outline.set_visible(False)
    drawn.set_label(label, color=QUIET, fontsize=9.5 * scale)
    axes.tick_params(colors=INK, labelsize=9.5 * scale, length=0)
