"""A first tour: the greedy edge heuristic on neighbour lists (Bentley 1992).

Edges enter in order of length unless a grain would get a third, or a cycle would close early. What
is left are fragments; their ends search for one another in the same way, round after round, until
one path holds all grains. It is some 14 to 20 % longer than need be at worst on uniform points, and
far less on frames of sound, most of which have their neighbour in time.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import KERNEL
from granulate.kernels.jit import njit
from granulate.kernels.moves import Grains
from granulate.kernels.neighbours import nearest

Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_ENDS = 8  # neighbours that the end of a fragment looks at, twice as many in each further round
_ROUNDS = 16


class _Fragments(NamedTuple):
    """Paths that do not touch: every node is in one."""

    degree: NDArray[np.int8]
    """(N,) edges at each node."""
    links: Ints
    """(N, 2) the nodes at their other ends."""
    far_end: Ints
    """(N,) for a node at the end of a path: the other end (itself if alone)."""


def greedy_cycle(grains: Grains, pins: tuple[int, ...], seam: bool, seed: int) -> Ints:
    """The nodes (N,) of a closed tour in turn, beginning at the last.

    With `seam`, node n stands where an open path is cut out of the cycle, and the grains in `pins`,
    two at most, are next to it. Steps that are too close on the line occur only where a fragment
    finds no other end.
    """
    n = len(grains.values)
    n_nodes = n + 1 if seam else n
    fragments = _Fragments(
        np.zeros(n_nodes, np.int8),
        np.full((n_nodes, 2), -1, np.int32),
        np.arange(n_nodes, dtype=np.int32),
    )
    held = np.array(pins, np.int32)
    _link(fragments, np.full(len(held), n, np.int32), held)
    _link(fragments, *_by_length(np.arange(n, dtype=np.int32), grains.near, grains.lengths))
    for turn in range(_ROUNDS):
        ends = np.flatnonzero(fragments.degree[:n] < 2).astype(np.int32)
        if len(ends) <= 2:
            break
        values = np.ascontiguousarray(grains.values[ends])
        k = min(_ENDS << min(turn, 3), len(ends))
        near, lengths = nearest(values, grains.line[ends], grains.apart, k, seed)
        if not _link(fragments, *_by_length(ends, near, lengths)):
            break
    _close(fragments)
    order = np.empty(n_nodes, np.int32)
    _walk(fragments.links, order)
    return order


def _by_length(names: Ints, near: Ints, lengths: NDArray[np.float32]) -> tuple[Ints, Ints]:
    """The candidate edges, each once, shortest first; of equal ones those with the least gap."""
    first, second = np.empty(near.size, np.int32), np.empty(near.size, np.int32)
    keys = np.empty(near.size, np.uint64)
    count = _edges(names, near, lengths.view(np.uint32), first, second, keys)
    ranked = np.argsort(keys[:count], kind="stable")
    return first[ranked], second[ranked]


@njit(**KERNEL)
def _edges(
    names: Ints, near: Ints, lengths: NDArray[np.uint32], first: Ints, second: Ints, keys: NDArray[np.uint64]
) -> int:
    # The bits of a float that is not negative sort as the float does.
    count = 0
    for i in range(near.shape[0]):
        for a in range(near.shape[1]):
            j = near[i, a]
            if j < 0:
                break
            known = False
            if j < i:
                for b in range(near.shape[1]):
                    known |= near[j, b] == i
            if not known:
                first[count], second[count] = names[i], names[j]
                gap = np.uint64(abs(names[i] - names[j]))
                keys[count] = (np.uint64(lengths[i, a]) << np.uint64(32)) | gap
                count += 1
    return count


@njit(**KERNEL)
def _link(fragments: _Fragments, first: Ints, second: Ints) -> int:
    """Take the edges that still fit. Returns how many."""
    degree, links, far_end = fragments
    taken = 0
    for edge in range(first.shape[0]):
        i, j = first[edge], second[edge]
        if degree[i] < 2 and degree[j] < 2 and far_end[i] != j and i != j:
            links[i, degree[i]], links[j, degree[j]] = j, i
            degree[i] += 1
            degree[j] += 1
            a, b = far_end[i], far_end[j]
            far_end[a], far_end[b] = b, a
            taken += 1
    return taken


def _close(fragments: _Fragments) -> None:
    """Join what paths are left in the order of their first ends, and close the cycle."""
    degree, links, far_end = fragments
    begin = [int(e) for e in np.flatnonzero(degree < 2) if e <= far_end[e]]
    for i, e in enumerate(begin):
        a, b = int(far_end[e]), begin[(i + 1) % len(begin)]
        links[a, degree[a]] = b
        degree[a] += 1
        links[b, degree[b]] = a
        degree[b] += 1


@njit(**KERNEL)
def _walk(links: Ints, order: Ints) -> None:
    node = order.shape[0] - 1
    before = np.int32(-1)
    for i in range(order.shape[0]):
        order[i] = node
        after = links[node, 0] if links[node, 0] != before else links[node, 1]
        before, node = node, after
