"""Grains that come later: described, scaled and placed as the first ones were; and what is remembered of an input."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from granulate.corpus import analyse, extend
from granulate.errors import ParameterError
from granulate.live.engine import Null
from granulate.live.input.capture import CEILING, Capture
from granulate.live.input.ear import Ear
from granulate.live.input.inlet import Inlet
from granulate.live.input.memory import Memory, of_channels
from granulate.live.input.sources import DeviceInput, FileInput, NullInput, Source, named
from granulate.live.lending import Lender
from granulate.live.records import captured_type
from granulate.live.ring import Ring
from granulate.live.shared import Setup, state_type
from granulate.live.stream import Stream, shared_grains
from granulate.preset import Preset
from granulate.space import Space
from granulate.stages.descriptors import DESCRIPTORS
from granulate.stages.reducers import REDUCTION
from granulate.stages.scalers import SCALING
from granulate.types import Corpus, Sound
from tests.conftest import melody

RATE = 22_050
BASE = melody(1.0, RATE, 2)
QUIET = Sound(melody(1.0, RATE, 2, seed=9).samples * np.float32(0.03), RATE)


def twin() -> Sound:
    return Sound(BASE.samples, RATE)


def corpus(**sections: object) -> Corpus:
    return analyse(BASE, Preset.of({"reduction": {"kind": "pca", "dimensions": 2}, **sections}))


@pytest.mark.parametrize("kind", DESCRIPTORS.stages)
@pytest.mark.parametrize("segmentation", ["hop", "onset"])
def test_what_sounds_the_same_is_described_the_same(kind: str, segmentation: str) -> None:
    made = corpus(
        descriptors={"kind": kind}, scaling={"kind": "standardise"}, segmentation={"kind": segmentation},
        reduction={"kind": "none"},
    )  # fmt: skip
    more = extend(made, [QUIET, twin()])
    n, quiet = len(made), int((more.grains.sounds == 1).sum())
    for values in (more.descriptors.values[:n], more.descriptors.values[n + quiet :]):
        np.testing.assert_array_equal(values, made.descriptors.values)
    np.testing.assert_array_equal(more.grains.onsets[n + quiet :], made.grains.onsets)


@pytest.mark.parametrize("kind", SCALING.stages)
def test_every_scaler_does_to_others_what_it_did(kind: str) -> None:
    made = corpus(descriptors={"kind": "mel"}, scaling={"kind": ["db", kind]})
    more = extend(made, [QUIET, twin()])
    found = more.descriptors.values[-len(made) :]
    # A product with a vector rounds by the number of rows.
    np.testing.assert_allclose(found, made.descriptors.values, rtol=1e-5 if kind == "weighted_sum" else 0)
    assert np.isfinite(more.descriptors.values).all()


QUICK = [k for k, s in REDUCTION.stages.items() if k != "none" and not s.traits.get("trains")]
"""Networks are trained elsewhere."""


@pytest.mark.parametrize("kind", QUICK)
def test_every_reducer_places_others_and_the_map_stays(kind: str) -> None:
    made = corpus(reduction={"kind": kind, "dimensions": 2})
    near = Sound(BASE.samples + np.float32(1e-3) * melody(1.0, RATE, 2, seed=4).samples, RATE)
    more = extend(made, [near, QUIET])
    n = len(made)
    assert made.embedding is not None
    assert more.embedding is not None
    np.testing.assert_array_equal(more.embedding.points[:n], made.embedding.points)
    space = Space(more)
    np.testing.assert_array_equal(space.points[:n], Space(made).points)
    assert 0 <= space.points.min() <= space.points.max() <= 1
    apart = np.linalg.norm(space.points[n : 2 * n] - space.points[:n], axis=1)
    assert np.median(apart) < 0.05
    again = extend(more, [twin()], without=[near, QUIET])
    np.testing.assert_array_equal(again.embedding.points[:n], made.embedding.points)  # type: ignore[union-attr]
    assert len(again) == 2 * n
    assert again.grains.sounds.tolist() == [0] * n + [1] * n


def test_pca_places_others_on_its_own_axes() -> None:
    made = corpus(descriptors={"kind": "mfcc"})
    more = extend(made, [QUIET])
    values = made.descriptors.values.astype(np.float64)
    centred = values - values.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    expected = (more.descriptors.values[len(made) :] - values.mean(axis=0)) @ axes[:2].T
    found = more.embedding.points[len(made) :]  # type: ignore[union-attr]
    signs = np.sign((expected * found).sum(axis=0))
    np.testing.assert_allclose(found, expected * signs, atol=1e-3 * np.ptp(expected))


def test_what_cannot_be_extended_is_said() -> None:
    made = corpus()
    with pytest.raises(ParameterError, match="sounds of 22050 Hz x 1, 22050 Hz x 2"):
        extend(made, [melody(1.0, RATE, 1)])
    kept = Corpus(made.sounds, made.framing, made.grains, made.descriptors)
    for use in (lambda: extend(kept, [QUIET]), lambda: Ear(kept, 0)):
        with pytest.raises(ParameterError, match="a corpus that was kept on disk"):
            use()


@pytest.mark.parametrize("block", [64, 700, 4096])
def test_an_ear_hears_what_analysis_measured(block: int) -> None:
    made = corpus(descriptors={"kind": "mfcc"}, scaling={"kind": "standardise"})
    memory, ear = Memory(2, RATE), Ear(made, 512, block)
    found = []
    for first in range(0, BASE.n_samples, block):
        memory.add(first, BASE.frames[first : first + block])
        while (heard := ear.hear(memory, 0, -300.0)) is not None:
            assert heard.complete <= memory.end
            assert heard.values is not None
            found.append((heard.complete, heard.level, heard.values[0]))
    complete, levels, values = map(np.array, zip(*found, strict=True))
    onsets = complete - made.framing.window
    grains = np.searchsorted(made.grains.onsets, onsets)
    np.testing.assert_array_equal(made.grains.onsets[grains], onsets)
    assert len(grains) == (BASE.n_samples - 1024) // 512 + 1
    np.testing.assert_array_equal(values, made.descriptors.values[grains])
    np.testing.assert_allclose(levels, Space(made).levels[grains], atol=1e-4)
    assert ear.missed == 0


def test_what_comes_too_late_is_passed_over_and_counted() -> None:
    memory, made = Memory(2, 10 * RATE), corpus()
    ear = Ear(made, 512, 128)
    memory.add(0, np.zeros((5 * RATE, 2), np.float32))
    heard = ear.hear(memory, 0, -60.0)
    assert heard is not None
    assert 5 * RATE - 512 < heard.complete <= 5 * RATE
    assert heard.values is None
    assert ear.missed == (heard.complete - 1024) // 512
    assert ear.hear(memory, 0, -60.0) is None


@pytest.mark.parametrize("seed", range(5))
def test_a_memory_knows_its_newest_frames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    memory, model, clock = Memory(2, 300), np.zeros((40_000, 2), np.float32), int(rng.integers(1000))
    begun = clock
    for _ in range(60):
        clock += int(rng.integers(0, 400)) * (rng.random() < 0.2)  # some is lost
        frames = rng.uniform(-1, 1, (int(rng.integers(1, 500)), 2)).astype(np.float32)
        if memory.end == 0:
            begun = clock
        model[clock : clock + len(frames)] = frames
        memory.add(clock, frames)
        clock += len(frames)
        assert (memory.end, memory.oldest) == (clock, max(begun, clock - 300))
        first, last = sorted(rng.integers(clock - 600, clock + 50, 2))
        expected = np.zeros((last - first, 2), np.float32)
        known = np.arange(first, last)
        expected[(known >= memory.oldest)] = model[known[known >= memory.oldest]]
        np.testing.assert_array_equal(memory.read(first, last), expected)
    for size in (200, 900):
        other = memory.resized(size)
        assert other.end == clock
        np.testing.assert_array_equal(other.read(clock - 200, clock), memory.read(clock - 200, clock))


def test_channels_are_made_those_of_the_corpus() -> None:
    frames = np.arange(12, dtype=np.float32).reshape(4, 3)
    np.testing.assert_array_equal(of_channels(frames, 0, 3), frames)
    np.testing.assert_array_equal(of_channels(frames, 0, 1), frames.mean(axis=1, keepdims=True))
    np.testing.assert_array_equal(of_channels(frames, 2, 2), frames[:, [1, 1]])


@pytest.mark.parametrize(
    ("text", "source"),
    [
        ("null", NullInput(2)),
        ("default", DeviceInput(None, 2)),
        ("Built-in 2.1", DeviceInput("Built-in 2.1", 2)),
        ("take.wav", FileInput("take.wav")),
        ("a/b.FLAC", FileInput("a/b.FLAC")),
    ],
)
def test_an_input_is_named_in_a_word(text: str, source: Source) -> None:
    assert named(text, 2) == source


class Wired:
    """An engine's two ends of its input, without the engine between them."""

    def __init__(self, n_inputs: int, block: int = 128, capacity: int = 64) -> None:
        self.setup = Setup(RATE, 2, block, "linear", Null(), NullInput(n_inputs))
        kind = captured_type(block, n_inputs)
        self._ring = Ring(kind, capacity, memoryview(bytearray(Ring.size(kind, capacity))))
        self.state = np.zeros((), state_type(2))
        self.capture = Capture(block, n_inputs, self._ring, self.state)
        self.inlet = Inlet(self)  # type: ignore[arg-type] - it asks for nothing else

    def captured(self, out: np.ndarray[Any, Any]) -> int:
        return self._ring.pop(out)

    def hear(self, frames: np.ndarray[Any, Any], *, fetched: bool = True) -> None:
        for first in range(0, len(frames), self.setup.block):
            self.capture.take(first, frames[first : first + self.setup.block])
            if fetched:
                self.inlet.fetch()


