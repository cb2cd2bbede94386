"""The map's page with many points: what is seen when, frames while the map moves, and from the pointer to the sound.

Run: python benchmarks/map_page.py [POINTS...]; needs chromium and playwright. Frames are drawn by the software
renderer where there is no GPU. Times count from the navigation: "seen" is when the frame after the first points was
begun, "ready" when the pointer finds them, "all" when every point has been drawn. Times of frames include all that
the page does for them, and waiting for the screen. From the pointer to the sound: the event's own time, and the
first sample of the audio thread that is not silent.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from playwright.sync_api import sync_playwright

from granulate import page
from granulate.page.pack import Column, Map, packed_sound
from granulate.types import Sound

RUNS = 3
HOVERS = 40
FRAMES = """async (act) => {
    const { view } = granulate;
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let k = 0; k < 60; k++) {
        if (act === "pan") view.camera.panBy(k % 20 < 10 ? 6 : -6, 3);
        else view.camera.zoomAt(400, 300, k < 30 ? 1.1 : 1 / 1.1);
        view.move();
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times.slice(3).sort((a, b) => a - b);
}"""
LISTEN = """() => {
    globalThis.waits = [];
    let moved = null;
    const now = (time) => performance.timeOrigin + time;
    addEventListener("pointerrawupdate", (event) => (moved ??= now(event.timeStamp)), { capture: true });
    granulate.audio.on("sounding", ({ at }) => {
        if (moved !== null) waits.push(at - moved);
        moved = null;
    });
}"""


def a_map(n: int) -> Map:
    """Clouds of points with four columns, grains of a second of noise."""
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(24, 2)) * 4)[rng.integers(0, 24, n)] + rng.normal(size=(n, 2))
    time = Column("time", "s", np.arange(n) / 86)
    numbers = [Column(name, "", rng.normal(size=n)) for name in ("level", "centroid", "flatness")]
    noise = Sound(rng.uniform(-0.3, 0.3, 44_100).astype(np.float32), 44_100)
    onsets = rng.integers(0, 40_000, n).astype(float)
    return Map(
        "many", "grains", 44_100, points, np.zeros(n), onsets, np.full(n, 2048), (time, *numbers),
        (packed_sound(noise, "noise.wav"),),
    )  # fmt: skip


def until(view: Any, expression: str) -> None:
    while not view.evaluate(expression):
        view.wait_for_timeout(20)


def measured(browser: Any, n: int, folder: Path) -> None:
    file = folder / f"{n}.html"
    file.write_text(page.standalone(a_map(n).to_bytes(), title="many"))
    marks: dict[str, list[float]] = {"first-paint": [], "ready": [], "drawn": []}
    frames: dict[str, list[float]] = {"pan": [], "zoom": []}
    waits: list[float] = []
    hover = 0.0
    for _ in range(RUNS):
        view = browser.new_page(viewport={"width": 1280, "height": 800})
        view.goto(file.as_uri())
        view.wait_for_selector("#map[data-state=ready]", timeout=120_000)
        until(view, "performance.getEntriesByName('granulate-drawn').length")
        for name, times in marks.items():
            times.append(view.evaluate(f"performance.getEntriesByName('granulate-{name}')[0].startTime"))
        for act, times in frames.items():
            times += view.evaluate(FRAMES, act)
        hover = view.evaluate(
            """() => {
                const began = performance.now();
                for (let k = 0; k < 1000; k++) granulate.view.nearest((k * 37) % 900, (k * 91) % 700);
                return performance.now() - began;
            }"""
        )
        waits += heard(view)
        view.close()
    seen, ready, drawn = (f"{np.median(times):.0f}" for times in marks.values())
    told = "; ".join(
        f"{act} {np.median(times):.0f} ms (95%: {np.percentile(times, 95):.0f})"
        for act, times in frames.items()
    )
    print(
        f"{n:>9,} points, {file.stat().st_size / 1e6:.1f} MB: seen {seen} ms, ready {ready} ms, all {drawn} ms;"
        f" frames: {told}; point under the pointer {hover:.1f} us; pointer to sound {np.median(waits):.0f} ms"
        f" (95%: {np.percentile(waits, 95):.0f})",
        flush=True,
    )


def heard(view: Any) -> list[float]:
    """Milliseconds from moves of the pointer to their sounds."""
    view.evaluate("granulate.view.fit()")
    view.keyboard.press("Shift")  # a key is what lets a page sound
    until(view, "granulate.audio.running && granulate.audio.store.ready.has(0)")
    view.evaluate(LISTEN)
    rng = np.random.default_rng(1)
    for _ in range(HOVERS):
        view.mouse.move(*(rng.integers(200, 600, 2).tolist()))
        view.wait_for_timeout(120)  # a grain lasts half of that
    found: list[float] = view.evaluate("waits")
    return found


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"),
            args=[
                "--no-sandbox",
                "--disable-background-networking",
                "--autoplay-policy=no-user-gesture-required",
            ],
        )
        for n in sizes:
            measured(browser, n, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
