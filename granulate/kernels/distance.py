"""Steps between grains: the one routine that every length in a tour comes from.

Neighbour search and local search must agree on each length to the last bit that matters: where one
routine says that a move gains and another that it loses, a local search cycles for ever. So all of
them call `step`, and a gain below `improve.LEAST_GAIN` of a typical step is none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba.core.cpu import CPUTargetOptions
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges
from granulate.types.arrays import read_only

KERNEL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""How every kernel is compiled."""

if hasattr(CPUTargetOptions, "_nrt"):
    # Without numba's reference counts, of which these kernels, allocating nothing, need none: an
    # array taken out of a tuple costs two atomic operations otherwise. 2.7 times as fast.
    KERNEL["_nrt"] = False

SUMS = {"reassoc", "contract", "nsz", "arcp"}
"""The fast-math flags that let a sum be vectorised; NaN and infinity keep their meaning."""

FAR = 2.0**40
"""The length of a forbidden step: beyond any allowed one (`tour.LARGEST` sees to that), and yet
such that in float64 a sum of both keeps the smaller one to 0.0002."""

HELD = -FAR * 1024
"""The length of an edge that must stay: no move can gain by removing it, whatever else it removes."""


@njit(fastmath=SUMS, **KERNEL)
def squared(values: NDArray[np.float32], i: int, j: int) -> np.float32:
    """Squared Euclidean distance between rows i and j of `values` (n, d)."""
    total = np.float32(0.0)
    for k in range(values.shape[1]):
        difference = values[i, k] - values[j, k]
        total += difference * difference
    return total


@njit(fastmath=SUMS, **KERNEL)
def step(values: NDArray[np.float32], line: NDArray[np.int64], apart: int, i: int, j: int) -> float:
    """The length of the step between grains i and j, FAR where `line` has them closer than `apart`.

    Index n, one past the last grain, is the seam at which an open path is cut out of the cycle: it
    is at no distance from any grain.
    """
    n = values.shape[0]
    if i >= n or j >= n:
        return 0.0
    if abs(line[i] - line[j]) < apart:
        return FAR
    return math.sqrt(squared(values, i, j))


def lengths_between(
    values: NDArray[np.float32],
    line: NDArray[np.int64],
    apart: int,
    first: NDArray[np.int32],
    second: NDArray[np.int32],
) -> NDArray[np.float32]:
    """The lengths (m,) of the steps first[i] -> second[i]; 0 where second[i] is negative."""
    values, lengths = read_only(values), np.empty(len(first), np.float32)

    def work(begin: int, end: int) -> None:
        _between(values, line, apart, first[begin:end], second[begin:end], lengths[begin:end])

    over_ranges(work, len(first), 1 << 17)
    return lengths


@njit(**KERNEL)
def _between(
    values: NDArray[np.float32],
    line: NDArray[np.int64],
    apart: int,
    first: NDArray[np.int32],
    second: NDArray[np.int32],
    lengths: NDArray[np.float32],
) -> None:
    for i in range(len(first)):
        lengths[i] = step(values, line, apart, first[i], second[i]) if second[i] >= 0 else 0.0
