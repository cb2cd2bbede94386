"""The demo's sound is one that a path through its grains has something to do with."""

from __future__ import annotations

import time

import numpy as np
import pytest

from granulate.corpus import analyse
from granulate.demo_sound import _CHORDS, _KINDS, _plan, demo
from granulate.errors import ParameterError
from granulate.preset import Preset
from granulate.types import Sound


@pytest.fixture(scope="module")
def sound() -> Sound:
    return demo()


def levels(sound: Sound, seconds: float = 0.02) -> np.ndarray:
    """The level of each stretch, in dB of full scale."""
    n = int(seconds * sound.sample_rate)
    stretches = sound.frames[: sound.n_samples // n * n].reshape(-1, n * sound.n_channels)
    return 10 * np.log10((stretches.astype(np.float64) ** 2).mean(axis=1) + 1e-12)


@pytest.mark.parametrize(
    ("seconds", "rate"), [(12.0, 44_100), (1, 8000), (1.7, 11_025), (1.5, 192_000), (30, 8000)]
)
@pytest.mark.parametrize("seed", [0, 7])
def test_length_level_mean_and_ends(seconds: float, rate: int, seed: int) -> None:
    sound = demo(seconds, rate, seed)
    assert (sound.n_channels, sound.n_samples, sound.sample_rate) == (2, round(seconds * rate), rate)
    assert np.abs(sound.samples).max() == pytest.approx(10 ** (-3 / 20), rel=1e-5)
    assert np.abs(sound.samples.mean(axis=1, dtype=np.float64)).max() < 1e-6
    assert np.abs(sound.samples[:, [0, -1]]).max() < 1e-4
    # Neither end begins or stops at once: the first and last milliseconds are 20 dB below the middle.
    ends = np.concatenate([sound.samples[:, : rate // 1000], sound.samples[:, -rate // 100 :]], axis=1)
    assert np.sqrt((ends**2).mean()) < 0.1 * np.sqrt((sound.samples**2).mean())


def test_the_same_for_the_same_seed_and_another_for_another(sound: Sound) -> None:
    assert np.array_equal(demo().samples, sound.samples)
    other = demo(seed=1).samples
    assert abs(np.corrcoef(other[0], sound.samples[0])[0, 1]) < 0.3


def test_it_is_made_in_half_a_second() -> None:
    took = []
    for _ in range(3):
        begin = time.process_time()
        demo()
        took.append(time.process_time() - begin)
    assert min(took) < 0.5


@pytest.mark.parametrize("seed", range(5))
def test_every_kind_comes_back_and_never_twice_in_a_row(seed: int) -> None:
    plan = [kind for kind, _, _ in _plan(np.random.default_rng(seed), 12)]
    assert set(plan) == set(_KINDS)
    assert min(plan.count(kind) for kind in _KINDS) >= 3
    first_thirds = {kind for kind, step, _ in _plan(np.random.default_rng(seed), 4)}
    assert first_thirds == set(_KINDS)


def test_loud_soft_and_silent_moments(sound: Sound) -> None:
    found = levels(sound)
    assert (found > -25).mean() > 0.4
    assert 0.005 < (found < -50).mean() < 0.25
    # All channels and both halves are used alike.
    energy = (sound.samples.astype(np.float64) ** 2).mean(axis=1)
    assert 0.5 < energy[0] / energy[1] < 2
    halves = [(part.astype(np.float64) ** 2).mean() for part in np.array_split(sound.samples, 2, axis=1)]
    assert 0.4 < halves[0] / halves[1] < 2.5


def test_it_is_stereo_with_sounds_in_different_places(sound: Sound) -> None:
    n = 882
    power = (sound.samples[:, : sound.n_samples // n * n].reshape(2, -1, n).astype(np.float64) ** 2).mean(
        axis=2
    )
    loud = power.sum(axis=0) > 1e-5
    place = (power[1] - power[0])[loud] / power.sum(axis=0)[loud]
    assert np.percentile(place, 10) < -0.3
    assert np.percentile(place, 90) > 0.3


def test_tones_noise_low_and_high_are_all_in_it(sound: Sound) -> None:
    table = Preset.of({"descriptors": [{"kind": "centroid"}, {"kind": "mel_db"}], "scaling": []})
    values = analyse(sound, table).descriptors.values
    middle = values[:, 0][levels_of_grains(values) > -60]
    assert np.percentile(middle, 5) < 1000
    assert np.percentile(middle, 95) > 4000
    bands = 10 ** (values[:, 1:] / 10).astype(np.float64)
    flatness = np.exp(np.log(bands).mean(axis=1)) / bands.mean(axis=1)
    assert np.percentile(flatness, 5) < 0.01  # tones
    assert np.percentile(flatness, 97) > 0.1  # noise


def levels_of_grains(values: np.ndarray) -> np.ndarray:
    return values[:, 1:].max(axis=1)


def test_grains_have_their_like_elsewhere_in_time(sound: Sound) -> None:
    """What a reordering needs: the nearest grain is often not the one recorded just before or after."""
    corpus = analyse(sound, Preset.of({}))
    values = corpus.descriptors.values.astype(np.float64)
    square = (values**2).sum(axis=1)
    distance = square[:, None] + square - 2 * values @ values.T
    near = np.abs(np.subtract.outer(np.arange(len(values)), np.arange(len(values)))) < 90  # a second
    typical = np.median(distance)
    distance[near] = np.inf
    assert (distance.min(axis=1) < 0.25 * typical).mean() > 0.6


@pytest.mark.parametrize("kind", _KINDS)
@pytest.mark.parametrize("rate", [8000, 44_100])
def test_no_part_begins_or_ends_with_a_click_or_reaches_past_half_the_rate(kind: str, rate: int) -> None:
    for seed in range(3):
        for offset, pan, mono in _KINDS[kind][1](np.random.default_rng(seed), _CHORDS[seed], 0.6, rate):
            assert 0 <= offset < 0.6
            assert -1 <= pan <= 1
            assert np.isfinite(mono).all()
            assert max(abs(mono[0]), abs(mono[-1])) < 0.01 * np.abs(mono).max()
            if kind in ("bowed", "plucked", "bell", "voice"):
                power = np.abs(np.fft.rfft(mono * np.hanning(len(mono)))) ** 2
                assert power[int(0.96 * len(power)) :].sum() < 1e-3 * power.sum()


@pytest.mark.parametrize("seconds", [0.99, 300.1, -1, float("nan"), float("inf"), True, "12", None])
def test_lengths_out_of_range_are_refused(seconds: object) -> None:
    with pytest.raises(ParameterError, match=r"seconds = .* allowed: a number from 1 to 300"):
        demo(seconds)


@pytest.mark.parametrize("rate", [7999, 192_001, 44_100.0, 0, True])
def test_rates_out_of_range_are_refused(rate: object) -> None:
    with pytest.raises(ParameterError, match=r"sample_rate = .* allowed: a whole number from 8000 to 192000"):
        demo(1, rate)


@pytest.mark.parametrize("seed", [-1, 2**32, 0.5])
def test_seeds_out_of_range_are_refused(seed: object) -> None:
    with pytest.raises(ParameterError, match=r"seed = .* allowed: a whole number from 0 to 4294967295"):
        demo(1, 8000, seed)
