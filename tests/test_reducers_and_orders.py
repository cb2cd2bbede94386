"""Reducers and orders over the whole registry: defined answers, repeatable, oracles where there are."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors

from granulate.corpus import analyse
from granulate.errors import ParameterError, PresetError
from granulate.paths import follow
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.stages.reducers import REDUCTION, _nearest_rows
from granulate.types import Corpus, Descriptors, Embedding, Framing, Grains, Sound
from tests.conftest import melody

# Networks, which are trained, have tests of their own.
REDUCERS = [kind for kind, s in REDUCTION.stages.items() if kind != "none" and not s.traits.get("trains")]
ORDERS = [kind for kind, stage in PATH.stages.items() if not {"walk", "target"} & set(stage.traits)]
QUICK = {"tsne": {"iterations": 250}, "umap": {"epochs": 100}}


@pytest.fixture
def rng() -> np.random.Generator:
    """Each test's own, so that none depends on which ran before it."""
    return np.random.default_rng(0)


def reduced(kind: str, values: np.ndarray, dimensions: int = 1, seed: int = 0) -> np.ndarray:
    choice = REDUCTION.bind({"kind": kind, "dimensions": dimensions, **QUICK.get(kind, {})})
    embedding = REDUCTION[kind].function(np.asarray(values, np.float32), seed, **choice.parameters)
    assert embedding.method in {kind, "pca"}
    return embedding.points


@pytest.mark.parametrize("kind", REDUCERS)
@pytest.mark.parametrize("n", range(7))
@pytest.mark.parametrize("dimensions", [1, 3])
def test_few_grains_have_an_answer(kind: str, n: int, dimensions: int, rng: np.random.Generator) -> None:
    for values in (
        rng.standard_normal((n, 8)),
        np.zeros((n, 8)),
        np.ones((n, 8)),
        rng.standard_normal((n, 1)),
    ):
        points = reduced(kind, values, dimensions)
        assert points.shape == (n, dimensions)
        assert np.isfinite(points).all()
        if n and (values == values[:1]).all():
            assert not points.any()


@pytest.mark.parametrize("kind", REDUCERS)
@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_the_seed_makes_it_repeat(kind: str, dimensions: int, rng: np.random.Generator) -> None:
    values = rng.standard_normal((80, 12))
    assert np.array_equal(reduced(kind, values, dimensions, 5), reduced(kind, values, dimensions, 5))


@pytest.mark.parametrize("kind", REDUCERS)
def test_two_clusters_stay_two(kind: str, rng: np.random.Generator) -> None:
    values = np.concatenate([rng.standard_normal((60, 10)), rng.standard_normal((60, 10)) + 30])
    points = reduced(kind, values)[:, 0]
    apart = np.abs(points[:, None] - points) + np.where(np.eye(120, dtype=bool), np.inf, 0)
    assert ((apart.argmin(axis=1) < 60) == (np.arange(120) < 60)).mean() > 0.95


def test_pca_is_scikit_learns(rng: np.random.Generator) -> None:
    values = rng.standard_normal((300, 20)) @ np.diag(np.linspace(3, 0.1, 20))
    found, expected = reduced("pca", values, 3), PCA(3).fit_transform(values)
    for axis in range(3):
        assert abs(np.corrcoef(found[:, axis], expected[:, axis])[0, 1]) > 0.9999


@pytest.mark.parametrize("k", [1, 5, 300])
def test_umap_is_told_the_nearest_rows(k: int, rng: np.random.Generator) -> None:
    values = rng.standard_normal((300, 8)).astype(np.float32)
    rows, distances = _nearest_rows(values, k)
    expected, _ = NearestNeighbors(n_neighbors=k, algorithm="brute").fit(values).kneighbors(values)
    np.testing.assert_allclose(distances, expected, atol=1e-4)
    np.testing.assert_allclose(np.linalg.norm(values[rows] - values[:, None], axis=2), distances, atol=1e-4)


