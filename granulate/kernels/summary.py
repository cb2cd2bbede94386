"""Statistics of the columns of a table of frames."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit

N_FULL, N_BRIEF = 7, 2


def summaries(values: NDArray[np.float32], brief: int = 0) -> NDArray[np.float32]:
    """Of each column of values (n, k), but for the last `brief`: mean, standard deviation, percentiles 10, 50 and 90
    (interpolated linearly), mean and standard deviation of the first difference; of those mean and standard deviation
    alone. float32, one after another; nothing gives zeros.
    """
    full = values.shape[1] - brief
    found = np.zeros(N_FULL * full + N_BRIEF * brief, np.float32)
    if len(values):
        _summarise(values, full, found)
    return found


@njit(cache=True, nogil=True)
def _summarise(values, full, found):  # type: ignore[no-untyped-def]
    n, k = values.shape
    column = np.empty(n, np.float32)
    at = 0
    for c in range(k):
        for i in range(n):
            column[i] = values[i, c]
        found[at], found[at + 1] = _moments(column, 0)
        at += N_BRIEF
        if c >= full:
            continue
        found[at + 3], found[at + 4] = _moments(column, 1)
        column.sort()
        for q, share in enumerate((0.1, 0.5, 0.9)):
            place = share * (n - 1)
            low = int(place)
            high = min(low + 1, n - 1)
            found[at + q] = column[low] + (place - low) * (np.float64(column[high]) - np.float64(column[low]))
        at += N_FULL - N_BRIEF


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
