"""A child process as its supervisor holds it: started, handed items, listened to, and killed by the clock."""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import IO

from granulate.jobs.work import JobError, Result, Work, receive, send

_START_S = 600.0
"""How long a child may take to import what it needs; on a busy machine, compiling kernels takes minutes."""
_SINGLE = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMBA_NUM_THREADS",
    "BLIS_NUM_THREADS",
)


class Child:
    """A process that does the work."""

    def __init__(self, work: Work) -> None:
        self.work = work
        environment = {**os.environ, **dict.fromkeys(_SINGLE, "1"), "OMP_WAIT_POLICY": "passive"}
        # With this process's own path, `-m` finds the same granulate; the caller's folder must not come first.
        environment["PYTHONPATH"] = os.pathsep.join(path for path in sys.path if path)
        with uninterrupted():
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-m", "granulate.jobs.child", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=environment,
            )
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._requests: IO[bytes] = self._process.stdin
        self._answers: IO[bytes] = self._process.stdout

    def start(self) -> None:
        """Wait until it is ready. Raises JobError when it will not be."""
        with self.watched(_START_S) as watch:
            try:
                send(self._requests, pickle.dumps(self.work))
                answer = receive(self._answers)
            except (EOFError, OSError):
                raise JobError(f"a child process could not start: {watch.verdict(self._fate())}") from None
        if answer:
            self.kill()
            raise JobError(f"a child process could not start: {answer.decode()}")

    def alive(self) -> bool:
        return self._process.poll() is None

    def begin(self, items: bytes, first: int, end: int) -> bool:
        """Hand over a chunk, of which items from `first` to before `end` are wanted. Gives whether it could be."""
        try:
            send(self._requests, f"{first} {end}".encode())
            send(self._requests, items)
        except OSError:
            return False
        return True

    def result(self) -> Result | str | None:
        """What it says of the next item; None at the end of its chunk, and what it died of if it did."""
        try:
            frame = receive(self._answers)
        except (EOFError, OSError):
            return self._fate()
        if not frame:
            return None
        result: Result = pickle.loads(frame)
        return result

    @contextmanager
    def watched(self, deadline: float | None) -> Iterator[Watch]:
        """Kill it when one item takes longer than that many seconds."""
        watch = Watch(self, deadline)
        thread = threading.Thread(target=watch.run, daemon=True) if deadline is not None else None
        if thread:
            thread.start()
        try:
            yield watch
        finally:
            watch.over.set()
            if thread:
                thread.join()

    def kill(self) -> None:
        """End it and wait until it is gone."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        for pipe in (self._requests, self._answers):
            with suppress(OSError):
                pipe.close()

    def interrupt(self) -> None:
        """End it; whoever waits for its answer then knows."""
        with suppress(OSError):
            self._process.kill()

    def _fate(self) -> str:
        code = self._process.wait()
        if code >= 0:
            return f"its process ended with exit code {code}"
        with suppress(ValueError):
            return f"its process died of signal {-code} ({signal.Signals(-code).name})"
        return f"its process died of signal {-code}"


class Watch:
    """The clock of a child's current item."""

    def __init__(self, child: Child, deadline: float | None) -> None:
        self._child, self._deadline = child, deadline
        self._item, self._since = 0, time.monotonic()
        self._killed: int | None = None
        self.over = threading.Event()

    def run(self) -> None:
        """Until the chunk is over, or an item has taken too long."""
        assert self._deadline is not None
        wait = self._deadline
        while not self.over.wait(wait):
            item = self._item  # before the time: whichever item that then is, it is not older
            wait = self._since + self._deadline - time.monotonic()
            if wait <= 0:
                self._killed = item
                self._child.interrupt()
                return

    def next(self) -> None:
        """The next item begins."""
        self._since = time.monotonic()
        self._item += 1

    def kept(self) -> bool:
        """Whether the child's end is the current item's doing: it may just have finished as it was killed for another."""
        return self._killed in (None, self._item)

    def seconds(self) -> float:
        return time.monotonic() - self._since

    def verdict(self, fate: str) -> str:
        """What the child ended of, in words."""
        return fate if self._killed is None else f"took longer than {self._deadline:g} s"


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Processes begun here never get Ctrl-C's signal, which is for whoever began them; it arrives here afterwards."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