def corpus(values: np.ndarray, points: np.ndarray | None = None, n_sounds: int = 1) -> Corpus:
    n = len(values)
    sounds = tuple(Sound(np.zeros(max(1, n) * 512), 22_050) for _ in range(n_sounds))
    grains = Grains(np.arange(n) * n_sounds // max(1, n), np.arange(n) * 512, np.full(n, 2048))
    described = Descriptors(values, tuple(f"c{i}" for i in range(values.shape[1])), ("",) * values.shape[1])
    embedding = None if points is None else Embedding(points, "pca")
    return Corpus(sounds, Framing(), grains, described, embedding)


def ordered(kind: str, made: Corpus, seed: int = 0, **parameters: object) -> np.ndarray:
    choice = PATH.bind({"kind": kind, **parameters})
    return PATH[kind].function(made, seed, **choice.parameters)


@pytest.mark.parametrize("kind", ORDERS)
@pytest.mark.parametrize("n", [1, 2, 3, 4, 5, 40])
def test_every_order_plays_every_grain_once(kind: str, n: int, rng: np.random.Generator) -> None:
    for values in (rng.standard_normal((n, 4)), np.zeros((n, 4))):
        order = ordered(kind, corpus(values, values[:, :2]))
        assert sorted(order) == list(range(n))
        assert np.array_equal(order, ordered(kind, corpus(values, values[:, :2])))


def test_grains_that_are_alike_keep_the_order_of_the_recording() -> None:
    alike = corpus(np.zeros((30, 3)), np.zeros((30, 1)))
    for kind in ("embedding", "descriptor"):
        for descending in (False, True):
            assert np.array_equal(ordered(kind, alike, descending=descending), np.arange(30))


def test_orders_by_number(rng: np.random.Generator) -> None:
    values, points = rng.standard_normal((50, 4)), rng.standard_normal((50, 3))
    made = corpus(values, points)
    assert np.array_equal(ordered("original", made), np.arange(50))
    assert np.array_equal(ordered("reverse", made), np.arange(50)[::-1])
    assert not np.array_equal(ordered("shuffle", made, 1), ordered("shuffle", made, 2))
    assert np.array_equal(ordered("embedding", made, axis=2), np.argsort(points[:, 1]))
    assert np.array_equal(ordered("embedding", made, descending=True), np.argsort(-points[:, 0]))
    assert np.array_equal(ordered("descriptor", made, column="c2"), np.argsort(values[:, 2]))
    with pytest.raises(ParameterError, match="'c9' is not a column"):
        ordered("descriptor", made, column="c9")
    with pytest.raises(ParameterError, match="axis = 3 of an embedding of 2"):
        ordered("embedding", corpus(values, points[:, :2]), axis=3)
    with pytest.raises(PresetError, match="needs an embedding"):
        Preset.of({"path": {"kind": "embedding"}})


def steps(made: Corpus, order: np.ndarray) -> np.ndarray:
    """Distances in the recording between successive grains, in samples; far for grains of two sounds."""
    onsets, sounds = made.grains.onsets[order], made.grains.sounds[order]
    return np.where(np.diff(sounds) == 0, np.abs(np.diff(onsets)), 10**9)


def test_a_tour_keeps_apart_and_ends_where_it_is_told(rng: np.random.Generator) -> None:
    made = corpus(np.cumsum(rng.standard_normal((200, 6)), axis=0))
    assert steps(made, ordered("tour", made)).min() >= 2048
    assert steps(made, ordered("tour", made, apart=512 * 9)).min() >= 512 * 9
    order = ordered("tour", made, start=17, end=100)
    assert (order[0], order[-1]) == (17, 100)
    assert ordered("tour", made, start="1s")[0] == np.argmin(np.abs(made.grains.onsets + 1024 - 22_050))
    with pytest.raises(ParameterError, match="start = 200 is not a grain"):
        ordered("tour", made, start=200)
    with pytest.raises(ParameterError, match="past the end"):
        ordered("tour", made, end="100s")


def test_a_tour_is_as_long_as_it_is_told(rng: np.random.Generator) -> None:
    made = corpus(np.cumsum(rng.standard_normal((200, 6)), axis=0))
    short = ordered("tour", made, length=50, start=3, end=4)
    assert len(short) == 50 == len(set(short))
    assert (short[0], short[-1]) == (3, 4)
    assert steps(made, short).min() >= 2048
    long = ordered("tour", made, length=500)
    assert len(long) == 500
    assert steps(made, long).min() >= 2048
    assert len(ordered("tour", made, length="2s")) == round(2 * 22_050 / 512) + 1


def test_a_tour_is_shorter_than_any_other_order() -> None:
    preset = Preset.of({"reduction": {"kind": "pca"}})
    made = analyse(melody(4.0), preset)
    values = made.descriptors.values

    def length(order: np.ndarray) -> float:
        return float(np.linalg.norm(np.diff(values[order], axis=0), axis=1).sum())

    tour = length(ordered("tour", made, apart=0))
    assert tour < min(
        length(ordered(kind, made)) for kind in ("original", "shuffle", "embedding", "descriptor")
    )
    assert np.array_equal(follow(made, preset).grains, ordered("tour", made))
