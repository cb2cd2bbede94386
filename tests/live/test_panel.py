"""The terminal's panel: what is drawn in windows of any size, single keys, and a real one in a pseudo-terminal."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pyte
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

import granulate as gr
from granulate.cli.live.display import Display
from granulate.cli.live.drawing import View, drawn
from granulate.cli.live.facts import Look, clock
from granulate.cli.live.keys import named
from granulate.cli.live.lines import Lines
from granulate.cli.live.rows import FRESH_S, Rows
from granulate.cli.live.screen import Screen
from granulate.live.doors import Doors
from granulate.live.engine import State
from granulate.live.messages import Messages
from granulate.live.osc.handler import Status
from tests.commands import COMMAND
from tests.conftest import melody
from tests.live.instrument import Instrument

STATE = State(
    **{each.name: 0 for each in fields(State)}
    | {"clock": 44_100, "active": 12, "pending": 3, "reduction": 0.5, "peaks": (0.5, 0.001), "load": 0.1,
       "median_load": 0.08, "p99_load": 0.3, "stalled": False}
)  # fmt: skip
LOOK = Look(STATE, Status(7, (0.25, 0.5)), 120, 44_100, "comet", Instrument().values())


def view(look: Look = LOOK, **given: Any) -> View:
    rows = Rows().at(look.values, 0.0)
    usual: dict[str, Any] = {
        "cursor": 0, "holds": (-3.0, -40.0), "limiting": -6.0, "fixed": ["no device", "OSC 127.0.0.1:9000"],
        "messages": [("0:01.0 OSC grain.density 300", False), ("0:02.0 refused: no", True)],
        "keys": ["q quit", "space stop"], "bound": {"grain.density": "cc 21"},
    }  # fmt: skip
    return View(look, rows, **usual | given)


def plain(lines: list[Any]) -> str:
    return "\n".join(line.plain for line in lines)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 200), st.integers(1, 70), st.integers(0, 80), st.integers(1, 16), st.text(max_size=60),
    st.booleans(), st.booleans(),
)  # fmt: skip
def test_what_is_drawn_fits_any_window(
    width: int, height: int, cursor: int, channels: int, text: str, ascii_only: bool, learning: bool
) -> None:
    name = "".join(c for c in text if c.isprintable())  # also wide characters, of two cells each
    look = replace(
        LOOK, preset=name, state=replace(STATE, peaks=(0.7,) * channels, late=3),
        learning="grain.density" if learning else "", refused={"value": 3},
    )  # fmt: skip
    rows = Rows().at(look.values, 0.0)
    shown = view(
        look, cursor=min(cursor, len(rows) - 1), holds=(-1.0,) * channels, messages=[(name, False)] * 30,
        plain=ascii_only,
    )  # fmt: skip
    lines = drawn(shown, width, height)
    assert len(lines) <= height
    assert max(line.cell_len for line in lines) <= width


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20)])
def test_what_matters_is_there_at_every_size(size: tuple[int, int]) -> None:
    look = replace(LOOK, state=replace(STATE, late=41), recording=True)
    text = plain(drawn(view(look), *size))
    for part in ("comet", "0:01.0", "recording", "-6.0 dB", "limiter", "load", "p99", "late 41", "12 sound",
                 "grain   7 of 120", "> master gain", "path walk", "OSC grain.density 300", "q quit"):  # fmt: skip
        assert part in text, part


def test_the_chosen_row_is_always_shown_and_marked() -> None:
    rows = Rows().at(LOOK.values, 0.0)
    for cursor, row in enumerate(rows):
        text = plain(drawn(view(cursor=cursor), 40, 20))
        (marked,) = [line for line in text.splitlines() if line.startswith(">")]
        assert row.label[: len(marked.split()[1])] in marked


@pytest.mark.parametrize("level", [-70.0, -60.0, -30.0, -6.0, 0.0, 6.0])
def test_meters_are_as_long_as_it_is_loud(level: float) -> None:
    look = replace(LOOK, state=replace(STATE, peaks=(10 ** (level / 20),)))
    meter = drawn(view(look, holds=(level,), plain=True), 100, 24)[1].plain
    (bar,) = re.findall("[#.|]{9,}", meter)
    assert abs(bar.count("#") / len(bar) - min(max(1 + level / 60, 0), 1)) <= 1.5 / len(bar)


def test_a_parameter_that_moved_is_marked_for_two_seconds() -> None:
    rows, instrument = Rows(), Instrument()
    assert not [row for row in rows.at(instrument.values(), 0.0) if row.fresh]
    instrument.set("grain", "density", 300.0)
    for now, expected in (
        (1.0, ["grain.density"]),
        (1.0 + 0.9 * FRESH_S, ["grain.density"]),
        (1.1 + FRESH_S, []),
    ):
        shown = rows.at(instrument.values(), now)
        assert [row.target for row in shown if row.fresh] == expected
    assert next(row for row in shown if row.target == "grain.density").value == "300"
    assert next(row for row in shown if row.target == "master.gain").value == "0 dB"


def test_marks_serve_where_there_are_no_colours() -> None:
    lines = drawn(view(plain=True), 80, 24)
    assert plain(lines).isascii()
    assert "<- cc 21" in plain(drawn(view(plain=True), 120, 40))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"q", ["q"]),
        (b" p", ["space", "p"]),
        (b"\x1b[A\x1b[B\x1bOA", ["up", "down", "up"]),
        (b"\x1b", ["escape"]),
        (b"\x1b[15~l", ["l"]),
        (b"\x1b[1;5Cq", ["q"]),
        (b"\x1b[", []),
        ("ü".encode(), ["Ã", "¼"]),  # means nothing, and harms nothing
    ],
)
def test_keys_have_names(data: bytes, expected: list[str]) -> None:
    assert named(data) == expected


@given(st.binary(max_size=40))
def test_any_bytes_are_keys_or_nothing(data: bytes) -> None:
    assert len(named(data)) <= len(data)


def test_only_lines_that_changed_are_written() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=40, height=10, legacy_windows=False)
    lines = drawn(view(), 40, 10)
    with Screen(console) as screen:
        screen.show(lines, 0.0)
        whole = len(written.getvalue())
        screen.show(lines, 0.1)
        assert len(written.getvalue()) - whole < 5
        screen.show([*lines[:-1], lines[0]], 0.2)
        assert 5 < len(written.getvalue()) - whole < 200
        terminal = pyte.Screen(40, 10)
        pyte.Stream(terminal).feed(written.getvalue())
        assert [line.rstrip() for line in terminal.display[:9]] == [line.plain.rstrip() for line in lines[:9]]
    assert written.getvalue().endswith("\x1b[?1049l\x1b[?25h")


class Stub:
    """Enough of a running instrument for what shows it."""

    def __init__(self) -> None:
        self.state, self.instrument = STATE, Instrument()
        self.doors = Doors(self.instrument, Messages(), "comet")
        self.engine: Any = self

    def look(self) -> Look:
        return replace(LOOK, state=self.state, preset=self.doors.preset, values=self.instrument.values())


def lines_of(stub: Stub, **given: Any) -> tuple[Lines, list[str], list[float]]:
    told: list[str] = []
    now = [0.0]
    running: Any = stub
    return Lines(running, 5.0, told=told.append, now=lambda: now[0], **given), told, now


def test_plain_lines_say_only_what_is_new() -> None:
    stub = Stub()
    lines, told, now = lines_of(stub)
    for now[0] in (1.0, 6.0, 11.0):
        lines.turn()
    assert told == []
    stub.doors.door("OSC").set("grain", "density", 300.0)
    for now[0] in (12.5, 16.0, 21.5):
        lines.turn()
    assert told[0] == "OSC grain.density 300"
    assert told[1].startswith("0:01.0 comet: -6.0 dB, load 10% (p99 30%), 12 grains, 0 late")
    assert len(told) == 2
    stub.state = replace(STATE, late=3, underflows=2)
    for now[0] in (23.0, 23.5, 24.5):
        lines.turn()
    assert told[2] == "3 blocks late, 3 since it began (underflows: 2); p99 load 30%"


def test_a_flood_of_messages_is_a_few_lines_a_second_but_the_instrument_is_heard() -> None:
    stub = Stub()
    lines, told, now = lines_of(stub)
    for second in range(1, 4):
        for i in range(500):
            stub.doors.messages.moved("OSC", "grain", str(i), i)
        stub.doors.messages.said(f"other sounds failed {second}")
        for now[0] in (second * 1.1, second * 1.1 + 0.4):
            lines.turn()
    assert len(told) == 3 * 5
    assert [line for line in told if "failed" in line] == [f"other sounds failed {i}" for i in (1, 2, 3)]


def test_a_panel_that_fails_is_replaced_by_plain_lines(capfd: pytest.CaptureFixture[str]) -> None:
    stub = Stub()
    running: Any = stub
    display = Display(running, panel=False, every=0.0, as_json=False)

    class Broken:
        closed = False

        def turn(self) -> None:
            raise ZeroDivisionError("a fault")

        def __exit__(self, *_: object) -> None:
            self.closed = True

    broken: Any = Broken()
    display._shown = broken
    with pytest.raises(AttributeError):  # it has no way in
        display.__enter__()
    for _ in range(3):
        display.turn()
    display.__exit__(None, None, None)
    assert broken.closed
    assert capfd.readouterr().err == "granulate: the panel has failed: ZeroDivisionError: a fault\n"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0:00.0"), (59.94, "0:59.9"), (61.5, "1:01.5"), (3723, "1:02:03.0")]
)
def test_the_clock(seconds: float, text: str) -> None:
    assert clock(seconds) == text


CONTROLLED = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execv(sys.argv[1], sys.argv[1:])"
"""Makes standard input the terminal whose keys interrupt."""


class Terminal:
    """`granulate live` in a pseudo-terminal of its own, and what stands on it."""

    def __init__(
        self, folder: Path, *words: str, columns: int = 80, rows: int = 24, **environment: str
    ) -> None:
        self.screen = pyte.Screen(columns, rows)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""
        self.ours, theirs = pty.openpty()
        self.resize(columns, rows)
        self.before = termios.tcgetattr(theirs)
        command = [COMMAND, "live", "in.wav", "--audio", "null", *words]
        self.process = subprocess.Popen(
            [sys.executable, "-c", CONTROLLED, *command], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs,
            env={**os.environ, "TERM": "xterm-256color", **environment}, start_new_session=True,
        )  # fmt: skip
        self.theirs = theirs

    def resize(self, columns: int, rows: int) -> None:
        fcntl.ioctl(self.ours, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.screen.resize(rows, columns)

    @property
    def text(self) -> str:
        return "\n".join(self.screen.display)

    def until(self, condition: Callable[[], bool], seconds: float = 40.0) -> None:
        end = time.monotonic() + seconds
        while not condition():
            assert time.monotonic() < end, self.text
            if select.select([self.ours], [], [], 0.1)[0]:
                data = os.read(self.ours, 65536)
                self.raw += data
                # Rich says so that it ends in the alternate screen; pyte has none.
                self.stream.feed(data)

    def press(self, keys: str) -> None:
        os.write(self.ours, keys.encode())

    def end(self) -> int:
        """Until the process has ended, and the terminal is as it was."""
        self.until(lambda: self.process.poll() is not None)
        self.until(lambda: not select.select([self.ours], [], [], 0.1)[0])
        assert termios.tcgetattr(self.theirs) == self.before
        return self.process.returncode

    def close(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        os.close(self.ours)
        os.close(self.theirs)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gr.write(melody(2.0, 22_050), tmp_path / "in.wav")
    return tmp_path


@pytest.fixture
def opened(folder: Path) -> Iterator[Callable[..., Terminal]]:
    terminals: list[Terminal] = []

    def open_one(*words: str, **given: Any) -> Terminal:
        terminals.append(Terminal(folder, *words, **given))
        return terminals[-1]

    yield open_one
    for terminal in terminals:
        terminal.close()


def test_it_is_played_by_single_keys_and_leaves_the_terminal_as_it_was(
    opened: Callable[..., Terminal], folder: Path
) -> None:
    terminal = opened("-p", "comet", "--record", "take.json", "--osc", "0", "--midi", "no such port")
    terminal.until(lambda: "q quit" in terminal.text and "sound" in terminal.text)
    assert terminal.text.startswith("comet ")
    terminal.until(lambda: "recording" in terminal.text and "MIDI" in terminal.text)
    terminal.press(" ")
    terminal.until(lambda: "stopped" in terminal.text)
    terminal.press(" r")
    terminal.until(lambda: "stopped" not in terminal.text and "r record" in terminal.text)
    terminal.until((folder / "take.json").is_file)
    terminal.press("p]")
    terminal.until(lambda: terminal.text.startswith("confetti ") and "key panic" in terminal.text)
    terminal.press("\x1b[B")
    terminal.until(lambda: "> path" in terminal.text)
    terminal.press("l")
    terminal.until(lambda: "learning path.kind" in terminal.text)
    terminal.resize(40, 20)
    terminal.until(lambda: terminal.text.startswith("confetti ") and "> path" in terminal.text)
    terminal.press("q")
    assert terminal.end() == 0
    assert re.search(rb"over: seconds [^\x1b]*\Z", terminal.raw)
    assert terminal.raw.count(b"\x1b[?1049h") == terminal.raw.count(b"\x1b[?1049l") == 1
    assert terminal.raw.rindex(b"\x1b[?25h") > terminal.raw.rindex(b"\x1b[?25l")


def test_a_polite_kill_leaves_the_terminal_and_the_take_whole(
    opened: Callable[..., Terminal], folder: Path
) -> None:
    terminal = opened("--record", "take.json", NO_COLOR="1")
    terminal.until(lambda: "q quit" in terminal.text and " -inf" not in terminal.text)
    terminal.press("\x1aj")  # Ctrl-Z does nothing
    terminal.until(lambda: "> path" in terminal.text)
    terminal.process.terminate()
    assert terminal.end() == 128 + signal.SIGTERM
    assert not re.search(rb"\x1b\[[0-9;]*3[0-9][;m]", terminal.raw)  # no colour, as was asked for
    gr.load_score(folder / "take.json")


def test_plain_lines_have_no_escapes(opened: Callable[..., Terminal]) -> None:
    shown = opened("--seconds", "1", TERM="dumb")
    assert shown.end() == 0
    after = shown.raw[shown.raw.index(b"ready: ") :]
    assert b"\x1b" not in after
    seconds = float(re.search(rb"over: seconds ([\d.]+)", after)[1])
    assert 1 <= seconds < 5  # above 2 where the machine is busy
