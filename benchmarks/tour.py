"""Tour: how short the path is, how long it takes, and beside it the orders that reducers give.

    python -m benchmarks.tour [--audio FILE...] [--slow] [--long]

Lengths are told as multiples of the minimum spanning tree of the same grains, which no path is shorter than. Grains
are 128 mel bands in dB at 2048/512, standardised; without overlap, every fourth of them. Goals: 1.065 at 2,000 and
20,000 grains (1.105 without overlap), in 0.2 s and 3 s after compilation, the neighbour search included. --slow adds
t-SNE's and UMAP's orders at 2,000 grains, --long a tour of 200,000.
"""

from __future__ import annotations

import statistics
import time

import numpy as np
from numba import njit
from numpy.typing import NDArray

from benchmarks import material
from benchmarks.timing import machine, show, verdict
from granulate.corpus import analyse
from granulate.kernels.tour import path_length, shortest_path
from granulate.preset import Preset
from granulate.stages.reducers import REDUCTION
from granulate.types import Sound

HOP, WINDOW = 512, 2048
LENGTH_GOAL = {4: 1.065, 1: 1.105}
TIME_GOAL = {2000: 0.2, 20_000: 3.0}


@njit(cache=True, fastmath={"reassoc", "contract"})
def spanning_tree(values: NDArray[np.float32]) -> float:
    """The length of the minimum spanning tree of rows (n, d): Prim's algorithm, without a table of distances."""
    n, d = values.shape
    nearest = np.full(n, np.inf)
    outside = np.arange(n)
    total, last, left = 0.0, 0, n - 1
    outside[0] = outside[left]
    while left:
        best, at = np.inf, 0
        for i in range(left):
            j = outside[i]
            square = np.float32(0)
            for k in range(d):
                square += (values[last, k] - values[j, k]) ** 2
            nearest[j] = min(nearest[j], square)
            if nearest[j] < best:
                best, at = nearest[j], i
        last = outside[at]
        left -= 1
        outside[at] = outside[left]
        total += np.sqrt(best)
    return total


def grains(given: list, n: int) -> NDArray[np.float32]:
    """Standardised mel decibels of so many grains (n, 128)."""
    mono = material.samples(given, n * HOP / 44_100 + 0.1)
    corpus = analyse(Sound(mono, 44_100), Preset.of({"path": {"kind": "original"}}))
    return corpus.descriptors.values[:n].copy()


def row(values: NDArray[np.float32], overlap: int, apart: int, rounds: int, bound: float) -> list[object]:
    n = len(values)
    asked = {"onsets": np.arange(n) * (WINDOW // overlap), "sounds": np.zeros(n, np.int32), "apart": apart}
    took = []
    for _ in range(rounds + 1):
        began = time.perf_counter()
        path = shortest_path(values, **asked)
        took.append(time.perf_counter() - began)
    seconds, ratio = statistics.median(took[1:]), path.length / bound
    gaps = np.abs(np.diff(path.order)) * (WINDOW // overlap)
    goal = "" if apart else f"{LENGTH_GOAL[overlap]} {verdict(ratio <= LENGTH_GOAL[overlap])}"
    in_time = (
        f"{TIME_GOAL[n]:g} s {verdict(seconds <= TIME_GOAL[n])}" if n in TIME_GOAL and overlap == 4 else ""
    )
    if apart:
        goal = f"no step below {verdict(bool(gaps.min() >= apart))}"
    share = float((np.abs(np.diff(path.order)) == 1).mean())
    return [
        n,
        "75 %" if overlap == 4 else "none",
        f"tour, apart {apart}",
        ratio,
        goal,
        seconds,
        in_time,
        share,
    ]


def reduced(values: NDArray[np.float32], kind: str, overlap: int, bound: float) -> list[object]:
    choice = REDUCTION.bind({"kind": kind})
    began = time.perf_counter()
    points = REDUCTION[kind].function(values, 0, **choice.parameters).points[:, 0]
    seconds = time.perf_counter() - began
    order = np.argsort(points, kind="stable")
    ratio = path_length(values, order) / bound
    share = float((np.abs(np.diff(order)) == 1).mean())
    return [len(values), "75 %" if overlap == 4 else "none", kind, ratio, "", seconds, "", share]


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--slow", action="store_true", help="t-SNE and UMAP too")
    options.add_argument("--long", action="store_true", help="200,000 grains too")
    options.set_defaults(rounds=5)
    given = options.parse_args()
    print(machine())
    rows = []
    for n in (2000, 20_000):
        for overlap in (4, 1):
            values = grains(given.audio, n * (4 // overlap))[:: 4 // overlap].copy()
            bound = spanning_tree(values)
            rows.append(row(values, overlap, 0, given.rounds, bound))
            rows.append(row(values, overlap, WINDOW * (1 if overlap == 4 else 2), given.rounds, bound))
            rows.append(reduced(values, "pca", overlap, bound))
            original = path_length(values, np.arange(n)) / bound
            rows.append([n, "75 %" if overlap == 4 else "none", "as recorded", original, "", "", "", 1.0])
            if given.slow and n == 2000:
                rows += [reduced(values, kind, overlap, bound) for kind in ("tsne", "umap")]
    show(
        "Path length over the minimum spanning tree's",
        ["grains", "overlap", "order", "length", "goal", "seconds", "goal", "steps to the neighbour in time"],
        rows,
    )
    if given.long:
        values = grains(given.audio, 200_000)
        asked = {"onsets": np.arange(len(values)) * HOP, "sounds": np.zeros(len(values), np.int32)}
        began = time.perf_counter()
        path = shortest_path(values, **asked, apart=WINDOW)
        took = time.perf_counter() - began
        show("A tour of 200,000 grains", ["seconds", "length", "apart"], [[took, path.length, path.apart]])


if __name__ == "__main__":
    main()
