"""The engine's one job: the next block, from the events that have come, without waiting for anybody."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.limiter import Limiter
from granulate.kernels.master import Ramp, guard, meter
from granulate.kernels.playing import Playing
from granulate.live.records import COMMAND, LOUDEST, PLAYED, Command, Happened, event_type, heard_type
from granulate.live.shared import LOAD_BINS, MOST_POOLS, Setup, Shared
from granulate.types import PANIC_S

CAPACITY = 1 << 17
"""Grains that may wait or sound."""

_KINDS = frozenset(Command)
_AT_ONCE = 2048  # events that are taken in for one block
_FALL_DB_PER_S = 24.0  # of the level meter
_MEMORY_S = 0.3  # over which the load is averaged


class Blocks:
    """Fills one block after another and tells of it in the shared memory.

    `process` neither locks, nor waits, nor touches a file, nor allocates but a few small objects.
    """

    def __init__(self, setup: Setup, shared: Shared) -> None:
        rate, channels = setup.sample_rate, setup.n_channels
        self.setup, self.playing = (
            setup,
            Playing(CAPACITY, channels, setup.block, MOST_POOLS, setup.interpolation),
        )
        self.finished = False
        """A stop has faded out."""
        self._shared, self._state = shared, shared.state
        self._events, self._commands = _touched(_AT_ONCE, event_type(channels)), np.zeros(16, COMMAND)
        self._played = _touched(CAPACITY, PLAYED)
        self._heard = np.zeros(1, heard_type(setup.block, channels))
        self._gain, self._fade, self._limiter = Ramp(), Ramp(), Limiter(channels, rate)
        self._ramp = max(1, round(PANIC_S * rate))
        self._fall = 10 ** (-_FALL_DB_PER_S / 20 / rate)
        self._clock, self._forgotten, self._stopping = 0, -1, False
        self._tables = shared.tables.view()
        self._tables.flags.writeable = False

    @property
    def clock(self) -> int:
        """The output sample that the next block begins with."""
        return self._clock

    def process(self, out: NDArray[np.float32], *, lockstep: bool = False) -> None:
        """Overwrite `out` (n, n_channels), n up to the setup's block. With `lockstep`, all events are taken in.

        Never raises: a block that fails is silent, and counted.
        """
        began = time.perf_counter_ns()
        try:
            self._fill(out, lockstep)
        except Exception:  # noqa: BLE001 - whatever it is, the next block may be well
            out[:] = 0
            self._state["failures"] += 1
        self._clock += len(out)
        self._state["blocks"] += 1
        self._measure(time.perf_counter_ns() - began, len(out))
        self._state["clock"] = self._clock  # last: who has seen it sees the rest

    def _fill(self, out: NDArray[np.float32], lockstep: bool) -> None:
        self._take(lockstep)
        self._obey()
        fading = self._forgotten >= 0
        n_began = self.playing.mix(out, self._clock, self._tables, held=fading)
        self._tell_began(n_began)
        self._gain.apply(out)
        self._fade.apply(out)
        state = self._state
        if silenced := guard(out):
            state["non_finite"] += silenced
        self._limiter.process(out)
        if fading and not self._fade.moving:
            self._forget()
        if state["listening"]:
            self._let_hear(out, lockstep)
        meter(out, state["peak"], self._fall)
        state["reduction"] = self._limiter.reduction
        state["active"], state["pending"] = self.playing.n_active, self.playing.n_pending
        state["late_grains"] = self.playing.n_late

    def resume(self) -> None:
        """Go on where the blocks of another process have ended: its grains sound no more."""
        self._clock = int(self._state["clock"])
        self._gain.set(float(self._state["gain"]))
        self._tell(Happened.PANIC, 0.0)

    def discard(self) -> None:
        """Forget what has been sent: when there was no device to play it, it would now sound all at once."""
        while self._shared.events.pop(self._events):
            pass

    def stop_is_due(self) -> bool:
        """Take a stop that has come while there is nothing to fade out; whether there was one."""
        self._obey()
        return self._stopping

    def _take(self, lockstep: bool) -> None:
        while True:
            room = min(self.playing.n_free, _AT_ONCE)
            arrival = self._shared.events.n_popped
            n = self._shared.events.pop(self._events[:room])
            if n:
                n_tables = int(self._state["n_envelopes"])
                refused = self.playing.take(self._events[:n], arrival, n_tables)
                self._state["refused"] += refused
            if not (lockstep and n):
                return

    def _obey(self) -> None:
        n = self._shared.commands.pop(self._commands)
        for command in self._commands[:n]:
            kind, value, after = command.item()
            if kind not in _KINDS or not 0 <= value <= LOUDEST:
                self._state["refused"] += 1
                continue
            if kind == Command.GAIN:
                self._gain.move(value, self._ramp)
                self._state["gain"] = value
                self._tell(Happened.GAIN, value)
                continue
            self._stopping |= kind == Command.STOP
            if self._forgotten < 0:
                self._fade.move(0.0, self._ramp)
                self._tell(Happened.PANIC, 0.0)
            self._forgotten = max(self._forgotten, after)

    def _forget(self) -> None:
        """It has faded out: drop what was there when that was asked for."""
        self.playing.forget(self._forgotten)
        self._forgotten = -1
        if self._stopping:
            self.finished = True
        else:
            self._fade.set(1.0)

    def _tell_began(self, n: int) -> None:
        if n:
            told = self._played[:n]
            told["kind"] = Happened.BEGAN
            told["id"], told["time"] = (column[:n] for column in self.playing.began)
            told["value"] = 1.0
            self._state["unreported"] += n - self._shared.played.push(told)

    def _tell(self, kind: Happened, value: float) -> None:
        self._played[0] = (kind, -1, self._clock, value)
        self._state["unreported"] += 1 - self._shared.played.push(self._played[:1])

    def _let_hear(self, out: NDArray[np.float32], lockstep: bool) -> None:
        heard = self._heard
        heard["n"] = len(out)
        heard["frames"][0, : len(out)] = out
        while not self._shared.heard.push(heard):
            if not (lockstep and self._state["listening"]):
                self._state["unheard"] += len(out)
                return
            time.sleep(0.001)  # as fast as it goes is as fast as it is listened to

    def _measure(self, lasted_ns: int, n: int) -> None:
        state: Any = self._state
        period_ns = n * 1e9 / self.setup.sample_rate
        load = lasted_ns / period_ns
        state["loads"][min(int(load * 64), LOAD_BINS - 1)] += 1
        state["load"] += (load - state["load"]) * min(1.0, period_ns / (_MEMORY_S * 1e9))


def _touched(n: int, dtype: np.dtype[Any]) -> NDArray[Any]:
    """Zeros (n,) whose pages are there: zeros of numpy's come only when they are first written to."""
    made = np.empty(n, dtype)
    made.view(np.uint8)[:] = 0
    return made
