"""What comes in through the doors, and the log of it."""

from __future__ import annotations

import threading
from functools import partial

import pytest

from granulate.errors import GranulateError
from granulate.live.doors import Doors
from granulate.live.messages import Messages
from tests.live.instrument import Client, Instrument


def texts(messages: Messages, most: int = 99) -> list[str]:
    return [message.text for message in messages.last(most)]


def test_messages_about_one_thing_are_one_the_newest() -> None:
    messages = Messages()
    for value in (1.0, 2.0, 3.123456):
        messages.moved("OSC", "grain", "density", value)
        messages.did("MIDI", "panic", ())
    messages.refused("OSC", "play", "play.grain = 9; allowed: 0 to 3")
    assert texts(messages) == [
        "OSC grain.density 3.123 (3 times)", "MIDI panic (3 times)", "OSC refused: play.grain = 9; allowed: 0 to 3",
    ]  # fmt: skip
    assert [message.problem for message in messages.last(99)] == [False, False, True]
    messages.moved("OSC", "grain", "density", 4.0)
    assert texts(messages, 1) == ["OSC grain.density 4 (4 times)"]
    assert len(messages.last(99, after=messages.number)) == 0
    assert len(messages.last(99, after=messages.number - 1)) == 1


def test_the_log_is_bounded_whatever_comes() -> None:
    messages = Messages(most=20)
    for i in range(1000):
        messages.refused("OSC", f"/{i}", "x" * 10_000)
    assert len(texts(messages)) == 20
    assert max(map(len, texts(messages))) < 600
    assert messages.number == 1000


def test_what_others_send_cannot_steer_the_terminal() -> None:
    messages = Messages()
    messages.did("OSC", "preset", ("\x1b[2J\x1b]0;title\x07\r\nsecond line \u202e", 0.5))
    messages.said("a name of \x9b31m bytes \udcff")
    for text in texts(messages):
        assert text.isprintable()


def test_threads_may_tell_and_read_at_once() -> None:
    messages = Messages(most=8)

    def tell(source: str) -> None:
        for i in range(2000):
            messages.moved(source, "grain", str(i % 20), i)

    threads = [threading.Thread(target=tell, args=(name,)) for name in "abc"]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        assert len(messages.last(99)) <= 8
    assert messages.number == 6000


def test_a_door_passes_on_and_remembers_what_is_shown() -> None:
    instrument = Instrument()
    doors = Doors(instrument, Messages(), "wander")
    door = doors.door("OSC")
    assert (door.values(), door.status()) == (instrument.values(), instrument.status())
    door.set("grain", "density", 80.0)
    assert (instrument.get("grain", "density"), door.get("grain", "density")) == (80.0, 80.0)
    assert (doors.preset, doors.changed) == ("wander", True)
    door.act("preset", "comet", 0.0)
    assert (doors.preset, doors.changed) == ("comet", False)
    door.act("stop")
    assert doors.resting
    door.act("start")
    assert not doors.resting
    door.set("master", "gain", -6.0)
    assert not doors.changed
    assert instrument.acts == [("preset", "comet", 0.0), ("stop",), ("start",)]
    with pytest.raises(GranulateError):
        door.act("corpus", "nowhere")
    assert texts(doors.messages, 1)[0].startswith("OSC refused: corpus.path = 'nowhere'")


def test_an_osc_server_plays_through_its_door() -> None:
    from granulate.live.osc.server import Server

    instrument = Instrument()
    doors = Doors(instrument, Messages())
    door, told = doors.door("OSC", refusals=False), partial(doors.messages.refused, "OSC")
    with Server(door, refused=told) as server, Client(server.port) as client:
        (answer,) = client.ask("/granulate/midi/learn", "grain/density")
        assert answer.arguments[1] == "midi_learn without MIDI; allowed: granulate live --midi PORT"
        client.ask("/granulate/grain/densty", 1.0)
        assert texts(doors.messages) == [
            "OSC refused: midi_learn without MIDI; allowed: granulate live --midi PORT",
            "OSC refused: no such address (did you mean '/granulate/grain/density'?)",
        ]
        assert client.ask("/granulate/grain/density", 70.0) == []
    assert instrument.get("grain", "density") == 70.0
    assert "OSC grain.density 70" in texts(doors.messages)
