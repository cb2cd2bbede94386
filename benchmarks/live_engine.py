"""The live engine: what a block costs, and what a busy control process does to it.

The first table times the engine's own blocks one after another, on one core: mixing, guard, limiter and telling
included. Its percentiles are of thread CPU time over the block's period, so that they show the engine and not its
neighbours; the wall's are beside them. The second runs a clock in real time, in the same process as a busy Python
thread and as an engine of its own: how many blocks were late.
"""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable

import numpy as np

from benchmarks import material
from benchmarks.timing import machine, show, verdict
from granulate.kernels.mixing import TABLE_STEPS
from granulate.live.blocks import Blocks
from granulate.live.drivers import driver
from granulate.live.engine import Engine, Null
from granulate.live.process import _warm
from granulate.live.records import event_type
from granulate.live.shared import Setup, Shared

RATE, BLOCK, LENGTH = 48_000, 128, 4096
HANN = np.hanning(TABLE_STEPS + 1).astype(np.float32)


def cloud(n_frames: int, voices: int, first: int, last: int, octaves: float, seed: int = 0) -> np.ndarray:
    """Grains that begin from output sample `first` to `last`, `voices` of them at once."""
    rng = np.random.default_rng(seed)
    n = (last - first) * voices // LENGTH
    events = np.zeros(n, event_type(2))
    events["id"], events["time"] = np.arange(n), np.sort(rng.integers(first, last, n))
    events["start"], events["length"] = rng.integers(0, n_frames - 4 * LENGTH, n), LENGTH
    events["high"], events["rate"] = n_frames, 2 ** rng.uniform(-octaves, octaves, n)
    angle = rng.uniform(0, np.pi / 2, n)
    events["gains"] = 0.5 / voices**0.5 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return events


class Desk:
    """Blocks and the other end of their memory, in this process."""

    def __init__(self, source: np.ndarray, block: int) -> None:
        self.setup = Setup(RATE, 2, block, "linear", Null())
        _warm(self.setup)
        self.source, self.shared = source, Shared(self.setup)
        self.shared.tables[0] = HANN
        self.shared.state["n_envelopes"] = 1
        self.blocks = Blocks(self.setup, self.shared)
        self.blocks.playing.set_pool(0, source)
        self.events, self.sent = np.zeros(0, event_type(2)), 0

    def feed(self) -> None:
        """Send what is due within a tenth of a second."""
        until = np.searchsorted(self.events["time"], self.blocks.clock + RATE // 10)
        self.sent += self.shared.events.push(self.events[self.sent : until])

    def close(self) -> None:
        del self.blocks
        self.shared.close()


def cost(source: np.ndarray, voices: int, octaves: float, block: int, seconds: float) -> list[float]:
    """p50, p99 and p99.9 of a block's CPU time, and of its wall time, over its period."""
    desk = Desk(source, block)
    desk.events = cloud(len(source), voices, 0, int((seconds + 1) * RATE), octaves)
    out = np.zeros((block, 2), np.float32)
    taken: list[tuple[float, float]] = []
    while desk.blocks.clock < seconds * RATE:
        desk.feed()
        wall, cpu = time.perf_counter(), time.thread_time()
        desk.blocks.process(out)
        if desk.blocks.clock > LENGTH:
            taken.append((time.thread_time() - cpu, time.perf_counter() - wall))
    desk.close()
    loads = np.array(taken) * RATE / block
    return [float(np.percentile(loads[:, k], q)) for k in (0, 1) for q in (50, 99, 99.9)]


def costs(mono: np.ndarray, seconds: float) -> None:
    rows: list[list[object]] = []
    for block in (64, BLOCK, 1024):
        for voices, octaves, name in ((2048, 1.0, "interpolated"), (4096, 0.0, "as recorded")):
            for kind, pool in (("mono, panned", mono), ("stereo", np.repeat(mono, 2, axis=1))):
                loads = cost(pool, voices, octaves, block, seconds)
                met = verdict(loads[1] <= 0.5) if block == BLOCK else ""
                rows.append([block, f"{voices} {name}", kind, *loads, met])
    show(
        "A block's time over its period: grains of 85 ms into two channels, linear, one core",
        [
            "frames",
            "grains at once",
            "source",
            "p50",
            "p99",
            "p99.9",
            "wall p50",
            "p99",
            "p99.9",
            "p99 up to 0.5",
        ],
        rows,
    )


def busy(over: threading.Event) -> None:
    """What a control process does at its worst: Python code without a pause."""
    x = 0
    while not over.is_set():
        x = (x * 1103515245 + 12345) % 2**31


def same_process(source: np.ndarray, events: np.ndarray, seconds: float) -> tuple[int, int, int]:
    desk = Desk(source, BLOCK)
    desk.events = events
    running = driver(desk.blocks, desk.shared.state)
    while desk.blocks.clock < seconds * RATE:
        desk.feed()
        time.sleep(0.01)
    running.close()
    state = desk.shared.state
    told = int(state["blocks"]), int(state["late"]), int(state["late_grains"])
    desk.close()
    return told


def own_process(source: np.ndarray, events: np.ndarray, seconds: float) -> tuple[int, int, int]:
    with Engine.start([source], RATE, 2, block=BLOCK, sink=Null(), envelopes=[HANN]) as engine:
        first, sent = engine.state.clock + RATE // 10, 0
        shifted = events.copy()
        shifted["time"] += first
        before = engine.state
        while (clock := engine.state.clock) < first + seconds * RATE:
            sent += engine.push(shifted[sent : np.searchsorted(shifted["time"], clock + RATE // 10)])
            time.sleep(0.01)
        state = engine.state
    return state.blocks - before.blocks, state.late - before.late, state.late_grains


def lateness(source: np.ndarray, seconds: float, rounds: int) -> None:
    """Idle and busy, in turns."""
    events = cloud(len(source), 128, 0, int((seconds + 1) * RATE), 1.0)
    ways: dict[str, Callable[..., tuple[int, int, int]]] = {
        "same process": same_process,
        "process of its own": own_process,
    }
    found: dict[tuple[str, str], list[tuple[int, int, int]]] = {}
    for _ in range(rounds):
        for load in ("idle", "busy thread"):
            for name, play in ways.items():
                over = threading.Event()
                thread = threading.Thread(target=busy, args=(over,), daemon=True)
                if load != "idle":
                    thread.start()
                gc.collect()
                found.setdefault((name, load), []).append(play(source, events, seconds))
                over.set()
                if load != "idle":
                    thread.join()
    rows: list[list[object]] = []
    for (name, load), told in found.items():
        blocks, late, grains = np.sum(told, axis=0).tolist()
        rows.append([name, load, blocks, late, 100 * late / blocks, grains])
    show(
        f"128 grains, blocks of {BLOCK} frames in real time",
        ["engine", "control", "blocks", "late", "late %", "late grains"],
        rows,
    )


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--seconds", type=float, default=5)
    given = options.parse_args()
    print(machine())
    source = material.samples(given.audio, 20, RATE)[:, None]
    lateness(source, min(given.seconds, 5.0), min(given.rounds, 3))
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    costs(source, given.seconds)


if __name__ == "__main__":
    main()
