"""From a score to sound: grains are gathered, treated and overlap-added, block by block."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.corpus import Step, quiet
from granulate.errors import ScoreError
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.overlap_add import add_frames, gather_overlap_add, normalise
from granulate.parameters import Stage
from granulate.sections import PHASE
from granulate.stages.spectra import SPECTRUM
from granulate.types import Block, Choice, Framing, Score

Spectra = NDArray[np.complex64]
Treatment = Callable[[Spectra], Spectra]

_BLOCK_SAMPLES = 1 << 19
"""Samples of frames that are treated at once."""
_CONTEXT_BLOCK_SAMPLES = 1 << 22
"""The same where grains need their neighbours: large, so that few blocks have to be blended."""
_STRETCH = 1 << 19
"""Output samples between two times at which mapped memory is handed back."""


class Rendering:
    """The sound of a score as a `Source`, before its output stage (levels and fades).

    With the recorded phase blocks are made when they are asked for, however often; through spectra
    all of it is made at once, and kept. `step` is told of the latter.

    Raises ScoreError for events that do not stand on the framing's grid.
    """

    def __init__(self, score: Score, *, step: Step = quiet) -> None:
        _check_grid(score)
        self.sample_rate = score.sample_rate
        self.n_channels = score.sounds[0].n_channels
        self.n_samples = score.n_samples
        # The result is written as its first sound was, where nothing else is said.
        self.origin = score.sounds[0].origin
        self.name = "rendering"
        self._framing = score.framing
        self._pool, self._starts, self._bounds = _pooled(score)
        self._whole: NDArray[np.float32] | None = None
        # A mean of grains, weighed by their squared windows, exceeds none of them.
        self.ceiling = max(sound.peak for sound in score.sounds)
        treatments = [(stage, choice) for stage, choice in _stages(score) if not stage.traits.get("idle")]
        if treatments:
            self._whole = storage.allocate(self.n_samples, self.n_channels)
            _treated(self._whole, self._pool, self._starts, self._bounds, score, treatments, step)
            self.ceiling = max(float(np.abs(block).max()) for _, block in storage.blocks(self._whole))

    def blocks(self) -> Iterator[Block]:
        """All frames in order, as (first, frames (n, n_channels))."""
        if self._whole is not None:
            yield from storage.blocks(self._whole)
            return
        size = max(1, _STRETCH // self.n_channels)
        for first in range(0, self.n_samples, size):
            block = np.empty((min(size, self.n_samples - first), self.n_channels), np.float32)
            gather_overlap_add(block, first, self._pool, self._starts, self._bounds, self._framing)
            storage.release(self._pool)
            yield first, block


def generator(seed: int, stage: Stage) -> np.random.Generator:
    """The random generator of one stage: its own, so that another stage's choice does not move it."""
    return np.random.default_rng([seed, zlib.crc32(f"{stage.section}.{stage.name}".encode())])


def _stages(score: Score) -> Iterator[tuple[Stage, Choice]]:
    yield from ((SPECTRUM[choice.kind], choice) for choice in score.spectrum)
    yield PHASE[score.phase.kind], score.phase


def _check_grid(score: Score) -> None:
    events, framing = score.events, score.framing
    if not len(events):
        raise ScoreError("a score without events; allowed: at least one")
    grid: dict[str, Any] = {
        "time": np.arange(len(events)) * framing.hop - framing.lead,
        "length": framing.window,
        "rate": 1,
        "gain": 1,
        "pan": 0,
    }
    for name, right in grid.items():
        column = getattr(events, name)
        wrong = np.flatnonzero(column != right)
        if len(wrong):
            at = wrong[0]
            raise ScoreError(
                f"events.{name}[{at}] = {column[at]:g}; allowed: {np.broadcast_to(right, column.shape)[at]:g}"
            )
    if events.sound.min() < 0 or events.sound.max() >= len(score.sounds):
        raise ScoreError(
            f"events.sound names sound {events.sound.max()}; allowed: 0 to {len(score.sounds) - 1}"
        )
    lengths = np.array([sound.n_samples for sound in score.sounds])[events.sound]
    outside = np.flatnonzero((events.start < -framing.n_fft) | (events.start > lengths))
    if len(outside):
        at = outside[0]
        raise ScoreError(
            f"events.start[{at}] = {events.start[at]}; allowed: {-framing.n_fft} to {lengths[at]}"
        )


