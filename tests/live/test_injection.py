"""What is no sound, or no number, at every door: it does not leave the engine, and sound is there in the next block."""

from __future__ import annotations

import math
import struct
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile as sf

from granulate.api import analyse
from granulate.errors import GranulateError, ParameterError
from granulate.kernels.mixing import TABLE_STEPS
from granulate.live.engine import Engine, File
from granulate.live.instrument import Instrument
from granulate.live.midi import Controller, ControllerMap
from granulate.live.osc.addresses import ACTIONS, Control, address_space
from granulate.live.osc.server import Server
from granulate.live.records import AT_ONCE, COMMAND, Command
from granulate.preset import SECTIONS, Preset
from granulate.sound_file import read, write
from granulate.sounds import pooled
from tests.conftest import melody
from tests.live.instrument import Client
from tests.live.test_blocks import BLOCK, POOL, RATE, Desk

WRONG = [math.nan, math.inf, -math.inf, 1e30, -1e30]
FLOATS = [
    (section, kind, name)
    for section in ("grain", "envelope", "path")
    for kind, stage in SECTIONS[section].stages.items()
    for name, (hint, _, _) in stage.parameters.items()
    if hint is float
]
wrong_values = pytest.mark.parametrize("wrong", WRONG, ids=str)


@pytest.fixture(scope="module")
def shared_desk() -> Iterator[Desk]:
    made = Desk()
    yield made
    del made.blocks
    made.shared.close()


@pytest.fixture
def desk(shared_desk: Desk) -> Desk:
    """The engine's blocks after a panic, at full gain and counting from here."""
    shared_desk.command(Command.GAIN, 1.0)
    shared_desk.command(Command.PANIC)
    shared_desk.run(8)
    assert shared_desk["active"] == 0
    return shared_desk


def is_sound(heard: np.ndarray) -> bool:
    return bool(np.isfinite(heard).all() and np.abs(heard).max() <= 1.0)


def sounds_at_once(desk: Desk) -> bool:
    """Whether a grain that is pushed now is heard, to the bit, in the next block."""
    desk.push(length=BLOCK)
    return bool((desk.run() == POOL[:BLOCK]).all())


@wrong_values
def test_samples_of_a_file(wrong: float, tmp_path: Path) -> None:
    samples = melody(0.5, RATE, 2).samples.T.copy()
    samples[300:310] = wrong
    sf.write(tmp_path / "in.wav", samples, RATE, subtype="FLOAT")
    sound = read(tmp_path / "in.wav")
    desk = Desk(pooled([sound])[0])
    desk.push(length=6 * BLOCK, high=sound.n_samples)
    desk.push(length=6 * BLOCK, high=sound.n_samples, rate=1.3, envelope=1)
    heard = desk.run(3)
    assert is_sound(heard)
    desk.command(Command.PANIC)
    desk.run(8)
    desk.push(length=BLOCK, start=1000, high=sound.n_samples)
    assert (desk.run() == samples[1000 : 1000 + BLOCK]).all()
    del desk.blocks
    desk.shared.close()


@wrong_values
def test_samples_of_a_file_as_a_corpus(wrong: float, tmp_path: Path) -> None:
    """What is analysed is either refused, or has descriptors that are numbers."""
    samples = melody(0.5, RATE).samples.T.copy()
    samples[300:310] = wrong
    sf.write(tmp_path / "in.wav", samples, RATE, subtype="FLOAT")
    with suppress(GranulateError):
        corpus = analyse(tmp_path / "in.wav", Preset.of({}))
        assert np.isfinite(corpus.descriptors.values).all()
        assert np.isfinite(corpus.sounds[0].frames).all()


@wrong_values
@pytest.mark.parametrize("section", ["grain", "envelope", "path"])
def test_values_of_a_preset(section: str, wrong: float) -> None:
    """No section's number may be one; what has no bound may be large, but is a number."""
    for _, kind, name in (one for one in FLOATS if one[0] == section):
        with pytest.raises(GranulateError, match=name) as refused:
            Preset.of({section: {"kind": kind, name: wrong}})
        assert "\n" not in str(refused.value)


@wrong_values
@pytest.mark.parametrize("column", ["rate", "gains"])
def test_events_in_the_ring(desk: Desk, column: str, wrong: float) -> None:
    before = desk["refused"]
    desk.push(3, **{column: wrong})
    assert sounds_at_once(desk)
    assert desk["refused"] == before + 3


@wrong_values
@pytest.mark.parametrize("kind", [*Command, 99])
def test_commands_in_the_ring(desk: Desk, kind: int, wrong: float) -> None:
    before = desk["refused"]
    desk.shared.commands.push(np.array([(kind, wrong, 0)], COMMAND))
    assert sounds_at_once(desk)
    assert desk["refused"] == before + 1
    assert not desk.blocks.finished


