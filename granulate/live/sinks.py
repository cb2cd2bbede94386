"""Where the engine's blocks go, as the control side says it."""

from __future__ import annotations

from dataclasses import dataclass

from granulate.atomic import AnyPath


@dataclass(frozen=True, slots=True)
class Device:
    """An output device of PortAudio: its name, its number, or None for the default one.

    `latency`: "low", "high" or seconds.
    """

    name: str | int | None = None
    latency: str | float = "low"


@dataclass(frozen=True, slots=True)
class Null:
    """No device: a clock in real time, or, freewheeling, as fast as the events are complete."""

    freewheel: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A float32 sound file, by the same two clocks. It is there, and whole, after `Engine.stop`."""

    path: AnyPath
    freewheel: bool = False
    force: bool = False


Sink = Device | Null | File
