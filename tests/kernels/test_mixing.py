"""Mixed grains: what scipy's splines say, exact at the recorded speed, and the same however it is cut."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import CubicHermiteSpline

from granulate.errors import ParameterError
from granulate.kernels import mixing, threads
from granulate.kernels.mixing import GrainEvents, mix

METHODS = ("none", "linear", "cubic")
HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(8193) / 8192)).astype(np.float32)
FLAT = np.ones(8193, np.float32)
DECAY = np.exp(-6 * np.arange(8193) / 8192).astype(np.float32)
TABLES = np.stack([HANN, FLAT, DECAY])


def grains(n_channels: int = 1, **columns: Any) -> GrainEvents:
    """Events whose columns are given as numbers or lists; flat and at full level unless told."""
    n = max(np.size(value) for name, value in columns.items() if name != "gains")
    filled = {"time": 0, "start": 0, "rate": 1.0, "table": 1, "low": 0, "gains": 1.0} | columns
    gains = np.broadcast_to(np.asarray(filled.pop("gains"), np.float32), (n, n_channels))
    return GrainEvents(gains=gains, **{k: np.broadcast_to(v, (n,)) for k, v in filled.items()})


def noise(n: int, n_channels: int = 1, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (n, n_channels)).astype(np.float32)


def random_score(
    seed: int, n: int, n_channels: int, n_frames: int = 3000, longest: int = 900, alike: bool = False
) -> GrainEvents:
    """Grains of three neighbouring sounds that begin before them, end after them, or miss them."""
    rng = np.random.default_rng(seed)
    edges = np.sort(rng.integers(0, n_frames, 4))
    sound = rng.integers(0, 3, n)
    # Rates in 4096ths are exact in fixed point, so that even "none" has one right answer.
    rate = np.rint(4096 * 2 ** rng.uniform(-2, 3, n)) / 4096 * rng.choice([-1, 1], n)
    rate[rng.random(n) < 0.2] = 1.0
    rate[rng.random(n) < 0.05] = 64.0
    length = np.full(n, longest) if alike else rng.integers(1, longest, n)
    return GrainEvents(
        time=np.sort(rng.integers(-longest, 2000, n)),
        start=edges[sound] + rng.integers(-300, 600, n),
        length=length,
        rate=rate,
        gains=rng.uniform(-1, 1, (n, n_channels)),
        table=np.zeros(n) if alike else rng.integers(0, 3, n),
        low=edges[sound],
        high=edges[sound + 1],
    )


def reference(n: int, first: int, pool: np.ndarray, events: GrainEvents, method: str) -> np.ndarray:
    """The mix in float64, grain by grain, of what numpy and scipy interpolate."""
    out = np.zeros((n, events.gains.shape[1]))
    for e in range(len(events)):
        length, rate = int(events.length[e]), float(events.rate[e])
        i = np.arange(length)
        place = events.start[e] + (i if rate > 0 else length - 1 - i) * abs(rate)
        weight = np.interp(i / length, np.arange(8193) / 8192, TABLES[events.table[e]].astype(np.float64))
        silence = np.zeros((4, pool.shape[1]))
        sound = np.concatenate([silence, pool[events.low[e] : events.high[e]], silence])
        heard = interpolated(sound, place - events.low[e] + 4, method) * weight[:, None] * events.gains[e]
        at = events.time[e] - first + i
        inside = (at >= 0) & (at < n)
        out[at[inside]] += heard[inside]
    return out


def interpolated(sound: np.ndarray, place: np.ndarray, method: str) -> np.ndarray:
    """A sound that begins and ends with silence (n_frames, n_channels), at fractional frames."""
    frames = np.arange(len(sound))
    place = np.clip(place, 0, len(sound) - 1)
    if method == "none":
        return sound[np.floor(place).astype(int)]
    if method == "linear":
        return np.stack([np.interp(place, frames, channel) for channel in sound.T], axis=1)
    slopes = np.zeros_like(sound)
    slopes[1:-1] = (sound[2:] - sound[:-2]) / 2
    return CubicHermiteSpline(frames, sound, slopes)(place)


def mixed(n: int, first: int, pool: np.ndarray, events: GrainEvents, method: str, **how: Any) -> np.ndarray:
    out = np.full((n, events.gains.shape[1]), np.nan, np.float32)
    mix(out, first, pool, events, TABLES, method, **how)
    return out


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize(("n_source", "n_channels"), [(1, 1), (1, 2), (2, 2), (1, 5), (3, 3)])
@pytest.mark.parametrize("alike", [False, True])
def test_what_numpy_and_scipy_mix(method: str, n_source: int, n_channels: int, alike: bool) -> None:
    pool = noise(3000, n_source)
    for seed in range(4):
        events = random_score(seed, 40, n_channels, alike=alike)
        out = mixed(2500, -300, pool, events, method)
        assert np.abs(out - reference(2500, -300, pool, events, method)).max() < 2e-5


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("rate", [1.0, -1.0, 1.25, -1.25, 0.25])
def test_the_sounds_beside_are_never_read(method: str, rate: float) -> None:
    # Grains of every alignment with both edges of a sound, in a pool that holds NaN elsewhere.
    low, high = 20, 32
    pool = np.full((60, 1), np.nan, np.float32)
    pool[low:high] = noise(high - low)
    start, length = (grid.reshape(-1) for grid in np.meshgrid(np.arange(12, 40), np.arange(1, 9)))
    time = np.arange(len(start)) * 8
    events = grains(time=time, start=start, length=length, rate=rate, low=low, high=high)
    out = mixed(8 * len(start), 0, pool, events, method)
    assert np.abs(out - reference(len(out), 0, pool, events, method)).max() < 1e-6


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_source", [1, 2, 3])
def test_at_the_recorded_speed_samples_are_exact(method: str, n_source: int) -> None:
    pool = noise(5000, n_source)
    events = grains(n_source, time=-100, start=900, length=4000, low=1000, high=4500)
    out = mixed(4200, -200, pool, events, method)
    expected = np.zeros_like(out)
    expected[200:3700] = pool[1000:4500]  # frame 1000 sounds 100 samples after the grain has begun
    np.testing.assert_array_equal(out, expected)


@pytest.mark.parametrize("method", METHODS)
def test_a_negative_rate_is_the_same_stretch_backwards(method: str) -> None:
    pool = noise(9000)
    for rate in (1.0, 0.37, 2.5):
        forwards, backwards = (
            mixed(3000, 0, pool, grains(start=700, length=3000, rate=r, high=9000), method)
            for r in (rate, -rate)
        )
        np.testing.assert_array_equal(backwards, forwards[::-1])


@settings(max_examples=60, deadline=None, derandomize=True)
@given(
    seed=st.integers(0, 1000),
    cuts=st.lists(st.integers(0, 2600), max_size=12),
    first=st.integers(-1000, 500),
    method=st.sampled_from(METHODS),
    channels=st.sampled_from([(1, 1), (1, 2), (2, 2), (1, 70)]),
    alike=st.booleans(),
)
def test_however_the_output_is_cut_the_bits_are_the_same(
    seed: int, cuts: list[int], first: int, method: str, channels: tuple[int, int], alike: bool
) -> None:
    pool = noise(3000, channels[0])
    events = random_score(seed, 300, channels[1], alike=alike)
    whole = mixed(2600, first, pool, events, method, threads=False)
    edges = [0, *sorted(cuts), 2600]
    parts = [mixed(b - a, first + a, pool, events, method, threads=False) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n_source", [1, 2])
@pytest.mark.parametrize("alike", [False, True])
def test_two_channels_are_the_bits_of_each_alone(method: str, n_source: int, alike: bool) -> None:
    pool = noise(3000, n_source)
    events = random_score(7, 500, 2, alike=alike)
    both = mixed(2600, -300, pool, events, method, threads=False)
    columns = {
        name: getattr(events, name) for name in ("time", "start", "length", "rate", "table", "low", "high")
    }
    for c in range(2):
        alone = GrainEvents(gains=events.gains[:, c : c + 1], **columns)
        source = np.ascontiguousarray(pool[:, min(c, n_source - 1)][:, None])
        heard = mixed(2600, -300, source, alone, method, threads=False)
        assert heard[:, 0].tobytes() == both[:, c].tobytes()


@pytest.mark.parametrize("method", METHODS)
def test_threads_move_no_bit(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    pool = noise(3000)
    events = random_score(3, 3000, 2, longest=1900)
    alone = mixed(2000, -100, pool, events, method, threads=False)
    monkeypatch.setattr(mixing, "_RANGE", 128)
    monkeypatch.setattr(threads, "n_threads", lambda: 3)
    assert mixed(2000, -100, pool, events, method).tobytes() == alone.tobytes()


@pytest.mark.parametrize("length", [2, 64, 1000, 4096, 7778, 50_000])
def test_half_overlapping_hann_grains_of_a_constant_sum_to_it(length: int) -> None:
    pool = np.ones((3 * length, 1), np.float32)
    time = np.arange(-length, 4 * length, length // 2)
    for method, rate in (("linear", 1.0), ("cubic", 1.3), ("linear", -0.7)):
        events = grains(time=time, start=length // 4, length=length, rate=rate, table=0, high=len(pool))
        assert np.abs(mixed(3 * length, 0, pool, events, method) - 1).max() < 1e-6


def test_a_transposed_sine_is_in_tune_and_cleaner_with_more_points() -> None:
    n, frequency, rate = 16_384, 0.031, 2 ** (7 / 12)
    pool = np.sin(2 * np.pi * frequency * np.arange(2 * n)).astype(np.float32)[:, None]
    t = np.arange(n)
    distortion = {}
    for method in METHODS:
        out = mixed(n, 0, pool, grains(length=n, rate=rate, high=2 * n), method)[:, 0].astype(float)
        basis = np.exp(2j * np.pi * frequency * rate * t)
        fitted = 2 * (out * basis.conj()).mean()
        assert abs(abs(fitted) - 1) < 0.01
        distortion[method] = float(np.std(out - (fitted * basis).real))
        spectrum = np.abs(np.fft.rfft(out * np.hanning(n)))
        assert abs(spectrum.argmax() / n - frequency * rate) <= 1 / n
    assert distortion["cubic"] < distortion["linear"] / 5
    assert distortion["linear"] < distortion["none"] / 5


def test_positions_do_not_drift_in_a_long_grain() -> None:
    # A ramp tells where it is read; 2**21 samples at an irrational rate end within a thousandth of a frame.
    n, rate = 2**21, float(np.sqrt(0.3))
    pool = (np.arange(n) % 1024).astype(np.float32)[:, None]
    last = mixed(1, n - 1, pool, grains(length=n, rate=rate, high=n), "linear")[0, 0]
    assert abs(last - (n - 1) * rate % 1024) < 1e-3


def test_a_long_grain_among_many_short_ones_is_heard_to_its_end() -> None:
    n = 20_000
    length = np.full(n, 3)
    length[17] = 400_000
    gains = np.zeros((n, 1))
    gains[17] = 1
    pool = np.ones((400_000, 1), np.float32)
    events = grains(time=np.arange(n) * 20, length=length, gains=gains, high=len(pool))
    out = mixed(400_500, 0, pool, events, "none", threads=False)[:, 0]
    assert np.flatnonzero(out).tolist() == list(range(340, 400_340))


def test_nothing_sounds_before_after_and_without_events() -> None:
    pool = noise(100)
    events = grains(time=50, length=10, high=100)
    for first in (-100, 0, 60, 10**12):
        assert not mixed(50, first, pool, events, "linear").any()
    nobody = GrainEvents(*(np.empty((0, 2) if i == 4 else 0) for i in range(8)))
    assert not mixed(50, 0, pool, nobody, "cubic").any()
    assert not mixed(0, 0, pool, events, "cubic").size


def test_a_sound_of_one_frame_or_none() -> None:
    pool = np.array([[7.0], [1.0], [7.0]], np.float32)
    heard = [
        mixed(8, 0, pool, grains(start=0, length=8, rate=0.25, low=1, high=h), "linear")[:, 0].tolist()
        for h in (2, 1)
    ]
    assert heard == [[0, 0.25, 0.5, 0.75, 1, 0.75, 0.5, 0.25], [0] * 8]


def test_a_read_only_pool_and_a_huge_start() -> None:
    pool = noise(4000)
    pool.flags.writeable = False
    far = grains(start=[2**60, -(2**60)], length=100, rate=[1.0, 1.5], high=4000)
    assert not mixed(100, 0, pool, far, "cubic").any()


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("rate", 0.0), ("rate", 65.0), ("rate", np.nan), ("length", 0), ("length", 2**32), ("table", -1),
        ("gains", np.inf), ("time", 2**62), ("start", -(2**62)), ("high", -1), ("time", -1),
    ],
)  # fmt: skip
def test_an_event_out_of_range_is_named(column: str, value: float) -> None:
    columns = {"time": [0, 1, 2], "length": [9, 9, 9], "high": [5, 5, 5]}
    columns[column] = [*columns.get(column, [1.0, 1.0])[:2], value]
    if column == "gains":
        columns[column] = [[v] for v in columns[column]]
    with pytest.raises(ParameterError, match="grain event 2") as raised:
        grains(**columns)
    assert "\n" not in str(raised.value)
    assert "allowed" in str(raised.value)


def test_a_grain_that_would_pass_over_too_much_source() -> None:
    with pytest.raises(ParameterError, match="at rate 64"):
        grains(length=2**26, rate=64.0, high=5)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"pool": noise(100, 2)}, "a pool of 2 channels"),
        ({"out": np.empty((10, 2), np.float32)}, "gains for 1 into 2"),
        ({"out": np.empty((2, 10), np.float32).T}, "out of shape"),
        ({"out": np.empty((10, 1))}, "float64"),
        ({"pool": noise(99)}, "frames 0 to 100"),
        ({"tables": TABLES[:1]}, "envelope 1"),
        ({"tables": TABLES[:, :-1].copy()}, "8192 values"),
        ({"interpolation": "sinc"}, "none, linear, cubic"),
    ],
)
def test_what_does_not_fit_is_refused(change: dict[str, Any], said: str) -> None:
    given = {
        "out": np.empty((10, 1), np.float32), "first": 0, "pool": noise(100),
        "events": grains(length=9, high=100), "tables": TABLES, "interpolation": "linear",
    } | change  # fmt: skip
    with pytest.raises(ParameterError, match=said):
        mix(**given)


def test_columns_of_other_lengths_are_refused() -> None:
    one = np.ones(1)
    with pytest.raises(ParameterError, match="'length' has shape"):
        GrainEvents(one, one, np.ones(2), one, np.ones((1, 1)), one, one, one)
    with pytest.raises(ParameterError, match="'gains' has shape"):
        GrainEvents(one, one, one, one, one, one, one, one)
