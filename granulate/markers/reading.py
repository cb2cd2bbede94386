"""The markers that a sound file holds: cue points of WAV and RF64, markers of AIFF."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from granulate.atomic import reason
from granulate.errors import SoundFileError, printable
from granulate.markers.chunks import Order, chunks, contents, open_regular

MOST_BYTES = 1 << 23
"""Of all chunks together that tell of markers: 350 000 cue points."""
_CUE_BYTES = 24
_RIFF_ORDERS: dict[bytes, Order] = {b"RIFF": "little", b"RF64": "little", b"BW64": "little", b"RIFX": "big"}


@dataclass(frozen=True, slots=True, order=True)
class Marker:
    """A place in a sound, in samples; its length in samples, 0 for a point; its text."""

    position: int
    length: int = 0
    text: str = ""


def read_markers(path: str | os.PathLike[str]) -> tuple[Marker, ...]:
    """The markers of a sound file, sorted; none where its format has none, or they are malformed.

    WAV, RF64, BW64: `cue ` with the names (`labl`) and lengths (`ltxt`) of its `LIST adtl`
    (Microsoft & IBM 1991, "Multimedia Programming Interface and Data Specifications 1.0"); AIFF and
    AIFC: `MARK` (Apple 1989). Samples are never read. Positions may lie past the end of the sound.

    Raises SoundFileError, one line `PATH: reason`, for what is missing or no regular file.
    """
    try:
        with open_regular(path, "rb") as file:
            end = os.fstat(file.fileno()).st_size
            header = file.read(12)
            kind, form = header[:4], header[8:]
            if form == b"WAVE" and kind in _RIFF_ORDERS:
                return tuple(sorted(_cues(file, end, _RIFF_ORDERS[kind])))
            if kind == b"FORM" and form in (b"AIFF", b"AIFC"):
                return tuple(sorted(_marks(file, end)))
            return ()
    except (OSError, ValueError) as error:
        raise SoundFileError(f"{printable(path)}: cannot be read: {reason(error)}") from None


def _cues(file: BinaryIO, end: int, order: Order) -> Iterator[Marker]:
    positions: list[tuple[int, int]] = []
    texts: dict[int, str] = {}
    lengths: dict[int, int] = {}
    left = MOST_BYTES

    def number(data: bytes, at: int) -> int:
        return int.from_bytes(data[at : at + 4], order)

    for chunk in chunks(file, 12, end, order):
        if chunk.name not in (b"cue ", b"LIST"):
            continue
        data = contents(file, chunk, left)
        if chunk.name == b"cue ":
            n = min(number(data, 0), (len(data) - 4) // _CUE_BYTES)
            for at in range(4, 4 + n * _CUE_BYTES, _CUE_BYTES):
                positions.append((number(data, at), number(data, at + 20)))
        elif data[:4] == b"adtl":
            for name, part in _parts(data, order):
                if name == b"labl":
                    texts[number(part, 0)] = _text(part[4:])
                elif name == b"ltxt" and len(part) >= 8:
                    lengths[number(part, 0)] = number(part, 4)
        left -= len(data)
    for identity, position in positions:
        yield Marker(position, lengths.get(identity, 0), texts.get(identity, ""))


def _parts(data: bytes, order: Order) -> Iterator[tuple[bytes, bytes]]:
    """Names and contents of the chunks in a list that has been read."""
    at = 4
    while at + 8 <= len(data):
        begin = at + 8
        end = begin + int.from_bytes(data[at + 4 : begin], order)
        yield data[at : at + 4], data[begin:end]
        at = end + ((end - begin) % 2 and data[end : end + 1] == b"\0")


def _marks(file: BinaryIO, end: int) -> Iterator[Marker]:
    for chunk in chunks(file, 12, end, "big"):
        if chunk.name == b"MARK":
            data = contents(file, chunk, MOST_BYTES)
            at = 2
            for _ in range(int.from_bytes(data[:2], "big")):
                if at + 7 > len(data):
                    return
                position, n = int.from_bytes(data[at + 2 : at + 6], "big"), data[at + 6]
                yield Marker(position, 0, _text(data[at + 7 : at + 7 + n]))
                at += 8 + n - n % 2  # the text and its length make an even number of bytes
            return


def _text(data: bytes) -> str:
    data = data.partition(b"\0")[0]
    try:
        return data.decode()
    except UnicodeDecodeError:
        return data.decode("latin-1")
