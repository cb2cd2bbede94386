"""Chunked files (IFF, RIFF): what they say of their sizes is a claim that the file's own size bounds."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Literal, cast

Order = Literal["little", "big"]

_MOST_CHUNKS = 100_000
_UNKNOWN = 0xFFFFFFFF


@dataclass(frozen=True, slots=True)
class Chunk:
    """Its name, where its contents begin in the file, and how many bytes of them there are."""

    name: bytes
    begin: int
    size: int


def open_regular(path: str | os.PathLike[str], mode: str) -> BinaryIO:
    """Open a file that neither waits nor never ends. Raises OSError and ValueError as `open` does."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError("not a regular file")
    return cast(BinaryIO, open(path, mode))


def chunks(file: BinaryIO, begin: int, end: int, order: Order) -> Iterator[Chunk]:
    """The chunks between two places of a file; `order`: "little" (RIFF) or "big" (IFF, RIFX).

    Contents that are cut off end where the file does. After an odd chunk that was not padded the
    next name follows at once. An RF64's 64-bit size of `data` is taken from its `ds64`. No more
    than 100 000 are looked at, and of each only the header is read.
    """
    long_size = 0
    for _ in range(_MOST_CHUNKS):
        if begin + 8 > end:
            return
        file.seek(begin)
        header = file.read(8)
        name, size = header[:4], int.from_bytes(header[4:], order)
        if name == b"ds64":
            long_size = int.from_bytes(file.read(16)[8:], "little")
        if size == _UNKNOWN and name == b"data":
            size = long_size or end
        chunk = Chunk(name, begin + 8, min(size, end - begin - 8))
        begin = chunk.begin + size
        if size % 2 and begin < end:
            file.seek(begin)
            begin += file.read(1) == b"\0"
        yield chunk


def contents(file: BinaryIO, chunk: Chunk, most: int) -> bytes:
    """What a chunk holds, at most so many bytes of it."""
    file.seek(chunk.begin)
    return file.read(min(chunk.size, most))
