"""The nouns: frozen values, checked when they are made, whose arrays cannot be written to.

Axis order is fixed: channels before samples, grains before anything else. Times are samples.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import ParameterError, printable

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
        object.__setattr__(self, "samples", _read_only(frames).T)
        object.__setattr__(self, "peak", peak)
        object.__setattr__(self, "sample_rate", int(self.sample_rate))

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


@dataclass(frozen=True, slots=True)
class Framing:
    """How a sound is cut: FFT size, window length and hop in samples, and the window's name.

    The window is centred in the FFT frame and frame i is centred on sample i * hop, as in librosa.

    Raises ParameterError for a window longer than the FFT, a hop longer than the window, and any
    window and hop whose overlap-add cannot be inverted (Harris 1978; the NOLA condition).
    """

    n_fft: int = 2048
    window: int = 2048
    hop: int = 512
    shape: str = "hann"

    def __post_init__(self) -> None:
        if not 1 <= self.hop <= self.window <= self.n_fft <= 2**24 or self.n_fft < 2:
            raise ParameterError(
                f"a framing of n_fft {self.n_fft}, window {self.window}, hop {self.hop};"
                " allowed: 1 <= hop <= window <= n_fft, n_fft from 2 to 16777216"
            )
        # Folding the squared window by the hop gives what overlapping grains add up to.
        squared = np.zeros(-(-self.window // self.hop) * self.hop)
        squared[: self.window] = self.weights().astype(np.float64) ** 2
        if squared.reshape(-1, self.hop).sum(axis=0).min() < 1e-10:
            raise ParameterError(
                f"a {self.shape} window of {self.window} with a hop of {self.hop} cannot be put together"
                f" again; allowed: a hop of at most {self.window // 2}, or the shape 'boxcar'"
            )

    def weights(self) -> NDArray[np.float32]:
        """The periodic window, float32 (window,)."""
        return _window(self.shape, self.window)

    @property
    def lead(self) -> int:
        """Samples from the first of a grain's window to the sample that the grain is centred on."""
        return self.n_fft // 2 - self.offset

    @property
    def offset(self) -> int:
        """Where the window begins within the FFT frame."""
        return (self.n_fft - self.window) // 2

    @property
    def n_bins(self) -> int:
        return self.n_fft // 2 + 1

    def n_grains(self, n_samples: int) -> int:
        """How many grains a sound of that many samples is cut into: at least one."""
        return 1 + n_samples // self.hop


@dataclass(frozen=True, slots=True, eq=False)
class Grains:
    """Positions, not spectra: which sound each grain is of, and where its window begins there.

    `sounds` int32 (n_grains,), `onsets` int64 (n_grains,) in samples (negative where a window
    begins before its sound does: there it holds silence), `length` samples of every grain.
    """

    sounds: NDArray[np.int32]
    onsets: NDArray[np.int64]
    length: int

    def __post_init__(self) -> None:
        sounds = np.ascontiguousarray(self.sounds, np.int32)
        onsets = np.ascontiguousarray(self.onsets, np.int64)
        if sounds.ndim != 1 or sounds.shape != onsets.shape or self.length < 1:
            raise ParameterError(
                f"grains of shapes {sounds.shape} and {onsets.shape}, length {self.length}; allowed: two equal"
                " 1-D shapes and a length of at least 1"
            )
        object.__setattr__(self, "sounds", _read_only(sounds))
        object.__setattr__(self, "onsets", _read_only(onsets))

    def __len__(self) -> int:
        return len(self.onsets)


@dataclass(frozen=True, slots=True, eq=False)
class Descriptors:
    """What was measured: values float32 (n_grains, n_columns), a name and a unit for each column."""

    values: NDArray[np.float32]
    names: tuple[str, ...]
    units: tuple[str, ...]

    def __post_init__(self) -> None:
        values = np.ascontiguousarray(self.values, np.float32)
        if values.ndim != 2 or not values.shape[1] == len(self.names) == len(self.units):
            raise ParameterError(
                f"descriptors of shape {values.shape} with {len(self.names)} names and {len(self.units)}"
                " units; allowed: (n_grains, n_columns) with one of each a column"
            )
        object.__setattr__(self, "values", _read_only(values))


@dataclass(frozen=True, slots=True, eq=False)
class Embedding:
    """Points float32 (n_grains, 1, 2 or 3), and the fitted reducer, or None where it cannot place
    sounds that it has not seen (`fitted.transform(values)` gives their points)."""

    points: NDArray[np.float32]
    method: str
    fitted: Any = None

    def __post_init__(self) -> None:
        points = np.ascontiguousarray(self.points, np.float32)
        if points.ndim != 2 or points.shape[1] not in (1, 2, 3) or not np.isfinite(points).all():
            raise ParameterError(
                f"an embedding of shape {points.shape}; allowed: finite (n_grains, 1, 2 or 3)"
            )
        object.__setattr__(self, "points", _read_only(points))


