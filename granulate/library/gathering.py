"""Summaries and frames out of an index: which columns, which rows, and without a copy where that can be."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import LibraryError
from granulate.library.arrays import frames_file, mapped, summaries_file
from granulate.library.records import Column, Summaries
from granulate.parameters import listed, near

_BLOCK_ROWS = 1 << 15


class Held(NamedTuple):
    """A set in the database: its number, its bit in `contents.measured`, its columns."""

    id: int
    slot: int
    columns: tuple[Column, ...]
    frame_columns: int


def held_sets(db: sqlite3.Connection) -> dict[str, Held]:
    """The sets that an index holds, by name, in the order in which they came."""
    rows = db.execute("SELECT id, slot, name, columns, frame_columns FROM sets ORDER BY id")
    return {
        name: Held(
            number, slot, tuple(Column(column[0], column[1], name) for column in json.loads(columns)), width
        )
        for number, slot, name, columns, width in rows
    }


def summaries(index: Path, db: sqlite3.Connection, chosen: Sequence[str] | None) -> Summaries:
    """See `Library.summaries`."""
    held = held_sets(db)
    picked = _picked(held, chosen)
    columns = tuple(held[name].columns[number] for name, number in picked)
    used = list(dict.fromkeys(name for name, _ in picked))
    bits = sum(1 << held[name].slot for name in used)
    found = db.execute(
        "SELECT f.id, c.id - 1 FROM files f JOIN contents c ON c.id = f.content"
        " WHERE f.present AND f.status = 'ok' AND c.measured & ?1 = ?1 ORDER BY f.id",
        (bits,),
    )
    pairs = np.array(found.fetchall(), np.int64).reshape(-1, 2)
    ids, rows = pairs[:, 0].copy(), pairs[:, 1]
    n_rows = int(rows.max(initial=-1)) + 1
    arrays = {
        name: mapped(summaries_file(index, held[name].id), n_rows, len(held[name].columns)) for name in used
    }
    if len(used) == 1 and columns == held[used[0]].columns and len(ids) and (np.diff(rows) == 1).all():
        return Summaries(ids, arrays[used[0]][rows[0] :], columns)
    values = storage.allocate(len(ids), len(columns))
    for name, array in arrays.items():
        target = [at for at, (of, _) in enumerate(picked) if of == name]
        source = [number for of, number in picked if of == name]
        for first in range(0, len(ids), _BLOCK_ROWS):
            block = slice(first, first + _BLOCK_ROWS)
            values[block, target] = array[rows[block]][:, source]
            storage.release(values)
    return Summaries(ids, values, columns)


def frames(index: Path, db: sqlite3.Connection, file: int, name: str) -> NDArray[np.float32]:
    """See `Library.frames`."""
    held = held_sets(db)
    if name not in held:
        raise LibraryError(_unknown("set of measures", name, held))
    found = db.execute(
        "SELECT r.first, r.count FROM files f JOIN frames r ON r.content = f.content WHERE f.id = ? AND r.slot = ?",
        (file, held[name].slot),
    ).fetchone()
    if found is None:
        raise LibraryError(
            f"no frames of {name} of file {file}; allowed: files of a library that was scanned with --frames"
        )
    first, count = found
    return mapped(frames_file(index, held[name].id), first + count, held[name].frame_columns)[first:]


def _picked(held: dict[str, Held], chosen: Sequence[str] | None) -> list[tuple[str, int]]:
    """The columns that are named, each once, as set and number in it."""
    every = [(name, number) for name, of in held.items() for number in range(len(of.columns))]
    if chosen is None:
        return every
    picked: dict[tuple[str, int], None] = {}
    for wanted in chosen:
        found = [
            (name, number)
            for name, number in every
            if wanted in (name, held[name].columns[number].name, f"{name}.{held[name].columns[number].name}")
        ]
        if not found and wanted not in held:
            names = [*held, *(column.name for of in held.values() for column in of.columns)]
            raise LibraryError(_unknown("column or set of measures", wanted, names, held))
        picked |= dict.fromkeys(found)
    return list(picked)


def _unknown(what: str, wrong: str, known: Iterable[str], shown: Iterable[str] | None = None) -> str:
    known = list(known)
    return (
        f"{wrong!r} is no {what} of this index{near(wrong, known)};"
        f" allowed: {listed(known if shown is None else shown)}"
    )
