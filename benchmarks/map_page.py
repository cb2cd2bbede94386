"""The map's page with many points: time to the first paint, and to a frame while the map moves.

Run: python benchmarks/map_page.py [POINTS...]; needs chromium and playwright. Frames are drawn by the software
renderer where there is no GPU. Times of frames include all that the page does for them, and waiting for the screen.
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
from granulate.page.pack import Column, Map

FRAMES = """async (act) => {
    const { view } = granulate;
    const times = [];
    let last = await new Promise(requestAnimationFrame);
    for (let k = 0; k < 40; k++) {
        if (act === "pan") view.camera.panBy(k % 20 < 10 ? 6 : -6, 3);
        else view.camera.zoomAt(400, 300, k < 20 ? 1.15 : 1 / 1.15);
        view.move();
        const now = await new Promise(requestAnimationFrame);
        times.push(now - last);
        last = now;
    }
    return times.sort((a, b) => a - b);
}"""


def a_map(n: int) -> Map:
    """Clouds of points, and four columns."""
    rng = np.random.default_rng(0)
    points = (rng.normal(size=(24, 2)) * 4)[rng.integers(0, 24, n)] + rng.normal(size=(n, 2))
    time = Column("time", "s", np.arange(n) / 86)
    numbers = [Column(name, "", rng.normal(size=n)) for name in ("level", "centroid", "flatness")]
    lengths = np.full(n, 2048)
    return Map("many", "grains", 44_100, points, np.zeros(n), np.arange(n) * 512.0, lengths, (time, *numbers))


def measured(browser: Any, n: int, folder: Path) -> None:
    file = folder / f"{n}.html"
    file.write_text(page.standalone(a_map(n).to_bytes(), title="many", settings={"panels": []}))
    firsts, readies = [], []
    for _ in range(3):
        view = browser.new_page(viewport={"width": 1280, "height": 800})
        view.goto(file.as_uri())
        view.wait_for_selector("#map[data-state=ready]", timeout=120_000)
        mark = "performance.getEntriesByName('granulate-{}')[0].startTime"
        firsts.append(view.evaluate(mark.format("first-paint")))
        readies.append(view.evaluate(mark.format("ready")))
        moved = {act: view.evaluate(FRAMES, act) for act in ("pan", "zoom")}
        hover = view.evaluate(
            """() => {
                const began = performance.now();
                for (let k = 0; k < 1000; k++) granulate.view.nearest((k * 37) % 900, (k * 91) % 700);
                return performance.now() - began;
            }"""
        )
        view.close()
    frames = ", ".join(f"{act} {t[len(t) // 2]:.0f} ms (worst {t[-1]:.0f})" for act, t in moved.items())
    print(
        f"{n:>9,} points, {file.stat().st_size / 1e6:.1f} MB: first paint {np.median(firsts):.0f} ms,"
        f" ready {np.median(readies):.0f} ms; a frame of {frames}; point under the pointer {hover:.1f} us"
    )


def main() -> None:
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-background-networking"]
        )
        for n in sizes:
            measured(browser, n, Path(folder))
        browser.close()


if __name__ == "__main__":
    main()
