"""What a scan has to do, as the database has it: drawn some at a time, so that memory stays flat."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from typing import NamedTuple

from granulate.library.choosing import Wanted

_DRAWN = 512

AnyLock = AbstractContextManager[bool]


class File(NamedTuple):
    """A file that is to be looked into: its id and its path within the library."""

    id: int
    path: bytes


class Measured(NamedTuple):
    """A content that some set has not measured, with a file that has it, and that file's size and time."""

    content: int
    hash: bytes
    file: File
    size: int
    mtime_ns: int


class ToDo:
    """Files whose content is to be looked at, and contents that some of the sets have not measured.

    `rehash`: every file that is there. `total` is how many there are of both.
    """

    def __init__(self, db: sqlite3.Connection, sets: Sequence[Wanted], rehash: bool) -> None:
        self._db = db
        self._bits = (sum(1 << s.slot for s in sets), sum(1 << s.slot for s in sets if s.framed))
        self._files = "FROM files f JOIN folders d ON d.id = f.folder WHERE f.present" + (
            "" if rehash else " AND f.status = 'pending'"
        )
        # Of those that are read anyway, it is seen then what they lack.
        self._contents = "" if rehash else (
            "FROM contents c JOIN files f ON f.id = (SELECT min(g.id) FROM files g WHERE g.content = c.id"
            " AND g.present AND g.status = 'ok') JOIN folders d ON d.id = f.folder"
            " WHERE c.status = 'ok' AND (c.measured & ?1 != ?1 OR c.framed & ?2 != ?2)"
        )  # fmt: skip
        self._last = self._count("SELECT coalesce(max(id), 0) FROM files")
        self.total = self._count(f"SELECT count(*) {self._files}")
        if self._contents:
            self.total += self._count(f"SELECT count(*) {self._contents}", *self._bits)

    def files(self, lock: AnyLock) -> Iterator[list[File]]:
        """The files, in the order of their ids; the database is used under the lock."""
        last = 0
        while True:
            with lock:
                rows = self._db.execute(
                    f"SELECT f.id, d.path, f.name {self._files} AND f.id > ? AND f.id <= ? ORDER BY f.id LIMIT ?",
                    (last, self._last, _DRAWN),
                ).fetchall()
            if not rows:
                return
            yield [File(number, os.path.join(path, name)) for number, path, name in rows]
            last = rows[-1][0]

    def contents(self, lock: AnyLock) -> Iterator[Measured]:
        """The contents, in the order of their ids; the database is used under the lock."""
        last = 0
        while self._contents:
            with lock:
                rows = self._db.execute(
                    f"SELECT c.id, c.hash, f.id, d.path, f.name, f.size, f.mtime_ns {self._contents}"
                    " AND c.id > ?3 ORDER BY c.id LIMIT ?4",
                    (*self._bits, last, _DRAWN),
                ).fetchall()
            if not rows:
                return
            for content, digest, number, path, name, size, written in rows:
                yield Measured(content, digest, File(number, os.path.join(path, name)), size, written)
            last = rows[-1][0]

    def _count(self, statement: str, *values: int) -> int:
        return int(self._db.execute(statement, values).fetchone()[0])
