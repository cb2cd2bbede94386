"""The page itself, in a real browser, as a file that was opened from disk."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from granulate import page
from granulate.page.pack import Column, Map, packed_sound
from tests.conftest import melody

NASTY = '<img src=x onerror="window.bad=1">.wav'
NAMES = ("kick one.wav", NASTY, "snare.wav")
N = 300


def a_map() -> Map:
    """Points on a square lattice, jittered, of three sounds."""
    rng = np.random.default_rng(3)
    points = np.stack(np.meshgrid(np.arange(20), np.arange(15)), axis=-1).reshape(-1, 2)
    points = points + rng.uniform(-0.2, 0.2, points.shape)
    sound, onset = np.arange(N) % 3, rng.integers(0, 4000, N)
    columns = (
        Column("time", "s", onset / 22_050),
        Column("sound", "", sound, NAMES),
        Column("centroid", "Hz", rng.uniform(100, 5000, N)),
        Column("pitch", "semitones", np.where(sound == 1, np.nan, 60 + sound)),
    )
    sounds = tuple(packed_sound(melody(0.3, seed=i), name) for i, name in enumerate(NAMES))
    return Map("A & B <i>", "grains", 22_050, points, sound, onset, np.full(N, 1024), columns, sounds)


@pytest.fixture(scope="module")
def found() -> Map:
    return a_map()


@pytest.fixture(scope="module")
def file(found: Map, tmp_path_factory: pytest.TempPathFactory) -> str:
    path = tmp_path_factory.mktemp("page") / "map.html"
    path.write_text(page.standalone(found.to_bytes(), title=found.title))
    return path.as_uri()


def opened(browser: Any, address: str, **options: Any) -> Any:
    """The page once it is ready; what it says to the console is collected in `said`."""
    view = browser.new_page(**{"viewport": {"width": 1280, "height": 800}, **options})
    view.said = []
    view.on("console", lambda message: view.said.append(message.text) if message.type == "error" else None)
    view.on("pageerror", lambda error: view.said.append(str(error)))
    view.goto(address)
    view.wait_for_selector("#map[data-state=ready]")
    return view


@pytest.fixture(scope="module")
def shared(chromium: Any, file: str) -> Iterator[Any]:
    view = opened(chromium, file)
    view.evaluate("""() => {
        window.heard = [];
        for (const name of ["hover", "pick", "selection", "gesture", "colour", "layout"])
            granulate.hub.on(name, (value) => heard.push([name, value.index ?? value.indices?.length ?? value]));
    }""")
    yield view
    view.close()


@pytest.fixture
def view(shared: Any) -> Any:
    """The same page for each test, as it was when it was opened."""
    shared.keyboard.press("Escape")
    shared.evaluate("""async () => {
        granulate.search.clear();
        granulate.drawing.choose("pointer");
        granulate.legend.choose(1);
        await granulate.view.arrange("map");
        granulate.view.fit();
        granulate.hub.emit("pick", { index: -1 });
        heard.length = 0;
        document.activeElement.blur();
    }""")
    until(shared, "granulate.view.share === 1")
    return shared


def until(view: Any, expression: str) -> None:
    """Wait for an expression; Playwright's own wait would need a page that lets strings be evaluated."""
    for _ in range(200):
        if view.evaluate(expression):
            return
        view.wait_for_timeout(25)
    raise AssertionError(f"never: {expression}")


def place(view: Any, index: int) -> tuple[float, float]:
    """Where a point is, in pixels of the page."""
    x, y = view.evaluate(f"""() => {{
        const [x, y] = granulate.view.placeOf({index});
        const box = document.getElementById("map").getBoundingClientRect();
        return [x + box.left, y + box.top];
    }}""")
    return x, y


def heard(view: Any, name: str) -> list[Any]:
    return [value for which, value in view.evaluate("heard") if which == name]


def drag(view: Any, points: list[tuple[float, float]]) -> None:
    view.mouse.move(*points[0])
    view.mouse.down()
    for point in points[1:]:
        view.mouse.move(*point, steps=4)
    view.mouse.up()


def around(view: Any, indices: list[int], room: float = 8) -> list[tuple[float, float]]:
    places = np.array([place(view, index) for index in indices])
    (left, top), (right, bottom) = places.min(axis=0) - room, places.max(axis=0) + room
    return [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]


