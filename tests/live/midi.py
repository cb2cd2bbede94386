"""An instrument that remembers what MIDI tells it, messages that tests send it, and a MIDI system that is none."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import mido

from granulate.live.midi import Controller, MidiError, parse


class Instrument:
    """Remembers what it is told."""

    def __init__(self, **values: Any) -> None:
        self.values: dict[str, Any] = {key.replace("__", "."): value for key, value in values.items()}
        self.sets: list[tuple[str, Any]] = []
        self.acts: list[tuple[Any, ...]] = []

    def set(self, section: str, parameter: str, value: Any) -> None:
        self.values[f"{section}.{parameter}"] = value
        self.sets.append((f"{section}.{parameter}", value))

    def get(self, section: str, parameter: str) -> Any:
        return self.values.get(f"{section}.{parameter}")

    def act(self, name: str, *args: Any) -> None:
        self.acts.append((name, *args))


def cc(number: int, value: int, channel: int = 1) -> mido.Message:
    return mido.Message("control_change", channel=channel - 1, control=number, value=value)


def on(note: int, velocity: int = 127, channel: int = 1) -> mido.Message:
    return mido.Message("note_on", channel=channel - 1, note=note, velocity=velocity)


def bend(pitch: int, channel: int = 1) -> mido.Message:
    return mido.Message("pitchwheel", channel=channel - 1, pitch=pitch)


def nrpn(number: int, *, rpn: bool = False, channel: int = 1) -> list[mido.Message]:
    upper, lower = (101, 100) if rpn else (99, 98)
    return [cc(upper, number >> 7, channel), cc(lower, number & 127, channel)]


def playing(toml: str, order: Any = None, **values: Any) -> tuple[Controller, Instrument]:
    instrument = Instrument(**values)
    return Controller(instrument, parse(toml), order), instrument


def send(controller: Controller, *messages: mido.Message, start: float = 0.0, every: float = 0.02) -> float:
    """Messages at equal times, with what is due in between; the time after the last."""
    for i, message in enumerate(messages):
        controller.receive(message, start + i * every)
        controller.poll(start + (i + 0.9) * every)
    return start + len(messages) * every


PAN = '[[control]]\ntarget = "grain.pan"\n'


class Pretended:
    """A MIDI system whose ports the test plugs and unplugs, and its clock."""

    def __init__(self, *ports: str) -> None:
        self.ports = list(ports)
        self.queues: dict[str, list[tuple[mido.Message, float]]] = {}
        self.opened: list[str] = []
        self.running = True
        self.broken = False
        self.made = 0
        self.now = 100.0

    def __call__(self) -> Pretended:
        if not self.running:
            raise MidiError("no MIDI system here (pretended)")
        self.made += 1
        return self

    def inputs(self) -> list[str]:
        if not self.running:
            raise MidiError("pretended has gone")
        return list(self.ports)

    def open(self, name: str) -> PretendedInput:
        if self.broken:
            raise MidiError(f"{name}: cannot be opened: busy")
        self.opened.append(name)
        self.queues[name] = []
        return PretendedInput(self, name)

    def close(self) -> None:
        pass


class PretendedInput:
    def __init__(self, system: Pretended, name: str) -> None:
        self.system, self.name = system, name

    def messages(self) -> Iterator[tuple[mido.Message, float]]:
        while self.system.queues[self.name]:
            yield self.system.queues[self.name].pop(0)

    def close(self) -> None:
        self.system.queues.pop(self.name)
