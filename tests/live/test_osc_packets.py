"""OSC packets: python-osc's read as it wrote them, and no bytes at all that raise, loop or grow."""

from __future__ import annotations

import math
import random
import struct
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pythonosc.osc_bundle_builder import OscBundleBuilder
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from granulate.live.osc.packets import (
    IMMEDIATELY,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_ELEMENTS,
    Message,
    Refusal,
    bundle,
    decode,
    elements,
    encode,
)

SINGLES = st.floats(width=32, allow_nan=False, allow_infinity=False)
TEXT = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=20)
ARGUMENTS = st.lists(
    st.one_of(
        st.tuples(st.just("i"), st.integers(-(2**31), 2**31 - 1)),
        st.tuples(st.just("h"), st.integers(-(2**63), 2**63 - 1)),
        st.tuples(st.just("f"), SINGLES),
        st.tuples(st.just("d"), st.floats(allow_nan=False, allow_infinity=False)),
        st.tuples(st.just("s"), TEXT),
        st.tuples(st.just("b"), st.binary(min_size=1, max_size=20)),
        st.tuples(st.just("T"), st.just(True)),
        st.tuples(st.just("F"), st.just(False)),
        st.tuples(st.just("N"), st.none()),
    ),
    max_size=8,
)


def built(address: str, arguments: list[tuple[str, Any]]) -> bytes:
    builder = OscMessageBuilder(address)
    for tag, value in arguments:
        builder.add_arg(value, tag)
    return builder.build().dgram


def read(packet: bytes) -> list[Message | Refusal]:
    found = elements(packet)
    return [found] if isinstance(found, Refusal) else [decode(data) for data, _ in found]


@given(arguments=ARGUMENTS)
def test_messages_of_python_osc_are_read_as_they_were_written(arguments: list[tuple[str, Any]]) -> None:
    tags = "".join(tag for tag, _ in arguments)
    assert decode(built("/granulate/x", arguments)) == Message(
        "/granulate/x", tags, [v for _, v in arguments]
    )


@given(arguments=st.lists(st.one_of(SINGLES, st.integers(-(2**63), 2**63 - 1), TEXT), max_size=8))
def test_python_osc_reads_what_is_encoded(arguments: list[Any]) -> None:
    assert OscMessage(encode("/a/b", *arguments)).params == arguments


def test_tags_that_python_osc_drops_are_read() -> None:
    body = b"xyz\0" + struct.pack(">I", ord("q")) + b"\1\2\3\4" + struct.pack(">Ii", 7, -5)
    message = decode(b"/a\0\0,ScmrI[iN]\0\0" + body)
    assert message == Message("/a", "ScmrI[iN]", ["xyz", "q", b"\1\2\3\4", 7, True, [-5, None]])


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf, 1e300])
def test_numbers_that_would_break_a_display_are_sent_as_zero(value: float) -> None:
    assert decode(encode("/a", value)) == Message("/a", "f", [0.0])


def test_a_message_without_type_tags_has_no_arguments() -> None:
    assert decode(b"/abc\0\0\0\0") == Message("/abc", "", [])


def nested(depth: int) -> bytes:
    packet = encode("/a", 1)
    for _ in range(depth):
        packet = bundle(IMMEDIATELY, packet)
    return packet


def sized(size: int) -> bytes:
    return b"#bundle\0" + bytes(7) + b"\1" + struct.pack(">i", size)


