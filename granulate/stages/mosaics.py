"""Mosaics: which grains stand for each frame of a target sound, and how loud.

A stage is handed a `Target`, the `Candidates` and a random generator, and gives `Voices`. Silent
frames get none, and silent grains are never chosen.
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.matching import Candidates, Features, Target, Voices
from granulate.parameters import Duration, Parameter
from granulate.sections import PATH
from granulate.units import parse_time

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_TIMBRE_BANDS = 32
_FLOOR_DB = -60.0
_NEAREST = 48

Pitch = Annotated[float, Parameter("weight of pitch, against the other weights", 0, 100)]
Loudness = Annotated[float, Parameter("weight of loudness", 0, 100)]
Timbre = Annotated[float, Parameter("weight of timbre: the spectrum's shape without its level", 0, 100)]
Described = Annotated[float, Parameter("weight of the preset's own descriptors", 0, 100)]
Rest = Annotated[
    int,
    Parameter("frames before a grain may come again; fewer where the corpus has not enough grains", 0, 1024),
]
Transpose = Annotated[
    list[float], Parameter("semitones by which the grains are offered, as [-12.0, 0.0, 12.0]")
]
Impose = Annotated[bool, Parameter("give the grains the target's loudness, rather than leave them theirs")]
Boost = Annotated[float, Parameter("the most that a grain is amplified", 0, 120, "dB")]


@PATH.add(target=True)
def nearest(
    target: Target,
    candidates: Candidates,
    rng: np.random.Generator,
    *,
    pitch: Pitch = 0.5,
    loudness: Loudness = 0.1,
    timbre: Timbre = 1.0,
    descriptors: Described = 0.0,
    rest: Rest = 0,
    transpose: Transpose = [0.0],  # noqa: B006 - read only
    impose: Impose = True,
    boost: Boost = 30.0,
) -> Voices:
    """The grain most like each frame of the target, one after another."""
    from granulate.kernels.sequence import nearest as nearest_rows
    from granulate.kernels.sequence import rested

    frames, grains, wanted, offered = _points(target, candidates, (pitch, loudness, timbre, descriptors))
    if not len(frames) or not len(grains):
        return _none(len(target), 1)
    rest = min(rest, len(grains) - 1)
    rows, _ = nearest_rows(wanted, offered, rest + 1)
    return _single(target, candidates, frames, grains[rested(rows, rest)], impose, boost)


@PATH.add(target=True)
def sequence(
    target: Target,
    candidates: Candidates,
    rng: np.random.Generator,
    *,
    continuity: Annotated[
        float, Parameter("weight of grains that follow one another as recorded", 0, 100)
    ] = 0.3,
    nearest: Annotated[
        int | None,
        Parameter("nearest grains that each frame may choose from; unset is 48, or all there are", 1, 1024),
    ] = None,
    pitch: Pitch = 0.5,
    loudness: Loudness = 0.1,
    timbre: Timbre = 1.0,
    descriptors: Described = 0.0,
    rest: Rest = 0,
    transpose: Transpose = [0.0],  # noqa: B006 - read only
    impose: Impose = True,
    boost: Boost = 30.0,
) -> Voices:
    """The sequence of grains that is most like the target and joins best, by Viterbi's search."""
    from granulate.kernels.sequence import best_sequence
    from granulate.kernels.sequence import nearest as nearest_rows

    frames, grains, wanted, offered = _points(target, candidates, (pitch, loudness, timbre, descriptors))
    if not len(frames) or not len(grains):
        return _none(len(target), 1)
    rest = min(rest, len(grains) - 1)
    follows = _renumbered(candidates.follows, grains)
    if nearest is not None and nearest > len(grains):
        raise ParameterError(
            f"path.nearest = {nearest} of {len(grains)} grains that sound; allowed: 1 to {len(grains)}"
        )
    rows, _ = nearest_rows(wanted, offered, min(len(grains), max(nearest or _NEAREST, rest + 1)))
    rows = _with_followers(rows, follows)
    costs = np.stack(
        [np.sqrt(np.square(offered[r] - w).sum(axis=1)) for r, w in zip(rows, wanted, strict=True)]
    )
    joined = np.diff(frames, prepend=frames[0]) == 1
    path = best_sequence(rows, costs, joined.astype(np.float32), offered, follows, continuity, rest)
    return _single(target, candidates, frames, grains[path], impose, boost)


