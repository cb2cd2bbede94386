"""Where samples live: in memory while they are few, in a nameless temporary file when they are many.

An hour of mono is 600 MiB of float32. Kept in an unlinked, memory-mapped file it costs the disk
cache instead of the process; `release` hands back the pages that have been read or written, so that
a job's memory does not grow with the length of the sound.
"""

from __future__ import annotations

import mmap
import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from typing import IO

import numpy as np
from numpy.typing import NDArray

from granulate.errors import OutputError

IN_MEMORY_BYTES = 64 * 2**20
BLOCK_SAMPLES = 1 << 18


def allocate(n_frames: int, n_channels: int) -> NDArray[np.float32]:
    """A zeroed float32 array (n_frames, n_channels), on disk when it is large."""
    n_bytes = 4 * n_frames * n_channels
    if n_bytes <= IN_MEMORY_BYTES:
        return np.zeros((n_frames, n_channels), np.float32)
    try:
        with tempfile.TemporaryFile(prefix="granulate-") as file:
            file.truncate(n_bytes)
            if hasattr(os, "posix_fallocate"):
                # A mapped page that the disk then has no room for would kill the process (SIGBUS).
                os.posix_fallocate(file.fileno(), 0, n_bytes)
            return _mapped(file, n_frames, n_channels)
    except (OSError, ValueError) as error:
        raise _no_room(error) from None


def release(array: NDArray[np.float32]) -> None:
    """Hand back the memory of an array made here; its values stay. Does nothing for others."""
    base: object = array
    while (below := getattr(base, "base", None)) is not None:  # of views by strides, no array
        base = below
    if isinstance(base, memoryview):
        base = base.obj
    if isinstance(base, mmap.mmap) and hasattr(mmap, "MADV_DONTNEED"):
        base.madvise(mmap.MADV_DONTNEED)


def blocks(
    frames: NDArray[np.float32], block_samples: int = BLOCK_SAMPLES
) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """Pieces of frames (n_frames, n_channels) with the index of their first frame, in order.

    The memory of each piece is handed back when the next one is asked for.
    """
    step = max(1, block_samples // frames.shape[1])
    for first in range(0, len(frames), step):
        yield first, frames[first : first + step]
        release(frames)


class FrameBuffer:
    """Grows by blocks of frames (n, n_channels) whose number is not known beforehand."""

    def __init__(self, n_channels: int) -> None:
        self._n_channels = n_channels
        self._n_frames = 0
        self._blocks: list[NDArray[np.float32]] = []
        self._file: IO[bytes] | None = None

    def __del__(self) -> None:
        # Of a buffer that was given up: what it cannot flush any more is not wanted either.
        if self._file is not None:
            with suppress(OSError):
                self._file.close()

    def append(self, block: NDArray[np.float32]) -> None:
        """Add frames, which must not change afterwards. Raises OutputError when the temporary disk is full."""
        self._n_frames += len(block)
        if self._file is None:
            self._blocks.append(np.ascontiguousarray(block, np.float32))
            if 4 * self._n_frames * self._n_channels > IN_MEMORY_BYTES:
                self._spill()
        else:
            self._write(block)

    def array(self) -> NDArray[np.float32]:
        """All frames (n_frames, n_channels)."""
        if self._file is not None:
            try:
                with self._file:
                    self._file.flush()
                    return _mapped(self._file, self._n_frames, self._n_channels)
            except OSError as error:
                raise _no_room(error) from None
        if not self._blocks:
            return np.zeros((0, self._n_channels), np.float32)
        return np.concatenate(self._blocks) if len(self._blocks) > 1 else self._blocks[0]

    def _spill(self) -> None:
        try:
            self._file = tempfile.TemporaryFile(prefix="granulate-")  # noqa: SIM115 - lives with the buffer
        except OSError as error:
            raise _no_room(error) from None
        for block in self._blocks:
            self._write(block)
        self._blocks.clear()

    def _write(self, block: NDArray[np.float32]) -> None:
        assert self._file is not None
        try:
            self._file.write(np.ascontiguousarray(block, np.float32).data)
        except OSError as error:
            raise _no_room(error) from None


def _no_room(error: Exception) -> OutputError:
    # `tempdir` is unset while no temporary folder has been found that can be written to.
    folder = f" {tempfile.tempdir}" if tempfile.tempdir else ""
    return OutputError(f"no room for the sound in the temporary folder{folder}: {error}")


def _mapped(file: IO[bytes], n_frames: int, n_channels: int) -> NDArray[np.float32]:
    # The mapping keeps the unlinked file alive after it is closed.
    return np.frombuffer(mmap.mmap(file.fileno(), 0), np.float32).reshape(n_frames, n_channels)
