"""Columns of different units made comparable: in deviations from their own mean, or as ranks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK = 8192
_LEAST = 1e-6
"""A column that varies by less than this part of its size is constant: the rest is rounding."""


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Mean and deviation of each column, float64 (n_columns,); what is constant has a deviation of infinity."""

    mean: NDArray[np.float64]
    deviation: NDArray[np.float64]

    @classmethod
    def of(cls, values: Floats) -> Standard:
        """Of values (n, n_columns), which are read in blocks: they may be mapped."""
        n, n_columns = values.shape
        total, squares = np.zeros(n_columns), np.zeros(n_columns)
        # About the first row, so that large means do not drown small deviations.
        about = np.array(values[0], np.float64) if n else np.zeros(n_columns)
        for _, block in blocks(values):
            offset = block - about
            total += offset.sum(axis=0)
            squares += np.square(offset).sum(axis=0)
        mean = total / max(n, 1)
        deviation = np.sqrt(np.maximum(squares / max(n, 1) - mean**2, 0))
        constant = deviation <= _LEAST * np.maximum(np.abs(mean + about), 1e-30)
        return cls(mean + about, np.where(constant, np.inf, deviation))

    def apply(self, values: Floats) -> Floats:
        """The values (n, n_columns) in deviations from the mean; 0 in constant columns."""
        return ((values - self.mean) / self.deviation).astype(np.float32)

    def apply_all(self, values: Floats) -> Floats:
        """The same, block by block, for tables that are large."""
        out = np.empty(values.shape, np.float32)
        for first, block in blocks(values):
            out[first : first + len(block)] = self.apply(block)
        return out


@dataclass(frozen=True, slots=True, eq=False)
class Ranks:
    """Each column sorted, float32 (n, n_columns), n at least 1: where others rank among them, as `measures.scaled` says."""

    ordered: Floats

    @classmethod
    def of(cls, values: Floats) -> Ranks:
        """Among values (n, n_columns)."""
        return cls(np.sort(values, axis=0))

    def apply(self, values: Floats) -> Floats:
        """The share of the sounds (n, n_columns) that lie below, 0 to 1; those that are equal count half."""
        found = np.empty(values.shape, np.float32)
        for column, ordered in enumerate(np.ascontiguousarray(self.ordered.T)):
            mine = values[:, column]
            below, upto = np.searchsorted(ordered, mine, "left"), np.searchsorted(ordered, mine, "right")
            found[:, column] = (below + upto) / (2 * len(ordered))
        return found


def standardised(values: Floats) -> Floats:
    """Values (n, n_columns) as z-scores: every column has mean 0 and deviation 1, or is 0 throughout."""
    return Standard.of(values).apply_all(values)


def blocks(values: Floats) -> Iterator[tuple[int, Floats]]:
    """Pieces of some thousand rows, each with the number of its first row."""
    for first in range(0, len(values), BLOCK):
        yield first, values[first : first + BLOCK]
