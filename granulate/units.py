"""Time as people write it, and as samples.

On the surface a time is a number of samples (`2048`), or text with a unit: `"250ms"`, `"0.25s"`,
`"1/8s"`, `"2048 samples"`, `"1 window"`, `"2 hops"`. Inside it is samples.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction

from granulate.errors import ParameterError

_UNITS = {
    "": "samples",
    "sample": "samples",
    "samples": "samples",
    "ms": "ms",
    "s": "s",
    "window": "windows",
    "windows": "windows",
    "hop": "hops",
    "hops": "hops",
}
_PATTERN = re.compile(r"\s*(\d+(?:\.\d+)?)(?:/(\d+))?\s*([a-z]*)\s*", re.ASCII)
TIME_SCHEMA = {
    "anyOf": [
        {"type": "integer", "minimum": 0},
        {"type": "string", "pattern": r"^\s*\d+(\.\d+)?(/\d+)?\s*(" + "|".join(_UNITS) + r")\s*$"},
    ]
}
"""What `parse_time` reads, as a JSON Schema."""
_LONGEST_S = 86_400 * 30
HOW = 'samples (2048), "250ms", "1/8s", "1 window" or "2 hops"'


@dataclass(frozen=True, slots=True)
class Time:
    """An amount of time that is not yet bound to a sample rate or a framing."""

    amount: Fraction
    unit: str

    def samples(self, sample_rate: int, *, window: int | None = None, hop: int | None = None) -> int:
        """The time in samples, rounded down as the seconds-to-samples habit `int(sr / 8)` does.

        Raises ParameterError where the unit is windows or hops and no framing is known yet.
        """
        scales: dict[str, int | Fraction | None] = {
            "samples": 1,
            "ms": Fraction(sample_rate, 1000),
            "s": sample_rate,
            "windows": window,
            "hops": hop,
        }
        per_unit = scales[self.unit]
        if per_unit is None:
            raise ParameterError(
                f"a time in {self.unit} cannot be used here; allowed: a number of samples, ms or s"
            )
        return int(self.amount * per_unit)


def parse_time(value: int | str) -> Time:
    """Read a time. Raises ParameterError for text that is not one, a negative or an absurd one."""
    if isinstance(value, bool) or not isinstance(value, int | str):
        raise ParameterError(f"{value!r} is not a time; write {HOW}")
    match = _PATTERN.fullmatch(str(value))
    unit = _UNITS.get(match[3]) if match else None
    if match is None or unit is None or (match[2] is not None and int(match[2]) == 0):
        raise ParameterError(f"{value!r} is not a time; write {HOW}")
    amount = Fraction(match[1]) / int(match[2] or 1)
    seconds = {"ms": amount / 1000, "s": amount}.get(unit, amount / 10_000_000)
    if seconds > _LONGEST_S:
        raise ParameterError(f"{value!r} is longer than 30 days")
    return Time(amount, unit)
