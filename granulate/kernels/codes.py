"""Distances to many rows by codes of eight bits: a quarter of the memory, read in the order it lies in.

Rows lie in blocks of `ROWS`, column by column: codes uint8 (n_blocks, n_columns, ROWS). One column of a
block is worked on at once, so that every instruction takes several rows, and no sum is split: the result
is the same on every machine.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges

ROWS = 4096
"""Rows of a block."""

Codes = NDArray[np.uint8]
Floats = NDArray[np.float32]

_BLOCKS = 16  # of a thread's turn


def encode(values: Floats, low: float, step: float) -> Codes:
    """The codes (n_columns, ROWS) of a block of at most ROWS rows of values (n, n_columns).

    Code c stands for low + c * step; values beyond the codes' reach have the outermost.
    """
    codes = np.zeros((values.shape[1], ROWS), np.uint8)
    codes[:, : len(values)] = np.clip(np.rint((values - np.float32(low)) / np.float32(step)), 0, 255).T
    return codes


def distances(codes: Codes, query: Floats, weights: Floats) -> Floats:
    """The sums (n_blocks * ROWS,) of absolute differences of a query to all rows, each column times its weight.

    `query` (n_columns,) is in codes, not rounded; `weights` (n_columns,) are those of one code's difference.
    Columns of no weight are not read.
    """
    out = np.empty((len(codes), ROWS), np.float32)
    used = np.flatnonzero(weights)
    query, weights = np.ascontiguousarray(query, np.float32), np.ascontiguousarray(weights, np.float32)
    over_ranges(lambda first, last: _scan(codes, query, weights, used, first, last, out), len(codes), _BLOCKS)
    return out.reshape(-1)


@njit(cache=True, nogil=True)
def _scan(codes, query, weights, used, first, last, out):  # type: ignore[no-untyped-def]
    for block in range(first, last):
        sums = out[block]
        sums[:] = np.float32(0)
        for at in range(len(used)):
            j = used[at]
            column, wanted, weight = codes[block, j], query[j], weights[j]
            for i in range(len(sums)):
                sums[i] += weight * abs(np.float32(column[i]) - wanted)
