"""What a job says while it works: a bar for what lasts over a second, and the time of each stage."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

_PATIENCE_S = 1.0
_TICK_S = 0.5


class Progress:
    """Told of every step of a job; draws a bar on standard error once the job has lasted a second.

    Call it as a `Step` (stage, done, total). `seconds` holds the time that each stage took.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self._quiet = quiet or not sys.stderr.isatty()
        self._began = self._since = time.perf_counter()
        self._stage = ""
        self._bar: Any = None
        self._state = ("", 0, 0)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._compiling = False

    def __enter__(self) -> Progress:
        if not self._quiet:
            threading.Thread(target=self._tick, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self("", 0, 0)
        self._over.set()
        with self._lock:
            if self._bar is not None:
                self._bar.close()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """`total` 0: how much there is to do is not known."""
        if stage != self._stage:
            now = time.perf_counter()
            if self._stage:
                self.seconds[self._stage] = self.seconds.get(self._stage, 0.0) + now - self._since
            self._since, self._stage = now, stage
        self._state = (stage, done, total)

    def _tick(self) -> None:
        _on_compiling(self)
        while not self._over.wait(_TICK_S):
            if time.perf_counter() - self._began >= _PATIENCE_S:
                with self._lock:
                    if not self._over.is_set():
                        self._draw()

    def _draw(self) -> None:
        from tqdm import tqdm

        stage, done, total = self._state
        if self._bar is None:
            self._bar = tqdm(file=sys.stderr, leave=False, dynamic_ncols=True)
        self._bar.set_description_str(stage + self.note, refresh=False)
        self._bar.bar_format = (
            "{desc} {percentage:3.0f}%|{bar}| {elapsed}<{remaining}" if total else "{desc} {elapsed}"
        )
        self._bar.total, self._bar.n = total or None, done
        self._bar.start_t = time.time() - (time.perf_counter() - self._since)
        self._bar.last_print_t = time.time()  # a bar that was never printed since it began is not wiped away
        self._bar.refresh()

    @property
    def note(self) -> str:
        """Why a stage takes long, where that is not its own work."""
        return " (compiling, only the first time)" if self._compiling else ""

    def compiling(self, begun: bool) -> None:
        """Told when a kernel begins and ends to be compiled."""
        self._compiling = begun


def _on_compiling(progress: Progress) -> None:
    """Let numba tell when it compiles: it does so once after installation, for several seconds."""
    with suppress(ImportError):
        from numba.core import event

        class Listener(event.Listener):
            def on_start(self, event: Any) -> None:
                progress.compiling(True)

            def on_end(self, event: Any) -> None:
                progress.compiling(False)

        event.register("numba:compile", Listener())  # type: ignore[no-untyped-call]
