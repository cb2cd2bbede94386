"""A ring of fixed-size records between one writer and one reader, who may be two processes.

Lamport's queue (Proving the Correctness of Multiprocess Programs, 1977): the writer alone moves the
head and the reader alone the tail, so nobody waits for anybody. Each side publishes with a release
and looks with an acquire, which is what other processors need beside x86. A record carries the number
under which it was written besides, so that memory that is not what it seems is never read as one.
"""

from __future__ import annotations

from granulate.kernels.distance import KERNEL
from granulate.kernels.jit import njit
from granulate.kernels.memory import acquire, release

HEAD, TAIL, HEADER = 0, 16, 32
"""Words of the header: how many were written and read; each in a line of the cache of its own."""


@njit(**KERNEL)
def push(header, slots, records):  # type: ignore[no-untyped-def]
    """Write records (n, n_words) while there is room; how many fitted.

    `header` has HEADER words; a slot (capacity, 1 + n_words) begins with its record's number.
    """
    capacity = len(slots)
    head = header[HEAD]
    n = min(len(records), capacity - (head - acquire(header, TAIL)))
    for i in range(n):
        slot = slots[(head + i) % capacity]
        for k in range(records.shape[1]):
            slot[1 + k] = records[i, k]
        release(slot, 0, head + i + 1)
    if n > 0:
        release(header, HEAD, head + n)
    return max(n, 0)


@njit(**KERNEL)
def pop(header, slots, out):  # type: ignore[no-untyped-def]
    """Read records into `out` (n, n_words) while there are any; how many there were."""
    capacity = len(slots)
    tail = header[TAIL]
    n = min(len(out), acquire(header, HEAD) - tail)
    for i in range(n):
        slot = slots[(tail + i) % capacity]
        if acquire(slot, 0) != tail + i + 1:
            n = i
            break
        for k in range(out.shape[1]):
            out[i, k] = slot[1 + k]
    if n > 0:
        release(header, TAIL, tail + n)
    return max(n, 0)
