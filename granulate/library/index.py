"""A library: a folder of sounds, and the index of what is known about them.

with Library.open("sounds", create=True) as library:
    library.scan()
    files, summaries = library.files(), library.summaries(["timbre", "loudness"])
"""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from sys import intern
from types import TracebackType
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import LibraryError, SoundFileError, printable
from granulate.library import asking, gathering, labelling, storage
from granulate.library.records import (
    MISSING,
    NUMBERS,
    OK,
    STATUSES,
    Column,
    Files,
    HeldSet,
    Labels,
    Record,
    Summaries,
)
from granulate.parameters import listed, near

if TYPE_CHECKING:
    from granulate.library.scan import Scanned
    from granulate.types import Choice

OWN_FOLDER = ".granulate"
"""Where in a library its index lies, unless it is told to lie elsewhere."""

_FETCHED = 10_000
_FILES = """
SELECT f.id, f.size, f.mtime_ns, coalesce(c.id, -1), coalesce(c.n_channels, 0), coalesce(c.sample_rate, 0),
    coalesce(c.n_samples, 0), coalesce(c.n_measured, 0), coalesce(c.peak, 0.0), coalesce(c.replaced, 0),
    coalesce(c.lacking, 0), d.path, f.name, CASE WHEN f.present THEN f.status ELSE 'missing' END,
    CASE WHEN c.id IS NULL THEN f.reason ELSE c.reason END, coalesce(c.format, ''), coalesce(c.subtype, '')
FROM files f JOIN folders d ON d.id = f.folder LEFT JOIN contents c ON c.id = f.content
"""


def index_of(folder: str | os.PathLike[str], index: str | os.PathLike[str] | None = None) -> Path:
    """Where the index of a library lies."""
    return Path(index) if index is not None else Path(folder) / OWN_FOLDER


