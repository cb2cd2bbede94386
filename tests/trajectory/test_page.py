"""The page of a trajectory in a real browser: it turns, plays, and its point is where the sound is."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from granulate.errors import OutputError
from granulate.trajectory import Shown
from granulate.trajectory.camera import Camera
from granulate.trajectory.page import check_page, to_html, write_page
from tests.conftest import melody
from tests.trajectory.courses import noisy_loop

NASTY = '</script><img src=x onerror="window.bad=1"> & <!--DATA-->'
WIDE, HIGH = 1200, 800


def shown() -> Shown:
    return Shown.recorded(noisy_loop(200), NASTY)


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("page") / "loop.html"
    assert write_page(shown(), melody(4.0), path) == path.stat().st_size
    return path


@pytest.fixture
def view(chromium: Any, file: Path) -> Iterator[Any]:
    page = chromium.new_page(viewport={"width": WIDE, "height": HIGH})
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: page.said.append(str(error)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(file.as_uri())
    page.wait_for_function(
        "document.getElementById('sound').duration > 0 && document.getElementById('view').dataset.x"
    )
    yield page
    assert page.said == []
    assert all(url.startswith(("file:", "blob:")) for url in page.asked)
    assert page.evaluate("window.bad") is None
    page.close()


def place(view: Any) -> np.ndarray:
    """Where the point is, in pixels."""
    view.wait_for_timeout(120)
    return np.array(
        view.evaluate("(({x, y}) => [Number(x), Number(y)])(document.getElementById('view').dataset)")
    )


def seek(view: Any, seconds: float) -> None:
    view.evaluate(
        "(t) => { const s = document.getElementById('time'); s.value = t; s.dispatchEvent(new Event('input')); }",
        seconds,
    )
    view.wait_for_function(
        "(t) => Math.abs(document.getElementById('sound').currentTime - t) < 0.01", arg=seconds
    )


def test_the_point_is_where_the_embedding_is_at_that_time(view: Any) -> None:
    seen, wanted = [], []
    for seconds in (0.0, 0.5, 1.0, 1.7, 2.5, 3.3):
        seek(view, seconds)
        seen.append(place(view))
        wanted.append(Camera()(shown().at(np.array([seconds])))[0][0] * [1, -1])
    scale = min(HIGH, 0.75 * WIDE) / 1.84
    np.testing.assert_allclose(seen, np.array(wanted) * scale + [WIDE / 2, 0.455 * HIGH], atol=1.5)
    lit = view.evaluate(
        """([x, y]) => Array.from(document.getElementById("view").getContext("2d")
        .getImageData(Math.round(x), Math.round(y), 1, 1).data)""",
        seen[-1].tolist(),
    )
    assert lit[:3] == [255, 255, 255]


def test_dragging_turns_it_and_the_wheel_brings_it_nearer(view: Any) -> None:
    seek(view, 1.0)
    before = place(view)
    view.mouse.move(600, 300)
    view.mouse.down()
    view.mouse.move(700, 320, steps=4)
    view.mouse.up()
    turned = place(view)
    (expected,), _ = Camera(-60 - 40, 22 + 8)(shown().at(np.array([1.0])))
    np.testing.assert_allclose(turned, expected * [1, -1] * HIGH / 1.84 + [WIDE / 2, 0.455 * HIGH], atol=1.5)
    view.mouse.wheel(0, -400)
    near = place(view)
    middle = np.array([WIDE / 2, 0.455 * HIGH])
    assert np.linalg.norm(near - middle) > 1.5 * np.linalg.norm(turned - middle)
    view.dblclick("#view", position={"x": 5, "y": 300})
    np.testing.assert_allclose(place(view), before, atol=0.5)


def test_it_plays_and_a_click_goes_to_the_moment_of_a_place(view: Any) -> None:
    view.uncheck("#turning")
    seek(view, 3.0)
    there = place(view)
    seek(view, 0.5)
    view.mouse.click(*there)
    view.wait_for_function("Math.abs(document.getElementById('sound').currentTime - 0.5) > 0.2")
    found = view.evaluate("document.getElementById('sound').currentTime")
    far = np.linalg.norm(shown().at(np.array([found])) - shown().at(np.array([3.0])))
    assert far < 0.12  # the loop comes by there every turn
    view.click("#play")
    view.wait_for_function("(t) => document.getElementById('sound').currentTime > t + 0.15", arg=found)
    says = "(text) => document.getElementById('play').innerText == text"
    view.wait_for_function(says, arg="Pause")
    view.click("#play")
    view.wait_for_function(says, arg="Play")
    assert view.title() == NASTY


def test_the_same_page_has_the_same_text_and_fetches_nothing(tmp_path: Path) -> None:
    texts = [to_html(shown(), melody(0.3)) for _ in range(2)]
    assert texts[0] == texts[1]
    assert "http" not in texts[0].replace("http-equiv", "")
    assert "<img" not in texts[0]
    with pytest.raises(OutputError, match=r"ends in \.html"):
        check_page(tmp_path / "page.pdf")
