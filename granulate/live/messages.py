"""The last messages: what came in through each door, and what was refused and why."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any

from granulate.errors import printable

_MOST_TEXT = 500


@dataclass(frozen=True, slots=True)
class Message:
    """One line of the log. `time`: of the newest of `count` alike, in seconds of the log's clock."""

    time: float
    source: str
    what: str
    count: int = 1
    problem: bool = False

    @property
    def text(self) -> str:
        """What a person reads: printable, of one line, and of bounded length."""
        times = f" ({self.count} times)" if self.count > 1 else ""
        shown = printable(" ".join(self.what.split()))
        if len(shown) > _MOST_TEXT:
            shown = shown[: _MOST_TEXT - 3] + "..."
        refused = "refused: " if self.problem and self.source else ""
        return f"{self.source} {refused}{shown}{times}".strip()


_Kept = tuple[int, float, int, str, tuple[Any, ...], bool]
"""Its number, time, count, source, words, and whether it is a problem: put together when it is read."""


class Messages:
    """Keeps the newest `most`; messages about one thing are one, the newest, and are counted.

    Any thread may tell it something, at the cost of a dictionary's entry, or read it.
    """

    def __init__(self, most: int = 64, now: Callable[[], float] = time.monotonic) -> None:
        self._most, self._now = most, now
        self._lock = threading.Lock()
        self._kept: dict[Hashable, _Kept] = {}
        self._number = 0

    @property
    def number(self) -> int:
        """How many have been told."""
        return self._number

    def moved(self, source: str, section: str, parameter: str, value: Any) -> None:
        """A parameter was set."""
        self._keep((source, section, parameter), source, (f"{section}.{parameter}", value), False)

    def did(self, source: str, name: str, arguments: tuple[Any, ...]) -> None:
        """Something was done."""
        self._keep((source, name), source, (name, *arguments), False)

    def refused(self, source: str, what: str, why: str) -> None:
        """Something was refused; `why` in words."""
        self._keep((source, "refused", what), source, (why,), True)

    def said(self, line: str, *, problem: bool = True) -> None:
        """The instrument itself says something."""
        self._keep(("", line), "", (line,), problem)

    def last(self, most: int, after: int = 0) -> list[Message]:
        """Up to so many of the newest that were told after the `after`th, oldest first."""
        with self._lock:
            kept = [one for one in self._kept.values() if one[0] > after]
        return [
            Message(at, source, " ".join(map(_word, words)), count, problem)
            for _, at, count, source, words, problem in kept[max(0, len(kept) - most) :]
        ]

    def _keep(self, key: Hashable, source: str, words: tuple[Any, ...], problem: bool) -> None:
        with self._lock:
            before = self._kept.pop(key, None)
            self._number += 1
            count = 1 if before is None else before[2] + 1
            self._kept[key] = (self._number, self._now(), count, source, words, problem)
            if len(self._kept) > self._most:
                del self._kept[next(iter(self._kept))]


def _word(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}"
    if isinstance(value, bool):
        return "on" if value else "off"
    return "unset" if value is None else str(value)
