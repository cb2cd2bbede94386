"""Faults of a recording: silence at its ends, samples at full scale, an offset."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

N_STATE = 6
"""Of each channel: samples at full scale, runs of them, the longest run, the run that it is in, sum, sum of squares."""


@njit(cache=True, nogil=True)
def faults(frames, gate, full, run, first, bounds, state):  # type: ignore[no-untyped-def]
    """Go on through frames (n, n_channels), of which the first is number `first` of the sound.

    `bounds` int64 (3,): the first and the last frame above `gate`, and how many are not; `state` float64
    (n_channels, N_STATE). A run is of `run` samples or more that are `full` or above.
    """
    n, n_channels = frames.shape
    for i in range(n):
        loud = False
        for c in range(n_channels):
            x = np.float64(frames[i, c])
            size = abs(x)
            loud |= size > gate
            state[c, 4] += x
            state[c, 5] += x * x
            if size >= full:
                state[c, 0] += 1
                state[c, 3] += 1
                if state[c, 3] == run:
                    state[c, 1] += 1
                state[c, 2] = max(state[c, 2], state[c, 3])
            else:
                state[c, 3] = 0
        if loud:
            if bounds[0] < 0:
                bounds[0] = first + i
            bounds[1] = first + i
        else:
            bounds[2] += 1


def begin(n_channels: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """The bounds and the state before the first frame."""
    return np.array([-1, -1, 0], np.int64), np.zeros((n_channels, N_STATE))