def _pooled(score: Score) -> tuple[NDArray[np.float32], NDArray[np.int64], NDArray[np.int64]]:
    """All sounds in one array (n_frames, n_channels); each event's first frame in it, and its sound's bounds."""
    sizes = [sound.n_samples for sound in score.sounds]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    if len(sizes) == 1:
        pool = score.sounds[0].frames
    else:
        pool = storage.allocate(int(edges[-1]), score.sounds[0].n_channels)
        for sound, first in zip(score.sounds, edges[:-1], strict=True):
            pool[first : first + sound.n_samples] = sound.frames
            storage.release(pool)
    of = score.events.sound
    return pool, score.events.start + edges[of], np.stack([edges[of], edges[of + 1]], axis=1)


def _treated(
    out: NDArray[np.float32],
    pool: NDArray[np.float32],
    starts: NDArray[np.int64],
    bounds: NDArray[np.int64],
    score: Score,
    treatments: list[tuple[Stage, Choice]],
    step: Step,
) -> None:
    """Fill `out` through the spectra: each block is cut, treated, turned back and overlap-added."""
    framing, n = score.framing, len(starts)
    context = max(stage.traits.get("context", 0) for stage, _ in treatments)
    functions = [
        stage.function(framing, generator(score.seed, stage), **choice.parameters)
        for stage, choice in treatments
    ]

    def treated(first: int, last: int) -> Spectra:
        spectra = _cut_spectra(pool, starts[first:last], bounds[first:last], framing)
        for function in functions:
            spectra = np.ascontiguousarray(function(spectra), np.complex64)
        return spectra

    step(f"phase {score.phase.kind}", 0, n)
    for first, spectra in _blended(treated, n, context, framing.n_fft):
        for channel in range(out.shape[1]):
            add_frames(out, 0, fft.irfft(spectra[channel], framing.n_fft), first, channel, framing)
        storage.release(out)
        storage.release(pool)
        step(f"phase {score.phase.kind}", first + spectra.shape[1], n)
    normalise(out, 0, n, framing)


def _cut_spectra(
    pool: NDArray[np.float32], starts: NDArray[np.int64], bounds: NDArray[np.int64], framing: Framing
) -> Spectra:
    window = framing.weights()
    spectra = np.empty((pool.shape[1], len(starts), framing.n_bins), np.complex64)
    for channel in range(pool.shape[1]):
        frames = cut_frames(pool[:, channel], starts, bounds, window, framing.offset, framing.n_fft)
        fft.rfft(frames, spectra[channel])
    return spectra


def _blended(
    treated: Callable[[int, int], Spectra], n: int, context: int, n_fft: int
) -> Iterator[tuple[int, Spectra]]:
    """Treated blocks of all n grains, in order; with context, blocks overlap and are faded into one another."""
    if not context:
        size = fft.BATCH * max(1, _BLOCK_SAMPLES // (fft.BATCH * n_fft))
        for first in range(0, n, size):
            yield first, treated(first, min(n, first + size))
        return
    size = max(4 * context, _CONTEXT_BLOCK_SAMPLES // n_fft)
    fade = np.linspace(0, 1, context + 2, dtype=np.float32)[1:-1, None]
    kept: Spectra | None = None
    for first in range(0, n, size):
        last = min(n, first + size + context)
        spectra = treated(first, last)
        if kept is not None:
            head = spectra[:, : kept.shape[1]]
            spectra[:, : kept.shape[1]] = kept + (head - kept) * fade[: kept.shape[1]]
        mine = spectra[:, : size if last < n else None]
        yield first, mine
        if last == n:
            return
        kept = spectra[:, size:].copy()
