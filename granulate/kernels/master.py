"""What a live mix passes through before its limiter: a gain that moves smoothly, and a guard."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import KERNEL
from granulate.kernels.jit import njit

Samples = NDArray[np.float32]

ABSURD = float(2**16)
"""96 dB above full scale: what is beyond is no sound, and would have the limiter silence what follows."""

_FROM, _TO, _DONE, _LENGTH = range(4)


class Ramp:
    """A gain that goes to another in a straight line, over so many samples wherever blocks end."""

    def __init__(self, value: float = 1.0) -> None:
        self._line = np.array([value, value, 1.0, 1.0])

    @property
    def value(self) -> float:
        """The gain after the newest sample."""
        start, target, done, length = self._line.tolist()
        return target if done >= length else start + (target - start) * done / length

    @property
    def moving(self) -> bool:
        return bool(self._line[_DONE] < self._line[_LENGTH])

    def set(self, value: float) -> None:
        """Be at a gain at once."""
        self._line[:] = (value, value, 1, 1)

    def move(self, value: float, n_samples: int) -> None:
        """Go to a gain from here."""
        self._line[:] = (self.value, value, 0, n_samples)

    def apply(self, block: Samples) -> None:
        """Multiply a block (n, n_channels); one at a steady gain of 1 is left as it is, to the bit."""
        if self.moving or self._line[_TO] != 1:
            _apply(block, self._line)


@njit(**KERNEL)
def _apply(block, line):  # type: ignore[no-untyped-def]
    start, target, done, length = line[0], line[1], line[2], line[3]
    for i in range(len(block)):
        done = min(done + 1, length)
        gain = target if done == length else start + (target - start) * done / length
        for c in range(block.shape[1]):
            block[i, c] *= np.float32(gain)
    line[2] = done


@njit(**KERNEL)
def guard(block: Samples) -> int:
    """Silence the samples of a block (n, n_channels) that are not finite or absurd; how many there were."""
    found = 0
    for i in range(len(block)):
        for c in range(block.shape[1]):
            if not abs(block[i, c]) <= ABSURD:
                block[i, c] = 0
                found += 1
    return found


@njit(**KERNEL)
def meter(block: Samples, peaks: NDArray[np.float64], fall: float) -> None:
    """Let the peaks (n_channels,) fall by a factor for each sample, but not below this block's."""
    for c in range(block.shape[1]):
        peak = peaks[c] * fall ** len(block)
        for i in range(len(block)):
            peak = max(peak, np.float64(abs(block[i, c])))
        peaks[c] = peak
