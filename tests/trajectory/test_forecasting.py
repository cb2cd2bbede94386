"""Forecasts: beside scikit-learn's neighbours, on courses whose future is known, and what they must not know."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from sklearn.neighbors import KNeighborsRegressor

from granulate.errors import GranulateError, MissingDependencyError, ParameterError
from granulate.trajectory import (
    CONTEXT,
    MODELS,
    Trajectory,
    divergence,
    fitted,
    forecast,
    foretold,
    history,
)
from granulate.trajectory.forecasting import known
from granulate.trajectory.neighbours import without
from tests.trajectory.courses import circle, eight, lorenz, noisy_loop


def needs(model: str) -> str:
    if model == "lstm":
        pytest.importorskip("torch", reason="needs PyTorch")
    return model


def test_neighbours_are_weighed_as_scikit_learn_weighs_them() -> None:
    way = lorenz(400)
    model = fitted("knn", way, own=False)
    oracle = KNeighborsRegressor(5, weights="distance").fit(way.points[:-1], np.diff(way.points, axis=0))
    asked = np.random.default_rng(0).random((50, 3)).astype(np.float32)
    recent = np.repeat(asked[:, None], CONTEXT, axis=1)
    np.testing.assert_allclose(model.moves(recent), oracle.predict(asked), atol=1e-6)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_of_a_loop_follows_it_for_a_whole_turn(model: str) -> None:
    way = noisy_loop(400, noise=0.005)
    start = 200
    found = foretold(way, start, 60, needs(model))
    far = np.linalg.norm(found - way.points[start : start + 61], axis=1)
    assert far[0] == 0
    # A turn takes 61.7 points, so 30 of them lead to the other side.
    assert far.max() < 0.35 < np.linalg.norm(way.points[start + 31] - way.points[start])


@pytest.mark.parametrize("model", MODELS)
def test_the_same_seed_gives_the_same_bytes(model: str) -> None:
    way = noisy_loop(150)
    courses = [foretold(way, 100, 20, needs(model), seed=seed).tobytes() for seed in (1, 1, 2)]
    assert courses[0] == courses[1]
    assert (courses[0] == courses[2]) == (model == "knn")


@pytest.mark.parametrize("model", ["knn", "mlp"])
def test_without_its_own_future_a_forecast_does_not_know_it(model: str) -> None:
    way = lorenz(330)
    start, steps = 150, 30
    changed = way.points.copy()
    # The past says where the start is, the rest of the recording is known; what lies between is not.
    changed[start + 1 : start + steps + 1] = np.random.default_rng(0).uniform(0.2, 0.8, (steps, 3))
    other = Trajectory(changed, way.times, way.follows)
    np.testing.assert_array_equal(other.points[: start + 1], way.points[: start + 1])
    told = [foretold(w, start, steps, model, own_future=False) for w in (way, other)]
    np.testing.assert_array_equal(*told)
    known_to_it = [foretold(w, start, steps, model) for w in (way, other)]
    assert np.abs(known_to_it[0] - known_to_it[1]).max() > 0.01


def test_what_overlaps_the_truth_is_left_out_with_it() -> None:
    way = lorenz(300)
    wide = Trajectory(way.points, way.times, way.follows, reach=40)
    # So many points on, the course is another unless those are known.
    near, far = (foretold(w, 100, 30, own_future=False) for w in (way, wide))
    assert np.abs(near - far).max() > 0
    assert set(known(wide, (100, 170))) == set(range(299)) - set(range(100, 170))


def test_memory_tells_the_ways_of_a_crossing_apart() -> None:
    way = eight(420)
    starts = np.flatnonzero(np.linalg.norm(way.points - 0.5, axis=1) < 0.06)
    starts = starts[(starts > 300) & (starts < 400)]
    truth = way.points[starts[:, None] + np.arange(1, 11)]
    far = {}
    for name in ("mlp", needs("lstm")):
        model = fitted(name, way, known(way, (300, 420)), own=False)
        far[name] = np.linalg.norm(forecast(model, history(way, starts), 10) - truth, axis=2).mean()
    assert far["lstm"] < 0.5 * far["mlp"]


def test_history_holds_the_first_point_and_stays_within_a_recording() -> None:
    points = np.arange(200, dtype=np.float32)[:, None]
    follows = np.ones(200, bool)
    follows[[119, 199]] = False
    way = Trajectory(points, np.arange(200) * 0.1, follows)
    found = history(way, np.array([0, 3, 119, 120, 130]))[:, :, 0] * 199
    np.testing.assert_allclose(found[0], 0)
    np.testing.assert_allclose(found[1], np.maximum(np.arange(4 - CONTEXT, 4), 0), atol=1e-3)
    np.testing.assert_allclose(found[2], np.arange(120 - CONTEXT, 120), atol=1e-3)
    np.testing.assert_allclose(found[3], 120, atol=1e-3)
    np.testing.assert_allclose(found[4], np.maximum(np.arange(131 - CONTEXT, 131), 120), atol=1e-3)
    assert 119 not in known(way)


def test_a_forecast_begins_at_any_point_and_stays_finite() -> None:
    way = circle()
    course = foretold(way, np.array([0.9, 0.52], np.float32), 400)
    assert course.shape == (401, 2)
    np.testing.assert_array_equal(course[0], np.float32([0.9, 0.52]))
    # It is taken along by the circle: its distance from the middle stays what the ring's is.
    assert np.linalg.norm(course[100:] - 0.5, axis=1).min() > 0.3
    straight = Trajectory.sampled(np.arange(100)[:, None] ** 2, 0.1)
    assert np.isfinite(foretold(straight, 90, 500, "mlp")).all()


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda w: foretold(w, 0, 10, "kn"), "did you mean 'knn'.*knn, mlp, lstm"),
        (lambda w: foretold(w, 600, 10), "from point 600; allowed: 0 to 599"),
        (lambda w: foretold(w, np.zeros(3, np.float32), 10), r"shape \(3,\); allowed: finite \(2,\)"),
        (lambda w: foretold(w, 0, 0), "0 steps; allowed: 1 to"),
        (lambda w: foretold(w, 0, 598, own_future=False), "out of 0 displacements"),
        (lambda w: divergence(w, steps=700), "700 steps in a trajectory of 600 points"),
        (lambda w: fitted("knn", w, np.arange(3)), "out of 3 displacements; allowed: 6 at least"),
    ],
)
def test_what_is_not_allowed_is_named(ask: object, says: str) -> None:
    with pytest.raises(ParameterError, match=says) as found:
        ask(circle())  # type: ignore[operator]
    assert "\n" not in str(found.value)


def test_without_pytorch_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingDependencyError, match=r"granulate\[deep\]") as found:
        foretold(circle(), 0, 5, "lstm")
    assert isinstance(found.value, GranulateError)


def test_many_courses_that_know_different_things_are_each_as_one_alone() -> None:
    way = lorenz(500)
    starts = np.arange(60, 440, 40)
    spans = np.stack([starts, starts + 31], axis=1)
    together = forecast(without(way, known(way), spans), history(way, starts), 30)
    for start, course in zip(starts, together, strict=True):
        np.testing.assert_allclose(foretold(way, int(start), 30, own_future=False)[1:], course, atol=1e-6)


def test_a_course_that_keeps_its_pace_steps_as_its_neighbours_do() -> None:
    # Two ways through one place, to and fro: their mean stands still.
    there = np.linspace(0, 1, 50)[:, None] * [1, 0.01]
    way = Trajectory.sampled(np.concatenate([there, there[::-1]] * 4), 0.02)
    middle = np.array([0.5, 0.5], np.float32)
    plain, paced = (foretold(way, middle, 40, paced=paced) for paced in (False, True))
    lengths = [np.linalg.norm(np.diff(course, axis=0), axis=1) for course in (plain, paced)]
    usual = np.median(np.linalg.norm(np.diff(way.points, axis=0), axis=1))
    np.testing.assert_allclose(lengths[1], usual, rtol=0.05)
    assert lengths[0].mean() < 0.7 * usual
