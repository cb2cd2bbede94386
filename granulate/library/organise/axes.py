"""The space in which sounds are grouped and laid out: z-scores, each times what it counts, on a few principal axes.

Hundreds of columns that say nearly the same drown what few columns say, and in many dimensions all
sounds are about as far from one another; both go when columns count by aspects and noise is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.library.organise.sampling import sample
from granulate.library.organise.scaling import Standard, blocks

Floats = NDArray[np.float32]

_SAMPLE = 20_000
"""Sounds by which the axes are found."""


@dataclass(frozen=True, slots=True, eq=False)
class Axes:
    """How to get there from summaries: `gains` (n_columns,), and `components` (n_columns, n_axes), None for all."""

    standard: Standard
    gains: Floats
    components: Floats | None

    @classmethod
    def of(
        cls, values: Floats, weights: Floats | None = None, most: int | None = None, seed: int = 0
    ) -> Axes:
        """For values (n, n_columns), which are read in blocks.

        Squared differences count by the weights (n_columns,), none negative; None: all alike. `most`: the number
        of axes, those along which a sample of the sounds varies most (PCA); None keeps every column.
        """
        standard = Standard.of(values)
        n_columns = values.shape[1]
        gains = np.ones(n_columns, np.float32)
        if weights is not None:  # columns that count alike have a gain of 1, whatever does not count
            gains = np.sqrt(weights * (np.count_nonzero(weights) / weights.sum())).astype(np.float32)
        if most is None or n_columns <= most:
            return cls(standard, gains, None)
        from sklearn.decomposition import PCA
        from threadpoolctl import threadpool_limits

        some = standard.apply(values[sample(len(values), _SAMPLE, seed)]) * gains
        # One thread: in which order sums are made must not depend on the machine.
        with threadpool_limits(1, "blas"):
            model = PCA(min(most, len(some)), svd_solver="covariance_eigh").fit(some.astype(np.float64))
        return cls(standard, gains, np.ascontiguousarray(model.components_.T, np.float32))

    def apply(self, values: Floats) -> Floats:
        """Where sounds lie (n, n_axes), by their summaries (n, n_columns)."""
        from threadpoolctl import threadpool_limits

        found = self.standard.apply(values) * self.gains
        if self.components is None:
            return found
        with threadpool_limits(1, "blas"):
            return np.asarray(found @ self.components)

    def apply_all(self, values: Floats) -> Floats:
        """The same, block by block, for tables that are large."""
        n_axes = values.shape[1] if self.components is None else self.components.shape[1]
        out = np.empty((len(values), n_axes), np.float32)
        for first, block in blocks(values):
            out[first : first + len(block)] = self.apply(block)
        return out
