"""A million summaries: searched under several weights, laid out, and given a grid.

    python -m benchmarks.library_similar [--n 1000000] [--columns 100] [--usearch] [--map] [--grid]

The summaries are synthetic: three thousand groups of uneven sizes and widths in 24 dimensions, mixed into
correlated columns, with noise on each. `--usearch` builds usearch's graph (HNSW) beside the table, if that is
installed: with a hundred and with a thousand candidates each ranked anew by the true distance.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from granulate.cache import Cache
from granulate.library.organise.grid import on_grid
from granulate.library.organise.layout import lay_out
from granulate.library.organise.nearest import Table
from granulate.stages.reducers import REDUCTION

K, QUERIES = 10, 30
WEIGHTS = {  # of 60, 6, 14 and 20 in a hundred columns, as timbre, pitch, loudness and envelope may have
    "all alike": (1, 1, 1, 1),
    "timbre 1, pitch 0.5": (1, 0.5, 0, 0),
    "envelope 2, loudness 1": (0, 0, 1, 2),
    "pitch": (0, 1, 0, 0),
    "envelope": (0, 0, 0, 1),
}
SHARES = (0.60, 0.66, 0.80, 1.0)


def summaries(n: int, n_columns: int, path: Path) -> np.ndarray:
    """Mapped values (n, n_columns)."""
    rng = np.random.default_rng(0)
    groups, hidden = 3000, 24
    centres = 1.5 * rng.standard_normal((groups, hidden), dtype=np.float32)
    which = rng.choice(groups, n, p=rng.dirichlet(np.full(groups, 0.5)))
    mix = rng.standard_normal((hidden, n_columns), dtype=np.float32) / np.sqrt(np.float32(hidden))
    spread = rng.uniform(0.2, 0.8, groups).astype(np.float32)
    values = np.lib.format.open_memmap(path, "w+", np.float32, (n, n_columns))
    for first in range(0, n, 50_000):
        mine = which[first : first + 50_000]
        inner = spread[mine, None] * rng.standard_normal((len(mine), hidden), dtype=np.float32)
        noise = 0.3 * rng.standard_normal((len(mine), n_columns), dtype=np.float32)
        values[first : first + 50_000] = (centres[mine] + inner) @ mix + noise
    values.flush()
    del values
    return np.load(path, mmap_mode="r")


def weights_of(aspects: tuple[float, ...], n_columns: int) -> np.ndarray:
    edges = [0, *(round(share * n_columns) for share in SHARES)]
    parts = [
        np.full(b - a, weight / (b - a)) for a, b, weight in zip(edges, edges[1:], aspects, strict=False)
    ]
    weights = np.concatenate(parts)
    return (weights / weights.sum()).astype(np.float32)


def exact(values: np.ndarray, query: np.ndarray, weights: np.ndarray) -> set[int]:
    sums = np.empty(len(values))
    for first in range(0, len(values), 50_000):
        block = values[first : first + 50_000] - query
        sums[first : first + len(block)] = np.abs(block) @ weights
    return set(np.argpartition(sums, K)[:K].tolist())


def memory(kind: str) -> float:
    """MiB of this process: `RssAnon` is its own, `RssFile` what it has mapped and may be taken back."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(kind):
            return int(line.split()[1]) / 1024
    return float("nan")


