"""No click where something starts, stops or is exchanged: steps from sample to sample stay those of the sound itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from granulate.api import analyse
from granulate.live.engine import Engine, File
from granulate.live.instrument import Instrument
from granulate.live.records import Command
from granulate.preset import Preset
from granulate.types import Sound
from tests.live.test_blocks import RATE, Desk

HZ, PEAK = 150.0, 0.5
STEP = PEAK * 2 * np.pi * HZ / RATE
CLICK = 0.01
"""-40 dB of full scale."""
SILENT_S = 0.05


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    tone = PEAK * np.sin(2 * np.pi * HZ * np.arange(2 * RATE) / RATE)
    made = Desk(np.repeat(tone[:, None], 2, axis=1).astype(np.float32))
    yield made
    del made.blocks
    made.shared.close()


def largest_step(heard: np.ndarray) -> float:
    return float(np.abs(np.diff(heard, axis=0)).max())


def silent_after(heard: np.ndarray) -> float:
    """Seconds until nothing sounds any more."""
    sounding = np.flatnonzero(np.abs(heard).max(axis=1))
    return (sounding[-1] + 1 if len(sounding) else 0) / RATE


def at_the_crest(desk: Desk) -> np.ndarray:
    """A steady tone, up to the block where it is loudest: where a cut would click most."""
    desk.command(Command.PANIC)
    desk.run(20)
    desk.push(length=RATE)
    heard = desk.run(150)
    while abs(heard[-1, 0]) < 0.9 * PEAK:
        heard = np.concatenate([heard, desk.run()])
    assert largest_step(heard[1:]) <= 1.001 * STEP
    return heard


def test_a_panic_is_soft_and_short(desk: Desk) -> None:
    before = at_the_crest(desk)
    desk.command(Command.PANIC)
    after = desk.run(40)
    assert largest_step(np.concatenate([before[-1:], after])) < STEP + CLICK
    assert silent_after(after) < SILENT_S


def test_gains_do_not_step(desk: Desk) -> None:
    before = at_the_crest(desk)
    for gain in (0.0, 1.0, 0.1, 1.0):
        desk.command(Command.GAIN, gain)
        after = desk.run(10)
        assert largest_step(np.concatenate([before[-1:], after])) < STEP + CLICK
        before = after


def test_a_stop_is_soft_and_short() -> None:
    tone = PEAK * np.sin(2 * np.pi * HZ * np.arange(2 * RATE) / RATE)
    desk = Desk(np.repeat(tone[:, None], 2, axis=1).astype(np.float32))
    before = at_the_crest(desk)
    desk.command(Command.STOP)
    after = desk.run(40)
    assert largest_step(np.concatenate([before[-1:], after])) < STEP + CLICK
    assert silent_after(after) < SILENT_S
    assert desk.blocks.finished
    del desk.blocks
    desk.shared.close()


def test_an_instrument_starts_changes_and_ends_without_a_click(tmp_path: Path) -> None:
    """Of one frequency at one speed: whatever grains do, it is that tone, and its steps follow from its level."""
    rate, hz = 22_050, 200.0
    tone = (0.2 * np.sin(2 * np.pi * hz * np.arange(2 * rate) / rate)).astype(np.float32)
    preset = Preset.of(
        {"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": "walk", "length": 500}}
    )
    sink = File(tmp_path / "take.wav")
    engine = Engine.start([], rate, 1, block=128, sink=sink)
    instrument = Instrument(engine, analyse(Sound(tone[None], rate), preset), preset)
    instrument.begin()

    def play(seconds: float) -> None:
        clock = engine.state.clock
        until(lambda: engine.state.clock > clock + seconds * rate)

    play(0.3)
    for change in (("path", "kind", "drunk"), ("grain", "kind", "cloud"), ("framing", "window", 1024)):
        instrument.set(*change)
        play(0.3)
    instrument.act("stop")
    play(0.2)
    instrument.act("start")
    play(0.2)
    instrument.end()
    engine.stop()
    heard = sf.read(tmp_path / "take.wav", dtype="float32")[0]
    assert np.abs(heard).max() > 0.05
    assert largest_step(heard) < np.abs(heard).max() * 2 * np.pi * hz / rate + CLICK


def until(true: Callable[[], bool], seconds: float = 30.0) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)
