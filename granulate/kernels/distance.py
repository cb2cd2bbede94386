"""Steps between grains: the one routine that every length in a tour comes from.

Neighbour search and local search must agree on each length to the last bit that matters: where one
routine says that a move gains and another that it loses, a local search cycles for ever. So all of
them call `step`, and a gain below `improve.LEAST_GAIN` of a typical step is none.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

KERNEL: dict[str, Any] = {"cache": True, "nogil": True, "error_model": "numpy"}
"""How every kernel is compiled."""

SUMS = {"reassoc", "contract", "nsz", "arcp"}
"""The fast-math flags that let a sum be vectorised; NaN and infinity keep their meaning."""

FAR = 2.0**60
"""The length of a forbidden step: longer than all allowed ones together (see `tour.LARGEST`)."""


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