def timed(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds on the clock, and of processors."""
    wall, cpu = time.perf_counter(), time.process_time()
    work()
    return (time.perf_counter() - wall) * 1e3, (time.process_time() - cpu) * 1e3


def search(values: np.ndarray, folder: Path, with_usearch: bool) -> None:
    n, n_columns = values.shape
    began = time.perf_counter()
    table = Table.of(values)
    built = time.perf_counter() - began
    Cache(folder, most_bytes=1 << 36).keep("table", table.arrays, {})
    kept = time.perf_counter() - began - built
    del table
    found = Cache(folder).load("table")
    assert found is not None
    table = Table(found[0])
    codes = found[0]["codes"].nbytes / 2**20
    print(
        f"{n:,} summaries of {n_columns} columns: table made in {built:.1f} s, written in {kept:.1f} s; codes {codes:.0f} MiB"
    )
    graph = _usearch(table.values) if with_usearch else None
    rng = np.random.default_rng(1)
    # Sounds that are not in the library: between two that are of one group, and some of the library's own.
    rows = rng.choice(n, QUERIES, replace=False)
    queries = table.values[rows] + 0.1 * rng.standard_normal((QUERIES, n_columns), dtype=np.float32)
    table.nearest(queries[0], weights_of((1, 1, 1, 1), n_columns), K)
    print(f"{'weights':>24} {'ms':>7} {'worst':>7} {'CPU ms':>7} {'recall at 10':>13}" + ("   usearch, 100 and 1,000 candidates" if graph else ""))  # fmt: skip
    for name, aspects in WEIGHTS.items():
        weights = weights_of(aspects, n_columns)
        times = np.array([timed(lambda q=q, w=weights: table.nearest(q, w, K)) for q in queries])
        recalls, others = [], []
        for query in queries[:10]:
            true = exact(table.values, query, weights)
            recalls.append(len({*table.nearest(query, weights, K)[0].tolist()} & true) / K)
            if graph is not None:
                others.append([_recall(graph, table.values, query, weights, true, c) for c in (100, 1000)])
        line = f"{name:>24} {np.median(times[:, 0]):7.1f} {times[:, 0].max():7.1f} {np.median(times[:, 1]):7.1f} {np.mean(recalls):13.3f}"
        print(
            line + ("   " + "  ".join(f"{r:.3f}" for r in np.mean(others, axis=0)) if others else ""),
            flush=True,
        )
    print(f"memory: own {memory('RssAnon'):.0f} MiB, mapped {memory('RssFile'):.0f} MiB")


def _usearch(values: np.ndarray) -> object:
    from usearch.index import Index

    graph = Index(ndim=values.shape[1], metric="l2sq", dtype="f16", connectivity=16, expansion_add=64)
    began, cpu = time.perf_counter(), time.process_time()
    for first in range(0, len(values), 50_000):
        graph.add(
            np.arange(first, min(len(values), first + 50_000)),
            np.array(values[first : first + 50_000]),
            threads=2,
        )
    print(f"usearch: built in {time.perf_counter() - began:.0f} s ({time.process_time() - cpu:.0f} s of CPU)")
    return graph


def _recall(
    graph: object, values: np.ndarray, query: np.ndarray, weights: np.ndarray, true: set[int], n: int
) -> float:
    graph.expansion_search = n
    rows = graph.search(query, n).keys.astype(np.int64)
    turn = np.argsort(np.abs(values[rows] - query) @ weights)[:K]
    return len({*rows[turn].tolist()} & true) / K


def laid_out(values: np.ndarray) -> None:
    for kind in ("pca", "tsne", "umap"):
        choice = REDUCTION.bind({"kind": kind, "dimensions": 2})
        wall, cpu = timed(lambda choice=choice: lay_out(values, choice))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"map of {len(values):,} by {kind}: {wall / 1e3:.0f} s ({cpu / 1e3:.0f} s of CPU); own memory {memory('RssAnon'):.0f} MiB, peak with what is mapped {peak:.0f} MiB", flush=True)  # fmt: skip


def gridded() -> None:
    rng = np.random.default_rng(0)
    for n in (1000, 5000, 100_000):
        centres = 3 * rng.standard_normal((20, 2))
        points = (centres[rng.integers(0, 20, n)] + 0.5 * rng.standard_normal((n, 2))).astype(np.float32)
        wall, cpu = timed(lambda points=points: on_grid(points))
        print(f"grid of {n:,}: {wall / 1e3:.1f} s ({cpu / 1e3:.1f} s of CPU), {_kept(points):.2f} of 8 neighbours kept", flush=True)  # fmt: skip


def _kept(points: np.ndarray) -> float:
    from scipy.spatial import KDTree

    grid = on_grid(points)
    cells = np.column_stack([grid.columns, grid.rows])
    some = np.random.default_rng(0).choice(len(points), 500)
    near, found = (KDTree(of).query(of[some], 9)[1][:, 1:] for of in (points, cells))
    return float(np.mean([len({*a} & {*b}) / 8 for a, b in zip(near.tolist(), found.tolist(), strict=True)]))


def main() -> None:
    arguments = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    arguments.add_argument("--n", type=int, default=1_000_000)
    arguments.add_argument("--columns", type=int, default=100)
    for name in ("usearch", "map", "grid"):
        arguments.add_argument(f"--{name}", action="store_true")
    given = arguments.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        values = summaries(given.n, given.columns, Path(folder) / "summaries.npy")
        search(values, Path(folder) / "kept", given.usearch)
        if given.grid:
            gridded()
        if given.map:
            laid_out(values)


if __name__ == "__main__":
    main()
