"""Very many points: a sketch of them is seen first, then some with every frame until all are drawn."""

from __future__ import annotations

import base64
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from granulate import page
from granulate.page import sketching
from granulate.page.pack import Column, Map

N = 60_000
FAR = 41_234
"""A point that lies apart."""


def a_map(n: int, n_dimensions: int = 2) -> Map:
    rng = np.random.default_rng(2)
    points = rng.normal(0, 1, (n, n_dimensions))
    if n > FAR:
        points[FAR] = 30
    columns = (Column("time", "s", np.arange(n) / 86), Column("level", "dB", rng.normal(-20, 5, n)))
    ones = np.ones(n)
    return Map("many", "grains", 44_100, points, 0 * ones, ones * np.arange(n), 2048 * ones, columns)


@pytest.fixture(scope="module")
def pack() -> bytes:
    return a_map(N).to_bytes()


def test_a_sketch_is_a_part_of_the_map_and_loses_nothing_that_lies_apart(pack: bytes) -> None:
    header, arrays = page.unpack(base64.b64decode(page.sketch(pack)))
    points = page.unpack(pack)[1]["points"].reshape(-1, 2)
    some = arrays["points"].reshape(-1, 2)
    assert 10_000 < len(some) <= sketching.MOST
    assert header["n"] == N
    at = {place: number for number, place in enumerate(map(tuple, points.tolist()))}
    chosen = [at[place] for place in map(tuple, some.tolist())]
    assert FAR in chosen
    np.testing.assert_array_equal(arrays["column"], (np.arange(N) / 86).astype(np.float32)[chosen])
    assert page.sketch(pack) == page.sketch(pack)


def test_few_points_need_none() -> None:
    assert page.sketch(a_map(500).to_bytes()) == ""


def test_the_sketch_of_three_dimensions_is_what_is_seen_first(chromium: Any) -> None:
    pack = a_map(sketching.FROM, 3).to_bytes()
    header, arrays = page.unpack(base64.b64decode(page.sketch(pack)))
    whole, found = page.unpack(pack)
    seen = (found["points3"].reshape(-1, 3)[:, :2] - 0.5) / whole["reach"] + 0.5
    some = arrays["points"].reshape(-1, 2)
    assert header["n"] == len(seen)
    assert {tuple(place) for place in some.round(5).tolist()} <= {
        tuple(place) for place in seen.round(5).tolist()
    }


@pytest.fixture(scope="module")
def view(chromium: Any, pack: bytes, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("many") / "map.html"
    path.write_text(page.standalone(pack, title="many", settings={"panels": []}))
    found = chromium.new_page(viewport={"width": 1000, "height": 700})
    found.goto(path.as_uri())
    found.wait_for_selector("#map[data-state=ready]")
    yield found
    found.close()


def until(view: Any, expression: str) -> None:
    for _ in range(400):
        if view.evaluate(expression):
            return
        view.wait_for_timeout(25)
    raise AssertionError(f"never: {expression}")


def test_something_is_seen_before_the_map_is_read(view: Any) -> None:
    until(view, "performance.getEntriesByName('granulate-drawn').length > 0")
    first, ready, drawn = view.evaluate(
        "['first-paint', 'ready', 'drawn'].map((n) => performance.getEntriesByName(`granulate-${n}`)[0].startTime)"
    )
    assert first < min(ready, drawn)
    until(view, "document.querySelectorAll('#map canvas').length === 2")  # the sketch has gone


def test_all_points_are_drawn_in_the_end_and_again_after_a_move(view: Any) -> None:
    until(view, f"granulate.view.painter.drawn === {N}")
    view.evaluate("granulate.view.zoom(1.2)")
    view.wait_for_timeout(50)
    until(view, f"granulate.view.painter.list === 'whole' && granulate.view.painter.drawn === {N}")
    view.evaluate("granulate.view.fit()")


def test_of_what_is_close_only_what_is_in_view_is_drawn(view: Any) -> None:
    view.evaluate("granulate.view.show([0, 1])")
    until(view, "granulate.view.painter.rect")
    view.evaluate("() => { granulate.view.camera.panBy(20, 0); granulate.view.move(); }")
    until(view, "granulate.view.painter.list === 'seen'")
    inside = view.evaluate(
        """() => {
            const [x0, y0, x1, y1] = granulate.view.painter.rect;
            const { points, painter } = granulate.view;
            let n = 0;
            for (let i = 0; i < points.length; i += 2)
                n += points[i] >= x0 && points[i] <= x1 && points[i + 1] >= y0 && points[i + 1] <= y1;
            return [n, painter.lists.seen.length];
        }"""
    )
    assert 0 < inside[0] == inside[1] < N
    view.evaluate("granulate.view.fit()")


def test_every_beginning_of_the_levels_of_detail_shows_the_map(view: Any) -> None:
    levels = np.array(view.evaluate("granulate.view.spatial.levels('map').then((list) => [...list])"))
    np.testing.assert_array_equal(np.sort(levels), np.arange(N))
    assert FAR in levels[:8], "one that lies apart comes at once"
