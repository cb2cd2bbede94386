"""The sounds and pictures of the pages on embeddings and paths."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

import granulate as gr
from docs.make.drawing import ACCENTS, figure, label, points, save
from docs.make.piece import Piece, demo, excerpt, joined, write
from granulate.paths import follow
from granulate.preset import Preset

_N_ALIKE = 8
_GRAIN_S = 0.14
_FRAMING = {"window": "80ms", "hop": "20ms"}
_PATHS = {
    "tour: past every grain": {"kind": "tour"},
    "walk: to what is near": {"kind": "walk", "temperature": 0.3},
    "flow: with the recording": {"kind": "flow", "pull": 0.3},
    "gesture: along a line": {
        "kind": "gesture",
        "seconds": 4.0,
        "points": [[0.1, 0.2], [0.5, 0.9], [0.9, 0.2]],
    },
}
_SHOWN = 80
"""Steps of each path that are drawn: more would be a tangle."""


def pieces() -> dict[str, Piece]:
    """What both pages show."""
    return {
        "embedding": Piece(("embedding.png", "alike.mp3", "unlike.mp3"), _embedding),
        "paths": Piece(("paths.png",), _paths),
    }


@cache
def _corpus(reduction: str) -> gr.Corpus:
    return gr.analyse(demo(), _preset(reduction))


def _preset(reduction: str, **more: Any) -> Preset:
    described = {"framing": _FRAMING, "descriptors": {"kind": "mfcc"}}
    return Preset.of({**described, "reduction": {"kind": reduction, "dimensions": 2}, **more})


def _places(corpus: gr.Corpus) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    assert corpus.embedding is not None
    places = corpus.embedding.points
    low, high = places.min(axis=0), places.max(axis=0)
    return (places - low) / (high - low)


def _embedding(picture: Path, alike: Path, unlike: Path) -> None:
    """Two maps of the same grains; a grain with those nearest to it, and with some that lie far away."""
    made, panels = figure(columns=2, height=3.6)
    for panel, kind, title in zip(panels, ("pca", "tsne"), ("PCA", "t-SNE"), strict=True):
        corpus = _corpus(kind)
        points(panel, _places(corpus), np.arange(len(corpus), dtype=np.float64))
        label(panel, title=title)
    corpus, places = _corpus("tsne"), _places(_corpus("tsne"))
    loudest = int(np.argmax(_levels(corpus)))
    distances = np.linalg.norm(places - places[loudest], axis=1)
    order = np.argsort(distances, kind="stable")
    audible = order[_levels(corpus)[order] > -45]
    chosen = (audible[:_N_ALIKE], audible[:: -(len(audible) // _N_ALIKE)][:_N_ALIKE])
    for which, colour in zip(chosen, (ACCENTS[1], ACCENTS[2]), strict=True):
        x, y = places[which].T
        panels[1].scatter(x, y, s=42, facecolors="none", edgecolors=colour, linewidths=1.6)
    save(made, picture)
    onsets = corpus.grains.onsets / corpus.sample_rate
    for which, path in zip(chosen, (alike, unlike), strict=True):
        begins = [min(max(onsets[i], 0.0), demo().duration - _GRAIN_S) for i in which]
        write(joined([excerpt(demo(), begin, _GRAIN_S) for begin in begins], 0.12), path)


def _levels(corpus: gr.Corpus) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    measured = Preset.of({"framing": _FRAMING, "descriptors": {"kind": "level"}, "scaling": {"kind": "none"}})
    return gr.analyse(corpus.sounds, measured).descriptors.values[:, 0]


def _paths(picture: Path) -> None:
    """Some steps of four paths over one map."""
    corpus = _corpus("tsne")
    places = _places(corpus)
    made, panels = figure(2, columns=2, height=6.4)
    for panel, (title, path), colour in zip(panels, _PATHS.items(), ACCENTS, strict=False):
        points(panel, places, np.arange(len(corpus), dtype=np.float64), 5.0)
        grains = follow(corpus, _preset("tsne", path=path)).grains[:_SHOWN]
        panel.plot(*places[grains].T, color=colour, linewidth=1.6)
        x, y = places[grains[0]]
        panel.scatter(x, y, color=colour, s=40)
        label(panel, title=title)
    save(made, picture)
