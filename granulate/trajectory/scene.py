"""A trajectory drawn by night: what is near is bright and thick, what is far fades, a shadow lies on the floor.

Drawn with matplotlib's objects alone, as `granulate.pictures` is. The projection is our own, so that a
film can turn it for every frame, and the tail of a moving point lies where the trajectory does.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.collections import LineCollection, PathCollection
from matplotlib.colors import ListedColormap, to_rgb
from matplotlib.patches import PathPatch
from matplotlib.path import Path
from matplotlib.text import Text
from numpy.typing import NDArray

from granulate.pictures.look import Picture, drawable, short
from granulate.trajectory.camera import Camera, Floats
from granulate.trajectory.showing import Shown

NIGHT = "#0c0e13"
INK, QUIET = "#e8eaf0", "#868d9b"
TIMES = ListedColormap(colormaps["plasma"](np.linspace(0.22, 1, 256)), name="time by night")
TAIL_S = 1.5
"""How long the tail of the moving point is."""

_HALF_HEIGHT = 0.92
_MIDDLE_UP = -0.08
_FLOOR = -0.04
_GRID = 6
_MOST_LINES = 6000
"""Of a trajectory in a film's frame: more cannot be told apart, and slow it down."""
_REFERENCE_INCHES = 7.2
_LEAST, _MOST = 0.28, 1.0
"""How much of its colour is left of what is furthest, and nearest."""
_DIM = 0.42
"""How much of that is left of all that is not the moment."""
_NEAREST = 1.25
_BACKGROUND = np.array(to_rgb(NIGHT))


class Scene:
    """A figure of a trajectory, `size` in inches, that a camera turns and a point moves through.

    `moving`: whether a point with a tail is shown; the trajectory is then dim, and so it is beneath a
    forecast. Text sizes and line widths go by the figure's height.
    """

    def __init__(
        self, shown: Shown, size: tuple[float, float] = (16.0, 9.0), *, moving: bool = False, dpi: float = 100
    ) -> None:
        self.shown, self._moving = shown, moving
        self.figure = Picture(figsize=size, dpi=dpi, facecolor=NIGHT)
        FigureCanvasAgg(self.figure)
        self.scale = size[1] / _REFERENCE_INCHES
        panel = self.figure.add_axes((0, 0, 1, 1))
        panel.set_axis_off()
        half_width = _HALF_HEIGHT * size[0] / size[1]
        panel.set_xlim(-half_width, half_width)
        panel.set_ylim(_MIDDLE_UP - _HALF_HEIGHT, _MIDDLE_UP + _HALF_HEIGHT)
        self.panel = panel
        dim = moving or shown.is_forecast
        self._whole = _Lines(
            shown.points, shown.times, ~shown.follows[:-1], 1.0 * self.scale, _DIM if dim else 1.0,
            grey=shown.is_forecast,
        )  # fmt: skip
        self._course = _Lines(shown.course, shown.clock, shown.jumps[:-1], 1.7 * self.scale, 1.0)
        self._end = float(shown.clock[-1] if dim and shown.is_forecast else shown.times[-1]) or 1.0
        self._floor = _strokes(panel, 0.12, 0.7 * self.scale)
        self._shadow = _strokes(panel, 0.15, 0.8 * self.scale)
        self._drawn, self._over = _lines(panel), _lines(panel)
        self._glow = _dots(panel.scatter([], [], linewidths=0), self.scale)
        self._title = self._text(0.02, 0.97, short(shown.title), 13, INK)
        self._clock = self._text(0.02, 0.035, "", 11, QUIET)
        self.turn(Camera())

    def turn(self, camera: Camera) -> None:
        """See it from elsewhere."""
        self.camera = camera
        self._floor.set_path(_seen(_grid(), camera))
        self._shadow.set_path(_seen(self._whole.shadow(), camera))
        self._whole.draw(self._drawn, camera, self.shown.times[-1] or 1.0)
        if self.shown.is_forecast and not self._moving:
            self._course.draw(self._over, camera, self._end)
            self._mark(self.shown.course[:1])

    def move(self, seconds: float) -> None:
        """Show the point where the course is at that time, and its tail."""
        at = self._tail(seconds)
        places, near = self.camera(self.shown.at(at))
        rows = np.maximum(np.searchsorted(self.shown.clock, at[:-1], side="right") - 1, 0)
        age = np.clip((seconds - at[1:]) / TAIL_S, 0, 1)
        light = (1 - age)[:, None]
        tinted = TIMES(at[1:] / self._end)[:, :3]
        faint = _BACKGROUND + (tinted - _BACKGROUND) * _DIM * _MOST
        bright = tinted + (1 - tinted) * 0.55 * light**2
        colours = np.ones((len(age), 4))
        # Opaque: where pieces of a translucent line overlap, it would have knots.
        colours[:, :3] = faint + (bright - faint) * light**0.7
        colours[:, 3] = ~self.shown.jumps[rows]
        self._over.set_segments(np.stack([places[:-1], places[1:]], axis=1))
        self._over.set_color(colours)
        self._over.set_linewidths(self.scale * near[1:] * (1.0 + 3.2 * (1 - age)))
        self._mark(self.shown.at(np.array([seconds])))
        self._clock.set_text(f"{int(seconds // 60)}:{seconds % 60:04.1f}")

    def pixels(self) -> NDArray[np.uint8]:
        """The figure as it is now, RGBA (height, width, 4); overwritten by the next one."""
        canvas: Any = self.figure.canvas
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())

    def _tail(self, seconds: float) -> Floats:
        """The times (k,), ascending, at which the tail is drawn: the course's own, and the moment itself."""
        clock = self.shown.clock
        inner = clock[(clock > seconds - TAIL_S) & (clock < seconds)]
        return np.concatenate([[max(seconds - TAIL_S, min(clock[0], seconds))], inner, [seconds]])

    def _mark(self, point: Floats) -> None:
        places, near = self.camera(point)
        self._glow.set_offsets(np.repeat(places, len(self._glow.get_facecolor()), axis=0))
        sizes = np.array([26.0, 13.0, 6.5]) * self.scale * near[0]
        self._glow.set_sizes(sizes**2)

    def _text(self, x: float, y: float, text: str, size: float, colour: str) -> Text:
        return self.figure.text(
            x, y, drawable(text), color=colour, fontsize=size * self.scale, va="top" if y > 0.5 else "bottom",
            parse_math=False, usetex=False,
        )  # fmt: skip


