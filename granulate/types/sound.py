"""Sounds, and what gives them block by block."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import ParameterError, printable
from granulate.types.arrays import read_only

MAX_CHANNELS = 1024


@dataclass(frozen=True, slots=True)
class Origin:
    """The file that a sound was read from, and what had to be done to read it."""

    path: str
    format: str
    subtype: str
    sample_rate: int
    n_channels: int
    replaced: int = 0
    """Non-finite samples that were replaced by 0.0."""
    missing: int = 0
    """Samples that the file declares and does not hold."""


Block = tuple[int, NDArray[np.float32]]
"""Frames (n, n_channels) and which of a sound's frames the first of them is."""


class Source(Protocol):
    """What gives a sound block by block: a `Sound`, or one that is rendered as it is asked for."""

    @property
    def sample_rate(self) -> int: ...
    @property
    def n_channels(self) -> int: ...
    @property
    def n_samples(self) -> int: ...
    @property
    def origin(self) -> Origin | None:
        """Of the sound that it is, or is made from."""

    @property
    def name(self) -> str: ...
    @property
    def ceiling(self) -> float:
        """What no absolute sample exceeds; the peak, or more."""

    def blocks(self) -> Iterator[Block]:
        """All frames, in order; the same each time."""


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """Samples float32 (n_channels, n_samples), full scale at 1.0, and their rate in Hz.

    A 1-D array is one channel. In memory the channels of a sample lie side by side
    (`samples.T` is C-contiguous), as sound files and sound cards have them.

    Raises ParameterError for no samples, more than 1024 channels, a rate below 1 Hz, and for
    NaN or infinite samples (reading a file replaces those by 0.0 instead, and counts them).
    """

    samples: NDArray[np.float32]
    sample_rate: int
    origin: Origin | None = None
    peak: float = field(init=False, default=0.0)
    """The largest absolute sample."""

    def __post_init__(self) -> None:
        samples = np.asarray(self.samples)
        if samples.dtype.kind not in "fiu" or samples.ndim not in (1, 2):
            raise ParameterError(
                f"samples of shape {samples.shape} and type {samples.dtype}; allowed: numbers of shape"
                " (n_samples,) or (n_channels, n_samples)"
            )
        frames = np.ascontiguousarray(np.atleast_2d(samples).T, np.float32)
        n_samples, n_channels = frames.shape
        if n_samples == 0 or not 1 <= n_channels <= MAX_CHANNELS:
            raise ParameterError(
                f"a sound of {n_channels} channels and {n_samples} samples;"
                f" allowed: 1 to {MAX_CHANNELS} channels and at least one sample"
            )
        if self.sample_rate < 1:
            raise ParameterError(f"a sample rate of {self.sample_rate} Hz; allowed: at least 1 Hz")
        # NaN is the largest and the least of whatever it is among, so one look finds both.
        peaks = [max(float(block.max()), -float(block.min())) for _, block in storage.blocks(frames)]
        peak = float(np.max(peaks))
        if not math.isfinite(peak):
            raise ParameterError("samples that are NaN or infinite; allowed: finite numbers")
        object.__setattr__(self, "samples", read_only(frames).T)
        object.__setattr__(self, "peak", peak)
        object.__setattr__(self, "sample_rate", int(self.sample_rate))

    @classmethod
    def known(
        cls, samples: NDArray[np.float32], sample_rate: int, origin: Origin | None, peak: float
    ) -> Sound:
        """A sound whose samples, C-contiguous as frames and finite, were looked at before: none is read now."""
        sound = object.__new__(cls)
        for name, value in (
            ("samples", read_only(samples)),
            ("sample_rate", sample_rate),
            ("origin", origin),
            ("peak", peak),
        ):
            object.__setattr__(sound, name, value)
        return sound

    @property
    def frames(self) -> NDArray[np.float32]:
        """The samples as (n_samples, n_channels), C-contiguous; no copy."""
        return self.samples.T

    @property
    def n_channels(self) -> int:
        return self.samples.shape[0]

    @property
    def n_samples(self) -> int:
        return self.samples.shape[1]

    @property
    def ceiling(self) -> float:
        """What no sample exceeds: the peak."""
        return self.peak

    def blocks(self, block_samples: int = storage.BLOCK_SAMPLES) -> Iterator[Block]:
        """All frames in order, as (first, frames) of at most so many samples; mapped memory is handed back."""
        return storage.blocks(self.frames, block_samples)

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.n_samples / self.sample_rate

    @property
    def name(self) -> str:
        """Where the sound came from, for messages."""
        return printable(self.origin.path) if self.origin else "sound"

    def __repr__(self) -> str:
        return (
            f"Sound({self.name!r}, {self.duration:.3f} s, {self.n_channels} channel"
            f"{'s' * (self.n_channels > 1)}, {self.sample_rate} Hz)"
        )


def check_alike(sounds: Sequence[Sound]) -> None:
    """Raise ParameterError unless there are sounds, all of one rate and number of channels."""
    kinds = {(sound.sample_rate, sound.n_channels) for sound in sounds}
    if len(kinds) != 1:
        found = ", ".join(f"{rate} Hz x {channels}" for rate, channels in sorted(kinds)) or "none"
        raise ParameterError(f"sounds of {found}; allowed: at least one, all of one rate and channel count")


def as_sounds(sounds: Sound | Sequence[Sound]) -> tuple[Sound, ...]:
    """One sound or several, as a tuple."""
    return (sounds,) if isinstance(sounds, Sound) else tuple(sounds)
