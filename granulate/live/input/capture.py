"""The engine's end of the input: what comes in is made sound of, and handed on by a ring."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.master import guard
from granulate.live.records import captured_type
from granulate.live.ring import Ring

CEILING = 16.0
"""24 dB above full scale: a converter gives no more than full scale, and a file little more."""


class Capture:
    """Puts blocks of input into a ring. Like `Blocks`, it neither locks, nor waits, nor touches a file.

    `recorded` float32 (n_frames, n_inputs) is what is heard where no device is; None is silence.
    """

    def __init__(
        self, block: int, n_inputs: int, ring: Ring, state: NDArray[Any],
        recorded: NDArray[np.float32] | None = None,
    ) -> None:  # fmt: skip
        self.block, self.n_inputs = block, n_inputs
        self._ring, self._state, self._recorded = ring, state, recorded
        self._record = np.zeros(1, captured_type(block, n_inputs))
        self._frames = self._record["frames"][0]

    def take(self, clock: int, frames: NDArray[np.float32]) -> None:
        """Hand on frames (n, n_inputs), n up to the block, that came while sample `clock` began to be made.

        What is not finite, or absurd, is silence, and counted; the rest is cut off at the ceiling. Where
        nobody has fetched the ring's records for too long, the frames are lost, and counted.
        """
        n, state = len(frames), self._state
        held = self._frames[:n]
        held[:] = frames
        if silenced := guard(held):
            state["input_non_finite"] += silenced
        np.clip(held, -CEILING, CEILING, out=held)
        self._record["clock"], self._record["n"] = clock, n
        if not self._ring.push(self._record):
            state["input_lost"] += n

    def play(self, clock: int, n: int) -> None:
        """Hand on the next n frames of what is recorded."""
        held = self._frames[:n]
        held[:] = 0
        if self._recorded is not None:
            found = self._recorded[clock : clock + n]
            held[: len(found)] = found
        self.take(clock, held)
