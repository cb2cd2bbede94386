"""Grains that sound or are going to: what an audio callback mixes, block after block.

Everything is allocated and touched beforehand. A grain is a record of whole lines of the cache. Those
that are not due lie in a heap by their time and order of arrival; those that sound are mixed in that
order with the offline mixer's own arithmetic, so that a block holds the bits that `mixing.mix` makes of
the same events. Sounds are told by their address, so that any number of pools, with one channel or
several, are mixed in one pass.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.distance import KERNEL
from granulate.kernels.interpolation import METHODS
from granulate.kernels.jit import njit
from granulate.kernels.memory import array_at, prefetch
from granulate.kernels.mixing import FASTEST, LONGEST, add_grain, interleave

Samples = NDArray[np.float32]
Longs = NDArray[np.int64]

LOUDEST = 1e6
"""The largest gain of a grain."""
FIELDS = ("id", "pool", "envelope", "time", "start", "length", "low", "high", "rate", "gains")
"""What the records of `take` hold."""

_FARTHEST = 2**60
_FETCHED = 1024  # bytes of a sound that are fetched beforehand
_KEPT = 16384  # samples of an envelope that is kept for the grains after it
_AHEAD = 8  # records
_LINE = 64  # bytes
_FREE, _PENDING, _ACTIVE, _LATE = range(4)
_TIME, _START, _LENGTH, _LOW, _HIGH, _RATE, _POOL, _TABLE, _ARRIVAL, _ID, _GAINS = range(11)
"""The words of a record: the rate is a float64, and the gains, two in a word, are float32."""


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
        words = _records(capacity, _GAINS + (n_channels + 1) // 2)
        heap, active = (np.full(capacity, 0, np.int32) for _ in range(2))
        self._counts, self._uses = np.array([capacity, 0, 0, 0]), np.zeros(n_pools, np.int64)
        self._pools = np.zeros((3, n_pools), np.int64)  # address, frames, channels
        self._grains = (
            words,
            (words.view(np.float64), words.view(np.float32).reshape(-1)),
            (np.arange(capacity, dtype=np.int32), heap, active),
            self._counts,
            self._pools,
            self._uses,
        )
        self._lines = np.empty((n_channels, longest), np.float32)
        self._scratch = np.empty((2, longest), np.float32)
        self._kept, self._asked = np.empty(_KEPT, np.float32), np.full(3, -1)
        self.began = (np.full(capacity, 0, np.int64), np.full(capacity, 0, np.int64))
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


def _records(capacity: int, n_words: int) -> Longs:
    """Zeros (capacity, at least n_words), touched, each row the whole of some lines of the cache."""
    width = -(-n_words * 8 // _LINE) * _LINE // 8
    memory = np.full(capacity * width + _LINE // 8, 0, np.int64)
    first = -memory.ctypes.data % _LINE // 8
    return memory[first : first + capacity * width].reshape(capacity, width)


@njit(**KERNEL)
def _approach(now, n, words, rates, slot, pools):  # type: ignore[no-untyped-def]
    """Have what a grain reads in this block fetched while another is mixed: it lies anywhere in a large sound."""
    grain = words[slot]
    i = max(np.int64(0), now - grain[_TIME])
    m = min(n, grain[_LENGTH] - i)
    rate = rates[slot, _RATE]
    first = grain[_START] + np.int64((i if rate > 0 else grain[_LENGTH] - i - m) * abs(rate))
    last = min(first + np.int64(m * abs(rate)) + 1, grain[_HIGH])
    first = max(first, grain[_LOW])
    width = 4 * pools[2, grain[_POOL]]
    address, end = pools[0, grain[_POOL]] + first * width, pools[0, grain[_POOL]] + last * width
    for line in range(address, min(end, address + _FETCHED), _LINE):
        prefetch(line)


@njit(**KERNEL)
def _before(words, a, b):  # type: ignore[no-untyped-def]
    x, y = words[a], words[b]
    return x[_TIME] < y[_TIME] or (x[_TIME] == y[_TIME] and x[_ARRIVAL] < y[_ARRIVAL])


@njit(**KERNEL)
def _rise(heap, at, words):  # type: ignore[no-untyped-def]
    slot = heap[at]
    while at > 0 and _before(words, slot, heap[(at - 1) // 2]):
        heap[at] = heap[(at - 1) // 2]
        at = (at - 1) // 2
    heap[at] = slot


@njit(**KERNEL)
def _sink(heap, n, at, words):  # type: ignore[no-untyped-def]
    slot = heap[at]
    while 2 * at + 1 < n:
        child = 2 * at + 1
        if child + 1 < n and _before(words, heap[child + 1], heap[child]):
            child += 1
        if not _before(words, heap[child], slot):
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
    words, (rates, gains), (free, heap, _), counts, pools, uses = grains
    ids, pool, envelope, time, start, length, low, high, rate, gain = fields
    refused = 0
    for i in range(len(ids)):
        if counts[_FREE] == 0 or not _allowed(fields, i, n_tables, pools):
            refused += 1
            continue
        counts[_FREE] -= 1
        slot = free[counts[_FREE]]
        grain = words[slot]
        grain[_TIME], grain[_START], grain[_LENGTH] = time[i], start[i], length[i]
        grain[_LOW], grain[_HIGH], grain[_POOL], grain[_TABLE] = low[i], high[i], pool[i], envelope[i]
        grain[_ARRIVAL], grain[_ID] = arrival + i, ids[i]
        rates[slot, _RATE] = rate[i]
        own = 2 * (slot * words.shape[1] + _GAINS)
        for c in range(gain.shape[1]):
            gains[own + c] = gain[i, c]
        uses[pool[i]] += 1
        heap[counts[_PENDING]] = slot
        _rise(heap, counts[_PENDING], words)
        counts[_PENDING] += 1
    return refused


@njit(**KERNEL)
def _begin(now, n, grains, ids, times):  # type: ignore[no-untyped-def]
    """Let the grains that are due sound; how many there are."""
    words, _, (_, heap, active), counts, _, _ = grains
    began = 0
    while counts[_PENDING] > 0 and words[heap[0], _TIME] < now + n:
        slot = heap[0]
        counts[_PENDING] -= 1
        heap[0] = heap[counts[_PENDING]]
        _sink(heap, counts[_PENDING], 0, words)
        counts[_LATE] += -1 != words[slot, _TIME] < now
        words[slot, _TIME] = max(words[slot, _TIME], now)
        active[counts[_ACTIVE]] = slot
        counts[_ACTIVE] += 1
        ids[began], times[began] = words[slot, _ID], words[slot, _TIME]
        began += 1
    return began


@njit(**KERNEL)
def _mix(out, now, grains, tables, method, scratch):  # type: ignore[no-untyped-def]
    words, (rates, gains), (free, _, active), counts, pools, uses = grains
    lines, values, kept, asked = scratch
    how = (tables, method, values, kept, asked)
    n, n_active, width = len(out), counts[_ACTIVE], words.shape[1]
    lines[:, :n] = 0
    sounding = 0
    for k in range(n_active):
        if k + _AHEAD < n_active:
            place = words.ctypes.data + 8 * width * active[k + _AHEAD]
            prefetch(place)
            prefetch(place + _LINE)
        if k + 2 < n_active:
            _approach(now, n, words, rates, active[k + 2], pools)
        slot = active[k]
        own = words[slot]
        time, length, high, pool = own[_TIME], own[_LENGTH], own[_HIGH], own[_POOL]
        sound = (array_at(pools[0, pool], high * pools[2, pool]), pools[2, pool])
        grain = (time, own[_START], length, rates[slot, _RATE], own[_LOW], high, own[_TABLE])
        add_grain(lines, now, n, sound, grain, gains, 2 * (slot * width + _GAINS), how)
        if time + length > now + n:
            active[sounding] = slot
            sounding += 1
        else:
            free[counts[_FREE]] = slot
            counts[_FREE] += 1
            uses[pool] -= 1
    counts[_ACTIVE] = sounding
    interleave(out, lines)


@njit(**KERNEL)
def _forget(before, grains):  # type: ignore[no-untyped-def]
    words, _, (free, heap, active), counts, _, uses = grains
    for where, slots in ((_PENDING, heap), (_ACTIVE, active)):
        left = 0
        for k in range(counts[where]):
            slot = slots[k]
            if words[slot, _ARRIVAL] < before:
                free[counts[_FREE]] = slot
                counts[_FREE] += 1
                uses[words[slot, _POOL]] -= 1
            else:
                slots[left] = slot
                left += 1
        counts[where] = left
    for k in range(counts[_PENDING] // 2 - 1, -1, -1):
        _sink(heap, counts[_PENDING], k, words)
