"""Statistics of the columns of a table of frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit


def summaries(values: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of each column of values (n, k): mean, standard deviation, percentiles 10, 50 and 90 (interpolated
    linearly), mean and standard deviation of the first difference; float32 (k, 7). Nothing gives zeros.
    """  # fmt: skip
    found = np.zeros((values.shape[1], 7), np.float32)
    if len(values):
        _summarise(np.ascontiguousarray(values.T), found)
    return found


@njit(cache=True, nogil=True)
def _summarise(columns, found):  # type: ignore[no-untyped-def]
    n = columns.shape[1]
    for c in range(len(columns)):
        column = columns[c]
        found[c, 0], found[c, 1] = _moments(column, 0)
        found[c, 5], found[c, 6] = _moments(column, 1)
        ordered = np.sort(column)
        for i, share in enumerate((0.1, 0.5, 0.9)):
            at = share * (n - 1)
            low = int(at)
            high = min(low + 1, n - 1)
            found[c, 2 + i] = ordered[low] + (at - low) * (
                np.float64(ordered[high]) - np.float64(ordered[low])
            )


@njit(cache=True, nogil=True)
def _moments(column, lag):  # type: ignore[no-untyped-def]
    n = len(column) - lag
    if n < 1:
        return 0.0, 0.0
    total = 0.0
    for i in range(n):
        total += np.float64(column[i + lag]) - (np.float64(column[i]) if lag else 0.0)
    mean = total / n
    squares = 0.0
    for i in range(n):
        away = np.float64(column[i + lag]) - (np.float64(column[i]) if lag else 0.0) - mean
        squares += away * away
    return mean, np.sqrt(squares / n)
