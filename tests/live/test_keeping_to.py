"""A path that keeps to some grains, as a lasso on the map chooses them."""

from __future__ import annotations

import numpy as np
import pytest

from granulate.corpus import analyse
from granulate.errors import ParameterError
from granulate.live.engine import Engine, Null
from granulate.live.instrument import Instrument
from granulate.live.stream import Stream
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.space import Space
from granulate.types import Corpus
from tests.conftest import melody

RATE = 22_050
BASE = {"reduction": {"kind": "pca", "dimensions": 2}}
PLAYABLE = [kind for kind, stage in PATH.stages.items() if not {"target", "listens"} & set(stage.traits)]


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return analyse([melody(2.0, RATE)], Preset.of(BASE))


def chosen(corpus: Corpus) -> np.ndarray:
    return np.arange(7, min(len(corpus), 60), 3)


@pytest.mark.parametrize("kind", PLAYABLE)
def test_every_path_keeps_to_them_and_is_freed(corpus: Corpus, kind: str) -> None:
    stream = Stream(corpus, Preset.of({**BASE, "path": {"kind": kind}}))
    kept = chosen(corpus)
    stream.keep(stream.keep_to(kept))
    played = np.concatenate([stream.next().grains for _ in range(300)])
    assert set(played.tolist()) <= set(kept.tolist())
    assert len(set(played.tolist())) > 1
    stream.keep(stream.keep_to(None))
    freed = np.concatenate([stream.next().grains for _ in range(300)])
    assert not set(freed.tolist()) <= set(kept.tolist())


def test_one_grain_is_enough_and_one_that_is_not_there_is_refused(corpus: Corpus) -> None:
    stream = Stream(corpus, Preset.of({**BASE, "path": {"kind": "walk", "continuity": 1.0, "rest": 1000}}))
    stream.keep(stream.keep_to(np.array([5])))
    assert [int(stream.next().grains[0]) for _ in range(10)] == [5] * 10
    for wrong in ([len(corpus)], [-1]):
        with pytest.raises(ParameterError, match="allowed: 0 to"):
            stream.keep_to(np.array(wrong))


def test_a_part_of_a_space_finds_what_the_whole_finds_there(corpus: Corpus) -> None:
    for kind in ("embedding", "descriptors"):
        space, kept = Space(corpus, kind), chosen(corpus)
        part, point = space.part(kept), space.points[20]
        found, distances = part.nearest(point, 5)
        exact = np.linalg.norm(space.points[kept] - point, axis=1)
        if part.n_axes <= 8:  # beyond, some are missed
            np.testing.assert_allclose(distances, np.sort(exact)[:5], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(exact[found], distances, rtol=1e-5, atol=1e-6)
        assert len(space.nearest(point, len(space))[0]) == len(corpus)


def test_an_instrument_keeps_to_them_through_other_paths(corpus: Corpus) -> None:
    with Engine.start([], RATE, 2, sink=Null()) as engine:
        instrument = Instrument(engine, corpus, Preset.of({**BASE, "path": {"kind": "walk"}}))
        kept = chosen(corpus)
        instrument.act("select", *kept.tolist())
        assert instrument.player.stream.kept is not None
        before = instrument.player.stream
        instrument.begin()
        instrument.set("path", "kind", "drunk")
        for _ in range(2000):
            if instrument.player.stream is not before:
                break
            engine.wait(engine.state.clock + 256)
        np.testing.assert_array_equal(instrument.player.stream.kept, kept)
        with pytest.raises(ParameterError, match="allowed"):
            instrument.act("select", len(corpus))
        instrument.act("select")
        assert instrument.player.stream.kept is None
        instrument.end()
