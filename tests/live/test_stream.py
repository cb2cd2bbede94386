"""What plays, grain by grain: as long as it is told, and no later than it is told by now."""

from __future__ import annotations

from itertools import groupby, pairwise

import numpy as np
import pytest

from granulate.api import analyse
from granulate.live.stream import Stream
from granulate.preset import Preset
from granulate.types import Corpus
from tests.conftest import melody
from tests.live.test_bounds import BLOCK, PRESET, RATE, Playing

SPARSE = PRESET.set("grain.kind=cloud", "grain.density=0.05")

STILL = ("path.rest=0", "path.temperature=0.0")
"""So that no grain of another cluster is played."""


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    return analyse(melody(2.0, RATE, 2), PRESET)


def due(playing: Playing) -> list[int]:
    """When each grain was sent to begin."""
    return [int(time) for records in playing.engine.sent for time in records["time"]]


def test_a_stream_stays_in_every_cluster_as_long_as_it_is_told(corpus: Corpus) -> None:
    stream = Stream(corpus, PRESET.set("path.kind=clusters", "path.dwell=7", "path.groups=5", *STILL))
    grains = [int(stream.next().grains[0]) for _ in range(7 * 5 * 3)]
    plan = stream._walk.walker.memory["plan"]
    stays = [len(list(stay)) for _, stay in groupby(plan["labels"][grains])]
    assert stays == [7] * 15


@pytest.mark.parametrize("density", [2.0, 30.0])
def test_where_grains_come_denser_the_next_one_comes_at_most_an_interval_after_the_last(
    corpus: Corpus, density: float
) -> None:
    playing = Playing(corpus, SPARSE)
    playing.turn(40)
    first = due(playing)
    assert len(first) == 1
    playing.instrument.set("grain", "density", density)
    changed, interval = playing.engine.clock, RATE / density
    playing.turn(int(1.5 * RATE / BLOCK))
    times = due(playing)
    # Not before it is asked for, and then as densely as that.
    assert times[1] == pytest.approx(max(first[0] + interval, changed), abs=3 * BLOCK)
    assert np.diff(times[1:]) == pytest.approx(interval, abs=1)


def test_where_grains_come_sparser_the_next_one_comes_when_it_was_due(corpus: Corpus) -> None:
    playing = Playing(corpus, SPARSE.set("grain.density=10"))
    playing.turn(40)
    before = due(playing)
    playing.instrument.set("grain", "density", 4.0)
    playing.turn(int(RATE / BLOCK))
    after = due(playing)[len(before) :]
    assert after[0] - before[-1] == pytest.approx(RATE / 10, abs=1)
    assert np.diff(after) == pytest.approx(RATE / 4, abs=1)


def test_another_path_does_not_wait_for_a_grain_that_is_due_long_from_now(corpus: Corpus) -> None:
    playing = Playing(corpus, SPARSE)
    playing.turn(40)
    playing.instrument._wanted.begin(SPARSE.set("path.kind=flow", "grain.density=20"), 0.0)
    playing.turn(40)
    assert playing.player.stream.preset.path.kind == "flow"
    times = due(playing)
    assert len(times) > 3
    assert all(b - a <= RATE / 20 + 1 for a, b in pairwise(times[1:]))


def test_no_control_that_is_moved_moves_what_chance_draws(corpus: Corpus) -> None:
    """What hastens a grain draws nothing: the events but for their times are those of the denser cloud."""
    jitter = ("grain.transpose_jitter=7", "grain.pan_jitter=1", "grain.length_jitter=0.5")
    dense, moved = (Stream(corpus, p.set(*jitter)) for p in (SPARSE.set("grain.density=20"), SPARSE))
    for stream in (dense, moved):
        stream.next()
    moved.preset = Preset.of(dense.preset.table())
    moved.hasten()
    for _ in range(20):
        a, b = dense.next().events.columns(), moved.next().events.columns()
        for name, column in a.items():
            np.testing.assert_array_equal(column, b[name], name)
