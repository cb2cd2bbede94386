"""One page at the socket: what it is to be sent waits here, bounded, whether it reads or not."""

from __future__ import annotations

import asyncio
import json
from collections import deque
from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from granulate.live.changes import Changes
from granulate.web import frames

if TYPE_CHECKING:
    from aiohttp.web import WebSocketResponse

    from granulate.live.doors import Door

SEND_S = 10.0
"""A page that takes nothing for so long is let go."""
_MOST_VALUES = 256
_MOST_LINES = 32
_MOST_GRAINS = 4096
_MOST_AUDIO = 32
"""Pieces of audio that wait: beyond, the oldest are dropped, since late sound is of no use."""


class Session:
    """What waits for one page: newest values and status, grains that sound, lines, audio.

    All from the server's one thread. `late`: pieces of audio that it was too slow for.
    """

    def __init__(self, socket: WebSocketResponse, number: int, door: Door | None) -> None:
        self.number, self.door = number, door
        self.hears = False
        self.late = 0
        self._socket = socket
        self._changes = Changes(_MOST_VALUES)
        self._objects: dict[str, Any] = {}
        self._lines: deque[dict[str, Any]] = deque(maxlen=_MOST_LINES)
        self._grains: list[int] = []
        self._audio: deque[bytes] = deque()
        self._selection: bytes | None = None
        self._labels: bytes | None = None
        self._due = asyncio.Event()

    def tell(self, name: str, value: Any) -> None:
        """Send the newest value of something: what has not been sent yet is replaced."""
        self._objects[name] = value
        self._due.set()

    def tell_values(self, values: Mapping[tuple[str, str], Any]) -> None:
        """Send which parameters have changed since it was last told."""
        changed = self._changes.of(values)
        if changed:
            waiting = self._objects.setdefault("values", {})
            waiting |= {f"{section}.{parameter}": value for (section, parameter), value in changed.items()}
            self._due.set()
        self._changes.told(changed, values)

    def say(self, kind: str, line: str) -> None:
        """Send a line: `said` or `refused`."""
        self._lines.append({kind: line})
        self._due.set()

    def sound(self, grains: Iterable[int]) -> None:
        """Send which grains began to sound."""
        self._grains += grains
        del self._grains[:-_MOST_GRAINS]
        self._due.set()

    def play(self, piece: bytes) -> None:
        """Send audio, where it listens."""
        if len(self._audio) >= _MOST_AUDIO:
            self._audio.popleft()
            self.late += 1
        self._audio.append(piece)
        self._due.set()

    def select(self, selection: bytes) -> None:
        """Send what was selected by another page."""
        self._selection = selection
        self._due.set()

    def label(self, labels: bytes) -> None:
        """Send all labels that grains have now."""
        self._labels = labels
        self._due.set()

    async def send_all(self) -> None:
        """Send what waits, until the connection has gone, or takes nothing any more."""
        with suppress(ConnectionError, TimeoutError, RuntimeError):
            while not self._socket.closed:
                await self._due.wait()
                self._due.clear()
                for frame in self._taken():
                    sent = self._socket.send_str if isinstance(frame, str) else self._socket.send_bytes
                    await asyncio.wait_for(sent(frame), SEND_S)  # type: ignore[arg-type]

    async def close(self) -> None:
        """End the connection: the server goes."""
        with suppress(ConnectionError, TimeoutError, RuntimeError):
            await asyncio.wait_for(self._socket.close(code=1001), 1.0)

    def _taken(self) -> list[str | bytes]:
        objects, self._objects = self._objects, {}
        lines = [*self._lines]
        found: list[str | bytes] = [
            json.dumps({name: value}, allow_nan=False) for name, value in objects.items()
        ]
        found += [json.dumps(line) for line in lines]
        self._lines.clear()
        if self._selection is not None:
            found.append(self._selection)
            self._selection = None
        if self._labels is not None:
            found.append(self._labels)
            self._labels = None
        if self._grains:
            found.append(frames.sounding(_numbers(self._grains)))
            self._grains = []
        found += self._audio
        self._audio.clear()
        return found


def _numbers(grains: list[int]) -> NDArray[np.uint32]:
    return np.array(list(dict.fromkeys(grains)), np.uint32)
