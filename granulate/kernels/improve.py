"""Local search on a tour: 3-opt or 4-opt on neighbour lists, then kicks that are kept where they help.

A node whose surroundings have changed waits in a queue (Bentley's don't-look bits turned round).
For each, all sequential exchanges of two to four edges are tried that begin there, whose added edges
are candidates and whose partial sums gain (Lin & Kernighan 1973; Helsgaun 2009); Or's (1976) segment
moves are among them. A kick is a double bridge (Martin, Otto & Felten 1991) over a few neighbouring
edges, which no sequential exchange can undo; unless the search that follows ends up no longer than
before, every move is taken back (Applegate, Cook & Rohe 2003), at the cost of what it touched.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import FAR, KERNEL, step
from granulate.kernels.jit import njit
from granulate.kernels.moves import Cycle, Grains, Longs, Move, carry_out, join_in_turn, plan
from granulate.types.arrays import read_only

LEAST_GAIN = 1e-4
"""What a move must gain, in mean candidate lengths: below is rounding."""
_ENTRIES = 256  # moves after one kick, at most
_MOVES_PER_NODE = 200  # in all: far beyond what a search needs, so that rounding cannot hang it
_TOURNAMENT = 4  # places looked at for a kick
_REACH = 2  # the most nodes of a kick's segments


class Search(NamedTuple):
    """The queue of nodes to look at, the record of moves made, and the settings."""

    queue: NDArray[np.int32]
    """(N,) a ring."""
    waiting: NDArray[np.bool_]
    """(N,) whether a node is in the queue."""
    state: Longs
    """(2,) the head of the queue, and how many wait."""
    record: Longs
    """(entries, 17) the moves since the last kick: k, ends, mate."""
    random: NDArray[np.uint64]
    """(1,) the state of the generator of kicks."""
    breadth: Longs
    """(levels,) candidates tried for each further edge of an exchange."""
    tries: Longs
    """(levels,) how many have been tried, twice, for either side."""
    opened: NDArray[np.float64]
    """(levels,) what the exchange gains before it is closed."""
    least: float
    """What a move must gain."""
    limit: int
    """The most nodes that a move may touch."""


def new_search(grains: Grains, cycle: Cycle, edges: int, limit: int, seed: int) -> Search:
    """A search that begins with all nodes waiting, in the order of the tour.

    An exchange is of up to `edges` edges, 3 or 4; the last of four looks at half the candidates.
    """
    candidates = grains.near.shape[1]
    n_nodes = len(cycle.order)
    lengths = grains.lengths[grains.near >= 0]
    typical = float(lengths.mean(dtype=np.float64)) if len(lengths) else 0.0
    return Search(
        queue=cycle.order.copy(),
        waiting=np.ones(n_nodes, np.bool_),
        state=np.array([0, n_nodes]),
        record=np.zeros((_ENTRIES, 17), np.int64),
        random=np.array([(seed * 0x9E3779B97F4A7C15 + 0x2545F4914F6CDD1D) % 2**64 or 1], np.uint64),
        breadth=np.array([candidates, candidates, (candidates + 1) // 2][: edges - 1]),
        tries=np.zeros(edges - 1, np.int64),
        opened=np.zeros(edges - 1),
        least=max(LEAST_GAIN * typical, 1e-12),
        limit=limit,
    )


def improve(grains: Grains, cycle: Cycle, move: Move, search: Search, kicks: int) -> float:
    """Settle what waits, then kick that many times. Returns by how much the tour became shorter."""
    gain: float = _improve(grains._replace(values=read_only(grains.values)), cycle, move, search, kicks)
    return gain


@njit(**KERNEL)
def _improve(grains: Grains, cycle: Cycle, move: Move, search: Search, kicks: int) -> float:
    gain, _ = _settle(grains, cycle, move, search, _MOVES_PER_NODE * cycle.order.shape[0])
    for _ in range(kicks):
        delta = _kick(grains, cycle, move, search)
        if delta >= FAR:
            continue
        gained, made = _settle(grains, cycle, move, search, _ENTRIES - 1)
        if made < _ENTRIES - 1 and gained >= delta:
            gain += gained - delta
        else:
            _calm(search)
            for entry in range(made, -1, -1):
                _take_back(grains, cycle, move, search.record[entry])
    return gain


@njit(**KERNEL)
def _settle(grains: Grains, cycle: Cycle, move: Move, search: Search, most: int) -> tuple[float, int]:
    """Improve until no node waits. Returns the gain and the number of moves, recorded from 1 on."""
    n = cycle.order.shape[0]
    queue, waiting, state = search.queue, search.waiting, search.state
    total = 0.0
    made = 0
    while state[1] > 0 and made < most:
        node = queue[state[0]]
        state[0] = state[0] + 1 if state[0] + 1 < n else 0
        state[1] -= 1
        waiting[node] = False
        while made < most:
            gain = _better(grains, cycle, move, search, node)
            if gain <= 0.0:
                break
            total += gain
            made += 1
            carry_out(grains, cycle, move)
            _note(search, move, made)
            _wake(search, move)
    return total, made


@njit(**KERNEL)
def _note(search: Search, move: Move, entry: int) -> None:
    if entry < _ENTRIES:
        row = search.record[entry]
        row[0] = move.size[0]
        for j in range(8):
            row[1 + j] = move.ends[j]
            row[9 + j] = move.mate[j]


@njit(**KERNEL)
def _wake(search: Search, move: Move) -> None:
    n = search.queue.shape[0]
    for j in range(2 * move.size[0]):
        node = move.ends[j]
        if not search.waiting[node]:
            search.waiting[node] = True
            search.queue[(search.state[0] + search.state[1]) % n] = node
            search.state[1] += 1


@njit(**KERNEL)
def _calm(search: Search) -> None:
    n = search.queue.shape[0]
    while search.state[1] > 0:
        search.waiting[search.queue[search.state[0]]] = False
        search.state[0] = (search.state[0] + 1) % n
        search.state[1] -= 1


@njit(**KERNEL)
def _take_back(grains: Grains, cycle: Cycle, move: Move, row: Longs) -> None:
    """Undo a recorded move: its added edges are removed, and its removed ones added."""
    k = row[0]
    ends, mate = row[1:9], row[9:17]
    used = 0
    for j in range(2 * k):
        if j < mate[j]:
            move.ends[used] = ends[j]
            move.ends[used + 1] = ends[mate[j]]
            move.where[j] = used
            move.where[mate[j]] = used + 1
            used += 2
    for j in range(2 * k):
        move.mate[move.where[j]] = move.where[j ^ 1]
    move.size[0] = k
    plan(cycle, move, cycle.order.shape[0])
    carry_out(grains, cycle, move)


@njit(**KERNEL)
def _better(grains: Grains, cycle: Cycle, move: Move, search: Search, t1: int) -> float:
    """Set `move` to the first exchange found from node t1 that gains. Returns the gain, 0 if none.

    At each level an edge from the tail to a candidate is added, and one of the two edges there is
    removed, whose other end is the new tail; the edge from there to t1 closes the exchange.
    """
    near, lengths, beside, spans = grains.near, grains.lengths, cycle.beside, cycle.spans
    values, line, apart = grains.values, grains.line, grains.apart
    ends, tries, opened, least = move.ends, search.tries, search.opened, search.least
    n = near.shape[0]
    for side1 in range(2):
        ends[0], ends[1] = t1, beside[t1, side1]
        level, opened[0], tries[0] = 0, spans[t1, side1], 0
        while level >= 0:
            tail = ends[2 * level + 1]
            candidate, side = tries[level] >> 1, tries[level] & 1
            tries[level] += 1
            if tail >= n or candidate >= search.breadth[level]:
                level -= 1
                continue
            node = near[tail, candidate]
            open1 = opened[level] - lengths[tail, candidate]
            if node < 0 or open1 <= least:
                level -= 1
                continue
            other = beside[node, side]
            open2 = open1 + spans[node, side]
            known = beside[tail, 0] == node or beside[tail, 1] == node
            if known or open2 <= least or other == t1 or _removed(ends, level, node, other):
                continue
            ends[2 * level + 2], ends[2 * level + 3] = node, other
            gain = open2 - step(values, line, apart, other, t1)
            if gain > least:
                join_in_turn(move, level + 2)
                if plan(cycle, move, search.limit):
                    return gain
            if level + 1 < search.breadth.shape[0]:
                level += 1
                opened[level], tries[level] = open2, 0
    return 0.0


@njit(**KERNEL)
def _removed(ends: Longs, level: int, a: int, b: int) -> bool:
    """Whether the edge between a and b is among those removed so far."""
    for i in range(0, 2 * level + 2, 2):
        if (ends[i] == a and ends[i + 1] == b) or (ends[i] == b and ends[i + 1] == a):
            return True
    return False


@njit(**KERNEL)
def _draw(random: NDArray[np.uint64], below: int) -> np.int64:
    """A random integer in [0, below) (xorshift64*, Vigna 2016)."""
    x = random[0]
    x ^= x >> np.uint64(12)
    x ^= x << np.uint64(25)
    x ^= x >> np.uint64(27)
    random[0] = x
    return np.int64((x * np.uint64(0x2545F4914F6CDD1D)) >> np.uint64(33)) % below


@njit(**KERNEL)
def _kick(grains: Grains, cycle: Cycle, move: Move, search: Search) -> float:
    """A double bridge over segments of a node or two: A B C D becomes A D C B.

    Of a few random places the one whose node is farthest from its neighbours in the tour, compared
    with its nearest candidate, is taken. Returns by how much the tour became longer, FAR if not done.
    """
    n = cycle.order.shape[0]
    at, slack = 0, -1.0
    for _ in range(_TOURNAMENT):
        place = _draw(search.random, n)
        node = cycle.order[place]
        if node < grains.near.shape[0]:
            excess = cycle.spans[node, 0] + cycle.spans[node, 1] - 2.0 * grains.lengths[node, 0]
            if excess > slack:
                at, slack = place, excess
    at += n - _REACH
    for i in range(4):
        left = cycle.order[at % n]
        at += 1
        right = cycle.order[at % n]
        move.ends[2 * i], move.ends[2 * i + 1] = left, right
        if cycle.spans[left, 0 if cycle.beside[left, 0] == right else 1] < 0.0:
            return FAR
        at += _draw(search.random, np.int64(_REACH))
    delta = 0.0
    for j in range(8):
        # A's end to D's start, D's end to C's start, C's end to B's start, B's end to A's start.
        move.mate[j] = (j + 5) % 8 if j % 2 == 0 else (j + 3) % 8
        left, right, joined = move.ends[j], move.ends[j ^ 1], move.ends[move.mate[j]]
        delta -= step(grains.values, grains.line, grains.apart, left, right)
        delta += step(grains.values, grains.line, grains.apart, left, joined)
    if delta >= FAR:
        return FAR
    move.size[0] = 4
    plan(cycle, move, n)
    carry_out(grains, cycle, move)
    _note(search, move, np.int64(0))
    _wake(search, move)
    return 0.5 * delta
