"""The nearest rows of a large table on disk, exactly, under any weights of its columns.

A graph of neighbours (HNSW) answers in a fraction of a millisecond, but under the weights that it was
built with; asked for another mixture of aspects it misses much of what is near (measured, in
`benchmarks/library_similar.py`). So every row is looked at, in short: each value as one of 256 steps, the
"vector approximation file" of Weber, Schek & Blott 1998. The codes give distances that are wrong by
no more than half a step in each column; rows which may be among the nearest are then measured
exactly. A million rows of a hundred columns take 100 MB and some 15 ms, and seconds to build.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.cache import Arrays
from granulate.kernels import codes
from granulate.kernels.codes import ROWS, encode
from granulate.library.organise.sampling import sample
from granulate.library.organise.scaling import Ranks

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_SAMPLE = 4096
"""Rows among which ranks are taken: finer than the codes."""
_GROUP = 64
_LOW, _STEP = 0.0, 1 / 255
"""What code 0 stands for, and the step between codes."""
_ROUNDING = 1e-4
"""Part of a distance that sums of float32 may be wrong by."""


class Table:
    """Rows that can be searched: scaled values float32 (n, n_columns) and their codes, mapped or not."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.values: Floats = arrays["values"]
        self._scale = Ranks(arrays["ordered"])

    @classmethod
    def of(cls, values: Floats) -> Table:
        """Of values (n, n_columns) in their own units, n at least 1, which are read in blocks."""
        n, n_columns = values.shape
        scale = Ranks.of(values[sample(n, _SAMPLE, 0)])
        scaled = np.empty((n, n_columns), np.float32)
        coded = np.empty((-(-n // ROWS), n_columns, ROWS), np.uint8)
        for block in range(len(coded)):
            rows = slice(block * ROWS, (block + 1) * ROWS)
            scaled[rows] = scale.apply(values[rows])
            coded[block] = encode(scaled[rows], _LOW, _STEP)
        return cls({"values": scaled, "codes": coded, "ordered": scale.ordered})

    def __len__(self) -> int:
        return len(self.values)

    def scaled(self, values: Floats) -> Floats:
        """Other values (n, n_columns), as the table's are."""
        return self._scale.apply(values)

    def nearest(self, query: Floats, weights: Floats, k: int) -> tuple[Longs, Floats]:
        """The k nearest rows to a scaled query (n_columns,), at most n, and their distances; nearest first.

        A distance is the sum of absolute differences, each times its column's weight (n_columns,), none
        of them negative. Nothing is missed; equal distances are in the order of the rows.
        """
        k = min(k, len(self))
        if k <= 0:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        # A query beyond the ranks' reach is brought to its edge, which brings it no further from any.
        within = (np.clip(query, 0, 1) - _LOW) / _STEP
        rough = codes.distances(self.arrays["codes"], within, weights * _STEP)
        rough[len(self) :] = np.inf
        candidates = np.arange(len(self))
        if len(self) > _GROUP * k:
            # The k-th of the groups' least: so many rows at least are as near, and seldom many more.
            least = rough.reshape(_GROUP, -1).min(axis=0)
            candidates = np.flatnonzero(rough <= np.partition(least, k - 1)[k - 1])
        # No row whose rough distance is larger than this can be nearer than the k-th of the candidates.
        furthest = np.partition(self.distances(candidates, query, weights), k - 1)[k - 1]
        bound = (float(furthest) + float(weights.sum() * _STEP / 2)) * (1 + _ROUNDING)
        candidates = np.flatnonzero(rough <= bound)
        distances = self.distances(candidates, query, weights)
        turn = np.lexsort((candidates, distances))[:k]
        return candidates[turn], distances[turn]

    def distances(self, rows: Longs, query: Floats, weights: Floats) -> Floats:
        """The distances (n_rows,) of some rows to a scaled query (n_columns,)."""
        used = np.flatnonzero(weights)
        out = np.empty(len(rows), np.float32)
        for first in range(0, len(rows), ROWS):
            apart = np.abs(self.values[rows[first : first + ROWS]][:, used] - query[used])
            out[first : first + ROWS] = apart.astype(np.float64) @ weights[used]
        return out
