"""Everything a library knows of its sounds as a table: CSV, JSON or Parquet, written block by block."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import check_output, replacing
from granulate.errors import MissingDependencyError, OutputError, printable
from granulate.parameters import listed

Longs = NDArray[np.int64]

ROWS = 4096
"""Rows that are in memory at once."""


class Heading(NamedTuple):
    """A column's name, its unit ("" for none) and what it holds: "text", "whole" or "real" numbers."""

    name: str
    unit: str
    kind: str


class Part(NamedTuple):
    """Some columns of a table: their headings, and what gives their cells of rows `first` to `last`.

    Cells come column by column, each a sequence of as many values as rows; None is an empty cell.
    """

    headings: tuple[Heading, ...]
    cells: Callable[[int, int], list[Sequence[Any]]]


class Block(NamedTuple):
    """Rows of a table, column by column."""

    headings: tuple[Heading, ...]
    columns: list[Sequence[Any]]


def fixed(heading: Heading, values: Sequence[Any] | NDArray[Any]) -> Part:
    """A part of one column, which is there as a whole (n_rows,)."""
    return Part((heading,), lambda first, last: [_plain(values[first:last])])


def joined(headings: Sequence[Heading], ids: Longs, own: Longs, values: NDArray[Any]) -> Part:
    """Columns of values (n, n_columns) of the ids `own` (n,), ascending, for rows of `ids`; empty for others."""

    def cells(first: int, last: int) -> list[Sequence[Any]]:
        wanted = ids[first:last]
        at = np.minimum(np.searchsorted(own, wanted), max(len(own) - 1, 0))
        there = own[at] == wanted if len(own) else np.zeros(len(wanted), bool)
        block = values[at] if len(own) else np.zeros((len(wanted), len(headings)), np.float32)
        if there.all():
            return [_plain(column) for column in block.T]
        return [
            [value if ok else None for value, ok in zip(_plain(column), there, strict=True)]
            for column in block.T
        ]

    return Part(tuple(headings), cells)


def check_table(path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Raise, before any work, for a table that could not be written.

    Raises OutputError for an extension that is none of `FORMATS` and as every output does, and
    MissingDependencyError for Parquet without its library.
    """
    suffix = _suffix(path)
    if suffix not in FORMATS:
        raise OutputError(
            f"{printable(path)}: no table has the extension {printable(suffix)!r}; allowed: {listed(FORMATS)}"
        )
    if suffix == ".parquet":
        _parquet()
    check_output(path, force=force)


def write_table(
    path: str | os.PathLike[str],
    parts: Sequence[Part],
    n_rows: int,
    *,
    force: bool = False,
    step: Callable[[str, int, int], None] | None = None,
) -> None:
    """Write a table of so many rows in the format of its extension; whole, or not at all.

    CSV names units in brackets behind the names, JSON and Parquet (in the field's metadata) beside them.
    Raises as `check_table` does.
    """
    check_table(path, force=force)

    def blocks() -> Iterator[Block]:
        headings = tuple(heading for part in parts for heading in part.headings)
        for first in range(0, max(n_rows, 1), ROWS):
            last = min(n_rows, first + ROWS)
            yield Block(headings, [column for part in parts for column in part.cells(first, last)])
            if step:
                step("write", last, n_rows)

    with replacing(path, force=force) as temporary:
        FORMATS[_suffix(path)](temporary, blocks())


def _csv(path: Path, blocks: Iterable[Block]) -> None:
    with _text(path) as file:
        writer = csv.writer(file, lineterminator="\n")
        for number, block in enumerate(blocks):
            if number == 0:
                writer.writerow([f"{h.name} [{h.unit}]" if h.unit else h.name for h in block.headings])
            writer.writerows(zip(*block.columns, strict=True))


def _json(path: Path, blocks: Iterable[Block]) -> None:
    with _text(path) as file:
        between = ""
        for number, block in enumerate(blocks):
            names = [heading.name for heading in block.headings]
            if number == 0:
                units = [{"name": heading.name, "unit": heading.unit} for heading in block.headings]
                file.write(f'{{"columns": {json.dumps(units)},\n"files": [')
            for row in zip(*block.columns, strict=True):
                file.write(f"{between}\n{json.dumps(dict(zip(names, row, strict=True)))}")
                between = ","
        file.write("\n]}\n")


def _write_parquet(path: Path, blocks: Iterable[Block]) -> None:
    arrow, parquet = _parquet()
    kinds = {"text": arrow.string(), "whole": arrow.int64(), "real": arrow.float32()}
    writer = None
    try:
        for block in blocks:
            fields = [arrow.field(h.name, kinds[h.kind], metadata={"unit": h.unit}) for h in block.headings]
            schema = arrow.schema(fields)
            writer = writer or parquet.ParquetWriter(path, schema)
            columns = [
                arrow.array(
                    [_encodable(value) for value in column] if h.kind == "text" else column, kinds[h.kind]
                )
                for h, column in zip(block.headings, block.columns, strict=True)
            ]
            writer.write_table(arrow.Table.from_arrays(columns, schema=schema))
    finally:
        if writer is not None:
            writer.close()


FORMATS: dict[str, Callable[[Path, Iterable[Block]], None]] = {
    ".csv": _csv,
    ".json": _json,
    ".parquet": _write_parquet,
}
"""What writes a table, by its file's extension."""


def _parquet() -> tuple[Any, Any]:
    try:
        import pyarrow
        from pyarrow import parquet
    except ImportError:
        raise MissingDependencyError(
            "Parquet needs pyarrow; allowed: pip install 'granulate[parquet]', or .csv or .json"
        ) from None
    return pyarrow, parquet


def _suffix(path: str | os.PathLike[str]) -> str:
    return Path(os.fsdecode(path)).suffix.lower()


def _text(path: Path) -> TextIO:
    # Names that are no text keep their bytes.
    return path.open("w", encoding="utf-8", errors="surrogateescape", newline="")


def _encodable(text: str | None) -> str | None:
    # Parquet's text is UTF-8 and nothing else.
    return None if text is None else text.encode("utf-8", "backslashreplace").decode()


def _plain(values: Any) -> Sequence[Any]:
    if not isinstance(values, np.ndarray):
        return values
    if values.dtype == np.float32:
        # By the fewest digits that are the same float32: as a double, 0.1 would be 0.10000000149011612.
        return [float(text) for text in values.astype("U32")]
    return values.tolist()
