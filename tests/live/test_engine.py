"""The engine as a process: the render's own bits, a real stream, and what happens when something dies."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from multiprocessing.shared_memory import SharedMemory
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from granulate.errors import OutputError, ParameterError
from granulate.kernels.limiter import limited
from granulate.live.engine import Device, Engine, EngineError, File, Null, Pool, State
from granulate.live.records import AT_ONCE, event_type
from granulate.resynthesis import Rendering
from granulate.sounds import envelope_tables, grain_events, pooled
from granulate.types import Choice, Events, Framing, Score
from tests.conftest import melody
from tests.live.jack import JackServer

RATE = 48_000
ENVELOPE = np.hanning(8193)
POOL = np.random.default_rng(0).uniform(-0.3, 0.3, (RATE, 2)).astype(np.float32)
LEFTOVER = "/dev/shm"


def events(n: int, **columns: Any) -> np.ndarray:
    made = np.zeros(n, event_type(2))
    filled = {
        "time": AT_ONCE,
        "length": 4800,
        "high": len(POOL),
        "rate": 1.0,
        "gains": 0.5,
        "id": np.arange(n),
    }
    for name, value in (filled | columns).items():
        made[name] = value
    return made


def until(engine: Engine, reached: Callable[[State], bool], seconds: float = 20) -> State:
    """The first state of which something is true."""
    end = time.monotonic() + seconds
    while not reached(state := engine.state):
        assert time.monotonic() < end, state
        time.sleep(0.002)
    return state


def a_score(n: int, seconds: float, gain: float) -> Score:
    rng = np.random.default_rng(7)
    sounds = (melody(1.0, RATE, 2), melody(0.5, RATE, 2, seed=3))
    return Score(
        sounds,
        Framing(2048, 2048, 512),
        Events(
            time=np.sort(rng.integers(0, int(seconds * RATE), n)),
            sound=rng.integers(0, 2, n),
            start=rng.integers(-1000, 20_000, n),
            length=rng.integers(1, 9000, n),
            rate=rng.choice([1, -1, 0.7, 1.9], n),
            gain=gain,
            pan=rng.uniform(-1, 1, n),
            envelope=rng.integers(0, 2, n),
        ),
        int((seconds + 0.3) * RATE),
        envelopes=(Choice("hann"), Choice("tukey", {"taper": 0.3})),
        interpolation="cubic",
    )


def records(score: Score) -> np.ndarray:
    _, edges = pooled(score.sounds)
    columns = grain_events(score, edges)
    made = np.zeros(len(columns), event_type(2))
    for name in ("time", "start", "length", "low", "high", "rate", "gains"):
        made[name] = getattr(columns, name)
    made["envelope"], made["id"] = columns.table, np.arange(len(made))
    return made


@pytest.mark.parametrize(("gain", "block"), [(0.02, 128), (0.5, 1000)], ids=["as it is", "limited"])
def test_as_fast_as_it_goes_it_is_the_render_to_the_bit(tmp_path: Path, gain: float, block: int) -> None:
    score = a_score(4000, 2.0, gain)
    rendered = Rendering(score).block(0, score.n_samples)
    assert (np.abs(rendered).max() > 1) == (gain > 0.1)
    path = tmp_path / "take.wav"
    sent = records(score)
    with Engine.start(
        [pooled(score.sounds)[0]], RATE, 2, block=block, sink=File(path, freewheel=True),
        envelopes=list(envelope_tables(score)), interpolation="cubic",
    ) as engine:  # fmt: skip
        for first in range(0, len(sent), 500):
            assert engine.push(sent[first : first + 500]) == 500
            following = sent["time"][first + 500 :]
            engine.complete(int(following[0]) if len(following) else score.n_samples)
        engine.wait(score.n_samples)
        told = engine.played(10_000)
        state = engine.state
        assert not path.exists()
    heard, rate = sf.read(path, dtype="float32")
    assert (rate, heard.shape) == (RATE, rendered.shape)
    assert (heard == limited(rendered, RATE)).all()
    assert (told["id"] == sent["id"]).all()
    assert (told["time"] == sent["time"]).all()
    assert (state.refused, state.late_grains, state.unreported, state.unheard) == (0, 0, 0, 0)
    assert os.listdir(tmp_path) == ["take.wav"]


def test_in_real_time_pools_come_and_go_and_the_engine_ends_with_a_fade(tmp_path: Path) -> None:
    raw = tmp_path / "pool.raw"
    POOL.tofile(raw)
    with Engine.start([POOL], RATE, 2, sink=Null(), envelopes=[ENVELOPE]) as engine:
        began = time.perf_counter()
        first = engine.state.clock
        assert engine.add_envelope(ENVELOPE) == 0
        mapped, mono = engine.add_pool(Pool(raw, RATE, 2)), engine.add_pool(POOL[:9000, :1])
        assert (mapped, mono) == (1, 2)
        engine.push(events(3, pool=[0, mapped, mono], high=9000, length=RATE))
        until(engine, lambda state: state.active == 3)
        assert max(engine.state.peaks) > 0
        engine.remove_pool(mapped)
        engine.push(events(1, pool=mapped))
        until(engine, lambda state: state.refused == 1)
        with pytest.raises(ParameterError, match="pool 1, which there is not"):
            engine.remove_pool(mapped)
        with pytest.raises(ParameterError, match="cannot be read"):
            engine.add_pool(Pool(tmp_path / "nothing.raw", 5, 2))
        with pytest.raises(ParameterError, match="allowed: 1 or 2 channels"):
            engine.add_pool(np.zeros((5, 3), np.float32))
        engine.panic()
        until(engine, lambda state: state.active == 0)
        engine.gain(0.5)
        state = until(engine, lambda state: state.clock > first + RATE // 2)
        took = time.perf_counter() - began
        assert 0.4 < took < (state.clock - first) / RATE + 1
        assert 0 < state.median_load <= state.p99_load
        pid = engine.pid
    with pytest.raises(EngineError, match="stopped"):
        engine.push(events(1))
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_an_engine_that_dies_is_noticed_and_what_was_heard_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "take.wav"
    engine = Engine.start([POOL], RATE, 2, sink=File(path), envelopes=[ENVELOPE])
    engine.push(events(1, length=RATE))
    until(engine, lambda state: state.clock > 5000)
    os.kill(engine.pid, signal.SIGKILL)
    with pytest.raises(EngineError, match=r"ended by itself \(signal 9\)"):
        until(engine, lambda state: False)
    with pytest.raises(EngineError, match="ended by itself"):
        engine.stop()
    engine.stop()
    heard, _ = sf.read(path)
    assert len(heard) >= 4000
    assert np.abs(heard).max() > 0.01


ORPHAN = """
import numpy as np, os, sys
from granulate.live.engine import Engine, Null
if __name__ == "__main__":
    engine = Engine.start([np.zeros((100, 1), np.float32)], 48000, 2, sink=Null())
    print(engine.pid, flush=True)
    sys.stdin.read()
