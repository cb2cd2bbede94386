"""A cycle through all grains in an array, and the moves that cut it and join it anew.

A move removes k edges (2 <= k <= 4), which leaves k segments, and joins their ends by k new edges.
The longest segment stays where it is; the others are written anew behind it, some of them reversed
(for k = 2 that is the reversal of the shorter side). Any k-exchange, its undoing included, is one
call, and costs only the grains that it touches.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import KERNEL, step
from granulate.kernels.jit import njit

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]


class Grains(NamedTuple):
    """What is known of the grains: all that a length or a candidate step is taken from."""

    values: NDArray[np.float32]
    """(n, d)"""
    line: Longs
    """(n,) positions: two grains closer than `apart` must not follow one another."""
    apart: int
    near: Ints
    """(n, k) candidates for the next grain, nearest first, -1 where there are no more."""
    lengths: NDArray[np.float32]
    """(n, k) the length of each of those steps."""


class Cycle(NamedTuple):
    """A closed tour of N nodes: the n grains, and the seam (node n) if the path is open."""

    order: Ints
    """(N,) the nodes in turn."""
    place: Ints
    """(N,) where each node is in `order`."""
    beside: Ints
    """(N, 2) the two nodes next to each node, on either side in no particular order."""
    spans: NDArray[np.float64]
    """(N, 2) the lengths of those two edges; HELD for an edge that must stay."""


class Move(NamedTuple):
    """A move, and the workspace to carry it out. Edge i of the removed ones is ends[2i, 2i + 1]."""

    size: Longs
    """(2,) k, the number of edges exchanged, and which segment stays (`plan` finds it)."""
    ends: Longs
    """(8,) the nodes at the removed edges."""
    mate: Longs
    """(8,) the index into `ends` of the node that each is joined to instead."""
    cut: Longs
    """(4,) the places of the removed edges in ascending order: edge `cut` is order[cut, cut + 1]."""
    sides: Longs
    """(8,) the indices into `ends` of the nodes left and right of each cut."""
    where: Longs
    """(8,) the inverse of `sides`."""
    buffer: Ints
    """(N,) nodes on their way."""


def new_move(n_nodes: int) -> Move:
    """An empty move on a cycle of `n_nodes`."""
    size, ends, mate, cut, sides, where = (np.zeros(m, np.int64) for m in (2, 8, 8, 4, 8, 8))
    return Move(size, ends, mate, cut, sides, where, np.empty(n_nodes, np.int32))


@njit(**KERNEL)
def join_in_turn(move: Move, k: int) -> None:
    """Make it the sequential exchange of k edges: end 1 joins 2, 3 joins 4 ... the last the first."""
    move.size[0] = k
    for i in range(k):
        a, b = 2 * i + 1, (2 * i + 2) % (2 * k)
        move.mate[a] = b
        move.mate[b] = a


@njit(**KERNEL)
def plan(cycle: Cycle, move: Move, limit: int) -> bool:
    """Whether the move leaves one single cycle and touches at most `limit` nodes.

    Segment i lies between cuts i - 1 and i; the longest is the one that stays.
    """
    n = cycle.order.shape[0]
    k, cut = move.size[0], move.cut
    _sort_cuts(cycle, move)
    stay, longest = 0, -1
    for i in range(k):
        length = cut[i] - cut[i - 1] if i > 0 else cut[0] - cut[k - 1] + n
        if length > longest:
            stay, longest = i, length
    if n - longest > limit:
        return False
    move.size[1] = stay
    # Follow the new edges from the segment that stays until they come back to it.
    end = 2 * stay
    for count in range(1, k + 1):
        entry = move.where[move.mate[move.sides[end]]]
        end = (entry + 1) % (2 * k) if entry % 2 == 1 else (entry + 2 * k - 1) % (2 * k)
        if end == 2 * stay:
            return count == k
        if entry == 2 * stay:
            return False
    return False


@njit(**KERNEL)
def _sort_cuts(cycle: Cycle, move: Move) -> None:
    n = cycle.order.shape[0]
    k, cut, sides = move.size[0], move.cut, move.sides
    for i in range(k):
        a, b = cycle.place[move.ends[2 * i]], cycle.place[move.ends[2 * i + 1]]
        ascending = b == a + 1 or (b == 0 and a == n - 1)
        at = a if ascending else b
        j = i
        while j > 0 and cut[j - 1] > at:
            cut[j] = cut[j - 1]
            sides[2 * j], sides[2 * j + 1] = sides[2 * j - 2], sides[2 * j - 1]
            j -= 1
        cut[j] = at
        sides[2 * j] = 2 * i if ascending else 2 * i + 1
        sides[2 * j + 1] = 2 * i + 1 if ascending else 2 * i
    for j in range(2 * k):
        move.where[sides[j]] = j


@njit(**KERNEL)
def carry_out(grains: Grains, cycle: Cycle, move: Move) -> None:
    """Join the segments as planned."""
    n = cycle.order.shape[0]
    k, stay = move.size
    order, place, buffer, cut = cycle.order, cycle.place, move.buffer, move.cut
    first = (cut[stay] + 1) % n
    length = cut[stay] - cut[stay - 1] if stay > 0 else cut[0] - cut[k - 1] + n
    at = first
    for i in range(n - length):
        buffer[i] = order[at]
        at = at + 1 if at + 1 < n else 0
    at = first
    end = 2 * stay
    for _ in range(k - 1):
        entry = move.where[move.mate[move.sides[end]]]
        forward = entry % 2 == 1
        segment = ((entry + 1) // 2) % k
        end = 2 * segment if forward else (entry + 2 * k - 1) % (2 * k)
        low = (cut[segment - 1] if segment > 0 else cut[k - 1]) + 1 - first
        low = low + n if low < 0 else low % n
        high = cut[segment] - first
        high = high + n if high < 0 else high
        source, by = (low, 1) if forward else (high, -1)
        for _ in range(high - low + 1):
            node = buffer[source]
            order[at] = node
            place[node] = at
            source += by
            at = at + 1 if at + 1 < n else 0
    _relink(grains, cycle, move)


@njit(**KERNEL)
def _relink(grains: Grains, cycle: Cycle, move: Move) -> None:
    # A node may stand at two removed edges: which of its two sides changes is looked up by the old
    # neighbour, so the new one is written as -2 - node until all are done.
    k = move.size[0]
    for j in range(2 * k):
        node, old, new = move.ends[j], move.ends[j ^ 1], move.ends[move.mate[j]]
        side = 0 if cycle.beside[node, 0] == old else 1
        cycle.beside[node, side] = -2 - new
        cycle.spans[node, side] = step(grains.values, grains.line, grains.apart, node, new)
    for j in range(2 * k):
        node = move.ends[j]
        for side in range(2):
            if cycle.beside[node, side] <= -2:
                cycle.beside[node, side] = -2 - cycle.beside[node, side]
