"""The same sound makes the same bytes: what libsndfile writes of the clock is taken out again.

It stamps the PEAK chunk of float WAV, RF64 and AIFF with the time, and gives every Ogg stream a
serial number drawn from it.
"""

from __future__ import annotations

import struct
import zlib
from pathlib import Path
from typing import BinaryIO

from granulate.sound_file.formats import Encoding

_HEADER_BYTES = 1024
_PAGE_HEADER = 27
_BACKWARDS = bytes(int(f"{byte:08b}"[::-1], 2) for byte in range(256))


def settle(path: Path, encoding: Encoding, serial: int) -> None:
    """Make a written file depend on its sound alone. `serial` is 32 bits that do so."""
    with path.open("r+b") as file:
        if encoding.format in ("WAV", "RF64", "AIFF") and encoding.is_float:
            _clear_timestamp(file)
        elif encoding.format == "OGG":
            _set_serial(file, serial)


def _clear_timestamp(file: BinaryIO) -> None:
    # PEAK, size, version, timestamp (4 bytes each); it lies before the samples.
    header = file.read(_HEADER_BYTES)
    at = header.find(b"PEAK")
    if at >= 0:
        file.seek(at + 12)
        file.write(bytes(4))


def _set_serial(file: BinaryIO, serial: int) -> None:
    """Number every page of an Ogg file anew (RFC 3533, section 6)."""
    at = 0
    while (header := file.read(_PAGE_HEADER)).startswith(b"OggS"):
        lengths = file.read(header[26])
        body = file.read(sum(lengths))
        page = bytearray(header + lengths + body)
        struct.pack_into("<I", page, 14, serial)
        struct.pack_into("<I", page, 22, 0)
        struct.pack_into("<I", page, 22, _checksum(page))
        file.seek(at)
        file.write(page)
        at += len(page)


def _checksum(page: bytearray) -> int:
    """Ogg's CRC-32: zlib's polynomial with the bits the other way round, from 0 and not inverted."""
    reflected = zlib.crc32(page.translate(_BACKWARDS), 0xFFFFFFFF) ^ 0xFFFFFFFF
    return int(f"{reflected:032b}"[::-1], 2)
