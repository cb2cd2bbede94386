"""A real device that goes away while the instrument plays, and comes back."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from granulate import sound_file
from granulate.api import analyse
from granulate.live.engine import Device, Engine
from granulate.live.instrument import Instrument
from granulate.live.watching import BACK, STOPPED, DeviceWatch
from granulate.preset import Preset
from tests.conftest import melody
from tests.live.jack import RATE, JackServer
from tests.live.waiting import until

WALK = Preset.of({"path": {"kind": "drunk"}})


@pytest.mark.parametrize("end", ["vanish", "stop"])
def test_it_plays_on_when_it_is_back(jackd: JackServer, end: str) -> None:
    corpus = analyse(melody(1.0, RATE, 2), WALK)
    said: list[str] = []
    with Engine.start([], RATE, 2, block=1024, sink=Device("system")) as engine:
        instrument, watch = Instrument(engine, corpus, WALK), DeviceWatch(engine, said.append)
        instrument.begin()
        until(lambda: max(engine.state.peaks) > 0.01)
        getattr(jackd, end)()
        until(lambda: watch.look() or said == [STOPPED])
        stood = engine.state.clock
        for _ in range(1000):  # what is played into the void is not heard in a heap afterwards
            instrument.act("play", 0)
            instrument.act("panic")
        jackd.start()
        until(lambda: watch.look() or said == [STOPPED, BACK])
        until(lambda: engine.state.clock > stood + RATE // 4)
        assert "PortAudio:out_1" in jackd.ports()
        assert engine.state.active < 200
        assert np.max(engine.state.peaks) > 0.01
        instrument.end()
        assert instrument.player.failure is None


def test_who_plays_is_told(jackd: JackServer, tmp_path: Path) -> None:
    sound = tmp_path / "melody.wav"
    sound_file.write(melody(1.0, RATE, 2), sound)
    with subprocess.Popen(
        [sys.executable, "-m", "granulate", "live", str(sound), "--audio", "system", "--block", "1024", "--plain"],
        stderr=subprocess.PIPE, text=True,
    ) as playing:  # fmt: skip
        assert playing.stderr is not None
        try:
            lines = iter(playing.stderr.readline, "")
            assert any(line.startswith("ready") for line in lines)
            jackd.vanish()
            assert any(STOPPED in line for line in lines)
            jackd.start()
            assert any(BACK in line for line in lines)
            playing.send_signal(signal.SIGINT)
            assert any(line.startswith("over") for line in lines)
            assert playing.wait(20) == 0
        finally:
            playing.kill()
