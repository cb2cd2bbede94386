"""What passes between the control process and the engine, as numpy record types of fixed size."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import numpy as np

AT_ONCE = -1
"""The time of an event that begins with the next block."""

LOUDEST = 1000.0
"""The most that the master gain may be."""


class Command(IntEnum):
    """What the engine is told: fade out and end; fade out, forget all events and be ready; a new master gain."""

    STOP = 0
    PANIC = 1
    GAIN = 2


class Happened(IntEnum):
    """What the engine tells: a grain began, a panic or stop fades out, the master gain moves."""

    BEGAN = 0
    PANIC = 1
    GAIN = 2


def event_type(n_channels: int) -> np.dtype[Any]:
    """A grain to be played.

    `id`: the sender's own number; `pool`, `envelope`: as the engine numbered them; `time`: the output
    sample at which it begins, or AT_ONCE; `start`, `length`, `low`, `high`, `rate`, `gains` (n_channels,):
    as `granulate.kernels.mixing.GrainEvents` has them, within the pool.
    """
    return np.dtype(
        [("id", "i8"), ("pool", "i4"), ("envelope", "i4"), ("time", "i8"), ("start", "i8"), ("length", "i8"),
         ("low", "i8"), ("high", "i8"), ("rate", "f8"), ("gains", "f4", (n_channels,))],
        align=True,
    )  # fmt: skip


COMMAND: np.dtype[Any] = np.dtype([("kind", "i8"), ("value", "f8"), ("after", "i8")])
"""A `Command`, its value, and how many events had been sent before it."""

PLAYED: np.dtype[Any] = np.dtype([("kind", "i8"), ("id", "i8"), ("time", "i8"), ("value", "f8")])
"""What `Happened` at which output sample: the id of a grain, or the gain that is moved to.

Grains stand in the order in which they are mixed: a score with their times, in that order, is mixed
to the same bits.
"""


def heard_type(block: int, n_channels: int) -> np.dtype[Any]:
    """The output of one block: `n` frames that are filled, of (block, n_channels)."""
    return np.dtype([("n", "i8"), ("frames", "f4", (block, n_channels))], align=True)


def captured_type(block: int, n_inputs: int) -> np.dtype[Any]:
    """The input of one block: `n` frames that are filled, of (block, n_inputs).

    `clock`: the output sample that was made when the first of them had just come.
    """
    return np.dtype([("clock", "i8"), ("n", "i8"), ("frames", "f4", (block, n_inputs))], align=True)
