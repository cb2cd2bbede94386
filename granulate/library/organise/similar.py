"""The sounds of a library that are most like one, by aspects as they are weighed."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.cache import Cache, key_of
from granulate.errors import ParameterError
from granulate.library import Library
from granulate.library.organise.aspects import aspects_of, balance_of, weights_of
from granulate.library.organise.nearest import Table
from granulate.library.records import Column
from granulate.types import Choice

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]
Step = Callable[[str, int, int], None]

FOLDER = "similar"
"""Where in an index the table lies that is searched."""
_FORMAT = 3


class Similar(NamedTuple):
    """A sound that was found: its id and path, and how far it is, as a whole and in each aspect that counts.

    A distance is the weighted mean of absolute differences, of ranks in the library, 0 to 1 (see `scaling.Ranks`).
    """

    id: int
    path: str
    distance: float
    aspects: dict[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Searcher:
    """A library opened for searching: what `open_searcher` gives."""

    library: Library
    table: Table
    ids: Longs
    columns: tuple[Column, ...]
    choices: tuple[Choice, ...]

    def row_of(self, path: str | os.PathLike[str]) -> int | None:
        """The table's row of a file, None where the library has none of it as it is now."""
        record = self.library.find(path)
        if record is None:
            return None
        try:
            there = os.stat(self.library.path(record))
            if os.path.exists(path) and not os.path.samestat(there, os.stat(path)):
                return None
        except OSError:
            return None
        if (there.st_size, there.st_mtime_ns) != (record.size, record.mtime_ns):
            return None
        row = int(np.searchsorted(self.ids, record.id))
        return row if row < len(self.ids) and self.ids[row] == record.id else None

    def measured(self, path: str | os.PathLike[str]) -> Floats:
        """The summary (n_columns,) of any sound file, scaled as the table's rows are. Raises SoundFileError."""
        from granulate import sound_file
        from granulate.library.measures import measure

        summary = measure(sound_file.read(path), self.choices).summary
        return self.table.scaled(summary[None])[0]

    def nearest(
        self, query: Floats, weights: Floats, n: int, without: int | None = None
    ) -> tuple[Longs, Floats]:
        """The n rows nearest to a scaled summary (n_columns,) and their distances; not the row `without`."""
        rows, distances = self.table.nearest(query, weights, n + (without is not None))
        kept = rows != (-1 if without is None else without)
        return rows[kept][:n], distances[kept][:n]


def open_searcher(library: Library, step: Step | None = None) -> Searcher:
    """Open a library for searching. The table that is searched is kept in the index, and made anew when it is stale.

    Raises ParameterError for a library without measured sounds.
    """
    sets = library.sets()
    columns = tuple(column for held in sets for column in held.columns)
    choices = tuple(Choice(held.name, json.loads(held.parameters)) for held in sets)
    key = key_of(_FORMAT, library.state())
    found = Cache(library.index / FOLDER).load(key)
    if found is None:
        if step:
            step("index the summaries", 0, 0)
        summaries = library.summaries()
        if not len(summaries):
            raise ParameterError("no sound of the library has been measured; allowed: after `library scan`")
        arrays = Table.of(summaries.values).arrays | {"ids": np.array(summaries.ids)}
        size = sum(array.nbytes for array in arrays.values())
        # So little more than one: the stale ones go.
        Cache(library.index / FOLDER, most_bytes=size + size // 4).keep(key, arrays, {})
        found = Cache(library.index / FOLDER).load(key) or (arrays, {})
    return Searcher(library, Table(found[0]), found[0]["ids"], columns, choices)


def similar(
    searcher: Searcher,
    query: str | os.PathLike[str],
    n: int = 10,
    aspects: Mapping[str, float] | None = None,
) -> list[Similar]:
    """The n sounds most like a file, the most like first; it may be of the library, and is then not among them.

    `aspects`: how much each counts (see `aspects.weights_of`). A file that the library does not have as it
    is now is measured.

    Raises ParameterError for aspects that are not measured, SoundFileError for what is no sound.
    """
    weights, known = weights_of(searcher.columns, aspects), aspects_of(searcher.columns)
    row = searcher.row_of(query)
    point = searcher.measured(query) if row is None else np.array(searcher.table.values[row])
    rows, distances = searcher.nearest(point, weights, n, row)
    ids = searcher.ids[rows].tolist()
    near = searcher.table.values[rows]
    parts = {
        aspect: np.abs(near[:, known[aspect]] - point[known[aspect]]).mean(axis=1).tolist()
        for aspect, weight in (aspects or balance_of(searcher.columns)).items()
        if weight
    }
    return [
        Similar(number, path, distance, {aspect: apart[i] for aspect, apart in parts.items()})
        for i, (number, path, distance) in enumerate(
            zip(ids, searcher.library.paths(ids), distances.tolist(), strict=True)
        )
    ]


def located(library: Library, path: str) -> Path:
    """Where a sound that was found lies, as a player can open it."""
    return library.path(path).absolute()
