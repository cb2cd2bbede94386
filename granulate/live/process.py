"""The engine process: it owns the device and the blocks, and serves what may take its time beside them."""

from __future__ import annotations

import gc
import os
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from functools import partial
from multiprocessing import parent_process
from multiprocessing.connection import Connection, wait
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import reason
from granulate.errors import GranulateError
from granulate.kernels.mixing import TABLE_STEPS
from granulate.live.blocks import Blocks
from granulate.live.drivers import Driver, driver, look_again
from granulate.live.input.capture import Capture
from granulate.live.pools import Pool, opened
from granulate.live.records import AT_ONCE, COMMAND, Command, event_type
from granulate.live.shared import Setup, Shared
from granulate.live.sinks import Device, Null

_LOOK_S = 0.05
_STALLED_S = 1.0
_GONE_S = 2.0
_ANEW_S = 0.5
GONE = 75
"""The code with which a process ends whose device is gone (sysexits.h: a failure that passes)."""
_NICE = -11
_REAL_TIME = 5  # a low one: JACK's server and the system's own threads come first


def run(setup: Setup, name: str, connection: Connection, again: bool = False) -> None:
    """The engine, from its first breath to its last. Says ("ready", latency, the input's) or ("failed", why, kind), and ("over", why).

    It ends with the code GONE when its device is gone: closing one that is gone may hang. One that is begun `again`
    goes on where that has ended, when the device is back.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the control side stops it, after a fade
    shared = Shared(setup, name)
    try:
        _warm(setup)
        blocks, capture = Blocks(setup, shared), _capture(setup, shared)
        _be_quick(real_time=not getattr(setup.sink, "freewheel", False))  # which would take all that there is
        if isinstance(setup.sink, Device):
            _hush()
        begin = partial(driver, blocks, shared.state, capture)
        running = None if again else begin()
    except GranulateError as error:
        connection.send(("failed", str(error), type(error)))
        return
    connection.send(("ready", running.latency, running.input_latency) if running else ("ready", 0.0, 0.0))
    service = Service(blocks, shared.state, begin, running, connection)
    why = ""
    try:
        service.run()
    except Exception as error:  # noqa: BLE001 - it is told where it is heard
        why = f"{type(error).__name__}: {reason(error)}"
    service.close()
    with suppress(OSError):
        connection.send(("over", why))
    # Nothing here is worth an orderly end, which a device's driver might hang in.
    os._exit(bool(why))


class Service:
    """What the engine's main thread does while audio runs: pools, and watching."""

    def __init__(
        self, blocks: Blocks, state: NDArray[Any], begin: Callable[[], Driver], running: Driver | None,
        connection: Connection,
    ) -> None:  # fmt: skip
        self._blocks, self._state, self._connection = blocks, state, connection
        self._begin, self._running = begin, running
        self._pools: dict[int, NDArray[np.float32]] = {}
        self._retired: dict[int, int] = {}  # and after how many blocks
        self._blocks_seen, self._seen_at = -1, time.monotonic()
        self._due = self._seen_at + _ANEW_S
        if running is None:
            blocks.resume()

    def run(self) -> None:
        """Until audio is over, the control side says so, or is no more. Ends the process where the device is gone."""
        parent = parent_process()
        assert parent is not None
        while not self._over():
            ready = wait([self._connection, parent.sentinel], _LOOK_S)
            if parent.sentinel in ready:
                return
            if self._connection in ready:
                try:
                    request = self._connection.recv()
                except (EOFError, OSError):
                    return
                if request[0] == "close":
                    return
                self._serve(*request)
            self._let_go()
            self._watch()

    def close(self) -> None:
        """Let the device go, unless it is gone itself: then that may hang."""
        if self._running is not None and not self._state["stalled"]:
            self._running.close()

    def _over(self) -> bool:
        if self._running is None:
            return self._blocks.stop_is_due()
        over = self._running.over()
        if over and not self._blocks.finished:
            self._check_device(gone=True)
        return over

    def _check_device(self, *, gone: bool) -> None:
        if gone and isinstance(self._blocks.setup.sink, Device):
            os._exit(GONE)

    def _serve(self, kind: str, number: int, pool: Pool | None) -> None:
        if number in self._retired:
            self._connection.send(("refused", f"pool {number} still sounds"))
        elif kind == "pool" and pool is not None:
            try:
                frames = opened(pool)
                self._blocks.playing.set_pool(number, frames)
            except (GranulateError, OSError, ValueError) as error:
                self._connection.send(("refused", reason(error)))
                return
            self._pools[number] = frames
            self._connection.send(("done",))
        else:
            self._blocks.playing.set_pool(number, None)
            self._retired[number] = int(self._state["blocks"])
            self._connection.send(("done",))

    def _let_go(self) -> None:
        """Unmap the pools that are retired and sound no more."""
        # The block that was being made may have taken in a grain just before.
        seen = int(self._state["blocks"]) - 2
        for number in [n for n, since in self._retired.items() if since <= seen]:
            if not self._blocks.playing.uses(number):
                del self._retired[number]
                self._pools.pop(number, None)

    def _watch(self) -> None:
        """PortAudio does not tell that a device is gone: blocks are then no longer asked for."""
        now, blocks = time.monotonic(), int(self._state["blocks"])
        if self._running is None:
            self._state["stalled"] = True
            self._begin_anew(now)
            return
        if blocks != self._blocks_seen:
            self._blocks_seen, self._seen_at = blocks, now
        sink = self._blocks.setup.sink
        free = getattr(sink, "freewheel", False)
        self._state["stalled"] = not free and now - self._seen_at > _STALLED_S
        self._check_device(gone=now - self._seen_at > _GONE_S)

    def _begin_anew(self, now: float) -> None:
        if now < self._due:
            return
        self._due = now + _ANEW_S
        look_again()
        self._blocks.discard()
        with suppress(GranulateError):
            self._running = self._begin()
            self._seen_at = time.monotonic()


