"""OSC 1.0 packets: checked and decoded, and built.

What arrives on a port is anybody's bytes. A packet is taken as a whole or refused with a reason that
can be counted; the work is linear in its size, which is bounded, and nothing here raises or recurses
on what a packet says. Source of the format: M. Wright, "The Open Sound Control 1.0 Specification"
(2002), and its type tags in A. Freed and A. Schmeder, "Features and Future of Open Sound Control
version 1.1" (NIME 2009).
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple, TypeAlias

MAX_BYTES = 8192
"""The largest packet: what sclang sends at most, and a gesture of eight hundred numbers."""
MAX_DEPTH = 8
MAX_ELEMENTS = 512
IMMEDIATELY = 1
"""The time tag that means now."""

Argument: TypeAlias = "float | int | bool | str | bytes | list[Argument] | None"

_BUNDLE = b"#bundle\0"
_ADDRESS = re.compile(rb"/[!-~]*")
_PATTERN = frozenset(b"?*[]{}")


class Refusal(StrEnum):
    """Why a packet, or a message of it, is not taken."""

    SIZE = "larger than allowed, or empty"
    ALIGNMENT = "not a multiple of four bytes, or cut short"
    DEPTH = "bundles nested too deeply"
    ELEMENTS = "too many messages in a bundle"
    ELEMENT_SIZE = "a bundle's element of an impossible size"
    ADDRESS = "not an address"
    WILDCARD = "an address with wildcards"
    TYPES = "malformed or unknown type tags"
    ARGUMENTS = "arguments that are not those of the type tags"
    NON_FINITE = "a number that is infinite or none"
    TEXT = "text that is not UTF-8"


class Message(NamedTuple):
    """A checked message. `types` is without its comma; arrays among `arguments` are lists."""

    address: str
    types: str
    arguments: list[Argument]


class Element(NamedTuple):
    """One message's bytes, still to be decoded, and the time tag it is due at (NTP, 32.32 bits)."""

    data: bytes
    time_tag: int


def elements(packet: bytes) -> list[Element] | Refusal:
    """The messages of a packet in their order, bundles taken apart. A bundle's are due when all around it are."""
    if not 0 < len(packet) <= MAX_BYTES:
        return Refusal.SIZE
    if len(packet) % 4:
        return Refusal.ALIGNMENT
    if not packet.startswith(b"#"):
        return [Element(packet, IMMEDIATELY)]
    found: list[Element] = []
    # What is still to be read, the next one last: (begin, end, depth, time tag).
    rest = [(0, len(packet), 0, IMMEDIATELY)]
    while rest:
        begin, end, depth, due = rest.pop()
        if packet[begin : begin + 1] != b"#":
            found.append(Element(packet[begin:end], due))
            continue
        if depth == MAX_DEPTH:
            return Refusal.DEPTH
        if packet[begin : begin + 8] != _BUNDLE or end - begin < 16:
            return Refusal.ADDRESS
        due = max(due, int.from_bytes(packet[begin + 8 : begin + 16]))
        inside = _element_bounds(packet, begin + 16, end)
        if isinstance(inside, Refusal):
            return inside
        if len(found) + len(rest) + len(inside) > MAX_ELEMENTS:
            return Refusal.ELEMENTS
        rest.extend((first, last, depth + 1, due) for first, last in reversed(inside))
    return found


def _element_bounds(packet: bytes, position: int, end: int) -> list[tuple[int, int]] | Refusal:
    bounds = []
    while position < end:
        if end - position < 4:
            return Refusal.ALIGNMENT
        size = int.from_bytes(packet[position : position + 4], signed=True)
        position += 4
        if size <= 0 or size % 4 or size > end - position:
            return Refusal.ELEMENT_SIZE
        bounds.append((position, position + size))
        position += size
    return bounds


def decode(data: bytes) -> Message | Refusal:
    """One message (not a bundle) out of its bytes."""
    address_end = data.find(b"\0")
    address = data[:address_end] if address_end > 0 else b""
    if not _ADDRESS.fullmatch(address):
        return Refusal.ADDRESS
    if not _PATTERN.isdisjoint(address):
        return Refusal.WILDCARD
    start = _padded(address_end)
    if any(data[address_end:start]):
        return Refusal.ADDRESS
    if start == len(data):
        # Senders older than the specification leave the type tags out where nothing follows.
        return Message(address.decode("ascii"), "", [])
    tags_end = data.find(b"\0", start)
    if data[start : start + 1] != b"," or tags_end < 0 or any(data[tags_end : _padded(tags_end)]):
        return Refusal.TYPES
    tags = data[start + 1 : tags_end].decode("latin-1")
    arguments = _arguments(data, _padded(tags_end), tags)
    return arguments if isinstance(arguments, Refusal) else Message(address.decode("ascii"), tags, arguments)