class Library:
    """A folder of sounds with its index. Any number of processes may read, also while one scans.

    An object belongs to one thread at a time. `folder` and `index` are where both lie.
    """

    def __init__(self, folder: Path, index: Path, db: sqlite3.Connection) -> None:
        self.folder = folder
        self.index = index
        self._db = db

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str],
        index: str | os.PathLike[str] | None = None,
        *,
        create: bool = False,
    ) -> Library:
        """Open the index of a folder, which lies in it as `.granulate` unless `index` names another folder.

        `create`: make an empty index where there is none.

        Raises SoundFileError for what is no folder, and LibraryError for an index that is not there,
        is of another folder, or cannot be read or written.
        """
        root = Path(os.fsdecode(folder))
        if not root.is_dir():
            raise SoundFileError(f"{printable(root)}: no such folder; allowed: a folder of sounds")
        place = index_of(root, index)
        db = storage.connect(place, create=create)
        library = cls(root, place, db)
        try:
            if create and index is not None:
                library._claim()
        except BaseException:
            db.close()
            raise
        return library

    def _claim(self) -> None:
        """An index that lies apart is of one folder: another's scan would take all its files for missing."""
        here = os.fsencode(self.folder.resolve())
        with self._db:
            row = self._db.execute("SELECT value FROM meta WHERE key = 'folder'").fetchone()
            if row and row[0] != here and os.path.isdir(row[0]):
                raise LibraryError(
                    f"{printable(self.index)}: is the index of {printable(os.fsdecode(row[0]))};"
                    " allowed: that folder, or another --index"
                )
            self._db.execute("INSERT OR REPLACE INTO meta VALUES ('folder', ?)", (here,))

    def close(self) -> None:
        """Close the index. What was given out stays readable."""
        self._db.close()

    def __enter__(self) -> Library:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def scan(
        self,
        measures: Sequence[Choice] | None = None,
        *,
        frames: bool = False,
        rehash: bool = False,
        prune: bool = False,
        n_jobs: int | None = None,
        scheduler: str | None = None,
        deadline: float | None = 300.0,
        memory: int | None = None,
        progress: Callable[[str, int, int], None] | None = None,
    ) -> Scanned:
        """Bring the index up to date with the folder: see `granulate.library.scan.scan`."""
        from granulate.library.scan import Wish, scan

        wish = Wish(measures, frames, rehash, prune, n_jobs, scheduler, deadline, memory)
        return scan(self.folder, self.index, self._db, wish, progress)

    def sets(self) -> tuple[HeldSet, ...]:
        """The sets of measures that the index holds, in the order in which they came."""
        rows = self._db.execute("SELECT name, parameters, version, columns, framed FROM sets ORDER BY id")
        return tuple(
            HeldSet(name, parameters, version, tuple(Column(c[0], c[1], name) for c in json.loads(columns)), bool(framed))
            for name, parameters, version, columns, framed in rows
        )  # fmt: skip

    def counts(self) -> dict[str, int]:
        """How many files there are of each status; every status is named."""
        found = dict(
            self._db.execute(
                "SELECT CASE WHEN present THEN status ELSE 'missing' END s, count(*) FROM files GROUP BY s"
            )
        )
        return {status: found.get(status, 0) for status in STATUSES}

    def files(self, status: str | None = OK) -> Files:
        """The files of a status (see `records.STATUSES`; None: all), in the order of their ids.

        Raises LibraryError for no status.
        """
        if status not in (*STATUSES, None):
            raise LibraryError(f"status = {status!r}{near(status, STATUSES)}; allowed: {listed(STATUSES)}")
        if status == MISSING:
            return _files(self._db.execute(f"{_FILES} WHERE NOT f.present ORDER BY f.id"))
        where = "" if status is None else "WHERE f.present AND f.status = ?"
        return _files(self._db.execute(f"{_FILES} {where} ORDER BY f.id", (status,) if status else ()))

    def find(self, path: str | os.PathLike[str]) -> Record | None:
        """The file at a path, relative to the library's folder or as the current folder has it; None where the index knows none."""
        name = os.fsdecode(path)
        apart = os.path.relpath(os.path.abspath(name), os.path.abspath(self.folder))
        for relative in dict.fromkeys((name, apart)):
            folder, base = os.path.split(os.path.normpath(relative).replace(os.sep, "/"))
            rows = self._db.execute(
                f"{_FILES} WHERE d.path = ? AND f.name = ?", (os.fsencode(folder), os.fsencode(base))
            )
            if found := _files(rows):
                return found[0]
        return None

    def path(self, file: Record | str) -> Path:
        """Where a file of the library lies."""
        return self.folder / (file.path if isinstance(file, Record) else file)

    def paths(self, ids: Sequence[int]) -> list[str]:
        """The paths of files, relative to the library's folder, in the order of their ids as given.

        Raises LibraryError for an id that is no file's.
        """
        return asking.paths(self._db, ids)

    def state(self) -> list[Any]:
        """What is another list as soon as other sounds are measured, or in other ways; labels say nothing of that."""
        return asking.state(self._db)

    def summaries(self, chosen: Sequence[str] | None = None) -> Summaries:
        """What was measured of every sound that is there and was measured by all sets in question.

        `chosen`: names of sets, of columns, or `set.column`; None is every column. Of one whole set
        in a library without duplicates, the values are the file itself, memory-mapped; otherwise
        they are gathered out of it, on disk where they are many.

        Raises LibraryError for a name that the index does not hold.
        """
        return gathering.summaries(self.index, self._db, chosen)

    def frames(self, file: int, name: str) -> NDArray[np.float32]:
        """The frames (n_frames, n_columns) of a set of measures of a file (its id), memory-mapped.

        Raises LibraryError where the index does not hold them.
        """
        return gathering.frames(self.index, self._db, file, name)

    def label_sources(self) -> tuple[str, ...]:
        """Who has labelled files: the names that `set_labels` was given."""
        return tuple(self.label_counts())

    def label_counts(self) -> dict[str, int]:
        """How many files each source has labelled, by its name."""
        return labelling.counts(self._db)

    def label_origins(self) -> dict[str, dict[str, Any]]:
        """What the labels of a source were made by, where `set_labels` was told: plain values, by source."""
        return labelling.origins(self._db)

    def labels(self, source: str) -> Labels:
        """The labels of a source, in the order of the files' ids; of missing files too."""
        return labelling.labels(self._db, source)

    def set_labels(
        self,
        source: str,
        ids: Sequence[int] | NDArray[np.int64],
        labels: Sequence[str],
        probabilities: Sequence[float] | NDArray[np.floating] | None = None,
        *,
        keep: bool = False,
        origin: Mapping[str, Any] | None = None,
    ) -> None:
        """Put a source's labels, one a file, in the place of those it had; `keep`: of these files only.

        `probabilities` are from 0 to 1; 1 where none are given. `origin`: what made them, as plain values that
        JSON can hold. No labels: the source is forgotten.

        Raises LibraryError for lengths that differ, probabilities out of range, and ids that are no file's.
        """
        with self._writable() as db:
            labelling.put(db, source, ids, labels, probabilities, keep, origin)

    @contextmanager
    def _writable(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._db:
                yield self._db
        except sqlite3.OperationalError as error:
            raise LibraryError(f"{printable(self.index)}: cannot be written: {error}") from None


def _files(cursor: sqlite3.Cursor) -> Files:
    n = len(NUMBERS.names or ())
    numbers, paths = [np.empty(0, NUMBERS)], list[str]()
    texts: tuple[list[str], ...] = ([], [], [], [])
    folders: dict[bytes, str] = {}
    # Some at a time, and each text once: a million rows of Python's objects take a gigabyte.
    while rows := cursor.fetchmany(_FETCHED):
        numbers.append(np.array([row[:n] for row in rows], NUMBERS))
        for row in rows:
            if row[n] not in folders:
                folders[row[n]] = os.fsdecode(row[n]) + "/" if row[n] else ""
        paths += [folders[row[n]] + os.fsdecode(row[n + 1]) for row in rows]
        for column, text in enumerate(texts, n + 2):
            text += [intern(row[column]) for row in rows]
    return Files(np.concatenate(numbers), tuple(paths), *map(tuple, texts))
