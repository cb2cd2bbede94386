"""Tours: every grain once, apart as asked, ends as told, short, and the same each time."""

from __future__ import annotations

import time
from itertools import pairwise, permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from granulate.errors import ParameterError
from granulate.kernels import spacing
from granulate.kernels.greedy import greedy_cycle
from granulate.kernels.moves import Cycle, Grains, carry_out, join_in_turn, new_move, plan
from granulate.kernels.neighbours import nearest
from granulate.kernels.tour import Path, path_length, shortest_path
from granulate.types.arrays import read_only

HOP = 512


def cloud(n: int, columns: int = 6, seed: int = 0) -> np.ndarray:
    """Grains that wander, as a recording's do."""
    return np.cumsum(np.random.default_rng(seed).standard_normal((n, columns)), axis=0).astype(np.float32)


def tour(values: np.ndarray, sounds: np.ndarray | None = None, **asked: object) -> Path:
    n = len(values)
    owners = np.zeros(n, np.int32) if sounds is None else sounds
    onsets = np.zeros(n, np.int64)
    for sound in np.unique(owners):
        onsets[owners == sound] = np.arange((owners == sound).sum()) * HOP
    return shortest_path(values, onsets=onsets, sounds=owners, **asked)


def nearest_step(path: Path, sounds: np.ndarray, loop: bool = False) -> int:
    """The least distance in the recording between successive grains of one sound."""
    within = np.concatenate([np.arange((sounds == s).sum()) for s in np.unique(sounds)])[
        np.argsort(np.argsort(sounds, kind="stable"), kind="stable")
    ]
    a, b = path.order, np.roll(path.order, -1)
    if not loop:
        a, b = a[:-1], b[:-1]
    same = sounds[a] == sounds[b]
    return int(np.abs(within[a] - within[b])[same].min() * HOP) if same.any() else 2**62


@settings(max_examples=150, deadline=None, derandomize=True)
@given(
    sizes=st.lists(st.integers(1, 60), min_size=1, max_size=3),
    hops=st.integers(0, 12),
    alike=st.booleans(),
    loop=st.booleans(),
    pinned=st.booleans(),
    seed=st.integers(0, 5),
)
def test_every_grain_once_and_never_nearer_than_asked(
    sizes: list[int], hops: int, alike: bool, loop: bool, pinned: bool, seed: int
) -> None:
    sounds = np.repeat(np.arange(len(sizes)), sizes).astype(np.int32)
    n = len(sounds)
    values = np.zeros((n, 3), np.float32) if alike else cloud(n, 3, seed)
    start, end = (0, n - 1) if pinned and n > 1 else (None, None)
    path = tour(values, sounds, apart=hops * HOP, loop=loop, start=start, end=end, kicks=1.0, seed=seed)
    assert sorted(path.order) == list(range(n))
    assert path.apart <= hops * HOP
    if n > 1 + loop:
        assert nearest_step(path, sounds, loop) >= path.apart
    if start is not None:
        assert (path.order[0], path.order[-1]) == (start, end)
    assert path.length == pytest.approx(path_length(values, path.order, loop), rel=1e-5)


@pytest.mark.parametrize("hops", [1, 2, 4, 9])
def test_what_is_asked_holds_wherever_there_is_room(hops: int) -> None:
    for n in (2 * hops, 2 * hops + 1, 5 * hops, 300):
        path = tour(cloud(n), apart=hops * HOP)
        assert path.apart == hops * HOP, n


def test_too_few_grains_come_as_near_as_they_must() -> None:
    path = tour(cloud(5), apart=4 * HOP)
    assert 0 < path.apart < 4 * HOP


@pytest.mark.parametrize("n", [2, 3, 5, 8])
@pytest.mark.parametrize("loop", [False, True])
def test_few_grains_are_solved_exactly(n: int, loop: bool) -> None:
    values = np.random.default_rng(n).standard_normal((n, 4)).astype(np.float32)
    best = min(path_length(values, np.array(order), loop) for order in permutations(range(n)))
    assert tour(values, loop=loop).length == pytest.approx(best, rel=1e-4)


