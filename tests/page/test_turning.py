"""A map of three dimensions: it is turned, found, selected and played as it is seen, here and by the instrument."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from granulate import page
from granulate.page.pack import Column, Map, packed_sound
from granulate.preset import Preset
from tests.conftest import melody
from tests.page.live_pages import Stage, drawn, shown
from tests.page.live_pages import opened as opened_live
from tests.page.live_pages import until as wait_until
from tests.page.sounding import opened, until

N = 120


@pytest.fixture(scope="module")
def solid() -> Map:
    """Points of a flat box: its corners apart."""
    rng = np.random.default_rng(4)
    points = rng.uniform(0, 1, (N, 3)) * [1.0, 0.6, 0.3]
    onset = rng.integers(0, 4000, N)
    columns = (Column("time", "s", onset / 22_050),)
    sounds = (packed_sound(melody(0.3), "box.wav"),)
    return Map("box", "grains", 22_050, points, np.zeros(N, int), onset, np.full(N, 1024), columns, sounds)


@pytest.fixture(scope="module")
def tab(chromium: Any, solid: Map, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("solid") / "map.html"
    path.write_text(page.standalone(solid.to_bytes(), title="box"))
    found = opened(chromium, path.as_uri())
    yield found
    assert not found.errors
    found.close()


@pytest.fixture
def view(tab: Any) -> Any:
    """The page as it was at first."""
    tab.keyboard.press("Escape")
    tab.evaluate(
        "() => { granulate.drawing.choose('pointer'); granulate.view.lookAt('xy'); granulate.view.fit(); }"
    )
    settled(tab)
    return tab


def settled(view: Any) -> None:
    until(view, "granulate.view.spatial.has('map')")


def places(view: Any) -> np.ndarray:
    return np.array(view.evaluate("[...granulate.view.points]")).reshape(-1, 2)


def pixels(view: Any, index: int) -> tuple[float, float]:
    x, y = view.evaluate(
        """(index) => {
            const [x, y] = granulate.view.placeOf(index);
            const box = document.getElementById("map").getBoundingClientRect();
            return [x + box.left, y + box.top];
        }""",
        index,
    )
    return x, y


@pytest.mark.parametrize(("yaw", "pitch"), [(0.0, 0.0), (0.7, -0.4), (-2.5, 1.2), (3.0, -1.57)])
def test_points_are_seen_as_a_turned_box_is(view: Any, solid: Map, yaw: float, pitch: float) -> None:
    view.evaluate("([yaw, pitch]) => granulate.view.turnTo(yaw, pitch)", [yaw, pitch])
    points = page.unpack(solid.to_bytes())[1]["points3"].reshape(-1, 3).astype(float) - 0.5
    turned = Rotation.from_euler("yx", [yaw, pitch]).apply(points)
    reach = 2 * np.linalg.norm(points, axis=1).max()
    np.testing.assert_allclose(places(view), turned[:, :2] / reach + 0.5, atol=1e-5)
    assert ((places(view) >= 0) & (places(view) <= 1)).all()


def test_a_place_that_is_seen_is_the_place(view: Any) -> None:
    view.evaluate("granulate.view.turnTo(0.4, 0.9)")
    given = [[0.1, 0.8, 0.3], [0.5, 0.5, 0.5], [1, 0, 1]]
    again = view.evaluate(
        "(all) => all.map((p) => granulate.view.turning.placeAt(granulate.view.turning.seen(p)))", given
    )
    np.testing.assert_allclose(again, given, atol=1e-12)


def test_a_drag_with_shift_turns_and_the_pointer_finds_what_is_seen(view: Any) -> None:
    before = places(view)
    box = view.locator("#map").bounding_box()
    x, y = box["x"] + box["width"] / 2, box["y"] + 20
    view.mouse.move(x, y)
    view.keyboard.down("Shift")
    view.mouse.down()
    view.mouse.move(x + 90, y + 40, steps=4)
    view.mouse.up()
    view.keyboard.up("Shift")
    settled(view)
    after = places(view)
    assert np.abs(after - before).max() > 0.1
    yaw, pitch = view.evaluate("[granulate.view.turning.yaw, granulate.view.turning.pitch]")
    assert yaw > 0.3
    assert pitch > 0.1
    apart = np.linalg.norm(after[:, None] - after, axis=2) + np.eye(N)
    for index in np.argsort(-apart.min(axis=1))[:3].tolist():  # nothing lies in front of these
        view.mouse.move(*pixels(view, index))
        assert view.evaluate("granulate.state.hovered") == index


def test_keys_and_buttons_choose_axes(view: Any, solid: Map) -> None:
    points = page.unpack(solid.to_bytes())[1]["points3"].reshape(-1, 3).astype(float)
    view.focus("#map")
    for key, side, axes in (("x", "zy", [2, 1]), ("y", "xz", [0, 2]), ("z", "xy", [0, 1])):
        view.keyboard.press(key)
        for axis, seen in zip(axes, places(view).T, strict=True):
            assert np.corrcoef(points[:, axis], seen)[0, 1] > 1 - 1e-9
        assert view.get_attribute(f"[data-test=side-{side}]", "aria-pressed") == "true"
    view.click("[data-test=side-xz]")
    assert view.evaluate("granulate.view.turning.side") == "xz"
    view.focus("#map")
    view.keyboard.press("5")
    view.keyboard.press("ArrowRight")
    assert view.evaluate("granulate.view.turning.yaw") > 0.1
    assert view.get_attribute("[data-test=side-xz]", "aria-pressed") == "false"


def test_a_lasso_selects_what_is_seen_within_it(view: Any) -> None:
    view.evaluate("granulate.view.turnTo(1.1, 0.5)")
    settled(view)
    drawn(view, "lasso", [(0.3, 0.05), (0.5, 0.05), (0.5, 0.95), (0.3, 0.95)])
    until(view, "granulate.state.selection.length > 0")
    width = view.locator("#map").bounding_box()["width"]
    across = (
        np.array(view.evaluate("[...granulate.pack.sound.keys()].map((i) => granulate.view.placeOf(i)[0])"))
        / width
    )
    chosen = view.evaluate("[...granulate.state.selection]")
    assert chosen == np.flatnonzero((across > 0.3) & (across < 0.5)).tolist()


def test_walks_go_through_all_three_dimensions(view: Any, solid: Map) -> None:
    points = page.unpack(solid.to_bytes())[1]["points3"].reshape(-1, 3).astype(float)
    walked = view.evaluate(
        """() => {
            const { walker, settings } = granulate.player;
            Object.assign(settings, { mode: "walk", spread: 1, rest: 8 });
            walker.restart(0);
            return Array.from({ length: 60 }, () => walker.next(0.02));
        }"""
    )
    for at in range(10, 50):
        far = np.linalg.norm(points - points[walked[at]], axis=1)
        far[walked[at - 7 : at + 1]] = np.inf  # these rest
        assert walked[at + 1] == np.argmin(far)


def test_a_map_of_two_dimensions_is_not_turned(chromium: Any, solid: Map, tmp_path: Path) -> None:
    flat = Map("flat", "grains", 22_050, solid.points[:, :2], *(getattr(solid, n) for n in ("sound", "onset", "length")),
               solid.columns, solid.sounds)  # fmt: skip
    path = tmp_path / "flat.html"
    path.write_text(page.standalone(flat.to_bytes(), title="flat"))
    tab = opened(chromium, path.as_uri())
    before = places(tab)
    assert not tab.is_visible("[data-test=tool-turn]")
    assert not tab.is_visible("#sides")
    tab.focus("#map")
    tab.keyboard.press("5")
    tab.keyboard.press("y")
    np.testing.assert_array_equal(places(tab), before)
    assert tab.evaluate("granulate.drawing.tool") == "pointer"
    assert not tab.errors
    tab.close()


PRESET = Preset.of(
    {"reduction": {"kind": "pca", "dimensions": 3}, "path": {"kind": "walk", "temperature": 1.0}}
)


def test_the_instrument_goes_where_the_page_says(chromium: Any, tmp_path: Path) -> None:
    stage = Stage(tmp_path, PRESET)
    try:
        with stage.serving() as server:
            live = opened_live(chromium, server.url)
            stage.other.act("stop")
            live.wait_for_function("() => granulate.live.status().resting")
            live.evaluate("() => granulate.view.turnTo(0.8, -0.5)")
            live.wait_for_function("() => granulate.view.spatial.has('map')")
            space = stage.instrument.player.stream.corpus.embedding
            assert space is not None
            low, high = space.points.min(axis=0), space.points.max(axis=0)
            for index in (3, 20):
                live.evaluate("(index) => granulate.hub.emit('pick', { index, source: 'list' })", index)
                wanted = (space.points[index] - low) / (high - low)
                wait_until(
                    lambda wanted=wanted: np.allclose(stage.instrument.status().position, wanted, atol=1e-3)
                )
                # And the page shows the walk where the grain is seen.
                live.wait_for_function(
                    """(index) => {
                        const place = granulate.live.status().position;
                        const [x, y] = granulate.view.seenOf(place);
                        const [gx, gy] = granulate.view.points.subarray(2 * index, 2 * index + 2);
                        return Math.hypot(x - gx, y - gy) < 1e-3;
                    }""",
                    arg=index,
                )
            drawn(live, "line", [(0.35, 0.5), (0.5, 0.45), (0.65, 0.5)])
            shown(live, "path.kind", "gesture")
            line = np.array(stage.value("path.points"))
            assert line.shape[1] == 3
            assert ((line >= 0) & (line <= 1)).all()
            assert live.said == []
            live.context.close()
    finally:
        stage.close()
