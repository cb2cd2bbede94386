"""Work in threads: every item once, in order, and errors where they belong."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from granulate.kernels import threads
from granulate.kernels.threads import ahead, over_ranges


@pytest.mark.parametrize("n", [0, 1, 7, 64, 1000])
@pytest.mark.parametrize("cores", [1, 2, 5])
def test_ranges_cover_everything_once(monkeypatch: pytest.MonkeyPatch, n: int, cores: int) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: cores)
    seen = [0] * n

    def work(first: int, last: int) -> None:
        for i in range(first, last):
            seen[i] += 1

    over_ranges(work, n, 16)
    assert seen == [1] * n


def test_an_error_in_a_range_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(threads, "n_threads", lambda: 2)

    def work(first: int, last: int) -> None:
        if first == 32:
            raise ValueError("here")

    with pytest.raises(ValueError, match="here"):
        over_ranges(work, 100, 16)


def test_items_made_ahead_are_the_same_in_order() -> None:
    assert list(ahead(range(1000))) == list(range(1000))
    assert list(ahead([])) == []
    assert list(ahead([None, None])) == [None, None]


def test_an_error_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise KeyError("third")

    made = ahead(items())
    assert (next(made), next(made)) == (1, 2)
    with pytest.raises(KeyError, match="third"):
        next(made)


def test_whoever_stops_early_leaves_no_thread() -> None:
    before = threading.active_count()
    endless = iter(int, 1)
    made = ahead(endless)
    next(made)
    made.close()
    assert threading.active_count() == before
