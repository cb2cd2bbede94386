"""Channels mixed into one, and how alike two are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit


def mean_of_channels(frames: NDArray[np.float32], out: NDArray[np.float32]) -> None:
    """The mean of each of the frames (n, n_channels), into out (n,)."""
    if frames.shape[1] == 1:
        out[:] = frames[:, 0]
    elif len(frames):
        _mean(frames, out)


def products(frames: NDArray[np.float32]) -> tuple[float, float, float]:
    """The sums of the first two channels' squares, and of their product, over frames (n, n_channels)."""
    found: tuple[float, float, float] = _products(frames)
    return found


@njit(cache=True, nogil=True)
def _products(frames):  # type: ignore[no-untyped-def]
    left = right = both = 0.0
    for i in range(len(frames)):
        a, b = np.float64(frames[i, 0]), np.float64(frames[i, 1])
        left += a * a
        right += b * b
        both += a * b
    return left, right, both


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
