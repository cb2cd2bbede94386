"""MIDI ports that come and go: a pretended system, and real JACK MIDI between two processes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import mido
import pytest

from granulate.errors import MissingDependencyError
from granulate.live.midi import Controller, MidiError, PortWatch, RtMidi, matching, parse
from granulate.live.midi import system as systems
from tests.live.jack import JackServer
from tests.live.midi import Pretended

MAP = '[[control]]\ncc = 7\ntarget = "grain.pan"\n[[notes]]\nhold = true\n[clock]\n'


class Instrument:
    def __init__(self) -> None:
        self.sets: list[tuple[str, Any]] = []
        self.acts: list[tuple[Any, ...]] = []
        self.moved = threading.Condition()

    def set(self, section: str, parameter: str, value: Any) -> None:
        with self.moved:
            self.sets.append((f"{section}.{parameter}", value))
            self.moved.notify_all()

    def get(self, section: str, parameter: str) -> Any:
        return None

    def act(self, name: str, *args: Any) -> None:
        with self.moved:
            self.acts.append((name, *args))
            self.moved.notify_all()

    def wait(self, condition: Callable[[], bool], seconds: float = 10.0) -> bool:
        with self.moved:
            return self.moved.wait_for(condition, seconds)


def watched(system: Pretended, name: str = "") -> tuple[PortWatch, Instrument, list[str]]:
    instrument, lines = Instrument(), []
    watch = PortWatch(
        Controller(instrument, parse(MAP)), name, system=system, now=lambda: system.now, changed=lines.append
    )
    return watch, instrument, lines


def pass_time(watch: PortWatch, system: Pretended, seconds: float) -> None:
    for _ in range(round(seconds / 0.1)):
        system.now += 0.1
        watch.poll()


def message(value: int) -> mido.Message:
    return mido.Message("control_change", control=7, value=value)


NAMES = ["Midi Through:Midi Through Port-0 14:0", "nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0", "Launchpad MIDI 1", "Launchpad MIDI 2", "Pad"]  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        ("nanokontrol2", NAMES[1]),
        ("nanoKONTROL2:nanoKONTROL2 MIDI 1 20:0", NAMES[1]),
        ("nanoKONTROL2:nanoKONTROL2 MIDI 1 28:0", NAMES[1]),  # it had another number before
        ("Launchpad MIDI 2", NAMES[3]),
        ("launchpad", NAMES[2]),
        ("pad", NAMES[4]),  # the whole name before a part of another
        ("", NAMES[1]),
        ("through", NAMES[0]),
        ("faderfox", None),
    ],
)
def test_ports_are_found_by_name_or_a_part_of_it(wanted: str, expected: str | None) -> None:
    assert matching(wanted, NAMES) == expected


def test_a_port_that_vanishes_and_returns_is_noticed_within_two_seconds() -> None:
    system = Pretended("nanoKONTROL2 20:0")
    watch, instrument, lines = watched(system, "nanoKONTROL2 20:0")
    watch.poll()
    assert lines == ["listening to 'nanoKONTROL2 20:0'"]
    system.queues["nanoKONTROL2 20:0"] += [
        (message(127), 0.0),
        (mido.Message("note_on", note=60, velocity=9), 0.01),
    ]
    watch.poll()
    assert instrument.sets == [("grain.pan", 1.0)]
    assert [act[0] for act in instrument.acts] == ["hold"]

    system.ports = ["other"]
    pass_time(watch, system, 2.0)
    assert watch.port is None
    assert lines[1:] == ["waiting for MIDI port 'nanoKONTROL2 20:0'; there are: 'other'"]
    assert [act[0] for act in instrument.acts] == ["hold", "release"]  # what it held does not hang

    system.ports = ["other", "nanoKONTROL2 24:0"]
    pass_time(watch, system, 2.0)
    assert lines[-1] == "listening to 'nanoKONTROL2 24:0'"
    system.queues["nanoKONTROL2 24:0"].append((message(0), 0.0))
    watch.poll()
    assert instrument.sets[-1] == ("grain.pan", -1.0)


def test_the_last_port_to_vanish_has_the_system_asked_anew() -> None:
    # What a JACK server that ends looks like: no ports, and no error.
    system = Pretended("a")
    watch, _, lines = watched(system)
    watch.poll()
    system.ports = []
    pass_time(watch, system, 2.0)
    assert system.made == 2
    system.ports = ["a"]
    pass_time(watch, system, 2.0)
    assert (watch.port, lines[-1], system.made) == ("a", "listening to 'a'", 2)


def test_without_a_system_it_says_so_once_and_starts_when_one_comes() -> None:
    system = Pretended("a")
    system.running = False
    watch, _, lines = watched(system)
    pass_time(watch, system, 5.0)
    assert lines == ["no MIDI: no MIDI system here (pretended)"]
    system.running = True
    pass_time(watch, system, 2.2)
    assert lines[1:] == ["listening to 'a'"]
    system.running = False
    pass_time(watch, system, 2.0)
    assert (watch.port, lines[-1]) == (None, "no MIDI: pretended has gone")


def test_a_port_that_cannot_be_opened_is_tried_again() -> None:
    system = Pretended("a")
    system.broken = True
    watch, _, lines = watched(system, "a")
    pass_time(watch, system, 3.0)
    assert lines == ["waiting for MIDI port 'a': a: cannot be opened: busy"]
    system.broken = False
    pass_time(watch, system, 1.0)
    assert watch.port == "a"


def test_the_drivers_times_set_the_tempo_whatever_the_polling() -> None:
    system = Pretended("a")
    watch, instrument, _ = watched(system)
    watch.poll()
    for _ in range(8):
        # Twelve messages a quarter of a second, fetched all at once: only the driver knows their times.
        system.queues["a"] += [(mido.Message("clock"), 0.25 / 12)] * 12
        system.now += 0.25
        watch.poll()
    assert instrument.sets[-1] == ("grain.density", pytest.approx(4 * 120 / 60, rel=0.01))


def test_a_flood_is_taken_in_portions() -> None:
    system = Pretended("a")
    watch, instrument, _ = watched(system)
    watch.poll()
    system.queues["a"] += [(message(i % 128), 0.0) for i in range(20_000)]
    watch.poll()
    assert 0 < len(instrument.sets) < 20_000
    while system.queues["a"]:
        watch.poll()
    assert instrument.sets[-1][1] == pytest.approx(2 * ((19_999 % 128) / 128) - 1, abs=0.02)


def test_the_thread_starts_stops_and_starts_again() -> None:
    system = Pretended("a")
    instrument = Instrument()
    ready = threading.Event()
    watch = PortWatch(Controller(instrument, parse(MAP)), "a", system=system, changed=lambda _: ready.set())
    for value in (1, 2):
        ready.clear()
        watch.status = ""
        with watch:
            assert ready.wait(10)
            system.queues["a"].append((message(value), 0.0))
            assert instrument.wait(lambda v=value: len(instrument.sets) == v)
        assert watch.port is None
    assert not [t for t in threading.enumerate() if t.name == "midi"]


def test_other_threads_teach_a_controller_through_its_watch() -> None:
    system = Pretended("a")
    watch, instrument, _ = watched(system)
    taught, done = [], threading.Event()
    watch.poll()
    with watch:
        watch.soon(lambda: watch.controller.learn("grain.densty"))
        watch.soon(lambda: watch.controller.learn("path.step"))
        watch.soon(lambda: taught.append(threading.current_thread().name))
        watch.soon(done.set)
        assert done.wait(10)
        system.queues["a"] += [(mido.Message("control_change", control=30, value=v), 0.0) for v in range(30)]
        assert instrument.wait(lambda: bool(instrument.sets))
    assert taught == ["midi"]
    assert "did you mean 'grain.density'" in watch.controller.problem
    assert instrument.sets[-1][0] == "path.step"


def test_a_missing_library_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rtmidi", None)
    with pytest.raises(MissingDependencyError, match=r"granulate\[midi\]"):
        RtMidi()
    watch = PortWatch(Controller(Instrument(), parse(MAP)), "")
    watch.poll()
    assert watch.status.startswith("no MIDI: MIDI needs python-rtmidi")


SENDER = """
import sys, rtmidi
out = rtmidi.MidiOut(rtapi=rtmidi.API_UNIX_JACK, name=sys.argv[1])
out.open_virtual_port("out")
for line in sys.stdin:
    out.send_message([int(byte) for byte in line.split()])
