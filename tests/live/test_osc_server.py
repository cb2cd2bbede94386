"""The OSC server under floods and malice: it answers the next good message, and keeps the last values."""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from granulate.errors import ParameterError
from granulate.live.osc import sockets
from granulate.live.osc.addresses import ACTIONS, Control, address_space
from granulate.live.osc.inbox import MAX_WAITING, Inbox
from granulate.live.osc.packets import bundle, encode
from granulate.live.osc.server import FURTHEST_S, LOOPBACK, Server
from tests.live.instrument import Client, Instrument
from tests.live.test_osc_packets import HAZARDS, mutated

HERE = (LOOPBACK, 1)
CONTROLS = {a: c for a, c in address_space().items() if isinstance(c, Control)}


def test_a_refused_value_leaves_the_one_that_came_with_it(instrument: Instrument, client: Client) -> None:
    client.socket.send(bundle(1, *[encode("/granulate/grain/density", v) for v in (5.0, -1.0)]))
    (answer,) = client.until_pong()
    assert answer.address == "/granulate/error"
    assert instrument.get("grain", "density") == 5.0


def test_a_parameter_that_the_kind_lacks_is_named(client: Client) -> None:
    client.ask("/granulate/grain/kind", "sync")
    (answer,) = client.ask("/granulate/grain/density", 5.0)
    (asked,) = client.ask("/granulate/grain/density")
    assert asked == answer
    assert answer.arguments[1] == "unknown parameter 'density' of grain sync; allowed: nothing"


def test_unknown_addresses_are_answered_with_the_nearest(client: Client) -> None:
    (answer,) = client.ask("/granulate/grain/densty", 1.0)
    expected = "no such address (did you mean '/granulate/grain/density'?)"
    assert answer.arguments == ["/granulate/grain/densty", expected]


def test_actions_are_done_with_their_defaults(instrument: Instrument, client: Client) -> None:
    for address, *arguments in (
        ("grain/play", 3.0),
        ("grain/play", 4, -6, 0.5, -1.0),
        ("walk/goto", 0.25, 1),
        ("panic",),
        ("start", 1.0),
        ("start", 0.0),
        ("record", "on"),
        ("record", 0),
        ("preset", "slow", 2),
    ):
        assert client.ask(f"/granulate/{address}", *arguments) == []
    assert instrument.acts == [
        ("play", 3, 0.0, 1.0, 0.0),
        ("play", 4, -6.0, 0.5, -1.0),
        ("goto", 0.25, 1.0, None),
        ("panic",),
        ("start",),
        ("record", True),
        ("record", False),
        ("preset", "slow", 2.0),
    ]


@pytest.mark.parametrize(
    ("address", "arguments", "words"),
    [
        ("grain/play", (), "takes grain [gain] [rate] [pan]; 0 were given"),
        ("grain/play", (1.5,), "play.grain = 1.5 is not allowed; allowed: a whole number"),
        ("grain/play", (1, 99.0), "play.gain = 99.0 is not allowed; allowed: a number from -120 to 24 (dB)"),
        ("walk/goto", (0.5, 2.0), "goto.y = 2.0 is not allowed; allowed: a number from 0 to 1"),
        ("gesture", (0.1, 0.2, 0.3), "takes x y and so on; 3 were given"),
        ("record", ("perhaps",), "record.on = 'perhaps' is not allowed; allowed: true or false"),
        ("preset", ("",), "preset.name = '' is not allowed; allowed: text"),
        (
            "subscribe",
            (1000,),
            "subscribe.rate = 1000.0 is not allowed; allowed: a number from 0.1 to 100 (Hz)",
        ),
        ("corpus", ("/nowhere",), "corpus.path = '/nowhere' is not here; allowed: nothing"),
        ("gesture", (0.1, 0.2), "failed: RuntimeError"),
    ],
)
def test_actions_that_are_refused_or_fail_are_answered(
    instrument: Instrument, client: Client, address: str, arguments: tuple[Any, ...], words: str
) -> None:
    (answer,) = client.ask(f"/granulate/{address}", *arguments)
    assert answer.address == "/granulate/error"
    assert words in str(answer.arguments[1])
    assert instrument.acts == []


def test_what_follows_a_preset_is_done_after_it(instrument: Instrument, client: Client) -> None:
    contents = [("grain/density", 1.0), ("path/step", 0.5), ("preset", "slow"), ("grain/density", 2.0)]
    client.socket.send(bundle(1, *[encode(f"/granulate/{a}", v) for a, v in contents]))
    client.until_pong()
    done = [("path", "step", 0.5), ("preset", "slow", 0.0), ("grain", "density", 2.0)]
    assert instrument.history == done


@pytest.mark.parametrize("name", HAZARDS)
def test_after_a_hazard_the_next_message_is_answered(server: Server, client: Client, name: str) -> None:
    packet, refusal = HAZARDS[name]
    client.socket.send(packet)
    assert client.until_pong() == []
    assert server.counts.refused == {refusal.name.lower(): 1}