"""


def test_an_engine_without_its_control_process_ends(tmp_path: Path) -> None:
    script = tmp_path / "control.py"
    script.write_text(ORPHAN)
    with subprocess.Popen(
        [sys.executable, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        cwd=Path(__file__).parents[2], env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    ) as control:  # fmt: skip
        assert control.stdout is not None
        pid = int(control.stdout.readline())
        control.kill()
        killed = time.monotonic()
        while alive(pid):
            assert time.monotonic() < killed + 5
            time.sleep(0.01)


def alive(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"


def test_what_cannot_be_started_says_why_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []
    create, mkstemp = SharedMemory.__init__, tempfile.mkstemp

    def noted(memory: SharedMemory, name: str | None = None, *given: Any, **named: Any) -> None:
        create(memory, name, *given, **named)
        made.append(os.path.join(LEFTOVER, memory.name))

    def noted_file(*given: Any, **named: Any) -> tuple[int, str]:
        descriptor, path = mkstemp(*given, **named)
        made.append(path)
        return descriptor, path

    monkeypatch.setattr(SharedMemory, "__init__", noted)
    monkeypatch.setattr(tempfile, "mkstemp", noted_file)
    children = set(multiprocessing.active_children())
    there = tmp_path / "there.wav"
    there.write_text("precious")
    with pytest.raises(OutputError, match="exists"):
        Engine.start([POOL], RATE, 2, sink=File(there))
    with pytest.raises(OutputError, match="extension"):
        Engine.start([POOL], RATE, 2, sink=File(tmp_path / "take.xyz"))
    with pytest.raises(ParameterError, match="block of 8; allowed: 16 to 8192"):
        Engine.start([POOL], RATE, 2, block=8, sink=Null())
    with pytest.raises(ParameterError, match="interpolation 'sinc'"):
        Engine.start([POOL], RATE, 2, sink=Null(), interpolation="sinc")
    with pytest.raises(ParameterError, match="a pool of shape"):
        Engine.start([np.zeros((5, 3), np.float32)], RATE, 2, sink=Null())
    assert there.read_text() == "precious"
    assert os.listdir(tmp_path) == ["there.wav"]
    assert set(multiprocessing.active_children()) <= children
    assert made
    assert not [path for path in made if os.path.exists(path)]


def test_a_real_stream(jackd: JackServer) -> None:
    with Engine.start([POOL], RATE, 2, block=1024, sink=Device("system"), envelopes=[ENVELOPE]) as engine:
        assert 0 < engine.latency < 1
        assert "PortAudio:out_1" in jackd.ports()
        state = until(engine, lambda state: state.blocks > 5)
        at, began = state.clock, time.perf_counter()
        engine.push(events(40, time=at + 8192 + 2400 * np.arange(40)))
        state = until(engine, lambda state: state.active > 0)
        assert max(until(engine, lambda state: max(state.peaks) > 0).peaks) <= 1
        state = until(engine, lambda state: state.clock > at + RATE)
        # A machine that is busy elsewhere may hold both clocks up, but not drive one ahead.
        assert (state.clock - at) / RATE < time.perf_counter() - began + 0.2
        assert (state.failures, state.refused, state.non_finite, state.stalled) == (0, 0, 0, False)
        assert len(engine.played()) >= 10
    with pytest.raises(EngineError, match="the device 'no such thing'"):
        Engine.start([POOL], RATE, 2, sink=Device("no such thing"))
