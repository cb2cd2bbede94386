"""The shortest path through all grains: each step to the most similar grain that is still unheard.

Neighbour lists (`neighbours`), a first tour from greedy edges (`greedy`), 3-opt and kicks on it
(`improve`, `search`); a handful of grains is solved exactly (`exact`). `spacing` knows how far apart
in the recording successive grains can be. A path is found as a closed tour through one node more,
the seam, which is at no distance from any grain: there the tour is cut open.

On frames of sound the path is a few per cent longer than the minimum spanning tree, a lower bound;
see `benchmarks/tour.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from time import monotonic
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from granulate.errors import ParameterError
from granulate.kernels import exact, spacing
from granulate.kernels.greedy import greedy_cycle
from granulate.kernels.moves import Grains
from granulate.kernels.neighbours import nearest
from granulate.kernels.search import Effort, optimised
from granulate.types.arrays import read_only

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

LARGEST = 1e6
"""The largest value that a descriptor may have: far from what scaling leaves."""
_LATEST = 2**48


@dataclass(frozen=True, slots=True, eq=False)
class Path:
    """An order of grains, each of them once."""

    order: Longs
    """(n,) grain indices."""
    length: float
    """The sum of the steps, of a loop with the closing one."""
    apart: int
    """Samples that successive grains of one sound are apart at least: less than asked for only where
    no path (or none with the given ends that could be found) keeps to it."""


def shortest_path(
    values: ArrayLike,
    *,
    onsets: ArrayLike,
    sounds: ArrayLike,
    apart: int = 0,
    start: int | None = None,
    end: int | None = None,
    loop: bool = False,
    neighbours: int = 10,
    kicks: float = 0.1,
    seconds: float = 0.0,
    seed: int = 0,
) -> Path:
    """A short path that visits each grain once.

    `values` (n, d) are scaled descriptors, compared by Euclidean distance; `onsets` (n,) where each
    grain begins, in samples, in the sound that `sounds` (n,) names. Successive grains of one sound
    begin at least `apart` samples apart. The path begins with grain `start` and ends with grain
    `end`, if given; as a `loop`, the step from last to first counts as well, and keeps `apart`.

    `neighbours` (2 to 64) are the grains each grain considers as the next; `kicks` how many times per
    grain the path is disturbed to find a shorter one. With `seconds` above 0 that goes on instead
    until so much time has passed since the call, and the path depends on the machine; otherwise the
    same arguments give the same path, whatever the number of threads.

    Grains that are alike keep their original order as far as `apart` allows. Raises ParameterError
    for arrays that do not fit together or are not finite, and for arguments out of range.
    """
    begun = monotonic()
    table, places, names = _checked_arrays(values, onsets, sounds)
    n = len(table)
    _check_numbers(apart=(apart, 0, 2**62), neighbours=(neighbours, 2, 64), seed=(seed, 0, 2**63 - 1))
    _check_numbers(kicks=(kicks, 0, 1e6), seconds=(seconds, 0, 1e9))
    _check_ends(n, start, end)
    if n == 0:
        return Path(np.empty(0, np.int64), 0.0, int(apart))
    ends = _Ends(start, end, loop)
    # No two grains of one sound are farther apart than that, and the sums below stay small.
    reachable = min(int(apart), _longest(places, names) + 1)
    line = spacing.on_a_line(places, names, reachable)
    held = spacing.largest_apart(line, reachable, ends.exist)
    effort = Effort(kicks, begun + seconds if seconds > 0 else None, int(seed))
    tour = _tour(table, line, held, ends, neighbours, effort)
    order = ends.cut(tour, n)
    original = np.arange(n)
    if ends.fit(original, line, held) and path_length(table, original, loop) <= path_length(
        table, order, loop
    ):
        order = original
    return Path(order, path_length(table, order, loop), int(apart) if held == reachable else held)


def path_length(values: ArrayLike, order: ArrayLike, loop: bool = False) -> float:
    """The sum of the steps between the rows of `values` (n, d) in the given order (m,).

    With `loop` the step from the last to the first counts too.
    """
    table, turn = np.asarray(values), np.asarray(order, np.int64)
    after = np.roll(turn, -1) if loop else turn[1:]
    total = 0.0
    for i in range(0, len(after), 1 << 14):
        steps = table[after[i : i + (1 << 14)]] - table[turn[i : i + (1 << 14)][: len(after) - i]]
        total += float(np.sqrt(np.einsum("ij,ij->i", steps, steps, dtype=np.float64)).sum())
    return total


@dataclass(frozen=True, slots=True)
class _Ends:
    """Where a path must begin and end, and whether it closes."""

    start: int | None
    end: int | None
    loop: bool

    @property
    def pins(self) -> tuple[int, ...]:
        """The grains next to the seam."""
        return tuple(grain for grain in (self.start, self.end) if grain is not None and self.seam)

    @property
    def seam(self) -> bool:
        """Whether the closed tour has a seam; a loop needs one only to keep last and first together."""
        return not self.loop or (self.start is not None and self.end is not None)

    def exist(self, line: Longs, apart: int) -> bool:
        """Whether there is such a path with steps of at least `apart` on the line."""
        if len(line) < 2:
            return True
        if self.loop and self.seam and np.ptp(line[list(self.pins)]) < apart:
            return False
        return spacing.spaced_order_exists(line, apart, self.pins, self.seam)

    def cut(self, tour: Longs, n: int) -> Longs:
        """The closed tour as a path: from the seam, or else from a given end, or grain 0, on."""
        first = n if self.seam else self.start if self.start is not None else self.end or 0
        path = np.roll(tour, -int(np.flatnonzero(tour == first)[0]))
        if self.seam:
            path = path[1:]
            wrong = path[0] == self.end or path[-1] == self.start
            backwards = wrong if self.pins else path[0] > path[-1]
            return path[::-1].copy() if backwards and n > 1 else path
        if n > 2 and path[1] > path[-1]:
            path = np.roll(path[::-1], 1)
        return np.roll(path, -1) if self.end is not None else path

    def fit(self, order: Longs, line: Longs, apart: int) -> bool:
        """Whether a path begins and ends as it must with steps of at least `apart` on the line."""
        if (self.start is not None and order[0] != self.start) or (
            self.end is not None and order[-1] != self.end
        ):
            return False
        steps = abs(np.diff(line[order], append=line[order[:1]] if self.loop else line[:0]))
        return len(order) < 2 or int(steps.min()) >= apart


def _tour(
    values: Floats,
    line: Longs,
    apart: int,
    ends: _Ends,
    neighbours: int,
    effort: Effort,
) -> Longs:
    """A short closed tour through the grains, and the seam (node n) if there is one."""
    n = len(values)
    if n <= exact.MOST:
        return _tiny_tour(values, line, apart, ends)
    grains = Grains(values, line, apart, *nearest(values, line, apart, min(neighbours, n - 1), effort.seed))
    tour = greedy_cycle(grains, ends.pins, ends.seam, effort.seed)
    tour = optimised(grains, tour, ends.pins, effort)
    if spacing.is_spaced(tour, line, apart):
        return tour.astype(np.int64)
    mended = spacing.mend(tour.astype(np.int64), line, apart, ends.pins)
    if mended is None:
        mended = spacing.spaced_order(line, apart, ends.pins, ends.seam)
    assert mended is not None, "there is a path: `largest_apart` has seen it"
    tour = optimised(grains, mended.astype(np.int32), ends.pins, replace(effort, kicks=0.0, until=None))
    return tour.astype(np.int64)


def _tiny_tour(values: Floats, line: Longs, apart: int, ends: _Ends) -> Longs:
    steps = np.sqrt(((values[:, None].astype(np.float64) - values[None]) ** 2).sum(axis=2))
    steps[abs(line[:, None] - line[None]) < apart] = np.inf
    if not ends.seam:
        return exact.shortest_order(steps, None, None, True)
    return np.append(exact.shortest_order(steps, ends.start, ends.end, False), len(values))


def _longest(onsets: Longs, sounds: NDArray[np.int32]) -> int:
    """Samples between the first and last grain of a sound, of that for which it is most."""
    by_sound = np.lexsort((onsets, sounds))
    sorted_onsets, sorted_sounds = onsets[by_sound], sounds[by_sound]
    first = np.append(0, np.flatnonzero(np.diff(sorted_sounds)) + 1)
    last = np.append(first[1:], len(onsets)) - 1
    return int((sorted_onsets[last] - sorted_onsets[first]).max())


def _checked_arrays(
    values: ArrayLike, onsets: ArrayLike, sounds: ArrayLike
) -> tuple[Floats, Longs, NDArray[np.int32]]:
    table = np.asarray(values)
    if table.ndim != 2 or table.dtype.kind not in "fiub":
        raise ParameterError(
            f"values of shape {table.shape} and type {table.dtype}; allowed: numbers of shape (n, d)"
        )
    table = np.ascontiguousarray(table, np.float32)
    extreme = max(-float(table.min(initial=0.0)), float(table.max(initial=0.0)))
    if not extreme <= LARGEST:
        raise ParameterError(f"values as large as {extreme:g}; allowed: finite ones up to {LARGEST:g}")
    places = _checked_column("onsets", onsets, len(table)).astype(np.int64)
    if abs(places).max(initial=0) > _LATEST:
        raise ParameterError(f"onsets as large as {abs(places).max()}; allowed: up to {_LATEST}")
    return read_only(table), places, _checked_column("sounds", sounds, len(table)).astype(np.int32)


def _checked_column(name: str, column: ArrayLike, n: int) -> NDArray[Any]:
    array = np.asarray(column)
    if array.shape != (n,) or (array.dtype.kind not in "iu" and n > 0):
        raise ParameterError(
            f"{name} of shape {array.shape} and type {array.dtype}; allowed: {n} integers, one for each"
            " row of values"
        )
    return array


def _check_numbers(**arguments: tuple[float, float, float]) -> None:
    for name, (value, low, high) in arguments.items():
        if not low <= value <= high:  # NaN is not
            raise ParameterError(f"{name} = {value}; allowed: {low:g} to {high:g}")


def _check_ends(n: int, start: int | None, end: int | None) -> None:
    for name, grain in (("start", start), ("end", end)):
        if grain is not None and not 0 <= grain < n:
            raise ParameterError(f"{name} = {grain}; allowed: a grain from 0 to {n - 1}")
    if start is not None and start == end and n > 1:
        raise ParameterError(f"start and end are both {start}; allowed: two different grains")
