"""The limiter: not there below the ceiling, never passed, and the same bits however the sound is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import ParameterError
from granulate.kernels.limiter import RECOVERY_S, Limiter, limited

RATE = 48_000


def noise(n: int, level: float, n_channels: int = 2, seed: int = 0) -> np.ndarray:
    return (level * np.random.default_rng(seed).uniform(-1, 1, (n, n_channels))).astype(np.float32)


@pytest.mark.parametrize("lookahead", [0, 1, 48])
def test_below_the_ceiling_it_is_not_there(lookahead: int) -> None:
    sound = noise(3000, 1.0)
    sound[100], sound[200] = 1.0, -1.0
    assert (limited(sound, RATE, lookahead=lookahead) == sound).all()


@pytest.mark.parametrize("lookahead", [0, 1, 48])
@pytest.mark.parametrize("level", [1.0000001, 3.0, 1e4, 1e30])
def test_nothing_passes(lookahead: int, level: float) -> None:
    sound = noise(3000, level) * np.hanning(3000)[:, None].astype(np.float32)
    assert np.abs(limited(sound, RATE, lookahead=lookahead)).max() <= 1.0
    assert np.abs(limited(sound, RATE, lookahead=lookahead, ceiling=0.3)).max() <= np.float32(0.3)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 60), st.lists(st.integers(1, 400), min_size=1, max_size=12), st.integers(0, 99))
def test_blocks_do_not_move_a_bit(lookahead: int, sizes: list[int], seed: int) -> None:
    sound = noise(1500, 1.5, seed=seed)
    whole = sound.copy()
    Limiter(2, RATE, lookahead=lookahead).process(whole)
    pieces, limiter, at = sound.copy(), Limiter(2, RATE, lookahead=lookahead), 0
    while at < len(pieces):
        for size in sizes:
            limiter.process(pieces[at : at + size])
            at += size
    assert (pieces == whole).all()


@pytest.mark.parametrize("lookahead", [0, 48])
def test_it_comes_back_to_exactly_one(lookahead: int) -> None:
    """A second or so after a peak, samples are again what they were, to the bit."""
    sound = noise(5 * RATE, 0.5)
    sound[10] = 40.0
    heard = limited(sound, RATE, lookahead=lookahead)
    assert np.abs(heard[200:2000] / sound[200:2000]).max() < 0.4
    assert (heard[4 * RATE :] == sound[4 * RATE :]).all()


def test_channels_are_turned_down_together() -> None:
    sound = noise(2000, 0.4)
    sound[:, 0] *= 10
    heard = limited(sound, RATE).astype(np.float64)
    gains = heard / sound
    np.testing.assert_allclose(gains[:, 0], gains[:, 1], rtol=1e-6)
    assert gains.min() < 0.3


@pytest.mark.parametrize("frequency", [40.0, 440.0, 5000.0])
def test_without_lookahead_no_step_is_larger_than_the_sounds_own(frequency: float) -> None:
    """Nothing clicks: a click would be a step that the sound itself does not make, but for the gain's slow return."""
    t = np.arange(RATE // 2) / RATE
    sound = (6 * np.hanning(len(t)) * np.sin(2 * np.pi * frequency * t)).astype(np.float32)[:, None]
    heard = limited(sound, RATE)
    own = np.abs(np.diff(sound[:, 0]))
    assert (np.abs(np.diff(heard[:, 0])) <= own + 6 / (RECOVERY_S * RATE)).all()
    assert np.abs(heard).max() == 1.0


def test_a_long_note_is_turned_down_and_not_distorted() -> None:
    t = np.arange(RATE) / RATE
    sound = (2 * np.sin(2 * np.pi * 1000 * t)).astype(np.float32)[:, None]
    heard = limited(sound, RATE)[RATE // 2 :, 0].astype(np.float64)
    spectrum = np.abs(np.fft.rfft(heard * np.hanning(len(heard))))
    note = len(heard) * 1000 // RATE
    harmonics = np.concatenate([spectrum[k * note - 3 : k * note + 4] for k in range(2, 12)])
    assert 20 * np.log10(harmonics.max() / spectrum[note]) < -45


def test_with_lookahead_it_is_late_by_that_and_prepared() -> None:
    """The gain is down before the peak is there, so the peak keeps its shape."""
    limiter = Limiter(1, RATE, lookahead=32)
    block = np.zeros((200, 1), np.float32)
    block[:100], block[100] = 0.5, 5.0
    limiter.process(block)
    assert limiter.latency == 32
    assert abs(block[132, 0] - 1.0) < 1e-6
    assert 0.1 <= block[131, 0] < 0.12
    assert (np.diff(block[100:132, 0]) < 0).all()
    assert limiter.reduction == pytest.approx(0.2)


@pytest.mark.parametrize(
    "given", [{"lookahead": -1}, {"ceiling": 0.0}, {"ceiling": np.inf}, {"ceiling": np.nan}]
)
def test_what_it_refuses(given: dict[str, float]) -> None:
    with pytest.raises(ParameterError, match="allowed"):
        Limiter(1, RATE, **given)  # type: ignore[arg-type]
