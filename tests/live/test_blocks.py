"""What the engine does with a block, without a process or a device."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from granulate.kernels import limiter, master, playing
from granulate.kernels import ring as ring_kernels
from granulate.kernels.mixing import TABLE_STEPS, GrainEvents, mix
from granulate.live import process
from granulate.live.blocks import Blocks
from granulate.live.records import AT_ONCE, COMMAND, PLAYED, Command, Happened, event_type
from granulate.live.shared import Setup, Shared
from granulate.live.sinks import Null
from granulate.types import PANIC_S

RATE, BLOCK = 48_000, 128
FLAT = np.ones(TABLE_STEPS + 1, np.float32)
POOL = np.random.default_rng(0).uniform(-0.2, 0.2, (20_000, 2)).astype(np.float32)


class Desk:
    """An engine's blocks with the other end of its memory, in one thread."""

    def __init__(self, pool: np.ndarray = POOL) -> None:
        setup = Setup(RATE, 2, BLOCK, "linear", Null())
        self.pool, self.shared = pool, Shared(setup)
        self.shared.tables[:2] = FLAT, np.hanning(TABLE_STEPS + 1)
        self.shared.state["n_envelopes"] = 2
        self.blocks = Blocks(setup, self.shared)
        self.blocks.playing.set_pool(0, pool)

    def push(self, n: int = 1, **columns: Any) -> np.ndarray:
        events = np.zeros(n, event_type(2))
        filled = {
            "time": AT_ONCE,
            "length": 4000,
            "high": len(self.pool),
            "rate": 1.0,
            "gains": 1.0,
            "id": np.arange(n),
        }
        for name, value in (filled | columns).items():
            events[name] = value
        assert self.shared.events.push(events) == n
        return events

    def command(self, kind: Command, value: float = 0.0) -> None:
        self.shared.commands.push(np.array([(kind, value, self.shared.events.n_pushed)], COMMAND))

    def run(self, n_blocks: int = 1) -> np.ndarray:
        out = np.zeros((n_blocks * BLOCK, 2), np.float32)
        for first in range(0, len(out), BLOCK):
            self.blocks.process(out[first : first + BLOCK])
        return out

    def played(self) -> np.ndarray:
        out = np.zeros(1 << 16, PLAYED)
        return out[: self.shared.played.pop(out)]

    def __getitem__(self, name: str) -> int:
        return int(self.shared.state[name])


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    del made.blocks
    made.shared.close()


def test_late_and_immediate_grains_begin_with_the_next_block_and_say_so(desk: Desk) -> None:
    desk.run(3)
    desk.push(time=10, id=7)
    desk.push(time=AT_ONCE, id=8)
    desk.push(time=3 * BLOCK + 50, id=9)
    heard = desk.run(2)
    told = desk.played()
    assert told["kind"].tolist() == [Happened.BEGAN] * 3
    assert dict(zip(told["id"].tolist(), told["time"].tolist(), strict=True)) == {
        7: 3 * BLOCK, 8: 3 * BLOCK, 9: 3 * BLOCK + 50,
    }  # fmt: skip
    assert desk["late_grains"] == 1
    assert (heard[:50] == POOL[:50] * 2).all()


def test_what_was_played_is_a_score_of_the_same_samples(desk: Desk) -> None:
    """Grains pushed without order, too late or at once, and blocks of any size: mixed again as they were told."""
    rng = np.random.default_rng(5)
    sent, heard, n = [], [], 0
    for _ in range(60):
        k = int(rng.integers(0, 20))
        now = desk.blocks.clock
        sent.append(
            desk.push(
                k, time=rng.integers(now - 300, now + 2000, k).clip(-1), start=rng.integers(-100, 20_000, k),
                length=rng.integers(1, 3000, k), rate=rng.choice([1.0, -0.7, 1.9], k), envelope=rng.integers(0, 2, k),
                gains=rng.uniform(-0.1, 0.1, (k, 2)), low=100, id=np.arange(n, n + k),
            )
        )  # fmt: skip
        n += k
        block = np.zeros((int(rng.integers(1, BLOCK + 1)), 2), np.float32)
        desk.blocks.process(block)
        heard.append(block)
    while desk["active"] or desk["pending"]:
        heard.append(desk.run())
    told, events, out = desk.played(), np.concatenate(sent), np.concatenate(heard)
    assert (np.diff(told["time"]) >= 0).all()
    rows = events[told["id"]]
    columns = {name: rows[name] for name in ("start", "length", "rate", "gains", "low", "high")}
    again = np.empty_like(out)
    mix(
        again,
        0,
        POOL,
        GrainEvents(time=told["time"], table=rows["envelope"], **columns),
        desk.shared.tables[:2].copy(),
        "linear",
    )
    assert len(told) == n > 300
    assert (out == again).all()