@PATH.add(target=True)
def mosaic(
    target: Target,
    candidates: Candidates,
    rng: np.random.Generator,
    *,
    voices: Annotated[int, Parameter("grains that sound at once, at most", 1, 64)] = 10,
    pitch: Pitch = 1.0,
    loudness: Loudness = 0.0,
    timbre: Timbre = 0.25,
    continuity: Annotated[
        float, Parameter("how much cheaper grains are that go on as recorded", 0, 100)
    ] = 0.05,
    rest: Rest = 0,
    align: Annotated[Duration, Parameter("how far a grain may be moved so that the waves add up")] = "2ms",
    transpose: Transpose = [0.0],  # noqa: B006 - read only
    impose: Impose = True,
    boost: Boost = 30.0,
) -> Voices:
    """Several grains at once, whose spectra add up to the target's (Driedger, Prätzlich & Müller 2015)."""
    from granulate.kernels.polyphony import Weights, polyphony
    from granulate.kernels.superposition import aligned

    weights = Weights(pitch, timbre, loudness, continuity)
    most = 10 ** (boost / 20)
    found = polyphony(target, candidates, weights, voices, rest, most, rng)
    reach = parse_time(align).samples(
        target.frames.sample_rate, window=target.frames.framing.window, hop=target.frames.framing.hop
    )
    found = aligned(found, target.frames, candidates.frames, reach, most)
    if impose:
        return found
    total = found.gains.sum(axis=1, keepdims=True)
    gains = np.divide(found.gains, total, out=np.zeros_like(found.gains), where=total > 0)
    return Voices(found.chosen, gains, found.shifts)


def _points(
    target: Target, candidates: Candidates, weights: tuple[float, float, float, float]
) -> tuple[Longs, Longs, Floats, Floats]:
    """The sounding frames and grains (numbers), and where each lies in one space, the columns weighed."""
    frames = np.flatnonzero(target.features.sounding)
    grains = np.flatnonzero(candidates.features.sounding)
    wanted = _placed(target.features, target.described, weights, frames)
    offered = _placed(candidates.features, candidates.described, weights, grains)
    return frames, grains, wanted, offered


def _placed(
    features: Features, described: Floats, weights: tuple[float, float, float, float], rows: Longs
) -> Floats:
    # Each part is scaled so that unlike sounds lie about 1 apart: squares of the parts are comparable.
    pitch, loudness, timbre, descriptors = np.sqrt(np.asarray(weights, np.float32))
    parts = [
        pitch * features.chroma[rows],
        loudness * features.levels[rows, None] / np.float32(20),
        timbre * _shape(features, rows) / np.float32(20),
    ]
    if descriptors > 0 and described.shape[1]:
        parts.append(descriptors * described[rows] / np.float32(np.sqrt(described.shape[1])))
    return np.concatenate(parts, axis=1, dtype=np.float32)


def _shape(features: Features, rows: Longs) -> Floats:
    """Decibels of some tens of bands about their mean; a distance is a root mean square over the bands."""
    bands = features.bands.shape[1]
    first = np.unique(np.linspace(0, bands, min(bands, _TIMBRE_BANDS), endpoint=False).astype(np.int64))
    wide = np.add.reduceat(features.bands[rows], first, axis=1)
    wide /= np.maximum(wide.max(axis=1, keepdims=True), np.float32(1e-30))
    decibels = 20 * np.log10(np.maximum(wide, np.float32(10 ** (_FLOOR_DB / 20))))
    decibels -= decibels.mean(axis=1, keepdims=True)
    decibels /= np.float32(np.sqrt(len(first)))
    return decibels


def _renumbered(follows: Longs, grains: Longs) -> Longs:
    """Which of the grains given follows each of them, or -1."""
    number = np.full(len(follows) + 1, -1, np.int64)
    number[grains] = np.arange(len(grains))
    return number[follows[grains]]


def _with_followers(rows: Longs, follows: Longs) -> Longs:
    """Each row and those that follow the row before; where one of these is there already, any other."""
    n = len(follows)
    wider = np.empty((len(rows), min(n, 2 * rows.shape[1])), np.int64)
    for t, row in enumerate(rows):
        more = follows[rows[t - 1]] if t else row[:0]
        more = np.unique(more[(more >= 0) & ~np.isin(more, row)])
        line = np.concatenate([row, more])
        short = wider.shape[1] - len(line)
        if short > 0:
            spare = np.setdiff1d(np.arange(min(n, len(line) + wider.shape[1])), line)[:short]
            line = np.concatenate([line, spare])
        wider[t] = line[: wider.shape[1]]
    return wider


def _single(
    target: Target, candidates: Candidates, frames: Longs, chosen: Longs, impose: bool, boost: float
) -> Voices:
    voices = _none(len(target), 1)
    voices.chosen[frames, 0] = chosen
    voices.gains[frames, 0] = 1
    if impose:
        wanted = target.features.levels[frames] - candidates.features.levels[chosen]
        voices.gains[frames, 0] = 10 ** (np.minimum(wanted, np.float32(boost)) / 20)
    return voices


def _none(n: int, p: int) -> Voices:
    shape = (n, p)
    return Voices(np.full(shape, -1, np.int64), np.zeros(shape, np.float32), np.zeros(shape, np.int64))
