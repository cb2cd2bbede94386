"""A tour improved as a whole, or region by region where it is long.

An array holds a tour well up to some ten thousand nodes; then a move rewrites too much of it. So a
long tour is improved in regions of grains that lie near one another (Karp 1977; Helsgaun 2018 calls
them subproblems): the parts of the tour outside shrink to single edges that must stay, which makes a
tour of the region alone, and every gain in it is a gain in the whole.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import HELD, KERNEL, lengths_between
from granulate.kernels.improve import improve, new_search
from granulate.kernels.jit import njit
from granulate.kernels.moves import Cycle, Grains, new_move
from granulate.kernels.neighbours import regions

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]
Mask = NDArray[np.bool_]

_WHOLE = 40_000  # grains up to which a tour is not taken apart
_REGION = 20_000
_LIMIT = 25_000  # nodes that a move may touch in a longer tour
_CHUNK = 250  # kicks between two looks at the clock


@dataclass(frozen=True, slots=True)
class Effort:
    """How much work to put into a tour."""

    kicks: float
    """Kicks per grain, unless `until` is given."""
    until: float | None
    """The moment on the monotonic clock until which to kick; one search without kicks is always finished."""
    seed: int
    limit: int | None = None
    """The most nodes that a move may touch."""

    @property
    def edges(self) -> int:
        """The most edges that a move exchanges: four take longer and pay off only if kicks are many."""
        return 3 if self.until is None and self.kicks < 1 else 4


def optimised(grains: Grains, order: Ints, pins: tuple[int, ...], effort: Effort) -> Ints:
    """A tour no longer than `order` (N,), a closed one whose node n, if any, is next to `pins`."""
    if len(order) <= _WHOLE:
        return _improved(grains, order, _held(order, len(grains.values), pins), effort)
    timed = effort.until is not None
    first = replace(effort, until=None, kicks=0.0 if timed else effort.kicks)
    order = _by_regions(grains, order, pins, first)
    held = _held(order, len(grains.values), pins)
    order = _improved(grains, order, held, replace(first, kicks=0.0, limit=_LIMIT))
    turn = 0
    while effort.until is not None and monotonic() < effort.until:
        turn += 1
        order = _by_regions(grains, order, pins, replace(effort, seed=effort.seed + turn))
    return order


def _held(order: Ints, n: int, pins: tuple[int, ...]) -> Mask:
    """Which edges (order[i], order[i + 1]) must stay: those between node n and the pins."""
    after = np.roll(order, -1)
    pinned = np.zeros(n + 1, np.bool_)
    pinned[list(pins)] = True
    return ((order == n) & pinned[after]) | ((after == n) & pinned[order])


def _improved(grains: Grains, order: Ints, held: Mask, effort: Effort) -> Ints:
    cycle = _new_cycle(grains, order.copy(), held)
    move = new_move(len(order))
    search = new_search(grains, cycle, effort.edges, effort.limit or len(order), effort.seed)
    if effort.until is None:
        improve(grains, cycle, move, search, round(effort.kicks * len(grains.values)))
        return cycle.order
    improve(grains, cycle, move, search, 0)
    while monotonic() < effort.until:
        improve(grains, cycle, move, search, _CHUNK)
    return cycle.order


def _new_cycle(grains: Grains, order: Ints, held: Mask) -> Cycle:
    n_nodes = len(order)
    before, after = np.roll(order, 1), np.roll(order, -1)
    spans = lengths_between(grains.values, grains.line, grains.apart, order, after).astype(np.float64)
    spans[held] = HELD
    place = np.empty(n_nodes, np.int32)
    place[order] = np.arange(n_nodes, dtype=np.int32)
    return Cycle(
        order,
        place,
        np.stack([before, after], axis=1)[place],
        np.stack([np.roll(spans, 1), spans], axis=1)[place],
    )


def _by_regions(grains: Grains, order: Ints, pins: tuple[int, ...], effort: Effort) -> Ints:
    parts = regions(grains.values, _REGION, effort.seed)
    for i, members in enumerate(parts):
        until = effort.until
        if until is not None:
            now = monotonic()
            if now >= until:
                break
            # A fair share of the time that is left, but enough to be worth the setting up.
            until = min(until, now + max(1.0, (until - now) / (len(parts) - i)))
        inside = np.zeros(len(order), np.bool_)
        inside[members] = True
        at = np.flatnonzero(inside[order])
        held = (np.diff(at, append=at[0] + len(order)) > 1) | _held(order, len(grains.values), pins)[at]
        alone = np.arange(len(at), dtype=np.int32)
        share = replace(effort, until=until, seed=effort.seed + i)
        turned = _improved(_part(grains, order[at]), alone, held, share)
        spliced = np.empty_like(order)
        _splice(order, at, turned, spliced)
        order = spliced
    return order


def _part(grains: Grains, names: Ints) -> Grains:
    """The grains of a region, named by their turn in `names` (m,)."""
    local = np.full(len(grains.values) + 1, -1, np.int32)
    local[names] = np.arange(len(names), dtype=np.int32)
    near, lengths = local[grains.near[names]], grains.lengths[names]  # -1 finds the last entry, -1
    inward = np.argsort(near < 0, axis=1, kind="stable")
    return Grains(
        grains.values[names],
        grains.line[names],
        grains.apart,
        np.take_along_axis(near, inward, 1),
        np.take_along_axis(lengths, inward, 1),
    )


@njit(**KERNEL)
def _splice(order: Ints, at: Longs, turned: Ints, out: Ints) -> None:
    """The tour `order` with its nodes at places `at` (m,) visited in the turn of `turned` (m,).

    Two nodes that were next to one another in the region, and are so still, keep what was between.
    """
    n, m = order.shape[0], at.shape[0]
    filled = 0
    for i in range(m):
        a, b = turned[i], turned[(i + 1) % m]
        out[filled] = order[at[a]]
        filled += 1
        if b == (a + 1) % m:
            place = (at[a] + 1) % n
            while place != at[b]:
                out[filled] = order[place]
                filled += 1
                place = (place + 1) % n
        elif a == (b + 1) % m:
            place = (at[a] - 1) % n
            while place != at[b]:
                out[filled] = order[place]
                filled += 1
                place = (place - 1) % n
