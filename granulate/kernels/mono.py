"""Channels mixed into one."""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray


def mean_of_channels(frames: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """The mean of each of the frames (n, n_channels), into out (n,)."""
    if frames.shape[1] == 1:
        out[:] = frames[:, 0]
    elif len(frames):
        _mean(frames, out)


@njit(cache=True, nogil=True)
def _mean(frames, out):  # type: ignore[no-untyped-def]
    n = frames.shape[1]
    if n == 2:
        for i in range(len(frames)):
            out[i] = np.float32(0.5) * frames[i, 0] + np.float32(0.5) * frames[i, 1]
        return
    for i in range(len(frames)):
        total = 0.0
        for c in range(n):
            total += frames[i, c]
        out[i] = total / n
