"""An index on disk: a database (SQLite) of what is known, beside arrays of what was measured.

The database decides. A row of an array counts once the database says that it was measured, and is
written before that; so a process that is killed leaves rows that nobody reads, which the next scan
writes again with the same values.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from granulate.errors import LibraryError, printable

FORMAT = 1
DATABASE = "index.sqlite"
_LOCK = "writing.sqlite"
_PATIENCE_S = 30.0

_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE folders (id INTEGER PRIMARY KEY, path BLOB NOT NULL UNIQUE);
CREATE TABLE contents (
    id INTEGER PRIMARY KEY,       -- also the row of its summaries
    hash BLOB NOT NULL UNIQUE,
    status TEXT NOT NULL,         -- ok, broken, foreign: of no format that is known
    reason TEXT NOT NULL,
    format TEXT NOT NULL, subtype TEXT NOT NULL, n_channels INTEGER NOT NULL, sample_rate INTEGER NOT NULL,
    n_samples INTEGER NOT NULL, n_measured INTEGER NOT NULL, peak REAL NOT NULL,
    replaced INTEGER NOT NULL, lacking INTEGER NOT NULL,
    measured INTEGER NOT NULL,    -- bits: the sets (by slot) whose summaries are there
    framed INTEGER NOT NULL       -- bits: those whose frames are there
);
CREATE TABLE files (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    folder INTEGER NOT NULL REFERENCES folders(id),
    name BLOB NOT NULL,
    size INTEGER NOT NULL, mtime_ns INTEGER NOT NULL,
    present INTEGER NOT NULL,
    status TEXT NOT NULL,         -- pending; ok, broken, unknown; a missing file keeps what it had
    reason TEXT NOT NULL,
    content INTEGER REFERENCES contents(id),
    limits TEXT NOT NULL,         -- those within which it could not be looked into; else empty
    UNIQUE (folder, name)
);
CREATE INDEX files_pending ON files(id) WHERE status = 'pending';
CREATE INDEX files_content ON files(content);
CREATE TABLE sets (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    slot INTEGER NOT NULL UNIQUE, -- which bit of contents.measured
    name TEXT NOT NULL UNIQUE,
    parameters TEXT NOT NULL, version INTEGER NOT NULL,
    columns TEXT NOT NULL,        -- JSON: [[name, unit], ...]
    frame_columns INTEGER NOT NULL,
    framed INTEGER NOT NULL,      -- whether frames are kept
    n_frames INTEGER NOT NULL     -- rows of their array that count
);
CREATE TABLE frames (
    slot INTEGER NOT NULL, content INTEGER NOT NULL, first INTEGER NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (slot, content)
) WITHOUT ROWID;
CREATE TABLE labels (
    source TEXT NOT NULL, file INTEGER NOT NULL, label TEXT NOT NULL, probability REAL NOT NULL,
    PRIMARY KEY (source, file)
) WITHOUT ROWID;
"""


def connect(index: Path, *, create: bool) -> sqlite3.Connection:
    """Open the database in the folder `index`; with `create`, make folder and database where they are not there.

    Raises LibraryError where there is none, for one of a newer format, for what is no index, and
    where it cannot be written.
    """
    name = printable(index)
    path = index / DATABASE
    try:
        if create:
            index.mkdir(parents=True, exist_ok=True)
        elif not path.exists():
            raise LibraryError(
                f"{name}: holds no index; allowed: a library that `library scan` has been over"
            )
        return _opened(path, create)
    except OSError as error:
        raise _unwritable(name, error.strerror or str(error)) from None
    except sqlite3.Error as error:
        if create and not os.access(index, os.W_OK | os.X_OK):
            raise _unwritable(name, str(error)) from None
        raise LibraryError(f"{name}: is no index that can be read: {error}") from None


def _opened(path: Path, create: bool) -> sqlite3.Connection:
    # Not autocommit: what is written together is committed together. The scan's threads take turns.
    db = sqlite3.connect(path, timeout=_PATIENCE_S, check_same_thread=False)
    try:
        if create:
            db.execute("PRAGMA journal_mode = WAL").fetchone()
            _make(db)
        db.execute("PRAGMA synchronous = NORMAL")
        return _checked(db, path)
    except sqlite3.OperationalError:
        db.close()
        if create or os.access(path.parent, os.W_OK):
            raise
    except BaseException:
        db.close()
        raise
    # On a medium that cannot be written to, nobody else writes either, and there is nothing to lock.
    uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    return _checked(sqlite3.connect(uri, uri=True, check_same_thread=False), path)


def _checked(db: sqlite3.Connection, path: Path) -> sqlite3.Connection:
    found = _format_of(db)
    if found is None:  # a scan was killed before it began
        raise _none(printable(path.parent))
    if found != FORMAT:
        raise LibraryError(f"{printable(path)}: an index of format {found}; allowed: format {FORMAT}")
    return db


def _none(name: str) -> LibraryError:
    return LibraryError(f"{name}: holds no index; allowed: a library that `library scan` has been over")


def _format_of(db: sqlite3.Connection) -> int | None:
    if db.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone() is None:
        return None
    found = db.execute("SELECT value FROM meta WHERE key = 'format'").fetchone()
    return found[0] if found else None


def _make(db: sqlite3.Connection) -> None:
    if _format_of(db) is not None:
        return
    # One transaction: of two processes that begin at once, one finds it made.
    db.execute("BEGIN IMMEDIATE")
    if _format_of(db) is None:
        for statement in _SCHEMA.split(";\n"):
            db.execute(statement)
        db.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
    db.commit()


@contextmanager
def writing(index: Path) -> Iterator[None]:
    """Be the only one that scans into the index. Raises LibraryError while another process does.

    The lock is one of SQLite's own on an empty database beside the index: it works on every
    platform, and is gone with the process, however that ends.
    """
    with closing(sqlite3.connect(index / _LOCK, timeout=0.2, isolation_level=None)) as lock:
        try:
            lock.execute("BEGIN EXCLUSIVE")
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise LibraryError(
                    f"{printable(index)}: another scan is writing this index; allowed: once it has ended"
                ) from None
            raise _unwritable(printable(index), str(error)) from None
        yield


def _unwritable(name: str, why: str) -> LibraryError:
    return LibraryError(f"{name}: the index cannot be written there: {why}; allowed: --index DIR elsewhere")
