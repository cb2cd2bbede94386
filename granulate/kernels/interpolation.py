"""Reading between samples: a sound at another speed, from the nearest, two or four samples.

Positions are 32.32 fixed point in 64 unsigned bits: a position is then the same number from wherever
the reading of a grain begins, and a negative step is one that wraps around. What is read is weighted
at once. The loops become vector instructions, gathers included, where the machine has them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from granulate.kernels.distance import KERNEL
from granulate.kernels.jit import njit

NEAREST, LINEAR, CUBIC = 0, 1, 2
METHODS = {"none": NEAREST, "linear": LINEAR, "cubic": CUBIC}
"""The nearest earlier sample; the line between two; the cubic of four."""
_BEFORE = (0, 0, 1)
"""Frames that each method reads before the one at or before a position."""
_AFTER = (0, 1, 2)
"""Frames that it reads after that one."""

WHOLE = np.uint64(2**32)
"""One frame."""
_HALF, _THREE_HALVES, _TWO, _FIVE_HALVES = (np.float32(x) for x in (0.5, 1.5, 2.0, 2.5))


def pointer(context: Any, builder: Any, array_type: Any, array: Any, index: Any) -> Any:
    """Where an array's element lies, in LLVM's words; the index is not tested."""
    return builder.gep(context.make_array(array_type)(context, builder, array).data, [index])


def scopes(module: Any, *names: str) -> Any:
    """Names for what is read and written, which LLVM may take to be apart."""
    domain = module.add_metadata(["granulate"])
    return module.add_metadata([module.add_metadata([f"granulate {name}", domain]) for name in names])


def _reader(*apart_from: str) -> Any:
    def read(_typing: Any, array: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            value = builder.load(pointer(context, builder, signature.args[0], *arguments))
            value.set_metadata("noalias", scopes(builder.module, *apart_from))
            return value

        return array.dtype(array, index), generate

    return intrinsic(read)


def _writer(scope: str) -> Any:
    def write(_typing: Any, array: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = pointer(context, builder, signature.args[0], *arguments[:2])
            builder.store(arguments[2], place).set_metadata("alias.scope", scopes(builder.module, scope))
            return context.get_dummy_value()

        return types.void(array, index, array.dtype), generate

    return intrinsic(write)


# Where a loop reads is not known before it runs, so no read may pass the write before it, and nothing
# becomes a vector: a third of the speed. These promise LLVM (by its noalias scopes) what is apart:
# sounds and tables are never written to, and weights are not values. Indices are not tested.
_fetch = _reader("values", "weights")
_fetch_weight = _reader("values")
_put = _writer("values")
_put_weight = _writer("weights")


@njit(inline="always", **KERNEL)
def fraction(bits):  # type: ignore[no-untyped-def]
    """The lowest 24 bits as float32 in [0, 1): exact, and as signed integers quick to convert."""
    return np.float32(np.int32(bits & np.uint64(0xFFFFFF))) * np.float32(2.0**-24)


@njit(inline="always", **KERNEL)
def line(f, x1, x2):  # type: ignore[no-untyped-def]
    """From x1 at f = 0 to x2 at 1."""
    return x1 + f * (x2 - x1)


@njit(inline="always", **KERNEL)
def _curve(f, x0, x1, x2, x3):  # type: ignore[no-untyped-def]
    """From x1 at f = 0 to x2 at 1, the slopes there being their neighbours' (Catmull & Rom 1974)."""
    slope = _HALF * (x2 - x0)
    square = (x0 - _FIVE_HALVES * x1) + (_TWO * x2 - _HALF * x3)
    cube = _HALF * (x3 - x0) + _THREE_HALVES * (x1 - x2)
    return ((cube * f + square) * f + slope) * f + x1


@njit(**KERNEL)
def read_table(weights, table, position, step):  # type: ignore[no-untyped-def]
    """Fill `weights` with `table` at position, position + step, ... (13.50 fixed point) by lines."""
    after = table[1:]
    for i in range(np.uint64(len(weights))):
        k = np.int32(position >> np.uint64(50))
        f = fraction(position >> np.uint64(26))
        _put_weight(weights, i, line(f, _fetch(table, k), _fetch(after, k)))
        position += step


@njit(**KERNEL)
def _read_recorded(values, source, stride, weights):  # type: ignore[no-untyped-def]
    """Fill `values` with every stride-th of `source`, weighted: a channel at its own speed."""
    if stride == 1:
        for i in range(np.uint64(len(values))):
            _put(values, i, _fetch(source, i) * _fetch_weight(weights, i))
    elif stride == 2:
        for i in range(np.uint64(len(values))):
            _put(values, i, _fetch(source, np.uint64(2) * i) * _fetch_weight(weights, i))
    else:
        for i in range(np.uint64(len(values))):
            _put(values, i, _fetch(source, stride * i) * _fetch_weight(weights, i))


