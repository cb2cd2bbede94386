"""Live input, fed from memory as fast as it goes: what is heard leads the path, and becomes grains of the corpus."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from granulate import score_file, sound_file
from granulate.api import analyse, render
from granulate.errors import GranulateError, ParameterError
from granulate.live.engine import DeviceInput, Engine, File, FileInput, Null, NullInput
from granulate.live.input.capture import CEILING
from granulate.live.input.sources import Source
from granulate.live.instrument import Instrument
from granulate.live.player import ANSWER_BLOCKS
from granulate.live.pools import lent
from granulate.preset import Preset
from granulate.space import Space
from granulate.types import Corpus
from tests.conftest import melody
from tests.live.waiting import until

RATE, BLOCK = 22_050, 128
LISTEN = Preset.of(
    {
        "descriptors": {"kind": "mfcc"},
        "scaling": {"kind": "standardise"},
        "reduction": {"kind": "pca", "dimensions": 2},
        "path": {"kind": "listen"},
    }
)
WANDER = LISTEN.set("path.kind=walk", "path.length=500")


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "in.wav"
    sound_file.write(melody(2.0, RATE, 2), path)
    return path


class Played:
    """An instrument that hears something, and plays into a file as fast as it goes."""

    def __init__(
        self, recording: Path, folder: Path, source: Source, preset: Preset = LISTEN, seconds: float = 2.0,
        freewheel: bool = True,
    ) -> None:  # fmt: skip
        self.sound, self.take = folder / "take.wav", folder / "take.json"
        self.said: list[str] = []
        self.corpus = analyse(recording, preset)
        sink = File(self.sound, freewheel=freewheel)
        self.engine = Engine.start([], RATE, 2, block=BLOCK, sink=sink, source=source)
        self.instrument = Instrument(
            self.engine,
            self.corpus,
            preset,
            take=self.take,
            until=round(seconds * RATE),
            said=self.said.append,
        )

    def play(self, meanwhile: Callable[[], Any] = lambda: None) -> np.ndarray:
        self.instrument.begin()
        meanwhile()
        assert self.instrument.player.over.wait(60)
        self.state, self.hearing = self.engine.state, self.instrument.hearing()
        self.instrument.end()
        assert self.instrument.player.failure is None
        self.engine.stop()
        assert not self.said
        return sf.read(self.sound, dtype="float32", always_2d=True)[0]

    def replayed(self, heard: np.ndarray) -> None:
        again = render(score_file.load(self.take)).frames
        n = min(len(heard), len(again))
        assert n >= 0.9 * len(heard)
        np.testing.assert_array_equal(heard[:n], again[:n])


def test_a_target_out_of_the_corpus_plays_its_own_grains_in_order(recording: Path, tmp_path: Path) -> None:
    played = Played(recording, tmp_path, FileInput(recording))
    heard = played.play()
    events, framing = score_file.load(played.take).events, played.corpus.framing
    centre = events.time - ANSWER_BLOCKS * BLOCK - framing.window + framing.lead
    assert (centre % framing.hop == 0).all()
    own = events.start == centre - framing.lead
    loud = Space(played.corpus).levels > -50
    assert own.mean() > 0.97
    assert len(events) > 0.9 * loud.sum()
    assert (played.state.late_grains, played.state.input_lost, played.hearing.missed) == (0, 0, 0)
    played.replayed(heard)


def test_silence_plays_nothing_and_the_level_is_the_inputs(recording: Path, tmp_path: Path) -> None:
    frames = sound_file.read(recording).frames.copy()
    frames[: RATE // 2] *= 1e-4
    frames[RATE // 2 :] *= 0.1
    with lent(frames) as pool:
        played = Played(recording, tmp_path, pool, LISTEN.set("path.gate=-60"), 3.0)
        heard = played.play()
    first, end = RATE // 2 - 1024, 2 * RATE + 4096
    assert not heard[:first].any()
    assert not heard[end:].any()
    louder = np.sqrt(np.square(heard[first:end]).mean() / np.square(frames[RATE // 2 :]).mean())
    assert 0.7 < louder < 1.3
    played.replayed(heard)


def test_what_is_no_sound_is_silence_and_counted(recording: Path, tmp_path: Path) -> None:
    frames = sound_file.read(recording).frames.copy()
    bad = np.array([np.nan, np.inf, -np.inf, 1e30, -1e30], np.float32)
    frames[5000:5500] = np.resize(bad, (500, 2))
    frames[9000:9100] = 1000.0
    with lent(frames) as pool:
        played = Played(recording, tmp_path, pool)
        heard = played.play()
    assert played.state.input_non_finite == 1000
    assert (played.state.non_finite, played.state.failures) == (0, 0)
    inlet = played.instrument.player.inlet
    assert inlet is not None
    remembered = inlet.stretch(0, 2 * RATE - BLOCK, 2)
    assert np.isfinite(remembered).all()
    assert not remembered[5000:5500].any()
    assert (remembered[9000:9100] == CEILING).all()
    assert np.isfinite(heard).all()
    after = slice(12_000, None)
    np.testing.assert_array_equal(remembered[after], frames[: len(remembered)][after])
    played.replayed(heard)


def test_the_answer_comes_when_it_was_promised(recording: Path, tmp_path: Path) -> None:
    frames = np.zeros((RATE, 1), np.float32)
    frames[6000:6010] = 0.9
    with lent(frames) as pool:
        played = Played(recording, tmp_path, pool, LISTEN.set("framing.hop=64"), seconds=1.0)
        heard = played.play()
    answered = int(np.flatnonzero(np.abs(heard).max(axis=1) > 1e-9)[0]) - 6000
    # The first window that has the click at its end; one that has it in its middle comes half a window later.
    assert ANSWER_BLOCKS * BLOCK <= answered <= ANSWER_BLOCKS * BLOCK + 64 + 16
    half = played.corpus.framing.window // 2
    assert played.hearing.latency == pytest.approx((half + ANSWER_BLOCKS * BLOCK) / RATE)


class Timed(Played):
    """The same in real time, so that something can be done meanwhile."""

    def __init__(self, recording: Path, folder: Path, source: Source, preset: Preset, seconds: float) -> None:
        super().__init__(recording, folder, source, preset, seconds, freewheel=False)

    @property
    def playing(self) -> Corpus:
        return self.instrument.player.stream.corpus

    def after(self, seconds: float) -> None:
        until(lambda: self.engine.state.clock > seconds * RATE)


def test_what_was_heard_becomes_grains_and_the_take_has_it(recording: Path, tmp_path: Path) -> None:
    played = Timed(recording, tmp_path, FileInput(recording), LISTEN, 2.5)
    base = played.corpus

    def meanwhile() -> None:
        played.after(1.0)
        played.instrument.act("keep", 0.8)
        until(lambda: len(played.playing) > len(base))
        for grain in range(len(base), len(base) + 20):
            played.instrument.act("play", grain, 0.0, 1.0, 0.0)

    heard = played.play(meanwhile)
    extended = played.playing
    n = len(base)
    assert n + 30 < len(extended) < n + 40
    assert base.embedding is not None
    assert extended.embedding is not None
    np.testing.assert_array_equal(extended.embedding.points[:n], base.embedding.points)
    np.testing.assert_array_equal(extended.descriptors.values[:n], base.descriptors.values)
    np.testing.assert_array_equal(Space(extended).points[:n], Space(base).points)
    kept = extended.sounds[-1].samples
    source = sound_file.read(recording).samples
    first = next(at for at in range(RATE // 2) if np.array_equal(source[:, at : at + 50], kept[:, :50]))
    np.testing.assert_array_equal(kept, source[:, first : first + kept.shape[1]])
    twins = np.rint((np.arange(2, len(extended) - n - 2) * 512 + first) / 512).astype(int)
    apart = np.linalg.norm(Space(extended).points[n + 2 : -2] - Space(base).points[twins], axis=1)
    assert np.median(apart) < 0.05
    assert played.hearing.kept == 1
    score = score_file.load(played.take)
    assert score.sounds[-1].origin is not None
    assert Path(score.sounds[-1].origin.path) == tmp_path / "take-input-1.wav"
    assert (score.events.sound == 1).sum() >= 20
    assert not played.state.refused
    played.replayed(heard)


def test_while_sampling_old_grains_leave_and_the_rest_stays(recording: Path, tmp_path: Path) -> None:
    played = Timed(recording, tmp_path, FileInput(recording), WANDER, 3.0)
    for name, value in (("every", 0.5), ("hold", 1.3), ("seconds", 2.0), ("sampling", True)):
        played.instrument.set("input", name, value)
    most = []

    def meanwhile() -> None:
        while not played.instrument.player.over.is_set():
            most.append(len(played.playing.sounds))
            time.sleep(0.02)

    heard = played.play(meanwhile)
    assert max(most) == 3
    sizes = [sound.n_samples for sound in played.playing.sounds[1:]]
    assert sum(sizes) <= 1.3 * RATE
    assert played.playing.sounds[0] is played.corpus.sounds[0]
    inlet = played.instrument.player.inlet
    assert inlet is not None
    assert len(inlet.memory) == 4 * RATE
    played.replayed(heard)


def test_what_cannot_be_heard_is_said(recording: Path, tmp_path: Path) -> None:
    corpus = analyse(recording, LISTEN)
    with Engine.start([], RATE, 2, block=BLOCK, sink=Null()) as engine:
        with pytest.raises(ParameterError, match=r"path\.kind = 'listen' without an input"):
            Instrument(engine, corpus, LISTEN)
        deaf = Instrument(engine, corpus, WANDER)
        for ask in (
            lambda: deaf.set("path", "kind", "listen"),
            lambda: deaf.set("input", "gain", 0.0),
            lambda: deaf.act("keep", 0.0),
            lambda: deaf.act("forget"),
        ):
            with pytest.raises(ParameterError, match="granulate live --input"):
                ask()
        assert deaf.hearing() is None
        assert deaf.get("path", "kind") == "walk"
    with pytest.raises(ParameterError, match="an input of 0 channels; allowed: 1 to 64"):
        Engine.start([], RATE, 2, sink=Null(), source=NullInput(0))
    with pytest.raises(ParameterError, match="an input device without an output device"):
        Engine.start([], RATE, 2, sink=Null(), source=DeviceInput())
    with pytest.raises(GranulateError, match=r"nothing\.wav"):
        Engine.start([], RATE, 2, sink=Null(), source=FileInput(tmp_path / "nothing.wav"))
