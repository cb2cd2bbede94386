"""Helpers for tests of what the page plays: a server, modules called by themselves, and an ear."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

import numpy as np
from numpy.typing import NDArray
from scipy.signal import fftconvolve

from granulate import page

_CALL = """async ({{ name, given }}) => {{
    const {{ {names} }} = await import(`/assets/${{name}}`);
    {code}
}}"""


@contextmanager
def serving(files: Mapping[str, tuple[bytes, str]]) -> Iterator[str]:
    """The address of a server of the page's assets, and of `files`: path -> bytes and MIME type."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = urlsplit(self.path).path
            found = files.get(path)
            if path.startswith("/assets/"):
                found = page.asset(path.removeprefix("/assets/"))
            body, kind = found or (b"", "text/plain")
            self.send_response(200 if found else 404)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def opened(browser: Any, url: str) -> Any:
    """A page that is ready to sound, its sound decoded; errors that it throws are kept in `errors`."""
    tab = browser.new_page(viewport={"width": 1000, "height": 700})
    tab.errors = []
    tab.on("pageerror", lambda error: tab.errors.append(str(error)))
    tab.goto(url)
    tab.wait_for_selector("#map[data-state=ready]")
    tab.keyboard.press("Shift")  # a key is what lets a page sound
    tab.wait_for_selector("[data-test=sound-state][data-state=running]")
    tab.evaluate(
        """async () => {
            await granulate.audio.store.load(0);
            await granulate.audio.sync();
            globalThis.firstSettings = { ...granulate.player.settings };
        }"""
    )
    return tab


def until(tab: Any, condition: str, seconds: float = 20) -> None:
    """Wait until some JavaScript is true; asked from here, since a page's rules may forbid it to be asked there."""
    end = time.monotonic() + seconds
    while not tab.evaluate(condition):
        assert time.monotonic() < end, f"never: {condition}"
        tab.wait_for_timeout(20)


def module(tab: Any, name: str, names: str, code: str, given: Any = None) -> Any:
    """What some JavaScript returns that has the exports `names` of a module, and `given`."""
    return tab.evaluate(_CALL.format(names=names, code=code), {"name": name, "given": given})


def rendered(tab: Any, events: list[dict[str, Any]], n: int) -> NDArray[np.float64]:
    """Events through the audio worklet, in an OfflineAudioContext (n, 2)."""
    code = """
        const buffer = await rendered(granulate.pack, given.events, given.n);
        return JSON.stringify([0, 1].map((c) => Array.from(buffer.getChannelData(c))));
    """
    return np.array(json.loads(module(tab, "audio.js", "rendered", code, {"events": events, "n": n}))).T


class Heard:
    """What sounds within a `with` block: `sound` (n, 2), once it is over."""

    def __init__(self, tab: Any) -> None:
        self.tab = tab
        self.sound: NDArray[np.float64] = np.zeros((0, 2))

    def __enter__(self) -> Heard:
        self.tab.evaluate(
            """async () => {
                globalThis.kept = [];
                globalThis.ended = new Promise((resolve) => (globalThis.end = resolve));
                if (!globalThis.listening) granulate.audio.on("recorded", (message) => {
                    kept.push(message);
                    if (message.last) end();
                });
                globalThis.listening = true;
                granulate.audio.record(true);
                await granulate.audio.sync();
            }"""
        )
        return self

    def __exit__(self, *_: object) -> None:
        sides = self.tab.evaluate(
            """async () => {
                granulate.audio.record(false);
                await ended;
                const sides = ["left", "right"].map((side) => kept.flatMap((message) => Array.from(message[side])));
                return JSON.stringify(sides);
            }"""
        )
        self.sound = np.array(json.loads(sides)).T


def difference(sound: NDArray[Any], part: NDArray[Any]) -> float:
    """How far a part (m,) is from a sound (n,), at most, where it fits best."""
    assert len(sound) >= len(part)
    energy = np.concatenate([[0], np.cumsum(np.square(sound, dtype=np.float64))])
    # The least sum of squared differences.
    fits = 2 * fftconvolve(sound, part[::-1], "valid") - (energy[len(part) :] - energy[: -len(part)])
    at = int(np.argmax(fits))
    return float(np.abs(sound[at : at + len(part)] - part).max())
