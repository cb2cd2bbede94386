"""The served map in a real browser: the instrument behind it moves the page, and the page moves the instrument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from granulate.live.osc.server import Server as OscServer
from granulate.web import Server
from tests.live.instrument import Client
from tests.page.live_pages import NAME, Stage, drawn, opened, shown, until


@pytest.fixture(scope="module")
def stage(chromium: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    made = Stage(tmp_path_factory.mktemp("live"))
    yield made
    made.close()


@pytest.fixture(scope="module")
def server(stage: Stage) -> Iterator[Server]:
    with stage.serving() as running:
        yield running


@pytest.fixture(scope="module")
def view(chromium: Any, server: Server) -> Iterator[Any]:
    page = opened(chromium, server.url)
    yield page
    assert page.said == []
    page.context.close()


@pytest.fixture(scope="module")
def second(chromium: Any, server: Server) -> Iterator[Any]:
    page = opened(chromium, server.url)
    yield page
    assert page.said == []
    page.context.close()


def test_the_address_is_rid_of_its_token_and_names_are_text(view: Any, server: Server) -> None:
    assert view.url == f"http://127.0.0.1:{server.port}/"
    assert view.text_content("#title") == NAME
    assert view.evaluate("document.images.length") == 0
    assert view.evaluate("window.bad") is None


def test_every_parameter_has_its_control(view: Any, stage: Stage) -> None:
    for section, parameter in stage.instrument.values():
        if section not in ("output",):
            assert view.locator(f"[data-test=live-{section}-{parameter}]").count() == 1, (section, parameter)


def test_a_slider_moves_the_instrument_and_the_other_page(view: Any, second: Any, stage: Stage) -> None:
    view.locator("[data-test=live-path-temperature-range]").evaluate(
        "range => { range.value = 700; range.dispatchEvent(new Event('input')); }"
    )
    until(lambda: stage.value("path.temperature") != 1.0)
    value = stage.value("path.temperature")
    assert 1 < value <= 100
    shown(second, "path.temperature", value)
    wanted = view.input_value("[data-test=live-path-temperature]")
    second.wait_for_function(
        "wanted => document.querySelector('#live-path-temperature').value === wanted", arg=wanted
    )


def test_another_controller_moves_the_slider(view: Any, second: Any, stage: Stage) -> None:
    with OscServer(stage.doors.door("OSC")) as osc, Client(osc.port) as client:
        client.send("/granulate/path/rest", 7)
        until(lambda: stage.value("path.rest") == 7)
    before = view.input_value("[data-test=live-path-rest-range]")
    for page in (view, second):
        page.wait_for_function("() => document.querySelector('#live-path-rest').value === '7'")
    stage.other.set("path", "rest", 100_000)
    view.wait_for_function(
        "before => document.querySelector('[data-test=live-path-rest-range]').value !== before", arg=before
    )
    stage.other.set("path", "rest", 32)


def test_what_is_written_is_set_and_what_is_refused_is_told(view: Any, stage: Stage) -> None:
    entry = view.locator("[data-test=live-path-continuity]")
    view.locator("[data-test=panel-live-path] summary").focus()
    entry.fill("0.25")
    entry.press("Enter")
    until(lambda: stage.value("path.continuity") == 0.25)
    entry.fill("7")
    entry.press("Enter")
    view.wait_for_function(
        "() => document.querySelector('[data-test=live-state]').textContent.includes('allowed')"
    )
    view.locator("#map").focus()
    view.wait_for_function("() => document.querySelector('#live-path-continuity').value === '0.25'")
    assert stage.value("path.continuity") == 0.25


def test_another_kind_has_other_controls(view: Any, second: Any, stage: Stage) -> None:
    view.select_option("[data-test=live-path-kind]", "drunk")
    until(lambda: stage.value("path.kind") == "drunk")
    for page in (view, second):
        page.wait_for_selector("[data-test=live-path-step]", state="attached")
        assert page.input_value("[data-test=live-path-kind]") == "drunk"
    view.select_option("[data-test=live-path-kind]", "walk")
    shown(second, "path.kind", "walk")


def test_what_sounds_lights_up(view: Any) -> None:
    grains = view.evaluate(
        "new Promise(done => { const all = new Set(); const off = granulate.hub.on('played', ({indices}) => {"
        " indices.forEach(i => all.add(i)); if (all.size > 5) { off(); done([...all]); } }); })"
    )
    assert all(0 <= grain < view.evaluate("granulate.pack.n") for grain in grains)


def test_a_line_and_a_loop_are_gone_along(view: Any, second: Any, stage: Stage) -> None:
    drawn(view, "loop", [(0.4, 0.4), (0.6, 0.4), (0.6, 0.6), (0.4, 0.6)])
    shown(second, "path.loop", True)
    assert stage.value("path.kind") == "gesture"
    points = np.array(stage.value("path.points"))
    assert points.shape[1] == stage.corpus.embedding.points.shape[1]
    assert points.min() >= 0
    assert points.max() <= 1
    drawn(view, "line", [(0.3, 0.5), (0.7, 0.5)])
    shown(second, "path.loop", False)
    stage.other.set("path", "kind", "walk")
    shown(view, "path.kind", "walk")


def test_a_lasso_keeps_the_path_to_what_is_in_it(view: Any, second: Any, stage: Stage) -> None:
    drawn(view, "lasso", [(0.3, 0.2), (0.7, 0.2), (0.7, 0.8), (0.3, 0.8)])
    until(lambda: stage.instrument.player.stream.kept is not None)
    kept = stage.instrument.player.stream.kept
    assert kept is not None
    assert 0 < len(kept) <= len(stage.corpus)
    assert view.evaluate("() => [...granulate.state.selection]") == kept.tolist()
    second.wait_for_function("n => granulate.state.selection.length === n", arg=len(kept), polling=50)
    view.locator("#map").focus()
    view.keyboard.press("Escape")
    until(lambda: stage.instrument.player.stream.kept is None)


def test_pointing_and_clicking_play(view: Any, stage: Stage) -> None:
    stage.other.act("stop")
    view.wait_for_function("() => granulate.live.status().resting")
    view.click("[data-tool=pointer]")
    for number in (5, 11):
        x, y = view.evaluate("n => granulate.view.placeOf(n)", number)
        box = view.locator("#map").bounding_box()
        view.mouse.move(box["x"] + x, box["y"] + y)
        hovered = view.evaluate("granulate.state.hovered")
        assert hovered >= 0
        until(lambda hovered=hovered: stage.instrument.player.newest == hovered)
        view.mouse.down()
        view.mouse.up()
        wanted = stage.content.places.walked(stage.content.places.shown[hovered][None])[0]  # type: ignore[union-attr]
        until(lambda wanted=wanted: np.allclose(stage.instrument.status().position, wanted, atol=1e-3))
    stage.other.act("start")


def test_it_sounds_in_the_page(view: Any, stage: Stage) -> None:
    view.evaluate(
        "() => { const { audio } = granulate.live, push = audio.pushStream.bind(audio); window.clocks = [];"
        " audio.pushStream = (clock, frames) => { clocks.push([clock, frames.length / 2]); push(clock, frames); }; }"
    )
    if view.evaluate("!granulate.live.audio.context"):
        view.click("[data-test=live-hear]")
    view.wait_for_function(
        "() => window.clocks.length > 10 && Math.max(...granulate.live.audio.latest.peaks) > 0.001"
    )
    clocks = np.array(view.evaluate("clocks"))
    np.testing.assert_array_equal(np.diff(clocks[:, 0]), clocks[:-1, 1])  # no frame is missing
    assert view.evaluate("granulate.live.audio.ratio") == 1
    view.evaluate("granulate.live.line.send({hear: false})")


def test_start_stop_presets_and_keys(view: Any, second: Any, stage: Stage) -> None:
    view.click("[data-test=live-play]")
    second.wait_for_function("() => document.querySelector('[data-test=live-play]').textContent === 'Start'")
    assert stage.doors.resting
    second.locator("#map").focus()
    second.keyboard.press("w")
    view.wait_for_function("() => document.querySelector('[data-test=live-play]').textContent === 'Stop'")
    view.click("[data-test=live-panic]")
    until(lambda: any("panic" in message.text for message in stage.messages.last(20)))
    assert view.locator("[data-test=live-record]").is_hidden()  # no file was named


def test_it_comes_again_when_the_server_does(chromium: Any, stage: Stage) -> None:
    with stage.serving() as first:
        page = opened(chromium, first.url)
        port, token = first.port, first.url.partition("token=")[2]
    page.wait_for_selector("[data-test=live-state][data-state=waiting]")
    stage.other.set("path", "momentum", 0.5)
    with stage.serving(port=port, token=token):
        shown(page, "path.momentum", 0.5)
    with stage.serving(port=port) as stranger:
        page.wait_for_selector("[data-test=live-state][data-state=stranger]")
        stage.other.set("path", "momentum", 0.25)
        page.context.new_page().goto(stranger.url)  # the same browser is given the new address
        shown(page, "path.momentum", 0.25)
    assert page.said == []
    page.context.close()


@pytest.mark.parametrize("width", [360, 2560])
def test_it_fits(view: Any, width: int) -> None:
    view.set_viewport_size({"width": width, "height": 800})
    view.wait_for_timeout(100)
    assert view.evaluate("document.documentElement.scrollWidth") <= width
    panels = view.locator("#panels")
    assert panels.evaluate("panels => panels.scrollWidth <= panels.clientWidth")
    view.set_viewport_size({"width": 900, "height": 480})
