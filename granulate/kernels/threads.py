"""Work split over ranges: each range is owned by one thread, so the result never depends on how many.

The kernels release the GIL and are called from plain threads. numba's own `parallel=True` is not
used: its threading layers must not be entered from two threads at once, nor survive a fork.
"""

from __future__ import annotations

import os
import queue
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from concurrent.futures import ThreadPoolExecutor, wait
from functools import cache
from itertools import pairwise
from typing import Any, TypeVar

Item = TypeVar("Item")

_most: int | None = None


def limit(n: int | None) -> None:
    """Let this process use so many threads at most, because others work beside it; None for no limit."""
    global _most  # noqa: PLW0603 - of the process, like what the system allows it
    _most = n


def n_threads() -> int:
    """How many cores this process may use."""
    return min(_cores(), _most or sys.maxsize)


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def over_ranges(work: Callable[[int, int], Any], n: int, size: int) -> None:
    """Call `work(first, last)` for consecutive ranges of at most `size` items until all n are done.

    Exceptions are raised here; ranges not yet begun are then dropped. `work` must not call this again:
    it would wait for its own threads.
    """
    edges = [*range(0, n, size), n]
    if len(edges) <= 2 or n_threads() == 1:
        for first, last in pairwise(edges):
            work(first, last)
        return
    pool = _pool(os.getpid(), n_threads())
    futures = [pool.submit(work, first, last) for first, last in pairwise(edges)]
    try:
        for future in futures:
            future.result()
    except BaseException:
        for future in futures:
            future.cancel()
        wait(futures)  # none may still write into what the caller gives up
        raise


@cache
def _pool(process: int, n: int) -> ThreadPoolExecutor:
    # By process, because a forked one has no threads yet.
    return ThreadPoolExecutor(n, thread_name_prefix="granulate")


def ahead(items: Iterable[Item], depth: int = 2) -> Generator[Item]:
    """The same items, made in a thread of their own while earlier ones are used; exceptions pass through.

    In a process of one thread they are simply handed on.
    """
    if n_threads() == 1:
        yield from items
        return
    made: queue.Queue[tuple[bool, Any]] = queue.Queue(depth)
    over = threading.Event()

    def put(entry: tuple[bool, Any]) -> None:
        while not over.is_set():
            try:
                made.put(entry, timeout=0.1)
                return
            except queue.Full:
                continue

    def work() -> None:
        try:
            for item in items:
                put((True, item))
                if over.is_set():
                    return
            put((False, None))
        except BaseException as error:  # noqa: BLE001 - it is raised where the items are used
            put((False, error))

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    try:
        while True:
            more, item = made.get()
            if not more:
                if item is not None:
                    raise item
                return
            yield item
    finally:
        over.set()
        worker.join()
