"""How many clusters there are: where the silhouette is furthest above that of points among which there are none.

Sounds that lie in one long cloud fall into two halves with a higher silhouette than most real groups have, so its
largest value tends to be at two. What is expected of such clouds is taken off, as the gap statistic does with the
spread within clusters (Tibshirani, Walther & Hastie 2001): normally distributed points, as far spread on each axis as
the sounds, are clustered in the same way.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Judge = Callable[[Floats, int], float]
"""The silhouette of points (n, n_axes) in so many clusters."""

_DRAWS = 3
_POINTS = 2_000


def expected(points: Floats, numbers: Sequence[int], judge: Judge, seed: int) -> Doubles:
    """The silhouettes (n_draws, n_numbers) of structureless points, as many as there are but no more than 2,000."""
    rng = np.random.default_rng([seed, len(points)])
    n, spread = min(len(points), _POINTS), points.std(axis=0)
    found = np.empty((_DRAWS, len(numbers)))
    for draw in range(_DRAWS):
        cloud = rng.standard_normal((n, points.shape[1]), dtype=np.float32) * spread
        found[draw] = [judge(cloud, number) for number in numbers]
    return found


def excess(silhouettes: Doubles, structureless: Doubles) -> tuple[Doubles, float]:
    """How far silhouettes (n_numbers,) are above those of structureless points (n_draws, n_numbers), and the standard
    error of one such difference, taken over all numbers together.
    """  # fmt: skip
    variance = structureless.var(axis=0, ddof=1).mean()
    return silhouettes - structureless.mean(axis=0), float(np.sqrt(variance * (1 + 1 / len(structureless))))


def fewest(above: Doubles, error: float) -> int:
    """Which is the first whose excess is within a standard error of the largest (the rule of Breiman et al. 1984)."""
    return int(np.argmax(above >= np.nanmax(above) - error))
