"""Plain lines, where there is no terminal to draw on: what changed, what was late, and what was said."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import click

from granulate.cli.live.facts import Look, Running, clock
from granulate.level import to_decibels

_TELL_EVERY_S = 1.0
_MOST_AT_ONCE = 3
QUIETEST_DB = -120.0


def warn(line: str) -> None:
    """One line on standard error."""
    click.echo(f"granulate: {line}", err=True)


class Lines:
    """Tells of a running instrument on standard error, from the thread that calls `turn`.

    `every`: seconds from one status to the next, 0 for none; a status that says nothing new is left
    out. With `as_json` it is an object on standard output, and never left out.
    """

    def __init__(
        self, running: Running, every: float, *, as_json: bool = False,
        told: Callable[[str], None] = warn, now: Callable[[], float] = time.monotonic,
    ) -> None:  # fmt: skip
        self._running, self._every, self._as_json, self._told, self._now = running, every, as_json, told, now
        self._due_status = now() + every
        self._due_lines = now()
        self._number = self._late = 0
        self._before: Any = _news(running.look())

    def __enter__(self) -> Lines:
        return self

    def __exit__(self, *_: object) -> None:
        self._tell()

    def turn(self) -> None:
        """Say what is due. Raises EngineError when the engine has ended."""
        now = self._now()
        if now >= self._due_lines:
            self._due_lines = now + _TELL_EVERY_S
            self._tell()
            self._warn_of_late()
        if self._every and now >= self._due_status:
            self._due_status = now + self._every
            self._status()

    def _tell(self) -> None:
        messages = self._running.doors.messages
        number = messages.number
        if number == self._number:
            return
        new = messages.last(10_000, after=self._number)
        self._number = number
        own = [message for message in new if not message.source]
        others = [message for message in new if message.source]
        for message in (*own, *others[-_MOST_AT_ONCE:]):
            self._told(message.text)
        if len(others) > _MOST_AT_ONCE:
            self._told(f"and {len(others) - _MOST_AT_ONCE} more")

    def _warn_of_late(self) -> None:
        state = self._running.engine.state
        if state.late > self._late:
            self._told(
                f"{state.late - self._late} blocks late, {state.late} since it began"
                f" (underflows: {state.underflows}); p99 load {state.p99_load:.0%}"
            )
            self._late = state.late

    def _status(self) -> None:
        look = self._running.look()
        if self._as_json:
            click.echo(json.dumps(status(look)))
            return
        news = _news(look)
        if news != self._before:
            self._before = news
            self._told(_in_words(look))


def status(look: Look) -> dict[str, Any]:
    """A look as JSON has it; levels in dBFS, -120 at least."""
    state = look.state
    return {
        "event": "status", "seconds": look.seconds, "preset": look.preset, "grain": look.status.grain,
        "position": list(look.status.position),
        "levels": [max(QUIETEST_DB, to_decibels(peak)) for peak in state.peaks],
        "limiter": max(QUIETEST_DB, to_decibels(state.reduction)), "load": state.load,
        "median_load": state.median_load, "p99_load": state.p99_load, "late": state.late,
        "underflows": state.underflows, "stalled": state.stalled, "active": state.active, "pending": state.pending,
        "resting": look.resting, "recording": look.recording, "clients": look.clients,
        "refused": dict(look.refused), "midi": look.midi, "learning": look.learning,
        "bindings": dict(look.bindings),
    }  # fmt: skip


def _news(look: Look) -> Any:
    """What makes a status worth saying: levels and loads move always."""
    state = look.state
    return (
        look.preset, dict(look.values), state.late, state.underflows, state.failures, state.non_finite,
        look.resting, look.recording, look.clients, dict(look.refused), look.midi, look.learning,
        look.bindings,
    )  # fmt: skip


def _in_words(look: Look) -> str:
    state = look.state
    loudest = to_decibels(max(state.peaks))
    parts = [
        f"{loudest:.1f} dB" if loudest > QUIETEST_DB else "silent",
        f"load {state.load:.0%} (p99 {state.p99_load:.0%})",
        f"{state.active} grains",
        f"{state.late} late",
    ]
    parts += ["stopped"] if look.resting else []
    parts += ["recording"] if look.recording else []
    parts += [f"{look.clients} clients"] if look.clients else []
    parts += [f"{n} OSC refused"] if (n := sum(look.refused.values())) else []
    parts += [f"learning {look.learning}"] if look.learning else []
    return f"{clock(look.seconds)} {look.preset}: {', '.join(parts)}"
