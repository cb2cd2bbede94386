"""Watching a port: opened when it is there, given up when it has gone, opened again when it returns."""

from __future__ import annotations

import re
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Any

from granulate.errors import GranulateError
from granulate.live.midi.controller import Controller
from granulate.live.midi.system import Input, MidiError, RtMidi, System

LOOK_EVERY = 0.5
"""Seconds from one look at the list of ports to the next: MIDI systems tell nobody of a port that vanishes."""
RETRY_EVERY = 2.0
"""The same for a MIDI system that is not there."""
_POLL_EVERY = 0.002
"""Seconds: about what two messages take on a MIDI cable."""
_ALSA_NUMBERS = re.compile(r" \d+:\d+$")
_MOST_LATE = 0.25
"""Seconds by which a driver's time may lie behind the clock before it is doubted."""
_AT_ONCE = 4096


def matching(wanted: str, ports: Iterable[str]) -> str | None:
    """The port that a name, or a part of one, means: exact before partial, the first of several; case is ignored.

    ALSA's numbers at the end of a name are ignored too, since they change when a device returns.
    """
    ports = list(ports)
    name = _ALSA_NUMBERS.sub("", wanted).casefold()
    plain = {port: _ALSA_NUMBERS.sub("", port).casefold() for port in ports}
    if wanted in plain:
        return wanted
    exact = [port for port in ports if plain[port] == name]
    # A loop that the system keeps for itself is nobody's controller, unless it is asked for.
    partial = [port for port in ports if name in plain[port] and (name or "midi through" not in plain[port])]
    return next(iter([*exact, *partial]), None)


class PortWatch:
    """Feeds a controller from the port that `name` means ("" is any), whenever it is there.

    `status` says in one line how things stand, and `changed` is told each time it is another line.
    Either call `poll` often, or `start` a thread that does. Nothing here raises for want of MIDI.
    """

    def __init__(
        self,
        controller: Controller,
        name: str,
        *,
        system: Callable[[], System] = RtMidi,
        now: Callable[[], float] = time.monotonic,
        changed: Callable[[str], None] | None = None,
    ) -> None:
        self.controller, self.wanted = controller, name
        self.status = ""
        self.port: str | None = None
        """The name of the port that is open."""
        self._make, self._now, self._changed = system, now, changed
        self._system: System | None = None
        self._input: Input | None = None
        self._there = False
        self._asked: deque[Callable[[], Any]] = deque()
        self._due = -float("inf")
        self._heard = -float("inf")
        self._thread: threading.Thread | None = None
        self._ended = threading.Event()

    def poll(self) -> None:
        """Pass on what has come, and look after the port where that is due. Returns at once."""
        now = self._now()
        while self._asked:
            self.controller.attempt(self._asked.popleft())
        if self._input is not None:
            try:
                self._drain(self._input, now)
            except MidiError:
                self._lose()
        self.controller.poll(now)
        if now >= self._due:
            self._due = now + self._look()

    def soon(self, call: Callable[[], Any]) -> None:
        """Have the thread that polls call it before the next messages: the way to the controller from other threads.

        A refusal is kept in the controller's `problem`.
        """
        self._asked.append(call)

    def start(self) -> None:
        """Poll from a thread until `stop`."""
        self._ended.clear()
        self._thread = threading.Thread(target=self._run, name="midi", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Release what is held and let go of the port. It may be started again."""
        if self._thread is not None:
            self._ended.set()
            self._thread.join()
            self._thread = None
        self._lose()
        self._release()
        self._due = -float("inf")

    def __enter__(self) -> PortWatch:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _run(self) -> None:
        while not self._ended.wait(_POLL_EVERY if self._input is not None else LOOK_EVERY / 4):
            self.poll()

    def _drain(self, port: Input, now: float) -> None:
        for count, (message, since) in enumerate(port.messages(), 1):
            # The driver's own times jitter less than this thread's.
            at = self._heard + since
            self._heard = at if now - _MOST_LATE <= at <= now else now
            self.controller.receive(message, self._heard)
            if count == _AT_ONCE:
                return

    def _look(self) -> float:
        """Open or give up the port, as the system has it; seconds until the next look."""
        try:
            if self._system is None:
                self._system = self._make()
            ports = self._system.inputs()
        except GranulateError as error:
            self._lose()
            self._release()
            self._say(f"no MIDI: {error}")
            return RETRY_EVERY
        if self.port is not None and self.port not in ports:
            self._lose()
        if self._there and not ports:
            # A JACK server that has ended shows no ports, and its client never sees another one.
            self._release()
        self._there = bool(ports)
        if self._system is None:
            self._say("no MIDI ports")
        elif self.port is None:
            self._open(self._system, ports)
        return LOOK_EVERY

    def _open(self, system: System, ports: list[str]) -> None:
        found = matching(self.wanted, ports)
        shown = f"MIDI port {self.wanted!r}" if self.wanted else "a MIDI port"
        if found is None:
            self._say(f"waiting for {shown}; there are: {', '.join(map(repr, ports)) or 'none'}")
            return
        try:
            self._input = system.open(found)
        except MidiError as error:
            self._say(f"waiting for {shown}: {error}")
            return
        self.port = found
        self._say(f"listening to {found!r}")

    def _lose(self) -> None:
        if self._input is not None:
            with suppress(MidiError):
                self._input.close()
            self.controller.disconnect()
        self._input = self.port = None

    def _release(self) -> None:
        if self._system is not None:
            self._system.close()
        self._system = None

    def _say(self, status: str) -> None:
        if status != self.status:
            self.status = status
            if self._changed:
                self._changed(status)
