"""Little questions to an index that must not cost reading all its files."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Sequence
from typing import Any

from granulate.errors import LibraryError

_AT_ONCE = 500


def state(db: sqlite3.Connection) -> list[Any]:
    """See `Library.state`. A million files: some 0.2 s."""
    files = db.execute(
        "SELECT count(*), total(id), total(content), total(id * ((content * 2654435761) & 1048575))"
        " FROM files WHERE present AND status = 'ok'"
    ).fetchone()
    contents = db.execute(
        "SELECT count(*), total(measured), total(id * (measured & 1048575)) FROM contents"
    ).fetchone()
    sets = db.execute("SELECT id, name, parameters, version FROM sets ORDER BY id")
    return [list(files), list(contents), [list(row) for row in sets]]


def paths(db: sqlite3.Connection, ids: Sequence[int]) -> list[str]:
    """See `Library.paths`."""
    found: dict[int, str] = {}
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
