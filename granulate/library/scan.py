"""A scan: the index is brought up to date with the folder, and can be stopped or killed at any moment.

The folder is walked and compared with the index (`walking`); new and changed files are hashed, and
those whose content is not known yet are decoded and measured in child processes (`looking`), a
content that several files share once; what was found is written down twice a second (`committing`).
"""

from __future__ import annotations

import os
import sqlite3
import time
from pathlib import Path

from granulate.library import storage
from granulate.library.choosing import choose, unchanged
from granulate.library.flow import Flow
from granulate.library.todo import ToDo
from granulate.library.walking import walk
from granulate.library.wishes import DEADLINE_S, MEMORY, Scanned, Step, Wish

__all__ = ["DEADLINE_S", "MEMORY", "Scanned", "Step", "Wish", "prune", "scan"]


def scan(folder: Path, index: Path, db: sqlite3.Connection, wish: Wish, progress: Step | None) -> Scanned:
    """Bring an index up to date. What is done when it is interrupted is kept.

    `progress` is told the stage, how many files are done and how many there are.

    Raises LibraryError while another process scans, or where the index cannot be written;
    SoundFileError when the folder cannot be searched; what `choosing.choose` and `granulate.jobs.each` raise.
    """
    began = time.perf_counter()
    tell = progress or (lambda stage, done, total: None)
    with storage.writing(index):
        quick = [] if wish.measures or wish.frames else unchanged(db)
        sets = quick or choose(db, index, wish.measures, wish.frames)
        root = os.fsencode(folder)
        walked = walk(db, root, os.fsencode(index), wish.limits, lambda n: tell("search", n, 0))
        done = Scanned(
            seen=walked.seen,
            returned=walked.returned,
            vanished=walked.vanished,
            unreadable=walked.unreadable,
        )
        to_do = ToDo(db, sets, wish.rehash)
        if to_do.total and quick:
            sets = choose(db, index, wish.measures, wish.frames)
            to_do = ToDo(db, sets, wish.rehash)
        if to_do.total:
            Flow(db, root, index, sets, wish, to_do, tell, done).run()
        if wish.prune:  # at the end, for what has moved is not gone
            done.forgotten = prune(db)
    done.seconds = time.perf_counter() - began
    return done


def prune(db: sqlite3.Connection) -> int:
    """Forget files that are absent, their labels, and contents that no file has. Gives how many files."""
    with db:
        db.execute("DELETE FROM labels WHERE file IN (SELECT id FROM files WHERE NOT present)")
        n = db.execute("DELETE FROM files WHERE NOT present").rowcount
        unused = "SELECT id FROM contents WHERE id NOT IN (SELECT content FROM files WHERE content NOT NULL)"
        db.execute(f"DELETE FROM frames WHERE content IN ({unused})")
        db.execute(f"DELETE FROM contents WHERE id IN ({unused})")
        db.execute("DELETE FROM folders WHERE id NOT IN (SELECT folder FROM files)")
    return n
