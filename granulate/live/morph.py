"""From one preset to another, in time."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Any

from granulate.preset import Preset
from granulate.types import Choice


class Morph:
    """A way from one preset to another: numbers move evenly, all else changes at its beginning."""

    def __init__(self, begin: Preset, end: Preset, seconds: float) -> None:
        self._begin, self._end, self._seconds = begin, end, seconds
        self._begun = time.monotonic()

    def passed(self) -> float:
        """How much of it is over, up to 1."""
        return min(1.0, (time.monotonic() - self._begun) / self._seconds)

    def at(self, passed: float) -> Preset:
        """The preset when so much has passed."""
        if passed >= 1:
            return self._end
        moved: dict[str, Any] = {
            name: _between(getattr(self._begin, name), getattr(self._end, name), passed)
            for name in ("path", "grain", "envelope")
        }
        return replace(self._end, **moved)


def _between(a: Choice, b: Choice, passed: float) -> Choice:
    if a.kind != b.kind:
        return b
    found = dict(b.parameters)
    for name, value in b.parameters.items():
        before = a.parameters[name]
        if isinstance(value, bool) or isinstance(before, bool):
            continue
        if isinstance(value, float) and isinstance(before, int | float):
            found[name] = before + (value - before) * passed
        elif isinstance(value, int) and isinstance(before, int):
            found[name] = round(before + (value - before) * passed)
    return Choice(b.kind, found)
