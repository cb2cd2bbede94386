"""What a scan finds, gathered and written down together: arrays first, then the database that points to them."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from granulate.library.arrays import Writer, frames_file, summaries_file
from granulate.library.choosing import Wanted
from granulate.library.looking import Found, Hashed, status_of
from granulate.library.moving import follow, new_ones
from granulate.library.todo import File

_EVERY_S = 0.5
_MOST = 500
_ALWAYS = "-"
"""As limits: what failed for reasons that lie outside the file is always tried again."""

_KEPT = Found._fields[:-2]
"""What the database keeps of a content; the rest goes into arrays."""


class Batch:
    """Gathers what was found, and writes it down every half second or five hundred files."""

    def __init__(self, db: sqlite3.Connection, index: Path, sets: Sequence[Wanted]) -> None:
        self._db = db
        self._sets = sets
        self._summaries = [Writer(summaries_file(index, s.id), s.n_columns) for s in sets]
        self._frames = {
            s.choice.kind: Writer(frames_file(index, s.id), s.frame_columns) for s in sets if s.framed
        }
        self._ends = dict(db.execute("SELECT slot, n_frames FROM sets"))
        self._bits = sum(1 << s.slot for s in sets)
        self._framed = sum(1 << s.slot for s in sets if s.framed)
        self._since = time.monotonic()
        # A large library is looked over for this once, not with every commit.
        gone = "SELECT 1 FROM files WHERE NOT present AND content NOT NULL LIMIT 1"
        self._some_missing = db.execute(gone).fetchone() is not None
        self.moved = 0
        self._empty()

    def _empty(self) -> None:
        self._contents: dict[bytes, tuple[int, Found]] = {}
        self._links: list[tuple[int, int, str, int, int]] = []
        self._failures: list[tuple[int, int, str, str, str, int]] = []

    def found(self, content: int, digest: bytes, found: Found) -> None:
        """A content was looked into."""
        self._contents[digest] = (content, found)

    def recent(self, digest: bytes) -> tuple[int, str] | None:
        """The number and status of a content that was found and is not written down yet."""
        if (found := self._contents.get(digest)) is None:
            return None
        return found[0], found[1].status

    def link(self, file: File, content: int, status: str, state: Hashed) -> None:
        """A file has that content, whose own status is given."""
        self._links.append(
            (state.size, state.mtime_ns, status_of(status, file.path), content, file.id)
        )  # fmt: skip
        self._when_due()

    def fail(self, file: File, state: Hashed, status: str, reason: str, limits: str | None = None) -> None:
        """A file could not be looked into; None as limits: whatever they are, the next scan tries again."""
        again = _ALWAYS if limits is None else limits
        self._failures.append((state.size, state.mtime_ns, status, reason, again, file.id))
        self._when_due()

    def _when_due(self) -> None:
        if len(self._links) + len(self._failures) >= _MOST or time.monotonic() - self._since > _EVERY_S:
            self.commit()

    def commit(self) -> None:
        """Write down what was gathered. A process that is killed loses what came after the last time."""
        if not (self._contents or self._links or self._failures):
            return
        sounds = [(content, found) for content, found in self._contents.values() if found.status == "ok"]
        frames = self._write(sounds) if sounds else []
        with self._db:
            new = new_ones(self._db, [link[-1] for link in self._links]) if self._some_missing else []
            self._db.executemany(
                f"INSERT INTO contents (id, hash, {', '.join(_KEPT)}, measured, framed)"
                f" VALUES ({', '.join('?' * (len(_KEPT) + 4))}) ON CONFLICT (id) DO UPDATE SET"
                f" {', '.join(f'{name} = excluded.{name}' for name in (*_KEPT, 'measured', 'framed'))}",
                (self._row(content, digest, found) for digest, (content, found) in self._contents.items()),
            )
            self._db.executemany(
                "INSERT OR REPLACE INTO frames (slot, content, first, count) VALUES (?, ?, ?, ?)", frames
            )
            self._db.executemany(
                "UPDATE sets SET n_frames = ? WHERE slot = ?",
                [(end, slot) for slot, end in self._ends.items()],
            )
            self._db.executemany(
                "UPDATE files SET size = ?, mtime_ns = ?, status = ?, reason = '', content = ?, limits = ''"
                " WHERE id = ?",
                self._links,
            )
            self._db.executemany(
                "UPDATE files SET size = ?, mtime_ns = ?, status = ?, reason = ?, content = NULL, limits = ?"
                " WHERE id = ?",
                self._failures,
            )
            self.moved += follow(self._db, new)
        self._empty()
        self._since = time.monotonic()

    def _row(self, content: int, digest: bytes, found: Found) -> tuple[object, ...]:
        ok = found.status == "ok"
        return (content, digest, *found[: len(_KEPT)], self._bits if ok else 0, self._framed if ok else 0)

    def _write(self, sounds: list[tuple[int, Found]]) -> list[tuple[int, int, int, int]]:
        rows = [content - 1 for content, _ in sounds]
        values = np.stack([found.summary for _, found in sounds])
        first = 0
        for wanted, writer in zip(self._sets, self._summaries, strict=True):
            part = values[:, first : first + wanted.n_columns]
            writer.write_runs(rows, [part[i : i + 1] for i in range(len(rows))])
            writer.sync()
            first += wanted.n_columns
        placed: list[tuple[int, int, int, int]] = []
        for wanted in self._sets:
            if wanted.framed:
                placed += self._write_frames(wanted, [(c, f.frames[wanted.choice.kind]) for c, f in sounds])
        return placed

    def _write_frames(
        self, wanted: Wanted, runs: list[tuple[int, NDArray[np.float32]]]
    ) -> list[tuple[int, int, int, int]]:
        writer, begin, placed = self._frames[wanted.choice.kind], self._ends[wanted.slot], []
        for content, values in runs:
            placed.append((wanted.slot, content, begin, len(values)))
            begin += len(values)
        writer.write_runs([first for _, _, first, _ in placed], [values for _, values in runs])
        writer.sync()
        self._ends[wanted.slot] = begin
        return placed

    def close(self) -> None:
        """Close the files."""
        for writer in (*self._summaries, *self._frames.values()):
            writer.close()