out.delete()
"""


class Sender:
    """Another process with a JACK MIDI port."""

    def __init__(self, name: str) -> None:
        self.process = subprocess.Popen([sys.executable, "-c", SENDER, name], stdin=subprocess.PIPE, text=True, stderr=subprocess.DEVNULL)  # fmt: skip

    def send(self, *data: int) -> None:
        assert self.process.stdin
        self.process.stdin.write(" ".join(map(str, data)) + "\n")
        self.process.stdin.flush()

    def end(self) -> None:
        # It leaves by itself: for a client that was killed, a server that is to end waits five seconds.
        if self.process.stdin and not self.process.stdin.closed:
            self.process.stdin.close()
        self.process.wait(10)


@pytest.fixture
def jack(jackd: JackServer) -> JackServer:
    if not find_spec("rtmidi"):
        pytest.skip("needs python-rtmidi")
    if os.path.exists("/dev/snd/seq"):
        pytest.skip("ALSA's sequencer is here, and is taken first")
    return jackd


def test_real_jack_ports_come_and_go(jack: JackServer) -> None:
    instrument = Instrument()
    lines: list[tuple[str, float]] = []
    news = threading.Condition()

    def say(line: str) -> None:
        with news:
            lines.append((line, time.monotonic()))
            news.notify_all()

    def wait_for(start: str, seconds: float = 20.0) -> float:
        with news:
            assert news.wait_for(lambda: bool(lines) and lines[-1][0].startswith(start), seconds), lines
            return lines[-1][1]

    sender = Sender("knobs")
    try:
        with PortWatch(Controller(instrument, parse(MAP)), "KNOBS", changed=say):
            wait_for("listening to 'knobs:out'")
            sender.send(0xB0, 7, 127)
            assert instrument.wait(lambda: instrument.sets == [("grain.pan", 1.0)])
            sender.send(0x90, 60, 127)
            assert instrument.wait(lambda: bool(instrument.acts))

            gone = time.monotonic()
            sender.end()
            assert wait_for("no MIDI ports") - gone < 2.0 + 0.5
            assert instrument.acts[-1] == ("release", 0)

            sender = Sender("knobs")
            wait_for("listening to 'knobs:out'")
            sender.send(0xB0, 7, 0)
            assert instrument.wait(lambda: instrument.sets[-1] == ("grain.pan", -1.0))

            sender.end()
            jack.stop()
            wait_for("no MIDI: ")
            jack.start()
            sender = Sender("knobs")
            wait_for("listening to 'knobs:out'")
            sender.send(0xB0, 7, 64)
            assert instrument.wait(lambda: instrument.sets[-1] == ("grain.pan", 0.0))
    finally:
        sender.end()


def test_systems_that_are_not_there_are_not_woken(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("rtmidi")
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux's systems talk to standard error")
    monkeypatch.setattr(systems, "_may_run", lambda name: False)
    with pytest.raises(MidiError, match="no MIDI system here"):
        RtMidi()
    assert capfd.readouterr().err == ""