def _arguments(data: bytes, position: int, tags: str) -> list[Argument] | Refusal:
    arguments: list[Argument] = []
    open_arrays = [arguments]
    for tag in tags:
        if tag == "[":
            if len(open_arrays) > MAX_DEPTH:
                return Refusal.DEPTH
            array: list[Argument] = []
            open_arrays[-1].append(array)
            open_arrays.append(array)
        elif tag == "]":
            if len(open_arrays) == 1:
                return Refusal.TYPES
            open_arrays.pop()
        elif (reader := _READERS.get(tag)) is None:
            return Refusal.TYPES
        else:
            value, position = reader(data, position)
            if isinstance(value, Refusal):
                return value
            open_arrays[-1].append(value)
    if len(open_arrays) > 1:
        return Refusal.TYPES
    return arguments if position == len(data) else Refusal.ARGUMENTS


def _padded(end: int) -> int:
    """Where the next item begins, after a string whose terminating NUL is at `end`."""
    return (end // 4 + 1) * 4


_Reader: TypeAlias = Callable[[bytes, int], "tuple[Argument | Refusal, int]"]


def _number(form: str) -> _Reader:
    packed = struct.Struct(form)

    def read(data: bytes, position: int) -> tuple[Argument | Refusal, int]:
        end = position + packed.size
        if end > len(data):
            return Refusal.ARGUMENTS, end
        value = packed.unpack_from(data, position)[0]
        return (value if math.isfinite(value) else Refusal.NON_FINITE), end

    return read


def _constant(value: Argument) -> _Reader:
    return lambda data, position: (value, position)


def _text(data: bytes, position: int) -> tuple[Argument | Refusal, int]:
    end = data.find(b"\0", position)
    after = _padded(end)
    if end < 0 or after > len(data) or any(data[end:after]):
        return Refusal.ARGUMENTS, position
    try:
        return data[position:end].decode(), after
    except UnicodeDecodeError:
        return Refusal.TEXT, after


def _blob(data: bytes, position: int) -> tuple[Argument | Refusal, int]:
    size = int.from_bytes(data[position : position + 4], signed=True)
    begin = position + 4
    end = begin + size
    after = end + -size % 4
    if size < 0 or after > len(data) or any(data[end:after]):
        return Refusal.ARGUMENTS, position
    return data[begin:end], after


def _character(data: bytes, position: int) -> tuple[Argument | Refusal, int]:
    code = int.from_bytes(data[position : position + 4])
    if position + 4 > len(data) or code > 0x7F:
        return Refusal.ARGUMENTS, position
    return chr(code), position + 4


def _four_bytes(data: bytes, position: int) -> tuple[Argument | Refusal, int]:
    end = position + 4
    return (data[position:end] if end <= len(data) else Refusal.ARGUMENTS), end


_READERS: dict[str, _Reader] = {
    "i": _number(">i"),
    "f": _number(">f"),
    "h": _number(">q"),
    "d": _number(">d"),
    "r": _number(">I"),
    "s": _text,
    "S": _text,
    "b": _blob,
    "c": _character,
    "m": _four_bytes,
    "T": _constant(True),
    "F": _constant(False),
    "N": _constant(None),
    "I": _constant(True),
}
"""For each type tag, what reads its argument at a position: (value, where the next one begins)."""


def encode(address: str, *arguments: Any) -> bytes:
    """A message: whole numbers as `i` (`h` where they need it), others as `f`, truth as 1 or 0, text as `s`.

    Arguments are flat, and None is left out, since liblo and Pure Data know neither arrays nor `N`.
    A number that is not finite, or no float32, is sent as 0.0: it would break a display.
    """
    tags, body = ",", b""
    for argument in _flat(arguments):
        tag, data = _encoded(argument)
        tags, body = tags + tag, body + data
    return _string(address) + _string(tags) + body


def bundle(time_tag: int, *contents: bytes) -> bytes:
    """A bundle of messages or bundles, due at a time tag."""
    sized = (len(content).to_bytes(4) + content for content in contents)
    return _BUNDLE + time_tag.to_bytes(8) + b"".join(sized)


def _flat(values: Sequence[Any]) -> list[Any]:
    found = []
    for value in values:
        if isinstance(value, list | tuple):
            found += _flat(value)
        elif value is not None:
            found.append(value)
    return found


def _encoded(value: float | int | bool | str) -> tuple[str, bytes]:
    if isinstance(value, str):
        return "s", _string(value)
    if isinstance(value, int) and -(2**63) <= value < 2**63:
        small = -(2**31) <= value < 2**31
        return ("i", struct.pack(">i", value)) if small else ("h", struct.pack(">q", value))
    sendable = abs(value) <= 3.4028234663852886e38
    return "f", struct.pack(">f", value if sendable else 0.0)


def _string(text: str) -> bytes:
    data = text.encode("utf-8", "backslashreplace").replace(b"\0", b" ")
    return data + b"\0" * (4 - len(data) % 4)
