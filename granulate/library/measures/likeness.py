"""Likeness: a distance that is learned from sounds whose kinds are known.

Aspects weigh columns by hand. Where some sounds of a library are labelled, linear discriminant analysis finds
the directions in which kinds differ and their sounds do not, and distances along these tell kinds apart better.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.library.measures.aspects import scaled

_SHRINKAGE = 0.8
"""How far the covariance within kinds is drawn to a diagonal one: there are more columns than sounds."""


@dataclass(frozen=True, slots=True, eq=False)
class Likeness:
    """What was learned: `reference` (m, n_columns), whose spreads columns are scaled by, and `directions`
    (n_columns, n_axes).
    """  # fmt: skip

    reference: NDArray[np.float32]
    directions: NDArray[np.float32]

    def points(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Where sounds' columns (n, n_columns) lie (n, n_axes): the nearer, Euclidean, the likelier of a kind."""
        return np.einsum("ij,jk->ik", scaled(values, self.reference), self.directions)


def for_kinds(values: NDArray[np.float32], kinds: Sequence[str]) -> Likeness:
    """Learn from the columns (n, n_columns) of sounds and the kind of each.

    Fisher's discriminants with a shrunken covariance (Friedman 1989), by scikit-learn. Raises ParameterError unless
    there are two kinds and more sounds than kinds.
    """
    if len(kinds) != len(values) or not 2 <= len(set(kinds)) < len(kinds):
        raise ParameterError(
            f"{len(set(kinds))} kinds of {len(kinds)} sounds, {len(values)} measured; allowed: a kind for each sound,"
            " at least two kinds and fewer than sounds"
        )
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from threadpoolctl import threadpool_limits

    learner = LinearDiscriminantAnalysis(solver="eigen", shrinkage=_SHRINKAGE)
    with threadpool_limits(1, "blas"):
        learner.fit(scaled(values).astype(np.float64), np.asarray(kinds))
    n_axes = min(len(set(kinds)) - 1, values.shape[1])
    return Likeness(values, learner.scalings_[:, :n_axes].astype(np.float32))
