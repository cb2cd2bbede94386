"""A path as it is drawn: over the embedding, and as which moment of the original sounds when."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.lines import Line2D
from matplotlib.patheffects import Normal, Stroke
from numpy.typing import ArrayLike, NDArray

from granulate.errors import ParameterError
from granulate.pictures.levels import sounding_levels
from granulate.pictures.look import TIMES, key, style
from granulate.pictures.points import Floats, Points, boundaries, scatter
from granulate.types import Corpus, Events

_MOST_STEPS = 6000
"""Of a path over the embedding: more would be a grey cloud, and slow."""
_MOST_STRETCHES = 20_000
_VISIBLE = 0.015
"""The least part of the time axis at which a stretch is longer than a dot is wide."""
_HIDDEN = 0.5
"""How much of what lies under it a path may hide."""
_WIDE, _HIGH = 515.0, 300.0
"""A panel in pixels, more or less."""
_CELLS, _PARTS = 24, 16
"""A panel is looked at in so many cells each way, and a step in so many parts."""


@dataclass(frozen=True, slots=True, eq=False)
class Route:
    """What sounds when, in the order of time; all times in seconds.

    `grains` int64 (n_events,); `begins` and `lengths` in the result; `originals`, the middle of what is
    read of the corpus, sounds one after another; `rates`; `levels`, how loud each sounds from 0 to 1, or
    None where all have one gain.
    """

    grains: NDArray[np.int64]
    begins: Floats
    lengths: Floats
    originals: Floats
    rates: Floats
    levels: Floats | None

    @classmethod
    def of(cls, corpus: Corpus, points: Points, order: ArrayLike, events: Events | None) -> Route:
        """That of grain numbers (n_events,) and their events, or one every hop. Raises ParameterError."""
        grains = _grain_numbers(order, len(corpus))
        n, rate = len(grains), corpus.sample_rate
        if events is None:
            framing = corpus.framing
            begins = (np.arange(n) * framing.hop - framing.window / 2) / rate
            lengths = np.full(n, framing.window / rate)
            return cls(grains, begins, lengths, points.times[grains], np.ones(n), None)
        _check_events(events, n, len(corpus.sounds))
        at = np.argsort(events.time, kind="stable")
        events = events.taken(at)
        # Backwards, the same stretch is read from its end.
        middles = events.start + events.length * np.abs(events.rate.astype(np.float64)) / 2
        # Grains of one gain are as loud as they were recorded, and drawn alike.
        levels = sounding_levels(corpus.sounds, events) if np.ptp(events.gain) else np.zeros(n)
        # The loudest hundredth counts as one: a single outlier would dim all others.
        most = float(np.quantile(levels, 0.99))
        return cls(
            grains[at],
            events.time / rate,
            events.length / rate,
            points.edges[events.sound] + middles / rate,
            events.rate.astype(np.float64),
            np.minimum(levels / most, 1) if most > 0 else None,
        )

    def __len__(self) -> int:
        return len(self.grains)

    @property
    def middles(self) -> Floats:
        return self.begins + self.lengths / 2

    def leading(self) -> NDArray[np.int64]:
        """The events that a line can follow: of those that begin together, the loudest."""
        levels = np.zeros(len(self)) if self.levels is None else self.levels
        at = np.lexsort((-levels, self.begins))
        return at[np.diff(self.begins[at], prepend=-np.inf) > 0]


def draw_path(panel: Axes, points: Points, number: int, route: Route) -> None:
    """Draw a line through the grains in the order played, later darker, over one of the embedding's panels.

    Of a long path, the line goes from every so many grains to the next; the first panel's key says of how many.
    """
    leading = route.leading()
    every = max(1, -(-(len(leading) - 1) // _MOST_STEPS))
    shown = route.grains[np.append(leading[:-1:every], leading[-1])]
    places = np.stack([points.column(axis)[shown] for axis in points.pairs[number]], axis=1)
    width = float(np.clip(30 / np.sqrt(len(shown)), 0.6, 1.4))
    colours = np.zeros((len(places) - 1, 4))
    colours[:, 3] = np.linspace(0.3, 1, len(colours)) * _opacities(panel, places, width)
    steps = np.stack([places[:-1], places[1:]], axis=1)
    line = LineCollection(list(steps), colors=colours, linewidths=width, rasterized=True, zorder=2)
    panel.add_collection(line, autolim=False)
    marks = [_mark(places[at], name) for at, name in ((0, "begin"), (-1, "end"))]
    for mark in marks:
        panel.add_line(mark)
    if number == 0:
        key(panel, [Line2D([], [], color="0.4", linewidth=1.0, label=_said(route, leading, every)), *marks])


def order_panel(
    figure: Figure, cell: SubplotSpec, after: Axes, points: Points, route: Route, what: str
) -> Axes:
    """Draw which moment of the original (or of what a mosaic was made of) sounds at which of the result.

    A dot is the middle of a grain. Grains that are long enough to be seen have a line from their
    beginning to their end: it falls where they are played backwards.
    """
    panel = figure.add_subplot(cell, sharex=after)
    left, right = after.get_xlim()
    times = route.middles
    dots = scatter(panel, times, route.originals, route.originals, points, route.levels)
    # A dot at either end is shown whole.
    dots.set_clip_on(bool(times.max() > right or times.min() < left))
    style(panel, f"which moment of the {what} sounds when", "time in the result (s)", points.time_label)
    panel.set_ylim(0, points.edges[-1])
    handles = []
    if len(route) <= _MOST_STRETCHES and float(np.quantile(route.lengths, 0.9)) > _VISIBLE * (right - left):
        _draw_stretches(panel, points, route)
        handles.append(Line2D([], [], color="0.4", label="from beginning to end of a grain"))
    if route.levels is not None:
        handles.append(Line2D([], [], color="0.4", marker="o", linestyle="", label="paler is quieter"))
    if handles:
        key(panel, handles)
    for boundary in boundaries(points.edges):
        panel.axhline(boundary, color="0.6", linewidth=0.6, zorder=0)
    return panel


def _draw_stretches(panel: Axes, points: Points, route: Route) -> None:
    middles = np.stack([route.middles, route.originals], axis=1)
    half = np.stack([route.lengths, route.lengths * route.rates], axis=1) / 2
    lines = LineCollection(
        list(np.stack([middles - half, middles + half], axis=1)),
        array=route.originals,
        cmap=TIMES,
        clim=(0, points.edges[-1]),
        linewidths=1.5,
        alpha=None if route.levels is None else 0.2 + 0.8 * route.levels,
        rasterized=True,
    )
    panel.add_collection(lines, autolim=False)


def _mark(place: NDArray[np.floating], label: str) -> Line2D:
    # Both are seen where a path comes back, and so is the path between.
    marker, size, face = ("o", 9, "none") if label == "begin" else ("s", 5, "black")
    return Line2D(
        place[:1],
        place[1:],
        linestyle="",
        marker=marker,
        markersize=size,
        markerfacecolor=face,
        markeredgecolor="black",
        label=label,
        zorder=3,
        path_effects=[Stroke(linewidth=3, foreground="white"), Normal()],
    )


def _opacities(panel: Axes, places: NDArray[np.floating], width: float) -> Floats:
    """How opaque each step between places (n, 2) is (n - 1,): the less, the more lines run where it does.

    What the steps around it leave to a step is balanced with what the whole path would: an outlier
    of a path that jumps everywhere is no more than a little darker than the rest.
    """
    spans = np.array([np.ptp(panel.get_xlim()), np.ptp(panel.get_ylim())])
    if panel.get_aspect() != "auto":
        spans = max(spans[0] / _WIDE, spans[1] / _HIGH) * np.array([_WIDE, _HIGH])
    pixels = (places - places.min(axis=0)) / spans * [_WIDE, _HIGH]
    steps = np.diff(pixels, axis=0)
    parts = (np.arange(_PARTS) + 0.5) / _PARTS
    passed = pixels[:-1, None] + parts[:, None] * steps[:, None]
    cells = (passed / [_WIDE, _HIGH] * _CELLS).astype(np.int64) @ [_CELLS + 1, 1]
    ink = np.repeat(np.linalg.norm(steps, axis=1) * (width / _PARTS), _PARTS)
    covered = np.bincount(cells.ravel(), ink) / (_WIDE * _HIGH / _CELLS**2)
    here = covered[cells].mean(axis=1)
    everywhere = float(covered[cells].ravel() @ ink) / max(float(ink.sum()), 1e-9)
    return np.clip(_HIDDEN / np.maximum(np.sqrt(here * everywhere), 1e-9), 0.015, 0.8)


def _said(route: Route, leading: NDArray[np.int64], every: int) -> str:
    """What the line shows of the path."""
    what = f"{len(route):,} grain{'s' * (len(route) != 1)}, later darker"
    if len(leading) < len(route):
        what = f"{len(leading):,} moments' loudest grains"
    return f"path: {f'1 in {every} of ' * (every > 1)}{what}"


def _grain_numbers(order: ArrayLike, n_grains: int) -> NDArray[np.int64]:
    numbers = np.asarray(order)
    if numbers.ndim != 1 or numbers.dtype.kind not in "iu" or not len(numbers):
        raise ParameterError(
            f"an order of shape {numbers.shape} and type {numbers.dtype}; allowed: grain numbers (n_events,)"
        )
    wrong = numbers[(numbers < 0) | (numbers >= n_grains)]
    if len(wrong):
        raise ParameterError(f"an order that plays grain {wrong[0]}; allowed: 0 to {n_grains - 1}")
    return numbers.astype(np.int64)


def _check_events(events: Events, n: int, n_sounds: int) -> None:
    if len(events) != n:
        raise ParameterError(f"{len(events)} events of an order of {n} grains; allowed: one for each")
    wrong = events.sound[(events.sound < 0) | (events.sound >= n_sounds)]
    if len(wrong):
        raise ParameterError(f"events of sound {wrong[0]}; allowed: 0 to {n_sounds - 1}")
