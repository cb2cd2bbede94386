"""The running instrument as the map's pages see it: one for all of them, whoever moves it."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import GranulateError, ParameterError
from granulate.level import to_decibels
from granulate.live.doors import Door, Doors
from granulate.live.engine import Engine
from granulate.live.instrument import Instrument
from granulate.live.osc.addresses import ACTIONS
from granulate.live.records import heard_type
from granulate.live.sinks import File
from granulate.types import Corpus
from granulate.web.places import Places
from granulate.web.schema import parameters

QUIETEST_DB = -120.0
_MOST_BLOCKS = 512
_ACTIONS = {action.name: action for action in ACTIONS}


@dataclass(frozen=True, slots=True)
class Audio:
    """Frames that the engine made (n_frames, n_channels), from an output sample on."""

    clock: int
    frames: NDArray[np.float32]


class Live:
    """What the socket tells its pages of an instrument, and what it lets them do.

    `browser`: the pages are where it is heard. `records`: whether a take can be written down. Every method
    is called from the server's thread; GranulateErrors are answered to the page.
    """

    def __init__(
        self, engine: Engine, instrument: Instrument, doors: Doors, *, browser: bool = False, records: bool = False
    ) -> None:  # fmt: skip
        self._engine, self._instrument, self._doors = engine, instrument, doors
        self.browser, self.records = browser, records
        self._lock = threading.Lock()
        self._places = Places(instrument.player.stream.corpus)
        self._listening = False
        self._heard = np.zeros(_MOST_BLOCKS, heard_type(engine.setup.block, engine.setup.n_channels))
        self._clock: int | None = None

    def door(self, number: int) -> Door:
        """The way in of one page: what it does stands in the log under the page's number."""
        return self._doors.door(f"page {number}", checks=True, refusals=False)

    def schema(self) -> Mapping[str, Any]:
        """What may be set and done, for `/parameters.json`."""
        return parameters(hears=self._engine.setup.source is not None)

    @property
    def corpus(self) -> Corpus:
        """What is played now."""
        return self._instrument.player.stream.corpus

    def show(self, places: Places) -> None:
        """Pages show another map from now on."""
        self._places = places

    def hello(self) -> dict[str, Any]:
        """What a page is told of it first."""
        setup = self._engine.setup
        return {
            "rate": setup.sample_rate, "channels": setup.n_channels, "block": setup.block,
            "grains": len(self.corpus), "audio": "browser" if self.browser else "device",
            "hearable": not isinstance(setup.sink, File), "record": self.records,
            "input": setup.source is not None,
        }  # fmt: skip

    def values(self) -> Mapping[tuple[str, str], Any]:
        """Every parameter's value: the same object until one changes."""
        return self._instrument.values()

    def status(self) -> dict[str, Any]:
        """How it is at this moment. Raises EngineError when the engine has ended."""
        state, status = self._engine.state, self._instrument.status()
        player = self._instrument.player
        return {
            "clock": state.clock, "grain": status.grain, "position": self._places.seen(status.position),
            "levels": [round(max(QUIETEST_DB, level), 1) for level in status.levels],
            "limiter": round(to_decibels(state.reduction), 1), "load": round(state.load, 3),
            "p99": round(state.p99_load, 3), "late": state.late, "unheard": state.unheard, "active": state.active,
            "recording": player.recording, "resting": self._doors.resting,
            "preset": self._doors.preset + (", changed" if self._doors.changed else ""),
            "over": player.over.is_set(),
        }  # fmt: skip

    def began(self) -> NDArray[np.uint32]:
        """Grains that have begun to sound since the last call, (n,)."""
        recent, found = self._instrument.player.recent, []
        while recent:
            found.append(recent.popleft())
        return np.array(found, np.uint32)

    def said(self, after: int) -> tuple[int, list[str]]:
        """The number of the newest message, and lines that were said or refused after another."""
        messages = self._doors.messages
        number = messages.number
        if number == after:
            return number, []
        return number, [message.text for message in messages.last(8, after=after) if message.problem]

    # What is heard in the pages.

    def listen(self, on: bool) -> None:
        """Fetch what the engine makes from now on, or no more. Raises ParameterError where it goes into a file."""
        if on != self._listening:
            self._engine.listen(on)
            self._listening = on
            self._clock = None
            while on and self._engine.heard(self._heard):
                pass  # what is left of the last time

    def audio(self) -> Audio | None:
        """What the engine has made since the last call."""
        if not self._listening:
            return None
        clock = self._engine.state.clock
        n = self._engine.heard(self._heard)
        if not n:
            return None
        blocks = self._heard[:n]
        frames = np.concatenate([block["frames"][: block["n"]] for block in blocks])
        # The ring has no clock: it is the engine's where it begins, and goes on with what comes.
        begin = clock - len(frames) if self._clock is None else self._clock
        self._clock = begin + len(frames)
        return Audio(begin, frames)

    # What pages ask.

    def set(self, door: Door, path: str, parameter: str, value: Any) -> None:
        """Set a parameter, checked as the kinds chosen now have it."""
        door.set(path, parameter, value)

    def act(self, door: Door, name: str, arguments: Sequence[Any]) -> None:
        """Do one of the actions of OSC's address space; places are those of the page."""
        action = _ACTIONS.get(name)
        if action is None:
            raise ParameterError(f"the action {name[:40]!r}; allowed: {', '.join(_ACTIONS)}")
        given = action.read(list(arguments))
        if given is None:
            return
        if name == "goto":
            given = tuple(self._walked([[value for value in given if value is not None]])[0])
        door.act(name, *given)

    def gesture(self, door: Door, points: Sequence[Sequence[float]], closed: bool) -> None:
        """Lead the walk along a line of the page, or round and round a loop."""
        walked = self._walked(points)
        if self._instrument.get("path", "kind") != "gesture":
            door.set("path", "kind", "gesture")
        door.set("path", "points", walked)
        door.set("path", "loop", closed)

    def select(self, door: Door, grains: NDArray[np.int64]) -> None:
        """Keep the path to some grains (n,); none is all of them. Raises ParameterError for others than there are."""
        if len(grains) and grains[-1] >= len(self.corpus):
            raise ParameterError(f"grain {grains[-1]} of a selection; allowed: 0 to {len(self.corpus) - 1}")
        door.act("select", *grains.tolist())

    def _walked(self, points: Sequence[Sequence[float]]) -> list[list[float]]:
        found = self._places.walked(np.array(points, np.float64).reshape(len(points), -1))
        if not found:
            raise ParameterError(
                "a place to go to; allowed: with a reduction.kind, which lays the grains out"
            )
        return found


def refusal(error: GranulateError) -> str:
    """What a page is answered: one line of bounded length."""
    line = " ".join(str(error).split())
    return line if len(line) <= 400 else line[:397] + "..."
