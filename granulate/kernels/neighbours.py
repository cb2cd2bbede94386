"""The nearest grains of each grain, of those that may follow it.

Small sets are searched pair by pair. Larger ones are cut by a few random-projection trees (Dasgupta
& Freund 2008; the direction of a cut is that between two grains drawn at random, so it follows the
data) into leaves of about two hundred, which are searched pair by pair; then each grain asks the
neighbours of its neighbours (Dong, Charikar & Li 2011), and the neighbours of the grain before and
after it, moved on in time as it is. That finds some nine in ten of the true neighbours; a tour
through grains hardly needs the rest.

Pairs closer than `apart` on the line never enter a list. Where such pairs would fill the leaves, the
grains are dealt into classes first, so that those of one class lie apart as it is, anew for each tree.

Each range of leaves or grains is owned by one thread and equal distances are ordered by the gap in
index: the lists depend neither on the number of threads nor on chance, only on the seed.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.distance import KERNEL, SUMS, lengths_between, squared
from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges
from granulate.types.arrays import read_only

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Longs = NDArray[np.int64]

_PAIRWISE = 2048  # grains up to which all pairs are compared
_LEAF = 192  # grains in a leaf
_TREES = 6
_DEPTH = 5  # neighbours of how many neighbours are asked
_CROWD = 64  # forbidden grains in a leaf that need no classes yet
_CLASS = 1024  # the least size of a class


def nearest(values: Floats, line: Longs, apart: int, k: int, seed: int) -> tuple[Ints, Floats]:
    """The k nearest allowed grains of each grain (n, k), nearest first, and their distances.

    `values` (n, d); `line` (n,) positions, of which two grains must be at least `apart` to be
    neighbours. A row that ends early ends in -1, at infinite distance.
    """
    values, n = read_only(values), len(values)
    near = np.full((n, k), -1, np.int32)
    squares = np.full((n, k), np.inf, np.float32)
    rounds = 0
    if n <= _PAIRWISE:
        forest = [(np.arange(n, dtype=np.int32), np.array([0, n]))]
    else:
        crowd = _crowd(line, apart)
        classes = max(1, min(crowd // _CROWD, n // _CLASS))
        forest = _forest(values, line, classes, _LEAF + 2 * crowd // classes, seed)
        rounds = 1 if classes == 1 else 3
    for members, bounds in forest:
        _search_leaves(values, line, apart, members, bounds, near, squares)
    for _ in range(rounds):
        _ask_around(values, line, apart, near, squares)
    first = np.repeat(np.arange(n, dtype=np.int32), k)
    lengths = lengths_between(values, line, 0, first, near.reshape(-1)).reshape(n, k)
    lengths[near < 0] = np.inf
    return near, lengths


def _crowd(line: Longs, apart: int) -> int:
    """The most grains that are too close to one grain."""
    if apart <= 0:
        return 0
    places = np.sort(line)
    reach = np.searchsorted(places, places + apart) - np.searchsorted(places, places - apart, "right")
    return int(reach.max())


def _forest(values: Floats, line: Longs, classes: int, leaf: int, seed: int) -> list[tuple[Ints, Longs]]:
    """The leaves of each tree: the grains (n,), and the bounds of the leaves among them."""
    n = len(values)
    rank = np.empty(n, np.int64)
    rank[np.argsort(line, kind="stable")] = np.arange(n)
    forest: dict[int, tuple[Ints, Longs]] = {}

    def work(begin: int, end: int) -> None:
        for tree in range(begin, end):
            # The ranks are dealt round the classes, block after block, each from another class on.
            random = np.random.default_rng([seed, tree])
            turns = random.integers(0, classes, n // classes + 1)
            label = (rank + turns[rank // classes]) % classes
            sizes = np.bincount(label, minlength=classes)
            members = np.argsort(label, kind="stable").astype(np.int32)
            bounds = [0]
            for size in sizes:
                first = bounds[-1]
                cuts = _cut_up(values, members[first : first + size], leaf, random)
                bounds.extend((first + cuts).tolist())
            forest[tree] = members, np.array(bounds)

    over_ranges(work, _TREES, 1)
    return [forest[tree] for tree in range(_TREES)]


def regions(values: Floats, size: int, seed: int) -> list[Ints]:
    """All grains in parts of about `size`, each of grains that lie near one another."""
    members = np.arange(len(values), dtype=np.int32)
    cuts = _cut_up(read_only(values), members, size, np.random.default_rng(seed))
    return np.split(members, cuts[:-1])


def _cut_up(values: Floats, members: Ints, leaf: int, random: np.random.Generator) -> Longs:
    """Sort `members` (m,) into leaves of about `leaf` grains, in place. Returns where each ends."""
    m, d = len(members), values.shape[1]
    cuts = np.empty(max(1, m // leaf), np.int64)
    state = random.integers(1, 2**63, 1, np.uint64)
    stack = np.empty((64, 3), np.int64)
    _split(values, members, cuts, state, np.empty(m, np.float32), np.empty(d, np.float32), stack)
    return cuts


@njit(**KERNEL)
def _split(
    values: Floats, members: Ints, cuts: Longs,
    state: NDArray[np.uint64], along: Floats, direction: Floats, stack: Longs,
) -> None:  # fmt: skip
    stack[0, 0], stack[0, 1], stack[0, 2] = 0, members.shape[0], cuts.shape[0]
    depth, count = 1, 0
    while depth > 0:
        depth -= 1
        low, high, parts = stack[depth]
        if parts <= 1:
            cuts[count] = high
            count += 1
            continue
        _project(values, members, low, high, state, along, direction)
        middle = low + (high - low) * (parts // 2) // parts
        _select(members, along, low, high - 1, middle)
        stack[depth, 0], stack[depth, 1], stack[depth, 2] = middle, high, parts - parts // 2
        depth += 1
        stack[depth, 0], stack[depth, 1], stack[depth, 2] = low, middle, parts // 2
        depth += 1


@njit(fastmath=SUMS, **KERNEL)
def _project(
    values: Floats, members: Ints, low: int, high: int,
    state: NDArray[np.uint64], along: Floats, direction: Floats,
) -> None:  # fmt: skip
    """Where each member lies on the line through two of them drawn at random."""
    a = members[low + _draw(state) % (high - low)]
    b = members[low + _draw(state) % (high - low)]
    for k in range(values.shape[1]):
        direction[k] = values[a, k] - values[b, k]
    for i in range(low, high):
        total = np.float32(0.0)
        for k in range(values.shape[1]):
            total += values[members[i], k] * direction[k]
        along[i] = total


@njit(**KERNEL)
def _draw(state: NDArray[np.uint64]) -> np.int64:
    """A random integer in [0, 2^31) (the multiplier is Knuth's, MMIX)."""
    state[0] = state[0] * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
    return np.int64(state[0] >> np.uint64(33))


@njit(**KERNEL)
def _select(members: Ints, along: Floats, low: int, high: int, middle: int) -> None:
    """Hoare's selection: what is before `middle` lies no farther along, nor has a higher index."""
    while low < high:
        pivot, name = along[(low + high) // 2], members[(low + high) // 2]
        i, j = low, high
        while i <= j:
            while along[i] < pivot or (along[i] == pivot and members[i] < name):
                i += 1
            while along[j] > pivot or (along[j] == pivot and members[j] > name):
                j -= 1
            if i <= j:
                along[i], along[j] = along[j], along[i]
                members[i], members[j] = members[j], members[i]
                i += 1
                j -= 1
        if middle <= j:
            high = j
        elif middle >= i:
            low = i
        else:
            return


def _search_leaves(
    values: Floats, line: Longs, apart: int, members: Ints, bounds: Longs, near: Ints, squares: Floats
) -> None:
    largest = int(np.diff(bounds).max(initial=0))

    def work(begin: int, end: int) -> None:
        block = np.empty((largest, values.shape[1]), np.float32)
        _pairs(values, line, apart, members, bounds[begin : end + 1], near, squares, block)

    over_ranges(work, len(bounds) - 1, max(1, (len(bounds) - 1) // 32))


@njit(**KERNEL)
def _pairs(
    values: Floats, line: Longs, apart: int, members: Ints, bounds: Longs,
    near: Ints, squares: Floats, block: Floats,
) -> None:  # fmt: skip
    last = near.shape[1] - 1
    for leaf in range(bounds.shape[0] - 1):
        low, size = bounds[leaf], bounds[leaf + 1] - bounds[leaf]
        for a in range(size):
            for k in range(values.shape[1]):
                block[a, k] = values[members[low + a], k]
        for a in range(1, size):
            i = members[low + a]
            for b in range(a):
                j = members[low + b]
                if abs(line[i] - line[j]) < apart:
                    continue
                square = squared(block, a, b)
                if square <= squares[i, last]:
                    _enter(near, squares, i, j, square)
                if square <= squares[j, last]:
                    _enter(near, squares, j, i, square)


@njit(**KERNEL)
def _enter(near: Ints, squares: Floats, i: int, j: int, square: float) -> None:
    """Enter j into the list of i, if it is not there and is nearer than the last one."""
    gap, at = abs(i - j), near.shape[1] - 1
    if square == squares[i, at] and near[i, at] >= 0 and gap >= abs(i - near[i, at]):
        return
    for a in range(near.shape[1]):
        if near[i, a] == j:
            return
    while at > 0:
        before, other = squares[i, at - 1], near[i, at - 1]
        if before < square or (before == square and other >= 0 and abs(i - other) <= gap):
            break
        squares[i, at], near[i, at] = before, other
        at -= 1
    squares[i, at], near[i, at] = square, j


def _ask_around(values: Floats, line: Longs, apart: int, near: Ints, squares: Floats) -> None:
    known = near.copy()

    def work(begin: int, end: int) -> None:
        _ask(values, line, apart, known, near, squares, begin, end)

    over_ranges(work, len(values), 4096)


@njit(**KERNEL)
def _ask(
    values: Floats, line: Longs, apart: int, known: Ints, near: Ints, squares: Floats, begin: int, end: int
) -> None:
    n, k = near.shape
    depth = min(_DEPTH, k)
    for i in range(begin, end):
        for a in range(depth):
            friend = known[i, a]
            # The neighbours of a neighbour, then those of the grains before and after.
            for b in range(depth + 2):
                if b < depth:
                    j = known[friend, b] if friend >= 0 else -1
                else:
                    by = 1 if b == depth else -1
                    other = i + by
                    j = known[other, a] if 0 <= other < n else -1
                    j = j - by if j >= 0 else -1
                if j < 0 or j >= n or abs(line[i] - line[j]) < apart or i == j:
                    continue
                square = squared(values, i, j)
                if square <= squares[i, k - 1]:
                    _enter(near, squares, i, j, square)