@dataclass(frozen=True, slots=True, eq=False)
class Corpus:
    """All that analysis knows: sounds of one rate and channel count, their grains, descriptors
    (scaled) and, where a reducer ran, the embedding."""

    sounds: tuple[Sound, ...]
    framing: Framing
    grains: Grains
    descriptors: Descriptors
    embedding: Embedding | None = None

    def __post_init__(self) -> None:
        check_alike(self.sounds)
        sizes = {len(self.grains), len(self.descriptors.values)}
        if self.embedding is not None:
            sizes.add(len(self.embedding.points))
        if len(sizes) != 1:
            raise ParameterError(f"a corpus whose parts have {sorted(sizes)} grains; allowed: one number")

    def __len__(self) -> int:
        return len(self.grains)

    @property
    def sample_rate(self) -> int:
        return self.sounds[0].sample_rate

    def __repr__(self) -> str:
        return (
            f"Corpus({len(self)} grains of {len(self.sounds)} sounds, {len(self.descriptors.names)} columns,"
            f" {self.embedding.method if self.embedding else 'no'} embedding)"
        )


@dataclass(frozen=True, slots=True)
class Choice:
    """One stage as chosen: the registered name and every parameter's value."""

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


EVENT_COLUMNS = {
    "time": np.int64,
    "sound": np.int32,
    "start": np.int64,
    "length": np.int64,
    "rate": np.float32,
    "gain": np.float32,
    "pan": np.float32,
}


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What is played when, as columns of equal length (n_events,).

    `time`: the output sample at which the grain's window begins; `sound`: which sound; `start`: the
    source sample at which the window begins; `length`: samples; `rate`: 1 is as recorded; `gain`:
    1 is as recorded; `pan`: -1 left to 1 right. `time` and `start` may be negative: what falls
    before the beginning is not heard.
    """

    time: NDArray[np.int64]
    sound: NDArray[np.int32]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    rate: NDArray[np.float32]
    gain: NDArray[np.float32]
    pan: NDArray[np.float32]

    def __post_init__(self) -> None:
        for name, dtype in EVENT_COLUMNS.items():
            column = np.ascontiguousarray(getattr(self, name), dtype)
            if column.ndim != 1 or len(column) != len(self.time):
                raise ParameterError(
                    f"events whose column {name!r} has shape {column.shape}; allowed: ({len(self.time)},)"
                )
            object.__setattr__(self, name, _read_only(column))

    def __len__(self) -> int:
        return len(self.time)


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Everything that a render needs, whole: the sounds, the events and how they are sounded."""

    sounds: tuple[Sound, ...]
    framing: Framing
    events: Events
    n_samples: int
    spectrum: tuple[Choice, ...] = ()
    phase: Choice = Choice("keep")
    output: Choice = Choice("output")
    seed: int = 0

    def __post_init__(self) -> None:
        check_alike(self.sounds)

    @property
    def sample_rate(self) -> int:
        return self.sounds[0].sample_rate

    def __repr__(self) -> str:
        return f"Score({len(self.events)} events, {self.n_samples / self.sample_rate:.3f} s, phase {self.phase.kind!r})"


def check_alike(sounds: Sequence[Sound]) -> None:
    """Raise ParameterError unless there are sounds, all of one rate and number of channels."""
    kinds = {(sound.sample_rate, sound.n_channels) for sound in sounds}
    if len(kinds) != 1:
        found = ", ".join(f"{rate} Hz x {channels}" for rate, channels in sorted(kinds)) or "none"
        raise ParameterError(f"sounds of {found}; allowed: at least one, all of one rate and channel count")


def as_sounds(sounds: Sound | Sequence[Sound]) -> tuple[Sound, ...]:
    """One sound or several, as a tuple."""
    return (sounds,) if isinstance(sounds, Sound) else tuple(sounds)


def _read_only(array: NDArray[Any]) -> NDArray[Any]:
    view = array.view()
    view.flags.writeable = False
    return view


@lru_cache(maxsize=32)
def _window(shape: str, length: int) -> NDArray[np.float32]:
    return _read_only(_periodic(shape, length))


def _periodic(shape: str, length: int) -> NDArray[np.float32]:
    # A periodic window is the symmetric one of length + 1 without its last value.
    if shape == "hann":
        return np.hanning(length + 1)[:-1].astype(np.float32)
    if shape == "boxcar":
        return np.ones(length, np.float32)
    from scipy.signal import get_window  # half a second to import, and Hann needs none of it

    try:
        return np.asarray(get_window(shape, length, fftbins=True), np.float32)
    except ValueError:
        raise ParameterError(
            f"an unknown window shape {shape!r}; allowed: those of scipy.signal.get_window"
        ) from None
