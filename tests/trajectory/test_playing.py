"""A trajectory is an embedding, which walks, the flow and live playing go along; a forecast of it sounds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from granulate import api, sound_file
from granulate.corpus import analyse
from granulate.errors import ParameterError
from granulate.live.engine import Engine, File
from granulate.live.instrument import Instrument
from granulate.preset import Preset
from granulate.trajectory import Trajectory, foretold, replayed, sounded
from granulate.types import Corpus, Sound
from tests.conftest import melody
from tests.test_walks import WALKS

RATE = 22_050
GRAINS = {"kind": "distance", "curve": 0.0, "shortest": 0, "lengthen": 4.0}
PLAIN = Preset.of({
    "framing": {"window": 2048, "hop": 512}, "descriptors": {"kind": "mfcc"},
    "reduction": {"kind": "pca", "dimensions": 3}, "grain": GRAINS,
})  # fmt: skip
TRAINED = ("reduction.kind=trajectory", "reduction.epochs=1", "reduction.dimensions=3")


@pytest.fixture(scope="module")
def sound() -> Sound:
    return melody(3.0, RATE, 2)


@pytest.fixture(scope="module")
def trained(sound: Sound, tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    pytest.importorskip("torch", reason="needs PyTorch")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GRANULATE_CACHE", str(tmp_path_factory.mktemp("cache")))
        return analyse(sound, PLAIN.set(*TRAINED))


def test_a_trajectory_of_a_corpus_is_its_embedding_in_time(sound: Sound) -> None:
    corpus = analyse([sound, melody(1.0, RATE, 2, seed=1)], PLAIN)
    way = Trajectory.of(corpus)
    assert corpus.embedding is not None
    assert len(way) == len(corpus)
    np.testing.assert_allclose(
        [way.points.min(axis=0), way.points.max(axis=0)], [[0] * 3, [1] * 3], atol=1e-6
    )
    np.testing.assert_allclose(way.unit(corpus.embedding.points), way.points)
    assert way.period == pytest.approx(512 / RATE)
    # The first grain is centred on the first sample, also of the second sound.
    second = int(np.flatnonzero(corpus.grains.sounds)[0])
    assert (way.times[0], way.times[second]) == (0, pytest.approx(3.0))
    assert list(np.flatnonzero(~way.follows)) == [second - 1, len(way) - 1]
    assert way.at(3.0) == second
    with pytest.raises(ParameterError, match=r"reduction\.kind = 'none' gives no trajectory"):
        Trajectory.of(analyse(sound, PLAIN.set("reduction.kind=none")))


def test_each_forecast_point_plays_its_nearest_grain(sound: Sound) -> None:
    corpus = analyse(sound, PLAIN)
    way = Trajectory.of(corpus)
    course = foretold(way, 30, 200)
    score, clock = sounded(corpus, PLAIN, way, course)
    distances = np.linalg.norm(course[:, None] - way.points[None], axis=2)
    grains = distances.argmin(axis=1)
    middles = score.events.start + score.events.length / 2
    np.testing.assert_array_equal(middles, corpus.grains.onsets[grains] + 1024)
    # A hop apart, so in the time that the forecast took, and each is heard when the clock says.
    np.testing.assert_allclose(np.diff(clock), way.period, atol=1 / RATE)
    np.testing.assert_allclose(clock * RATE, score.events.time + 1024, atol=1)
    rendered = api.render(score)
    assert rendered.duration == pytest.approx(clock[-1] + 1024 / RATE, abs=0.001)
    assert rendered.peak > 0.01


def test_what_is_replayed_is_counted(sound: Sound) -> None:
    way = Trajectory.of(analyse(sound, PLAIN))
    assert replayed(way, way.points[10:50]) == 1
    assert replayed(way, way.points[50:10:-1]) == 0


@pytest.mark.parametrize("kind", WALKS)
def test_walks_go_along_a_trajectory(trained: Corpus, sound: Sound, kind: str) -> None:
    preset = PLAIN.set(*TRAINED, f"path.kind={kind}")
    if kind in ("gesture", "target"):
        preset = preset.set("path.points=[[0.1, 0.1, 0.1], [0.9, 0.5, 0.9]]", "path.seconds=1.0")
    else:
        preset = preset.set("path.length=100")
    rendered = api.render(api.score(trained, preset))
    assert rendered.peak > 0.01


def test_live_plays_a_trajectory(trained: Corpus, tmp_path: Path) -> None:
    preset = PLAIN.set(*TRAINED, "path.kind=flow", "path.length=500")
    engine = Engine.start([], RATE, 2, block=128, sink=File(tmp_path / "take.wav", freewheel=True))
    instrument = Instrument(
        engine, trained, preset, take=tmp_path / "take.json", until=RATE, said=lambda line: None
    )
    instrument.begin()
    assert instrument.player.over.wait(60)
    instrument.end()
    assert instrument.player.failure is None
    engine.stop()
    assert sound_file.read(tmp_path / "take.wav").peak > 0.01


def test_a_trained_trajectory_is_forecast_and_sounds(trained: Corpus) -> None:
    way = Trajectory.of(trained)
    assert way.reach > 1
    course = foretold(way, 20, 60, own_future=False)
    score, _ = sounded(trained, PLAIN, way, course)
    assert len(score.events) == 61
