"""Clusters: sounds that belong together by their summaries, found by scikit-learn's methods.

Values are z-scored first, weighed, and brought to their principal axes (see `axes`). Above a number of sounds that depends on the method, an even sample is
clustered, and each of the rest joins the cluster of its nearest centre, or of its nearest sound.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.library.organise.axes import Axes
from granulate.library.organise.counting import excess, expected, fewest
from granulate.library.organise.sampling import Sample, sample
from granulate.library.organise.scaling import blocks
from granulate.parameters import listed, near

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

METHODS = ("kmeans", "hdbscan", "agglomerative")
INITIALS = ("kmeans++", "first")
NOISE = -1

MOST_CLUSTERS = 20
"""Clusters up to which their number is looked for."""
AXES = 15
"""Principal axes that are kept: with fewer kinds run together, with more the silhouette sees two clusters in all."""
_SAMPLE = {"kmeans": 20_000, "hdbscan": 5_000, "agglomerative": 5_000}
_STARTS, _STARTS_OF_NOTHING = 10, 3
_JUDGED = 2_000
"""Sounds whose silhouettes are taken: that compares all pairs."""


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """`labels` int64 (n,), 0 and up by size, -1 for what belongs to none (HDBSCAN's noise).

    `typical`: for each cluster the row that is nearest to its mean, and so has the least sum of squared
    distances to the others; `silhouette`: from -1 to 1, how much nearer sounds are to their own cluster
    than to the next (Rousseeuw 1987), NaN with fewer than two clusters; `tried`: that of each number
    of clusters that was tried, and `excess`: how far it is above that of structureless points (see `counting`).
    """

    labels: Longs
    sizes: Longs
    typical: Longs
    silhouette: float
    tried: dict[int, float]
    excess: dict[int, float]


def cluster(
    values: Floats, method: str = "kmeans", *, k: int | None = None, initial: str = "kmeans++",
    most: int = MOST_CLUSTERS, least: int = 5, seed: int = 0, weights: Floats | None = None,
) -> Clusters:  # fmt: skip
    """Clusters of sounds by their summaries (n, n_columns).

    `k`: how many; None tries 2 to `most` and takes the fewest whose silhouette is as far above that of structureless
    points as any, within the error of that (see `counting`; HDBSCAN finds the number itself, and takes no k). `initial`, k-means alone: "kmeans++" is the best of ten starts (Arthur &
    Vassilvitskii 2007); "first" starts from the first k sounds, once. `least`: the fewest sounds of an
    HDBSCAN cluster. `weights` (n_columns,): how much each column counts; None: all alike. The same values and
    seed give the same labels.

    Raises ParameterError for unknown names, fewer than two sounds, and k out of 1 to their number.
    """
    _check(len(values), method, k, initial)
    scaled = Axes.of(values, weights, AXES, seed).apply_all(values)
    # The seed's start is the first k points, so the first are never left out of the sample.
    chosen = sample(len(scaled), _SAMPLE[method], seed)
    if initial == "first" and len(chosen) < len(scaled):
        chosen = np.unique(np.concatenate([np.arange(k or most), chosen]))
    some = scaled[chosen]
    tried: dict[int, float] = {}
    above: dict[int, float] = {}
    if method == "hdbscan":
        labels = _hdbscan(some, least)
    elif k is not None:
        labels = _found(some, method, k, initial, seed)
    else:
        labels, tried, above = _counted(some, method, initial, most, seed)
    if len(chosen) < len(scaled):
        labels = _carried_over(scaled, some, labels, method, seed)
    labels = _by_size(labels)
    sizes = np.bincount(labels[labels >= 0])
    return Clusters(
        labels, sizes, _typical(scaled, labels, len(sizes)), _silhouette(scaled, labels, seed), tried, above
    )


def _check(n: int, method: str, k: int | None, initial: str) -> None:
    if method not in METHODS:
        raise ParameterError(f"method = {method!r}{near(method, METHODS)}; allowed: {listed(METHODS)}")
    if initial not in INITIALS:
        raise ParameterError(f"initial = {initial!r}{near(initial, INITIALS)}; allowed: {listed(INITIALS)}")
    if initial == "first" and method != "kmeans":
        raise ParameterError(f"initial = 'first' of {method}; allowed: with kmeans")
    if n < 2:
        raise ParameterError(f"clusters of {n} measured sounds; allowed: at least 2")
    if method == "hdbscan" and k is not None:
        raise ParameterError(f"k = {k} of hdbscan, which finds it itself; allowed: with another method")
    if k is not None and not 1 <= k <= n:
        raise ParameterError(f"k = {k} clusters of {n} sounds; allowed: 1 to {n}")


def _counted(
    values: Floats, method: str, initial: str, most: int, seed: int
) -> tuple[Longs, dict[int, float], dict[int, float]]:
    """Labels in the number of clusters that there are, the silhouette of each number, and its excess."""
    numbers = range(2, min(most, len(values) - 1) + 1)
    if not numbers:
        return np.zeros(len(values), np.int64), {}, {}

    def judge(points: Floats, number: int) -> float:
        return _silhouette(points, _found(points, method, number, initial, seed, _STARTS_OF_NOTHING), seed)

    labels = [_found(values, method, number, initial, seed) for number in numbers]
    told = np.array([_silhouette(values, found, seed) for found in labels])
    above, error = excess(told, expected(values, numbers, judge, seed))
    chosen = labels[0] if np.isnan(told).all() else labels[fewest(above, error)]
    return (
        chosen,
        dict(zip(numbers, told.tolist(), strict=True)),
        dict(zip(numbers, above.tolist(), strict=True)),
    )


def _found(values: Floats, method: str, k: int, initial: str, seed: int, starts: int = _STARTS) -> Longs:
    from sklearn.cluster import AgglomerativeClustering, KMeans
    from threadpoolctl import threadpool_limits

    # One thread: in which order sums are made must not depend on the machine.
    with threadpool_limits(1):
        if method == "agglomerative":
            labels = AgglomerativeClustering(k).fit_predict(values)
        elif initial == "first":
            labels = KMeans(k, init=values[:k], n_init=1, max_iter=1000).fit_predict(values)
        else:
            labels = KMeans(k, n_init=starts, random_state=seed).fit_predict(values)
    return np.asarray(labels, np.int64)


def _hdbscan(values: Floats, least: int) -> Longs:
    from sklearn.cluster import HDBSCAN
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1):
        return np.asarray(
            HDBSCAN(min_cluster_size=min(least, len(values)), copy=True).fit_predict(values), np.int64
        )


def _carried_over(scaled: Floats, some: Floats, labels: Longs, method: str, seed: int) -> Longs:
    rows = some
    if method == "kmeans":
        rows = np.array([some[labels == number].mean(axis=0) for number in range(labels.max() + 1)])
        labels = np.arange(len(rows))
    among = Sample(rows, seed)
    return np.concatenate([labels[among.nearest(block, 1)[0][:, 0]] for _, block in blocks(scaled)])


def _silhouette(scaled: Floats, labels: Longs, seed: int) -> float:
    from sklearn.metrics import silhouette_score
    from threadpoolctl import threadpool_limits

    inside = np.flatnonzero(labels >= 0)
    inside = inside[sample(len(inside), _JUDGED, seed)]
    if not 2 <= len(np.unique(labels[inside])) < len(inside):
        return float("nan")
    with threadpool_limits(1):
        return float(silhouette_score(scaled[inside], labels[inside]))


def _by_size(labels: Longs) -> Longs:
    """The same clusters numbered by size, the largest 0; of equal ones that first whose first sound comes first."""
    inside = labels[labels >= 0]
    numbers, firsts, counts = np.unique(inside, return_index=True, return_counts=True)
    turn = np.lexsort((firsts, -counts))
    renamed = np.full(int(numbers.max(initial=-1)) + 2, NOISE, np.int64)
    renamed[numbers[turn]] = np.arange(len(turn))
    return renamed[labels]


def _typical(scaled: Floats, labels: Longs, n_clusters: int) -> Longs:
    found = np.empty(n_clusters, np.int64)
    for number, members in members_of(labels, n_clusters):
        mean = scaled[members].mean(axis=0, dtype=np.float64)
        found[number] = members[np.square(scaled[members] - mean).sum(axis=1).argmin()]
    return found


def members_of(labels: Longs, n_clusters: int) -> Iterator[tuple[int, Longs]]:
    """Each cluster's number and its rows, in ascending order."""
    for number in range(n_clusters):
        yield number, np.flatnonzero(labels == number)