def test_near_the_lower_bound_and_shorter_than_simpler_orders() -> None:
    values = cloud(1200, 8)
    bound = minimum_spanning_tree(cdist(values, values)).sum()
    path = tour(values, kicks=1.0)
    assert path.length < 1.12 * bound
    assert path.length <= path_length(values, np.arange(1200))
    assert path.length < path_length(values, np.argsort(values[:, 0]))


def test_more_kicks_never_lengthen_it_much_and_usually_shorten_it() -> None:
    values = cloud(800, 8)
    assert tour(values, kicks=5.0).length < tour(values, kicks=0.0).length


@pytest.mark.parametrize("n", [0, 1, 2, 5, 700])
def test_the_same_each_time(n: int) -> None:
    values = cloud(n)
    first, again = tour(values, apart=3 * HOP, seed=4), tour(values, apart=3 * HOP, seed=4)
    assert np.array_equal(first.order, again.order)


def test_the_number_of_threads_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    values = cloud(3000, 10)
    orders = []
    for n in (1, 2, 3):
        monkeypatch.setattr("granulate.kernels.threads.n_threads", lambda n=n: n)
        orders.append(tour(values, apart=4 * HOP).order)
    assert np.array_equal(orders[0], orders[1])
    assert np.array_equal(orders[0], orders[2])


def test_alike_grains_keep_their_order() -> None:
    assert np.array_equal(tour(np.zeros((40, 3), np.float32)).order, np.arange(40))


def test_duplicates_and_constant_columns_do_not_hang() -> None:
    values = np.repeat(cloud(50), 20, axis=0)
    values[:, 2] = 7
    path = tour(values, apart=3 * HOP)
    assert sorted(path.order) == list(range(1000))
    assert path.apart == 3 * HOP


def test_a_tour_long_enough_to_be_cut_into_regions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("granulate.kernels.search._WHOLE", 1000)
    monkeypatch.setattr("granulate.kernels.search._REGION", 500)
    values = cloud(4000, 8)
    path = tour(values, apart=4 * HOP, start=7, end=9)
    assert sorted(path.order) == list(range(4000))
    assert (path.order[0], path.order[-1]) == (7, 9)
    assert nearest_step(path, np.zeros(4000, np.int32)) >= 4 * HOP


def spaced_orders(
    onsets: np.ndarray, sounds: np.ndarray, apart: int, start: int | None, end: int | None, loop: bool
) -> list[tuple[int, ...]]:
    """All orders of a few grains that keep to what is asked."""
    n = len(onsets)
    may = (sounds[:, None] != sounds) | (abs(onsets[:, None] - onsets) >= apart)
    return [
        order
        for order in permutations(range(n))
        if start in (None, order[0])
        and end in (None, order[-1])
        and all(may[a, b] for a, b in pairwise(order))
        and (not loop or n < 2 or may[order[-1], order[0]])
    ]


@settings(max_examples=120, deadline=None, derandomize=True)
@given(data=st.data(), n=st.integers(1, 6), loop=st.booleans(), regular=st.booleans())
def test_no_order_of_a_few_grains_is_farther_apart_or_shorter(
    data: st.DataObject, n: int, loop: bool, regular: bool
) -> None:
    onsets = np.array(data.draw(st.lists(st.integers(0, 12), min_size=n, max_size=n)), np.int64)
    onsets = np.arange(n) * 2 if regular else onsets
    sounds = np.array(data.draw(st.lists(st.integers(0, 1), min_size=n, max_size=n)), np.int32)
    ends = data.draw(st.lists(st.integers(0, n - 1), min_size=min(n, 2), max_size=2, unique=True))
    start, end = (end if data.draw(st.booleans()) else None for end in (ends[0], ends[-1]))
    asked = data.draw(st.integers(0, 14))
    values = np.random.default_rng(n).standard_normal((n, 3)).astype(np.float32)
    path = shortest_path(values, onsets=onsets, sounds=sounds, apart=asked, start=start, end=end, loop=loop)
    orders = spaced_orders(onsets, sounds, path.apart, start, end, loop)
    assert tuple(path.order) in orders
    assert path.apart == asked or not spaced_orders(onsets, sounds, path.apart + 1, start, end, loop)
    assert path.length == pytest.approx(min(path_length(values, order, loop) for order in orders), abs=1e-4)


