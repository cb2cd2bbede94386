"""Little questions to a library's database that must not cost reading all its files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Any

from granulate.errors import printable
from granulate.library import Library
from granulate.library.records import LibraryError
from granulate.library.storage import connect

_AT_ONCE = 500


def state_of(library: Library) -> list[Any]:
    """What is another list as soon as other sounds are measured, or in other ways. A million files: some 0.2 s."""
    with _database(library) as db:
        files = db.execute(
            "SELECT count(*), total(id), total(content), total(id * ((content * 2654435761) & 1048575))"
            " FROM files WHERE present AND status = 'ok'"
        ).fetchone()
        contents = db.execute(
            "SELECT count(*), total(measured), total(id * (measured & 1048575)) FROM contents"
        )
        sets = db.execute("SELECT id, name, parameters, version FROM sets ORDER BY id")
        return [list(files), list(contents.fetchone()), [list(row) for row in sets]]


def paths_of(library: Library, ids: Sequence[int]) -> list[str]:
    """The paths of files, relative to the library's folder, in the order of their ids as given.

    Raises LibraryError for an id that is no file's.
    """
    found: dict[int, str] = {}
    with _database(library) as db:
        for first in range(0, len(ids), _AT_ONCE):
            asked = [int(number) for number in ids[first : first + _AT_ONCE]]
            rows = db.execute(
                "SELECT f.id, d.path, f.name FROM files f JOIN folders d ON d.id = f.folder"
                f" WHERE f.id IN ({','.join('?' * len(asked))})",
                asked,
            )
            found |= {n: os.fsdecode(folder + b"/" + name if folder else name) for n, folder, name in rows}
    if strange := next((number for number in ids if int(number) not in found), None):
        raise LibraryError(f"file {strange} is not of this library; allowed: ids that it has given")
    return [found[int(number)] for number in ids]


@contextmanager
def _database(library: Library) -> Iterator[sqlite3.Connection]:
    try:
        with closing(connect(library.index, create=False)) as db:
            yield db
    except sqlite3.Error as error:
        raise LibraryError(f"{printable(library.index)}: cannot be read: {error}") from None
