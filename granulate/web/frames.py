"""What passes over the socket as bytes: what sounds, audio, selections and labels.

    server -> page   1 0 0 0, then uint32 grain numbers that began to sound
                     2 c 0 0, then uint32 the clock's low bits of the first frame, float32 interleaved, c channels
    both ways        3 0 0 0, then uint32 the number of grains, then a bit for each, lowest first: the selection
    server -> page   4 0 0 0, then uint32 the number of grains, then uint16 each one's label, 65535 for none, then the
                     labels' names, a JSON list in UTF-8
    page -> server   5 0 0 0, then a selection's uint32 and bits, then in UTF-8 the label to give to these; "" takes theirs

Little endian; the four bytes in front keep what follows aligned.
"""

from __future__ import annotations

import json
import struct

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.web.labels import LONGEST, Labels

SOUNDING, AUDIO, SELECTION, LABELS, LABELLING = 1, 2, 3, 4, 5
MOST_BITS = 1 << 22
MOST_NAME = 4 * LONGEST
"""Bytes of a label."""


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
    grains, rest = _chosen(data)
    if rest:
        raise ParameterError(f"a selection with {len(rest)} bytes too many; allowed: a bit for each grain")
    return grains


def labels(found: Labels) -> bytes:
    """All labels that grains have."""
    head = struct.pack("<BBHI", LABELS, 0, 0, len(found.of))
    return head + found.of.astype("<u2").tobytes() + json.dumps(found.names).encode()


def read_labelling(data: bytes) -> tuple[NDArray[np.int64], str]:
    """Grains' numbers (n,), ascending, and the label for them. Raises ParameterError for anything else."""
    if len(data) < 8 or data[0] != LABELLING:
        raise ParameterError(f"{len(data)} bytes that are no label; allowed: type {LABELLING}")
    grains, rest = _chosen(data)
    try:
        if len(rest) > MOST_NAME:
            raise ValueError
        return grains, rest.decode("utf-8")
    except ValueError:
        raise ParameterError(f"a label of {len(rest)} bytes; allowed: UTF-8 of up to {MOST_NAME}") from None


def _chosen(data: bytes) -> tuple[NDArray[np.int64], bytes]:
    """Numbers of the grains whose bits are set, and the bytes that follow."""
    _, _, zero, n = struct.unpack_from("<BBHI", data)
    end = 8 + -(-n // 8)
    if zero or n > MOST_BITS or len(data) < end:
        raise ParameterError(
            f"a selection of {n} grains in {len(data)} bytes; allowed: a bit for each of {MOST_BITS} at most"
        )
    bits = np.frombuffer(data, np.uint8, end - 8, 8)
    return np.flatnonzero(np.unpackbits(bits, count=n, bitorder="little")).astype(np.int64), data[end:]
