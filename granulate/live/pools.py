"""Sounds that the engine reads: pages of a file that both processes map, and no copy in between."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.atomic import AnyPath, reason
from granulate.errors import OutputError

_IN_MEMORY = "/dev/shm"
_PAGE = 1024  # samples


@dataclass(frozen=True, slots=True)
class Pool:
    """Native float32 frames (n_frames, n_channels) in a file, from byte `offset` on."""

    path: AnyPath
    n_frames: int
    n_channels: int
    offset: int = 0


@contextmanager
def lent(frames: NDArray[np.float32]) -> Iterator[Pool]:
    """A copy of some frames (n_frames, n_channels) that another process can open within the block, and keep.

    It lies in memory where the system has a file system there with room for twice as much, else in
    the temporary folder. Raises OutputError where there is no room.
    """
    size = max(4, 4 * frames.size)
    room = os.path.isdir(_IN_MEMORY) and shutil.disk_usage(_IN_MEMORY).free > 2 * size
    try:
        descriptor, path = tempfile.mkstemp(prefix="granulate-", dir=_IN_MEMORY if room else None)
    except OSError as error:
        raise OutputError(f"no room for a sound: {reason(error)}") from None
    try:
        with os.fdopen(descriptor, "wb") as file:
            for _, block in storage.blocks(frames):
                file.write(np.ascontiguousarray(block, np.float32).data)
        yield Pool(path, *frames.shape)
    except OSError as error:
        raise OutputError(f"no room for a sound: {reason(error)}") from None
    finally:
        with suppress(OSError):
            os.unlink(path)


def opened(pool: Pool) -> NDArray[np.float32]:
    """The frames (n_frames, n_channels), mapped, every page of them read once. Raises OSError or ValueError."""
    if pool.n_frames == 0:
        return np.zeros((0, pool.n_channels), np.float32)
    frames = np.memmap(pool.path, np.float32, "r", pool.offset, (pool.n_frames, pool.n_channels))
    np.bitwise_or.reduce(frames.reshape(-1).view(np.int32)[::_PAGE])
    return frames
