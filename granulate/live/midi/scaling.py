"""From a control's position to a value and back: ranges, and the curves between their ends."""

from __future__ import annotations

import math
from dataclasses import dataclass

from granulate.errors import ParameterError

_LARGEST = 1e12
"""Beyond any parameter's bounds, and far from where products of ends overflow."""


@dataclass(frozen=True, slots=True)
class Scale:
    """A range, `low` at position 0 and `high` at 1 (either may be the greater), and the way between.

    `curve`: linear; exponential (equal ways multiply the value equally, as pitch and tempo are
    heard); logarithmic (its inverse: fast first); or power (`power` of the position).
    Raises ParameterError where a curve and a range do not fit.
    """

    low: float
    high: float
    curve: str = "linear"
    power: float = 1.0

    def __post_init__(self) -> None:
        if self.low == self.high:
            raise ParameterError(f"low = high = {self.low:g} is not allowed; allowed: two ends that differ")
        if not abs(self.high) <= _LARGEST >= abs(self.low):
            raise ParameterError(
                f"low = {self.low:g}, high = {self.high:g} is not allowed; allowed: ends up to {_LARGEST:g}"
            )
        if self.curve in ("exponential", "logarithmic") and not self.low * self.high > 0:
            raise ParameterError(
                f"curve = {self.curve!r} from {self.low:g} to {self.high:g} is not allowed; allowed: two ends on"
                " the same side of 0, or curve = 'power'"
            )

    def at(self, position: float) -> float:
        """The value at a position from 0 to 1, never outside the range."""
        if position in (0, 1):
            return float(self.high if position else self.low)
        shape, ratio = position, self.high / self.low if self.low else math.inf
        if self.curve == "power":
            shape = position**self.power
        elif self.curve == "exponential":
            shape = math.expm1(position * math.log(ratio)) / (ratio - 1)
        elif self.curve == "logarithmic":
            shape = math.log1p(position * (ratio - 1)) / math.log(ratio)
        value = self.low + (self.high - self.low) * shape
        return min(max(value, min(self.low, self.high)), max(self.low, self.high))

    def position(self, value: float) -> float:
        """The position from 0 to 1 at which the value lies, or the nearest end."""
        part = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        ratio = self.high / self.low if self.low else math.inf
        if self.curve == "power":
            part = part ** (1 / self.power)
        elif self.curve == "exponential":
            part = math.log1p(part * (ratio - 1)) / math.log(ratio)
        elif self.curve == "logarithmic":
            part = math.expm1(part * math.log(ratio)) / (ratio - 1)
        return min(max(part, 0.0), 1.0)
