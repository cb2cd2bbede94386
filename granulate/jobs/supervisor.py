"""Whoever feeds a child, watches it, and replaces it: in a worker of loky or Dask, or in the calling process.

It imports nothing heavy and unpickles no item: values pass through it as bytes.
"""

from __future__ import annotations

import os
import sys
import threading
import time
import weakref

from granulate.jobs.child import BUDGET_S
from granulate.jobs.process import Child
from granulate.jobs.work import Result, Work

_LOOK_S = 0.25
_IDLE_S = 10.0
"""A child that has had nothing to do for so long is let go."""


def run(work: Work, number: int, items: bytes, count: int, first: int) -> tuple[int, list[Result]]:
    """The results of pickled items from item `first` to before `count`, with the number of the chunk that they are.

    They may be fewer when they take long; each call does one item at least. Raises JobError where no child can be
    made ready for the work.
    """
    _keep_watch(work.owner)
    return number, _own().results(work, items, count, first)


def close() -> None:
    """End the calling thread's child, whatever it does."""
    if hasattr(_local, "supervisor"):
        _local.supervisor.close()


class Supervisor:
    """One thread's child."""

    def __init__(self) -> None:
        self._child: Child | None = None
        self._lock = threading.Lock()
        self._used = time.monotonic()
        _all.add(self)

    def results(self, work: Work, items: bytes, count: int, first: int) -> list[Result]:
        """See `run`."""
        found: list[Result] = []
        until = time.monotonic() + BUDGET_S
        with self._lock:
            try:
                while True:
                    self._more(work, items, first, count, found)
                    if first + len(found) >= count or (found and time.monotonic() >= until):
                        return found
            except BaseException:
                self._drop()
                raise
            finally:
                self._used = time.monotonic()

    def _more(self, work: Work, items: bytes, first: int, count: int, found: list[Result]) -> None:
        """Let a child do what is left, until it is through, hands back or dies."""
        child = self._ready(work)
        if not child.begin(items, first + len(found), count):
            self._drop()  # it died while it was idle, which is no item's fault
            return
        with child.watched(work.deadline) as watch:
            while True:
                result = child.result()
                if result is None:
                    return
                if isinstance(result, str):
                    self._drop()
                    if watch.kept():
                        found.append(Result(None, watch.verdict(result), watch.seconds()))
                    return
                found.append(result)
                watch.next()

    def _ready(self, work: Work) -> Child:
        if self._child is not None and (self._child.work != work or not self._child.alive()):
            self._drop()
        if self._child is None:
            self._child = Child(work)
            self._child.start()
        return self._child

    def _drop(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None

    def close(self) -> None:
        """End the child."""
        with self._lock:
            self._drop()

    def rest(self) -> None:
        """End the child if it has long had nothing to do."""
        if time.monotonic() - self._used > _IDLE_S and self._lock.acquire(blocking=False):
            try:
                self._drop()
            finally:
                self._lock.release()

    def abandon(self) -> None:
        """End the child amid its work, from another thread."""
        if self._child is not None:
            self._child.kill()


_local = threading.local()
_all: weakref.WeakSet[Supervisor] = weakref.WeakSet()
_watcher = threading.Lock()


def _own() -> Supervisor:
    """The calling thread's, for Dask's workers have several."""
    if not hasattr(_local, "supervisor"):
        _local.supervisor = Supervisor()
    supervisor: Supervisor = _local.supervisor
    return supervisor


def _keep_watch(owner: int) -> None:
    """Let idle children go, and end this process when its owner is gone: a thread does, once for all."""
    if _watcher.acquire(blocking=False):
        threading.Thread(target=_look, args=(owner,), daemon=True).start()


def _look(owner: int) -> None:
    orphan = sys.platform != "win32" and bool(owner) and owner != os.getpid()
    while True:
        if orphan and os.getppid() != owner:
            for supervisor in list(_all):
                supervisor.abandon()
            os._exit(1)
        for supervisor in list(_all):
            supervisor.rest()
        time.sleep(_LOOK_S)
