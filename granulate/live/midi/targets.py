"""What a control may move: any parameter of the registry whose values have an order, and actions."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Any, Literal, get_args, get_origin

from granulate.errors import ParameterError
from granulate.live.midi.handler import Value
from granulate.live.midi.scaling import Scale
from granulate.live.sections import MOVED
from granulate.parameters import Duration, Parameter, listed, near
from granulate.units import parse_time

TRIGGERS = ("panic", "start", "stop", "record", "play", "preset", "goto", "keep", "forget")
AXES = ("goto.x", "goto.y", "goto.z")
End = float | str | None
"""The end of a range: a number, or a time as text."""
_SECONDS = {"s": Fraction(1), "ms": Fraction(1, 1000)}


@dataclass(frozen=True, slots=True)
class Target:
    """A parameter or an action. `kind`: number, whole, switch, choice, time, axis or action."""

    name: str
    kind: str
    choices: tuple[str, ...] = ()
    minimum: float = -math.inf
    maximum: float = math.inf
    unit: str = ""

    @property
    def section(self) -> str:
        return self.name.partition(".")[0]

    @property
    def parameter(self) -> str:
        return self.name.partition(".")[2]

    @property
    def ranged(self) -> bool:
        """Whether the values lie between two ends."""
        return self.kind in ("number", "whole", "time", "axis")

    def scale(self, low: End, high: End, curve: str, power: float) -> tuple[Scale, str]:
        """The scale from `low` to `high` (unset is the bound), and the unit of a time.

        Raises ParameterError that names the end and what is allowed.
        """
        if not self.ranged:
            for key, end in (("low", low), ("high", high)):
                if end is not None:
                    raise ParameterError(f"{key} = {end!r}: {self.name} has no range; allowed: nothing")
            return Scale(0.0, 1.0, curve, power), ""
        if self.kind == "time":
            return self._times(low, high, curve, power)
        ends = []
        for key, end, bound in (("low", low, self.minimum), ("high", high, self.maximum)):
            if isinstance(end, str) or not self.minimum <= (bound if end is None else end) <= self.maximum:
                raise ParameterError(f"{key} = {end!r} is not allowed; allowed: {self._allowed()}")
            if end is None and math.isinf(bound):
                raise ParameterError(
                    f"{key} is missing: {self.name} has no such bound; allowed: {self._allowed()}"
                )
            ends.append(float(bound if end is None else end))
        return Scale(ends[0], ends[1], curve, power), ""

    def value(self, scale: Scale, position: float, unit: str = "") -> Value:
        """What the parameter is set to at a position from 0 to 1."""
        if self.kind == "switch":
            return position >= 0.5
        if self.kind == "choice":
            return self.choices[min(int(position * len(self.choices)), len(self.choices) - 1)]
        number = scale.at(position)
        if self.kind == "whole" or unit == "samples":
            return round(number)
        return f"{number:.6f}".rstrip("0").rstrip(".") + f" {unit}" if unit else number

    def position(self, scale: Scale, value: Any, unit: str = "") -> float | None:
        """The position at which the parameter would have this value; None where there is none."""
        if self.kind == "switch":
            return float(bool(value))
        if self.kind == "choice":
            return (self.choices.index(value) + 0.5) / len(self.choices) if value in self.choices else None
        if unit and value is not None:
            value = _amount(value, unit)
        if value is None or isinstance(value, str) or not math.isfinite(value):
            return None
        return scale.position(float(value))

    def _times(self, low: End, high: End, curve: str, power: float) -> tuple[Scale, str]:
        read = []
        for key, end in (("low", low), ("high", high)):
            if end is None:
                raise ParameterError(
                    f'{key} is missing: {self.name} is a time; allowed: a time such as "20ms"'
                )
            try:
                read.append(parse_time(int(end) if isinstance(end, float) and end.is_integer() else end))  # type: ignore[arg-type]
            except ParameterError:
                raise ParameterError(
                    f'{key} = {end!r} is not allowed; allowed: a time such as 512, "20ms" or "1 window"'
                ) from None
        if read[0].unit != read[1].unit:
            raise ParameterError(f"high = {high!r} is not allowed; allowed: the unit of low = {low!r}")
        return Scale(float(read[0].amount), float(read[1].amount), curve, power), read[0].unit

    def _allowed(self) -> str:
        bounds = [bound for bound in (self.minimum, self.maximum) if math.isfinite(bound)]
        text = f"{bounds[0]:g} to {bounds[1]:g}" if len(bounds) == 2 else "a number"
        if len(bounds) == 1:
            text = f"{'at least' if math.isfinite(self.minimum) else 'at most'} {bounds[0]:g}"
        return text + (f" ({self.unit})" if self.unit else "")


def target(name: str) -> Target:
    """The target of that name. Raises ParameterError with the nearest known name."""
    known = targets()
    if name not in known:
        section, _, parameter = name.partition(".")
        if section in MOVED and any(
            parameter in stage.parameters for stage in MOVED[section].stages.values()
        ):
            raise ParameterError(
                f"target = {name!r} is not allowed; allowed: a parameter that is one number, time or choice"
            )
        raise ParameterError(
            f"target = {name!r} is unknown{near(name, known)}; allowed: SECTION.PARAMETER, as grain.density, or"
            f" {listed((*TRIGGERS, *AXES))}"
        )
    return known[name]


@cache
def targets() -> dict[str, Target]:
    """Every target by name. Where kinds share a parameter, what all of them allow."""
    found = {name: Target(name, "action") for name in TRIGGERS}
    found |= {name: Target(name, "axis", minimum=0.0, maximum=1.0) for name in AXES}
    for section in MOVED.values():
        if (
            len(kinds := tuple(k for k, stage in section.stages.items() if not stage.traits.get("target")))
            > 1
        ):
            found[f"{section.name}.kind"] = Target(f"{section.name}.kind", "choice", kinds)
        declared: dict[str, list[tuple[Any, Parameter]]] = {}
        for stage in section.stages.values():
            for name, (kind, parameter, _) in stage.parameters.items():
                declared.setdefault(name, []).append((kind, parameter))
        for name, versions in declared.items():
            if made := _of(f"{section.name}.{name}", versions):
                found[made.name] = made
    return found


def _of(name: str, versions: Sequence[tuple[Any, Parameter]]) -> Target | None:
    kind, choices = _kind(versions[0][0])
    if kind is None:
        return None
    low = max((p.minimum for _, p in versions if p.minimum is not None), default=-math.inf)
    high = min((p.maximum for _, p in versions if p.maximum is not None), default=math.inf)
    if low >= high:
        # Kinds that have nothing in common: what any of them allows, and the instrument refuses the rest.
        low = min(p.minimum for _, p in versions if p.minimum is not None)
        high = max(p.maximum for _, p in versions if p.maximum is not None)
    return Target(name, kind, choices, low, high, versions[0][1].unit)


def _kind(hint: Any) -> tuple[str | None, tuple[str, ...]]:
    if hint in (Duration, Duration | None):
        return "time", ()
    if get_origin(hint) is Literal:
        return "choice", get_args(hint)
    types = (
        [t for t in (get_args(hint) or (hint,)) if t is not type(None)]
        if get_origin(hint) is not list
        else []
    )
    names = {bool: "switch", int: "whole", float: "number"}
    return (names.get(types[0]) if len(types) == 1 else None), ()


def _amount(value: Any, unit: str) -> float | None:
    """A time in that unit; None where it cannot be said in it."""
    try:
        time = parse_time(value)
    except ParameterError:
        return None
    if time.unit == unit:
        return float(time.amount)
    if time.unit in _SECONDS and unit in _SECONDS:
        return float(time.amount * _SECONDS[time.unit] / _SECONDS[unit])
    return None
