"""Grains that sound or are going to: what an audio callback mixes, block after block.

Everything is allocated beforehand. Events that are not due lie in a heap by their time and order of
arrival; those that sound are mixed in that order with the offline mixer's own arithmetic, so that a
block holds the bits that `mixing.mix` makes of the same events. Sounds are told by their address, so
that any number of pools, with one channel or several, are mixed in one pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.distance import KERNEL
from granulate.kernels.interpolation import METHODS
from granulate.kernels.memory import array_at, prefetch
from granulate.kernels.mixing import FASTEST, LONGEST, _grain, _interleave

Samples = NDArray[np.float32]
Longs = NDArray[np.int64]

LOUDEST = 1e6
"""The largest gain of a grain."""
FIELDS = ("id", "pool", "envelope", "time", "start", "length", "low", "high", "rate", "gains")
"""What the records of `take` hold."""

_FARTHEST = 2**60
_FETCHED = 2048  # bytes of a sound that are fetched beforehand
_KEPT = 16384  # samples of an envelope that is kept for the grains after it
_FREE, _PENDING, _ACTIVE, _LATE = range(4)


class Playing:
    """Up to `capacity` grains of `n_pools` sounds, into blocks of at most `longest` frames.

    Raises ParameterError for an interpolation that is not known.
    """

    def __init__(
        self, capacity: int, n_channels: int, longest: int, n_pools: int, interpolation: str = "linear"
    ) -> None:
        if interpolation not in METHODS:
            raise ParameterError(f"interpolation {interpolation!r}; allowed: {', '.join(METHODS)}")
        self._method = METHODS[interpolation]
        time, start, length, low, high, ids, arrivals = (np.zeros(capacity, np.int64) for _ in range(7))
        rate, gains = np.zeros(capacity), np.zeros((capacity, n_channels), np.float32)
        tables, pools, heap, active = (np.zeros(capacity, np.int32) for _ in range(4))
        self._counts, self._uses = np.array([capacity, 0, 0, 0]), np.zeros(n_pools, np.int64)
        self._pools = np.zeros((3, n_pools), np.int64)  # address, frames, channels
        self._grains = (
            (time, start, length, rate, gains, tables, low, high),
            (ids, pools, arrivals),
            (np.arange(capacity, dtype=np.int32), heap, active),
            self._counts,
            self._pools,
            self._uses,
        )
        self._lines = np.empty((n_channels, longest), np.float32)
        self._scratch = np.empty((2, longest), np.float32)
        self._kept, self._asked = np.empty(_KEPT, np.float32), np.full(3, -1)
        self.began = (np.zeros(capacity, np.int64), np.zeros(capacity, np.int64))
        """The ids of the grains that the newest block began with, and the samples at which they did."""

    @property
    def n_free(self) -> int:
        """How many more grains there is room for."""
        return int(self._counts[_FREE])

    @property
    def n_pending(self) -> int:
        return int(self._counts[_PENDING])

    @property
    def n_active(self) -> int:
        return int(self._counts[_ACTIVE])

    @property
    def n_late(self) -> int:
        """How many grains began later than they should have; those at once, time -1, are not counted."""
        return int(self._counts[_LATE])

    def uses(self, pool: int) -> int:
        """How many grains of a pool are here."""
        return int(self._uses[pool])

    def set_pool(self, number: int, frames: Samples | None) -> None:
        """Let a number stand for a sound (n_frames, 1 or n_channels), C-contiguous; or refuse its grains from now on.

        The caller keeps the memory for as long as there are `uses`.
        """
        if frames is None:
            self._pools[1, number] = 0
            return
        if (
            frames.dtype != np.float32
            or frames.ndim != 2
            or not frames.flags.c_contiguous
            or (frames.shape[1] not in (1, len(self._lines)))
        ):
            raise ParameterError(
                f"a pool of shape {frames.shape} and type {frames.dtype}; allowed: C-contiguous float32 of 1 or"
                f" {len(self._lines)} channels"
            )
        self._pools[0, number], self._pools[2, number] = frames.ctypes.data, frames.shape[1]
        self._pools[1, number] = len(frames)  # last: until then its grains are refused

    def take(self, records: NDArray[Any], arrival: int, n_tables: int) -> int:
        """Keep the grains of structured records with FIELDS, numbered from `arrival` on; how many were refused.

        Refused is what names a pool or envelope that is not there, or is out of the mixer's range.
        There must be room (`n_free`).
        """
        fields = tuple(records[name] for name in FIELDS)
        return int(_take(fields, arrival, n_tables, self._grains))

    def mix(self, out: Samples, now: int, tables: Samples, *, held: bool = False) -> int:
        """Overwrite `out` (n, n_channels) with samples now ... now + n; how many grains began.

        A grain that is late begins at `now`. While `held`, none begins. `tables` (n_tables, 8193) are
        read-only.
        """
        n_began = 0 if held else int(_begin(now, len(out), self._grains, *self.began))
        scratch = (self._lines, self._scratch, self._kept, self._asked)
        _mix(out, now, self._grains, tables, self._method, scratch)
        return n_began

    def forget(self, before: int) -> None:
        """Drop all grains, sounding or not, that arrived before number `before`."""
        _forget(before, self._grains)


@njit(**KERNEL)
def _approach(now, n, columns, pool, slot, pools):  # type: ignore[no-untyped-def]
    """Have what a grain reads in this block fetched while another is mixed: it lies anywhere in a large sound."""
    time, start, length, rate, _, _, low, high = columns
    i = max(np.int64(0), now - time[slot])
    m = min(n, length[slot] - i)
    speed = abs(rate[slot])
    first = start[slot] + np.int64((i if rate[slot] > 0 else length[slot] - i - m) * speed)
    last = min(first + np.int64(m * speed) + 1, high[slot])
    first = max(first, low[slot])
    width = 4 * pools[2, pool]
    address, end = pools[0, pool] + first * width, pools[0, pool] + last * width
    for line in range(address, min(end, address + _FETCHED), 64):
        prefetch(line)


@njit(**KERNEL)
def _before(columns, tags, a, b):  # type: ignore[no-untyped-def]
    time, arrival = columns[0], tags[2]
    return time[a] < time[b] or (time[a] == time[b] and arrival[a] < arrival[b])


@njit(**KERNEL)
def _rise(heap, at, columns, tags):  # type: ignore[no-untyped-def]
    slot = heap[at]
    while at > 0 and _before(columns, tags, slot, heap[(at - 1) // 2]):
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = slot


@njit(**KERNEL)
def _sink(heap, n, at, columns, tags):  # type: ignore[no-untyped-def]
    slot = heap[at]
    while 2 * at + 1 < n:
        child = 2 * at + 1
        if child + 1 < n and _before(columns, tags, heap[child + 1], heap[child]):
            child += 1
        if not _before(columns, tags, heap[child], slot):
            break
        heap[at] = heap[child]
        at = child
    heap[at] = slot


@njit(**KERNEL)
def _allowed(fields, i, n_tables, pools):  # type: ignore[no-untyped-def]
    _, pool, envelope, time, start, length, low, high, rate, gains = fields
    if not (0 <= pool[i] < pools.shape[1] and 0 <= envelope[i] < n_tables):
        return False
    if not (
        0 < abs(rate[i]) <= FASTEST and 1 <= length[i] <= LONGEST and length[i] * abs(rate[i]) <= LONGEST
    ):
        return False
    for c in range(gains.shape[1]):
        if not abs(gains[i, c]) <= LOUDEST:
            return False
    return (
        0 <= low[i] <= high[i] <= pools[1, pool[i]]
        and -_FARTHEST <= time[i] <= _FARTHEST
        and -_FARTHEST <= start[i] <= _FARTHEST
    )


@njit(**KERNEL)
def _take(fields, arrival, n_tables, grains):  # type: ignore[no-untyped-def]
    columns, tags, (free, heap, _), counts, pools, uses = grains
    ids, pool, envelope, time, start, length, low, high, rate, gains = fields
    refused = 0
    for i in range(len(ids)):
        if counts[_FREE] == 0 or not _allowed(fields, i, n_tables, pools):
            refused += 1
            continue
        counts[_FREE] -= 1
        slot = free[counts[_FREE]]
        columns[0][slot], columns[1][slot], columns[2][slot] = time[i], start[i], length[i]
        columns[3][slot], columns[5][slot] = rate[i], envelope[i]
        columns[6][slot], columns[7][slot] = low[i], high[i]
        for c in range(gains.shape[1]):
            columns[4][slot, c] = gains[i, c]
        tags[0][slot], tags[1][slot], tags[2][slot] = ids[i], pool[i], arrival + i
        uses[pool[i]] += 1
        heap[counts[_PENDING]] = slot
        _rise(heap, counts[_PENDING], columns, tags)
        counts[_PENDING] += 1
    return refused


@njit(**KERNEL)
def _begin(now, n, grains, ids, times):  # type: ignore[no-untyped-def]
    """Let the grains that are due sound; how many there are."""
    columns, tags, (_, heap, active), counts, _, _ = grains
    time = columns[0]
    began = 0
    while counts[_PENDING] > 0 and time[heap[0]] < now + n:
        slot = heap[0]
        counts[_PENDING] -= 1
        heap[0] = heap[counts[_PENDING]]
        _sink(heap, counts[_PENDING], 0, columns, tags)
        counts[_LATE] += -1 != time[slot] < now
        time[slot] = max(time[slot], now)
        active[counts[_ACTIVE]] = slot
        counts[_ACTIVE] += 1
        ids[began], times[began] = tags[0][slot], time[slot]
        began += 1
    return began


@njit(**KERNEL)
def _mix(out, now, grains, tables, method, scratch):  # type: ignore[no-untyped-def]
    columns, tags, (free, _, active), counts, pools, uses = grains
    lines, values, kept, asked = scratch
    n, time, length, high = len(out), columns[0], columns[2], columns[7]
    lines[:, :n] = 0
    sounding = 0
    for k in range(counts[_ACTIVE]):
        if k + 1 < counts[_ACTIVE]:
            _approach(now, n, columns, tags[1][active[k + 1]], active[k + 1], pools)
        slot = active[k]
        pool = tags[1][slot]
        n_source = pools[2, pool]
        frames = array_at(pools[0, pool], high[slot] * n_source)
        _grain(lines, now, n, frames, n_source, columns, slot, tables, method, values, kept, asked)
        if time[slot] + length[slot] > now + n:
            active[sounding] = slot
            sounding += 1
        else:
            free[counts[_FREE]] = slot
            counts[_FREE] += 1
            uses[pool] -= 1
    counts[_ACTIVE] = sounding
    _interleave(out, lines)


@njit(**KERNEL)
def _forget(before, grains):  # type: ignore[no-untyped-def]
    columns, tags, (free, heap, active), counts, _, uses = grains
    for where, slots in ((_PENDING, heap), (_ACTIVE, active)):
        left = 0
        for k in range(counts[where]):
            slot = slots[k]
            if tags[2][slot] < before:
                free[counts[_FREE]] = slot
                counts[_FREE] += 1
                uses[tags[1][slot]] -= 1
            else:
                slots[left] = slot
                left += 1
        counts[where] = left
    for k in range(counts[_PENDING] // 2 - 1, -1, -1):
        _sink(heap, counts[_PENDING], k, columns, tags)
