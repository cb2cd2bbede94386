"""What is heard of a sound: one channel of it, whole or in evenly spaced stretches, cut into frames.

Every set of measures that cuts alike is handed the same `Frames`, so that several sets cost one analysis.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels import alone, fft
from granulate.kernels.framing import cut_run
from granulate.kernels.mel import MelBands
from granulate.kernels.mono import mean_of_channels
from granulate.types import Framing, Sound

Values = NDArray[np.float32]
Found = TypeVar("Found")

FRAME_S = 2048 / 44_100
"""The frames that sets share: 2,048 samples at 44.1 and 48 kHz, half overlapping."""

MOST_SAMPLES = 1 << 24
"""Of a longer sound only stretches that add up to so many are heard: six minutes at 44.1 kHz."""

_STRETCHES = 16
_LOUDEST = np.float32(1e6)
"""Samples are cut off here, 120 dB above full scale, because powers of larger ones overflow."""

_BATCH = 2 * fft.BATCH


class Heard:
    """A sound as measures hear it.

    `rate`: Hz; `n_samples`: how many samples per channel are heard; `mono` float32 (n_samples,): the mean
    of the channels. A sound of more than 2**24 samples is heard in 16 stretches of 2**20, evenly spaced
    from its first sample to its last and joined; a shorter one whole.
    """

    def __init__(self, sound: Sound) -> None:
        self.sound = sound
        self.rate = sound.sample_rate
        self._memory: dict[Hashable, Any] = {}

    @cached_property
    def stretches(self) -> list[tuple[int, int]]:
        """First and end of each stretch of the sound that is heard, in samples."""
        n = self.sound.n_samples
        if n <= MOST_SAMPLES:
            return [(0, n)]
        length = MOST_SAMPLES // _STRETCHES
        firsts = np.linspace(0, n - length, _STRETCHES).astype(np.int64)
        return [(int(first), int(first) + length) for first in firsts]

    @cached_property
    def n_samples(self) -> int:
        return sum(last - first for first, last in self.stretches)

    @property
    def share(self) -> float:
        """How much of the sound is heard: 1 is all."""
        return self.n_samples / self.sound.n_samples

    def blocks(self) -> Iterator[Values]:
        """What is heard of every channel, in order, as frames (n, n_channels); memory is handed back."""
        for begin, end in self.stretches:
            for _, block in storage.blocks(self.sound.frames[begin:end]):
                yield self.bounded(block)

    def bounded(self, frames: Values) -> Values:
        """The samples, cut off where powers would overflow."""
        return np.clip(frames, -_LOUDEST, _LOUDEST) if self.sound.peak > _LOUDEST else frames

    @cached_property
    def mono(self) -> Values:
        mixed = np.empty(self.n_samples, np.float32)
        at = 0
        for block in self.blocks():
            mean_of_channels(block, mixed[at : at + len(block)])
            at += len(block)
        return mixed

    def once(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """What `make` gives, made by whichever set asks for it first."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def frames(self, framing: Framing) -> Iterator[tuple[int, Frames]]:
        """The frames of `mono` in order, some at a time, with the number of the first of them."""
        n = framing.n_grains(self.n_samples)
        window, offset, n_fft = framing.weights(), framing.offset, framing.n_fft
        before = None
        for first in range(0, n, _BATCH):
            start = first * framing.hop - framing.lead
            cut = cut_run(self.mono, start, framing.hop, min(_BATCH, n - first), window, offset, n_fft)
            before = Frames(cut, before)
            yield first, before
            before.forget()


@dataclass(slots=True)
class Frames:
    """Consecutive windowed frames float32 (n, n_fft), and the ones before them (none at the beginning)."""

    samples: Values
    before: Frames | None = None
    _memory: dict[Hashable, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.samples)

    @property
    def spectra(self) -> NDArray[np.complex64]:
        """Complex (n, n_bins)."""
        return self.once("spectra", lambda: alone.rfft(self.samples))

    @property
    def magnitudes(self) -> Values:
        """Absolute spectra (n, n_bins)."""
        return self.once("magnitudes", lambda: np.abs(self.spectra))

    def mel(self, filters: MelBands) -> Values:
        """Powers (n, n_bands) in mel bands, not to be changed."""

        def make() -> Values:
            power = np.empty((len(self), len(filters.centres)), np.float32)
            filters.power(self.spectra, power)
            return power

        return self.once(filters, make)

    def once(self, key: Hashable, make: Callable[[], Found]) -> Found:
        """What `make` gives, made by whichever set asks for it first."""
        if key not in self._memory:
            self._memory[key] = make()
        return self._memory[key]

    def forget(self) -> None:
        """Give up the frames before these."""
        self.before = None


def framing_at(rate: int, seconds: float, overlap: int, shape: str = "hann") -> Framing:
    """A framing whose window is the power of two that is nearest to so many seconds; hop = window / overlap."""
    length = 1 << int(np.clip(round(np.log2(rate * seconds)), 5, 18))
    return Framing(length, length, length // overlap, shape)
