"""A target sound rebuilt from the grains of a corpus: the path's stage chooses, and its voices become events."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.corpus import Step, cut, describe, quiet
from granulate.errors import ParameterError
from granulate.kernels.matching import Candidates, Features, Frames, Target, Voices, measure
from granulate.parameters import listed
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.sound_file.matching import match, resampled
from granulate.stages import mosaics  # noqa: F401 - it fills its section
from granulate.stages.scalers import SCALING, Table
from granulate.types import Corpus, Events, Framing, Sound

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_MOST_COPIES = 97
_MOST_SEMITONES = 48


@dataclass(frozen=True, slots=True, eq=False)
class Offer:
    """What a corpus offers to any target: its grains and their transposed copies, measured.

    `frames` and `features` of n candidates; `sounds` (n,) which sound of the corpus each is of, `rates`
    (n,) how fast it is read, `onsets` (n,) its first sample at that rate; `follows` (n,) as in `Candidates`.
    `transpose` are the semitones that it was made for.
    """

    frames: Frames
    features: Features
    sounds: NDArray[np.int32]
    rates: NDArray[np.float64]
    onsets: Longs
    follows: Longs
    transpose: tuple[float, ...]


def offer(corpus: Corpus, preset: Preset, *, step: Step = quiet) -> Offer:
    """The candidates of a corpus for a preset's mosaic: made once, it serves any number of targets.

    Raises ParameterError where the preset's path does not follow a target.
    """
    transpose = transpositions(preset)
    step("offer", 0, 0)
    copies = [(i, 2 ** (s / 12)) for s in transpose for i in range(len(corpus.sounds))]
    channel = preset.framing.parameters["channel"]
    pieces = [_read_at(corpus.sounds[i], channel, rate) for i, rate in copies]
    samples, sizes = _pooled(pieces, sum(int(corpus.sounds[i].n_samples / r) + 64 for i, r in copies))
    frames, of = _frames(samples, sizes, corpus.framing, corpus.sample_rate)
    edges = np.concatenate([[0], np.cumsum(sizes)])
    follows = np.arange(1, len(frames) + 1)
    follows[np.flatnonzero(np.diff(of, append=-1))] = -1
    features = measure(frames)
    storage.release(samples)
    sounds = np.array([i for i, _ in copies], np.int32)[of]
    rates = np.array([rate for _, rate in copies])[of]
    return Offer(frames, features, sounds, rates, frames.starts - edges[of], follows, transpose)


def mosaic(
    corpus: Corpus, target: Sound, preset: Preset, *, offered: Offer | None = None, step: Step = quiet
) -> tuple[Events, int]:
    """The events that rebuild the target from the corpus, and how many samples they last at its rate.

    The target is brought to the corpus's sample rate and heard as the mean of its channels. Gains are
    those of windowed grains a hop apart that are simply added up. `offered` is what `offer` makes of
    the same corpus and preset, where it is at hand.

    Raises ParameterError where the preset's path does not follow a target, or `offered` is not of it.
    """
    transpose = transpositions(preset)
    offered = offer(corpus, preset, step=step) if offered is None else offered
    if offered.transpose != transpose or offered.frames.framing != corpus.framing:
        raise ParameterError(
            f"an offer for transpose {list(offered.transpose)} and {offered.frames.framing};"
            f" allowed: {list(transpose)} and {corpus.framing}"
        )
    heard = match(target, sample_rate=corpus.sample_rate)[0]
    samples, sizes = _pooled([_read_at(heard, 0, 1.0)], heard.n_samples)
    frames, _ = _frames(samples, sizes, corpus.framing, corpus.sample_rate)
    step("describe", 0, 0)
    features = measure(frames)
    described = _described(offered, frames, preset)
    step(f"path {preset.path.kind}", 0, 0)
    stage = PATH[preset.path.kind]
    voices: Voices = stage.function(
        Target(frames, features, described[len(offered.frames) :]),
        Candidates(offered.frames, offered.features, described[: len(offered.frames)], offered.follows),
        stage.generator(preset.seed),
        **preset.path.parameters,
    )
    return _events(voices, offered, corpus.framing), heard.n_samples


def _events(voices: Voices, offered: Offer, framing: Framing) -> Events:
    """An event for each voice that sounds, in order of time."""
    at, rank = np.nonzero((voices.chosen >= 0) & (voices.gains > 0))
    grains = voices.chosen[at, rank]
    rates = offered.rates[grains]
    # Overlapping windows add up to more than 1 where the hop is short.
    overlap = float(framing.weights().sum(dtype=np.float64)) / framing.hop
    return Events(
        time=at * framing.hop - framing.lead,
        sound=offered.sounds[grains],
        start=np.round((offered.onsets[grains] + voices.shifts[at, rank]) * rates).astype(np.int64),
        length=np.full(len(at), framing.window),
        rate=rates.astype(np.float32),
        gain=voices.gains[at, rank] / np.float32(overlap),
        pan=np.zeros(len(at), np.float32),
    )


def transpositions(preset: Preset) -> tuple[float, ...]:
    """The semitones at which the preset offers the corpus, each once."""
    if not PATH[preset.path.kind].traits.get("target"):
        able = [kind for kind, stage in PATH.stages.items() if stage.traits.get("target")]
        raise ParameterError(
            f"path.kind = {preset.path.kind!r} does not follow a target; allowed: {listed(able)}"
        )
    given = preset.path.parameters["transpose"]
    if not given or len(given) > _MOST_COPIES or max(map(abs, given)) > _MOST_SEMITONES:
        raise ParameterError(
            f"path.transpose = {given}; allowed: 1 to {_MOST_COPIES} numbers"
            f" from -{_MOST_SEMITONES} to {_MOST_SEMITONES} (semitones)"
        )
    return tuple(dict.fromkeys(float(s) for s in given))


def _described(offered: Offer, target: Frames, preset: Preset) -> Floats:
    """The preset's descriptors of all candidates, then of the target's frames, scaled as one table."""
    n = len(offered.frames) + len(target)
    if not preset.path.parameters.get("descriptors"):
        return np.zeros((n, 0), np.float32)
    sounds = [*_sounds(offered.frames), *_sounds(target)]
    framing = target.framing
    table: Table = describe(sounds, framing, cut(sounds, framing), preset.set("framing.channel=0"))
    for scaler in preset.scaling:
        table = SCALING[scaler.kind].function(table, **scaler.parameters)
    return table.values


def _sounds(frames: Frames) -> Iterator[Sound]:
    for first, last in np.unique(frames.bounds, axis=0):
        yield Sound(frames.samples[None, first:last], frames.sample_rate)


def _frames(
    samples: Floats, sizes: Sequence[int], framing: Framing, sample_rate: int
) -> tuple[Frames, NDArray[np.int32]]:
    """The frames of sounds that lie one after another, and which sound each is of (n,)."""
    edges = np.concatenate([[0], np.cumsum(sizes)])
    counts = [framing.n_grains(size) for size in sizes]
    of = np.repeat(np.arange(len(sizes)), counts)
    onsets = np.concatenate([np.arange(count) * framing.hop - framing.lead for count in counts])
    bounds = np.stack([edges[of], edges[of + 1]], axis=1)
    return Frames(samples, onsets + edges[of], bounds, framing, sample_rate), of.astype(np.int32)


def _pooled(pieces: Sequence[Iterator[Floats]], most: int) -> tuple[Floats, list[int]]:
    """Mono sounds one after another (n_samples,), and the size of each; `most` samples are enough."""
    pool = storage.allocate(most, 1)
    sizes, at = [], 0
    for sound in pieces:
        first = at
        for block in sound:
            pool[at : at + len(block)] = block
            at += len(block)
            storage.release(pool)
        sizes.append(at - first)
    return pool[:at, 0], sizes


def _read_at(sound: Sound, channel: int, rate: float) -> Iterator[Floats]:
    """Blocks (n, 1) of one channel, from 1, or of the mean of all for 0, of a sound read faster by `rate`."""
    if channel > sound.n_channels:
        raise ParameterError(
            f"framing.channel = {channel} of a sound of {sound.n_channels}; allowed: 0 to that"
        )
    mono = (
        block[:, channel - 1 : channel] if channel else block.mean(axis=1, dtype=np.float32, keepdims=True)
        for _, block in sound.blocks()
    )
    # In millihertz, so that an interval of cents is not rounded away.
    fine = 1000 * sound.sample_rate
    return resampled(map(np.ascontiguousarray, mono), round(fine * rate), fine, 1)
