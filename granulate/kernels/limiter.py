"""A limiter that is not there until a sample exceeds the ceiling, and then lets none pass.

The gain is the least that any sample within `lookahead` needs, recovering exponentially, averaged over
a window of that length (the sliding minimum and mean of Giannoulis, Massberg & Reiss, Digital Dynamic
Range Compressor Design, 2012, sec. 3). It is kept in integers, so that it returns to exactly 1 and a
running sum never drifts: the samples are the same bits however the sound is cut into blocks.

Without look-ahead nothing is delayed, and still nothing clicks: where the gain falls from g to h, the
sample is at the ceiling and would have been beyond it at gain g, so no step from one sample to the
next is larger than the same step at gain g; and where the gain returns, it does so slowly. A peak's rising flank is flattened once, and what follows
is turned down as a whole.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.distance import KERNEL
from granulate.kernels.jit import njit

Samples = NDArray[np.float32]
Longs = NDArray[np.int64]

RECOVERY_S = 0.15
"""In which the gain comes back by 63 % of what is missing."""
LONGEST = 1 << 16

_ONE = 1 << 30  # a gain of 1
_GAIN, _SUM, _POSITION, _BEGIN, _END, _LEAST = range(6)


class Limiter:
    """Limits blocks that follow one another, in place, `latency` samples late.

    Raises ParameterError for a ceiling that is not positive and a look-ahead out of range.
    """

    def __init__(
        self, n_channels: int, sample_rate: int, *, lookahead: int = 0, ceiling: float = 1.0
    ) -> None:
        if not 0 <= lookahead <= LONGEST:
            raise ParameterError(f"a look-ahead of {lookahead} samples; allowed: 0 to {LONGEST}")
        if not 0 < ceiling < math.inf:
            raise ParameterError(f"a ceiling of {ceiling:g}; allowed: a finite number above 0")
        self.latency = lookahead
        self._ceiling = np.float32(ceiling)
        self._recovery = max(1, round(_ONE * -math.expm1(-1 / (RECOVERY_S * sample_rate))))
        width = lookahead + 1
        self._late = np.zeros((width, n_channels), np.float32)
        self._needed, self._when = np.empty(width, np.int64), np.empty(width, np.int64)
        self._minima, self._state = np.empty(width, np.int64), np.empty(6, np.int64)
        self.reset()

    def reset(self) -> None:
        """Forget everything before."""
        self._late[:] = 0
        self._minima[:] = _ONE
        self._state[:] = (_ONE, len(self._minima) * _ONE, 0, 0, 0, _ONE)

    @property
    def reduction(self) -> float:
        """The least gain in the newest block: 1 where nothing was limited."""
        return float(self._state[_LEAST]) / _ONE

    def process(self, block: Samples) -> None:
        """Overwrite a block (n, n_channels) of finite samples with what was `latency` samples ago, limited."""
        _limit(
            block, self._ceiling, self._recovery, self._late, self._needed, self._when, self._minima, self._state
        )  # fmt: skip


def limited(samples: Samples, sample_rate: int, *, lookahead: int = 0, ceiling: float = 1.0) -> Samples:
    """A whole sound (n, n_channels) limited, in time with what it was. Raises ParameterError as `Limiter` does."""
    limiter = Limiter(samples.shape[1], sample_rate, lookahead=lookahead, ceiling=ceiling)
    out = np.zeros((len(samples) + lookahead, samples.shape[1]), np.float32)
    out[: len(samples)] = samples
    limiter.process(out)
    return out[lookahead:]


@njit(**KERNEL)
def _limit(block, ceiling, recovery, late, needed, when, minima, state):  # type: ignore[no-untyped-def]
    # needed and when: the candidates of the sliding minimum, a queue of ascending gains in a ring.
    width, n_channels = len(minima), block.shape[1]
    gain, total, position, begin, end = state[0], state[1], state[2], state[3], state[4]
    least = np.int64(_ONE)
    for i in range(len(block)):
        loudest = np.float32(0)
        for c in range(n_channels):
            loudest = max(loudest, abs(block[i, c]))
        gain = min(_ONE, gain + (((_ONE - gain) * recovery) >> 30) + 1)
        if loudest > ceiling:
            gain = min(gain, np.int64(np.float64(ceiling) / np.float64(loudest) * _ONE))
        while end > begin and needed[(end - 1) % width] >= gain:
            end -= 1
        needed[end % width], when[end % width] = gain, position
        end += 1
        if when[begin % width] <= position - width:
            begin += 1
        at = position % width
        minimum = needed[begin % width]
        total += minimum - minima[at]
        minima[at] = minimum
        least = min(least, total // width)
        factor = np.float64(total) / np.float64(width * _ONE)
        oldest = (position + 1) % width
        for c in range(n_channels):
            late[at, c] = block[i, c]
            value = late[oldest, c]
            if total < width * _ONE:
                value = np.float32(min(max(value * factor, -np.float64(ceiling)), np.float64(ceiling)))
            block[i, c] = value
        position += 1
    state[0], state[1], state[2], state[3], state[4], state[5] = gain, total, position, begin, end, least
