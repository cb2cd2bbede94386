"""Which values one listener has not been told of, whichever way it listens."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Any

Key = tuple[str, str]
_MISSING: Any = object()


class Changes:
    """Remembers what one listener was told of the instrument's values. `most` at a time; the rest follow."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[Key, Any] = {}
        self._seen: Mapping[Key, Any] | None = None

    def of(self, values: Mapping[Key, Any]) -> dict[Key, Any]:
        """What it has not been told yet of `values`, the same object as long as nothing changes."""
        if self._seen is values:
            return {}
        changed = (pair for pair in values.items() if self._told.get(pair[0], _MISSING) != pair[1])
        return dict(islice(changed, self._most))

    def told(self, changed: Mapping[Key, Any], values: Mapping[Key, Any]) -> None:
        """It has been told what `of` gave of these values."""
        self._told.update(changed)
        self._seen = values if len(changed) < self._most else None
