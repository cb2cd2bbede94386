"""From a score to sound: grains are gathered, treated and overlap-added, block by block."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import partial

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.corpus import Step, quiet
from granulate.errors import ScoreError
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.master import Ramp
from granulate.kernels.mixing import GrainEvents, mix
from granulate.kernels.overlap_add import add_frames, gather_overlap_add, normalise
from granulate.parameters import Stage
from granulate.sections import PHASE
from granulate.sounds import ceiling, check_events, envelope_tables, grain_events, pooled
from granulate.stages.spectra import SPECTRUM
from granulate.types import Block, Choice, Framing, Score

Spectra = NDArray[np.complex64]
Treatment = Callable[[Spectra], Spectra]

_BLOCK_SAMPLES = 1 << 19
"""Samples of frames that are treated at once."""
_CONTEXT_BLOCK_SAMPLES = 1 << 22
"""The same where grains need their neighbours: large, so that few blocks have to be blended."""
_NEVER = 1 << 62
_STRETCH = 1 << 19
"""Output samples between two times at which mapped memory is handed back."""


class Rendering:
    """The sound of a score as a `Source`, before its output stage (levels and fades).

    Blocks are made when they are asked for, however often, and wherever they begin their samples are
    the same bits. Only through spectra all of it is made at once, and kept; `step` is told of that.

    Raises ScoreError for events that are out of range, and for a phase or spectrum that needs grains
    on the framing's grid where they are elsewhere.
    """

    def __init__(self, score: Score, *, step: Step = quiet) -> None:
        check_events(score)
        self.sample_rate = score.sample_rate
        self.n_channels = score.n_channels
        self.n_samples = score.n_samples
        # The result is written as its first sound was, where nothing else is said.
        self.origin = score.sounds[0].origin
        self.name = "rendering"
        self._pool, edges = pooled(score.sounds)
        self._whole: NDArray[np.float32] | None = None
        treatments = [(stage, choice) for stage, choice in _stages(score) if not stage.traits.get("idle")]
        if score.on_grid:
            self._overlap_add(score, edges, treatments, step)
            return
        if treatments:
            stage, choice = treatments[0]
            raise ScoreError(
                f"{stage.section}.kind = {choice.kind!r} needs grains on the framing's grid; allowed: phase 'keep'"
                " and no spectrum, or grain.kind = 'sync'"
            )
        events, tables = grain_events(score, edges), envelope_tables(score)
        self.ceiling = ceiling(score, events.gains, tables)
        of_events = partial(mix, pool=self._pool, tables=tables, interpolation=score.interpolation)
        self._mix = (
            partial(_panicked, stretches=_stretches(events, score.fades), mixed=of_events)
            if score.panics
            else partial(of_events, events=events)
        )

    def _overlap_add(
        self, score: Score, edges: NDArray[np.int64], treatments: list[tuple[Stage, Choice]], step: Step
    ) -> None:
        sound = score.events.sound
        starts, bounds = score.events.start + edges[sound], np.stack([edges[sound], edges[sound + 1]], axis=1)
        for stage, choice in [t for t in treatments if t[0].traits.get("shifts")]:
            step(f"phase {choice.kind}", 0, 0)
            shift = stage.function(score.framing, stage.generator(score.seed), **choice.parameters)
            starts = shift(self._pool, starts, bounds)
        treatments = [t for t in treatments if not t[0].traits.get("shifts")]
        # A mean of grains, weighed by their squared windows, exceeds none of them.
        self.ceiling = max(sound.peak for sound in score.sounds)
        if treatments:
            self._whole = storage.allocate(self.n_samples, self.n_channels)
            _treated(self._whole, self._pool, starts, bounds, score, treatments, step)
            self.ceiling = max(float(np.abs(block).max()) for _, block in storage.blocks(self._whole))
        self._mix = partial(
            gather_overlap_add, pool=self._pool, starts=starts, bounds=bounds, framing=score.framing
        )

    def blocks(self) -> Iterator[Block]:
        """All frames in order, as (first, frames (n, n_channels))."""
        if self._whole is not None:
            yield from storage.blocks(self._whole)
            return
        size = max(1, _STRETCH // self.n_channels)
        for first in range(0, self.n_samples, size):
            yield first, self.block(first, min(size, self.n_samples - first))

    def block(self, first: int, n: int) -> NDArray[np.float32]:
        """Frames (n, n_channels) from `first` on, as they are in the whole."""
        if self._whole is not None:
            return self._whole[first : first + n]
        block = np.empty((n, self.n_channels), np.float32)
        self._mix(block, first)
        storage.release(self._pool)
        return block


@dataclass(frozen=True, slots=True, eq=False)
class _Stretch:
    """What is heard from output sample `first` to before `end`: its own events, which fade from `fades` on."""

    first: int
    fades: int
    end: int
    events: GrainEvents


def _stretches(events: GrainEvents, fades: Sequence[tuple[int, int]]) -> list[_Stretch]:
    """The events between panics: each is heard until the next has faded out."""
    found = []
    ends = [*fades, (_NEVER, _NEVER)]
    bounds = [0, *np.searchsorted(events.time, [end for _, end in fades]).tolist(), len(events)]
    for number, (fade, end) in enumerate(ends):
        which = slice(bounds[number], bounds[number + 1])
        own = GrainEvents(**{f.name: getattr(events, f.name)[which] for f in fields(events) if f.init})
        found.append(_Stretch(ends[number - 1][1] if number else -_NEVER, fade, end, own))
    return found


def _panicked(
    out: NDArray[np.float32], first: int, stretches: list[_Stretch], mixed: Callable[..., None]
) -> None:
    """Overwrite `out` (n, n_channels) with output samples from `first` on, each out of its stretch."""
    last = first + len(out)
    for stretch in stretches[bisect_right(stretches, first, key=lambda s: s.end) :]:
        begin, end = max(first, stretch.first), min(last, stretch.end)
        if begin >= end:
            break
        mixed(out[begin - first : end - first], begin, events=stretch.events)
        if end > stretch.fades:
            ramp, at = Ramp(), max(begin, stretch.fades)
            ramp.move(0.0, stretch.end - stretch.fades)
            # As far as it has come in the blocks before.
            ramp.apply(np.zeros((at - stretch.fades, 1), np.float32))
            ramp.apply(out[at - first : end - first])


def _stages(score: Score) -> Iterator[tuple[Stage, Choice]]:
    yield from ((SPECTRUM[choice.kind], choice) for choice in score.spectrum)
    yield PHASE[score.phase.kind], score.phase


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
        stage.function(framing, stage.generator(score.seed), **choice.parameters)
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
