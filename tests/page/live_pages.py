"""An instrument that plays to no device, its map's server, and pages of it in a browser."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from granulate import sound_file
from granulate.corpus import analyse
from granulate.live.doors import Doors
from granulate.live.engine import Engine
from granulate.live.instrument import Instrument
from granulate.live.messages import Messages
from granulate.live.sinks import Null
from granulate.preset import Preset
from granulate.web import Content, Live, Server, content
from tests.conftest import melody

RATE = 22_050
NAME = '<img src=x onerror="window.bad=1">.wav'
PRESET = Preset.of(
    {"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": "walk", "temperature": 1.0}}
)
WAIT_MS = 30_000


class Stage:
    """Everything that plays; `serving` opens a door to it."""

    def __init__(self, folder: Path, preset: Preset = PRESET) -> None:
        path = folder / NAME
        sound_file.write(melody(0.7, RATE), path)
        self.take = folder / "take.json"
        self.corpus = analyse([sound_file.read(path)], preset)
        self.engine = Engine.start([], RATE, 2, sink=Null())
        self.messages = Messages()
        self.instrument = Instrument(
            self.engine, self.corpus, preset, take=self.take, said=self.messages.said
        )
        self.doors = Doors(self.instrument, self.messages, "mine")
        self.other = self.doors.door("OSC", checks=True)
        """Another controller of the same instrument."""
        self.content: Content = content(self.corpus, preset)
        self.instrument.begin()

    def close(self) -> None:
        self.instrument.end()
        self.engine.stop()

    @contextmanager
    def serving(self, **given: Any) -> Iterator[Server]:
        live = Live(self.engine, self.instrument, self.doors, browser=True, records=True)
        with Server(replace(self.content), live, **given) as server:
            yield server

    def value(self, path: str) -> Any:
        section, parameter = path.split(".")
        return self.instrument.get(section, parameter)


def until(found: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until something is true."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it has not come"
        time.sleep(0.01)


def opened(browser: Any, url: str, context: Any = None, **options: Any) -> Any:
    """A page whose controls are there; its own context unless one is given. Errors are collected in `said`."""
    view = (context or browser.new_context(viewport={"width": 900, "height": 480}, **options)).new_page()
    view.set_default_timeout(WAIT_MS)
    view.said = []
    view.on("pageerror", lambda error: view.said.append(str(error)))
    view.goto(url)
    view.wait_for_selector("#map[data-state=ready]")
    view.wait_for_selector("[data-test=live-path-kind]")
    view.wait_for_function("() => granulate.live.values.size > 10 && granulate.live.status().clock > 0")
    return view


def shown(view: Any, path: str, wanted: Any) -> None:
    """Wait until a page knows a value."""
    view.wait_for_function(
        "([path, wanted]) => granulate.live.values.get(path) === wanted", arg=[path, wanted], polling=50
    )


def drawn(view: Any, tool: str, places: list[tuple[float, float]]) -> None:
    """Draw on the map with a tool, through places from 0 to 1 of what is seen of it."""
    box = view.locator("#map").bounding_box()
    view.click(f"[data-tool={tool}]")
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in places]
    view.mouse.move(*points[0])
    view.mouse.down()
    for point in points[1:]:
        view.mouse.move(*point)
    view.mouse.up()
