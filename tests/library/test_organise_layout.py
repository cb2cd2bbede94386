"""Maps and grids: what is alike lies together, however many sounds there are."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.distance import pdist
from sklearn.decomposition import PCA
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from granulate.errors import ParameterError
from granulate.library.organise.axes import Axes
from granulate.library.organise.grid import on_grid
from granulate.library.organise.layout import lay_out
from granulate.library.organise.sampling import Sample, sample
from granulate.library.organise.scaling import BLOCK, standardised
from granulate.stages.reducers import REDUCTION


def blobs(n: int, n_columns: int, k: int = 4, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    """Values (n, n_columns) in k groups well apart, in units of their own, and the groups (n,)."""
    rng = np.random.default_rng(seed)
    centres = 8 * rng.standard_normal((k, n_columns))
    which = rng.integers(0, k, n)
    values = centres[which] + rng.standard_normal((n, n_columns))
    return (values * np.geomspace(1e-3, 1e5, n_columns) + 100).astype(np.float32), which


def test_standardised_is_what_scikit_learn_gives_and_constant_columns_are_zero() -> None:
    values, _ = blobs(2 * BLOCK + 17, 5)
    values[:, 2] = 0.1
    found = standardised(values)
    np.testing.assert_allclose(np.delete(found, 2, 1), np.delete(StandardScaler().fit_transform(values.astype(float)), 2, 1), atol=1e-4)  # fmt: skip
    assert not found[:, 2].any()


def test_a_small_mapped_table_is_standardised_without_nans() -> None:
    assert not standardised(np.full((1, 3), 1e30, np.float32)).any()
    assert standardised(np.zeros((0, 3), np.float32)).shape == (0, 3)


def test_sample_is_even_sorted_and_everything_where_there_is_little() -> None:
    assert np.array_equal(sample(10, 10, 0), np.arange(10))
    drawn = sample(100_000, 1000, 3)
    assert len(np.unique(drawn)) == 1000
    assert (np.diff(drawn) > 0).all()
    assert abs(drawn.mean() - 50_000) < 4000
    assert np.array_equal(drawn, sample(100_000, 1000, 3))


@pytest.mark.parametrize(("n", "share"), [(700, 1.0), (5000, 0.9)])
def test_nearest_of_a_sample_are_those_of_scikit_learn(n: int, share: float) -> None:
    values, _ = blobs(n + 300, 6, k=12)
    values = standardised(values)
    rows, distances = Sample(values[:n]).nearest(values[n:], 4)
    true, expected = NearestNeighbors(n_neighbors=4).fit(values[:n]).kneighbors(values[n:])[::-1]
    assert np.mean(rows == true) >= share
    assert (distances >= true_floor(expected)).all()
    assert np.mean(np.isclose(distances, expected, atol=1e-4)) >= share


def true_floor(distances: np.ndarray) -> np.ndarray:
    """No k-th neighbour that is found can be nearer than the true one."""
    return distances - 1e-4


def test_pca_of_a_sample_places_the_rest_on_the_axes_of_scikit_learn() -> None:
    values, _ = blobs(3000, 8)
    choice = REDUCTION.bind({"kind": "pca", "dimensions": 2})
    points = lay_out(values, choice, 5, most=1000)
    scaled = standardised(values)
    model = PCA(2).fit(scaled[sample(3000, 1000, 5)])
    np.testing.assert_allclose(np.abs(points), np.abs(model.transform(scaled)), atol=1e-2)


@pytest.mark.parametrize("weighed", [False, True])
def test_principal_axes_keep_the_distances_of_weighed_z_scores(weighed: bool) -> None:
    rng = np.random.default_rng(0)
    values = (rng.standard_normal((300, 4)) @ rng.standard_normal((4, 20)) + 50).astype(np.float32)
    weights = rng.random(20).astype(np.float32) if weighed else np.ones(20, np.float32)
    axes = Axes.of(values, weights / weights.sum() if weighed else None, 6)
    points = axes.apply_all(values)
    assert points.shape == (300, 6)
    scaled = StandardScaler().fit_transform(values.astype(np.float64)) * np.sqrt(weights / weights.mean())
    np.testing.assert_allclose(pdist(points), pdist(scaled), rtol=1e-3, atol=1e-3)
    np.testing.assert_array_equal(axes.apply(values[:7]), points[:7])


def test_placed_sounds_lie_in_their_own_group() -> None:
    values, which = blobs(600, 10)
    choice = REDUCTION.bind({"kind": "tsne", "dimensions": 2, "iterations": 250, "perplexity": 10})
    with threadpool_limits(1):  # many threads of such small work wait for one another
        points = lay_out(values, choice, 0, most=100)
        assert np.array_equal(points, lay_out(values, choice, 0, most=100))
    laid = sample(600, 100, 0)
    rest = np.setdiff1d(np.arange(600), laid)
    near = NearestNeighbors(n_neighbors=1).fit(points[laid]).kneighbors(points[rest], return_distance=False)
    assert np.mean(which[laid][near[:, 0]] == which[rest]) > 0.99


def test_a_sound_that_equals_a_sampled_one_lies_where_that_lies() -> None:
    values, _ = blobs(60, 4)
    twice = np.concatenate([values, values])
    laid = sample(120, 60, 1)
    choice = REDUCTION.bind({"kind": "tsne", "iterations": 250, "dimensions": 2})
    with threadpool_limits(1):
        points = lay_out(twice, choice, 1, most=60)
    for row in np.setdiff1d(np.arange(120), laid):
        twin = (row + 60) % 120
        if twin in laid:
            np.testing.assert_allclose(points[row], points[twin], rtol=1e-3, atol=1e-3)


def test_what_makes_no_map_is_refused() -> None:
    with pytest.raises(ParameterError, match="'none' makes no map"):
        lay_out(np.zeros((3, 2), np.float32), REDUCTION.bind({"kind": "none"}))
    with pytest.raises(ParameterError, match="no sounds"):
        lay_out(np.zeros((0, 2), np.float32), REDUCTION.bind({"kind": "pca"}))


@pytest.mark.parametrize("n", [0, 1, 2, 3, 10, 97, 400, 1203, 2600])
def test_every_sound_has_a_cell_of_its_own(n: int) -> None:
    rng = np.random.default_rng(n)
    grid = on_grid(rng.standard_normal((n, 2)).astype(np.float32), exact=300)
    rows, columns = grid.shape
    assert n <= rows * columns < n + columns + 1
    assert len({*zip(grid.columns.tolist(), grid.rows.tolist(), strict=True)}) == n
    if n:
        assert 0 <= grid.rows.min() <= grid.rows.max() < rows
        assert 0 <= grid.columns.min() <= grid.columns.max() < columns


@pytest.mark.parametrize("exact", [10_000, 100])
def test_points_on_a_grid_stay_where_they_are(exact: int) -> None:
    across, up = np.meshgrid(np.arange(30), np.arange(30))
    turn = np.random.default_rng(1).permutation(900)
    points = np.column_stack([across.ravel(), up.ravel()])[turn].astype(np.float32)
    grid = on_grid(points * [3, 0.01] - 7, exact)
    assert np.array_equal(np.column_stack([grid.columns, grid.rows]), points)


def test_halving_keeps_about_as_many_neighbours_as_the_best_assignment() -> None:
    rng = np.random.default_rng(2)
    points = (3 * rng.standard_normal((7, 2)))[rng.integers(0, 7, 900)] + 0.5 * rng.standard_normal((900, 2))
    true = NearestNeighbors(n_neighbors=8).fit(points).kneighbors(return_distance=False)

    def kept(exact: int) -> float:
        grid = on_grid(points.astype(np.float32), exact)
        cells = np.column_stack([grid.columns, grid.rows])
        found = NearestNeighbors(n_neighbors=8).fit(cells).kneighbors(return_distance=False)
        return float(np.mean([len({*a} & {*b}) / 8 for a, b in zip(true, found, strict=True)]))

    assert kept(100) > kept(1000) - 0.05 > 0.35


def test_a_grid_is_of_two_dimensions() -> None:
    with pytest.raises(ParameterError, match=r"\(4, 3\)"):
        on_grid(np.zeros((4, 3), np.float32))