def _capture(setup: Setup, shared: Shared) -> Capture | None:
    """What hands the input on; a recorded one is mapped now, before anything sounds."""
    if setup.source is None:
        return None
    recorded = opened(setup.source) if isinstance(setup.source, Pool) else None
    return Capture(setup.block, setup.n_inputs, shared.captured, shared.state, recorded)


def _warm(setup: Setup) -> None:
    """Compile everything, on memory of its own: a block with a grain, a gain, a panic."""
    shared = Shared(replace(setup, sink=Null()))
    try:
        blocks = Blocks(setup, shared)
        frames = np.ones((64, 1), np.float32)
        blocks.playing.set_pool(0, frames)
        shared.tables[0] = np.ones(TABLE_STEPS + 1)
        shared.state["n_envelopes"] = shared.state["listening"] = 1
        events = np.zeros(2, event_type(setup.n_channels))
        events["time"], events["length"], events["high"], events["rate"] = AT_ONCE, 32, 64, 1.0
        events["rate"][1], events["gains"] = 1.5, 4.0
        shared.events.push(events)
        commands = np.zeros(2, COMMAND)
        commands["kind"], commands["value"] = (Command.GAIN, Command.PANIC), 0.5
        shared.commands.push(commands[:1])
        out = np.zeros((setup.block, setup.n_channels), np.float32)
        blocks.process(out)
        shared.commands.push(commands[1:])
        blocks.process(out)
        if setup.source is not None:
            Capture(setup.block, setup.n_inputs, shared.captured, shared.state).play(0, setup.block)
        del blocks
    finally:
        shared.close()


def _hush() -> None:
    """The libraries under PortAudio talk on standard error about every device that there is not."""
    silence = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silence, 2)
    os.close(silence)


def _be_quick(*, real_time: bool) -> None:
    """Nothing may hold the audio thread up: no collection of garbage, no other thread for long, and with `real_time` no other process."""
    gc.collect()
    gc.freeze()
    gc.disable()
    sys.setswitchinterval(1e-4)
    # Threads that are begun from now on, the device's among them, are as this one. Both fail where it is not
    # permitted; AttributeError: not on every system.
    with suppress(OSError, AttributeError):
        os.setpriority(os.PRIO_PROCESS, 0, _NICE)
    if real_time:
        with suppress(OSError, AttributeError):
            os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(_REAL_TIME))
