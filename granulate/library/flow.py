"""The second half of a scan: files flow out to be hashed and measured, what is found flows back.

Files are drawn in whichever thread hands work out, outcomes are taken in the caller's; both sides
take turns by a lock, which also guards the database.
"""

from __future__ import annotations

import os
import sqlite3
import threading
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path

from granulate.kernels.threads import n_threads
from granulate.library.choosing import Wanted
from granulate.library.committing import Batch
from granulate.library.looking import Found, Hashed, Task, hashed, look, warm_up
from granulate.library.records import BROKEN, OK
from granulate.library.todo import File, ToDo
from granulate.library.wishes import Scanned, Step, Wish

_HASHED_AT_ONCE = 16


@dataclass(slots=True)
class _Content:
    """What is out with the children: a content, and the files that have it."""

    id: int
    hash: bytes
    files: list[tuple[File, Hashed]]


class Flow:
    """Looks into all that is to do. `done` counts what became of it; `tell` is told how far it is."""

    def __init__(
        self, db: sqlite3.Connection, root: bytes, index: Path, sets: Sequence[Wanted], wish: Wish, to_do: ToDo,
        tell: Step, done: Scanned,
    ) -> None:  # fmt: skip
        self._db, self._root, self._wish, self._to_do = db, root, wish, to_do
        self._sets, self._tell, self._done = sets, tell, done
        self._bits = sum(1 << s.slot for s in sets)
        self._framed = sum(1 << s.slot for s in sets if s.framed)
        self._batch = Batch(db, index, sets)
        self._lock = threading.RLock()
        self._stop = threading.Event()
        self._out: dict[int, _Content] = {}
        self._by_hash: dict[bytes, _Content] = {}
        self._sent = self._finished = 0
        self._next_content = db.execute("SELECT coalesce(max(id), 0) + 1 FROM contents").fetchone()[0]

    def run(self) -> None:
        """Do it. What is done is written down, however this ends."""
        with ExitStack() as stack:
            stack.callback(self._batch.close)
            pool = ThreadPoolExecutor(n_threads(), thread_name_prefix="hash")
            stack.callback(pool.shutdown, wait=True, cancel_futures=True)
            stack.callback(self._stop.set)
            stack.callback(self._save)
            self._tell("scan", 0, self._to_do.total)
            tasks = self._tasks(pool)
            first = next(tasks, None)
            if first is not None:  # else no child need be started
                self._work(chain([first], tasks))

    def _work(self, tasks: Iterator[Task]) -> None:
        from granulate.jobs import each

        wish = self._wish
        chosen = tuple(wanted.choice for wanted in self._sets)
        framed = frozenset(wanted.choice.kind for wanted in self._sets if wanted.framed)
        outcomes = each(
            partial(look, chosen=chosen, framed=framed), tasks, n_jobs=wish.n_jobs, scheduler=wish.scheduler,
            deadline=wish.deadline, memory=wish.memory, setup=(partial(warm_up, chosen),),
        )  # fmt: skip
        with closing(outcomes):
            for outcome in outcomes:
                with self._lock:
                    self._take(outcome.index, outcome.value, outcome.reason or "")

    def _save(self) -> None:
        with self._lock:
            self._batch.commit()
            self._done.moved = self._batch.moved

    def _take(self, number: int, found: Found | None, reason: str) -> None:
        content = self._out.pop(number)
        del self._by_hash[content.hash]
        if found is not None:
            self._batch.found(content.id, content.hash, found)
        for file, state in content.files:
            if found is not None:
                self._batch.link(file, content.id, found.status, state)
            else:
                self._batch.fail(file, state, BROKEN, reason, self._wish.limits)
        n = len(content.files)
        if found is not None and found.status == OK:
            self._done.measured += 1
            self._done.linked += n - 1
        else:
            self._done.failed += n
        self._step(n)

    def _step(self, n: int) -> None:
        self._finished += n
        self._tell("scan", self._finished, self._to_do.total)

    def _tasks(self, pool: ThreadPoolExecutor) -> Iterator[Task]:
        """What children are to look into. Files whose content is known are dealt with on the way."""
        for file, state in self._hashed(pool):
            with self._lock:
                task = self._sort(file, state)
            if task is not None:
                yield task
        for lacking in self._to_do.contents(self._lock):
            with self._lock:
                if lacking.hash in self._by_hash or self._batch.recent(lacking.hash):
                    continue  # a new file has it too
                state = Hashed(lacking.hash, lacking.size, lacking.mtime_ns)
                task = self._send(_Content(lacking.content, lacking.hash, [(lacking.file, state)]))
            yield task

    def _sort(self, file: File, state: Hashed) -> Task | None:
        """A file that was hashed: it fails, or its content is known, or is out already, or is to be sent out."""
        if state.hash is None:
            self._batch.fail(file, state, state.status, state.reason, None if state.status == BROKEN else "")
            self._done.failed += 1
            self._step(1)
            return None
        if (out := self._by_hash.get(state.hash)) is not None:
            out.files.append((file, state))
            return None
        if known := self._batch.recent(state.hash):
            self._link(file, state, *known)
            return None
        row = self._db.execute(
            "SELECT id, status, measured & ?2 = ?2 AND framed & ?3 = ?3 FROM contents WHERE hash = ?1",
            (state.hash, self._bits, self._framed),
        ).fetchone()
        if row is None:
            number, self._next_content = self._next_content, self._next_content + 1
            return self._send(_Content(number, state.hash, [(file, state)]))
        number, status, complete = row
        if complete if status == OK else not self._wish.rehash:
            self._link(file, state, number, status)
            return None
        return self._send(_Content(number, state.hash, [(file, state)]))

    def _link(self, file: File, state: Hashed, content: int, status: str) -> None:
        self._batch.link(file, content, status, state)
        self._done.linked += 1
        self._step(1)

    def _send(self, content: _Content) -> Task:
        file, state = content.files[0]
        self._out[self._sent] = self._by_hash[content.hash] = content
        self._sent += 1
        return Task(os.path.join(self._root, file.path), state.size, state.mtime_ns)

    def _hashed(self, pool: ThreadPoolExecutor) -> Iterator[tuple[File, Hashed]]:
        """Every file that is to be hashed, in order, with its hash; some are hashed ahead."""
        ahead: deque[tuple[list[File], Future[list[Hashed]]]] = deque()
        depth = 2 * n_threads()
        for files in self._to_do.files(self._lock):
            for first in range(0, len(files), _HASHED_AT_ONCE):
                some = files[first : first + _HASHED_AT_ONCE]
                ahead.append((some, pool.submit(self._hash, some)))
                if len(ahead) > depth:
                    yield from self._ready(*ahead.popleft())
        while ahead:
            yield from self._ready(*ahead.popleft())

    def _ready(self, files: list[File], hashes: Future[list[Hashed]]) -> Iterator[tuple[File, Hashed]]:
        found = hashes.result()
        if not self._stop.is_set():  # or they may be hashes of a part
            yield from zip(files, found, strict=True)

    def _hash(self, files: list[File]) -> list[Hashed]:
        return [hashed(os.path.join(self._root, file.path), self._stop) for file in files]
