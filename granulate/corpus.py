"""Analysis: sounds are cut, measured, scaled and reduced, block by block, into a `Corpus`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.cache import Cache, default_folder
from granulate.deep.context import ALONE, Context
from granulate.errors import ParameterError
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.threads import over_ranges
from granulate.preset import Preset
from granulate.stages.descriptors import DESCRIPTORS, Block, Extractor, Finish
from granulate.stages.framing import FRAMING
from granulate.stages.reducers import REDUCTION, Neighbours, embed
from granulate.stages.scalers import SCALING, Table
from granulate.stages.segmentation import SEGMENTATION
from granulate.types import (
    Choice,
    Corpus,
    Descriptors,
    Embedding,
    Framing,
    Grains,
    Sound,
    as_sounds,
    check_alike,
)

Step = Callable[[str, int, int], None]
"""Told the stage's name, how much of it is done and how much there is."""

Values = NDArray[np.float32]

HOP = Choice("hop")
_BLOCK_SAMPLES = 1 << 19
"""Samples of frames that a thread works on at once: few enough for its cache, enough to be worth a turn."""


def quiet(stage: str, done: int, total: int) -> None:
    """The step that tells nobody."""


def framing_of(preset: Preset, sample_rate: int) -> Framing:
    """The preset's framing at a sample rate in Hz."""
    framing: Framing = FRAMING["framing"].function(sample_rate, **preset.framing.parameters)
    return framing


def cut(sounds: Sequence[Sound], framing: Framing, segmentation: Choice = HOP) -> Grains:
    """Every grain of every sound, as the segmentation cuts it: by default centred on samples a hop apart."""
    function = SEGMENTATION[segmentation.kind].function
    found = [function(sound, framing, **segmentation.parameters) for sound in sounds]
    return Grains(
        np.repeat(np.arange(len(found)), [len(segments) for segments in found]),
        np.concatenate([segments.onsets for segments in found]),
        np.concatenate([segments.lengths for segments in found]),
    )


@dataclass(frozen=True, slots=True, eq=False)
class Fitted:
    """What analysis has learnt of a corpus, so that other sounds are described as its own were.

    `finishes` and `scalings` are what the descriptors and scalers give for values of other grains.
    """

    preset: Preset
    extractors: tuple[Extractor, ...]
    finishes: tuple[Finish, ...]
    scalings: tuple[Callable[[Values], Values], ...]

    def of_frames(self, frames: Values) -> Values:
        """The scaled descriptors (n, n_columns) of windowed frames (n, n_fft)."""
        block = Block(frames, fft.rfft(frames))
        parts = [np.zeros((len(frames), extractor.n_measured), np.float32) for extractor in self.extractors]
        for extractor, part in zip(self.extractors, parts, strict=True):
            extractor.measure(block, part)
        return self.scaled(self.finished(parts).values)

    def finished(self, parts: Sequence[Values]) -> Table:
        """One table of what the extractors have measured."""
        return _joined(self.extractors, [f(part) for f, part in zip(self.finishes, parts, strict=True)])

    def scaled(self, values: Values) -> Values:
        """Values (n, n_columns), which are overwritten, as the corpus's own were scaled."""
        for scale in self.scalings:
            values = scale(values)
        return values


def analyse(
    sounds: Sound | Sequence[Sound], preset: Preset, *, keep: bool = True, step: Step = quiet
) -> Corpus:
    """Cut, describe, scale and reduce sounds of one rate and channel count (`match` makes them so).

    A reducer that trains keeps its network in the cache, by what it learnt from: it is not trained twice, unless
    it is not to `keep` it.

    Raises ParameterError where the preset does not fit the sounds.
    """
    sounds = as_sounds(sounds)
    check_alike(sounds)
    framing = framing_of(preset, sounds[0].sample_rate)
    windows, grains = _cuts(sounds, framing, preset, step)
    extractors = _extractors(preset, sounds[0].sample_rate, framing)
    parts = _measured(sounds, framing, windows, extractors, _channel(preset), step)
    finishes = tuple(extractor.fit(part) for extractor, part in zip(extractors, parts, strict=True))
    finished = Fitted(preset, extractors, finishes, ())
    table = _averaged(finished.finished(parts), windows, grains, framing)
    del parts
    table, scalings = _scaled(table, preset.scaling, step)
    step(f"reduce {preset.reduction.kind}", 0, 0)
    context = _context(preset, sounds, grains, keep, step)
    embedding = embed(table.values, preset.reduction, preset.seed, context)
    described = Descriptors(table.values, table.names, table.units)
    fitted = Fitted(preset, extractors, finishes, scalings)
    return Corpus(sounds, framing, grains, described, embedding, fitted)


