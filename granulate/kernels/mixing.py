"""Asynchronous overlap-add: grains of any onset, length, rate, gain and envelope, added up.

The output is made in tiles that stay in the first-level cache while the grains that sound in them
are added, in the order of the events; so neither threads nor the size of blocks move a bit. A part
of a grain in a tile is three passes, each of which vectorises: source samples are read (interpolated
where the rate is not 1), weighted by the envelope, and added to one line for each channel.

A grain's sample i has the envelope at i / length, as periodic windows have it: Hann grains of one
even length that begin half of it apart sum to one.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels import stereo
from granulate.kernels.distance import KERNEL
from granulate.kernels.interpolation import METHODS, read_grain, read_table
from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges
from granulate.types.arrays import read_only

Samples = NDArray[np.float32]
Longs = NDArray[np.int64]

TABLE_STEPS = 8192
"""An envelope is sampled at 0, 1/8192, ... 1."""
FASTEST = 64.0
"""The largest rate, forwards or backwards."""
LONGEST = 2**31
"""Frames of source that one grain may pass over, and output samples that it may last."""

_FARTHEST = 2**61  # sums of two such times do not overflow
_TILE = 2048
_RANGE = 4 * _TILE  # samples that a thread takes at a time
_CHUNK = 64  # events that are passed over at once where none of them sounds
_KEPT = 16384  # samples of an envelope that is kept for the grains after it


@dataclass(frozen=True, slots=True, eq=False)
class GrainEvents:
    """Grains in the order of their times, as columns (n_events,); `gains` is (n_events, n_channels).

    `time`: the output sample at which a grain begins (may be negative); `start`: the pool's frame
    that is read first; `length`: output samples; `rate`: 1 as recorded, 2 an octave up, negative
    plays the same stretch of source backwards (sample i reads start + (length - 1 - i) * |rate|);
    `gains`: for each output channel; `table`: which envelope; `low`, `high`: first frame and end of
    the grain's sound, outside of which it is silent.

    Raises ParameterError, naming the first event that is out of range or before its predecessor.
    """

    time: Longs
    start: Longs
    length: Longs
    rate: NDArray[np.float64]
    gains: Samples
    table: NDArray[np.int32]
    low: Longs
    high: Longs
    ends: Longs = field(init=False)
    """The latest end of every 64 events, and below it the latest so far (2, n_events / 64 rounded up)."""
    extent: Longs = field(init=False)
    """The least `low`, the largest `high` and the largest `table`."""

    def __post_init__(self) -> None:
        n = len(self.time)
        for name, dtype in _COLUMNS.items():
            column = np.ascontiguousarray(getattr(self, name), dtype)
            shape = (n, *column.shape[1:2]) if name == "gains" else (n,)
            if column.shape != shape or column.ndim != 1 + (name == "gains"):
                raise ParameterError(
                    f"grain events whose column {name!r} has shape {column.shape}; allowed:"
                    f" ({n}{', n_channels' if name == 'gains' else ','})"
                )
            object.__setattr__(self, name, read_only(column))
        ends = np.empty((2, -(-n // _CHUNK)), np.int64)
        extent = np.array([0, 0, 0])
        wrong = _summarise(
            self.time, self.start, self.length, self.rate, self.gains, self.table, self.low, self.high,
            ends, extent,
        )  # fmt: skip
        if wrong >= 0:
            raise ParameterError(_what_is_wrong(self, wrong))
        object.__setattr__(self, "ends", read_only(ends))
        object.__setattr__(self, "extent", read_only(extent))

    def __len__(self) -> int:
        return len(self.time)


_COLUMNS: dict[str, Any] = {
    "time": np.int64, "start": np.int64, "length": np.int64, "rate": np.float64,
    "gains": np.float32, "table": np.int32, "low": np.int64, "high": np.int64,
}  # fmt: skip


def mix(
    out: Samples,
    first: int,
    pool: Samples,
    events: GrainEvents,
    tables: Samples,
    interpolation: str,
    *,
    threads: bool = True,
) -> None:
    """Overwrite `out` (n, n_channels) with output samples first ... first + n of the mix.

    `pool` (n_frames, n_channels), or (n_frames, 1) that the gains spread over the channels, holds all
    sounds; `tables` (n_tables, 8193) the envelopes; `interpolation` is "none", "linear" or "cubic".
    All are C-contiguous float32. With `threads` False all is done in the caller's thread, with a
    scratch of a hundred KiB: for an audio callback.

    Raises ParameterError for shapes that do not fit and events that name what is not there.
    """
    method = _checked(out, pool, events, tables, interpolation)
    n_channels = out.shape[1]
    tile = max(64, min(_TILE, 2 * _TILE // n_channels))
    flat = read_only(pool).reshape(-1)
    columns = tuple(
        getattr(events, name).reshape(-1) for name in _COLUMNS
    )  # gains are flat: those of each grain

    def work(begin: int, end: int) -> None:
        lines, scratch = np.empty((n_channels, tile), np.float32), np.empty((2, tile), np.float32)
        _mix(
            out, first, flat, pool.shape[1], columns, events.ends, read_only(tables), method, begin, end,
            lines, scratch, np.empty(_KEPT, np.float32), np.empty(3, np.int64),
        )  # fmt: skip

    if threads:
        over_ranges(work, len(out), _RANGE)
    else:
        work(0, len(out))


def _checked(out: Samples, pool: Samples, events: GrainEvents, tables: Samples, interpolation: str) -> int:
    """The number of the interpolation, if all else fits. Raises ParameterError."""
    arrays = {"out": out, "pool": pool, "tables": tables}
    for name, array in arrays.items():
        if array.dtype != np.float32 or array.ndim != 2 or not array.flags.c_contiguous:
            raise ParameterError(
                f"{name} of shape {array.shape} and type {array.dtype}; allowed: C-contiguous float32 of two axes"
            )
    if tables.shape[1] != TABLE_STEPS + 1:
        raise ParameterError(f"envelopes of {tables.shape[1]} values; allowed: {TABLE_STEPS + 1}")
    n_channels = out.shape[1]
    if n_channels < 1 or events.gains.shape[1] != n_channels or pool.shape[1] not in (1, n_channels):
        raise ParameterError(
            f"a pool of {pool.shape[1]} channels and gains for {events.gains.shape[1]} into {n_channels};"
            f" allowed: 1 or {max(1, n_channels)}, and {max(1, n_channels)}"
        )
    low, high, table = events.extent.tolist()
    if low < 0 or high > len(pool):
        raise ParameterError(f"events of frames {low} to {high}; allowed: 0 to {len(pool)}")
    if table >= len(tables):
        raise ParameterError(f"an event with envelope {table}; allowed: 0 to {len(tables) - 1}")
    if interpolation not in METHODS:
        raise ParameterError(f"interpolation {interpolation!r}; allowed: {', '.join(METHODS)}")
    return METHODS[interpolation]


def _what_is_wrong(events: GrainEvents, at: int) -> str:
    """One line about event number `at`, which is not allowed."""
    values = {f.name: getattr(events, f.name)[at] for f in fields(events) if f.init}
    length, rate = values["length"], values["rate"]
    if at and values["time"] < events.time[at - 1]:
        return f"grain event {at} at {values['time']}; allowed: {events.time[at - 1]}, its predecessor's, or later"
    if not 0 < abs(rate) <= FASTEST:
        return f"grain event {at} with rate {rate}; allowed: above 0 to {FASTEST:g}, or the same below 0"
    if not 1 <= length <= LONGEST or length * abs(rate) > LONGEST:
        return f"grain event {at} of length {length} at rate {rate}; allowed: 1 to {LONGEST}, also times the rate"
    if not np.isfinite(values["gains"]).all():
        return f"grain event {at} with gains {values['gains'].tolist()}; allowed: finite numbers"
    if values["table"] < 0:
        return f"grain event {at} with envelope {values['table']}; allowed: at least 0"
    return (
        f"grain event {at} with time {values['time']}, start {values['start']}, low {values['low']} and high"
        f" {values['high']}; allowed: low <= high, and none beyond {_FARTHEST}"
    )


@njit(**KERNEL)
def _summarise(time, start, length, rate, gains, table, low, high, ends, extent):  # type: ignore[no-untyped-def]
    """Fill `ends` and `extent`. Returns the number of the first event that is not allowed, or -1."""
    latest = np.int64(-_FARTHEST)
    for i in range(len(time)):
        right = (i == 0 or time[i] >= time[i - 1]) and 0 < abs(rate[i]) <= FASTEST
        right &= 1 <= length[i] <= LONGEST and length[i] * abs(rate[i]) <= LONGEST
        right &= table[i] >= 0 and low[i] <= high[i]
        for value in (time[i], start[i], low[i], high[i]):
            right &= -_FARTHEST <= value <= _FARTHEST
        for c in range(gains.shape[1]):
            right &= np.isfinite(gains[i, c])
        if not right:
            return i
        chunk, end = i // _CHUNK, time[i] + length[i]
        ends[0, chunk] = end if i % _CHUNK == 0 else max(ends[0, chunk], end)
        latest = max(latest, end)
        ends[1, chunk] = latest
        extent[0] = min(low[i], extent[0]) if i else low[i]
        extent[1] = max(high[i], extent[1])
        extent[2] = max(table[i], extent[2])
    return -1


@njit(**KERNEL)
def _above(ascending, value):  # type: ignore[no-untyped-def]
    """How many of the ascending values are at most `value`: the index of the first above it."""
    begin, end = 0, len(ascending)
    while begin < end:
        middle = (begin + end) // 2
        if ascending[middle] > value:
            end = middle
        else:
            begin = middle + 1
    return begin


@njit(**KERNEL)
def _mix(out, first, pool, n_source, events, ends, tables, method, begin, end, lines, scratch, kept, asked):  # type: ignore[no-untyped-def]
    # Samples begin ... end of `out`, tile by tile.
    (time, start, length, rate, gains, table, low, high), tile = events, lines.shape[1]
    how = (tables, method, scratch, kept, asked)
    asked[:] = -1
    for position in range(begin, end, tile):
        n = min(tile, end - position)
        now = first + position
        lines[:] = 0
        stop = _above(time, now + n - 1)
        for chunk in range(_above(ends[1], now), (stop + _CHUNK - 1) // _CHUNK):
            if ends[0, chunk] > now:
                for e in range(chunk * _CHUNK, min(stop, (chunk + 1) * _CHUNK)):
                    grain = (time[e], start[e], length[e], rate[e], low[e], high[e], table[e])
                    add_grain(lines, now, n, (pool, n_source), grain, gains, e * len(lines), how)
        interleave(out[position : position + n], lines)


@njit(**KERNEL)
def add_grain(lines, now, n, sound, grain, gains, own, how):  # type: ignore[no-untyped-def]
    """Add to `lines` what of a grain sounds in the n samples from `now` on; its gains are at `own` of `gains`."""
    (pool, n_source), (time, start, length, rate, low, high, table) = sound, grain
    tables, method, scratch, kept, asked = how
    into = max(0, time - now)
    i = now + into - time
    m = min(n - into, length - i)
    if m <= 0:
        return
    if _keep(kept, tables, table, length, m, asked):
        weights = kept[i : i + m]
    else:
        weights = scratch[1, :m]
        _envelope(weights, tables[table], length, i)
    if lines.shape[0] == 2 and stereo.add_grain(
        lines[0, into : into + m], lines[1, into : into + m], weights, pool, n_source, start, length, rate,
        low, high, i, method, gains[own], gains[own + 1],
    ):  # fmt: skip
        return
    values = scratch[0, :m]
    for c in range(n_source):
        lo, hi = read_grain(values, weights, pool, n_source, c, start, length, rate, low, high, i, method)
        if lo < hi and n_source > 1:
            _add(lines[c, into + lo : into + hi], values[lo:hi], gains[own + c])
        elif lo < hi:
            for d in range(lines.shape[0]):
                _add(lines[d, into + lo : into + hi], values[lo:hi], gains[own + d])


@njit(inline="always", **KERNEL)
def _keep(kept, tables, table, length, m, asked):  # type: ignore[no-untyped-def]
    """Whether `kept` holds this envelope of a whole grain, of which m samples are wanted.

    Where grains of one envelope and length follow one another (`asked`: which, and for how many
    samples so far), it is computed whole as soon as that costs no more than the parts have.
    """
    if asked[0] != table or asked[1] != length:
        asked[0], asked[1], asked[2] = table, length, 0
    if asked[2] < length <= len(kept):
        asked[2] += m
        if asked[2] >= length:
            _envelope(kept[:length], tables[table], length, 0)
    return asked[2] >= length


@njit(**KERNEL)
def _envelope(weights, table, length, i):  # type: ignore[no-untyped-def]
    """The envelope of samples i, i + 1, ... of a grain: `table` at i / length."""
    # In 13.50 fixed point even the longest grain's last sample is right to a fraction of a float32.
    step = np.uint64(2**63) // np.uint64(length)
    read_table(weights, table, np.uint64(i) * step, step)


@njit(**KERNEL)
def _add(line, values, gain):  # type: ignore[no-untyped-def]
    for j in range(np.uint64(len(values))):
        line[j] += values[j] * gain


@njit(**KERNEL)
def interleave(out, lines):  # type: ignore[no-untyped-def]
    """Overwrite `out` (n, n_channels) with the first n of each line."""
    for c in range(out.shape[1]):
        for j in range(out.shape[0]):
            out[j, c] = lines[c, j]
