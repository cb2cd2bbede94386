"""The engine's process as the control side holds it: started, asked, ended, and replaced when its device was gone."""

from __future__ import annotations

import multiprocessing
import threading
from collections import deque
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import GranulateError, ParameterError
from granulate.live.drivers import EngineError
from granulate.live.input.sources import Source, ready
from granulate.live.pools import Pool, lent
from granulate.live.process import GONE, run
from granulate.live.shared import MOST_POOLS, Setup, Shared

Samples = NDArray[np.float32]

_START_S = 300.0  # a first start compiles
_SERVE_S = 60.0
_STOP_S = 2.0


class Host:
    """Holds one process at a time, and what it was handed: another one is handed the same.

    `source`: the input as it was asked for; the setup has it made ready. Any thread may ask; one is served at a time.
    """

    def __init__(self, setup: Setup, shared: Shared, source: Source | None) -> None:
        self._setup, self._shared, self._source = setup, shared, source
        self._serving, self._reviving = threading.Lock(), threading.Lock()
        self._numbers = deque(range(MOST_POOLS))
        self._pools: dict[int, Samples | Pool] = {}
        self._stopped, self._failure = False, ""
        self._prepare()

    def begin(self) -> tuple[float, float]:
        """Start it; the latencies of its device and its input in seconds. Raises what it could not do."""
        self._process.start()
        self._theirs.close()
        _, latency, input_latency = self._answer(_START_S)
        return latency, input_latency

    @property
    def pid(self) -> int:
        assert self._process.pid is not None
        return self._process.pid

    def check(self) -> None:
        """Raise EngineError where it has ended by itself; see to it that another one comes where its device was gone."""
        if self._failure:
            raise EngineError(self._failure)
        if self._process.is_alive() or self._reviving.locked():
            return
        if self._process.exitcode != GONE:
            raise EngineError(self._death())
        if self._reviving.acquire(blocking=False):
            self._shared.state["stalled"] = True
            threading.Thread(target=self._revive, daemon=True, name="reviver").start()

    def add(self, frames: Samples | Pool) -> int:
        """Hand over a pool; its number. Raises ParameterError for too many, OutputError where there is no room."""
        with self._serving:
            if not self._numbers:
                raise ParameterError(f"more than {MOST_POOLS} pools at once; allowed: {MOST_POOLS}")
            number = self._numbers[0]
            self._hand(number, frames)
            self._numbers.popleft()
            self._pools[number] = frames
        return number

    def remove(self, number: int) -> None:
        """Take a pool back. Raises ParameterError for one that there is not."""
        with self._serving:
            if number not in self._pools:
                raise ParameterError(f"pool {number}, which there is not; allowed: what add_pool gave")
            self._ask("retire", number, None)
            self._numbers.append(number)
            del self._pools[number]

    def wait_until_over(self) -> None:
        """Wait for the end that it was asked for, and ask for it in another way where it does not come."""
        with self._serving, suppress(EOFError, OSError):
            if not self._connection.poll(_STOP_S):
                self._connection.send(("close",))
                self._connection.poll(_STOP_S)

    def end(self) -> None:
        """End it, by force if need be."""
        with self._serving:
            self._stopped = True
        self._connection.close()
        if self._process.pid is None:
            return
        self._process.join(_STOP_S)
        for end in (self._process.terminate, self._process.kill):
            if self._process.is_alive():
                end()
                self._process.join(_STOP_S)

    def _prepare(self, *, again: bool = False) -> None:
        context = multiprocessing.get_context("spawn")
        self._connection, self._theirs = context.Pipe()
        self._process = context.Process(
            target=run, args=(self._setup, self._shared.name, self._theirs, again), name="granulate-engine",
            daemon=True,
        )  # fmt: skip

    def _revive(self) -> None:
        """Another process in the place of one whose device was gone: it waits for that to be back, and goes on."""
        try:
            with self._serving, ready(self._source, self._setup.sample_rate) as source:
                if self._stopped:
                    return
                self._setup = replace(self._setup, source=source)
                self._connection.close()
                self._prepare(again=True)
                self.begin()
                for number, frames in self._pools.items():
                    self._hand(number, frames)
        except GranulateError as error:
            self._failure = str(error)
        finally:
            self._reviving.release()

    def _hand(self, number: int, frames: Samples | Pool) -> None:
        if isinstance(frames, Pool):
            self._ask("pool", number, frames)
            return
        with lent(frames) as pool:
            self._ask("pool", number, pool)

    def _ask(self, *request: object) -> None:
        self.check()
        with suppress(BrokenPipeError):
            self._connection.send(request)
        self._answer(_SERVE_S)

    def _answer(self, timeout: float) -> tuple[Any, ...]:
        """What it says next. Raises what it could not do."""
        try:
            if not self._connection.poll(timeout):
                raise EngineError(f"the audio engine did not answer within {timeout:g} s")
            answer: tuple[Any, ...] = self._connection.recv()
        except (EOFError, OSError):
            self._process.join(_STOP_S)
            raise EngineError(self._death()) from None
        if answer[0] == "failed":
            raise answer[2](answer[1])
        if answer[0] == "refused":
            raise ParameterError(f"a pool that cannot be read: {answer[1]}")
        if answer[0] == "over":
            raise EngineError(_ended(answer[1] or "its device may be gone"))
        return answer

    def _death(self) -> str:
        """Why the process is no more: what it said last, or else how it went."""
        with suppress(EOFError, OSError):
            if self._connection.poll():
                return _ended(self._connection.recv()[1] or "its device may be gone")
        code = self._process.exitcode
        return _ended(f"signal {-code}" if code is not None and code < 0 else f"code {code}")


def _ended(why: str) -> str:
    return f"the audio engine has ended by itself ({why})"
