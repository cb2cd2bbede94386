"""Feedback to subscribers: what sounds and what changed, to so many, so often and for so long."""

from __future__ import annotations

import socket
import sys
import time
from typing import Any

import pytest

from granulate.live.osc.addresses import Control, address_space
from granulate.live.osc.feedback import LASTS_S, MAX_PER_SECOND, MAX_SUBSCRIBERS, Feedback
from granulate.live.osc.packets import Message, decode
from granulate.live.osc.server import LOOPBACK, Server
from granulate.live.osc.values import arguments_of
from tests.live.instrument import Client, Instrument

HERE = (LOOPBACK, 1)
CONTROLS = {a: c for a, c in address_space().items() if isinstance(c, Control)}


def test_a_subscriber_is_sent_what_sounds_and_what_changes(instrument: Instrument, client: Client) -> None:
    client.send("/granulate/subscribe", 100)
    heard: dict[str, list[Any]] = {}
    while not {f"/granulate/{s}/{p}" for s, p in instrument.values()} <= set(heard):
        message = client.receive()
        heard[message.address] = message.arguments
    assert heard["/granulate/subscribe"] == [100.0, LASTS_S]
    assert heard["/granulate/feedback/grain"] == [3]
    assert heard["/granulate/feedback/position"] == [0.25, 0.5]
    assert heard["/granulate/feedback/level"] == [-6.0, -200.0]
    assert heard["/granulate/grain/density"] == arguments_of(instrument.get("grain", "density"))
    client.send("/granulate/grain/density", 77)
    changes = (m for m in iter(client.receive, None) if "feedback" not in m.address)
    assert next(changes) == Message("/granulate/grain/density", "f", [77.0])
    client.send("/granulate/unsubscribe")
    client.until_pong()
    assert client.until_pong() == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems do not tell whose port is closed")
def test_a_subscriber_that_vanished_is_forgotten(server: Server, client: Client) -> None:
    with Client(server.port) as gone:
        gone.send("/granulate/subscribe", 100)
        gone.receive()
    deadline = time.monotonic() + 10
    while server.subscribers and time.monotonic() < deadline:
        client.until_pong()
    assert server.subscribers == 0
    assert client.until_pong() == []


class Sent:
    def __init__(self) -> None:
        self.messages: list[tuple[bytes, tuple[str, int]]] = []

    def __call__(self, message: bytes, sender: tuple[str, int]) -> None:
        self.messages.append((message, sender))


def test_subscriptions_end_unless_they_are_renewed(instrument: Instrument) -> None:
    sent = Sent()
    feedback = Feedback(instrument, sent)
    feedback.subscribe((LOOPBACK, 1), 10, now=0.0)
    feedback.subscribe((LOOPBACK, 2), 10, now=0.0)
    feedback.subscribe((LOOPBACK, 2), 10, now=20.0)
    feedback.tick(LASTS_S + 1)
    assert {sender for _, sender in sent.messages} == {(LOOPBACK, 2)}
    feedback.tick(LASTS_S + 21)
    assert feedback.due() is None


def test_subscribers_and_what_they_are_sent_are_bounded(instrument: Instrument) -> None:
    sent = Sent()
    feedback = Feedback(instrument, sent)
    taken = [feedback.subscribe((LOOPBACK, i), 100, now=0.0) for i in range(MAX_SUBSCRIBERS + 1)]
    assert taken == [True] * MAX_SUBSCRIBERS + [False]
    for step in range(1000):
        for _, control in zip(range(40), CONTROLS.values(), strict=False):
            instrument.set(control.section.name, "x" + control.parameter, step)
        feedback.tick(step / 1000)
    assert feedback.skipped > 0
    assert len(sent.messages) <= 1.1 * MAX_PER_SECOND


def test_a_late_tick_is_not_made_up_for(instrument: Instrument) -> None:
    sent = Sent()
    feedback = Feedback(instrument, sent)
    feedback.subscribe(HERE, 100, now=0.0)
    for now in (0.0, 0.005, 5.0, 5.001, 5.002):
        feedback.tick(now)
    grains = [message for message, _ in sent.messages if message.startswith(b"/granulate/feedback/grain")]
    assert len(grains) == 2


def test_feedback_and_answers_go_to_the_port_that_was_named(server: Server, client: Client) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind((LOOPBACK, 0))
        elsewhere.settimeout(20)
        client.send("/granulate/subscribe", 50, elsewhere.getsockname()[1])
        client.send("/granulate/ping")
        client.send("/granulate/grain/densty", 1.0)
        heard = set()
        while not heard >= {"subscribe", "pong", "error", "feedback/level", "grain/density"}:
            message = decode(elsewhere.recv(65536))
            assert isinstance(message, Message)
            heard.add(message.address.removeprefix("/granulate/"))
        assert server.subscribers == 1
        client.send("/granulate/unsubscribe")
        client.until_pong()
        assert server.subscribers == 0


def test_a_sender_has_one_subscription(server: Server, client: Client) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as elsewhere:
        elsewhere.bind((LOOPBACK, 0))
        for port in (elsewhere.getsockname()[1], client.socket.getsockname()[1]):
            client.send("/granulate/subscribe", 20, port)
        client.until_pong()
        assert server.subscribers == 1


def test_the_server_does_not_tell_itself(server: Server, client: Client) -> None:
    (answer,) = client.ask("/granulate/subscribe", 20, server.port)
    assert "is where this listens" in str(answer.arguments[1])
    assert server.subscribers == 0