def time_tag(ahead: float) -> int:
    return int((time.time() + ahead + 2_208_988_800) * 2**32)


def test_a_bundle_is_done_when_it_is_due_and_in_order(instrument: Instrument, client: Client) -> None:
    begun = time.monotonic()
    plays = [encode("/granulate/grain/play", i) for i in (9, 1, 5)]
    client.socket.send(bundle(time_tag(0.2), *plays))
    assert client.until_pong() == []
    assert instrument.acts == []
    assert instrument.wait_for(lambda: len(instrument.acts) == 3)
    assert time.monotonic() - begun >= 0.199
    assert [act[1] for act in instrument.acts] == [9, 1, 5]


@pytest.mark.parametrize(("ahead", "counted"), [(-1.0, "late"), (FURTHEST_S + 5, "far"), (3600.0, "far")])
def test_what_is_due_in_the_past_or_far_ahead_is_done_at_once(
    instrument: Instrument, server: Server, client: Client, ahead: float, counted: str
) -> None:
    client.socket.send(bundle(time_tag(ahead), encode("/granulate/panic")))
    client.until_pong()
    assert instrument.acts == [("panic",)]
    assert getattr(server.counts, counted) == 1


def test_the_last_time_tag_there_is_does_not_stall(instrument: Instrument, client: Client) -> None:
    client.socket.send(bundle(2**64 - 1, encode("/granulate/panic")))
    client.until_pong()
    assert instrument.acts == [("panic",)]


def test_scheduled_bundles_have_a_bounded_room(server: Server, client: Client) -> None:
    packet = bundle(time_tag(9), *[encode("/granulate/preset", "x" * 800)] * 9)
    for _ in range(700):
        client.socket.send(packet)
        client.until_pong()
        if server.counts.dropped:
            break
    assert server.counts.dropped > 0


FLOOD = """
import socket, sys, time
from granulate.live.osc.packets import encode
port, seconds, rate, *addresses = sys.argv[1:]
out = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
out.connect(("127.0.0.1", int(port)))
packets = [[encode(a, 0.5 + k / 100) for a in addresses] for k in range(50)]
flat = [p for row in packets for p in row]
total, sent = int(float(seconds) * float(rate)), 0
begun = time.perf_counter()
while sent < total:
    due = min(total, int((time.perf_counter() - begun) * float(rate)) + 1)
    for number in range(sent, due):
        out.send(flat[number % len(flat)])
    sent = due
    time.sleep(0.0005)
for address in addresses:
    out.send(encode(address, 0.25))
print(total + len(addresses))
"""


def test_a_flood_leaves_the_last_value_of_every_address(
    instrument: Instrument, server: Server, client: Client
) -> None:
    addresses = [
        address
        for address, control in CONTROLS.items()
        if control.takers(instrument.get(control.section.name, "kind"))
        and control.bounds
        and control.bounds[0] <= 0.25
        and control.bounds[1] >= 1
        and type(instrument.get(control.section.name, control.parameter)) is float
    ]
    assert len(addresses) > 5
    arguments = [sys.executable, "-c", FLOOD, str(server.port), "2", "50000", *addresses]
    sent = subprocess.run(arguments, capture_output=True, text=True, timeout=60, check=True).stdout
    assert client.until_pong() == []
    assert {a: instrument.get(*a.split("/")[2:]) for a in addresses} == dict.fromkeys(addresses, 0.25)
    counts = server.counts
    assert (counts.refused, counts.dropped, counts.faults) == ({}, 0, 0)
    assert counts.packets >= 0.98 * int(sent)
    assert len(instrument.history) < counts.messages


@pytest.mark.parametrize(
    "text", ["9" * 6000, "9" * 6000 + "ms", "1/" + "9" * 6000 + "s", "x" * 8000, "\x1b[2J\n"]
)
@pytest.mark.parametrize(
    "address", ["framing/hop", "grain/interpolation", "grain/kind", "path/loop", "grain/play"]
)
def test_hostile_text_is_answered_in_one_line(
    client: Client, server: Server, address: str, text: str
) -> None:
    (answer,) = client.ask(f"/granulate/{address}", text)
    assert answer.address == "/granulate/error"
    assert str(answer.arguments[1]).isprintable()
    assert len(str(answer.arguments[1])) <= 500
    assert server.counts.faults == 0