@settings(max_examples=300, deadline=None, derandomize=True)
@given(
    places=st.lists(st.integers(0, 12), min_size=2, max_size=8),
    apart=st.integers(1, 12),
    seam=st.booleans(),
    pins=st.integers(0, 2),
)
def test_a_spaced_order_is_found_if_there_is_one(
    places: list[int], apart: int, seam: bool, pins: int
) -> None:
    line, n = np.array(places, np.int64), len(places)
    held = (0, n - 1)[:pins] if seam else ()
    start, end = (*held, None, None)[:2]
    # The sets of grains that a path can have visited, and where it can then be.
    may = abs(line[:, None] - line) >= apart
    reached = {(1 << i, i) for i in range(n) if start in (None, i) and (seam or i == 0)}
    for _ in range(n - 1):
        reached = {(s | 1 << j, j) for s, i in reached for j in range(n) if not s >> j & 1 and may[i, j]}
    exists = any(end in (None, i) and (seam or may[i, 0]) for _, i in reached)
    order = spacing.spaced_order(line, apart, held, seam)
    assert spacing.spaced_order_exists(line, apart, held, seam) == (order is not None) == exists
    if order is not None:
        assert sorted(order) == list(range(n + seam))
        assert spacing.is_spaced(order, line, apart)
        at = list(order).index(n) if seam else 0
        assert set(held) <= {order[at - 1], order[(at + 1) % len(order)]}


@pytest.mark.parametrize("pins", [(), (0,), (40,), (0, 79), (39, 41)])
def test_steps_that_are_too_short_are_mended(pins: tuple[int, ...]) -> None:
    line = np.arange(80) * HOP
    mended = spacing.mend(
        np.array([80, *pins[:1], *np.setdiff1d(range(80), pins), *pins[1:]]), line, 15 * HOP, pins
    )
    assert mended is not None
    assert sorted(mended) == list(range(81))
    assert spacing.is_spaced(mended, line, 15 * HOP)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(n=st.integers(8, 40), k=st.integers(2, 4), seed=st.integers(0, 10_000))
