"""Files that were renamed or moved: what is known of them, by whom they were labelled, follows them."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable

NEW = "new"
"""The reason of a pending file that the index has never known under its path."""


def new_ones(db: sqlite3.Connection, ids: Iterable[int]) -> list[int]:
    """Those of the files that are looked into for the first time."""
    asked = "SELECT 1 FROM files WHERE id = ? AND status = 'pending' AND reason = ?"
    return [number for number in ids if db.execute(asked, (number, NEW)).fetchone()]


def follow(db: sqlite3.Connection, ids: Iterable[int]) -> int:
    """Let each of these new files take the id of a missing one of the same content. Gives how many did.

    Of several, one of the same name is taken before others, then the one known longest.
    """
    n = 0
    for number in ids:
        old = db.execute(
            "SELECT o.id FROM files o JOIN files f ON f.content = o.content WHERE f.id = ? AND NOT o.present"
            " ORDER BY o.name <> f.name, o.id LIMIT 1",
            (number,),
        ).fetchone()
        if old is None:
            continue
        row = db.execute(
            "SELECT folder, name, size, mtime_ns, status, reason, limits FROM files WHERE id = ?", (number,)
        ).fetchone()
        db.execute("DELETE FROM files WHERE id = ?", (number,))
        db.execute(
            "UPDATE files SET folder = ?, name = ?, size = ?, mtime_ns = ?, status = ?, reason = ?, limits = ?,"
            " present = 1 WHERE id = ?",
            (*row, *old),
        )
        n += 1
    return n
