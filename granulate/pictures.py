"""Pictures: the spectrogram before and after, where the grains lie, and which of them sounds when.

Drawn with matplotlib's objects alone, no pyplot: nothing is global, no display is needed, and
figures can be drawn in several threads at once.
"""

from __future__ import annotations

import io
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib import colormaps, font_manager
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.cm import ScalarMappable
from matplotlib.collections import PathCollection
from matplotlib.colorbar import Colorbar
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.gridspec import GridSpec, SubplotSpec
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray

from granulate import storage
from granulate.atomic import check_output, reason, replacing
from granulate.errors import OutputError, ParameterError, printable
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.mel import MelBands, hz_to_mel, mel_bands, mel_to_hz
from granulate.kernels.threads import over_ranges
from granulate.parameters import listed
from granulate.stages.reducers import REDUCTION
from granulate.types import Corpus, Embedding, Framing, Sound

AnyPath = str | os.PathLike[str]

FORMATS = ("eps", "jpeg", "jpg", "pdf", "png", "ps", "svg", "svgz", "tif", "tiff", "webp")
"""The file name extensions that `plot` writes."""

RANGE_DB = 80
"""How far below the loudest the spectrograms reach."""

_WIDTH, _ROW, _DPI = 12.8, 3.9, 100  # inches, inches, pixels an inch
_SMALL, _LARGE = 9.5, 11.0  # points
_MOST_COLUMNS = 1000  # of a spectrogram: a panel is some 550 pixels wide
_MOST_FRAMES = 8  # looked at for each column, so that an hour costs no more than a few minutes
_MOST_BANDS = 128
_MOST_BOUNDARIES = 40
_CROWD = 2000  # dots
_LONGEST_NAME = 40
_METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}

_LEVELS = colormaps["magma"]
# Both maps are perceptually uniform. Plasma's last colours are too pale for points on white paper.
_TIMES = ListedColormap(colormaps["plasma"](np.linspace(0, 0.85, 256)), name="original time")


class Picture(Figure):
    """A matplotlib figure that a notebook shows without `%matplotlib`."""

    def _repr_png_(self) -> bytes:
        file = io.BytesIO()
        self.savefig(file, format="png", dpi="figure")
        return file.getvalue()


def plot(
    before: Sound,
    after: Sound,
    corpus: Corpus,
    path: AnyPath | None = None,
    *,
    order: ArrayLike | None = None,
    force: bool = False,
) -> Figure:
    """Draw what a path made of a sound, and write it to `path` in the format of its extension.

    Drawn are both sounds' spectrograms (mel bands, 80 dB below the loudest of both); where the
    grains lie in the embedding, coloured by their place in the recording (PCA's first two axes where
    the corpus has no embedding); and, where `order` gives the grains' numbers (n_events,) as they
    are played, one every hop, which moment of the original sounds at which moment of the result.
    When `before` is one of several sounds of the corpus, all of them are drawn, one after another:
    that is how the original time of a grain is counted.

    Raises OutputError for another extension than `FORMATS`, for what exists unless `force`, and for
    what cannot be written; ParameterError for numbers in `order` that are not grains.
    """
    if path is not None:
        check_picture(path, force=force)
    played = None if order is None else _grain_numbers(order, len(corpus))
    points = _Points.of(corpus)
    figure = _drawn(before, after, corpus, points, played)
    if path is not None:
        _write(figure, path, force)
    return figure


def plot_corpus(corpus: Corpus) -> Figure:
    """Where the grains of a corpus lie in its embedding, coloured by their place in the recording."""
    points = _Points.of(corpus)
    n = len(points.pairs)
    figure = _figure(_WIDTH if n > 1 else 7.2, 4.2 if n > 1 else 5.4)
    grid = GridSpec(1, n, figure)
    panels = [_embedding_panel(figure, grid[0, i], points, i) for i in range(n)]
    _bar(figure, panels[0].collections[0], panels, points.time_label)
    return figure