def test_a_move_is_planned_only_if_one_cycle_is_left_and_can_be_taken_back(n: int, k: int, seed: int) -> None:
    random = np.random.default_rng(seed)
    order = random.permutation(n).astype(np.int32)
    place = np.argsort(order).astype(np.int32)
    beside = np.stack([np.roll(order, 1), np.roll(order, -1)], axis=1)[place]
    cycle = Cycle(order.copy(), place, beside.copy(), np.zeros((n, 2)))
    values, line = np.zeros((n, 1), np.float32), np.zeros(n, np.int64)
    grains = Grains(read_only(values), line, 0, np.zeros((n, 1), np.int32), np.zeros((n, 1), np.float32))
    move = new_move(n)
    for i, cut in enumerate(random.permutation(np.sort(random.choice(n // 2, k, replace=False)) * 2)):
        ends = [order[cut], order[(cut + 1) % n]]
        move.ends[2 * i : 2 * i + 2] = ends if random.random() < 0.5 else ends[::-1]
    join_in_turn(move, k)
    links = {frozenset((int(a), int(b))) for a, b in zip(order, np.roll(order, -1), strict=True)}
    links -= {frozenset(move.ends[2 * i : 2 * i + 2].tolist()) for i in range(k)}
    links |= {frozenset((int(move.ends[2 * i + 1]), int(move.ends[(2 * i + 2) % (2 * k)]))) for i in range(k)}
    if not plan(cycle, move, n):
        return
    carry_out(grains, cycle, move)
    after = np.roll(cycle.order, -1)
    assert {frozenset((int(a), int(b))) for a, b in zip(cycle.order, after, strict=True)} == links
    assert np.array_equal(cycle.order[cycle.place], np.arange(n))
    assert {frozenset((i, int(j))) for i in range(n) for j in cycle.beside[i]} == links
    move.ends[: 2 * k] = np.roll(move.ends[: 2 * k], -1)  # what was added is removed
    join_in_turn(move, k)
    assert plan(cycle, move, n)
    carry_out(grains, cycle, move)
    assert np.array_equal(np.sort(cycle.beside, axis=1), np.sort(beside, axis=1))


def test_neighbours_of_a_few_grains_are_the_nearest_that_are_allowed() -> None:
    values, line = cloud(300), np.arange(300) * HOP
    near, lengths = nearest(values, line, 5 * HOP, 7, 0)
    table = cdist(values, values)
    table[abs(line[:, None] - line) < 5 * HOP] = np.inf
    assert np.allclose(lengths, np.sort(table, axis=1)[:, :7], rtol=1e-5)
    assert np.allclose(np.take_along_axis(table, near.astype(int), 1), lengths, rtol=1e-5)


@pytest.mark.parametrize("hops", [0, 4, 100, 900])
def test_every_one_of_many_grains_has_neighbours_however_far_apart(hops: int) -> None:
    values, line = cloud(5000, 8), np.arange(5000) * HOP
    near, lengths = nearest(values, line, hops * HOP, 10, 0)
    assert (near >= 0).all()
    assert (abs(line[near] - line[:, None]) >= hops * HOP).all()
    assert (near != np.arange(5000)[:, None]).all()
    assert (np.diff(lengths, axis=1) >= -1e-5).all()
    assert all(len(set(row)) == 10 for row in near[::50].tolist())


def test_a_search_never_lengthens_the_first_tour() -> None:
    values, line = cloud(1500, 8), np.arange(1500) * HOP
    for apart in (0, 4 * HOP):
        grains = Grains(read_only(values), line, apart, *nearest(values, line, apart, 10, 0))
        first = greedy_cycle(grains, (), True, 0)
        at = int(np.flatnonzero(first == 1500)[0])
        greedy = path_length(values, np.roll(first, -at)[1:])
        assert tour(values, apart=apart, kicks=0.0).length < greedy


def test_time_given_is_time_spent_on_a_shorter_path() -> None:
    values = cloud(1500, 8)
    quick = tour(values, kicks=0.0)
    begun = time.monotonic()
    path = tour(values, seconds=0.5)
    assert 0.5 <= time.monotonic() - begun < 3
    assert path.length < quick.length


@pytest.mark.parametrize(
    ("values", "asked", "message"),
    [
        (np.full((3, 2), np.nan), {}, "finite"),
        (np.zeros(3), {}, "shape"),
        (np.zeros((3, 2)), {"apart": -1}, "apart"),
        (np.zeros((3, 2)), {"neighbours": 1}, "neighbours"),
        (np.zeros((3, 2)), {"start": 3}, "start"),
        (np.zeros((3, 2)), {"end": -1}, "end"),
        (np.zeros((3, 2)), {"start": 1, "end": 1}, "1"),
        (np.zeros((3, 2)), {"kicks": -0.5}, "kicks"),
        (np.zeros((3, 2)), {"seconds": float("inf")}, "seconds"),
    ],
)
def test_what_does_not_fit_is_refused(values: np.ndarray, asked: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as error:
        shortest_path(values, onsets=np.arange(len(values)), sounds=np.zeros(len(values), int), **asked)
    assert "\n" not in str(error.value)
