"""What the stranger has at the end: files that sound, a take that was led, maps that play, sounds with tags."""

from __future__ import annotations

import csv
import json
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

from tests.stranger.terminal import StumbleError

LEAST_RIGHT = 0.6
"""Of the tags of new sounds; one in six is chance."""
_ARGUMENTS = [
    "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--autoplay-policy=no-user-gesture-required",
]  # fmt: skip


def need(true: object, what: str) -> None:
    """Raise StumbleError unless it is."""
    if not true:
        raise StumbleError(what)


def sounds(path: Path) -> np.ndarray:
    """The samples of a file that must hold finite ones, and not silence."""
    need(path.is_file(), f"{path.name} was not made")
    samples = soundfile.read(path, always_2d=True)[0]
    need(np.isfinite(samples).all() and np.abs(samples).max() > 0.01, f"{path.name} does not sound")
    return np.asarray(samples)


def answer(port: int, name: str, seconds: float = 20.0) -> list[Any]:
    """What the instrument answers when it is asked for a parameter over OSC."""
    address = f"/granulate/{name}"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        client.settimeout(seconds)
        client.sendto(OscMessageBuilder(address).build().dgram, ("127.0.0.1", port))
        message = OscMessage(client.recv(65536))
    need(message.address == address, f"{address} was answered by {message.address} {message.params}")
    return list(message.params)


def take(path: Path, fewest: int) -> None:
    """A score of at least so many events."""
    events = json.loads(path.read_text())["events"]
    need(len(events["time"]) >= fewest, f"{path.name} holds {len(events['time'])} events")


def tags(table: Path, column: str = "label.class") -> float:
    """The share of sounds whose tag is the folder that they lie in."""
    with table.open(newline="") as file:
        rows = list(csv.DictReader(file))
    need(
        rows and column in rows[0], f"{table.name} has no column {column!r}: {list(rows[0]) if rows else []}"
    )
    return sum(row[column] == Path(row["path"]).parent.name for row in rows) / len(rows)


@contextmanager
def browser() -> Iterator[Any]:
    """Debian's Chromium, driven by Playwright."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        found = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), headless=True, args=_ARGUMENTS
        )
        yield found
        found.close()


def plays(found: Any, url: str) -> int:
    """Open a map and point at a grain, as a person would, until it has sounded; how many points it has."""
    tab = found.new_page(viewport={"width": 1000, "height": 700})
    tab.set_default_timeout(30_000)
    errors: list[str] = []
    tab.on("pageerror", lambda error: errors.append(str(error)))
    tab.goto(url)
    tab.wait_for_selector("#map[data-state=ready]")
    if "?token" in url:
        _hears_what_is_sent(tab)
    else:
        _plays_by_itself(tab)
    n = int(tab.evaluate("granulate.pack.n"))
    need(n > 10, f"{n} points on the map")
    need(not errors, f"the page says {errors}")
    tab.close()
    return n


def _hears_what_is_sent(tab: Any) -> None:
    """The instrument's sound comes out of the page once it was clicked, or asked to where a device sounds, too."""
    tab.wait_for_function("() => granulate.live.status().clock > 0")
    tab.locator("#map").click()
    tab.wait_for_timeout(500)
    if tab.evaluate("!granulate.live.audio.context"):
        tab.click("[data-test=live-hear]")
    _until(tab, "Math.max(0, ...granulate.live.audio.latest.peaks) > 0.001")


def _plays_by_itself(tab: Any) -> None:
    tab.keyboard.press("Shift")
    tab.wait_for_selector("[data-test=sound-state][data-state=running]")
    x, y = tab.evaluate(
        """() => {
            const { view } = granulate;
            const [x, y] = view.camera.toScreen(view.points[0], view.points[1]);
            const box = view.element.getBoundingClientRect();
            return [x + box.left, y + box.top];
        }"""
    )
    tab.mouse.move(3, 3)
    tab.mouse.move(x, y, steps=4)
    _until(tab, "granulate.take.events.length > 0")


def _until(tab: Any, condition: str, seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not tab.evaluate(condition):
        need(time.monotonic() < end, f"the page never came to: {condition}")
        time.sleep(0.05)
