"""What a job says while it works: a bar for what lasts over a second, and the time of each stage.

Where standard error is no terminal there is no bar; a log is told once that kernels are being compiled, because the
first job after an installation would else be silent for longer than anybody expects.
"""

from __future__ import annotations

import sys
import threading
import time
from types import TracebackType
from typing import Any

_PATIENCE_S = 1.0
_TICK_S = 0.5
_LISTEN_S = 0.1
_COMPILING_S = 2.0
"""Compiling that lasts no longer than this is not worth a line in a log."""


class Progress:
    """Told of every step of a job; draws a bar on standard error once the job has lasted a second.

    Call it as a `Step` (stage, done, total). `seconds` holds the time that each stage took.
    """

    def __init__(self, quiet: bool = False) -> None:
        self.seconds: dict[str, float] = {}
        self._quiet, self._bars = quiet, sys.stderr.isatty()
        self._began = self._since = time.perf_counter()
        self._stage = ""
        self._bar: Any = None
        self._state = ("", 0, 0)
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._compiling = 0
        self._compiled_s = self._compiling_since = 0.0
        self._listens = self._told = False

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
        while not self._over.wait(_TICK_S if self._listens else _LISTEN_S):
            self._listens = self._listens or _on_compiling(self)
            with self._lock:
                if self._over.is_set():
                    return
                if self._bars and time.perf_counter() - self._began >= _PATIENCE_S:
                    self._draw()
                elif not self._bars and not self._told and self._compiles_for() > _COMPILING_S:
                    self._told = True
                    print("granulate: compiling, only the first time ...", file=sys.stderr, flush=True)

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
        """Told when a kernel begins and ends to be compiled; one that calls others has them compiled within."""
        now = time.perf_counter()
        if begun and not self._compiling:
            self._compiling_since = now
        elif self._compiling == 1:
            self._compiled_s += now - self._compiling_since
        self._compiling = max(0, self._compiling + (1 if begun else -1))

    def _compiles_for(self) -> float:
        """Seconds of compiling until now; 0 while nothing is compiled."""
        return self._compiled_s + time.perf_counter() - self._compiling_since if self._compiling else 0.0


def _on_compiling(progress: Progress) -> bool:
    """Let numba tell when it compiles, which it does once after installation; whether it is there already.

    Nothing is imported here: who never needs numba should not wait for it, and a thread that imports what another
    one is importing may find it half made.
    """
    event: Any = sys.modules.get("numba.core.event")
    if not hasattr(event, "register") or not hasattr(sys.modules.get("numba"), "njit"):
        return False

    class Listener(event.Listener):  # type: ignore[misc]
        def on_start(self, event: Any) -> None:
            progress.compiling(True)

        def on_end(self, event: Any) -> None:
            progress.compiling(False)

    event.register("numba:compile", Listener())
    return True
