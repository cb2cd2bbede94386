"""Analysis: sounds are cut, measured, scaled and reduced, block by block, into a `Corpus`."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import ParameterError
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.threads import over_ranges
from granulate.preset import Preset
from granulate.stages.descriptors import DESCRIPTORS, Block, Extractor
from granulate.stages.framing import FRAMING
from granulate.stages.reducers import REDUCTION
from granulate.stages.scalers import SCALING, Table
from granulate.stages.segmentation import SEGMENTATION
from granulate.types import Choice, Corpus, Descriptors, Framing, Grains, Sound, as_sounds, check_alike

Step = Callable[[str, int, int], None]
"""Told the stage's name, how much of it is done and how much there is."""

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


def analyse(sounds: Sound | Sequence[Sound], preset: Preset, *, step: Step = quiet) -> Corpus:
    """Cut, describe, scale and reduce sounds of one rate and channel count (`match` makes them so).

    Raises ParameterError where the preset does not fit the sounds.
    """
    sounds = as_sounds(sounds)
    check_alike(sounds)
    framing = framing_of(preset, sounds[0].sample_rate)
    windows = grains = cut(sounds, framing)
    if preset.segmentation != HOP:
        step(f"cut {preset.segmentation.kind}", 0, 0)
        grains = cut(sounds, framing, preset.segmentation)
    table = describe(sounds, framing, windows, preset, step=step)
    if grains is not windows:
        table = _averaged(table, windows, grains, framing)
    for scaler in preset.scaling:
        step(f"scale {scaler.kind}", 0, 0)
        table = SCALING[scaler.kind].function(table, **scaler.parameters)
    step(f"reduce {preset.reduction.kind}", 0, 0)
    reduce = REDUCTION[preset.reduction.kind].function
    embedding = reduce(table.values, preset.seed, **preset.reduction.parameters)
    return Corpus(sounds, framing, grains, Descriptors(*table), embedding)


def describe(
    sounds: Sequence[Sound], framing: Framing, windows: Grains, preset: Preset, *, step: Step = quiet
) -> Table:
    """What the preset's descriptors say of every window, before scaling. Memory grows with the table alone."""
    rate = sounds[0].sample_rate
    extractors = [DESCRIPTORS[d.kind].function(rate, framing, **d.parameters) for d in preset.descriptors]
    parts = [np.zeros((len(windows), extractor.n_measured), np.float32) for extractor in extractors]
    channel = preset.framing.parameters["channel"]
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
    return _joined(extractors, parts)


def _averaged(table: Table, windows: Grains, grains: Grains, framing: Framing) -> Table:
    """What was measured of windows, as the mean over those that are centred within each grain."""
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
    mono = _mixed(sound, first, last, channel)
    bounds = np.tile(np.array([[0, len(mono)]], np.int64), (len(onsets), 1))
    frames = cut_frames(mono, onsets - first, bounds, framing.weights(), framing.offset, framing.n_fft)
    return Block(frames, fft.rfft(frames))


def _mixed(sound: Sound, first: int, last: int, channel: int) -> NDArray[np.float32]:
    stretch = sound.frames[first:last]
    if sound.n_channels == 1:
        return stretch[:, 0]
    if channel:
        return np.ascontiguousarray(stretch[:, channel - 1])
    return stretch.mean(axis=1, dtype=np.float32)


def _joined(extractors: Sequence[Extractor], parts: Sequence[NDArray[np.float32]]) -> Table:
    finished = [extractor.finish(part) for extractor, part in zip(extractors, parts, strict=True)]
    return Table(
        finished[0] if len(finished) == 1 else np.hstack(finished),
        tuple(name for extractor in extractors for name in extractor.names),
        tuple(unit for extractor in extractors for unit in extractor.units),
    )
