"""Work split over ranges: each range is owned by one thread, so the result never depends on how many.

The kernels release the GIL and are called from plain threads. numba's own `parallel=True` is not
used: its threading layers must not be entered from two threads at once, nor survive a fork.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from typing import Any


def n_threads() -> int:
    """How many cores this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def over_ranges(work: Callable[[int, int], Any], n: int, size: int) -> None:
    """Call `work(first, last)` for consecutive ranges of at most `size` items until all n are done.

    Exceptions are raised here; ranges not yet begun are then dropped.
    """
    edges = [*range(0, n, size), n]
    if len(edges) <= 2 or n_threads() == 1:
        for first, last in pairwise(edges):
            work(first, last)
        return
    with ThreadPoolExecutor(n_threads()) as pool:
        futures = [pool.submit(work, first, last) for first, last in pairwise(edges)]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
