"""Walks over the whole registry, and what each control does."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from granulate.errors import ParameterError, PresetError
from granulate.paths import Played, Walk, compose, follow
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.sections import PATH
from granulate.space import Space
from granulate.stages.sounding import GRAIN
from granulate.stages.walks import velocity
from granulate.types import Corpus, Descriptors, Embedding, Framing, Grains, Sound

WALKS = [kind for kind, stage in PATH.stages.items() if stage.traits.get("walk")]
FRAMING = Framing(512, 512, 128)


def corpus(points: np.ndarray, n_sounds: int = 1, values: np.ndarray | None = None) -> Corpus:
    """Grains at these points of a map, of noise that grows louder."""
    n = len(points)
    sound_of = np.arange(n) * n_sounds // max(1, n)
    counts = np.bincount(sound_of, minlength=n_sounds)
    noise = np.random.default_rng(0).uniform(-1, 1, max(counts) * 128)
    sounds = tuple(
        Sound((noise * np.linspace(0.001, 1, len(noise)))[: count * 128], 8000) for count in counts
    )
    grains = Grains(
        sound_of, np.concatenate([np.arange(count) * 128 - 256 for count in counts]), np.full(n, 512)
    )
    values = np.asarray(points if values is None else values, np.float32)
    names = (*(f"mfcc_{i}" for i in range(values.shape[1] - 1)), "level")
    return Corpus(
        sounds, FRAMING, grains, Descriptors(values, names, ("",) * len(names)), Embedding(points, "pca")
    )


def cloud(n: int = 300, dimensions: int = 2, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(0, 1, (n, dimensions)).astype(np.float32)


def preset(kind: str = "walk", **parameters: Any) -> Preset:
    return Preset.of({"reduction": {"kind": "pca"}, "path": {"kind": kind, **parameters}})


def walked(made: Corpus, kind: str = "walk", **parameters: Any) -> np.ndarray:
    return follow(made, preset(kind, **parameters)).grains


def hops(made: Corpus, grains: np.ndarray) -> np.ndarray:
    return np.linalg.norm(np.diff(Space(made).points[grains], axis=0), axis=1)


@pytest.mark.parametrize("kind", WALKS)
@pytest.mark.parametrize("n", [1, 2, 5, 60])
@pytest.mark.parametrize("dimensions", [1, 3])
def test_every_walk_repeats_and_plays_grains_that_there_are(kind: str, n: int, dimensions: int) -> None:
    for points in (cloud(n, dimensions), np.zeros((n, dimensions), np.float32)):
        made = corpus(points)
        grains = walked(made, kind, length=30)
        assert len(grains) == 30
        assert ((grains >= 0) & (grains < n)).all()
        assert np.array_equal(grains, walked(made, kind, length=30))


@pytest.mark.parametrize("kind", WALKS)
@pytest.mark.parametrize("grain", list(GRAIN.stages))
def test_grain_by_grain_is_what_the_whole_is(kind: str, grain: str) -> None:
    """What plays live is what is rendered, to the sample."""
    made = corpus(cloud(), n_sounds=3)
    chosen = preset(kind, length=100).set(f"grain.kind={grain}")
    if grain == "cloud":
        chosen = chosen.set("grain.length_jitter=0.5", "grain.start_jitter=10ms", "grain.transpose_jitter=7")
    whole = follow(made, chosen)
    walk = Walk(made, chosen)
    live = [step for _ in range(100) if (step := walk.next()) is not None]
    assert np.array_equal(whole.grains, np.concatenate([step.grains for step in live]))
    for name, column in whole.events.columns().items():
        assert np.array_equal(column, np.concatenate([step.events.columns()[name] for step in live])), name


@pytest.mark.parametrize("kind", WALKS)
def test_every_walk_sounds(kind: str) -> None:
    made = corpus(cloud())
    for grain in GRAIN.stages:
        score = compose(made, preset(kind, length="1s").set(f"grain.kind={grain}"))
        frames = Rendering(score).block(0, score.n_samples)
        assert np.isfinite(frames).all()
        assert np.abs(frames).max() > 0.01


def test_a_walk_without_chance_is_always_to_the_nearest_that_does_not_rest() -> None:
    made = corpus(cloud(120))
    points = Space(made).points
    grains = walked(made, temperature=0.0, rest=20, length=100, start=7)
    assert grains[0] == 7
    for i in range(1, 100):
        rested = np.setdiff1d(np.arange(120), grains[max(0, i - 20) : i])
        away = np.linalg.norm(points[rested] - points[grains[i - 1]], axis=1)
        assert grains[i] == rested[np.argmin(away)]


@pytest.mark.parametrize("kind", WALKS)
def test_a_grain_rests(kind: str) -> None:
    grains = walked(corpus(cloud()), kind, rest=40, length=200)
    for i, grain in enumerate(grains):
        assert grain not in grains[max(0, i - 40) : i]


@pytest.mark.parametrize("kind", WALKS)
def test_where_all_must_rest_the_one_that_rested_longest_plays(kind: str) -> None:
    grains = walked(corpus(cloud(6)), kind, rest=1000, length=30)
    assert all(len(set(grains[i : i + 6])) == 6 for i in range(24))


@pytest.mark.parametrize("kind", WALKS)
def test_continuity_plays_on_as_recorded(kind: str) -> None:
    made = corpus(cloud(400), n_sounds=2)
    # Points of chance: as recorded, one grain is not near the next.
    shares = [np.mean(np.diff(walked(made, kind, continuity=c, length=150)) == 1) for c in (0, 0.5, 1)]
    assert shares[0] < 0.2 < shares[1] < 0.8 < shares[2]
    # Not from one recording into the next.
    played = walked(made, kind, continuity=1.0, start=197, length=4)
    assert played[:3].tolist() == [197, 198, 199]
    assert played[3] != 200


@pytest.mark.parametrize("kind", WALKS)
def test_quiet_grains_are_left_out(kind: str) -> None:
    made = corpus(cloud())
    levels = Space(made).levels
    floor = float(np.median(levels))
    assert (levels[walked(made, kind, floor=floor, length=100)[1:]] >= floor).all()
    # None is loud enough: it goes on all the same.
    assert len(walked(made, kind, floor=-0.0, length=20)) == 20


def test_more_neighbours_and_temperature_go_further() -> None:
    made = corpus(cloud(1000))
    near = hops(made, walked(made, temperature=0.1)).mean()
    far = hops(made, walked(made, temperature=20.0)).mean()
    furthest = hops(made, walked(made, temperature=20.0, neighbours=100)).mean()
    assert near < far < furthest
    assert hops(made, walked(made, temperature=20.0, neighbours=100, radius=0.05)).max() < 0.15


def test_momentum_goes_straight() -> None:
    made = corpus(cloud(3000))

    def straightness(momentum: float) -> float:
        moves = np.diff(
            Space(made).points[walked(made, "drunk", momentum=momentum, step=0.05, temperature=0.0, rest=0)],
            axis=0,
        )
        turns = (moves[1:] * moves[:-1]).sum(axis=1)
        sizes = np.linalg.norm(moves, axis=1)
        return float(np.mean(turns / np.maximum(sizes[1:] * sizes[:-1], 1e-9)))

    assert straightness(0.9) > straightness(0.0) + 0.1


def test_a_drunk_steps_as_far_as_it_is_told() -> None:
    made = corpus(cloud(5000))
    short, long = (
        hops(made, walked(made, "drunk", step=step, temperature=0.0, rest=0)) for step in (0.02, 0.2)
    )
    assert np.median(short) < 0.05 < np.median(long) < 0.3


def test_a_gesture_follows_its_line_and_ends() -> None:
    made = corpus(cloud(5000))
    line = [[0.1, 0.1], [0.9, 0.1], [0.9, 0.9]]
    grains = walked(made, "gesture", points=line, seconds=2.0, temperature=0.0, rest=0)
    assert len(grains) == pytest.approx(2.0 * 8000 / 128, abs=1)
    played = Space(made).points[grains]
    gaps = np.minimum(np.abs(played[:, 1] - 0.1), np.abs(played[:, 0] - 0.9))
    assert gaps.max() < 0.05
    np.testing.assert_allclose(played[[0, -1]], [line[0], line[-1]], atol=0.05)
    np.testing.assert_allclose(played[len(played) // 2], line[1], atol=0.05)
    looped = walked(
        made, "gesture", points=line, seconds=1.0, loop=True, length="2s", temperature=0.0, rest=0
    )
    assert len(looped) == pytest.approx(2.0 * 8000 / 128, abs=1)
    half = len(looped) // 2
    assert hops(made, looped[[1, half + 1]])[0] < 0.1


def test_a_target_is_followed_at_its_own_pace() -> None:
    made = corpus(cloud(5000))
    given = {"points": [[0.1, 0.1], [0.9, 0.9]], "seconds": 1.0, "loop": False, "length": 300}
    grains = walked(made, "target", step=0.05, temperature=0.0, rest=0, **given)
    np.testing.assert_allclose(Space(made).points[grains[-1]], [0.9, 0.9], atol=0.05)
    assert hops(made, grains).max() < 0.12


def test_clusters_are_visited_one_after_another() -> None:
    rng = np.random.default_rng(1)
    centres = np.array([[0, 0], [0, 1], [1, 1], [1, 0]], np.float32)
    made = corpus(np.repeat(centres, 80, axis=0) + rng.normal(0, 0.02, (320, 2)).astype(np.float32))
    labels = walked(made, "clusters", groups=4, dwell=20, length=160) // 80
    stays = np.split(labels, np.flatnonzero(np.diff(labels)) + 1)
    assert [len(stay) for stay in stays] == [20] * 8
    assert len({int(stay[0]) for stay in stays[:4]}) == 4
    # Neighbours on the square follow each other.
    assert all(abs(int(a[0]) - int(b[0])) in (1, 3) for a, b in pairwise(stays[:4]))


def test_a_flow_goes_where_the_recording_goes() -> None:
    turn = np.linspace(0, 8 * np.pi, 600)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1).astype(np.float32)
    circle += np.random.default_rng(0).normal(0, 0.005, circle.shape).astype(np.float32)
    made = corpus(circle)
    at = Space(made).points[walked(made, "flow", length=400, rest=0, temperature=0.0)] - 0.5
    angle = np.unwrap(np.arctan2(at[:, 1], at[:, 0]))
    assert angle[-1] - angle[0] == pytest.approx(400 * 8 * np.pi / 600, rel=0.2)
    np.testing.assert_allclose(np.linalg.norm(at, axis=1), 0.5, atol=0.05)


def test_the_velocity_is_the_weighted_mean_of_the_nearest_moves() -> None:
    space = Space(corpus(cloud(200)))
    point = np.array([0.4, 0.6], np.float32)
    away = np.linalg.norm(space.points - point, axis=1)
    nearest = np.argsort(away)[:5]
    moves = np.vstack([np.diff(space.points, axis=0), [[0, 0]]])[nearest]
    expected = np.average(moves, axis=0, weights=1 / away[nearest])
    np.testing.assert_allclose(velocity(space, point, 5), expected, rtol=1e-5)


@pytest.mark.parametrize("n_columns", [3, 30])
def test_weights_change_which_grains_are_near(n_columns: int) -> None:
    rng = np.random.default_rng(2)
    # As descriptors are: many columns, few ways to differ.
    values = rng.standard_normal((500, 3)) @ rng.standard_normal((3, n_columns))
    values = (values + 0.05 * rng.standard_normal(values.shape)).astype(np.float32)
    made = corpus(cloud(500), values=values)
    by_level = Space(made, "auto", {"mfcc": 0.001, "level": 1})
    found, _ = by_level.nearest(by_level.points[9], 10)
    assert set(found) == set(np.argsort(np.abs(values[:, -1] - values[9, -1]))[:10])
    space = Space(made, "descriptors")
    found, distances = space.nearest(space.points[9], 10)
    away = np.linalg.norm(space.points - space.points[9], axis=1)
    assert len(set(found) & set(np.argsort(away)[:10])) >= 7
    np.testing.assert_allclose(distances, away[found], atol=1e-6)


@pytest.mark.parametrize(
    ("kind", "given", "message"),
    [
        (
            "gesture",
            {"points": [[0.5, 1.2]]},
            r"\[0.5, 1.2\], which is off the map; allowed: 2 numbers from 0 to 1",
        ),
        ("gesture", {"points": [[0.5]]}, "off the map"),
        ("gesture", {"points": []}, "at least one place"),
        ("gesture", {"weights": {"level": 1.0}}, "path.points lie on a map"),
        ("walk", {"weights": {"mfc": 1.0}}, "names 'mfc' .did you mean 'mfcc'..; allowed: mfcc, level"),
        ("walk", {"weights": {"mfcc": -1.0}}, "weights.mfcc = -1.0; allowed: 0 and above"),
        ("walk", {"weights": {"mfcc": 0.0, "level": 0.0}}, "are all 0"),
        ("walk", {"weights": {"mfcc": 1.0}, "space": "embedding"}, "allowed: path.space = 'descriptors'"),
        ("walk", {"start": 300}, "start = 300 is not a grain; allowed: 0 to 299"),
        ("walk", {"start": "1000s"}, "past the end"),
    ],
)
def test_what_does_not_fit_is_said(kind: str, given: dict[str, Any], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        walked(corpus(cloud()), kind, **given)


@pytest.mark.parametrize("text", ["{mfcc = nan}", "{mfcc = inf}", "{mfcc = 'loud'}", "3"])
def test_weights_that_are_no_numbers_are_refused(text: str) -> None:
    with pytest.raises(PresetError, match=r"path.weights = .* allowed: a table of finite numbers"):
        preset().set(f"path.weights={text}")


@pytest.mark.parametrize(
    ("kind", "name"), [*((kind, "neighbours") for kind in WALKS), ("flow", "nearest"), ("clusters", "groups")]
)
def test_more_than_there_are_is_refused(kind: str, name: str) -> None:
    made = corpus(cloud(5))
    assert len(walked(made, kind, length=20, **{name: 5})) == 20
    with pytest.raises(ParameterError, match=f"path.{name} = 6 of 5 grains; allowed: 1 to 5"):
        walked(made, kind, length=20, **{name: 6})


def test_a_preset_with_a_line_and_weights_survives_being_written_out() -> None:
    from granulate.preset import parse, to_toml

    for chosen in (
        preset(weights={"mfcc": 1.0, "level": 0.5}),
        preset("gesture", points=[[0.0, 1.0], [0.5, 0.5]]),
    ):
        again = parse(to_toml(chosen))
        assert json.dumps(again.table()) == json.dumps(chosen.table())


def test_orders_have_the_times_that_the_grain_section_says() -> None:
    made = corpus(cloud())
    played: Played = follow(
        made, preset("original").set("grain.kind=cloud", "grain.density=100", "grain.length=50ms")
    )
    np.testing.assert_allclose(np.diff(played.events.time), 80)
    assert (played.events.length == 400).all()
    # Shorter than a window, around its middle.
    assert (played.events.start - made.grains.onsets == (512 - 400) // 2).all()


def test_distance_is_time() -> None:
    """A step as the recordings' own takes a hop; twice as far takes twice as long, and is quieter."""
    line = np.cumsum([0, 1, 1, 2, 1, 1, 4, 1, 1, 1, 1]).astype(np.float32)[:, None]
    made = corpus(line)
    chosen = preset("original").set("grain.kind=distance", "grain.quieter=6", "grain.lengthen=2")
    events = follow(made, chosen).events
    np.testing.assert_allclose(np.diff(events.time), 128 * np.array([1, 1, 2, 1, 1, 4, 1, 1, 1, 1]), atol=1)
    np.testing.assert_allclose(20 * np.log10(events.gain[[1, 3, 6]]), [0, -6, -12], atol=0.01)
    np.testing.assert_allclose(events.length[1:], 2 * np.diff(events.time), atol=2)
    evened = follow(made, chosen.set("grain.curve=0")).events
    assert (np.diff(evened.time) == 128).all()
