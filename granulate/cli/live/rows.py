"""The parameters of what is played, one row each, and which of them moved a moment ago."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from granulate.cli.live.facts import SHOWN, number
from granulate.live.sections import MOVED

FRESH_S = 2.0
"""How long a parameter that moved is told from the others."""

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Row:
    """`key`: section and parameter, whose `kind` makes a heading."""

    key: Key
    label: str
    value: str
    fresh: bool = False

    @property
    def is_heading(self) -> bool:
        return self.key[1] == "kind"

    @property
    def target(self) -> str:
        """As controller maps name it."""
        return ".".join(self.key)


class Rows:
    """Remembers when each value last changed."""

    def __init__(self) -> None:
        self._before: Mapping[Key, Any] = {}
        self._moved: dict[Key, float] = {}
        self._rows: list[Row] = []
        self._until = 0.0

    def at(self, values: Mapping[Key, Any], now: float) -> list[Row]:
        """The rows at a time in seconds; `values` is another object whenever one has changed."""
        if values is self._before and now < self._until:
            return self._rows
        before, self._before = self._before, values
        if before:
            for key in values:
                if values[key] != before.get(key):
                    self._moved[key] = now
        self._moved = {key: at for key, at in self._moved.items() if now - at < FRESH_S}
        self._until = min(self._moved.values(), default=now + 3600) + FRESH_S
        self._rows = [self._row(key, values[key]) for key in _keys(values)]
        return self._rows

    def _row(self, key: Key, value: Any) -> Row:
        section, parameter = key
        unit = _units(section).get(parameter, "")
        label = section if parameter == "kind" else parameter
        if MOVED[section].single:
            label = f"{section} {parameter}"
        shown = number(value) + (f" {unit}" if unit and value is not None else "")
        return Row(key, label, shown, key in self._moved)


def _keys(values: Mapping[Key, Any]) -> list[Key]:
    """Those that are shown, in the order of the registry, each section after its kind."""
    found = []
    for section in SHOWN:
        own = [key for key in values if key[0] == section]
        found += sorted(own, key=lambda key: key[1] != "kind")
    return found


@cache
def _units(section: str) -> dict[str, str]:
    return {
        name: declared.unit
        for stage in MOVED[section].stages.values()
        for name, (_, declared, _) in stage.parameters.items()
    }
