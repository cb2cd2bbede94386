"""The first half of a scan: what lies in the folder is compared with what the index knows. No file is opened."""

from __future__ import annotations

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from granulate.errors import SoundFileError, printable
from granulate.library.moving import NEW

_KINDS = {
    stat.S_IFDIR: "a link to a folder, which is not followed",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}

Known = dict[bytes, tuple[int, int, int, int, str, str]]
"""Of the files in a folder: id, size, mtime_ns, whether present, status, limits."""


@dataclass(slots=True)
class Walked:
    """What walking found: numbers of files, and the folders that could not be searched."""

    seen: int = 0
    changed: int = 0
    """New ones, those whose size or time differs, and those that are to be tried again."""
    returned: int = 0
    vanished: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)


def walk(
    db: sqlite3.Connection, root: bytes, index: bytes, limits: str, tell: Callable[[int], None]
) -> Walked:
    """Bring the table of files up to date: new and changed ones become pending, vanished ones absent.

    All in one transaction, committed at the end. Hidden names and the index's own folder are left
    out; links to folders are not followed. `limits`: files that could not be looked into within the
    same ones are left as they are. `tell` is told how many files there are so far.

    Raises SoundFileError when `root` itself cannot be searched.
    """
    found = Walked()
    visited = set()
    own = _identity(index)
    with db:
        for path, names, files, why in _folders(root, own):
            if why is not None:
                if path == b"":
                    raise SoundFileError(f"{printable(os.fsdecode(root))}: cannot be searched: {why}")
                found.unreadable.append((os.fsdecode(path), why))
                continue
            row = db.execute("SELECT id FROM folders WHERE path = ?", (path,)).fetchone()
            if row is None and not names:
                continue
            if row is None:
                db.execute("INSERT INTO folders (path) VALUES (?)", (path,))
            number = row[0] if row else db.execute("SELECT last_insert_rowid()").fetchone()[0]
            visited.add(number)
            known: Known = {}
            if row:
                known = {
                    entry[0]: entry[1:]
                    for entry in db.execute(
                        "SELECT name, id, size, mtime_ns, present, status, limits FROM files WHERE folder = ?",
                        (number,),
                    )
                }
            _compare(db, number, names, files, known, limits, found)
            tell(found.seen)
        _forsake(db, visited, [os.fsencode(path) for path, _ in found.unreadable], found)
    return found


def _compare(
    db: sqlite3.Connection,
    folder: int,
    names: list[bytes],
    files: dict[bytes, tuple[int, int]],
    known: Known,
    limits: str,
    found: Walked,
) -> None:
    new, changed, returned = [], [], []
    for name in names:
        size, written = files[name]
        was = known.pop(name, None)
        if was is None:
            new.append((folder, name, size, written))
            continue
        number, old_size, old_written, present, status, old_limits = was
        if size != old_size or written != old_written or (old_limits and old_limits != limits):
            changed.append((size, written, number))
        elif status == "pending":
            found.changed += 1
        if not present:
            returned.append((number,))
    gone = [(was[0],) for was in known.values() if was[3]]
    db.executemany(
        "INSERT INTO files (folder, name, size, mtime_ns, present, status, reason, limits)"
        f" VALUES (?, ?, ?, ?, 1, 'pending', '{NEW}', '')",
        new,
    )
    db.executemany(
        "UPDATE files SET size = ?, mtime_ns = ?, status = 'pending', content = NULL, reason = '', limits = ''"
        " WHERE id = ?",
        changed,
    )
    db.executemany("UPDATE files SET present = 1 WHERE id = ?", returned)
    db.executemany("UPDATE files SET present = 0 WHERE id = ?", gone)
    found.seen += len(names)
    found.changed += len(new) + len(changed)
    found.returned += len(returned)
    found.vanished += len(gone)


def _forsake(db: sqlite3.Connection, visited: set[int], unreadable: list[bytes], found: Walked) -> None:
    """Files in folders that are gone are absent; what lies in one that cannot be read now is not known to be."""
    for number, path in db.execute("SELECT id, path FROM folders").fetchall():
        hidden = any(path == other or path.startswith(other + b"/") for other in unreadable)
        if number not in visited and not hidden:
            gone = db.execute("UPDATE files SET present = 0 WHERE folder = ? AND present", (number,))
            found.vanished += gone.rowcount


def _folders(
    root: bytes, own: tuple[int, int] | None
) -> Iterator[tuple[bytes, list[bytes], dict[bytes, tuple[int, int]], str | None]]:
    """Each folder's path, its names in order, size and time of each, and why it cannot be searched."""
    pending = [b""]
    while pending:
        path = pending.pop()
        try:
            files, folders = _listed(os.path.join(root, path) if path else root, own)
        except OSError as error:
            yield path, [], {}, error.strerror or str(error)
            continue
        yield path, sorted(files), files, None
        pending += [path + b"/" + name if path else name for name in sorted(folders, reverse=True)]


def _listed(folder: bytes, own: tuple[int, int] | None) -> tuple[dict[bytes, tuple[int, int]], list[bytes]]:
    files, folders = {}, []
    with os.scandir(folder) as entries:
        for entry in entries:
            name = entry.name
            if name.startswith(b"."):
                continue
            if entry.is_dir(follow_symlinks=False):
                if own is None or _identity(entry.path) != own:
                    folders.append(name)
                continue
            try:
                there = entry.stat()
                files[name] = (there.st_size, there.st_mtime_ns)
            except OSError:
                files[name] = (0, 0)  # looking into it says what is wrong
    return files, folders


def _identity(folder: bytes) -> tuple[int, int] | None:
    try:
        there = os.stat(folder)
    except OSError:
        return None
    return there.st_dev, there.st_ino


def kind_of(mode: int) -> str:
    """In words, what is no regular file."""
    return _KINDS.get(stat.S_IFMT(mode), "no regular file")
