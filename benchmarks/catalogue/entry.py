"""What an entry of the catalogue says: a module with its arguments, what it needs, and where its figures stand."""

from __future__ import annotations

import importlib.util
import re
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass

Table = tuple[str, Sequence[str], Sequence[Sequence[object]]]
"""Title, header and rows, as `timing.show` was given them."""


@dataclass(frozen=True)
class Output:
    """What a benchmark handed over: its tables, and all that it printed."""

    tables: Sequence[Table]
    text: str


@dataclass(frozen=True)
class Cell:
    """A figure in a table.

    `table`: a part of its title, of which the last table counts; `row`: what its first cells are, `...` for any;
    `column`: its heading, or several, or its number where it has no heading. Of several cells that match, the goal
    takes the worst.
    """

    table: str
    row: tuple[object, ...]
    column: str | int | tuple[str, ...]

    def all(self, output: Output) -> list[float]:
        fitting = [table for table in output.tables if self.table in table[0]]
        if not fitting:
            return []
        _, header, rows = fitting[-1]
        columns = self.column if isinstance(self.column, tuple) else (self.column,)
        places = [
            c if isinstance(c, int) else list(header).index(c)
            for c in columns
            if isinstance(c, int) or c in header
        ]
        mine = [row for row in rows if self._is(row)]
        cells = [row[place] for row in mine for place in places if place < len(row)]
        return [number for cell in cells if (number := _number(cell)) is not None]

    def _is(self, row: Sequence[object]) -> bool:
        return len(row) >= len(self.row) and all(
            wanted is ... or str(wanted) == str(cell) for wanted, cell in zip(self.row, row, strict=False)
        )


def _number(cell: object) -> float | None:
    """A number, or the one that a text begins with (`0.83 +-0.02`)."""
    if isinstance(cell, int | float):
        return float(cell)
    match = re.match(r"-?\d+(\.\d+)?(?![\w,])", str(cell))
    return float(match[0]) if match else None


@dataclass(frozen=True)
class Line:
    """A figure in what was printed: the first group of a pattern, of every match."""

    pattern: str

    def all(self, output: Output) -> list[float]:
        return [float(text.replace(",", "")) for text in re.findall(self.pattern, output.text)]


@dataclass(frozen=True)
class Ratio:
    """One figure over another."""

    over: Cell | Line
    under: Cell | Line

    def all(self, output: Output) -> list[float]:
        pairs = zip(self.over.all(output), self.under.all(output), strict=False)
        return [a / b for a, b in pairs if b]


@dataclass(frozen=True)
class Need:
    """Something that may be absent, and how one asks whether it is there."""

    name: str
    there: Callable[[], bool]


def program(*names: str) -> Need:
    """Programs on PATH."""
    return Need(" and ".join(names), lambda: all(shutil.which(name) for name in names))


def package(name: str) -> Need:
    """A Python package."""
    return Need(name, lambda: importlib.util.find_spec(name) is not None)


@dataclass(frozen=True)
class Goal:
    """One row of the table: a figure, what it is measured against, and the least or the most that it should be.

    A goal with neither bound is told without a verdict. `needs`: what this row alone needs, beside its benchmark's.
    """

    what: str
    where: Cell | Line | Ratio
    beside: str = ""
    at_least: float | None = None
    at_most: float | None = None
    unit: str = ""
    needs: tuple[Need, ...] = ()

    def figure(self, output: Output) -> float | None:
        """The figure, or None where the output has none."""
        found = self.where.all(output)
        if not found:
            return None
        return min(found) if self.at_least is not None else max(found)

    def met(self, figure: float) -> bool | None:
        """Whether the figure is within the bounds; None without any."""
        if self.at_least is None and self.at_most is None:
            return None
        return (self.at_least is None or figure >= self.at_least) and (
            self.at_most is None or figure <= self.at_most
        )

    @property
    def bound(self) -> str:
        """The goal, in words."""
        if self.at_least is not None:
            return f"at least {self.at_least:g}"
        return "" if self.at_most is None else f"at most {self.at_most:g}"


@dataclass(frozen=True)
class Benchmark:
    """A module of `benchmarks` with the arguments that it is run with, and its goals.

    In arguments `{audio}` stands for the recordings that were given, `{target}` for the first, `{sounds}` and `{many}` for a folder of
    sounds and one of thousands: an entry that names them is run where they are given.
    `quick`: the arguments of a run of a minute or less; None where there is none worth making.
    """

    name: str
    module: str
    what: str
    goals: tuple[Goal, ...]
    arguments: tuple[str, ...] = ()
    quick: tuple[str, ...] | None = ()
    minutes: float = 1.0
    needs: tuple[Need, ...] = ()