def test_one_channel_is_heard_as_loud_as_it_is_set() -> None:
    wired, frames = Wired(3), np.random.default_rng(0).uniform(-1, 1, (5000, 3)).astype(np.float32)
    inlet = wired.inlet
    with pytest.raises(ParameterError, match=r"input\.channel = 4 of an input of 3; allowed: 0 to that"):
        inlet.set("channel", 4)
    inlet.set("gain", -6.0)
    wired.hear(frames)
    quiet = frames * 10 ** (-6 / 20)
    for channel in range(1, 4):
        inlet.set("channel", channel)
        expected = quiet[:, [channel - 1, channel - 1]]
        np.testing.assert_allclose(inlet.stretch(0, 5000, 2), expected, rtol=1e-6)
    assert 0.3 < inlet.peak < 0.51
    assert not inlet.outgrown
    inlet.set("seconds", 20.0)
    assert inlet.outgrown
    assert len(inlet.resized()) == 22 * RATE


def test_what_nobody_fetches_is_lost_and_counted() -> None:
    wired = Wired(1, capacity=10)
    frames = np.arange(1, 3001, dtype=np.float32)[:, None] / 3000
    wired.hear(frames, fetched=False)
    assert wired.state["input_lost"] == 3000 - 1280
    wired.inlet.fetch()
    assert wired.inlet.memory.end == 1280
    wired.capture.take(5000, frames[:100])
    wired.inlet.fetch()
    remembered = wired.inlet.memory.read(0, 5100)
    np.testing.assert_array_equal(remembered[:1280], frames[:1280])
    assert not remembered[1280:5000].any()
    np.testing.assert_array_equal(remembered[5000:], frames[:100])