def check_picture(path: AnyPath, *, force: bool = False, inputs: Iterable[AnyPath] = ()) -> None:
    """Refuse a picture that could not, or may not, be written, before any work is done.

    Raises OutputError for an extension that is not one of `FORMATS`, and as `check_output` does.
    """
    if _extension(path) not in FORMATS:
        raise OutputError(
            f"{printable(path)}: no picture format has the extension {printable(Path(os.fsdecode(path)).suffix)!r};"
            f" allowed: {listed(f'.{name}' for name in FORMATS)}"
        )
    check_output(path, force=force, inputs=inputs)


def original_times(corpus: Corpus) -> NDArray[np.float64]:
    """When the middle of each grain was recorded, in seconds (n_grains,), sounds one after another."""
    middles = corpus.grains.onsets + corpus.framing.lead
    return (_edges(corpus.sounds)[corpus.grains.sounds] + middles) / corpus.sample_rate


# --- the panels ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """What the embedding's panels show: where each grain lies, and when it was recorded."""

    embedding: Embedding
    times: NDArray[np.float64]
    edges: NDArray[np.float64]
    """Where each sound begins and the last one ends, in seconds (n_sounds + 1,)."""
    title: str

    @classmethod
    def of(cls, corpus: Corpus) -> _Points:
        found = corpus.embedding
        if found is None:
            found = REDUCTION["pca"].function(corpus.descriptors.values, 0, dimensions=2)
        method = _METHODS.get(found.method, found.method)
        what = " of the descriptors" if corpus.embedding is None else ""
        grains = "1 grain" if len(corpus) == 1 else f"{len(corpus):,} grains"
        edges = _edges(corpus.sounds) / corpus.sample_rate
        return cls(found, original_times(corpus), edges, f"{grains} by similarity: {method}{what}")

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The axes that each panel shows; -1 is the original time."""
        return {1: [(-1, 0)], 2: [(0, 1)], 3: [(0, 1), (0, 2), (1, 2)]}[self.embedding.points.shape[1]]

    def column(self, axis: int) -> NDArray[np.floating]:
        return self.times if axis < 0 else self.embedding.points[:, axis]

    def label(self, axis: int) -> str:
        if axis < 0:
            return self.time_label
        return f"{_METHODS.get(self.embedding.method, self.embedding.method)} axis {axis + 1} (no unit)"

    @property
    def time_label(self) -> str:
        return "original time (s)" if len(self.edges) == 2 else "original time, all sounds (s)"

    @property
    def boundaries(self) -> NDArray[np.float64]:
        """Where one sound ends and the next begins; none where that would be a hatching."""
        return self.edges[1:-1] if len(self.edges) - 2 <= _MOST_BOUNDARIES else self.edges[:0]


@dataclass(frozen=True, slots=True)
class _Layout:
    """A figure and where its panels go."""

    figure: Figure
    spectrograms: Sequence[SubplotSpec]
    embedding: Sequence[SubplotSpec]
    order: SubplotSpec | None = None

    @classmethod
    def of(cls, points: _Points, with_order: bool) -> _Layout:
        """Before | after; under each the panel whose time axis it shares: the embedding | the order."""
        n = len(points.pairs)
        if with_order:
            n_rows = 3 if n == 3 else 2
            figure = _figure(_WIDTH, n_rows * _ROW)
            grid = GridSpec(n_rows, 2, figure)
            places = [grid[1, 0]] if n == 1 else [grid[1, 0], grid[2, 0], grid[2, 1]]
            return cls(figure, [grid[0, 0], grid[0, 1]], places, grid[1, 1])
        if points.embedding.points.shape[1] == 2:  # which wants a square
            figure = _figure(_WIDTH, 1.6 * _ROW)
            grid = GridSpec(2, 2, figure)
            return cls(figure, [grid[0, 0], grid[1, 0]], [grid[:, 1]])
        figure = _figure(_WIDTH, 2 * _ROW)
        grid = GridSpec(2, 2, figure)
        row = grid[1, :].subgridspec(1, n)
        return cls(figure, [grid[0, 0], grid[0, 1]], [row[0, i] for i in range(n)])


def _drawn(
    before: Sound, after: Sound, corpus: Corpus, points: _Points, played: NDArray[np.int64] | None
) -> Figure:
    layout = _Layout.of(points, played is not None)
    after_panel = _spectrogram_panels(layout, before, after, corpus, points)
    panels = [_embedding_panel(layout.figure, cell, points, i) for i, cell in enumerate(layout.embedding)]
    if played is not None and layout.order is not None:
        panels.append(_order_panel(layout.figure, layout.order, after_panel, corpus, points, played))
    _bar(layout.figure, panels[0].collections[0], panels, points.time_label)
    return layout.figure


def _spectrogram_panels(
    layout: _Layout, before: Sound, after: Sound, corpus: Corpus, points: _Points
) -> Axes:
    whole = len(corpus.sounds) > 1 and any(before is sound for sound in corpus.sounds)
    sounds = corpus.sounds if whole else (before,)
    name = _short(os.path.basename(before.name)) + f" and {len(sounds) - 1} more" * whole
    powers = [_mel_power(sounds), _mel_power((after,))]
    loudest = max(float(power.max()) for power in powers)
    top = max(before.sample_rate, after.sample_rate) / 2
    panels, images = [], []
    for cell, title, power, shown in zip(
        layout.spectrograms, (f"before: {name}", "after"), powers, (sounds, (after,)), strict=True
    ):
        panel = layout.figure.add_subplot(cell)
        images.append(_draw_spectrogram(panel, power, loudest, shown))
        _style(panel, title, "time (s)", "frequency (Hz)")
        _frequency_axis(panel, top)
        panels.append(panel)
    if whole:
        for boundary in points.boundaries:
            panels[0].axvline(boundary, color="white", linewidth=0.8, linestyle=(0, (4, 3)))
    bar = _bar(layout.figure, images[0], panels, "level (dB, loudest = 0)")
    bar.set_ticks(range(-RANGE_DB, 1, 20))
    return panels[1]


def _draw_spectrogram(
    panel: Axes, power: NDArray[np.float32], loudest: float, sounds: Sequence[Sound]
) -> AxesImage:
    floor = 10 ** (-RANGE_DB / 10)
    # Silence has no loudest part: all of it lies at the floor.
    relative = power.T / np.float32(loudest) if loudest > 0 else np.zeros_like(power.T)
    levels = np.maximum(10 * np.log10(np.maximum(relative, np.float32(floor))), np.float32(-RANGE_DB))
    rate = sounds[0].sample_rate
    # Rows are equally wide in mels, so the axis counts mels and is labelled in Hz.
    extent = (0.0, float(_edges(sounds)[-1]) / rate, 0.0, float(hz_to_mel(rate / 2)))
    return panel.imshow(
        levels, cmap=_LEVELS, vmin=-RANGE_DB, vmax=0, origin="lower", aspect="auto", extent=extent
    )


def _frequency_axis(panel: Axes, top: float) -> None:
    octaves = [0.0, *(500 * 2.0 ** np.arange(10))]
    hertz = [f for f in (octaves if top >= 1000 else MaxNLocator(5).tick_values(0, top)) if f <= top]
    panel.set_ylim(0, float(hz_to_mel(top)))
    panel.set_yticks(hz_to_mel(hertz), [f"{frequency:g}" for frequency in hertz])


def _embedding_panel(figure: Figure, cell: SubplotSpec, points: _Points, number: int) -> Axes:
    panel = figure.add_subplot(cell)
    x, y = points.pairs[number]
    dots = _scatter(panel, points.column(x), points.column(y), points.times, points)
    _style(panel, points.title if number == 0 else "", points.label(x), points.label(y))
    if x < 0:
        panel.set_xlim(0, points.edges[-1])
        dots.set_clip_on(False)  # a dot at either end is shown whole
        for boundary in points.boundaries:
            panel.axvline(boundary, color="0.6", linewidth=0.6, zorder=0)
    else:
        # A distance is as long in either direction.
        panel.set_aspect("equal", adjustable="datalim")
    return panel


def _order_panel(
    figure: Figure, cell: SubplotSpec, after: Axes, corpus: Corpus, points: _Points, played: NDArray[np.int64]
) -> Axes:
    panel = figure.add_subplot(cell, sharex=after)
    times = np.arange(len(played)) * (corpus.framing.hop / corpus.sample_rate)
    original = points.times[played]
    dots = _scatter(panel, times, original, original, points)
    dots.set_clip_on(bool(times[-1] > after.get_xlim()[1]))  # a dot at either end is shown whole
    _style(panel, "which moment of the original sounds when", "time in the result (s)", points.time_label)
    panel.set_ylim(0, points.edges[-1])
    for boundary in points.boundaries:
        panel.axhline(boundary, color="0.6", linewidth=0.6, zorder=0)
    return panel


def _scatter(
    panel: Axes, x: NDArray[np.floating], y: NDArray[np.floating], times: NDArray[np.float64], points: _Points
) -> PathCollection:
    n = len(x)
    # Many dots hide one another: drawn in the order of time, the late ones would hide the early ones.
    drawn = np.random.default_rng(0).permutation(n) if n > _CROWD else np.arange(n)
    dots = panel.scatter(
        x[drawn],
        y[drawn],
        c=times[drawn],
        cmap=_TIMES,
        vmin=0,
        vmax=points.edges[-1],
        s=float(np.clip(300 / np.sqrt(max(n, 1)), 0.3, 24)),
        marker="o" if n < 10 * _CROWD else "s",  # a dot that small looks the same, and squares are fast
        linewidths=0,
        rasterized=True,
    )
    return dots


# --- the look ------------------------------------------------------------------------------------


def _figure(width: float, height: float) -> Figure:
    figure = Picture(figsize=(width, height), dpi=_DPI, layout="constrained")
    FigureCanvasAgg(figure)
    figure.get_layout_engine().set(w_pad=0.08, h_pad=0.08, wspace=0.03, hspace=0.03)  # type: ignore[union-attr, call-arg]
    return figure


def _style(panel: Axes, title: str, x: str, y: str) -> None:
    # File names are shown as they are: a "$" in them is no formula.
    panel.set_title(_drawable(title), loc="left", fontsize=_LARGE, parse_math=False, usetex=False)
    panel.set_xlabel(_drawable(x), fontsize=_SMALL, parse_math=False, usetex=False)
    panel.set_ylabel(_drawable(y), fontsize=_SMALL, parse_math=False, usetex=False)
    panel.tick_params(labelsize=_SMALL)


def _bar(figure: Figure, mappable: ScalarMappable, panels: Sequence[Axes], label: str) -> Colorbar:
    """A colour bar beside its panels, as tall as they are."""
    specs = [spec for panel in panels if (spec := panel.get_subplotspec())]
    spans = [spec.get_topmost_subplotspec().rowspan for spec in specs]
    n_rows = max(span.stop for span in spans) - min(span.start for span in spans)
    bar = figure.colorbar(mappable, ax=panels, pad=0.01, fraction=0.03, aspect=25 * n_rows)
    bar.set_label(label, fontsize=_SMALL)
    bar.ax.tick_params(labelsize=_SMALL)
    return bar


def _short(name: str) -> str:
    """A name with its middle left out where it is long: what tells files apart stands at the ends."""
    if len(name) <= _LONGEST_NAME:
        return name
    half = _LONGEST_NAME // 2
    return f"{name[:half]}…{name[1 - half :]}"


def _drawable(text: str) -> str:
    """The text with a box for every character that the font has not (matplotlib would warn of each)."""
    known = font_manager.get_font(font_manager.findfont(font_manager.FontProperties())).get_charmap()
    return "".join(c if ord(c) in known else "□" for c in text)


# --- the numbers ---------------------------------------------------------------------------------


def _edges(sounds: Sequence[Sound]) -> NDArray[np.int64]:
    """Where each sound begins and the last one ends, in samples (n_sounds + 1,)."""
    return np.concatenate([[0], np.cumsum([sound.n_samples for sound in sounds])])


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


def _mel_power(sounds: Sequence[Sound]) -> NDArray[np.float32]:
    """Mel power (n_columns, n_bands) of sounds one after another, the mean over their channels.

    Every column is as long as the others and shows the loudest of at most `_MOST_FRAMES` frames that
    lie evenly in it, so that the work is bounded, however long the sounds are.
    """
    rate = sounds[0].sample_rate
    # A power of two near 46 ms: 2048 at 44.1 kHz.
    n_fft = max(16, 1 << round(np.log2(0.046 * rate)) if rate > 1000 else 16)
    framing = Framing(n_fft, n_fft, n_fft // 4)
    # No band narrower than a bin: it would hold none and stay black.
    top = rate / 2
    n_bands = int(np.clip(float(hz_to_mel(top)) * float(mel_to_hz(1)) * n_fft / rate - 1, 1, _MOST_BANDS))
    bands = mel_bands(rate, n_fft, n_bands, 0.0, top)
    edges = _edges(sounds)
    n_columns = int(np.clip(edges[-1] // (n_fft // 16), 1, _MOST_COLUMNS))
    n_each = int(np.clip(-(-edges[-1] // (n_columns * n_fft // 2)), 1, _MOST_FRAMES))
    middles = ((np.arange(n_columns * n_each) + 0.5) * (edges[-1] / (n_columns * n_each))).astype(np.int64)
    power = np.zeros((len(middles), n_bands), np.float32)
    bounds = np.searchsorted(middles, edges)
    for sound, begin, first, last in zip(sounds, edges[:-1], bounds[:-1], bounds[1:], strict=True):
        starts = middles[first:last] - begin - framing.lead
        _measure(sound, starts, framing, bands, power[first:last])
    # What overflowed is loud.
    power[~np.isfinite(power)] = np.finfo(np.float32).max
    return power.reshape(n_columns, n_each, n_bands).max(axis=1)


def _measure(
    sound: Sound, starts: NDArray[np.int64], framing: Framing, bands: MelBands, out: NDArray[np.float32]
) -> None:
    weights = framing.weights()
    # A sine of full scale has one height, whatever the sample rate.
    gain = np.float32(4 / float(weights.sum()) ** 2 / sound.n_channels)

    def work(first: int, last: int, at: int) -> None:
        where = starts[at + first : at + last]
        limits = np.tile(np.array([[0, sound.n_samples]], np.int64), (len(where), 1))
        power = np.empty((len(where), out.shape[1]), np.float32)
        for channel in range(sound.n_channels):
            frames = cut_frames(
                sound.frames[:, channel], where, limits, weights, framing.offset, framing.n_fft
            )
            bands.power(fft.rfft(frames), power)
            out[at + first : at + last] += power * gain

    # A stretch at a time, so that a memory-mapped sound's pages can be handed back in between.
    for begin in range(0, len(starts), 1024):
        over_ranges(lambda a, b, at=begin: work(a, b, at), min(1024, len(starts) - begin), 64)  # type: ignore[misc]
        storage.release(sound.frames)


# --- the file ------------------------------------------------------------------------------------


def _extension(path: AnyPath) -> str:
    return Path(os.fsdecode(path)).suffix.lower().removeprefix(".")


def _write(figure: Figure, path: AnyPath, force: bool) -> None:
    # In drawings only the dots are pixels; finer ones bear being enlarged with the rest.
    kind = _extension(path)
    dpi = 2 * _DPI if kind in ("eps", "pdf", "ps", "svg", "svgz") else _DPI
    with replacing(path, force=force) as temporary:
        try:
            figure.savefig(temporary, format=kind, dpi=dpi)
        except (ValueError, RuntimeError, MemoryError) as error:
            raise OutputError(f"{printable(path)}: {reason(error)}") from None