def test_it_opens_from_disk_without_a_complaint(view: Any) -> None:
    assert view.said == []
    assert view.evaluate("[granulate.pack.n, granulate.view.renderer.kind]") == [N, "webgl2"]
    assert view.title() == view.inner_text("#title") == "A & B <i>"


def test_the_pack_arrives_bit_for_bit(view: Any, found: Map) -> None:
    points = np.array(view.evaluate("[...granulate.pack.points]"), np.float32)
    expected = page.unpack(found.to_bytes())[1]
    np.testing.assert_array_equal(points, expected["points"])
    for name in ("sound", "onset", "length"):
        np.testing.assert_array_equal(view.evaluate(f"[...granulate.pack.{name}]"), expected[name])
    sizes = view.evaluate("Promise.all(granulate.pack.sounds.map(async (s) => (await s.bytes()).byteLength))")
    assert sizes == [len(sound.flac) for sound in found.sounds]


@pytest.mark.parametrize("sound", range(3))
def test_points_are_drawn_where_they_are_found(view: Any, found: Map, sound: int) -> None:
    points = np.asarray(found.points, np.float64)
    apart = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(apart, np.inf)
    alone = np.argsort(-apart.min(axis=1), kind="stable")  # others may lie on top of the rest
    index = int(alone[alone % 3 == sound][0])
    x, y = place(view, index)
    view.mouse.move(x + 1, y + 1)
    assert heard(view, "hover")[-1] == index
    assert NAMES[index % 3] in view.inner_text("#tip")
    # The middle of the dot has the colour that the legend gives to its sound.
    view.mouse.move(2, 2)
    swatch = view.locator("#legend .swatch").nth(index % 3)
    wanted = swatch.evaluate("e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)")
    end = time.monotonic() + 5  # what was pointed at has sounded, and glows for a moment
    while (off := np.abs(np.array(pixel(view, x, y)) - wanted).max()) >= 30 and time.monotonic() < end:
        view.wait_for_timeout(100)
    assert off < 30


def pixel(view: Any, x: float, y: float) -> tuple[int, ...]:
    import io

    from PIL import Image

    data = view.screenshot(clip={"x": round(x) - 1, "y": round(y) - 1, "width": 3, "height": 3})
    return Image.open(io.BytesIO(data)).convert("RGB").getpixel((1, 1))  # type: ignore[return-value]


def test_a_click_picks_and_its_details_are_shown(view: Any, found: Map) -> None:
    x, y = place(view, 41)
    view.mouse.click(x, y)
    assert heard(view, "pick") == [41]
    assert view.inner_text('#details dd[data-name="number"]') == "41"
    assert view.inner_text('#details dd[data-name="name"]') == NAMES[41 % 3]
    shown = view.inner_text('#details dd[data-name="centroid"]')
    assert float(shown.split("\u202f")[0]) == pytest.approx(found.columns[2].values[41], rel=0.01)
    view.mouse.click(*place(view, 1))
    assert view.inner_text('#details dd[data-name="pitch"]') == "\N{EN DASH}"


def test_names_of_files_are_text(view: Any) -> None:
    view.mouse.move(*place(view, 1))
    view.fill("#search", "onerror")
    view.wait_for_selector("[data-test=found-sound]")
    assert view.inner_text("[data-test=found-sound]") == NASTY
    assert view.evaluate("window.bad") is None
    assert view.locator("img").count() == 0


def test_the_wheel_zooms_about_the_pointer_and_a_drag_moves(view: Any) -> None:
    x, y = place(view, 120)
    view.mouse.move(x, y)
    view.mouse.wheel(0, -600)
    until(view, f"Math.abs(granulate.view.camera.zoom - {1.0015**400}) < 1e-6")
    np.testing.assert_allclose(place(view, 120), (x, y), atol=2)  # a wheel's place is in whole pixels
    drag(view, [(x, y), (x + 90, y - 40)])
    np.testing.assert_allclose(place(view, 120), (x + 90, y - 40), atol=3)
    assert heard(view, "pick") == []
    view.keyboard.press("0")
    assert view.evaluate("granulate.view.camera.zoom") == 1
    view.keyboard.press("+")
    assert view.evaluate("granulate.view.camera.zoom") == pytest.approx(1.5)