def extend(corpus: Corpus, sounds: Sequence[Sound], *, without: Collection[Sound] = ()) -> Corpus:
    """The corpus with other sounds after its own, and `without` some of these.

    The grains that stay keep their values and points, to the bit. The new ones are described, scaled and
    placed by what was fitted to the first: on PCA's axes, by UMAP's transform, and for a reducer that has
    none, as t-SNE, among their nearest neighbours (`granulate.stages.reducers.Neighbours`).

    Raises ParameterError for sounds of another rate or channel count, and a corpus that was kept on disk.
    """
    fitted, framing = corpus.fitted, corpus.framing
    if fitted is None:
        raise ParameterError("a corpus that was kept on disk cannot be extended; allowed: one analysed now")
    gone = {id(sound) for sound in without}
    stays = np.array([id(sound) not in gone for sound in corpus.sounds])
    left = [sound for sound in corpus.sounds if id(sound) not in gone]
    check_alike([*left, *sounds])
    kept = stays[corpus.grains.sounds]
    numbers = np.cumsum(stays) - 1
    parts = [
        Grains(numbers[corpus.grains.sounds[kept]], corpus.grains.onsets[kept], corpus.grains.lengths[kept])
    ]
    values, points = [corpus.descriptors.values[kept]], []
    embedding = corpus.embedding
    if embedding is not None:
        points.append(embedding.points[kept])
    if sounds:
        grains, found = _described_alike(fitted, framing, sounds)
        parts.append(Grains(grains.sounds + len(left), grains.onsets, grains.lengths))
        values.append(found)
        if embedding is not None:
            reducer = embedding.fitted or Neighbours(corpus.descriptors.values, embedding.points)
            # Sound by sound: windows over grains reach into no other.
            points += [reducer.transform(found[grains.sounds == i]) for i in range(len(sounds))]
    if embedding is not None:
        box = embedding.box or (embedding.points.min(axis=0), embedding.points.max(axis=0))
        embedding = Embedding(np.concatenate(points), embedding.method, embedding.fitted, box)
    names, units = corpus.descriptors.names, corpus.descriptors.units
    columns = ([getattr(part, name) for part in parts] for name in ("sounds", "onsets", "lengths"))
    return Corpus(
        (*left, *sounds), framing, Grains(*map(np.concatenate, columns)),
        Descriptors(np.concatenate(values), names, units), embedding, fitted,
    )  # fmt: skip


def _described_alike(fitted: Fitted, framing: Framing, sounds: Sequence[Sound]) -> tuple[Grains, Values]:
    """Grains of other sounds, and their scaled descriptors."""
    # Labels in a file are of the sounds that were there.
    preset = fitted.preset if not fitted.preset.segmentation.parameters.get("file") else None
    windows, grains = _cuts(sounds, framing, preset, quiet)
    parts = _measured(sounds, framing, windows, fitted.extractors, _channel(fitted.preset), quiet)
    table = _averaged(fitted.finished(parts), windows, grains, framing)
    return grains, fitted.scaled(table.values)


def describe(
    sounds: Sequence[Sound], framing: Framing, windows: Grains, preset: Preset, *, step: Step = quiet
) -> Table:
    """What the preset's descriptors say of every window, before scaling. Memory grows with the table alone."""
    extractors = _extractors(preset, sounds[0].sample_rate, framing)
    parts = _measured(sounds, framing, windows, extractors, _channel(preset), step)
    finished = [extractor.fit(part)(part) for extractor, part in zip(extractors, parts, strict=True)]
    return _joined(extractors, finished)


def mixed(frames: NDArray[np.float32], channel: int) -> NDArray[np.float32]:
    """What is analysed (n,) of frames (n, n_channels): a channel, from 1, or the mean of all for 0."""
    if frames.shape[1] == 1:
        return frames[:, 0]
    if channel:
        return np.ascontiguousarray(frames[:, channel - 1])
    return frames.mean(axis=1, dtype=np.float32)


def _cuts(
    sounds: Sequence[Sound], framing: Framing, preset: Preset | None, step: Step
) -> tuple[Grains, Grains]:
    """The windows that are measured, and the grains; by default they are the same."""
    windows = cut(sounds, framing)
    if preset is None or preset.segmentation == HOP:
        return windows, windows
    step(f"cut {preset.segmentation.kind}", 0, 0)
    return windows, cut(sounds, framing, preset.segmentation)


def _channel(preset: Preset) -> int:
    return int(preset.framing.parameters["channel"])


def _extractors(preset: Preset, sample_rate: int, framing: Framing) -> tuple[Extractor, ...]:
    return tuple(
        DESCRIPTORS[choice.kind].function(sample_rate, framing, **choice.parameters)
        for choice in preset.descriptors
    )


