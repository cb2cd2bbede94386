"""Looking into one file: the hash of its bytes here, its sound in a child process."""

from __future__ import annotations

import hashlib
import os
import stat
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.errors import SoundFileError, printable
from granulate.library.records import BROKEN, OK, UNKNOWN
from granulate.library.walking import kind_of
from granulate.sound_file.formats import EXTENSIONS
from granulate.types import Choice

FOREIGN = "foreign"
"""The status of a content in no format that is known: of a file named as a sound it is broken, else unknown."""

_NOTHING = np.zeros(0, np.float32)
_HASH_BYTES = 32
_PIECE = 1 << 20
_HEAD = 32
_NO_SOUND = "no sound by its name nor its first bytes"
_BEGINNINGS = (
    b"RF64", b"fLaC", b"OggS", b"caff", b".snd", b"dns.", b"riff\x2e\x91\xcf\x11", b"ID3", b"NIST_1A",
    b"Creative Voice File",
)  # fmt: skip
_CHUNKED = {b"RIFF": (b"WAVE",), b"RIFX": (b"WAVE",), b"FORM": (b"AIFF", b"AIFC", b"8SVX")}


@dataclass(frozen=True, slots=True)
class Hashed:
    """A file's bytes: their hash, or the status and reason why there is none; size and time when it was read."""

    hash: bytes | None
    size: int
    mtime_ns: int
    status: str = ""
    reason: str = ""


def hashed(path: bytes, stop: threading.Event) -> Hashed:
    """Hash a file (blake2b, 256 bits). What looks like no sound is not read further than its beginning.

    `stop` ends it early; the hash is then of no use.
    """
    try:
        there = os.stat(path)  # before opening: to open a FIFO waits for a writer
        if not stat.S_ISREG(there.st_mode):
            return Hashed(None, there.st_size, there.st_mtime_ns, UNKNOWN, f"is {kind_of(there.st_mode)}")
        with open(path, "rb", buffering=0) as file:
            there = os.fstat(file.fileno())
            size, written = there.st_size, there.st_mtime_ns
            named = _named_sound(path)
            piece = file.read(_PIECE if named else _HEAD)
            if not named and not _begins_as_sound(piece):
                return Hashed(None, size, written, UNKNOWN, _NO_SOUND)
            digest = hashlib.blake2b(piece, digest_size=_HASH_BYTES)
            while piece and not stop.is_set():
                piece = file.read(_PIECE)
                digest.update(piece)
        return Hashed(digest.digest(), size, written)
    except OSError as error:
        return Hashed(None, 0, 0, BROKEN, f"cannot be read: {error.strerror or error}")


class Task(NamedTuple):
    """A file that a child is to look into, and its size and time when it was hashed."""

    path: bytes
    size: int
    mtime_ns: int


class Found(NamedTuple):
    """What a child found in a file; `summary` float32 (n_columns,) of all sets, `frames` of those that are kept."""

    status: str
    reason: str = ""
    format: str = ""
    subtype: str = ""
    n_channels: int = 0
    sample_rate: int = 0
    n_samples: int = 0
    n_measured: int = 0
    peak: float = 0.0
    replaced: int = 0
    lacking: int = 0
    summary: NDArray[np.float32] = _NOTHING
    frames: Mapping[str, NDArray[np.float32]] = {}


def look(task: Task, *, chosen: Sequence[Choice], framed: frozenset[str]) -> Found:
    """Decode a file and measure it by the chosen sets; frames are given of those in `framed`.

    Raises SoundFileError for a file that changed in the meantime.
    """
    from granulate import sound_file
    from granulate.library.measures import measure

    name = os.fsdecode(task.path)
    try:
        sound = sound_file.read(name)
    except SoundFileError as error:
        _check_unchanged(task)
        why = str(error).removeprefix(f"{printable(name)}: ")
        return Found(FOREIGN if why.startswith("not a sound") else BROKEN, why)
    measured = measure(sound, chosen)
    _check_unchanged(task)
    origin = sound.origin
    assert origin is not None
    return Found(
        OK, "", origin.format, origin.subtype, sound.n_channels, sound.sample_rate, sound.n_samples,
        round(sound.n_samples * measured.share), min(sound.peak, 3e38), origin.replaced, origin.missing,
        measured.summary, {kind: values for kind, values in measured.frames.items() if kind in framed},
    )  # fmt: skip


def warm_up(chosen: Sequence[Choice]) -> None:
    """Load, or compile, what looking into a file needs, so that it counts for none."""
    from granulate.library.measures import measure
    from granulate.types import Sound

    measure(Sound(np.sin(np.arange(4096, dtype=np.float32)), 44_100), chosen)


def status_of(status: str, path: bytes) -> str:
    """What a content's status makes of a file of that name."""
    if status == FOREIGN:
        return BROKEN if _named_sound(path) else UNKNOWN
    return status


def _check_unchanged(task: Task) -> None:
    there = os.stat(task.path)
    if (there.st_size, there.st_mtime_ns) != (task.size, task.mtime_ns):
        raise SoundFileError("changed while it was read; allowed: another scan")


def _named_sound(path: bytes) -> bool:
    return os.fsdecode(os.path.splitext(path)[1]).lower() in EXTENSIONS


def _begins_as_sound(head: bytes) -> bool:
    return head.startswith(_BEGINNINGS) or head[8:12] in _CHUNKED.get(head[:4], ())
