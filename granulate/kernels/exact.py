"""The shortest order of a handful of grains, by trying all sets (Held & Karp 1962)."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

MOST = 9
"""Grains up to which this is quicker than searching."""


def shortest_order(
    steps: NDArray[np.float64], start: int | None, end: int | None, loop: bool
) -> NDArray[np.int64]:
    """The order (n,) with the least sum of `steps` (n, n), which are infinite where not allowed.

    It begins and ends with the grains given, or comes back to the first one if `loop`. There must be
    one. Of equally short orders it is one with the least gaps in index.
    """
    n = len(steps)
    index = np.arange(n)
    allowed = steps[np.isfinite(steps)]
    tie = 1e-9 * (float(allowed.max(initial=0.0)) or 1.0) / n**2
    steps = steps + tie * abs(index[:, None] - index[None, :])
    start = 0 if loop else start  # a loop is the same from wherever it is begun
    sets = 1 << n
    # best[s, i]: the shortest path through the grains of set s that ends with grain i.
    best = np.full((sets, n), np.inf)
    best[1 << index, index] = 0.0 if start is None else np.where(index == start, 0.0, np.inf)
    before = np.zeros((sets, n), np.int64)
    for s in range(1, sets):
        for i in range(n):
            if not s >> i & 1:
                continue
            rest = s & ~(1 << i)
            if rest:
                lengths = best[rest] + steps[:, i]
                before[s, i] = lengths.argmin()
                best[s, i] = lengths[before[s, i]]
    final = best[-1].copy()
    if loop and n > 1:
        final += steps[:, start]
    if end is not None:
        final[index != end] = np.inf
    order, s = [int(final.argmin())], sets - 1
    while len(order) < n:
        i = order[-1]
        order.append(int(before[s, i]))
        s &= ~(1 << i)
    return np.array(order[::-1])
