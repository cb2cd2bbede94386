"""Whole pictures: panels and where they go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec
from numpy.typing import ArrayLike

from granulate.errors import ParameterError
from granulate.pictures.files import AnyPath, check_picture, write
from granulate.pictures.look import ROW, WIDTH, bar, new_figure
from granulate.pictures.points import Points, embedding_panel, holds
from granulate.pictures.route import Route, draw_path, order_panel
from granulate.pictures.spectrograms import spectrogram_panels
from granulate.types import Corpus, Events, Sound


def plot(
    before: Sound,
    after: Sound,
    corpus: Corpus,
    path: AnyPath | None = None,
    *,
    order: ArrayLike | None = None,
    events: Events | None = None,
    force: bool = False,
) -> Figure:
    """Draw what a path made of a sound, and write it to `path` in the format of its extension.

    Drawn are both sounds' spectrograms (mel bands, 80 dB below the loudest of both); where the
    grains lie in the embedding, coloured by their place in the recording (PCA's first two axes where
    the corpus has no embedding); and, where `order` gives the grains' numbers (n_events,) as they
    are played, the path over the embedding and which moment of the original sounds at which moment of
    the result. `events` are those of the order, row by row (`paths.follow` gives both); without them
    there is one every hop.

    When `before` is one of several sounds of the corpus, all of them are drawn, one after another:
    that is how the original time of a grain is counted. When it is none of them, it is the target
    that a mosaic rebuilds.

    Raises OutputError for another extension than `FORMATS`, for what exists unless `force`, and for
    what cannot be written; ParameterError for numbers in `order` that are not grains and for events
    that are not those of the order.
    """
    if path is not None:
        check_picture(path, force=force)
    if order is None and events is not None:
        raise ParameterError("events without an order; allowed: both, a grain for each event")
    points = Points.of(corpus, holds(corpus, before))
    route = None if order is None else Route.of(corpus, points, order, events)
    figure = _drawn(before, after, corpus, points, route)
    if path is not None:
        write(figure, path, force)
    return figure


def plot_corpus(corpus: Corpus) -> Figure:
    """Where the grains of a corpus lie in its embedding, coloured by their place in the recording."""
    points = Points.of(corpus)
    n = len(points.pairs)
    figure = new_figure(WIDTH if n > 1 else 7.2, 4.2 if n > 1 else 5.4)
    grid = GridSpec(1, n, figure)
    panels = [embedding_panel(figure, grid[0, i], points, i) for i in range(n)]
    bar(figure, panels[0].collections[0], panels, points.time_label)
    return figure


@dataclass(frozen=True, slots=True)
class _Layout:
    """A figure and where its panels go."""

    figure: Figure
    spectrograms: Sequence[SubplotSpec]
    embedding: Sequence[SubplotSpec]
    order: SubplotSpec | None = None

    @classmethod
    def of(cls, points: Points, with_order: bool) -> _Layout:
        """Before | after; under each the panel whose time axis it shares: the embedding | the order."""
        n = len(points.pairs)
        if with_order:
            n_rows = 3 if n == 3 else 2
            figure = new_figure(WIDTH, n_rows * ROW)
            grid = GridSpec(n_rows, 2, figure)
            places = [grid[1, 0]] if n == 1 else [grid[1, 0], grid[2, 0], grid[2, 1]]
            return cls(figure, [grid[0, 0], grid[0, 1]], places, grid[1, 1])
        if points.embedding.points.shape[1] == 2:  # which wants a square
            figure = new_figure(WIDTH, 1.6 * ROW)
            grid = GridSpec(2, 2, figure)
            return cls(figure, [grid[0, 0], grid[1, 0]], [grid[:, 1]])
        figure = new_figure(WIDTH, 2 * ROW)
        grid = GridSpec(2, 2, figure)
        row = grid[1, :].subgridspec(1, n)
        return cls(figure, [grid[0, 0], grid[0, 1]], [row[0, i] for i in range(n)])


def _drawn(before: Sound, after: Sound, corpus: Corpus, points: Points, route: Route | None) -> Figure:
    layout = _Layout.of(points, route is not None)
    figure = layout.figure
    after_panel = spectrogram_panels(figure, layout.spectrograms, before, after, corpus)
    panels = [embedding_panel(figure, cell, points, i) for i, cell in enumerate(layout.embedding)]
    if route is not None and layout.order is not None:
        for number, panel in enumerate(panels):
            draw_path(panel, points, number, route)
        what = "original" if holds(corpus, before) else "corpus"
        panels.append(order_panel(figure, layout.order, after_panel, points, route, what))
    bar(figure, panels[0].collections[0], panels, points.time_label)
    return figure
