"""Which way an instrument is shown: the panel where there is a terminal for it, else plain lines."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING

from granulate import preset as presets
from granulate.cli.live.facts import Running
from granulate.cli.live.lines import Lines
from granulate.errors import GranulateError
from granulate.live.engine import EngineError
from granulate.live.stream import check_playable

if TYPE_CHECKING:
    from granulate.cli.live.panel import Panel

STATUS_S = 5.0


def has_terminal() -> bool:
    """Whether standard error is a terminal that can be drawn on, and this process may."""
    if not sys.stderr.isatty():
        return False
    from rich.console import Console

    return not Console(stderr=True).is_dumb_terminal and _in_foreground()


class Display:
    """Shows what runs while it is entered. `panel`: on a terminal; `every`: seconds between statuses of plain lines.

    A context manager; what it meets never ends the playing: a panel that fails is replaced by plain lines.
    """

    def __init__(self, running: Running, *, panel: bool, every: float | None, as_json: bool) -> None:
        self._running, self._as_json = running, as_json
        self._every = (0.0 if as_json else STATUS_S) if every is None else every
        self._shown: Lines | Panel = self._panel() if panel else self._lines()

    def __enter__(self) -> Display:
        self._shown.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with suppress(OSError):  # the terminal has gone; what was played is still to be kept
            self._shown.__exit__(kind, error, trace)

    def turn(self) -> None:
        """Do what is due; to be called often."""
        try:
            self._shown.turn()
        except EngineError:
            pass  # the player meets it too, and ends
        except Exception as error:  # noqa: BLE001 - whatever it is, the instrument plays on
            with suppress(Exception):
                self._shown.__exit__(None, None, None)
            self._running.doors.messages.said(f"the panel has failed: {type(error).__name__}: {error}")
            self._shown = self._lines()

    def _lines(self) -> Lines:
        return Lines(self._running, self._every, as_json=self._as_json)

    def _panel(self) -> Panel:
        from rich.console import Console

        from granulate.cli.live.panel import Panel

        return Panel(self._running, Console(stderr=True, highlight=False), playable())


def playable() -> list[str]:
    """The shipped presets that can be played."""
    found = []
    for name in presets.names():
        with suppress(GranulateError):
            check_playable(presets.load(name))
            found.append(name)
    return found


def _in_foreground() -> bool:
    # A job in the background that draws spoils what is in the foreground.
    try:
        return os.tcgetpgrp(sys.stderr.fileno()) == os.getpgrp()
    except (OSError, AttributeError):
        return sys.platform == "win32"