@njit(**KERNEL)
def _read_inside(values, source, stride, position, step, method, weights):  # type: ignore[no-untyped-def]
    """Fill `values` with a channel of `source` at position, position + step, ..., weighted.

    `source` (flat, a frame every `stride`) begins _BEFORE[method] frames before position 0 and holds
    all that is read.
    """
    s1, s2, s3 = source[stride:], source[2 * stride :], source[3 * stride :]
    apart = np.int32(stride)
    if method == NEAREST:
        for i in range(np.uint64(len(values))):
            k = np.int32(np.int32(position >> np.uint64(32)) * apart)
            _put(values, i, _fetch(source, k) * _fetch_weight(weights, i))
            position += step
    elif method == LINEAR:
        for i in range(np.uint64(len(values))):
            k = np.int32(np.int32(position >> np.uint64(32)) * apart)
            f = fraction(position >> np.uint64(8))
            _put(values, i, line(f, _fetch(source, k), _fetch(s1, k)) * _fetch_weight(weights, i))
            position += step
    else:
        for i in range(np.uint64(len(values))):
            k = np.int32(np.int32(position >> np.uint64(32)) * apart)
            f = fraction(position >> np.uint64(8))
            x = _curve(f, _fetch(source, k), _fetch(s1, k), _fetch(s2, k), _fetch(s3, k))
            _put(values, i, x * _fetch_weight(weights, i))
            position += step


@njit(**KERNEL)
def _read_edge(values, source, stride, position, step, method, weights, lead):  # type: ignore[no-untyped-def]
    """The same where not all that is read exists: silence stands before and after `source`.

    `lead` is the frame that position 0 names, counted from the first of `source`; it may be negative.
    """
    n_frames = (len(source) + stride - 1) // stride
    for i in range(len(values)):
        k = lead + np.int64(position >> np.uint64(32))
        f = fraction(position >> np.uint64(8))
        x0 = source[(k - 1) * stride] if 0 <= k - 1 < n_frames else np.float32(0)
        x1 = source[k * stride] if 0 <= k < n_frames else np.float32(0)
        x2 = source[(k + 1) * stride] if 0 <= k + 1 < n_frames else np.float32(0)
        x3 = source[(k + 2) * stride] if 0 <= k + 2 < n_frames else np.float32(0)
        if method == NEAREST:
            x = x1
        elif method == LINEAR:
            x = line(f, x1, x2)
        else:
            x = _curve(f, x0, x1, x2, x3)
        values[i] = x * weights[i]
        position += step


@njit(**KERNEL)
def read_grain(values, weights, pool, n_channels, channel, start, length, rate, low, high, i, method):  # type: ignore[no-untyped-def]
    """Fill `values` with a grain's samples i, i + 1, ..., times `weights`; outside of what it returns, (lo, hi), all is silent.

    `pool` is flat, a frame every `n_channels`; the other arguments are as `GrainEvents` has them.
    """
    m = len(values)
    step = np.uint64(np.rint(abs(rate) * 2.0**32))
    if step == WHOLE and rate > 0:
        at = start + i
        lo, hi = max(0, low - at), min(m, high - at)
        if lo < hi:
            source = pool[(at + lo) * n_channels + channel : (at + hi) * n_channels]
            _read_recorded(values[lo:hi], source, np.uint64(n_channels), weights[lo:hi])
        return lo, hi
    position = step * np.uint64(i if rate > 0 else length - 1 - i)
    across = step * np.uint64(m - 1)
    least = position if rate > 0 else position - across
    lowest, highest = np.int64(least >> np.uint64(32)), np.int64((least + across) >> np.uint64(32))
    position -= np.uint64(lowest) << np.uint64(32)
    if rate < 0:
        step = np.uint64(0) - step
    reads, stops = start + lowest - _BEFORE[method], start + highest + _AFTER[method] + 1
    if stops <= low or reads >= high:
        return 0, 0
    if reads >= low and stops <= high:
        source = pool[reads * n_channels + channel : stops * n_channels]
        _read_inside(values, source, n_channels, position, step, method, weights)
    else:
        source = pool[low * n_channels + channel : high * n_channels]
        _read_edge(values, source, n_channels, position, step, method, weights, start + lowest - low)
    return 0, m
