"""What a map shows of a corpus: a point for each grain, or for each sound, and columns to colour it by."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.corpus import Step, analyse, quiet
from granulate.page.pack import Column, Map, PackedSound, packed_sound, titled
from granulate.preset import Preset
from granulate.stages.descriptors import DESCRIPTORS
from granulate.stages.reducers import REDUCTION
from granulate.stages.scalers import SCALING
from granulate.types import Corpus, Embedding, Sound

SHOWN = ("level", "centroid", "flatness", "pitch")
"""Descriptors that every map can be coloured by, whatever the preset measures."""
MOST_FOR_TSNE = 3000
"""Points above which a map is laid out by PCA where its preset says nothing: t-SNE would take minutes."""
_STEPS = 500
"""Of t-SNE's descent, half of what it takes by itself: maps hardly change after that."""
_MOST_COLUMNS = 40


def default_preset() -> Preset:
    """What a map is made by where no preset is named: timbre, 13 MFCCs, laid out by `ensured`."""
    return Preset.of({"descriptors": {"kind": "mfcc"}}, "map")


def of_corpus(
    corpus: Corpus,
    preset: Preset,
    *,
    of: str = "grains",
    title: str = "",
    columns: Sequence[Column] = (),
    sounds: Sequence[PackedSound] | None = None,
    measured: bool = True,
    step: Step = quiet,
) -> Map:
    """The map of a corpus that was analysed by a preset.

    `of` "sounds": one point for each sound, which lies by the mean and the deviation of what its grains
    measure, and plays the whole of it. `columns`: more to colour by, as labels (n_points,). `sounds`: how
    the page gets at them; None packs them all. `measured`: whether to measure again, unscaled, what
    grains can be coloured by (`SHOWN`, and the preset's own descriptors where they are few).
    """
    names = sound_names(corpus.sounds)
    shown = (*_measured(corpus, preset, step),) if measured else ()
    step("lay out", 0, 0)
    if of == "sounds":
        values, embedding = _summaries(corpus), None
        shown = tuple(_of_sounds(column, corpus) for column in shown)
        sound: NDArray[Any] = np.arange(len(corpus.sounds))
        onset: NDArray[Any] = np.zeros(len(sound))
        length: NDArray[Any] = np.array([one.n_samples for one in corpus.sounds])
        timed: tuple[Column, ...] = (Column("duration", "s", length / corpus.sample_rate),)
    else:
        values, embedding = corpus.descriptors.values, corpus.embedding
        sound, onset, length = corpus.grains.sounds, corpus.grains.onsets, corpus.grains.lengths
        timed = (Column("time", "s", (onset + length / 2) / corpus.sample_rate),)
    laid = ensured(values, embedding, preset.seed)
    if sounds is None:
        step("pack sounds", 0, 0)
        sounds = [packed_sound(one, name) for one, name in zip(corpus.sounds, names, strict=True)]
    return Map(
        title=title or titled(names),
        of=of,
        sample_rate=corpus.sample_rate,
        points=laid.points,
        sound=sound,
        onset=onset,
        length=length,
        columns=(*timed, Column("sound", "", sound, names), *shown, *columns),
        sounds=tuple(sounds),
        framing=corpus.framing,
        extra={"method": laid.method, "preset": preset.name, "seed": preset.seed},
    )


def ensured(values: NDArray[np.float32], embedding: Embedding | None, seed: int) -> Embedding:
    """An embedding of two or three dimensions: the one that is there, or one of the values (n, n_columns).

    Where a preset has none, or one of a single dimension, t-SNE lays up to `MOST_FOR_TSNE` points out,
    by their first principal components, and PCA more.
    """
    if embedding is not None and embedding.points.shape[1] > 1:
        return embedding
    pca, tsne = REDUCTION["pca"].function, REDUCTION["tsne"].function
    if len(values) > MOST_FOR_TSNE:
        found: Embedding = pca(values, seed, dimensions=2)
        return found
    from threadpoolctl import threadpool_limits

    # One thread: of so few points, on a machine that does other things too, several wait for one another.
    with threadpool_limits(1):
        found = tsne(np.ascontiguousarray(_principal(values)), seed, dimensions=2, iterations=_STEPS)
    return found


def sound_names(sounds: Sequence[Sound]) -> tuple[str, ...]:
    """A name for each sound: its file's, with the folder where several share that, or its number."""
    paths = [sound.origin.path if sound.origin else f"sound {i + 1}" for i, sound in enumerate(sounds)]
    bases = [os.path.basename(path) for path in paths]
    if len(set(bases)) < len(bases):
        folder = os.path.commonpath([os.path.dirname(os.path.abspath(path)) for path in paths])
        bases = [os.path.relpath(os.path.abspath(path), folder) for path in paths]
    return tuple(bases)


def _principal(values: NDArray[np.float32], most: int = 50) -> NDArray[np.float32]:
    """The first principal components (n, most): neighbours among them are found in a fraction of the time."""
    if values.shape[1] <= most or len(values) < 2:
        return values
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        centred = (values - values.mean(axis=0)).astype(np.float64)
        _, vectors = np.linalg.eigh(centred.T @ centred)
        found = vectors[:, ::-1][:, :most]
        found *= np.sign(found[np.abs(found).argmax(axis=0), np.arange(found.shape[1])])
        return (centred @ found).astype(np.float32)


def _measured(corpus: Corpus, preset: Preset, step: Step) -> list[Column]:
    """Unscaled descriptors of the same grains."""
    rate = corpus.sample_rate
    own = [
        choice
        for choice in preset.descriptors
        if choice.kind not in SHOWN
        and len(DESCRIPTORS[choice.kind].function(rate, corpus.framing, **choice.parameters).names)
        <= _MOST_COLUMNS
    ]
    kinds = [DESCRIPTORS.bind({"kind": kind}) for kind in SHOWN]
    plain = replace(
        preset,
        descriptors=(*kinds, *own),
        scaling=(SCALING.bind({"kind": "none"}),),
        reduction=REDUCTION.bind({"kind": "none"}),
    )
    found = analyse(corpus.sounds, plain, step=step).descriptors
    columns = []
    for values, name, unit in zip(found.values.T, found.names, found.units, strict=True):
        # A pitch of 0 says that there is none.
        shown = np.where(values > 0, values, np.nan) if name == "pitch" else values
        columns.append(Column(name, unit, shown))
    return columns


def _summaries(corpus: Corpus) -> NDArray[np.float32]:
    """Mean and deviation of each sound's grains (n_sounds, 2 * n_columns), standardised."""
    values, of = corpus.descriptors.values, corpus.grains.sounds
    parts = [values[of == number] for number in range(len(corpus.sounds))]
    found = np.array([np.concatenate([part.mean(axis=0), part.std(axis=0)]) for part in parts], np.float32)
    spread = found.std(axis=0)
    return (found - found.mean(axis=0)) / np.where(spread > 0, spread, 1)


def _of_sounds(column: Column, corpus: Corpus) -> Column:
    """A grains' column as its median over each sound, of the grains that have a value."""
    of = corpus.grains.sounds
    medians = [_median(column.values[of == number]) for number in range(len(corpus.sounds))]
    return replace(column, values=np.array(medians, np.float32))


def _median(values: NDArray[Any]) -> float:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if len(known) else float("nan")
