"""Tours: every grain once, apart as asked, ends as told, short, and the same each time."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import minimum_spanning_tree
from scipy.spatial.distance import cdist

from granulate.errors import ParameterError
from granulate.kernels.tour import Path, path_length, shortest_path

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
