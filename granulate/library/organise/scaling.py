"""Columns of different units made comparable: each in deviations from its own mean."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]

BLOCK = 8192
FARTHEST = 3.0
_BELL = 2.563
"""How far apart the percentiles 10 and 90 of a normal distribution are, in deviations."""
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
class Robust:
    """Median and spread of each column, float64 (n_columns,), as `measures.scaled` takes them.

    That cuts off at three spreads, so that one column that is far off does not outvote the others.
    """

    middle: NDArray[np.float64]
    spread: NDArray[np.float64]

    @classmethod
    def of(cls, values: Floats) -> Robust:
        """Of values (n, n_columns), n at least 1."""
        low, middle, high = np.percentile(values, (10, 50, 90), axis=0)
        spread = (high - low) / _BELL
        spread = np.where(spread > 0, spread, values.std(axis=0, dtype=np.float64))
        return cls(middle, np.where(spread > 0, spread, np.inf))

    def apply(self, values: Floats) -> Floats:
        """The values (n, n_columns) in spreads from the median, from -3 to 3; 0 in constant columns."""
        return np.clip((values - self.middle) / self.spread, -FARTHEST, FARTHEST).astype(np.float32)


def standardised(values: Floats) -> Floats:
    """Values (n, n_columns) as z-scores: every column has mean 0 and deviation 1, or is 0 throughout."""
    return Standard.of(values).apply_all(values)


def blocks(values: Floats) -> Iterator[tuple[int, Floats]]:
    """Pieces of some thousand rows, each with the number of its first row."""
    for first in range(0, len(values), BLOCK):
        yield first, values[first : first + BLOCK]
