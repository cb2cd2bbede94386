"""One entry of a map at work: from the moves of its control to what its target is set to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from granulate.live.midi.handler import Handler
from granulate.live.midi.messages import Move
from granulate.live.midi.tables import RELATIVE, Control
from granulate.live.midi.targets import AXES

_NEAR = 1.5 / 127
"""As near as a seven-bit control can be expected to come to a value."""
_SAME = 1e-6


class Pad:
    """The point of the map that the axes' controls move, beginning in its middle."""

    def __init__(self, controls: list[Control]) -> None:
        axes = [AXES.index(c.target.name) for c in controls if c.target.kind == "axis"]
        self.point = [0.5] * max(2, 1 + max(axes, default=-1))

    def goto(self, handler: Handler, axis: str, value: float) -> None:
        """Go where one axis has moved to."""
        self.point[AXES.index(axis)] = value
        handler.act("goto", *placed(self.point))


class Entry:
    """A control's state: where it stands, whether it has been picked up, whether it is pressed."""

    def __init__(self, control: Control, handler: Handler, pad: Pad) -> None:
        self.control = control
        self._handler, self._pad = handler, pad
        self._before: float | None = None
        self._raw: int | None = None
        self._set: float | None = None
        self._on = False

    def take(self, move: Move) -> None:
        """Set or do what the move asks for. Raises what the handler raises."""
        control = self.control
        if move.clicks:
            if control.target.kind != "action":
                self._turn(move.clicks)
            return
        if control.mode in RELATIVE:
            self._turn(clicks(move.value, control.mode))
            return
        position = move.position(control.bits)
        before, repeated = self._before, self._raw == move.value
        self._before, self._raw = position, move.value
        # A button without a release sends the same value again and again, which no knob does.
        pressed = position >= 0.5 and (before is None or before < 0.5 or repeated or move.kind == "program")
        if move.kind == "note":
            pressed = move.value > 0
        if control.target.kind == "action":
            self._act(pressed, position if move.kind != "note" else float(move.value > 0), before)
        elif control.mode == "toggle":
            if pressed:
                now = self._present()
                self._send(0.0 if (self._on if now is None else now >= 0.5) else 1.0)
        elif control.mode == "momentary":
            self._send(1.0 if (move.value > 0 if move.kind == "note" else position >= 0.5) else 0.0)
        elif (move.kind != "note" or move.value) and (not control.pickup or self._caught(position, before)):
            self._send(position)

    def _act(self, pressed: bool, position: float, before: float | None) -> None:
        name, act, control = self.control.target.name, self._handler.act, self.control
        if name == "record" and control.mode in ("absolute", "momentary"):
            if (position >= 0.5) != self._on:
                self._on = not self._on
                act(name, self._on)
        elif not pressed:
            return
        elif name == "record":
            self._on = not self._on
            act(name, self._on)
        elif name == "play":
            act(name, control.grain, 0.0, 1.0, 0.0)
        elif name == "preset":
            act(name, control.preset, control.seconds)
        elif name == "goto":
            act(name, *placed(control.point))
        else:
            act(name)

    def _turn(self, by: int) -> None:
        present = self._present()
        if present is None:
            present = 0.5 if self._set is None else self._set
        target, scale = self.control.target, self.control.scale
        step = 1 / len(target.choices) if target.kind == "choice" else self.control.step
        turned = min(max(present + by * step, 0.0), 1.0)
        if target.kind == "whole" and by:
            # Less than one would be rounded away again with every click.
            value = round(scale.at(present))
            if round(scale.at(turned)) == value:
                turned = scale.position(value + (1 if (by > 0) == (scale.high > scale.low) else -1))
        self._send(turned)

    def _caught(self, position: float, before: float | None) -> bool:
        present = self._present()
        if present is None or (self._set is not None and abs(present - self._set) < _SAME):
            return True
        crossed = before is not None and (before - present) * (position - present) <= 0
        return crossed or abs(position - present) <= _NEAR

    def _present(self) -> float | None:
        """Where the control would stand for the target's present value."""
        target = self.control.target
        if target.kind == "axis":
            return self.control.scale.position(self._pad.point[AXES.index(target.name)])
        value: Any = self._handler.get(target.section, target.parameter)
        return target.position(self.control.scale, value, self.control.unit)

    def _send(self, position: float) -> None:
        control, target = self.control, self.control.target
        self._on = position >= 0.5
        value = target.value(control.scale, position, control.unit)
        if target.kind == "axis":
            self._pad.goto(self._handler, target.name, float(value))
            return
        self._handler.set(target.section, target.parameter, value)
        # As the target has it: whole numbers and choices are fewer than positions.
        self._set = target.position(control.scale, value, control.unit)


def placed(point: Sequence[float]) -> tuple[float | None, ...]:
    """A point of two or three numbers as three, the third unset where there is none."""
    return (*point, None)[:3]


def clicks(value: int, mode: str) -> int:
    """How far an encoder's value says it was turned: 1 and 127, 65 and 63, or 1 and 65 are one click each way."""
    if mode == "twos_complement":
        return value - 128 if value >= 64 else value
    if mode == "binary_offset":
        return value - 64
    return 64 - value if value >= 64 else value