HAZARDS = {
    "nothing": (b"", Refusal.SIZE),
    "too large": (encode("/a", "x" * MAX_BYTES), Refusal.SIZE),
    "junk": (b"junk", Refusal.ADDRESS),
    "no NUL": (b"/abcdefg", Refusal.ADDRESS),
    "unaligned": (b"/a\0", Refusal.ALIGNMENT),
    "spaces": (encode("/a b", 1), Refusal.ADDRESS),
    "control characters": (encode("/a\n", 1), Refusal.ADDRESS),
    "bytes of no text": (b"/\xff\xfe\0,\0\0\0", Refusal.ADDRESS),
    "padding that is not": (b"/a\0x,\0\0\0", Refusal.ADDRESS),
    "an element of -4": (sized(-4), Refusal.ELEMENT_SIZE),
    "an element of 0": (sized(0), Refusal.ELEMENT_SIZE),
    "an element beyond the end": (sized(4), Refusal.ELEMENT_SIZE),
    "an unaligned element": (sized(3) + bytes(4), Refusal.ELEMENT_SIZE),
    "an element of 2 GiB": (sized(2**31 - 1), Refusal.ELEMENT_SIZE),
    "a bundle without a time": (b"#bundle\0", Refusal.ADDRESS),
    "a bundle in name only": (b"#bundled" + bytes(8), Refusal.ADDRESS),
    "nested too deeply": (nested(MAX_DEPTH + 1), Refusal.DEPTH),
    "nested beyond recursion": (nested(400), Refusal.DEPTH),
    "too many elements": (bundle(1, *[b"/a\0\0"] * (MAX_ELEMENTS + 1)), Refusal.ELEMENTS),
    "a star": (encode("/granulate/*", 1), Refusal.WILDCARD),
    "stars": (encode("/*a*a*a*a*a*a*a*a*b", 1), Refusal.WILDCARD),
    "braces": (encode("/{a,b}", 1), Refusal.WILDCARD),
    "brackets": (encode("/[a-z]", 1), Refusal.WILDCARD),
    "a question mark": (encode("/a?", 1), Refusal.WILDCARD),
    "an unknown tag": (b"/a\0\0,z\0\0", Refusal.TYPES),
    "no comma": (b"/a\0\0i\0\0\0" + bytes(4), Refusal.TYPES),
    "an open array": (b"/a\0\0,[\0\0", Refusal.TYPES),
    "a closed array": (b"/a\0\0,]\0\0", Refusal.TYPES),
    "arrays upon arrays": (b"/a\0\0," + b"[" * 15 + b"]" * 15 + b"\0", Refusal.DEPTH),
    "an argument that lacks": (b"/a\0\0,i\0\0", Refusal.ARGUMENTS),
    "one too many": (b"/a\0\0,\0\0\0" + bytes(4), Refusal.ARGUMENTS),
    "text without an end": (b"/a\0\0,s\0\0abcd", Refusal.ARGUMENTS),
    "text that is no UTF-8": (b"/a\0\0,s\0\0\xff\xfe\0\0", Refusal.TEXT),
    "a blob of -1": (b"/a\0\0,b\0\0\xff\xff\xff\xff", Refusal.ARGUMENTS),
    "a blob of 2 GiB": (b"/a\0\0,b\0\0\x7f\xff\xff\xff", Refusal.ARGUMENTS),
    "a wide character": (b"/a\0\0,c\0\0\xff\xff\xff\xff", Refusal.ARGUMENTS),
    "no number": (b"/a\0\0,f\0\0" + struct.pack(">f", math.nan), Refusal.NON_FINITE),
    "infinity": (b"/a\0\0,f\0\0" + struct.pack(">f", math.inf), Refusal.NON_FINITE),
    "a double of infinity": (b"/a\0\0,d\0\0" + struct.pack(">d", -math.inf), Refusal.NON_FINITE),
}


@pytest.mark.parametrize("name", HAZARDS)
def test_hazards_are_refused_by_name(name: str) -> None:
    packet, refusal = HAZARDS[name]
    assert read(packet) == [refusal]


def test_bundles_of_python_osc_are_taken_apart_in_order() -> None:
    now = time.time()
    inner = OscBundleBuilder(now + 2)
    inner.add_content(OscMessageBuilder("/b").build())
    outer = OscBundleBuilder(now + 1)
    for content in (OscMessageBuilder("/a").build(), inner.build(), OscMessageBuilder("/c").build()):
        outer.add_content(content)
    found = elements(outer.build().dgram)
    assert not isinstance(found, Refusal)
    assert [message.address for message in map(decode, (e.data for e in found)) if message] == [
        "/a",
        "/b",
        "/c",
    ]
    due = [e.time_tag / 2**32 - 2_208_988_800 - now for e in found]
    assert due == pytest.approx([1, 2, 1], abs=1e-3)


def test_a_bundle_at_once_within_a_later_one_is_as_late_as_that() -> None:
    found = elements(bundle(2**40, bundle(IMMEDIATELY, encode("/a"))))
    assert not isinstance(found, Refusal)
    assert [e.time_tag for e in found] == [2**40]


def mutated(packet: bytes, seed: int) -> bytes:
    """The packet with some of its words replaced, cut out or doubled."""
    chance = random.Random(seed)
    words = [packet[i : i + 4] for i in range(0, len(packet), 4)]
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(words) + 1)
        what = chance.choice(
            [b"\xff\xff\xff\xfc", b"\0\0\0\0", b"\0\0\0\4", b"#bun", b"dle\0", b",[s]", b"/a*\0"]
        )
        words[at : at + chance.randint(0, 2)] = [what] * chance.randint(0, 3)
    return b"".join(words)[: chance.choice([None, 5, -1, -4])]


@settings(max_examples=150)
@given(arguments=ARGUMENTS, depth=st.integers(0, 10), seed=st.integers(0, 2**32))
def test_mutated_packets_are_read_or_refused(arguments: list[tuple[str, Any]], depth: int, seed: int) -> None:
    packet = built("/granulate/x", arguments)
    for _ in range(depth):
        packet = bundle(IMMEDIATELY, packet, packet)[:2000]
    for message in read(mutated(packet, seed)):
        assert isinstance(message, Refusal) or message.address.startswith("/")


@settings(max_examples=150)
@given(packet=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(packet: bytes) -> None:
    assert all(isinstance(message, Message | Refusal) for message in read(packet))


@pytest.mark.parametrize("start", [b"", b"#bundle\0" + bytes(8), b"/a\0\0,", b"/"])
def test_the_largest_packets_take_no_longer_than_their_size(start: bytes) -> None:
    fills = [b"\0\0\0\4/a\0\0", b"[", b"]", b"s", b"T", b"\0", b"a", b"\0\0\0\x14#bundle\0" + bytes(8)]
    for fill in fills:
        packet = (start + fill * MAX_BYTES)[:MAX_BYTES]
        before = time.thread_time()
        read(packet)
        assert time.thread_time() - before < 0.1
