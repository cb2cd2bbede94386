"""What a supervisor and its child tell one another: frames of bytes, and the work that they are about."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import IO, Any, NamedTuple

from granulate.atomic import reason
from granulate.errors import GranulateError

_LENGTH = struct.Struct("<Q")
_LONGEST_REASON = 500


class JobError(GranulateError):
    """Work over many items that could not be begun, or not be gone on with."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one item: its value, or the reason why there is none."""

    index: int
    """Which item it was, counted from 0."""
    value: Any | None
    reason: str | None
    """One line; None where all went well."""
    seconds: float
    """How long the item took, without the start of its process."""


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be done with every item, pickled where only the child has to understand it."""

    function: bytes
    """A pickled callable of one item."""
    setup: bytes
    """Pickled callables without arguments, called once in each child before its first item."""
    search: tuple[str, ...]
    """`sys.path` of whoever asked."""
    folder: str
    """The working folder of whoever asked."""
    deadline: float | None
    """Seconds that one item may take."""
    memory: int | None
    """Bytes that a child may take beyond what it holds after its setup."""
    owner: int
    """The process without which a supervisor has no business; 0 where it belongs to a cluster."""


class Result(NamedTuple):
    """What a child says of one item. (A tuple, because it is pickled twice on its way.)"""

    value: bytes | None
    reason: str | None
    seconds: float


def send(file: IO[bytes], frame: bytes) -> None:
    """Write one frame, at once. Raises OSError when the other side is gone."""
    file.write(_LENGTH.pack(len(frame)) + frame)
    file.flush()


def receive(file: IO[bytes]) -> bytes:
    """Read one frame. Raises EOFError when the other side is gone."""
    head = file.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    length = _LENGTH.unpack(head)[0]
    frame = file.read(length)
    if len(frame) < length:
        raise EOFError
    return frame


def in_words(error: BaseException) -> str:
    """An exception as one line: what granulate refuses says it itself, others come with their type."""
    if isinstance(error, GranulateError):
        text = reason(error)
    elif isinstance(error, MemoryError):
        text = "there was not enough memory for it"
    else:
        told = reason(error)
        text = told if told == type(error).__name__ else f"{type(error).__name__}: {told}"
    return text if len(text) <= _LONGEST_REASON else text[: _LONGEST_REASON - 1] + "…"
