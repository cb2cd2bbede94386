"""Output: the level and the edges of the result.

A stage is handed a `Source` and gives it with its fades, and the factor to write it with.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

import numpy as np

from granulate import level
from granulate.parameters import Duration, Parameter, Section
from granulate.types import Block, Source
from granulate.units import parse_time

OUTPUT = Section("output", "level, fades and file of the result", default=None)

_SILENCE_DBFS = -144.0
"""Below this, half a step of 24 bits, there is nothing that a level could be made of."""


@OUTPUT.add("output")
def output(
    source: Source,
    *,
    normalise: Annotated[
        Literal["none", "peak", "loudness"], Parameter("bring the result to a level, or keep its own")
    ] = "none",
    peak: Annotated[float, Parameter('the level of its largest sample, for "peak"', -60, 0, "dBFS")] = -1.0,
    loudness: Annotated[float, Parameter('its loudness, for "loudness"', -60, 0, "LUFS")] = -16.0,
    fade: Annotated[Duration, Parameter("fade in and out, each at most half of the result")] = 0,
    limit: Annotated[
        bool, Parameter("bring down only what exceeds full scale, as playing live does; false turns all down")
    ] = False,
    sample_rate: Annotated[
        int | None, Parameter("inputs are resampled to it; unset keeps theirs", 1000, 768_000, "Hz")
    ] = None,
    subtype: Annotated[
        str, Parameter("sample format, as PCM_16 or FLOAT; auto keeps floats and is 24 bits elsewhere")
    ] = "auto",
) -> tuple[Source, float]:
    """Level, fades and file of the result.

    Gives the sound, faded, and the factor that brings it to its level, for `sound_file.write`: so a
    change of level needs no second copy of the samples. Silence keeps its level. `sample_rate` and
    `subtype` are for whoever reads the inputs and writes the file.

    Raises ParameterError for a fade that is no time, and where the loudness is not defined (see
    `level.loudness`).
    """
    length = min(parse_time(fade).samples(source.sample_rate), source.n_samples // 2)
    sound: Source = Limited(source) if limit else source
    sound = Faded(sound, length) if length else sound
    if normalise == "none":
        return sound, 1.0
    found = level.to_decibels(level.peak(sound))
    if found < _SILENCE_DBFS:
        return sound, 1.0
    target = peak
    if normalise == "loudness":
        found, target = level.loudness(sound), loudness
    return sound, level.from_decibels(target - found) if np.isfinite(found) else 1.0


class Limited:
    """A source none of whose samples exceeds full scale: the engine's limiter, to the bit."""

    def __init__(self, source: Source) -> None:
        self.sample_rate, self.n_channels = source.sample_rate, source.n_channels
        self.n_samples, self.origin, self.name = source.n_samples, source.origin, source.name
        self.ceiling = min(1.0, source.ceiling)
        self._source = source

    def blocks(self) -> Iterator[Block]:
        """All frames in order, as (first, frames (n, n_channels))."""
        from granulate.kernels.limiter import Limiter

        limiter = Limiter(self.n_channels, self.sample_rate)
        for first, block in self._source.blocks():
            block = block.copy()
            limiter.process(block)
            yield first, block


class Faded:
    """A source with raised-cosine edges of so many samples."""

    def __init__(self, source: Source, length: int) -> None:
        self.sample_rate, self.n_channels = source.sample_rate, source.n_channels
        self.n_samples, self.origin, self.name = source.n_samples, source.origin, source.name
        self.ceiling = source.ceiling
        self._source = source
        self._edge = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)[:, None]

    def blocks(self) -> Iterator[Block]:
        """All frames in order, as (first, frames (n, n_channels))."""
        n, length = self.n_samples, len(self._edge)
        for first, block in self._source.blocks():
            last = first + len(block)
            if first < length or last > n - length:
                block = block.copy()
                head = self._edge[first:last]
                block[: len(head)] *= head
                tail = self._edge[::-1][max(0, first - (n - length)) : max(0, last - (n - length))]
                block[len(block) - len(tail) :] *= tail
            yield first, block
