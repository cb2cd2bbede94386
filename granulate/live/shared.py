"""The one piece of memory that the control process and the engine share, and how it is divided."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from multiprocessing.shared_memory import SharedMemory
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.mixing import TABLE_STEPS
from granulate.live.input.sources import Source, n_inputs
from granulate.live.records import COMMAND, PLAYED, captured_type, event_type, heard_type
from granulate.live.ring import Ring
from granulate.live.sinks import Sink

MOST_ENVELOPES = 256
MOST_POOLS = 64
LOAD_BINS = 256
"""Of the histogram of loads: a 64th of a block's period each; the last holds all above."""

_EVENTS, _COMMANDS, _PLAYED = 1 << 14, 256, 1 << 16
_HEARD_S = 4
_CAPTURED_S = 4


@dataclass(frozen=True, slots=True)
class Setup:
    """What the engine is started with: rate in Hz, channels, frames of a block, how grains are read, where to, and
    what it hears."""

    sample_rate: int
    n_channels: int
    block: int
    interpolation: str
    sink: Sink
    source: Source | None = None

    @property
    def n_inputs(self) -> int:
        """Channels of the input; 0 where there is none."""
        return n_inputs(self.source)


def state_type(n_channels: int) -> np.dtype[Any]:
    """What the engine tells about itself; `complete`, `listening` and `n_envelopes` are the control side's words;
    `gain` is what the master gain goes to.

    Each is one aligned word with one writer, so that none is ever half new.
    """
    counts = ("clock", "blocks", "late", "underflows", "failures", "non_finite", "refused", "late_grains",
              "active", "pending", "unreported", "unheard", "input_lost", "input_overflows", "input_non_finite",
              "stalled", "complete", "listening", "n_envelopes")  # fmt: skip
    return np.dtype(
        [(name, "i8") for name in counts]
        + [
            ("gain", "f8"),
            ("load", "f8"),
            ("reduction", "f8"),
            ("peak", "f8", (n_channels,)),
            ("loads", "i8", (LOAD_BINS,)),
        ]
    )


class Shared:
    """The memory, made by the control side and found again by `name` in the engine."""

    def __init__(self, setup: Setup, name: str | None = None) -> None:
        channels = setup.n_channels
        n_heard = max(64, _HEARD_S * setup.sample_rate // setup.block)
        n_captured = max(64, _CAPTURED_S * setup.sample_rate // setup.block) if setup.n_inputs else 1
        rings = ((event_type(channels), _EVENTS), (COMMAND, _COMMANDS), (PLAYED, _PLAYED),
                 (heard_type(setup.block, channels), n_heard),
                 (captured_type(setup.block, max(1, setup.n_inputs)), n_captured))  # fmt: skip
        sizes = [state_type(channels).itemsize, 4 * MOST_ENVELOPES * (TABLE_STEPS + 1)]
        sizes += [Ring.size(*ring) for ring in rings]
        edges = np.concatenate([[0], np.cumsum([-(-size // 128) * 128 for size in sizes])]).tolist()
        self._owns = name is None
        self._memory = _Memory(name, create=self._owns, size=edges[-1])
        memory = memoryview(self._memory.buf or b"")
        parts = [memory[a:b] for a, b in pairwise(edges)]
        del memory
        self.name = self._memory.name
        self.state: NDArray[Any] = np.ndarray((), state_type(channels), parts[0])
        self.tables: NDArray[np.float32] = np.ndarray((MOST_ENVELOPES, TABLE_STEPS + 1), np.float32, parts[1])
        self.events, self.commands, self.played, self.heard, self.captured = (
            Ring(dtype, capacity, part) for (dtype, capacity), part in zip(rings, parts[2:], strict=True)
        )

    def close(self) -> None:
        """Let go of the memory, after which nothing here can be used; on the control side, for good."""
        if self._owns:
            with suppress(FileNotFoundError):
                self._memory.unlink()
        del self.state, self.tables, self.events, self.commands, self.played, self.heard, self.captured
        self._memory.close()


class _Memory(SharedMemory):
    def close(self) -> None:
        # Where an array of it is still alive, the mapping goes with that.
        with suppress(BufferError):
            super().close()
