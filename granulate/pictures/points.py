"""Where the grains of a corpus lie, and when they were recorded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from numpy.typing import NDArray

from granulate.pictures.look import TIMES, style
from granulate.stages.reducers import REDUCTION, TITLES
from granulate.types import Corpus, Embedding, Sound

Floats = NDArray[np.float64]

_MOST_BOUNDARIES = 40
_CROWD = 2000  # dots
_SAME_LENGTH_S = 1e-3
"""Resampling changes a sound's duration by less."""


def edges_of(sounds: Sequence[Sound]) -> NDArray[np.int64]:
    """Where each sound begins and the last one ends, in samples (n_sounds + 1,)."""
    return np.concatenate([[0], np.cumsum([sound.n_samples for sound in sounds])])


def boundaries(edges: Floats) -> Floats:
    """Where one sound ends and the next begins; none where that would be a hatching."""
    return edges[1:-1] if len(edges) - 2 <= _MOST_BOUNDARIES else edges[:0]


def original_times(corpus: Corpus) -> Floats:
    """When the middle of each grain was recorded, in seconds (n_grains,), sounds one after another."""
    middles = corpus.grains.onsets + corpus.grains.lengths / 2
    return (edges_of(corpus.sounds)[corpus.grains.sounds] + middles) / corpus.sample_rate


def holds(corpus: Corpus, sound: Sound) -> bool:
    """Whether a sound is one of the corpus's, or the corpus's only one is that sound resampled.

    A file that was read again is no sound of a corpus of several: a mosaic's target may be any file.
    """
    first = corpus.sounds[0]
    alike = sound.name == first.name and abs(sound.duration - first.duration) < _SAME_LENGTH_S
    return any(mine is sound for mine in corpus.sounds) or (len(corpus.sounds) == 1 and alike)


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """What the embedding's panels show: where each grain lies, and when it was recorded."""

    embedding: Embedding
    times: Floats
    edges: Floats
    """Where each sound begins and the last one ends, in seconds (n_sounds + 1,)."""
    title: str
    time_label: str

    @classmethod
    def of(cls, corpus: Corpus, of_before: bool = True) -> Points:
        """Those of a corpus: PCA's first two axes of its descriptors where it has no embedding.

        `of_before`: whether it is the corpus of what is drawn as before, and not of other sounds.
        """
        found = corpus.embedding
        if found is None:
            found = REDUCTION["pca"].function(corpus.descriptors.values, 0, dimensions=2)
        method = TITLES.get(found.method, found.method)
        what = " of the descriptors" if corpus.embedding is None else ""
        grains = "1 grain" if len(corpus) == 1 else f"{len(corpus):,} grains"
        label = "original time (s)" if len(corpus.sounds) == 1 else "original time, all sounds (s)"
        label = label if of_before else "time in the corpus (s)"
        return cls(
            found,
            original_times(corpus),
            edges_of(corpus.sounds) / corpus.sample_rate,
            f"{grains} by similarity: {method}{what}",
            label,
        )

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """The axes that each panel shows; -1 is the original time."""
        return {1: [(-1, 0)], 2: [(0, 1)], 3: [(0, 1), (0, 2), (1, 2)]}[self.embedding.points.shape[1]]

    def column(self, axis: int) -> NDArray[np.floating]:
        """Where each grain lies along an axis (n_grains,)."""
        return self.times if axis < 0 else self.embedding.points[:, axis]

    def label(self, axis: int) -> str:
        """What is written along an axis."""
        if axis < 0:
            return self.time_label
        return f"{TITLES.get(self.embedding.method, self.embedding.method)} axis {axis + 1} (no unit)"


def embedding_panel(figure: Figure, cell: SubplotSpec, points: Points, number: int) -> Axes:
    """Draw one of `points.pairs`, coloured by the original time."""
    panel = figure.add_subplot(cell)
    x, y = points.pairs[number]
    dots = scatter(panel, points.column(x), points.column(y), points.times, points)
    style(panel, points.title if number == 0 else "", points.label(x), points.label(y))
    if x < 0:
        panel.set_xlim(0, points.edges[-1])
        dots.set_clip_on(False)  # a dot at either end is shown whole
        for boundary in boundaries(points.edges):
            panel.axvline(boundary, color="0.6", linewidth=0.6, zorder=0)
    else:
        # A distance is as long in either direction.
        panel.set_aspect("equal", adjustable="datalim")
    return panel


def scatter(
    panel: Axes,
    x: NDArray[np.floating],
    y: NDArray[np.floating],
    times: Floats,
    points: Points,
    levels: Floats | None = None,
) -> PathCollection:
    """Dots at x, y (n,), coloured by original times (n,); those of low `levels` (n,) are small and pale."""
    n = len(x)
    # Many dots hide one another: drawn in the order of time, the late ones would hide the early ones.
    drawn = np.random.default_rng(0).permutation(n) if n > _CROWD else np.arange(n)
    weight = None if levels is None else 0.2 + 0.8 * levels[drawn]
    # A dot as small as those of many looks the same as a square, of one size: that is fast.
    small = n >= 10 * _CROWD
    size = float(np.clip(300 / np.sqrt(max(n, 1)), 0.3, 24))
    return panel.scatter(
        x[drawn],
        y[drawn],
        c=times[drawn],
        cmap=TIMES,
        vmin=0,
        vmax=points.edges[-1],
        s=size if small or weight is None else size * weight,
        alpha=weight,  # type: ignore[arg-type]
        marker="s" if small else "o",
        linewidths=0,
        rasterized=True,
    )
