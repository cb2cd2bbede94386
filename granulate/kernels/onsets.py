"""Onsets: how much louder bands become from one frame to the next, and the peaks of that."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit


def onset_strength(decibels: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean rise in dB over bands (n, n_bands) from the frame before, falls counting nought; the first has 0.

    As librosa's onset_strength of the same bands, without its shift (Boeck & Widmer 2013 without their filter).
    """
    found = np.zeros(len(decibels), np.float32)
    np.mean(np.maximum(np.diff(decibels, axis=0), 0), axis=1, out=found[1:])
    return found


def peaks(
    values: NDArray[np.float32], around: int, mean_over: int, above: float, wait: int
) -> NDArray[np.int64]:
    """Where values (n,) are the largest within `around` before and after, exceed the mean of `mean_over` to both
    sides by `above`, and are more than `wait` after the last such place (Boeck, Krebs & Schedl 2012).
    """  # fmt: skip
    found: NDArray[np.int64] = _peaks(values, around, mean_over, above, wait)
    return found


@njit(cache=True, nogil=True)
def _peaks(values, around, mean_over, above, wait):  # type: ignore[no-untyped-def]
    found = np.empty(len(values), np.int64)
    n = 0
    for i in range(len(values)):
        if n and i - found[n - 1] <= wait:
            continue
        here = values[i]
        if here < values[max(0, i - around) : i + around + 1].max():
            continue
        if here >= values[max(0, i - mean_over) : i + mean_over + 1].mean() + above:
            found[n] = i
            n += 1
    return found[:n]
