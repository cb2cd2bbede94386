"""Envelopes over the whole registry, and clouds of grains."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.signal import windows

from granulate.stages.envelopes import ENVELOPE
from granulate.stages.sounding import GRAIN, Run, Sounding
from granulate.types import Framing

FRAMING = Framing(2048, 2048, 512)
POSITION = np.arange(4097) / 4096


def envelope(kind: str, **given: object) -> np.ndarray:
    return ENVELOPE[kind].function(POSITION, FRAMING, **ENVELOPE.bind({"kind": kind, **given}).parameters)


@pytest.mark.parametrize("kind", list(ENVELOPE.stages))
def test_an_envelope_is_between_nothing_and_one(kind: str) -> None:
    found = envelope(kind)
    assert found.shape == POSITION.shape
    assert np.isfinite(found).all()
    assert found.min() >= 0
    assert 0.5 < found.max() <= 1 + 1e-9
    if kind != "rectangle":  # that clicks, and says so
        assert max(found[0], found[-1]) < 1e-6
        assert np.abs(np.diff(found)).max() < 0.02


@pytest.mark.parametrize("kind", list(ENVELOPE.stages))
def test_extreme_parameters_stay_within(kind: str) -> None:
    for name, (_, declared, default) in ENVELOPE[kind].parameters.items():
        if not isinstance(default, bool):
            for value in (declared.minimum, declared.maximum):
                found = envelope(kind, **{name: float(value)})
                assert np.isfinite(found).all()
                assert found.min() >= -1e-9
                assert found.max() <= 1 + 1e-9


def test_they_are_scipys() -> None:
    np.testing.assert_allclose(envelope("hann"), windows.hann(4097), atol=1e-12)
    np.testing.assert_allclose(envelope("tukey", taper=0.3), windows.tukey(4097, 0.3), atol=1e-9)
    np.testing.assert_allclose(envelope("gauss", width=0.1), windows.gaussian(4097, 0.1 * 2048), atol=1e-9)


def test_windows_a_hop_apart_add_up_to_one() -> None:
    """Both of the framing's own, the second with the overlap that a mosaic divides by."""
    position = np.arange(2048) / 2048
    for kind, total in (("window", 1.0), ("frame", 2.0)):
        found = ENVELOPE[kind].function(position, FRAMING).reshape(4, 512).sum(axis=0)
        np.testing.assert_allclose(found, total, rtol=1e-5)


def test_an_exponential_decays_in_a_straight_line_of_decibels() -> None:
    found = 20 * np.log10(envelope("exponential", attack=0.1, decay=40.0)[600:4000])
    np.testing.assert_allclose(np.diff(found), -40 / 4096, rtol=1e-6)
    np.testing.assert_allclose(
        envelope("exponential", reversed=True)[::-1], envelope("exponential"), atol=1e-12
    )


def sounding(kind: str, n: int = 2000, seed: int = 0, **given: object) -> Sounding:
    run = Run(np.full(n, 2048), np.ones(n), FRAMING, 48_000)
    choice = GRAIN.bind({"kind": kind, **given})
    return GRAIN[kind].function(run, np.random.default_rng(seed), **choice.parameters)


def test_a_cloud_without_jitter_is_a_clockwork() -> None:
    found = sounding("cloud", density=120.0, length="50ms", transpose=12.0, gain=-20.0, pan=-0.5)
    assert found.after == 400
    for column, value in (
        ("length", 2400),
        ("rate", 2),
        ("gain", 0.1),
        ("pan", -0.5),
        ("delay", 0),
        ("shift", 0),
    ):
        np.testing.assert_allclose(np.broadcast_to(getattr(found, column), 2000), value, rtol=1e-9)


@pytest.mark.parametrize(
    ("given", "column", "low", "high"),
    [
        ({"scatter": 2.0}, "delay", 0, 2 * 960),
        ({"length_jitter": 0.5}, "length", 1920, 5760),
        ({"start_jitter": "10ms"}, "shift", -480, 480),
        ({"transpose_jitter": 12.0}, "rate", 0.5, 2),
        ({"gain": 0.0, "gain_jitter": 20.0}, "gain", 0.1, 1),
        ({"pan_jitter": 0.5}, "pan", -0.5, 0.5),
        ({"pan": 0.8, "pan_jitter": 0.5}, "pan", 0.3, 1),
    ],
)
def test_jitter_fills_its_range_and_moves_nothing_else(
    given: dict[str, object], column: str, low: float, high: float
) -> None:
    still, moved = sounding("cloud"), sounding("cloud", **given)
    values = np.broadcast_to(getattr(moved, column), 2000)
    assert low <= values.min() < low + 0.02 * (high - low)
    assert high - 0.02 * (high - low) < values.max() <= high
    for name in ("delay", "length", "shift", "rate", "gain", "pan"):
        if name != column and name not in given:
            np.testing.assert_array_equal(getattr(still, name), getattr(moved, name))


def test_some_are_backwards() -> None:
    assert np.mean(sounding("cloud", backwards=0.25).rate < 0) == pytest.approx(0.25, abs=0.03)
    assert (sounding("cloud", backwards=1.0).rate < 0).all()


def test_segments_follow_each_other_with_their_overlap() -> None:
    found = sounding("whole", overlap="10ms", transpose=12.0)
    assert (found.length == 1024).all()
    assert (found.after == 1024 - 480).all()