def test_what_is_no_sound_is_silenced_counted_and_cut_off() -> None:
    wired = Wired(2)
    frames = np.full((100, 2), 0.5, np.float32)
    frames[:5, 0] = np.nan, np.inf, -np.inf, 1e30, -1e30
    frames[5:7, 1] = 40_000.0, -1000.0
    wired.hear(frames)
    assert wired.state["input_non_finite"] == 5
    remembered = wired.inlet.memory.read(0, 100)
    assert not remembered[:5, 0].any()
    assert remembered[5:7, 1].tolist() == [CEILING, -CEILING]
    remembered[:7] = 0.5
    assert (remembered == 0.5).all()


def test_a_stream_goes_on_where_another_was() -> None:
    made = corpus()
    preset = Preset.of({"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": "drunk"}})
    before = Stream(made, preset)
    for _ in range(30):
        before.next()
    after = Stream(extend(made, [QUIET]), preset)
    assert after.position != before.position
    after.go_on_from(before)
    assert after.position == before.position
    assert shared_grains(after.corpus, made) == len(made)
    assert shared_grains(extend(after.corpus, [], without=[BASE]), made) == 0
    assert shared_grains(corpus(framing={"hop": 256}), made) == 0


class Borrower:
    """An engine's pools, as the lender sees them."""

    def __init__(self) -> None:
        self.setup = Setup(RATE, 2, 128, "linear", Null())
        self.clock = 0
        self.pools: dict[int, np.ndarray[Any, Any]] = {}

    def add_pool(self, frames: np.ndarray[Any, Any]) -> int:
        number = next(number for number in range(64) if number not in self.pools)
        self.pools[number] = frames
        return number

    def remove_pool(self, number: int) -> None:
        del self.pools[number]


def test_any_number_of_sounds_is_lent_in_few_pools() -> None:
    engine = Borrower()
    lender = Lender(engine)  # type: ignore[arg-type] - it asks for nothing else
    rng = np.random.default_rng(0)
    sounds = [Sound(rng.uniform(-1, 1, (2, 500)), RATE) for _ in range(3)]
    for turn in range(150):
        sounds.append(Sound(rng.uniform(-1, 1, (2, int(rng.integers(1, 90)))), RATE))
        if len(sounds) > 60:
            del sounds[3]
        places = lender.lend(sounds)
        engine.clock += RATE // 4  # what is retired stays for a second
        lender.keep(sounds)
        lender.collect(engine.clock)
        for sound, pool, low, high in zip(sounds, places.pool, places.low, places.high, strict=True):
            np.testing.assert_array_equal(engine.pools[pool][low:high], sound.frames)
        assert len(engine.pools) < 64, turn
