"""Scores as CSV: a line of everything but the events, the names of their columns, and a row for each.

The first line is `# granulate-score/1 {...}`. In its JSON a space follows every comma, so that for a
CSV reader it is a row of cells which, joined again, are the line: a spreadsheet may save the file.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterator
from typing import Any

from granulate.errors import ScoreError
from granulate.parameters import listed, near
from granulate.score_file.document import FORMAT, INTEGERS, Document, Parts
from granulate.score_file.reading import parsed, text_of
from granulate.types import EVENT_COLUMNS

_HEAD = f"# {FORMAT} "


def encoded(document: Document) -> bytes:
    """A document as CSV."""
    rest = {key: value for key, value in document.items() if key not in ("format", "events")}
    out = io.StringIO()
    out.write(f"{_HEAD}{json.dumps(rest, allow_nan=False)}\n")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(document["events"])
    writer.writerows(zip(*document["events"].values(), strict=True))
    return out.getvalue().encode()


def decoded(data: bytes) -> Parts:
    """The document that a file holds, and the line of each event. Raises ScoreError that names the line."""
    rows = _rows(text_of(data))
    number, first = next(rows, (1, []))
    head = ",".join(first).rstrip(",")
    if not head.startswith(_HEAD):
        raise ScoreError(f"line {number}: no score; allowed: a first line of '{_HEAD}{{...}}'")
    try:
        document = {"format": FORMAT} | parsed(head.removeprefix(_HEAD))
    except ScoreError as error:
        raise ScoreError(f"line {number}: {error}") from None
    number, names = next(rows, (number + 1, []))
    _check_names(number, names)
    lines, cells = [], []
    for number, row in rows:
        if len(row) != len(names):
            raise ScoreError(f"line {number}: {len(row)} cells; allowed: {len(names)}, one for each column")
        lines.append(number)
        cells.append(row)
    columns = zip(*cells, strict=True) if cells else [()] * len(names)
    events = {name: _numbers(name, column, lines) for name, column in zip(names, columns, strict=True)}
    if "events" in document:
        raise ScoreError("line 1: unknown key 'events'; allowed: rows of them")
    return Parts(document | {"events": events}, lines)


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """The cells of each row that has any, and its line's number.

    Empty cells at its end, which a spreadsheet adds, are left out: of a row under the names of the
    columns, those beyond them.
    """
    reader = csv.reader(io.StringIO(text, newline=""))
    n_rows, width = 0, 0
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise ScoreError(f"line {reader.line_num}: {error}") from None
        if not any(row):
            continue
        while len(row) > width and not row[-1]:
            row.pop()
        n_rows += 1
        if n_rows == 2:
            width = len(row)
        yield reader.line_num, row


def _check_names(number: int, names: list[str]) -> None:
    for at, name in enumerate(names):
        if name not in EVENT_COLUMNS:
            raise ScoreError(
                f"line {number}: unknown column {name!r}{near(name, EVENT_COLUMNS)}; allowed: {listed(EVENT_COLUMNS)}"
            )
        if name in names[:at]:
            raise ScoreError(f"line {number}: the column {name!r} stands there twice; allowed: once")


def _numbers(name: str, cells: tuple[str, ...], lines: list[int]) -> list[Any]:
    kind: Callable[[str], Any] = int if name in INTEGERS else float
    try:
        return [kind(cell) for cell in cells]
    except ValueError:
        for cell, line in zip(cells, lines, strict=True):
            try:
                kind(cell)
            except ValueError:
                shown = cell if len(cell) <= 40 else cell[:40] + "..."
                wanted = "a whole number" if kind is int else "a number"
                raise ScoreError(f"line {line}: {name} = {shown!r}; allowed: {wanted}") from None
        raise
