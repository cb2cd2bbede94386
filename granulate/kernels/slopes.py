"""Local slopes of what is told frame by frame."""

from __future__ import annotations

from functools import cache
from math import factorial

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

_WIDTH = 9


def slopes(values: NDArray[np.float32], order: int) -> NDArray[np.float32]:
    """The derivative of that order of a polynomial of that order fitted to nine frames around each of values (n, k), the
    first and the last repeating beyond the edges (Savitzky & Golay 1964).
    """  # fmt: skip
    found = np.empty(values.shape, np.float32)
    _slopes(values, _weights(order), found)
    return found


@cache
def _weights(order: int) -> NDArray[np.float64]:
    """Of each of the nine frames, the first first, in the slope (9,)."""
    # As scipy.signal's savgol_coeffs; to import that takes longer than a hundred sounds.
    places = np.arange(_WIDTH) - _WIDTH // 2
    fitted: NDArray[np.float64] = np.linalg.pinv(np.vander(places, order + 1, increasing=True))
    return np.ascontiguousarray(factorial(order) * fitted[order])


@njit(cache=True, nogil=True)
def _slopes(values, weight, found):  # type: ignore[no-untyped-def]
    n, k = values.shape
    total = np.empty(k)
    for i in range(n):
        total[:] = 0.0
        for w in range(len(weight)):
            row = values[min(max(i + w - len(weight) // 2, 0), n - 1)]
            for c in range(k):
                total[c] += weight[w] * row[c]
        for c in range(k):
            found[i, c] = total[c]