def test_on_a_phone_two_fingers_zoom_and_panels_are_a_sheet(chromium: Any, file: str) -> None:
    touched = opened(chromium, file, has_touch=True, viewport={"width": 360, "height": 740})
    assert touched.evaluate("document.getElementById('map').clientHeight") > 550
    assert not touched.is_visible("#panels")
    wire = touched.context.new_cdp_session(touched)

    def touch(kind: str, *fingers: tuple[int, int]) -> None:
        points = [{"x": x, "y": y, "id": i} for i, (x, y) in enumerate(fingers)]
        wire.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

    touch("touchStart", (180, 300), (220, 300))
    for apart in range(30, 90, 10):
        touch("touchMove", (200 - apart, 300), (200 + apart, 300))
    touch("touchEnd")
    assert 3 < touched.evaluate("granulate.view.camera.zoom") < 5
    touched.tap("[data-test=sheet]")
    assert touched.is_visible("#panels")
    assert touched.evaluate("document.getElementById('map').clientHeight") > 200
    assert touched.said == []
    touched.close()


def test_a_lasso_selects_what_it_goes_round(view: Any) -> None:
    inside = [62, 63, 64, 82, 83, 84]
    view.click("[data-test=tool-lasso]")
    drag(view, around(view, inside))
    until(view, "granulate.state.selection.length > 0")
    assert view.evaluate("[...granulate.state.selection]") == inside
    assert view.inner_text("[data-test=selected]") == "6 points selected"
    view.keyboard.press("Escape")
    assert view.evaluate("granulate.state.selection.length") == 0


@pytest.mark.parametrize(("tool", "closed"), [("line", False), ("loop", True)])
def test_lines_and_loops_become_gestures_on_the_map(view: Any, tool: str, closed: bool) -> None:
    corners = [42, 57, 237]
    view.click(f"[data-test=tool-{tool}]")
    drag(view, [place(view, index) for index in corners])
    gesture = heard(view, "gesture")[-1]
    assert gesture["closed"] is closed
    drawn, points = (
        np.array(gesture["points"]),
        np.array(view.evaluate("[...granulate.pack.points]")).reshape(-1, 2),
    )
    for index in corners:
        assert np.linalg.norm(drawn - points[index], axis=1).min() < 0.01
    assert heard(view, "pick") == []


def test_arrows_go_to_the_neighbour(view: Any) -> None:
    view.focus("#map")
    view.evaluate("granulate.hub.emit('pick', { index: 150, source: 'keys' })")
    for key, index in [("ArrowRight", 151), ("ArrowUp", 171), ("ArrowLeft", 170), ("ArrowDown", 150)]:
        view.keyboard.press(key)
        assert heard(view, "pick")[-1] == index
    view.keyboard.press("Enter")
    assert heard(view, "pick")[-2:] == [150, 150]


def test_points_are_coloured_by_any_column(view: Any) -> None:
    view.select_option("#colour-by", label="centroid (Hz)")
    low, _, high = view.inner_text("[data-test=legend-ends]").split("\n")
    assert float(low) < 300
    assert 4500 < float(high.split("\u202f")[0]) <= 5000
    colours = np.array(view.evaluate("[...granulate.view.colours]")).reshape(-1, 4)
    assert len(np.unique(colours[:, :3], axis=0)) > 100
    view.select_option("#colour-by", label="pitch (semitones)")
    colours = np.array(view.evaluate("[...granulate.view.colours]")).reshape(-1, 4)
    assert len(np.unique(colours[:, :3], axis=0)) == 3
    assert view.inner_text("#legend .none") == "none"


def test_a_group_of_the_legend_can_be_shown_alone(view: Any) -> None:
    view.click("#legend .group >> nth=2")
    opacity = np.array(view.evaluate("[...granulate.view.colours]")).reshape(-1, 4)[:, 3]
    np.testing.assert_array_equal(opacity > 100, np.arange(N) % 3 == 2)
    view.click("#legend .group >> nth=2")
    assert min(view.evaluate("[...granulate.view.colours]")[3::4]) > 100


def test_search_finds_by_every_word(view: Any) -> None:
    view.keyboard.press("/")
    view.keyboard.type("one KICK")
    until(view, "granulate.state.found?.length === 100")
    assert view.inner_text("[data-test=found-count]") == "100 points"
    view.keyboard.press("Enter")
    assert heard(view, "pick")[-1] == 0
    view.fill("#search", "no such sound")
    until(view, "granulate.state.found?.length === 0")


