"""Which kind each sound is known to be of: by folder, by name, by a table, by labels of the index."""

from __future__ import annotations

import csv
import os
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError, SoundFileError, printable
from granulate.library import Library
from granulate.library.organise.grouping import GROUPINGS, NONE, groups_of
from granulate.parameters import listed, near

CSV = "csv:"


@dataclass(frozen=True, slots=True, eq=False)
class Kinds:
    """The kind of each file that has one: `ids` int64 (n,), ascending, and as many names.

    `by` is what tells them; `strange`: paths of a table that the library does not know.
    """

    by: str
    ids: NDArray[np.int64]
    names: tuple[str, ...]
    strange: tuple[str, ...] = ()

    @property
    def counts(self) -> dict[str, int]:
        """How many files there are of each, in the order of the names."""
        return dict(sorted(Counter(self.names).items()))


def kinds_by(library: Library, by: str) -> Kinds:
    """Kinds by "folder", "prefix", "csv:FILE.csv" (path,label) or the name of labels of the index.

    Paths of a table are those of the library, or as its own folder has them. What lies in no folder, has no
    prefix or no label is of no kind.

    Raises ParameterError for what tells none, and SoundFileError for a table that cannot be read.
    """
    files = library.files()
    if by.startswith(CSV):
        return _of_table(library, Path(by.removeprefix(CSV)))
    names = groups_of(library, files, by)
    if by not in GROUPINGS and not names:
        raise ParameterError(
            f"{by!r} labels nothing{near(by, GROUPINGS)}; allowed: {listed(GROUPINGS)}, csv:FILE"
        )
    kept = np.array([name != NONE for name in names], bool)
    return Kinds(by, files.ids[kept], tuple(name for name, keep in zip(names, kept, strict=True) if keep))


def _of_table(library: Library, path: Path) -> Kinds:
    found: dict[int, str] = {}
    strange = []
    for name, kind in _rows(path):
        record = library.find(name) or library.find(os.path.join(path.parent, name))
        if record is None:
            strange.append(name)
        elif found.setdefault(record.id, kind) != kind:
            raise ParameterError(
                f"{printable(path)}: {printable(name)} is {found[record.id]!r} and {kind!r}; allowed: one kind a file"
            )
    if not found:
        raise ParameterError(
            f"{printable(path)}: names no file of the library; allowed: lines of path,label, paths as the library has them"
        )
    ids = sorted(found)
    return Kinds(f"{CSV}{path.name}", np.array(ids, np.int64), tuple(found[i] for i in ids), tuple(strange))


def _rows(path: Path) -> list[tuple[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
            rows = [[cell.strip() for cell in row] for row in csv.reader(file) if any(row)]
    except (OSError, csv.Error) as error:
        raise SoundFileError(f"{printable(path)}: cannot be read: {error}; allowed: a CSV file") from None
    head = [cell.casefold() for cell in rows[0]] if rows else []
    at, kind = 0, 1
    if "path" in head and "label" in head:
        at, kind, rows = head.index("path"), head.index("label"), rows[1:]
    if short := next((row for row in rows if len(row) <= max(at, kind)), None):
        raise ParameterError(
            f"{printable(path)}: a line {','.join(short)!r}; allowed: path,label on each, or a header that names both"
        )
    return [(row[at], row[kind]) for row in rows if row[kind]]