@wrong_values
@pytest.mark.parametrize("length", [BLOCK, 5 * BLOCK])
def test_envelopes_in_shared_memory(desk: Desk, length: int, wrong: float) -> None:
    desk.shared.tables[1, TABLE_STEPS // 2 :] = wrong
    desk.push(20, envelope=1, length=length, gains=0.05)
    try:
        assert is_sound(desk.run(length // BLOCK))
        assert desk["active"] == 0
        assert sounds_at_once(desk)
    finally:
        desk.shared.tables[1] = np.hanning(TABLE_STEPS + 1)


def test_a_sound_beside_one_that_is_none_is_missing_for_its_samples_only(desk: Desk) -> None:
    desk.shared.tables[1] = math.nan
    desk.push(length=3 * BLOCK)
    desk.push(time=AT_ONCE, envelope=1, length=10)
    heard = desk.run(3)
    desk.shared.tables[1] = np.hanning(TABLE_STEPS + 1)
    assert (heard[:10] == 0).all()
    assert (heard[10:] == POOL[10 : 3 * BLOCK]).all()


class Running:
    """A real instrument in a process of its own, into a file, that everybody may speak to."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "heard.wav"
        write(melody(1.0, RATE, 2), folder / "in.wav")
        preset = Preset.of({"grain": {"kind": "cloud", "density": 200.0}, "reduction": {"kind": "pca"}})
        corpus = analyse(folder / "in.wav", preset)
        self.engine = Engine.start([], RATE, 2, block=BLOCK, sink=File(self.file))
        self.instrument = Instrument(self.engine, corpus, preset)
        self.instrument.begin()

    def plays_on(self) -> bool:
        """Whether grains begin after this moment."""
        end, newest, changes = time.monotonic() + 10, self.instrument.player.newest, 0
        while changes < 3 and time.monotonic() < end:
            time.sleep(0.002)
            now = self.instrument.player.newest
            changes, newest = changes + (now != newest), now
        return changes >= 3 and self.instrument.player.failure is None

    def heard(self) -> np.ndarray:
        self.instrument.end()
        self.engine.stop()
        return sf.read(self.file, dtype="float32", always_2d=True)[0]


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    made = Running(tmp_path_factory.mktemp("injection"))
    yield made
    heard = made.heard()
    assert is_sound(heard)
    assert np.abs(heard).max() > 0.01


def message(address: str, tag: str, values: list[float]) -> bytes:
    """An OSC message of numbers as they are: the package's own encoder sends none that is not finite."""
    texts = (address, f",{tag * len(values)}")
    padded = b"".join(text.encode() + b"\0" * (4 - len(text) % 4) for text in texts)
    return padded + struct.pack(f">{len(values)}{tag}", *values)


@wrong_values
@pytest.mark.parametrize("tag", ["f", "d"])
def test_osc(running: Running, tag: str, wrong: float) -> None:
    """At every address of a number, and in every action that takes one."""
    before = dict(running.instrument.values())
    with Server(running.instrument) as server, Client(server.port) as client:
        for address, control in address_space().items():
            if isinstance(control, Control) and control.bounds is not None:
                client.socket.send(message(address, tag, [wrong]))
        for action in ACTIONS:
            if any(taken.kind is float for taken in action.arguments):
                client.socket.send(message(action.address, tag, [wrong] * len(action.arguments)))
        client.until_pong()
        assert sum(server.counts.refused.values()) > 0 or math.isfinite(wrong)
    after = running.instrument.values()
    assert {key: value for key, value in after.items() if before.get(key) != value} == {}
    assert running.plays_on()
    assert running.engine.state.non_finite == 0


@wrong_values
def test_midi(running: Running, wrong: float) -> None:
    """A map cannot say what is no number; and messages are bytes, whose largest do what the map allows."""
    with pytest.raises(ParameterError) as refused:
        ControllerMap.of({"control": [{"cc": 1, "target": "grain.density", "range": [0.1, wrong]}]})
    assert "\n" not in str(refused.value)
    controller = Controller(running.instrument, ControllerMap.of({
        "control": [{"cc": 1, "target": "master.gain"}, {"cc": 2, "target": "grain.gain"}],
    }))  # fmt: skip
    for number in (1, 2):
        for value in (127, 0, 90):
            controller.receive(mido.Message("control_change", control=number, value=value), time.monotonic())
    controller.receive(mido.Message("pitchwheel", pitch=8191), time.monotonic())
    assert running.plays_on()
    assert running.engine.state.non_finite == 0


@wrong_values
def test_calls_of_the_engine(running: Running, wrong: float) -> None:
    table: Any = np.full(TABLE_STEPS + 1, wrong)
    with pytest.raises(ParameterError, match="allowed"):
        running.engine.gain(wrong)
    with suppress(ParameterError), np.errstate(over="ignore"):
        running.engine.add_envelope(table)
    assert running.plays_on()