def _context(preset: Preset, sounds: Sequence[Sound], grains: Grains, keep: bool, step: Step) -> Context:
    """What the reducer is told beside the values, where it asks for that."""
    if not REDUCTION[preset.reduction.kind].traits.get("trains"):
        return ALONE
    apart = np.diff(grains.onsets)[np.diff(grains.sounds) == 0]
    hop = max(1, int(np.median(apart))) if len(apart) else 1
    memory = Cache(default_folder()) if keep else None
    return Context(step, memory, sounds[0].sample_rate, hop, grains.sounds)


def _scaled(
    table: Table, scaling: Sequence[Choice], step: Step
) -> tuple[Table, tuple[Callable[[Values], Values], ...]]:
    """The table as the scalers leave it, and what does the same to other rows."""
    scalings = []
    for choice in scaling:
        step(f"scale {choice.kind}", 0, 0)
        names, units = table.names, table.units
        table = SCALING[choice.kind].function(table._replace(again=None), **choice.parameters)

        def anew(
            rows: Values,
            choice: Choice = choice,
            names: tuple[str, ...] = names,
            units: tuple[str, ...] = units,
        ) -> Values:
            found: Table = SCALING[choice.kind].function(Table(rows, names, units), **choice.parameters)
            return found.values

        scalings.append(table.again or anew)
    return table, tuple(scalings)


def _measured(
    sounds: Sequence[Sound], framing: Framing, windows: Grains, extractors: Sequence[Extractor], channel: int,
    step: Step,
) -> list[Values]:  # fmt: skip
    """What each extractor measures of every window (n_windows, n_measured)."""
    parts = [np.zeros((len(windows), extractor.n_measured), np.float32) for extractor in extractors]
    size = fft.BATCH * max(1, _BLOCK_SAMPLES // (fft.BATCH * framing.n_fft))
    done = 0
    for number, sound in enumerate(sounds):
        if channel > sound.n_channels:
            raise ParameterError(
                f"framing.channel = {channel} of a sound of {sound.n_channels}; allowed: 0 to that"
            )
        of_sound = np.flatnonzero(windows.sounds == number)
        base, n = int(of_sound[0]), len(of_sound)
        # A stretch at a time, so that a memory-mapped sound's pages can be handed back in between.
        for begin in range(0, n, 16 * size):
            end = min(n, begin + 16 * size)

            def work(first: int, last: int, sound: Sound = sound, at: int = base + begin) -> None:
                onsets = windows.onsets[at + first : at + last]
                block = _block(sound, onsets, framing, channel)
                for extractor, part in zip(extractors, parts, strict=True):
                    extractor.measure(block, part[at + first : at + last])

            over_ranges(work, end - begin, size)
            storage.release(sound.frames)
            done += end - begin
            step("describe", done, len(windows))
    return parts


def _averaged(table: Table, windows: Grains, grains: Grains, framing: Framing) -> Table:
    """What was measured of windows, as the mean over those that are centred within each grain."""
    if grains is windows:
        return table
    values = np.empty((len(grains), table.values.shape[1]), np.float32)
    for number in np.unique(grains.sounds):
        of_sound = np.flatnonzero(windows.sounds == number)
        mine = np.flatnonzero(grains.sounds == number)
        # Windows are centred on every hop. A grain between two centres has the nearest one.
        first = -(-grains.onsets[mine] // framing.hop)
        last = np.maximum(first + 1, -(-(grains.onsets[mine] + grains.lengths[mine]) // framing.hop))
        first = np.clip(first, 0, len(of_sound) - 1)
        last = np.clip(last, first + 1, len(of_sound))
        running = np.zeros((len(of_sound) + 1, values.shape[1]))
        np.cumsum(table.values[of_sound], axis=0, dtype=np.float64, out=running[1:])
        values[mine] = (running[last] - running[first]) / (last - first)[:, None]
    return table._replace(values=values)


def _block(sound: Sound, onsets: NDArray[np.int64], framing: Framing, channel: int) -> Block:
    first = max(0, int(onsets[0]))
    last = max(first, min(sound.n_samples, int(onsets[-1]) + framing.window))
    mono = mixed(sound.frames[first:last], channel)
    bounds = np.tile(np.array([[0, len(mono)]], np.int64), (len(onsets), 1))
    frames = cut_frames(mono, onsets - first, bounds, framing.weights(), framing.offset, framing.n_fft)
    return Block(frames, fft.rfft(frames))


def _joined(extractors: Sequence[Extractor], finished: Sequence[Values]) -> Table:
    return Table(
        finished[0] if len(finished) == 1 else np.hstack(finished),
        tuple(name for extractor in extractors for name in extractor.names),
        tuple(unit for extractor in extractors for unit in extractor.units),
    )
