"""The whole of a terminal, of which only the lines that changed are written."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from types import TracebackType

from rich.console import Console, ConsoleOptions, RenderResult
from rich.control import Control
from rich.segment import ControlType, Segment
from rich.text import Text

_ALL_EVERY_S = 2.0
"""Whatever else has written to the terminal stands there no longer than that."""


class Screen:
    """The terminal's alternate screen while it is entered, without a cursor."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._opened = ExitStack()
        self._shown: list[Text] = []
        self._size = (0, 0)
        self._all_due = 0.0

    def __enter__(self) -> Screen:
        self._opened.enter_context(self._console.screen(hide_cursor=True))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._opened.__exit__(kind, error, trace)

    def show(self, lines: Sequence[Text], now: float) -> None:
        """Have these lines stand there, none of them wider than the terminal. `now` in seconds."""
        size = tuple(self._console.size)
        all_of_it = size != self._size or now >= self._all_due
        if all_of_it:
            self._all_due = now + _ALL_EVERY_S
        changed = _Changed(
            [(y, line) for y, line in enumerate(lines) if all_of_it or self._differs(y, line)],
            clear=size != self._size,
        )
        self._console.print(changed, end="", soft_wrap=True)
        self._shown, self._size = list(lines), (size[0], size[1])

    def _differs(self, y: int, line: Text) -> bool:
        return y >= len(self._shown) or line != self._shown[y]


class _Changed:
    def __init__(self, lines: Sequence[tuple[int, Text]], *, clear: bool) -> None:
        self._lines, self._clear = lines, clear

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if self._clear:
            yield Control.clear()
        for y, line in self._lines:
            yield Control.move_to(0, y)
            yield Control((ControlType.ERASE_IN_LINE, 2))
            # A text that has no styled part leaves its own style out.
            yield from Segment.apply_style(line.render(console), console.get_style(line.style))
