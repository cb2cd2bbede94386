"""What passes over the socket as bytes: what sounds, audio, and selections.

    server -> page   1 0 0 0, then uint32 grain numbers that began to sound
                     2 c 0 0, then uint32 the clock's low bits of the first frame, float32 interleaved, c channels
    both ways        3 0 0 0, then uint32 the number of grains, then a bit for each, lowest first: the selection

Little endian; the four bytes in front keep what follows aligned.
"""

from __future__ import annotations

import struct

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError

SOUNDING, AUDIO, SELECTION = 1, 2, 3
MOST_BITS = 1 << 22


def sounding(grains: NDArray[np.uint32]) -> bytes:
    """Grains that began to sound, (n,)."""
    return bytes((SOUNDING, 0, 0, 0)) + grains.astype("<u4").tobytes()


def audio(clock: int, frames: NDArray[np.float32]) -> bytes:
    """Frames (n_frames, n_channels) that begin at an output sample."""
    head = struct.pack("<BBHI", AUDIO, frames.shape[1], 0, clock & 0xFFFFFFFF)
    return head + np.ascontiguousarray(frames, "<f4").tobytes()


def selection(grains: NDArray[np.int64], n_grains: int) -> bytes:
    """Selected grains (n,) out of so many."""
    chosen = np.zeros(n_grains, bool)
    chosen[grains] = True
    bits = np.packbits(chosen, bitorder="little").tobytes()
    return struct.pack("<BBHI", SELECTION, 0, 0, n_grains) + bits


def read_selection(data: bytes) -> NDArray[np.int64]:
    """The selected grains' numbers (n,), ascending. Raises ParameterError for anything else."""
    if len(data) < 8 or data[0] != SELECTION:
        raise ParameterError(f"{len(data)} bytes that are no selection; allowed: type {SELECTION}")
    _, _, zero, n = struct.unpack_from("<BBHI", data)
    if zero or n > MOST_BITS or len(data) != 8 + -(-n // 8):
        raise ParameterError(
            f"a selection of {n} grains in {len(data)} bytes; allowed: a bit for each of {MOST_BITS} at most"
        )
    bits = np.frombuffer(data, np.uint8, offset=8)
    return np.flatnonzero(np.unpackbits(bits, count=n, bitorder="little")).astype(np.int64)
