"""Grains into two channels in one pass: read, weighted, and added to both.

What `interpolation.read_grain` and an addition for each channel do in six passes over a scratch, for the
commonest grains, to the same bits: a sound of one channel or two, at its own speed or read by lines, all
of whose samples exist. Positions are as there.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.extending import intrinsic

from granulate.kernels.distance import KERNEL
from granulate.kernels.interpolation import LINEAR, WHOLE, fraction, line, pointer, scopes
from granulate.kernels.jit import njit

_HIGH = np.uint64(32)
_NOTHING = np.uint64(0)


def _reader(scope: str, *apart_from: str) -> Any:
    def read(_typing: Any, array: Any, index: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            value = builder.load(pointer(context, builder, signature.args[0], *arguments))
            value.set_metadata("alias.scope", scopes(builder.module, scope))
            value.set_metadata("noalias", scopes(builder.module, *apart_from))
            return value

        return array.dtype(array, index), generate

    return intrinsic(read)


def _writer(scope: str, *apart_from: str) -> Any:
    def write(_typing: Any, array: Any, index: Any, value: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            place = pointer(context, builder, signature.args[0], *arguments[:2])
            stored = builder.store(arguments[2], place)
            stored.set_metadata("alias.scope", scopes(builder.module, scope))
            stored.set_metadata("noalias", scopes(builder.module, *apart_from))
            return context.get_dummy_value()

        return types.void(array, index, array.dtype), generate

    return intrinsic(write)


# As in `interpolation`: the two lines are apart, and so are sounds and weights from both.
_left, _right = _reader("left", "right"), _reader("right", "left")
_put_left, _put_right = _writer("left", "right"), _writer("right", "left")
_fetch = _reader("sound", "left", "right")


@njit(inline="always", **KERNEL)
def _add(left, right, i, x, y, weight, g, h):  # type: ignore[no-untyped-def]
    # Weighted first: rounded as a value that is weighted, kept and added is.
    _put_left(left, i, _left(left, i) + (x * weight) * g)
    _put_right(right, i, _right(right, i) + (y * weight) * h)


@njit(**KERNEL)
def _recorded(left, right, source, n_source, weights, g, h):  # type: ignore[no-untyped-def]
    if n_source == 1:
        for i in range(np.uint64(len(left))):
            x = _fetch(source, i)
            _add(left, right, i, x, x, _fetch(weights, i), g, h)
    else:
        for i in range(np.uint64(len(left))):
            k = np.uint64(2) * i
            _add(
                left, right, i, _fetch(source, k), _fetch(source, k + np.uint64(1)), _fetch(weights, i), g, h
            )


@njit(**KERNEL)
def _by_lines(left, right, source, n_source, position, step, weights, g, h):  # type: ignore[no-untyped-def]
    if n_source == 1:
        after = source[1:]
        for i in range(np.uint64(len(left))):
            k, f = np.int32(position >> _HIGH), fraction(position >> np.uint64(8))
            x = line(f, _fetch(source, k), _fetch(after, k))
            _add(left, right, i, x, x, _fetch(weights, i), g, h)
            position += step
    else:
        s1, s2, s3 = source[1:], source[2:], source[3:]
        for i in range(np.uint64(len(left))):
            k = np.int32(np.int32(position >> _HIGH) * np.int32(2))
            f = fraction(position >> np.uint64(8))
            x, y = line(f, _fetch(source, k), _fetch(s2, k)), line(f, _fetch(s1, k), _fetch(s3, k))
            _add(left, right, i, x, y, _fetch(weights, i), g, h)
            position += step


@njit(inline="always", **KERNEL)
def add_grain(left, right, weights, pool, n_source, start, length, rate, low, high, i, method, g, h):  # type: ignore[no-untyped-def]
    """Add a grain's samples i, i + 1, ..., times `weights`, to both lines, with a gain for each; whether that was done.

    `pool` is flat, of 1 or 2 channels; the other arguments are as `read_grain` has them. Not done is what
    reads beyond the edges of its sound, or by another method.
    """
    m = len(weights)
    step = np.uint64(np.rint(abs(rate) * 2.0**32))
    if step == WHOLE and rate > 0:
        at = start + i
        lo, hi = max(0, low - at), min(m, high - at)
        if lo < hi:
            source = pool[(at + lo) * n_source : (at + hi) * n_source]
            _recorded(left[lo:hi], right[lo:hi], source, n_source, weights[lo:hi], g, h)
        return True
    if method != LINEAR:
        return False
    position = step * np.uint64(i if rate > 0 else length - 1 - i)
    across = step * np.uint64(m - 1)
    least = position if rate > 0 else position - across
    lowest, highest = np.int64(least >> _HIGH), np.int64((least + across) >> _HIGH)
    if start + lowest < low or start + highest + 2 > high:
        return False
    position -= np.uint64(lowest) << _HIGH
    if rate < 0:
        step = _NOTHING - step
    source = pool[(start + lowest) * n_source : (start + highest + 2) * n_source]
    _by_lines(left, right, source, n_source, position, step, weights, g, h)
    return True
