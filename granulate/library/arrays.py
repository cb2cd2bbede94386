"""Rows of float32 in a file: appended or written anew by one process, memory-mapped by any."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from granulate.errors import LibraryError, printable


def summaries_file(index: Path, set_id: int) -> Path:
    """Where the summaries of a set lie: a row for each content."""
    return index / f"summaries-{set_id}.f32"


def frames_file(index: Path, set_id: int) -> Path:
    """Where the frames of a set lie, sound after sound."""
    return index / f"frames-{set_id}.f32"


def mapped(path: Path, n_rows: int, n_columns: int) -> NDArray[np.float32]:
    """The first rows (n_rows, n_columns), memory-mapped and read-only.

    Raises LibraryError where the file does not hold so many.
    """
    if n_rows * n_columns == 0:
        return np.zeros((n_rows, n_columns), np.float32)
    try:
        found: NDArray[np.float32] = np.memmap(path, np.float32, mode="r", shape=(n_rows, n_columns))
    except (OSError, ValueError):
        raise LibraryError(
            f"{printable(path)}: is damaged: it does not hold {n_rows} rows; allowed: a new index, by a scan"
        ) from None
    return found


class Writer:
    """Writes rows of so many columns into a file, which is made where it is not there."""

    def __init__(self, path: Path, n_columns: int) -> None:
        self.n_columns = n_columns
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)

    def write(self, row: int, values: NDArray[np.float32]) -> None:
        """Put values (n, n_columns) at a row and those after it."""
        self.write_runs([row], [values])

    def write_runs(self, rows: Sequence[int], runs: Sequence[NDArray[np.float32]]) -> None:
        """Put each run of values (n, n_columns) at its row; what lies one behind another is written at once."""
        at, joined = 0, bytearray()
        for row, values in sorted(zip(rows, runs, strict=True), key=lambda run: run[0]):
            place = 4 * self.n_columns * row
            if joined and place != at + len(joined):
                self._put(at, joined)
                joined = bytearray()
            at = at if joined else place
            joined += np.ascontiguousarray(values, "<f4").data.cast("B") if values.size else b""
        self._put(at, joined)

    def sync(self) -> None:
        """Wait until what was written is on the disk."""
        getattr(os, "fdatasync", os.fsync)(self._file)

    def close(self) -> None:
        """Close the file."""
        with suppress(OSError):
            os.close(self._file)

    def _put(self, at: int, data: bytearray) -> None:
        os.lseek(self._file, at, os.SEEK_SET)
        with memoryview(data) as left:
            done = 0
            while done < len(data):
                done += os.write(self._file, left[done:])
