"""What is drawn: the camera, the scene's pixels, and whole pictures."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread

from granulate.errors import OutputError, ParameterError
from granulate.trajectory import Shown, Trajectory, divergence, foretold
from granulate.trajectory.camera import Axes, Camera
from granulate.trajectory.drawing import plot_divergence, plot_trajectory
from granulate.trajectory.scene import Scene
from tests.trajectory.courses import PERIOD, circle, lorenz, noisy_loop


def test_a_camera_sees_what_is_near_large_and_what_is_above_above() -> None:
    eye = Camera(azimuth=0, elevation=0)  # on the first axis, looking along it
    places, near = eye(np.array([[0.5, 0.5, 0.5], [0.5, 0.9, 0.5], [0.5, 0.5, 0.9], [0.9, 0.5, 0.5]]))
    np.testing.assert_allclose(places, [[0, 0], [0.4, 0], [0, 0.4], [0, 0]], atol=1e-12)
    np.testing.assert_allclose(near[:3], 1)
    assert near[3] > 1
    # A turn of the eye is a turn of the cube.
    points = np.random.default_rng(0).random((20, 3))
    turned = np.stack([points[:, 1], 1 - points[:, 0], points[:, 2]], axis=1)
    for seen, again in zip(Camera(30, 20)(turned), Camera(120, 20)(points), strict=True):
        np.testing.assert_allclose(seen, again, atol=1e-12)


def test_twelve_dimensions_are_drawn_along_those_in_which_points_differ() -> None:
    rng = np.random.default_rng(0)
    hidden = rng.standard_normal((400, 2)) * [3, 2]
    way = Trajectory.sampled(
        hidden @ rng.standard_normal((2, 12)) + 0.01 * rng.standard_normal((400, 12)), PERIOD
    )
    drawn = Axes.of(way)(way.points)
    assert drawn.shape == (400, 3)
    np.testing.assert_allclose([drawn.min(axis=0), drawn.max(axis=0)], [[0] * 3, [1] * 3], atol=1e-9)
    # Two of the three say all that there is to say: they foretell every dimension.
    basis = np.column_stack([drawn[:, :2], np.ones(400)])
    rest = way.points - basis @ np.linalg.lstsq(basis, way.points, rcond=None)[0]
    assert np.abs(rest).max() < 0.05
    np.testing.assert_array_equal(Axes.of(circle())(circle().points)[:, 2], 0.5)


def test_the_point_is_the_brightest_spot_where_the_course_is() -> None:
    way = noisy_loop(300)
    shown = Shown.recorded(way, "loop")
    scene = Scene(shown, (6.4, 3.6), moving=True)
    for seconds in (0.0, 1.234, 5.0):
        scene.turn(Camera(10 * seconds, 20))
        scene.move(seconds)
        pixels = scene.pixels()[..., :3].astype(float).sum(axis=2)
        rows, columns = np.nonzero(pixels > 740)
        at = np.array([[np.interp(seconds, way.times, way.points[:, i]) for i in range(3)]])
        (place,), _ = Camera(10 * seconds, 20)(at)
        x, y = scene.panel.transData.transform(place)
        assert abs(columns.mean() - x) < 1.5
        assert abs(pixels.shape[0] - rows.mean() - y) < 1.5


def test_the_tail_leaps_no_gap_between_recordings() -> None:
    there, back = np.linspace(0, 1, 50)[:, None], np.linspace(0, 1, 50)[:, None]
    follows = np.arange(100) % 50 < 49
    shown = Shown.recorded(Trajectory(np.concatenate([there, back]), np.arange(100) * 0.1, follows))
    np.testing.assert_allclose(shown.at(np.array([4.9, 4.95, 5.0]))[:, 0], [1, 1, 0], atol=1e-6)
    np.testing.assert_allclose(shown.at(np.array([-1.0, 0.05, 99]))[:, 0], [0, 0.5 / 49, 1], atol=1e-6)


@pytest.mark.parametrize("forecast", [False, True])
def test_a_picture_shows_the_whole_of_it_in_the_colours_of_time(tmp_path: Path, forecast: bool) -> None:
    way = lorenz(800)
    shown = Shown.recorded(way, "attractor")
    if forecast:
        shown = Shown.forecast(way, foretold(way, 100, 200), np.arange(201) * PERIOD, "attractor")
    plot_trajectory(shown, tmp_path / "a.png")
    picture = imread(tmp_path / "a.png")[..., :3]
    assert picture.shape == (900, 1600, 3)
    lit = np.ptp(picture, axis=2) > 0.25  # coloured, not grey
    panel = lit[:, :1450]
    assert panel.mean() > 0.01
    rows = np.flatnonzero(panel.any(axis=1))
    # It fills the picture, and does not lie at its edges.
    assert np.ptp(rows) > 400
    assert rows.min() > 20
    assert rows.max() < 880
    # Both ends of time are there: violet is bluer than it is green, yellow is not.
    colours = picture[:, :1450][panel]
    assert (colours[:, 2] > 2 * colours[:, 1]).any()
    assert ((colours[:, 1] > 0.6) & (colours[:, 2] < 0.4)).any()


def test_an_hour_is_drawn_as_well() -> None:
    n = 50_000
    follows = np.ones(n, bool)
    follows[[20_000, n - 1]] = False
    points = np.random.default_rng(0).standard_normal((n, 3)).cumsum(axis=0)
    scene = Scene(Shown.recorded(Trajectory(points, np.arange(n) * PERIOD, follows)), (3.2, 1.8))
    assert scene.pixels().shape == (180, 320, 4)
    assert max(len(lines.get_segments()) for lines in scene.panel.collections[:2]) in range(4000, 6001)


def test_curves_are_drawn_with_what_is_known_apart(tmp_path: Path) -> None:
    curves = {
        name: [divergence(way, own_future=own) for own in (True, False)]
        for name, way in (("conditioned", noisy_loop(300)), ("pure", noisy_loop(300, 0.1)))
    }
    figure = plot_divergence(curves, tmp_path / "d.svg")
    assert [panel.get_title(loc="left") for panel in figure.axes] == [
        "own future known",
        "own future left out",
    ]
    for panel in figure.axes:
        assert {text.get_text() for text in panel.get_legend().get_texts()} == {
            "conditioned, knn",
            "pure, knn",
        }
    line = figure.axes[1].lines[0]
    np.testing.assert_allclose(line.get_ydata(), curves["conditioned"][1].mean)
    assert (tmp_path / "d.svg").stat().st_size > 10_000
    with pytest.raises(ParameterError, match="no curves"):
        plot_divergence({})
    with pytest.raises(OutputError, match=r"d\.svg: exists"):
        plot_divergence(curves, tmp_path / "d.svg")
    with pytest.raises(OutputError, match="no picture format"):
        plot_trajectory(Shown.recorded(circle()), tmp_path / "a.mp5")


def test_a_course_has_a_time_for_each_of_its_points() -> None:
    with pytest.raises(ParameterError, match="5 points at 4 times"):
        Shown.forecast(circle(), circle().points[:5], np.arange(4.0))
    with pytest.raises(ParameterError, match="ascending"):
        Shown.forecast(circle(), circle().points[:2], np.array([1.0, 0.0]))