def test_the_grid_gives_each_point_a_place_of_its_own(view: Any) -> None:
    view.keyboard.press("g")
    until(view, "granulate.view.layout === 'grid' && granulate.view.share === 1")
    places = np.array(view.evaluate("[...granulate.view.points]")).reshape(-1, 2)
    assert len(np.unique(places.round(5), axis=0)) == N
    apart = np.linalg.norm(places[:, None] - places[None], axis=2)
    assert apart[~np.eye(N, dtype=bool)].min() > 0.9 / np.ceil(np.sqrt(N))
    view.mouse.move(*place(view, 77))
    assert heard(view, "hover")[-1] == 77


def test_the_spatial_index_answers_as_a_search_of_all_does(view: Any) -> None:
    rng = np.random.default_rng(0)
    questions = rng.uniform(-0.2, 1.2, (200, 2))
    answers = view.evaluate(
        "(all) => all.map(([x, y]) => granulate.view.spatial.nearest('map', x, y, 0.07))", questions.tolist()
    )
    points = np.array(view.evaluate("[...granulate.pack.points]")).reshape(-1, 2)
    distances = np.linalg.norm(points[None] - questions[:, None], axis=2)
    expected = np.where(distances.min(axis=1) < 0.07, distances.argmin(axis=1), -1)
    np.testing.assert_array_equal(answers, expected)


def test_the_theme_can_be_chosen_and_follows_the_system(chromium: Any, file: str) -> None:
    dark = opened(chromium, file, color_scheme="dark")
    shade = "getComputedStyle(document.body).backgroundColor"
    before = dark.evaluate(shade)
    assert dark.evaluate("document.documentElement.dataset.theme") == "dark"
    dark.click("[data-test=theme]")
    assert dark.evaluate("document.documentElement.dataset.theme") == "light"
    assert dark.evaluate(shade) != before
    dark.close()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_can_be_read(view: Any, theme: str) -> None:
    """WCAG 2.2's contrast of 4.5 for text, and of 3 for controls' edges."""
    names = ["paper", "panel", "field", "ink", "quiet", "accent", "on-accent", "edge"]
    before = view.evaluate("document.documentElement.dataset.theme")
    view.evaluate(f"document.documentElement.dataset.theme = '{theme}'")
    found = {name: view.evaluate(f"granulate.theme.colour('{name}')") for name in names}
    view.evaluate(f"document.documentElement.dataset.theme = '{before}'")
    for text, ground, least in [
        *((text, ground, 4.5) for text in ("ink", "quiet") for ground in ("paper", "panel", "field")),
        ("on-accent", "accent", 4.5), ("edge", "panel", 3), ("accent", "paper", 3),
    ]:  # fmt: skip
        assert contrast(found[text], found[ground]) >= least, (text, ground)


def contrast(one: str, other: str) -> float:
    def luminance(colour: str) -> float:
        parts = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
        linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ [0.2126, 0.7152, 0.0722])

    low, high = sorted([luminance(one), luminance(other)])
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("width", [360, 720, 1000, 2560])
def test_nothing_is_cut_off(view: Any, width: int) -> None:
    view.set_viewport_size({"width": width, "height": 740})
    assert view.evaluate("document.documentElement.scrollWidth") == width
    for (
        box
    ) in view.evaluate("""[...document.querySelectorAll("#bar button:not([hidden]), #search")].map((e) => {
        const { left, right, height } = e.getBoundingClientRect();
        return { left, right, height };
    })"""):
        assert box["left"] >= 0
        assert box["right"] <= width
        assert box["height"] >= 32
    view.set_viewport_size({"width": 1280, "height": 800})


def test_without_webgl_the_same_points_are_drawn(chromium: Any, file: str) -> None:
    plain = opened(chromium, f"{file}?canvas")
    assert plain.evaluate("granulate.view.renderer.kind") == "canvas"
    x, y = place(plain, 157)
    swatch = plain.locator("#legend .swatch").nth(157 % 3)
    wanted = swatch.evaluate("e => getComputedStyle(e).backgroundColor.match(/\\d+/g).map(Number)")
    assert np.abs(np.array(pixel(plain, x, y)) - wanted).max() < 30
    assert plain.said == []
    plain.close()


def test_a_damaged_page_says_so(chromium: Any, file: str, tmp_path: Path) -> None:
    from urllib.parse import urlsplit

    text = Path(urlsplit(file).path).read_text()
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace('id="pack">', 'id="pack">AAAA'))
    shown = chromium.new_page()
    shown.goto(broken.as_uri())
    shown.wait_for_selector("#map[data-state=failed]")
    assert "could not be shown" in shown.inner_text("#message")
    shown.close()
