"""Smoothness and divergence: by hand, beside a plain loop, and on courses whose dynamics are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import sem
from sklearn.neighbors import NearestNeighbors

from granulate.errors import OutputError, ParameterError
from granulate.trajectory import (
    STEPS,
    Trajectory,
    divergence,
    rows_of,
    smoothness,
    write_divergence,
)
from granulate.trajectory.tables import COLUMNS
from tests.trajectory.courses import PERIOD, circle, lorenz, noisy_loop


def test_smoothness_is_the_cosine_of_the_angle_turned() -> None:
    for turn in (7.0, 40.0):
        assert smoothness(circle(2000, turn)) == pytest.approx(np.cos(2 * np.pi / turn), abs=0.01)
    assert smoothness(Trajectory.sampled(np.arange(9)[:, None], PERIOD)) == pytest.approx(1)
    assert smoothness(Trajectory.sampled(np.arange(9)[:, None] % 2, PERIOD)) == pytest.approx(-1)
    walk = np.random.default_rng(0).standard_normal((20_000, 3)).cumsum(axis=0)
    assert smoothness(Trajectory.sampled(walk, PERIOD)) == pytest.approx(0, abs=0.02)


def test_smoothness_looks_at_no_step_from_one_recording_to_the_next() -> None:
    there, back = np.linspace(0, 1, 20), np.linspace(0.9, 0, 20)
    points = np.stack([np.concatenate([there, back]), np.zeros(40)], axis=1)
    follows = np.arange(40) != 19
    follows[39] = False
    assert smoothness(Trajectory(points, np.arange(40.0), follows)) == pytest.approx(1)
    with pytest.raises(ParameterError, match="does not move"):
        smoothness(Trajectory.sampled(np.zeros((50, 3)), PERIOD))


def test_divergence_is_what_a_plain_loop_finds() -> None:
    way = lorenz(300)
    found = divergence(way, own_future=True)
    tree = NearestNeighbors(n_neighbors=6).fit(way.points[:-1])
    moves = np.diff(way.points, axis=0)
    every = []
    for start in range(44, 300 - STEPS, 10):
        point, far = way.points[start], [0.0]
        for step in range(1, STEPS + 1):
            distances, rows = tree.kneighbors(point[None])
            weights = 1 / distances[0, 1:]
            point = point + weights @ moves[rows[0, 1:]] / weights.sum()
            far.append(np.linalg.norm(point - way.points[start + step]))
        every.append(far)
    assert found.starts == len(every)
    np.testing.assert_allclose(found.mean, np.mean(every, axis=0), rtol=1e-3, atol=1e-5)
    np.testing.assert_allclose(found.error, sem(every, axis=0), rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("own_future", [True, False])
def test_a_loop_is_foreseen_and_chaos_is_not(own_future: bool) -> None:
    loop, chaos = (divergence(way, own_future=own_future) for way in (noisy_loop(), lorenz()))
    for curve in (loop, chaos):
        assert curve.mean.shape == curve.error.shape == curve.still.shape == (STEPS + 1,)
        assert curve.mean[0] == curve.still[0] == 0
        assert curve.period == pytest.approx(PERIOD)
        # A step ahead both go where they went before.
        assert curve.mean[1] < 0.6 * curve.still[1]
    assert loop.mean[-1] < 0.25 * loop.still[-1]
    # What is small at first grows, as chaos does.
    assert chaos.mean[-1] > 4 * chaos.mean[1]


def test_knowing_the_future_helps() -> None:
    knowing, not_knowing = (divergence(lorenz(), own_future=own) for own in (True, False))
    assert knowing.mean[1:].mean() < not_knowing.mean[1:].mean()


def test_networks_are_tested_on_what_they_were_not_fitted_to() -> None:
    rng = np.random.default_rng(0)
    # Where it goes next is nothing that could be learnt from elsewhere.
    way = Trajectory.sampled(rng.standard_normal((300, 12)), PERIOD)
    found = divergence(way, "mlp", own_future=False, steps=1)
    assert found.mean[1] > 0.8 * np.linalg.norm(way.points[1:] - way.points.mean(axis=0), axis=1).mean()


def test_starts_keep_to_their_recording() -> None:
    one = noisy_loop(400).points
    follows = np.ones(800, bool)
    follows[[399, 799]] = False
    far = np.concatenate([one, one[::-1]])
    found = divergence(Trajectory(far, np.arange(800) * PERIOD, follows), part=1.0)
    # Those with 30 points after them and a model's memory before, in each.
    assert found.starts == 2 * (400 - 44 - STEPS)


def test_tables_hold_every_step_of_every_curve(tmp_path: Path) -> None:
    curves = {name: [divergence(noisy_loop(300), own_future=own) for own in (True, False)] for name in "ab"}
    write_divergence(curves, tmp_path / "d.csv")
    write_divergence(curves, tmp_path / "d.json")
    with open(tmp_path / "d.csv", newline="") as file:
        read = list(csv.DictReader(file))
    assert len(read) == len(rows_of(curves)) == 4 * (STEPS + 1)
    assert tuple(read[0]) == COLUMNS
    for row, plain in zip(read, json.loads((tmp_path / "d.json").read_text()), strict=True):
        assert float(row["mean"]) == plain["mean"]
        assert float(row["seconds"]) == pytest.approx(plain["step"] * PERIOD)
    assert float(read[1]["mean"]) == curves["a"][0].mean[1]
    with pytest.raises(OutputError, match=r"d\.csv: exists"):
        write_divergence(curves, tmp_path / "d.csv")
    with pytest.raises(OutputError, match=r"ends in \.csv"):
        write_divergence(curves, tmp_path / "d.txt")
