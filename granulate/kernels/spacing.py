"""Which orders keep successive grains apart, and how far apart they can be.

All sounds are laid on one line, end to end and farther than `apart` from one another, so that the
only rule is: the places of successive grains differ by at least `apart`. Let x[0] <= ... <= x[n-1]
be the places in order, and call m of them in a row a window: it is tight if its ends are closer than
`apart`, and then no two of its grains can follow one another.

A cycle through n = 2m + 1 grains exists if and only if no window of m + 1 is tight: a tight one is
more than half of the grains, and without one, steps of m in rank (cyclic) do it. A cycle through
n = 2m grains, m > 1, exists if and only if no window of m + 1 is tight and, of the m + 1 windows of
m grains, none is tight, or one, or just the first and the last. (A tight window of m must alternate
with the rest all round; but then no other window can, except its complement.) `_zigzag` has the
steps. An open path is a cycle through one more grain that is far from all.

So n grains of one sound at a regular hop have an open path if and only if n >= 2 r or n = 1, and a
loop if and only if n > 2 r or n = 1, with r = apart / hop rounded up; grains of several sounds have
one whenever no sound has more than half of them.

With a given first or last grain no such rule is known to us. It is certain that there is a path if
any two grains that may not touch have n + 1 grains or more to touch between them (Ore 1963); else
rotations (Posa 1976) search for one, and have yet to miss one that trying everything finds.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]

_STATES = 4000  # paths that a search by rotations looks at, at most
_MENDING = 40  # the same for one step that is too short
_NODES = 1 << 22  # nodes on all those paths, at most
_WORK = 1 << 28  # short steps times nodes beyond which mending would take too long


def on_a_line(onsets: Longs, sounds: NDArray[np.int32], apart: int) -> Longs:
    """Places (n,) such that two grains are closer than `apart` if and only if they may not touch.

    `apart` must not exceed the longest sound by more than one.
    """
    n = len(onsets)
    by_sound = np.lexsort((onsets, sounds))
    sorted_onsets, sorted_sounds = onsets[by_sound], sounds[by_sound]
    gaps = np.diff(sorted_onsets, prepend=sorted_onsets[:1])
    gaps[np.flatnonzero(np.diff(sorted_sounds)) + 1] = apart
    line = np.empty(n, np.int64)
    line[by_sound] = np.cumsum(gaps)
    return line


def largest_apart(line: Longs, asked: int, exists: Callable[[Longs, int], bool]) -> int:
    """The largest distance in [0, asked] for which `exists(line, apart)`, which 0 must be."""
    low, high = 0, asked + 1
    if exists(line, asked):
        return asked
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if exists(line, middle) else (low, middle)
    return low


def cycle_exists(line: Longs, apart: int) -> bool:
    """Whether a closed tour with steps of at least `apart` visits all places."""
    n, x = len(line), np.sort(line)
    half = n // 2
    if apart <= 0 or n < 2:
        return True
    if n % 2 == 1 or n == 2:
        return not _tight(x, half + 1, apart).any()
    return not _tight(x, half + 1, apart).any() and _alternates(_tight(x, half, apart))


def path_exists(line: Longs, apart: int) -> bool:
    """Whether an open path with steps of at least `apart` visits all places."""
    return len(line) < 2 or cycle_exists(_with_far_end(line, apart), apart)


def _with_far_end(line: Longs, apart: int) -> Longs:
    return np.append(line, line.max() + apart)


def _tight(x: Longs, size: int, apart: int) -> NDArray[np.bool_]:
    """For each window of `size` places: whether it spans less than `apart`."""
    return x[size - 1 :] - x[: len(x) - size + 1] < apart


def _alternates(tight: NDArray[np.bool_]) -> bool:
    count = int(tight.sum())
    return count <= 1 or (count == 2 and bool(tight[0] and tight[-1]))


def spaced_cycle(line: Longs, apart: int) -> Longs:
    """A closed tour (n,) with steps of at least `apart`, if `cycle_exists`; else just some tour."""
    n = len(line)
    by_place = np.argsort(line, kind="stable")
    half = n // 2
    if n < 4 or n % 2 == 1:
        return by_place[np.arange(n) * half % n] if n > 2 else by_place
    inner = np.flatnonzero(_tight(line[by_place], half, apart)[1:-1]) + 1
    if len(inner) == 0:
        return by_place[_zigzag(half, half)]
    # One window inside is tight, from k on. Its two parts zigzag with the outer parts that lie
    # beyond each, upwards and, mirrored, downwards; both pairs of ends are a step of m - 1 in rank.
    k = int(inner[0])
    up = k + _zigzag(half - k, half)
    down = n - 1 - ((half - k) + _zigzag(k, half))
    return by_place[np.concatenate([up, down])]


def _zigzag(m: int, rise: int) -> Longs:
    """A cycle through ranks 0 ... m - 1 and rise ... rise + m - 1 that alternates between the two.

    Its steps in rank are rise - 1, of which the lower end is never 0, rise and rise + 1. It begins
    with rank m - 1 and ends with rank rise + m - 1.
    """
    rank = np.arange(m - 1, -1, -1)
    upper = np.arange(m) % 2 * rise
    return np.concatenate([rank + upper, (rank + rise - upper)[::-1]])


def spaced_order(line: Longs, apart: int, pins: tuple[int, ...], seam: bool) -> Longs | None:
    """A closed tour with steps of at least `apart`, None if there is none (or, with pins, none found).

    With `seam` node n, which no place is too close to, stands where the open path is cut out of the
    tour, and the grains in `pins`, two at most, are next to it.
    """
    if not seam:
        return spaced_cycle(line, apart) if cycle_exists(line, apart) else None
    if not path_exists(line, apart):
        return None
    n = len(line)
    if not pins:
        return spaced_cycle(_with_far_end(line, apart), apart)
    path = _pinned_path(line, apart, pins)
    return None if path is None else np.append(path, n)


def _pinned_path(line: Longs, apart: int, pins: tuple[int, ...]) -> Longs | None:
    """An open path that begins with pins[0] and ends with pins[1], if that is given.

    A tour through all grains is cut beside one pin and turned about until it ends with the other.
    Failing that, the tour leaves out one pin, and is turned about until its end may touch that.
    """
    names = np.arange(len(line))
    for first, *others in (pins, pins[::-1]):
        for path in _cut_tours(line, apart, [first]):
            turned = _turned(path, np.isin(names, others) if others else names >= 0, line, apart)
            if turned is not None:
                return turned if first == pins[0] else turned[::-1]
    for first, *others in (pins[::-1], pins):
        rest = names[names != first]
        goal = abs(line[rest] - line[first]) >= apart
        for path in _cut_tours(line[rest], apart, [other - (other > first) for other in others]):
            turned = _turned(path, goal, line[rest], apart)
            if turned is not None:
                whole = np.append(rest[turned], first)
                return whole if first != pins[0] else whole[::-1]
    return None


def _cut_tours(line: Longs, apart: int, begin: list[int]) -> list[Longs]:
    """Open paths through all places, cut out of a closed tour, that begin with begin[0] if given."""
    n = len(line)
    if n < 2:
        return [np.arange(n)]
    if cycle_exists(line, apart):
        cycle = spaced_cycle(line, apart)
        first = begin[0] if begin else int(cycle[0])
    elif path_exists(line, apart):
        cycle = spaced_cycle(_with_far_end(line, apart), apart)
        first = n
    else:
        return []
    path = np.roll(cycle, -int(np.flatnonzero(cycle == first)[0]))
    ways = [path, np.roll(path[::-1], 1)]
    if first < n:
        return ways
    ways = [way[1:] for way in ways]
    if begin:
        goal = np.arange(n) == begin[0]
        turned = [_turned(way, goal, line, apart) for way in ways]
        ways = [way[::-1] for way in turned if way is not None]
    return ways


def spaced_order_exists(line: Longs, apart: int, pins: tuple[int, ...], seam: bool) -> bool:
    """Whether `spaced_order` finds one."""
    if not seam:
        return cycle_exists(line, apart)
    if not pins or not path_exists(line, apart):
        return path_exists(line, apart)
    x = np.sort(line)
    close = np.searchsorted(x, x + apart) - np.searchsorted(x, x - apart, "right")
    enough = 2 * (len(x) - int(close.max(initial=0))) > len(x)
    return enough or spaced_order(line, apart, pins, seam) is not None


def is_spaced(cycle: NDArray[np.integer], line: Longs, apart: int) -> bool:
    """Whether a closed tour has steps of at least `apart`; node n, if in it, is far from all."""
    places = np.append(line, line.max() + apart)[cycle]
    return bool((abs(places - np.roll(places, -1)) >= apart).all())


def mend(cycle: Longs, line: Longs, apart: int, pins: tuple[int, ...]) -> Longs | None:
    """The closed tour with its steps that are too short exchanged for others; None if that fails.

    Each is cut, and the path that is left turned about until its ends may touch. Node n, if it is in
    the tour, is next to the grains in `pins` and stays so.
    """
    n = len(line)
    nodes = np.array(cycle, np.int64)
    places = np.append(line, line.max() + 2 * apart)
    held = tuple((n, pin) for pin in pins)
    while True:
        short = np.flatnonzero(abs(places[nodes] - places[np.roll(nodes, -1)]) < apart)
        if len(short) == 0:
            return nodes
        if len(short) * len(nodes) > _WORK:
            return None
        path = np.roll(nodes, -int(short[0]) - 1)
        for way in (path, path[::-1]):
            turned = _turned(way, abs(places - places[way[0]]) >= apart, places, apart, held, _MENDING)
            if turned is not None:
                break
        else:
            return None
        nodes = turned  # at least one short step fewer


def _turned(
    path: Longs,
    goal: NDArray[np.bool_],
    places: Longs,
    apart: int,
    held: tuple[tuple[int, int], ...] = (),
    states: int = _STATES,
) -> Longs | None:
    """The path, turned about so that it ends with a node of which `goal` is true; None if that fails.

    Its first node stays. A rotation joins the last node to one that it may follow, which cuts the
    path behind that one: what was behind it there becomes the last. The steps in `held` are not cut.
    All ends that rotations lead to are looked at, breadth first.
    """
    if goal[path[-1]]:
        return path
    seen = np.zeros(len(places), np.bool_)
    seen[path[-1]] = True
    paths = deque([path])
    states = min(states, 1 + _NODES // len(path))
    while paths:
        path = paths.popleft()
        before, after = path[:-1], path[1:]
        free = abs(places[before] - places[path[-1]]) >= apart
        for a, b in held:
            free &= ~(((before == a) & (after == b)) | ((before == b) & (after == a)))
        cuts = np.flatnonzero(free & ~seen[after])
        for cut in cuts[goal[after[cuts]]][:1]:
            return np.concatenate([path[: cut + 1], path[:cut:-1]])
        for cut in cuts[: max(0, states)]:
            states -= 1
            seen[after[cut]] = True
            paths.append(np.concatenate([path[: cut + 1], path[:cut:-1]]))
    return None
