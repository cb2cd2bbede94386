"""Windowed frames of a sound, cut on demand: silence stands where a frame reaches past the sound."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.types.arrays import read_only

Samples = NDArray[np.float32]


def cut_frames(
    samples: Samples,
    starts: NDArray[np.int64],
    bounds: NDArray[np.int64],
    window: Samples,
    offset: int,
    n_fft: int,
) -> Samples:
    """Frames (n, n_fft): the window over samples starts[i] ... of a mono signal, zero elsewhere.

    `samples` (n_samples,); `starts` (n,); `bounds` (n, 2): outside of them a frame is silent;
    `offset`: where the window stands in the frame.
    """
    frames = np.zeros((len(starts), n_fft), np.float32)
    _cut(read_only(samples), starts, bounds, read_only(window), offset, frames)
    return frames


def cut_run(
    samples: Samples, start: int, hop: int, n: int, window: Samples, offset: int, n_fft: int
) -> Samples:
    """So many frames (n, n_fft) of a mono signal (n_samples,), a hop apart from sample `start` on, as `cut_frames`."""
    frames = np.zeros((n, n_fft), np.float32)
    _cut_run(read_only(samples), start, hop, window, offset, frames)
    return frames


@njit(cache=True, nogil=True)
def _cut_run(samples, start, hop, window, offset, frames):  # type: ignore[no-untyped-def]
    starts = start + hop * np.arange(len(frames))
    bounds = np.zeros((len(frames), 2), np.int64)
    bounds[:, 1] = len(samples)
    _cut(samples, starts, bounds, window, offset, frames)


@njit(cache=True, nogil=True)
def _cut(samples, starts, bounds, window, offset, frames):  # type: ignore[no-untyped-def]
    for i in range(len(starts)):
        lo = max(0, bounds[i, 0] - starts[i])
        hi = min(len(window), bounds[i, 1] - starts[i])
        if hi > lo:
            _multiply(
                frames[i, offset + lo : offset + hi], samples[starts[i] + lo : starts[i] + hi], window[lo:hi]
            )


@njit(cache=True, nogil=True)
def _multiply(out, a, b):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] = a[i] * b[i]
