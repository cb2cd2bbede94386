"""Overlap-add: windowed grains, normalised by the sum of their squared windows.

An inverse STFT of reordered frames whose phase is kept multiplies each windowed frame by the window
once more, adds the frames up a hop apart, and divides by the sum of the squared windows (Griffin &
Lim 1984). No FFT is needed for that: the frames are gathered from the sound itself.

Conventions: sounds are interleaved (n_frames, n_channels) and C-contiguous, so that a grain of all
channels is one run of memory. Grain j of a path begins at output sample `j * hop - lead`; what falls
before sample 0 is dropped.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges
from granulate.types import Framing
from granulate.types.arrays import read_only

Samples = NDArray[np.float32]
_TILE = 2048
_TINY = np.float32(np.finfo(np.float32).tiny)


def gather_overlap_add(
    out: Samples,
    first: int,
    pool: Samples,
    starts: NDArray[np.int64],
    bounds: NDArray[np.int64],
    framing: Framing,
) -> None:
    """Fill `out` (n, n_channels) with output samples first ... first + n of the path.

    `pool` (n_frames, n_channels) holds all sounds; `starts` (n_grains,) is where each grain of the
    path begins in it, `bounds` (n_grains, 2) where its sound begins and ends there: outside of that
    a grain is silent. Equal to librosa's `istft(stft(x)[:, order])` to float32 rounding.
    """
    n_channels = pool.shape[1]
    squared = framing.weights() ** 2
    # Away from both ends the norm has the hop's period, so it can be divided out of the window.
    steady = squared / _folded(squared, framing.hop)[np.arange(framing.window) % framing.hop]
    flat_out, flat_pool = out.reshape(-1), read_only(pool).reshape(-1)
    weights = [np.repeat(w.astype(np.float32), n_channels) for w in (squared, steady)]

    def work(begin: int, end: int) -> None:
        _gather(
            flat_out, flat_pool, starts, bounds, weights[0], weights[1],
            n_channels, framing.hop, framing.window, framing.lead, first, begin, end,
        )  # fmt: skip

    over_ranges(work, len(out), 1 << 16)


def add_frames(out: Samples, first: int, frames: Samples, index: int, channel: int, framing: Framing) -> None:
    """Add frames (n, n_fft), windowed once more, to one channel of `out` (n_samples, n_channels).

    `out` begins at output sample `first`; the frames are grains index ... index + n of the path.
    """
    window = framing.weights()
    _add(out, frames, window, framing.offset, framing.hop, framing.lead, first, index, channel)


def normalise(out: Samples, first: int, n_grains: int, framing: Framing) -> None:
    """Divide what `add_frames` added up by the sum of the squared windows that overlap there."""
    squared = framing.weights() ** 2

    def work(begin: int, end: int) -> None:
        _divide(out, squared, framing.hop, framing.lead, n_grains, first, begin, end)

    over_ranges(work, len(out), 1 << 16)


def _folded(squared: NDArray[np.float32], hop: int) -> NDArray[np.float64]:
    """What the squared windows add up to away from both ends (hop,)."""
    padded = np.zeros(-(-len(squared) // hop) * hop)
    padded[: len(squared)] = squared
    return padded.reshape(-1, hop).sum(axis=0)


@njit(cache=True, nogil=True, boundscheck=False, error_model="numpy")
def _gather(out, pool, starts, bounds, squared, steady, n_channels, hop, window, lead, first, begin, end):  # type: ignore[no-untyped-def]
    # Output samples [begin, end) of `out`, tile by tile: a tile stays in the first-level cache
    # while the grains that overlap it are added up.
    n_grains = len(starts)
    norm = np.empty(_TILE, np.float32)
    position = begin
    while position < end:
        # Grain j covers [j * hop, j * hop + window) on the clock of `time`.
        time = first + position + lead
        n = min(_TILE, end - position)
        # No tile lies across the places where the norm becomes and ceases to be steady: which of the
        # two a sample is weighed by must not depend on where its block begins.
        for edge in (window - hop, n_grains * hop):
            if time < edge:
                n = min(n, edge - time)
        acc = out[position * n_channels : (position + n) * n_channels]
        acc[:] = 0
        oldest = (time - window) // hop + 1
        newest = (time + n - 1) // hop
        whole = oldest >= 0 and newest < n_grains
        weight = steady if whole else squared
        for j in range(max(0, oldest), min(n_grains - 1, newest) + 1):
            into = time - j * hop
            source = starts[j] + into
            lo = max(0, -into, bounds[j, 0] - source)
            hi = min(n, window - into, bounds[j, 1] - source)
            if hi > lo:
                _multiply_add(
                    acc[lo * n_channels : hi * n_channels],
                    pool[(source + lo) * n_channels : (source + hi) * n_channels],
                    weight[(into + lo) * n_channels : (into + hi) * n_channels],
                )
        if not whole:
            _edge_norm(norm[:n], squared, n_channels, hop, window, time, n_grains)
            for i in range(n):
                if norm[i] > _TINY:
                    for c in range(n_channels):
                        acc[i * n_channels + c] /= norm[i]
        position += n


@njit(cache=True, nogil=True)
def _multiply_add(acc, source, weight):  # type: ignore[no-untyped-def]
    for i in range(len(acc)):
        acc[i] += source[i] * weight[i]


@njit(cache=True, nogil=True)
def _edge_norm(norm, squared, n_channels, hop, window, time, n_grains):  # type: ignore[no-untyped-def]
    norm[:] = 0
    n = len(norm)
    for j in range(max(0, (time - window) // hop + 1), min(n_grains - 1, (time + n - 1) // hop) + 1):
        for i in range(max(0, j * hop - time), min(n, j * hop + window - time)):
            norm[i] += squared[(time + i - j * hop) * n_channels]


@njit(cache=True, nogil=True)
def _add(out, frames, window, offset, hop, lead, first, index, channel):  # type: ignore[no-untyped-def]
    n_out = len(out)
    for m in range(len(frames)):
        origin = (index + m) * hop - lead - first
        for i in range(max(0, -origin), min(len(window), n_out - origin)):
            out[origin + i, channel] += frames[m, offset + i] * window[i]


@njit(cache=True, nogil=True)
def _divide(out, squared, hop, lead, n_grains, first, begin, end):  # type: ignore[no-untyped-def]
    norm = np.empty(_TILE, np.float32)
    for position in range(begin, end, _TILE):
        stop = min(end, position + _TILE)
        _edge_norm(norm[: stop - position], squared, 1, hop, len(squared), first + position + lead, n_grains)
        for i in range(stop - position):
            if norm[i] > _TINY:
                for c in range(out.shape[1]):
                    out[position + i, c] /= norm[i]
