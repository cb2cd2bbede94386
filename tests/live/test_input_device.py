"""Live input out of a real stream: another client of JACK's server is heard, and answered."""

from __future__ import annotations

import shutil
import subprocess

import numpy as np
import pytest

from granulate.api import analyse
from granulate.live.engine import Device, DeviceInput, Engine, EngineError
from granulate.live.instrument import Instrument
from granulate.preset import Preset
from tests.conftest import melody
from tests.live.jack import RATE, JackServer
from tests.live.waiting import until

LISTEN = Preset.of({"descriptors": {"kind": "mfcc"}, "path": {"kind": "listen"}})


@pytest.mark.skipif(
    not all(map(shutil.which, ("jack_metro", "jack_connect"))), reason="needs JACK's own clients"
)
def test_another_client_is_heard_and_answered(jackd: JackServer) -> None:
    corpus = analyse(melody(1.0, RATE, 2), LISTEN)
    said: list[str] = []
    with Engine.start(
        [], RATE, 2, block=1024, sink=Device("system"), source=DeviceInput("system", 2)
    ) as engine:
        instrument = Instrument(engine, corpus, LISTEN, said=said.append)
        instrument.begin()
        until(lambda: engine.state.clock > RATE // 4)
        # JACK's dummy device is silent: so is the instrument.
        assert engine.state.active == 0
        assert max(engine.state.peaks) == 0
        metro = subprocess.Popen(
            ["jack_metro", "--bpm", "300", "--name", "metro", "--amplitude", "0.5"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        try:
            connect = ["jack_connect", "metro:300_bpm", "PortAudio:in_0"]
            until(lambda: subprocess.run(connect, capture_output=True, check=False).returncode == 0)
            until(lambda: max(engine.state.peaks) > 0.01)
            instrument.act("keep", 0.5)
            until(lambda: len(instrument.player.stream.corpus) > len(corpus))
        finally:
            metro.terminate()
            metro.wait(10)
        kept = instrument.player.stream.corpus.sounds[-1]
        assert kept.n_channels == 2
        assert 0.1 < kept.peak < 1
        hearing = instrument.hearing()
        assert hearing is not None
        assert (hearing.kept, hearing.non_finite) == (1, 0)
        assert 0.05 < hearing.latency < 1
        instrument.end()
        assert instrument.player.failure is None
        assert (engine.state.failures, engine.state.refused) == (0, 0)
        assert not said
    with pytest.raises(EngineError, match="the input device 'no such thing' with 1: "):
        Engine.start([], RATE, 2, sink=Device("system"), source=DeviceInput("no such thing"))
    assert np.isfinite(kept.samples).all()
