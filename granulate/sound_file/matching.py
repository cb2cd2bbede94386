"""Bringing sounds to one sample rate and one number of channels, block by block."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import ParameterError
from granulate.types import Sound, as_sounds

BLOCK_SAMPLES = 1 << 16
_MOST_RATIO = 1024


def match(sounds: Sound | Sequence[Sound], *, sample_rate: int | None = None) -> tuple[Sound, ...]:
    """The sounds at one rate and channel count, so that they can be one corpus.

    The rate is the one given, in Hz, or else the highest among the sounds; the channel count is the
    largest. One channel is repeated to all; more, but too few, are filled up with silent ones. A
    sound that fits is returned itself; every sound keeps its origin.

    Raises ParameterError for no sounds, and for rates more than a factor of 1024 apart.
    """
    found = as_sounds(sounds)
    if not found:
        raise ParameterError("no sounds; allowed: at least one")
    rate = max(sound.sample_rate for sound in found) if sample_rate is None else sample_rate
    n_channels = max(sound.n_channels for sound in found)
    return tuple(_widened(_at_rate(sound, rate), n_channels) for sound in found)


def check_rates(source: int, target: int) -> None:
    """Raise ParameterError for rates that cannot be turned into each other."""
    if target < 1 or max(source, target) > _MOST_RATIO * min(source, target):
        raise ParameterError(
            f"cannot be resampled from {source} Hz to {target} Hz; allowed: up to a factor of {_MOST_RATIO}"
        )


def block_frames(n_channels: int, source: int, target: int) -> int:
    """How many frames to resample at a time, so that the block stays small before and after."""
    return max(1, BLOCK_SAMPLES * min(source, target) // (n_channels * target))


def resampled(
    pieces: Iterable[NDArray[np.float32]], source: int, target: int, n_channels: int
) -> Iterator[NDArray[np.float32]]:
    """Consecutive blocks of frames (n, n_channels) at the target rate; at least one frame of any."""
    if source == target:
        yield from pieces
        return
    import soxr

    stream = soxr.ResampleStream(source, target, n_channels, "float32", "HQ")
    first, n_out = None, 0
    for piece in pieces:
        first = piece[:1].copy() if first is None else first
        block = stream.resample_chunk(piece)
        n_out += len(block)
        yield _finite(block)
    if first is not None:
        block = stream.resample_chunk(first[:0], last=True)
        yield _finite(block)
        if n_out + len(block) == 0:
            yield first  # too short for one sample at the lower rate


def _at_rate(sound: Sound, rate: int) -> Sound:
    if sound.sample_rate == rate:
        return sound
    check_rates(sound.sample_rate, rate)
    size = block_frames(sound.n_channels, sound.sample_rate, rate) * sound.n_channels
    pieces = (block for _, block in sound.blocks(size))
    buffer = storage.FrameBuffer(sound.n_channels)
    for block in resampled(pieces, sound.sample_rate, rate, sound.n_channels):
        buffer.append(block)
    return Sound(buffer.array().T, rate, sound.origin)


def _widened(sound: Sound, n_channels: int) -> Sound:
    if sound.n_channels == n_channels:
        return sound
    frames = storage.allocate(sound.n_samples, n_channels)
    filled = n_channels if sound.n_channels == 1 else sound.n_channels
    for first, block in sound.blocks():
        frames[first : first + len(block), :filled] = block
        storage.release(frames)
    return Sound(frames.T, sound.sample_rate, sound.origin)


def _finite(block: NDArray[np.float32]) -> NDArray[np.float32]:
    # The filter's overshoot takes samples near the largest float over the edge.
    return np.where(np.isfinite(block), block, np.float32(0))