class _Lines:
    """The lines between successive points (n, 3), coloured by their times (n,), or grey."""

    def __init__(
        self, points: Floats, times: Floats, broken: NDArray[np.bool_], width: float, strength: float,
        *, grey: bool = False,
    ) -> None:  # fmt: skip
        every = max(1, -(-len(points) // _MOST_LINES))
        kept = np.unique(np.append(np.arange(0, len(points), every), len(points) - 1))
        # What is left out between two must not hide where a recording ends.
        ends = np.logical_or.reduceat(broken, kept[:-1]) if len(broken) else broken
        self._points, self._times = points[kept], times[kept]
        self._whole = np.flatnonzero(~ends)
        self._width, self._strength, self._grey = width, strength, grey

    def draw(self, into: Any, camera: Camera, end: float) -> None:
        """Draw them as a camera sees them, what is furthest first; `end` is the last colour's time."""
        places, near = camera(self._points)
        depth = (near[self._whole] + near[self._whole + 1]) / 2
        order = np.argsort(depth, kind="stable")
        rows = self._whole[order]
        part = np.clip((depth[order] - 1 / _NEAREST) / (_NEAREST - 1 / _NEAREST), 0, 1)
        strength = (_LEAST + (_MOST - _LEAST) * part) * self._strength
        colours = TIMES(self._times[rows] / end)
        if self._grey:
            colours[:, :3] = to_rgb(INK)
        colours[:, :3] = _BACKGROUND + (colours[:, :3] - _BACKGROUND) * strength[:, None]
        into.set_segments(np.stack([places[rows], places[rows + 1]], axis=1))
        into.set_color(colours)
        into.set_linewidths(self._width * (0.6 + 0.9 * part))

    def shadow(self) -> Floats:
        """Straight below, on the floor (m, 2, 3)."""
        flat = self._points.copy()
        flat[:, 2] = _FLOOR
        return np.stack([flat[self._whole], flat[self._whole + 1]], axis=1)


def _grid() -> Floats:
    """The floor's lines (m, 2, 3)."""
    at = np.linspace(0, 1, _GRID + 1)
    zero, one, low = np.zeros_like(at), np.ones_like(at), np.full_like(at, _FLOOR)
    along = np.stack([np.stack([at, zero, low], axis=1), np.stack([at, one, low], axis=1)], axis=1)
    return np.concatenate([along, along[:, :, [1, 0, 2]]])


def _seen(lines: Floats, camera: Camera) -> Path:
    """Lines (m, 2, 3) as one path."""
    places, _ = camera(lines.reshape(-1, 3))
    return Path(places, np.tile([Path.MOVETO, Path.LINETO], len(lines)))


def _strokes(panel: Axes, light: float, width: float) -> PathPatch:
    """Lines of one grey, drawn as one path: fast."""
    made = PathPatch(Path(np.zeros((0, 2))), fill=False, edgecolor=_of_light(light), linewidth=width)
    panel.add_patch(made)
    return made


def _lines(panel: Axes) -> Any:
    """Lines of many colours; a `LineCollection`, whose types know less than it takes."""
    made = LineCollection([], capstyle="round")
    panel.add_collection(made, autolim=False)
    return made


def _of_light(part: float) -> tuple[float, float, float]:
    """A grey between the background and the ink."""
    red, green, blue = _BACKGROUND + (np.array(to_rgb(INK)) - _BACKGROUND) * part
    return float(red), float(green), float(blue)


def _dots(dots: PathCollection, scale: float) -> PathCollection:
    """Three dots on one another that look like a light."""
    dots.set_facecolor([(1, 1, 1, 0.10), (1, 1, 1, 0.25), (1, 1, 1, 1)])
    dots.set_zorder(5)
    return dots
