"""Orders: which grain is played after which.

A stage is handed the `Corpus` and a seed, and gives the grains' numbers int64 (n_events,). No grain
gives an empty order; where grains are alike, they keep the order of the recording.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import Duration, Parameter, near
from granulate.sections import PATH
from granulate.types import Corpus
from granulate.units import parse_time

Order = NDArray[np.int64]
Place = Annotated[
    Duration | None,
    Parameter('grain to stand there: its number, or where it is in the recording ("2.5s"); unset is free'),
]
Length = Annotated[
    Duration | None,
    Parameter('length of the result: a number of grains, or a time ("30s"); unset plays every grain once'),
]


@PATH.add()
def original(corpus: Corpus, seed: int) -> Order:
    """As recorded."""
    return np.arange(len(corpus))


@PATH.add()
def reverse(corpus: Corpus, seed: int) -> Order:
    """From the last grain to the first; each grain still sounds forwards."""
    return np.arange(len(corpus))[::-1]


@PATH.add()
def shuffle(corpus: Corpus, seed: int) -> Order:
    """Any order, by the seed."""
    return np.random.default_rng(seed).permutation(len(corpus))


@PATH.add(needs_embedding=True)
def embedding(
    corpus: Corpus,
    seed: int,
    *,
    axis: Annotated[int, Parameter("the embedding's axis to go along, from 1", 1, 3)] = 1,
    descending: Annotated[bool, Parameter("from the largest value to the smallest")] = False,
) -> Order:
    """Along one axis of the embedding."""
    if corpus.embedding is None:
        raise ParameterError(
            "path.kind = 'embedding' needs an embedding; allowed: any reduction.kind but 'none'"
        )
    n_axes = corpus.embedding.points.shape[1]
    if axis > n_axes:
        raise ParameterError(
            f"path.axis = {axis} of an embedding of {n_axes} dimensions; allowed: 1 to {n_axes}"
        )
    return _sorted(corpus.embedding.points[:, axis - 1], descending)


@PATH.add()
def descriptor(
    corpus: Corpus,
    seed: int,
    *,
    column: Annotated[
        str, Parameter('the descriptor\'s column, as "mel_3" or "mfcc_1"; unset is the first')
    ] = "",
    descending: Annotated[bool, Parameter("from the largest value to the smallest")] = False,
) -> Order:
    """By what one column of the descriptors says."""
    names = corpus.descriptors.names
    if column and column not in names:
        raise ParameterError(
            f"path.column = {column!r} is not a column{near(column, names)}; allowed: {names[0]} to {names[-1]}"
        )
    return _sorted(corpus.descriptors.values[:, names.index(column) if column else 0], descending)


@PATH.add()
def tour(
    corpus: Corpus,
    seed: int,
    *,
    apart: Annotated[
        Duration, Parameter("least distance in the recording between one grain and the next")
    ] = "1 window",
    start: Place = None,
    end: Place = None,
    loop: Annotated[
        bool, Parameter("let the end lead back to the beginning, so that the result can loop")
    ] = False,
    length: Length = None,
    effort: Annotated[
        float, Parameter("random restarts for each grain; more make the path shorter", 0, 1000)
    ] = 0.25,
    seconds: Annotated[
        float, Parameter("restart for so long instead (no two machines then get one result)", 0, 86_400, "s")
    ] = 0.0,
) -> Order:
    """The shortest path through all grains: each is followed by one that is like it."""
    from granulate.kernels.tour import shortest_path

    kept = _thinned(
        corpus, _count(corpus, length), place_of(corpus, start, "start"), place_of(corpus, end, "end")
    )
    values = corpus.descriptors.values
    positions = {int(grain): at for at, grain in enumerate(kept)}
    n_wanted = _count(corpus, length)
    path = shortest_path(
        values if len(kept) == len(values) else values[kept],
        onsets=corpus.grains.onsets[kept],
        sounds=corpus.grains.sounds[kept],
        apart=samples_of(corpus, apart),
        start=_at(positions, place_of(corpus, start, "start")),
        end=_at(positions, place_of(corpus, end, "end")),
        loop=loop or n_wanted > len(corpus),
        kicks=effort,
        seconds=seconds,
        seed=seed,
    )
    return np.resize(kept[path.order], n_wanted)


def _sorted(values: NDArray[Any], descending: bool) -> Order:
    # Stable both ways: grains that are alike keep the order of the recording.
    return np.argsort(-values if descending else values, kind="stable")


def samples_of(corpus: Corpus, time: int | str) -> int:
    """A time in samples, by the corpus's rate and framing."""
    return parse_time(time).samples(corpus.sample_rate, window=corpus.framing.window, hop=corpus.framing.hop)


def _count(corpus: Corpus, length: int | str | None) -> int:
    """How many grains a length is."""
    if length is None:
        return len(corpus)
    if isinstance(length, int):
        return max(1, length)
    return max(1, round(samples_of(corpus, length) / corpus.framing.hop) + 1)


def place_of(corpus: Corpus, place: int | str | None, name: str) -> int | None:
    """The grain's number that a place says."""
    if place is None:
        return None
    if isinstance(place, int):
        if place >= len(corpus):
            raise ParameterError(f"path.{name} = {place} is not a grain; allowed: 0 to {len(corpus) - 1}")
        return place
    # Sounds of one corpus lie one after another.
    sample = samples_of(corpus, place)
    lengths = np.cumsum([sound.n_samples for sound in corpus.sounds])
    if sample >= lengths[-1]:
        raise ParameterError(
            f"path.{name} = {place!r} is past the end; allowed: up to {lengths[-1] / corpus.sample_rate:.3f}s"
        )
    sound = int(np.searchsorted(lengths, sample, side="right"))
    within = sample - (int(lengths[sound - 1]) if sound else 0)
    of_sound = np.flatnonzero(corpus.grains.sounds == sound)
    middles = corpus.grains.onsets[of_sound] + corpus.framing.lead
    return int(of_sound[np.argmin(np.abs(middles - within))])


def _thinned(corpus: Corpus, n_wanted: int, *fixed: int | None) -> Order:
    """The grains that a path of that length goes through: all, or evenly chosen and the fixed ones."""
    n = len(corpus)
    if n_wanted >= n:
        return np.arange(n)
    chosen = np.linspace(0, n - 1, n_wanted).round().astype(np.int64)
    for grain in {g for g in fixed if g is not None}:
        if grain not in chosen:
            free = [i for i, c in enumerate(chosen) if c not in fixed]
            chosen[min(free, key=lambda i: abs(int(chosen[i]) - grain))] = grain
    return np.sort(chosen)


def _at(positions: dict[int, int], grain: int | None) -> int | None:
    return None if grain is None else positions[grain]
