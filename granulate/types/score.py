"""What is played when, and how it is sounded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types.arrays import read_only
from granulate.types.framing import Framing
from granulate.types.sound import Sound, check_alike


@dataclass(frozen=True, slots=True)
class Choice:
    """One stage as chosen: the registered name and every parameter's value."""

    kind: str
    parameters: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parameters", MappingProxyType(dict(self.parameters)))


_ONE: Any = 1
_NONE: Any = 0

EVENT_COLUMNS = {
    "time": np.int64,
    "sound": np.int32,
    "start": np.int64,
    "length": np.int64,
    "rate": np.float32,
    "gain": np.float32,
    "pan": np.float32,
    "envelope": np.int32,
}

PANIC_S = 0.01
"""In which a panic fades out."""

WINDOW = Choice("window")
"""The envelope of grains on the framing's grid: its window, as an inverse STFT applies it."""


@dataclass(frozen=True, slots=True, eq=False)
class Events:
    """What is played when, as columns of equal length (n_events,); one number stands for all of a column.

    `time`: the output sample at which the grain begins; `sound`: which sound; `start`: the source
    sample at which it begins there; `length`: its output samples; `rate`: 1 is as recorded, 2 an
    octave up, a negative one backwards; `gain`: 1 is as recorded; `pan`: -1 left to 1 right;
    `envelope`: which of the score's. `time` and `start` may be negative: what falls before the
    beginning is not heard.
    """

    time: NDArray[np.int64]
    sound: NDArray[np.int32]
    start: NDArray[np.int64]
    length: NDArray[np.int64]
    rate: NDArray[np.float32] = _ONE
    gain: NDArray[np.float32] = _ONE
    pan: NDArray[np.float32] = _NONE
    envelope: NDArray[np.int32] = _NONE

    def __post_init__(self) -> None:
        n = len(np.atleast_1d(self.time))
        for name, dtype in EVENT_COLUMNS.items():
            column = np.asarray(getattr(self, name), dtype)
            column = np.broadcast_to(column, (n,)) if column.ndim == 0 else np.ascontiguousarray(column)
            if column.shape != (n,):
                raise ParameterError(
                    f"events whose column {name!r} has shape {column.shape}; allowed: ({n},)"
                )
            object.__setattr__(self, name, read_only(column))

    def __len__(self) -> int:
        return len(self.time)

    def columns(self) -> dict[str, NDArray[Any]]:
        """Every column by its name."""
        return {name: getattr(self, name) for name in EVENT_COLUMNS}

    def taken(self, which: NDArray[Any] | slice) -> Events:
        """Some of the events, by index, mask or slice."""
        return Events(**{name: column[which] for name, column in self.columns().items()})


@dataclass(frozen=True, slots=True, eq=False)
class Score:
    """Everything that a render needs, whole: the sounds, the events and how they are sounded.

    `envelopes`: what the events' column of that name counts; `interpolation`: how grains are read
    between samples (none, linear, cubic). `panics`: output samples, ascending, from each of which all that
    sounds fades out in a straight line within `PANIC_S`; what has begun until then is heard no more. One that
    comes while another fades is part of that.

    Raises ParameterError for sounds that are not alike, and panics that are negative or out of order.
    """

    sounds: tuple[Sound, ...]
    framing: Framing
    events: Events
    n_samples: int
    spectrum: tuple[Choice, ...] = ()
    phase: Choice = Choice("keep")
    output: Choice = Choice("output")
    seed: int = 0
    envelopes: tuple[Choice, ...] = (WINDOW,)
    interpolation: str = "linear"
    panics: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        check_alike(self.sounds)
        for before, at in pairwise((0, *self.panics)):
            if at < before:
                raise ParameterError(f"panics has {at}; allowed: {before} or later, in order")

    @property
    def fades(self) -> tuple[tuple[int, int], ...]:
        """Of each panic that is not part of another: the output sample from which it fades, and that before which it has."""
        found: list[tuple[int, int]] = []
        for at in self.panics:
            if not found or at >= found[-1][1]:
                found.append((at, at + max(1, round(PANIC_S * self.sample_rate))))
        return tuple(found)

    @property
    def sample_rate(self) -> int:
        return self.sounds[0].sample_rate

    @property
    def n_channels(self) -> int:
        """Of the result: those of its sounds, or two where grains of one channel are panned."""
        n = self.sounds[0].n_channels
        return 2 if n == 1 and bool(self.events.pan.any()) else n

    @property
    def on_grid(self) -> bool:
        """Whether the events are what an inverse STFT overlap-adds: windows as recorded, a hop apart."""
        events, framing = self.events, self.framing
        return (
            self.envelopes == (WINDOW,)
            and not self.panics
            and bool((events.time == np.arange(len(events)) * framing.hop - framing.lead).all())
            and bool((events.length == framing.window).all())
            and bool((events.rate == 1).all() and (events.gain == 1).all() and (events.pan == 0).all())
        )

    def __repr__(self) -> str:
        return f"Score({len(self.events)} events, {self.n_samples / self.sample_rate:.3f} s, phase {self.phase.kind!r})"
