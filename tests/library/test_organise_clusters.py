"""Clusters are those of scikit-learn on z-scores, the same every time, and carried over to large libraries."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_score

from granulate.errors import ParameterError
from granulate.library.organise import clusters
from granulate.library.organise.agreement import agreement
from granulate.library.organise.clusters import METHODS, NOISE, cluster
from granulate.library.organise.counting import excess, expected, fewest
from granulate.library.organise.duplicates import Group, near_duplicates, same
from granulate.library.organise.grouping import folder_of, prefix_of
from granulate.library.organise.scaling import standardised
from tests.library.test_organise_layout import blobs


@pytest.mark.parametrize("method", METHODS)
def test_groups_that_are_there_are_found_and_so_is_their_number(method: str) -> None:
    values, which = blobs(240, 6, k=5, seed=3)
    found = cluster(values, method, most=9)
    inside = found.labels != NOISE
    assert inside.mean() > 0.8
    assert adjusted_rand_score(which[inside], found.labels[inside]) == 1
    assert (np.diff(found.sizes) <= 0).all()
    assert np.array_equal(found.sizes, np.bincount(found.labels[inside]))
    expected = silhouette_score(standardised(values)[inside], found.labels[inside])
    assert found.silhouette == pytest.approx(expected, abs=1e-5)
    if method != "hdbscan":
        assert max(found.tried, key=lambda k: found.tried[k]) == 5
        assert list(found.tried) == list(range(2, 10))


def test_a_long_cloud_has_halves_and_yet_no_structure() -> None:
    rng = np.random.default_rng(2)
    cloud = (rng.standard_normal((300, 4)) * [9, 1, 1, 1]).astype(np.float32)

    def judge(points: np.ndarray, number: int) -> float:
        return float(silhouette_score(points, KMeans(number, n_init=2, random_state=0).fit_predict(points)))

    told = np.array([judge(cloud, number) for number in (2, 3, 6)])
    above, error = excess(told, expected(cloud, (2, 3, 6), judge, 0))
    assert told[0] > 0.5
    assert 0 < error < 0.05
    assert np.abs(above).max() < 0.06


def test_of_numbers_that_do_as_well_the_fewest_are_taken() -> None:
    assert fewest(np.array([0.05, np.nan, 0.18, 0.2, 0.19]), 0.03) == 2
    assert fewest(np.array([0.05, np.nan, 0.18, 0.2, 0.19]), 0.01) == 3


def test_the_typical_sound_has_the_least_sum_of_squared_distances() -> None:
    values, _ = blobs(120, 4, k=3)
    found, scaled = cluster(values, k=3), standardised(values).astype(np.float64)
    for number, typical in enumerate(found.typical):
        members = np.flatnonzero(found.labels == number)
        sums = [np.square(scaled[members] - scaled[row]).sum() for row in members]
        assert typical == members[np.argmin(sums)]


def test_the_first_k_sounds_can_be_the_start() -> None:
    rng = np.random.default_rng(0)
    values = rng.standard_normal((80, 12)).astype(np.float32)
    found = cluster(values, k=6, initial="first")
    scaled = standardised(values)
    centres = scaled[:6].astype(np.float64)
    for _ in range(200):  # Lloyd's algorithm, written out
        labels = np.square(scaled[:, None] - centres).sum(axis=2).argmin(axis=1)
        centres = np.array([scaled[labels == number].mean(axis=0) for number in range(6)])
    assert adjusted_rand_score(labels, found.labels) == 1
    assert adjusted_rand_score(cluster(values[::-1], k=6, initial="first").labels[::-1], found.labels) < 1


@pytest.mark.parametrize("method", METHODS)
def test_of_many_sounds_a_sample_is_clustered_and_the_rest_join(
    method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    values, which = blobs(1200, 6, k=4, seed=1)
    monkeypatch.setitem(clusters._SAMPLE, method, 200)
    found = cluster(values, method, k=None if method == "hdbscan" else 4, seed=7)
    inside = found.labels != NOISE
    assert inside.mean() > 0.8
    assert adjusted_rand_score(which[inside], found.labels[inside]) == 1
    assert np.array_equal(
        cluster(values, method, k=None if method == "hdbscan" else 4, seed=7).labels, found.labels
    )


def test_columns_count_by_their_weights() -> None:
    """Twenty columns group the sounds in one way, two in another: weights say which way is found."""
    many, one = blobs(200, 20, k=3, seed=1)
    few, other = blobs(200, 2, k=3, seed=2)
    values = np.concatenate([many, few], axis=1)
    for which, weights in ((one, [1] * 20 + [0] * 2), (other, [0.001] * 20 + [1] * 2), (one, [1] * 22)):
        found = cluster(values, k=3, weights=np.array(weights, np.float32) / sum(weights))
        assert adjusted_rand_score(which, found.labels) == 1


def test_kmeans_is_no_worse_than_scikit_learns() -> None:
    values = np.random.default_rng(5).standard_normal((150, 5)).astype(np.float32)
    found, scaled = cluster(values, k=7), standardised(values)

    def inertia(labels: np.ndarray) -> float:
        return sum(
            float(np.square(scaled[labels == n] - scaled[labels == n].mean(axis=0)).sum()) for n in range(7)
        )

    assert inertia(found.labels) <= 1.02 * KMeans(7, n_init=10, random_state=11).fit(scaled).inertia_


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"method": "kmean"}, r"did you mean 'kmeans'\?"),
        ({"initial": "last"}, "initial = 'last'"),
        ({"method": "agglomerative", "initial": "first"}, "with kmeans"),
        ({"method": "hdbscan", "k": 3}, "finds it itself"),
        ({"k": 11}, "k = 11 clusters of 10 sounds; allowed: 1 to 10"),
    ],
)
def test_what_cannot_be_clustered_is_refused(given: dict, message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        cluster(np.eye(10, dtype=np.float32), **given)


def test_sounds_that_are_all_alike_are_one_cluster_for_all_that_is_known() -> None:
    found = cluster(np.ones((6, 3), np.float32), k=1)
    assert found.sizes.tolist() == [6]
    assert np.isnan(found.silhouette)


def test_agreement_counts_every_pair_of_groups() -> None:
    found = agreement(["a", "a", "b", "b", "b"], ["10", "9", "none", "none", "9"])
    assert found.known == ("a", "b")
    assert found.found == ("9", "10", "none")
    assert found.counts.tolist() == [[1, 1, 0], [1, 0, 2]]
    assert agreement(["x", "x", "y"], ["2", "2", "0"]).adjusted_rand == 1
    # Of independent halves nothing is told, of the same ones all: 0 and 1 by the definition.
    assert agreement([*"xxyy"], [*"0101"]).mutual_information == pytest.approx(0)
    assert agreement([*"xxyy"], [*"1100"]).mutual_information == pytest.approx(1)
    with pytest.raises(ParameterError, match="1 and 0"):
        agreement(["a"], [])


@pytest.mark.parametrize(
    ("path", "folder", "prefix"),
    [
        ("drums/kicks/BD_808.wav", "drums/kicks", "bd"),
        ("01 - hat closed.flac", "none", "hat"),
        ("a/0001.wav", "a", "none"),
        ("été_1.wav", "none", "été"),
    ],
)
def test_paths_tell_folder_and_prefix(path: str, folder: str, prefix: str) -> None:
    assert (folder_of(path), prefix_of(path)) == (folder, prefix)


def test_equal_keys_are_one_group_and_none_is_like_nothing() -> None:
    found = same("file", ["a", None, "b", "a", None, "a"])
    assert [(group.kind, group.rows.tolist()) for group in found] == [("file", [0, 3, 5])]


def test_near_duplicates_are_those_of_all_pairs() -> None:
    rng = np.random.default_rng(8)
    values = rng.standard_normal((400, 30)).astype(np.float32)
    values[300:350] = values[:50] + 0.01 * rng.standard_normal((50, 30))
    values[350:360] = values[300:310] + 0.01 * rng.standard_normal((10, 30))
    durations = np.ones(400)
    durations[340:350] = 1.2  # as alike as others, and longer
    found = near_duplicates(values, durations, 0.05)
    expected = [[row, row + 300, row + 350] for row in range(10)] + [
        [row, row + 300] for row in range(10, 40)
    ]
    assert [group.rows.tolist() for group in found] == expected
    assert all(0 < group.distance < 0.1 for group in found)


def test_of_sounds_that_are_known_to_be_one_the_first_stands_for_all() -> None:
    values = np.repeat(np.random.default_rng(0).standard_normal((5, 4)), 3, axis=0).astype(np.float32)
    known = [Group("file", np.array([0, 1, 2]), 0.0), Group("audio", np.array([3, 4]), 0.0)]
    found = near_duplicates(values, np.ones(15), 0.01, known)
    assert [group.rows.tolist() for group in found] == [[3, 5], [6, 7, 8], [9, 10, 11], [12, 13, 14]]
