"""The panel of a terminal: redrawn a few times a second, and played by single keys."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from types import TracebackType

from rich.console import Console

from granulate.cli.live.drawing import View, drawn
from granulate.cli.live.facts import Look, Running, clock
from granulate.cli.live.keys import Keys
from granulate.cli.live.rows import Row, Rows
from granulate.cli.live.screen import Screen
from granulate.errors import GranulateError
from granulate.level import to_decibels
from granulate.live.midi.lessons import FORGET, LEARN

EVERY_S = 0.2
_HOLD_S = 2.0
_MOST_MESSAGES = 40


class Panel:
    """Shows a running instrument, and does what its keys ask, from the thread that calls `turn`.

    `presets` are what [ and ] go through. A context manager: the terminal is afterwards as it was.
    """

    def __init__(self, running: Running, console: Console, presets: Sequence[str] = ()) -> None:
        self._running, self._console, self._presets = running, console, list(presets)
        self._door = running.doors.door("key")
        self._keys, self._rows = Keys(), Rows()
        self._screen = Screen(console)
        self._opened = ExitStack()
        self._began = time.monotonic()
        self._due = 0.0
        self._cursor, self._map_shown = 0, False
        self._shown: list[Row] = []
        self._holds: list[tuple[float, float]] = []
        self._limiting = (0.0, 0.0)

    def __enter__(self) -> Panel:
        with ExitStack() as opened:
            opened.enter_context(self._keys)
            opened.enter_context(self._screen)
            self._opened = opened.pop_all()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # The keys' terminal first and last: even where the drawing's end fails, they are given back.
        self._opened.__exit__(kind, error, trace)

    def turn(self) -> None:
        """Obey the keys, and draw where that is due. Raises EngineError when the engine has ended."""
        for key in self._keys.pressed():
            with suppress(GranulateError):  # it stands in the log
                self._obey(key)
                self._due = 0.0
        now = time.monotonic()
        if now >= self._due:
            self._due = now + EVERY_S
            look = self._running.look()
            with suppress(OSError):  # the terminal has gone; the instrument has not
                width, height = self._console.size
                self._screen.show(drawn(self._view(look, now), width, height), now)

    def _view(self, look: Look, now: float) -> View:
        self._hold(look, now)
        self._shown = self._rows.at(look.values, now)
        self._cursor = min(self._cursor, max(0, len(self._shown) - 1))
        messages = [
            (f"{clock(max(0.0, message.time - self._began))} {message.text}", message.problem)
            for message in self._running.doors.messages.last(_MOST_MESSAGES)
        ]
        return View(
            look, self._shown, self._cursor, [level for level, _ in self._holds], self._limiting[0],
            _fixed(self._running), messages, self._named_keys(look), dict(look.bindings), self._map_shown,
            has_osc=self._running.server is not None, plain=not self._console.encoding.lower().startswith("utf"),
        )  # fmt: skip

    def _hold(self, look: Look, now: float) -> None:
        peaks = [to_decibels(peak) for peak in look.state.peaks]
        before = self._holds or [(level, now) for level in peaks]
        self._holds = [
            held if held[0] >= level and now - held[1] < _HOLD_S else (level, now)
            for level, held in zip(peaks, before, strict=True)
        ]
        gain, held = to_decibels(look.state.reduction), self._limiting
        self._limiting = held if held[0] <= gain and now - held[1] < _HOLD_S else (gain, now)

    def _named_keys(self, look: Look) -> list[str]:
        if not self._keys.there:
            return ["Ctrl-C ends"]
        found = ["q quit", "space start" if look.resting else "space stop", "p panic"]
        if self._running.take is not None:
            found.append("r end the take" if look.recording else "r record")
        found += ["[ ] preset"] if self._presets else []
        found.append("up down choose")
        if self._running.doors.lessons is not None:
            found += ["esc learn nothing"] if look.learning else ["l learn", "f forget"]
            found.append("m parameters" if self._map_shown else "m map")
        return found

    def _obey(self, key: str) -> None:
        doors, lessons = self._running.doors, self._running.doors.lessons
        target = self._shown[self._cursor].target if self._shown else ""
        match key:
            case "q":
                self._running.instrument.player.over.set()
            case "space":
                self._door.act("start" if doors.resting else "stop")
            case "p":
                self._door.act("panic")
            case "r":
                self._door.act("record", not self._running.instrument.player.recording)
            case "[" | "]":
                self._step_preset(1 if key == "]" else -1)
            case "up" | "down":
                self._cursor = max(0, self._cursor + (1 if key == "down" else -1))
            case "l":
                self._door.act(LEARN, target)
            case "f":
                self._door.act(FORGET, target)
            case "escape" if lessons is not None:
                lessons.cancel()
            case "m":
                self._map_shown = lessons is not None and not self._map_shown

    def _step_preset(self, by: int) -> None:
        names, now = self._presets, self._running.doors.preset
        if names:
            place = names.index(now) + by if now in names else 0
            self._door.act("preset", names[place % len(names)], 0.0)


def _fixed(running: Running) -> list[str]:
    found = [running.where]
    if running.server is not None:
        found.append(f"OSC {running.server.host}:{running.server.port}")
    if running.query is not None:
        found.append(f"OSCQuery {running.query}")
    if running.take is not None:
        found.append(f"take {running.take}")
    return found
