"""The served map in a real browser: the instrument behind it moves the page, and the page moves the instrument."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from granulate import score_file
from granulate.live.osc.server import Server as OscServer
from granulate.live.osc.values import Kind, shape
from granulate.live.sections import MASTER
from granulate.preset import SECTIONS, load
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


def test_every_parameter_has_its_control_with_its_unit_and_bounds(view: Any, stage: Stage) -> None:
    controls = view.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("[data-test^=live-]")].map((one) => {
            const box = one.closest(".control, .row");
            return [one.dataset.test, { text: box?.textContent, title: box?.title }];
        }))"""
    )
    bounded = 0
    for section, parameter in stage.instrument.values():
        if section == "output":
            continue
        name = f"live-{section}-{parameter}"
        assert name in controls, name
        kind = stage.value(f"{section}.kind")
        if parameter == "kind" or "," in (kind or ""):
            continue
        found = SECTIONS.get(section, MASTER)
        hint, declared, _ = found[kind or section].parameters[parameter]
        assert declared.help in controls[name]["title"]
        if shape(hint).kind not in (Kind.NUMBER, Kind.WHOLE) or None in (declared.minimum, declared.maximum):
            continue
        bounded += 1
        assert f"{name}-range" in controls, "no slider"
        assert f"{declared.minimum} to {declared.maximum}" in controls[name]["title"]
        assert controls[name]["text"].endswith(declared.unit)
    assert bounded > 5


def test_labels_are_those_of_all_pages(view: Any, request: pytest.FixtureRequest) -> None:
    view.evaluate("() => granulate.hub.emit('selection', { indices: Uint32Array.of(1, 4) })")
    view.fill("[data-test=label-name]", "<i>bright</i>")
    view.click("[data-test=label-give]")
    labels = "() => { const l = granulate.library.labels; return l.names.map((n, k) => [n, [...l.of.keys()].filter((i) => l.of[i] === k)]); }"
    labelled = f"(wanted) => JSON.stringify(({labels})()) === JSON.stringify(wanted)"
    view.wait_for_function(labelled, arg=[["<i>bright</i>", [1, 4]]])
    second = request.getfixturevalue("second")  # a page that comes later is told, too
    second.wait_for_function(labelled, arg=[["<i>bright</i>", [1, 4]]])
    second.evaluate("() => granulate.library.label([4, 7], 'dull')")
    view.wait_for_function(labelled, arg=[["<i>bright</i>", [1]], ["dull", [4, 7]]])
    assert second.evaluate("document.querySelectorAll('#panels i').length") == 0
    view.locator("#map").focus()
    view.keyboard.press("Escape")


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


def test_level_load_and_preset_are_shown(view: Any) -> None:
    view.wait_for_function(
        """() => {
            const meters = [...document.querySelectorAll("[data-test=live-meter]")];
            const facts = document.querySelector("[data-test=live-facts]").textContent;
            return meters.length === 2 && meters.some((one) => one.value > -55) && /^mine.*; load \\d+%; \\d+ grains/.test(facts);
        }"""
    )


def test_a_preset_comes_in_its_time_and_all_pages_see_it(view: Any, second: Any, stage: Stage) -> None:
    before, wanted = 7.5, load("wander").path.parameters["temperature"]
    stage.other.set("path", "kind", "walk")
    stage.other.set("path", "temperature", before)
    shown(second, "path.temperature", before)
    second.evaluate(
        "() => { window.seen = []; granulate.hub.on('values', (changed) =>"
        " 'path.temperature' in changed && seen.push(changed['path.temperature'])); }"
    )
    view.select_option("[data-test=live-preset]", "wander")
    view.fill("[data-test=live-morph]", "1.5")
    view.click("[data-test=live-change]")
    shown(second, "path.temperature", wanted)
    between = [
        value for value in second.evaluate("seen") if min(before, wanted) < value < max(before, wanted)
    ]
    assert len(between) >= 3, "it jumped"
    assert (np.diff(between) * np.sign(wanted - before) >= 0).all()
    view.wait_for_function(
        "() => document.querySelector('[data-test=live-facts]').textContent.startsWith('wander')"
    )
    assert float(view.input_value("[data-test=live-path-temperature]")) == pytest.approx(wanted, rel=1e-4)


def test_a_take_is_written_down(view: Any, second: Any, stage: Stage) -> None:
    view.wait_for_function("() => granulate.live.status().recording")  # a take begins as the instrument does
    view.click("[data-test=live-record]")
    until(stage.take.exists)
    second.wait_for_function(
        "() => document.querySelector('[data-test=live-record]').getAttribute('aria-pressed') === 'false'"
    )
    score = score_file.load(stage.take)
    assert len(score.events) > 20
    first = stage.take.read_bytes()
    view.click("[data-test=live-record]")
    view.wait_for_function("() => granulate.live.status().recording")
    view.wait_for_timeout(300)
    view.click("[data-test=live-record]")
    until(lambda: stage.take.read_bytes() != first)


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