def test_panic_fades_out_forgets_and_is_ready(desk: Desk) -> None:
    desk.push(1000, time=np.arange(1000) * 20, gains=0.02)
    before = desk.run(20)
    assert np.abs(before[-BLOCK:]).max() > 0.01
    desk.command(Command.PANIC)
    desk.push(time=AT_ONCE, id=5000)
    ramp = int(PANIC_S * RATE)
    n_fading = -(-ramp // BLOCK)
    faded = desk.run(n_fading)
    assert (faded[ramp:] == 0).all()
    assert (np.abs(np.diff(faded[:, 0])) < 0.4).all()
    assert (desk["pending"], desk["active"]) == (1, 0)
    after = desk.run(2)
    assert (after == POOL[: 2 * BLOCK]).all()
    assert desk.played()[["kind", "id", "time"]][-2:].tolist() == [
        (Happened.PANIC, -1, 20 * BLOCK), (Happened.BEGAN, 5000, (20 + n_fading) * BLOCK),
    ]  # fmt: skip
    assert not desk.blocks.finished


def test_a_stop_fades_out_and_ends(desk: Desk) -> None:
    desk.push(length=20_000)
    desk.run(2)
    desk.command(Command.STOP)
    faded = desk.run(4)
    gains = faded[:480, 0].astype(np.float64) / POOL[2 * BLOCK : 2 * BLOCK + 480, 0]
    np.testing.assert_allclose(gains, 1 - np.arange(1, 481) / 480, atol=1e-6)
    assert (faded[480:] == 0).all()
    assert desk.blocks.finished


def test_the_master_gain_moves_in_a_straight_line(desk: Desk) -> None:
    desk.push(length=20_000)
    desk.run()
    desk.command(Command.GAIN, 0.25)
    gains = desk.run(6).astype(np.float64) / POOL[BLOCK : 7 * BLOCK]
    np.testing.assert_allclose(gains[:480, 0], 1 - 0.75 * np.arange(1, 481) / 480, atol=1e-6)
    np.testing.assert_allclose(gains[480:], 0.25, atol=1e-6)


@pytest.mark.parametrize("wrong", [np.nan, np.inf, -np.inf, 1e30])
def test_what_is_no_sound_never_leaves_and_leaves_no_trace(wrong: float) -> None:
    pool = POOL.copy()
    pool[200:210] = wrong
    desk = Desk(pool)
    desk.push(length=2000)
    heard = desk.run(10)
    clean = np.ones(len(heard), bool)
    clean[200:210] = False
    assert (heard[~clean] == 0).all()
    assert (heard[clean] == POOL[: len(heard)][clean]).all()
    assert desk["non_finite"] == 20
    del desk.blocks
    desk.shared.close()


def test_a_block_that_fails_is_silent_and_the_next_one_sounds(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.push(length=2000)
    desk.run()
    with monkeypatch.context() as broken:
        broken.setattr(desk.blocks.playing, "mix", None)
        assert (desk.run() == 0).all()
    assert (desk["failures"], desk["clock"]) == (1, 2 * BLOCK)
    assert (desk.run() == POOL[2 * BLOCK : 3 * BLOCK]).all()


def test_no_sample_exceeds_full_scale(desk: Desk) -> None:
    desk.push(200, length=20_000)
    heard = desk.run(5)
    assert 0.9 < np.abs(heard).max() <= 1.0
    assert desk.shared.state["reduction"] < 0.1
    assert 0.9 < desk.shared.state["peak"].max() <= 1.0


@pytest.mark.parametrize(
    "wrong",
    [{"rate": np.nan}, {"rate": 0.0}, {"rate": 65.0}, {"length": 0}, {"length": 1 << 40}, {"gains": np.inf},
     {"gains": np.nan}, {"gains": 1e7}, {"pool": 1}, {"pool": -1}, {"pool": 1 << 30}, {"envelope": 2},
     {"envelope": -1}, {"high": len(POOL) + 1}, {"low": -1}, {"low": 5, "high": 4}, {"start": 1 << 62},
     {"time": 1 << 62}],
    ids=str,
)  # fmt: skip
def test_events_out_of_range_are_refused(desk: Desk, wrong: dict[str, Any]) -> None:
    desk.push(**wrong)
    desk.push(length=50, gains=0.5)
    heard = desk.run()
    assert desk["refused"] == 1
    assert (heard[:50] == POOL[:50] / 2).all()


def test_a_hundred_thousand_grains_may_wait(desk: Desk) -> None:
    """They begin when they are due, and taking them in costs a block little."""
    rng = np.random.default_rng(2)
    times = rng.permutation(100_000) * 20 + 10_000
    for first in range(0, len(times), 10_000):
        desk.push(10_000, time=times[first : first + 10_000], id=np.arange(first, first + 10_000), length=40)
        desk.run(5)
    assert desk["pending"] == 100_000
    desk.run(40)
    told = desk.played()
    assert len(told) > 50
    assert (told["time"] == 10_000 + 20 * np.arange(len(told))).all()
    assert (told["time"] == times[told["id"]]).all()
    desk.command(Command.PANIC)
    desk.run(5)
    assert (desk["pending"], desk["active"], desk.blocks.playing.n_free) == (0, 0, 1 << 17)


def test_pools_of_one_and_two_channels_sound_together(desk: Desk) -> None:
    mono = np.ascontiguousarray(POOL[:5000, :1])
    desk.blocks.playing.set_pool(1, mono)
    desk.push(time=AT_ONCE)
    desk.push(time=AT_ONCE, pool=1, high=5000, gains=(1.0, 0.5))
    assert (desk.run() == POOL[:BLOCK] + mono[:BLOCK] * np.array([1, 0.5], np.float32)).all()
    assert desk.blocks.playing.uses(1) == 1
    desk.blocks.playing.set_pool(1, None)
    desk.push(pool=1, high=5000)
    desk.run(40)
    assert (desk.blocks.playing.uses(1), desk["refused"]) == (0, 1)


def test_a_block_allocates_next_to_nothing_and_keeps_none_of_it(desk: Desk) -> None:
    out = np.zeros((BLOCK, 2), np.float32)
    desk.push(5000, time=np.arange(5000) * 5, gains=0.01)
    desk.run(5)
    tracemalloc.start()
    try:
        before, _ = tracemalloc.get_traced_memory()
        for _ in range(150):
            desk.blocks.process(out)
        after, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert desk["active"] > 500
    assert most - before < 16_384
    assert after - before < 4096


def test_nothing_is_compiled_once_the_engine_is_warm(desk: Desk) -> None:
    process._warm(desk.blocks.setup)

    def compiled() -> int:
        kernels = [
            getattr(module, name)
            for module in (limiter, master, playing, ring_kernels)
            for name in dir(module)
        ]
        return sum(len(kernel.signatures) for kernel in kernels if hasattr(kernel, "signatures"))

    before = compiled()
    desk.push(50, rate=np.linspace(0.5, 2, 50), time=np.arange(50) * 30, gains=1.0)
    desk.command(Command.GAIN, 0.5)
    desk.run(10)
    desk.command(Command.PANIC)
    desk.run(10)
    assert compiled() == before