def test_after_thousands_of_broken_packets_the_next_message_is_answered(
    instrument: Instrument, server: Server, client: Client
) -> None:
    whole = [encode("/granulate/grain/play", 1, 0.5, "x"), encode("/granulate/path/kind", "tour")]
    whole += [
        bundle(1, *whole),
        bundle(time_tag(0.01), bundle(1, *whole)),
        encode("/granulate/path/points", 0.5),
    ]
    for seed in range(4000):
        client.socket.send(mutated(whole[seed % len(whole)], seed) or b"\0")
        if seed % 100 == 0:
            client.until_pong()
    client.ask("/granulate/grain/density", 4)
    assert instrument.get("grain", "density") == 4.0
    assert server.counts.faults == 0
    assert len(server.counts.refused) > 5


def test_a_faulty_instrument_is_asked_no_more_often_than_subscribers_wish(
    instrument: Instrument, server: Server, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(instrument, "status", lambda: 1 / 0)
    client.ask("/granulate/subscribe", 10)
    deadline = time.monotonic() + 0.25
    while time.monotonic() < deadline:
        client.until_pong()
    assert 1 <= server.counts.faults <= 4


def test_errors_to_one_sender_are_limited(server: Server, client: Client) -> None:
    for i in range(2000):
        client.send("/granulate/grain/density", -1.0 - i)
        client.send(f"/granulate/{i}", 1)
    assert 1 <= len(client.until_pong()) < 200
    assert server.counts.unsent > 0


def test_what_waits_is_bounded_and_values_always_find_room() -> None:
    inbox = Inbox(address_space())
    for i in range(3 * MAX_WAITING):
        inbox.take(encode("/granulate/grain/play", i), HERE)
        inbox.take(encode(f"/granulate/{i}", i), HERE)
        inbox.take(encode("/granulate/ping"), (LOOPBACK, i))
    for address in ("/granulate/panic", "/granulate/grain/kind"):
        inbox.take(encode(address, "cloud"), HERE)
    inbox.take(encode("/granulate/grain/density", 3), HERE)
    left = inbox.flush()
    assert len(left) == MAX_WAITING + 3
    assert inbox.dropped == 8 * MAX_WAITING
    assert [item.address for item in left[-3:]] == [
        "/granulate/panic",
        "/granulate/grain/kind",
        "/granulate/grain/density",
    ]
    assert inbox.flush() == []


@pytest.mark.parametrize("make", [sockets.receiver, sockets.PlainReceiver])
def test_receivers_read_what_was_sent_by_whom(make: Any) -> None:
    with sockets.opened(LOOPBACK, 0) as source, socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        receiver = make(source)
        assert receiver.read() == []
        other.connect(source.getsockname())
        packets = [struct.pack(">i", i) * (i % 50) for i in range(600)] + [bytes(20_000)]
        for packet in packets:
            other.send(packet)
        read = [one for _ in range(4) for one in receiver.read()]
        assert [data for data, _ in read[:-1]] == packets[:-1]
        assert len(read[-1][0]) == 8196
        assert {sender for _, sender in read} == {other.getsockname()}


def test_a_port_that_is_taken_is_named(server: Server, instrument: Instrument) -> None:
    with pytest.raises(ParameterError, match=f"OSC cannot listen on 127.0.0.1:{server.port} .*in use"):
        Server(instrument, port=server.port)
    with pytest.raises(ParameterError, match="allowed: an IPv4 address"):
        Server(instrument, port=70_000)


@pytest.mark.skipif(sys.platform != "linux", reason="reads the kernel's list of sockets")
def test_it_listens_on_this_machine_only(server: Server) -> None:
    lines = Path("/proc/net/udp").read_text().splitlines()[1:]
    addresses = [address.split(":") for address in (line.split()[1] for line in lines)]
    here = f"{int.from_bytes(socket.inet_aton(LOOPBACK), sys.byteorder):08X}"
    assert {address for address, port in addresses if int(port, 16) == server.port} == {here}


def test_every_action_of_the_design_has_its_address() -> None:
    space = address_space()
    places = "ping grain/play walk/goto walk/select gesture panic stop start record preset corpus subscribe unsubscribe"
    assert {f"/granulate/{place}" for place in (*places.split(), "master/gain", "grain/density")} <= set(
        space
    )
    assert len({action.name for action in ACTIONS}) == len(ACTIONS)


def test_a_flood_from_many_senders_is_not_given_suggestions_for_ever(server: Server, client: Client) -> None:
    senders = [socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(60)]
    try:
        for sender in senders:
            sender.setblocking(False)
            for i in range(10):
                sender.sendto(encode(f"/granulate/grain/densty{i}", 1.0), (LOOPBACK, server.port))
        begun = time.monotonic()
        client.until_pong()
        passed = time.monotonic() - begun
        said = b"".join(text for sender in senders for text in received(sender))
    finally:
        for sender in senders:
            sender.close()
    assert said.count(b"no such address") == 600
    assert 1 <= said.count(b"did you mean") <= 20 + 10 * passed


def received(sender: socket.socket) -> list[bytes]:
    found = []
    with suppress(BlockingIOError):
        while True:
            found.append(sender.recv(65536))
    return found
