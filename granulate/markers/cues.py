"""Writing markers into a WAV file that is finished."""

from __future__ import annotations

import os
import struct
from collections.abc import Iterable
from typing import BinaryIO

from granulate.atomic import reason
from granulate.errors import OutputError, ParameterError, printable
from granulate.markers.chunks import chunks, contents, open_regular
from granulate.markers.reading import MOST_BYTES, Marker

_MOST = 2**32 - 1


def write_cues(path: str | os.PathLike[str], markers: Iterable[Marker]) -> None:
    """Append the markers to a finished WAV file, in place, as `cue ` and `LIST adtl` chunks.

    `read_markers` then gives them back, sorted; the samples stay as they are. Texts are UTF-8, up
    to their first NUL. No markers change nothing.

    Raises ParameterError for positions and lengths below 0 or above 2^32 - 1; OutputError where
    the file is no whole WAV (RF64 included), has cue points already, would pass 4 GiB or 8 MiB of markers, or cannot be
    written; then nothing has been changed, unless the disk failed.
    """
    found = sorted(markers)
    for marker in found:
        if not (0 <= marker.position <= _MOST and 0 <= marker.length <= _MOST):
            raise ParameterError(
                f"a marker at {marker.position} of length {marker.length}; allowed: 0 to {_MOST} samples"
            )
    if not found:
        return
    try:
        with open_regular(path, "r+b") as file:
            _check(file)
            size = file.seek(0, os.SEEK_END)
            encoded = _encoded(found)
            if len(encoded) > MOST_BYTES:
                raise _UnfitError(
                    f"{len(found)} are too many; allowed: what fits into {MOST_BYTES >> 20} MiB"
                )
            added = bytes(size % 2) + encoded
            if size + len(added) - 8 > _MOST:
                raise _UnfitError("with its markers it passes 4 GiB; allowed: fewer markers")
            file.write(added)
            # Last, so that until then it is the file that it was.
            file.seek(4)
            file.write(struct.pack("<I", size + len(added) - 8))
    except (OSError, ValueError, _UnfitError) as error:
        raise OutputError(f"{printable(path)}: markers cannot be written: {reason(error)}") from None


class _UnfitError(Exception):
    """Why a file takes no markers, without its name."""


def _check(file: BinaryIO) -> None:
    end = os.fstat(file.fileno()).st_size
    header = file.read(12)
    if header[:4] != b"RIFF" or header[8:] != b"WAVE":
        raise _UnfitError("the file is no WAV; allowed: RIFF WAVE")
    if not end - 1 <= int.from_bytes(header[4:8], "little") + 8 <= end + 1:
        raise _UnfitError("the file's size is not the one that it declares; allowed: a finished WAV")
    for chunk in chunks(file, 12, end, "little"):
        if chunk.name == b"cue " or (chunk.name == b"LIST" and contents(file, chunk, 4) == b"adtl"):
            raise _UnfitError("the file has markers already; allowed: a file without")


def _encoded(markers: list[Marker]) -> bytes:
    cues, names, lengths = [], [], []
    for identity, marker in enumerate(markers, 1):
        # Position in the playlist, in the data chunk (0, 0: without a wave list), and in samples.
        cues.append(struct.pack("<II4sIII", identity, marker.position, b"data", 0, 0, marker.position))
        text = marker.text.partition("\0")[0].encode(errors="backslashreplace")
        if text:
            names.append(_chunk(b"labl", struct.pack("<I", identity) + text + b"\0"))
        if marker.length:
            lengths.append(_chunk(b"ltxt", struct.pack("<II4s8x", identity, marker.length, b"rgn ")))
    cue = _chunk(b"cue ", struct.pack("<I", len(markers)) + b"".join(cues))
    # Names before lengths: libsndfile 1.2.2 reads no names after the first length.
    texts = b"".join(names + lengths)
    return cue + (_chunk(b"LIST", b"adtl" + texts) if texts else b"")


def _chunk(name: bytes, data: bytes) -> bytes:
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)
