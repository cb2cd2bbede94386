"""What is shown of a running instrument: what stands from the beginning, and how it is at this moment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from granulate.live.doors import Doors
from granulate.live.engine import Engine, State
from granulate.live.instrument import Hearing, Instrument
from granulate.live.midi.ports import PortWatch
from granulate.live.osc.handler import Status
from granulate.live.osc.server import Server

SHOWN = ("master", "path", "grain", "envelope", "input")
"""The sections whose parameters are shown: those that are heard at once."""


@dataclass(frozen=True)
class Running:
    """Everything that is open, for whoever shows it. `where`: what it sounds on; `take`: the file's name."""

    engine: Engine
    instrument: Instrument
    doors: Doors
    where: str
    take: str | None = None
    server: Server | None = None
    query: int | None = None
    midi: PortWatch | None = None

    def look(self) -> Look:
        """How it is now. Raises EngineError when the engine has ended."""
        doors, player = self.doors, self.instrument.player
        server, lessons = self.server, self.doors.lessons
        counts = server.counts if server else None
        return Look(
            state=self.engine.state,
            status=self.instrument.status(),
            n_grains=len(player.stream.corpus),
            rate=self.engine.setup.sample_rate,
            preset=doors.preset + (", changed" if doors.changed else ""),
            values=self.instrument.values(),
            resting=doors.resting,
            recording=player.recording,
            clients=server.subscribers if server else 0,
            refused=dict(counts.refused) if counts else {},
            dropped=counts.dropped if counts else 0,
            hearing=self.instrument.hearing(),
            midi=self.midi.status if self.midi else "",
            learning=lessons.learning if lessons else "",
            bindings=tuple(lessons.bindings) if lessons else (),
        )


@dataclass(frozen=True)
class Look:
    """The instrument at one moment. `rate` in samples a second; `refused`: OSC messages by reason."""

    state: State
    status: Status
    n_grains: int
    rate: int
    preset: str
    values: Mapping[tuple[str, str], Any]
    resting: bool = False
    recording: bool = False
    clients: int = 0
    refused: Mapping[str, int] = field(default_factory=dict)
    dropped: int = 0
    hearing: Hearing | None = None
    midi: str = ""
    learning: str = ""
    bindings: tuple[tuple[str, str], ...] = ()

    @property
    def seconds(self) -> float:
        """How long it has played."""
        return self.state.clock / self.rate


def clock(seconds: float) -> str:
    """Seconds as minutes and seconds, and hours where there are any."""
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(int(minutes), 60)
    return f"{hours}:{minutes:02d}:{rest:04.1f}" if hours else f"{minutes}:{rest:04.1f}"


def number(value: Any) -> str:
    """A parameter's value as short as it can be said."""
    if isinstance(value, bool):
        return "on" if value else "off"
    if isinstance(value, float):
        return f"{value:.4g}"
    if value is None:
        return "-"
    return " ".join(str(value).split())
