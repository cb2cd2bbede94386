"""What goes wrong with time is counted by the engine itself, and told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from multiprocessing import Pipe
from types import SimpleNamespace
from typing import Any

import pytest

from granulate.live.drivers import driver
from granulate.live.process import Service
from granulate.live.sinks import Device, Null
from tests.live.test_blocks import BLOCK, RATE, Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    del made.blocks
    made.shared.close()


class Slow:
    """Blocks of which some take longer than they last."""

    def __init__(self, desk: Desk, slow: set[int]) -> None:
        self.setup, self.finished, self.clock = desk.blocks.setup, False, 0
        self._slow, self._made = slow, 0

    def process(self, _out: Any) -> None:
        if self._made in self._slow:
            time.sleep(20 * BLOCK / RATE)
        self._made += 1
        self.finished = self._made == 60


def test_blocks_that_come_late_are_counted(desk: Desk) -> None:
    slow: Any = Slow(desk, {20, 40})
    running = driver(slow, desk.shared.state)
    end = time.monotonic() + 20
    while not running.over():
        assert time.monotonic() < end
        time.sleep(0.01)
    running.close()
    assert desk["late"] >= 2


@pytest.mark.parametrize(("sink", "told"), [(Device("card"), True), (Null(freewheel=True), False)], ids=str)
def test_a_device_that_asks_for_nothing_is_told_within_two_seconds(desk: Desk, sink: Any, told: bool) -> None:
    here, there = Pipe()
    blocks: Any = SimpleNamespace(setup=SimpleNamespace(sink=sink))
    running: Any = SimpleNamespace(over=lambda: False)
    service = Service(blocks, desk.shared.state, lambda: running, running, there)
    began = time.monotonic()
    while not desk["stalled"] and time.monotonic() - began < 2:
        service._watch()
        time.sleep(0.02)
    assert bool(desk["stalled"]) is told
    desk.shared.state["blocks"] += 1
    service._watch()
    assert not desk["stalled"]
    here.close()
    there.close()
