"""Many sounds: what handing them to children costs, what broken ones do, and how fast a whole folder goes.

    python -m benchmarks.batch [--folder FOLDER] [--mutants 1000]

Goals: 0.15 ms of CPU for an item, in both processes; no mutated file beyond its deadline, each told of once; a
second run of a batch at least 50 times the first.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections import Counter
from pathlib import Path

import numpy as np
import soundfile as sf

from benchmarks.timing import machine, show, verdict
from granulate import batch, sound_file
from granulate.jobs import each
from granulate.kernels.threads import n_threads
from granulate.preset import load
from tests.hostile import mutants

DEADLINE_S = 20.0
N_ITEMS = 20_000
PRESETS = {"shuffle": ("reduction.kind=none", "path.kind=shuffle"), "unfold": ()}


def same(number: int) -> int:
    return number


def read(path: str) -> int:
    return sound_file.read(path).n_samples


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, help="sounds for the batch; 500 short ones are made otherwise")
    parser.add_argument("--mutants", type=int, default=1000)
    parser.add_argument("--presets", nargs="*", default=list(PRESETS))
    given = parser.parse_args()
    print(machine())
    show("Handing over", ["children", "CPU, ms an item", "wall, ms an item", "goal, ms", ""], overheads())
    show(
        "Mutated files",
        ["files", "read", "refused", "died or late", "longest, s", ""],
        [hostile(given.mutants)],
    )
    with tempfile.TemporaryDirectory() as name:
        folder = given.folder or made(Path(name) / "in")
        rows = [folder_row(folder, Path(name) / f"out-{preset}", preset) for preset in given.presets]
    header = ["preset", "files", "made", "failed", "files/s", "again, files/s", "ratio", ""]
    show("A folder", header, rows)


def overheads() -> list[list[object]]:
    rows: list[list[object]] = []
    for jobs in sorted({1, n_threads()}):
        list(each(same, range(2 * jobs), n_jobs=jobs))  # joblib's workers stay
        cpu, wall = _cpu(), time.perf_counter()
        done = sum(1 for _ in each(same, iter(range(N_ITEMS)), n_jobs=jobs, deadline=DEADLINE_S))
        assert done == N_ITEMS
        wall = (time.perf_counter() - wall) / N_ITEMS * 1e3
        spent = (_cpu() - cpu) / N_ITEMS * 1e3
        # loky's workers live on, so that their time is not known here.
        rows.append(
            [jobs, spent if jobs == 1 else "", wall, 0.15, verdict(spent < 0.15) if jobs == 1 else ""]
        )
    return rows


def hostile(n: int) -> list[object]:
    with tempfile.TemporaryDirectory() as name:
        paths = []
        for file, data in mutants(n, seed=5):
            paths.append(f"{name}/{file}")
            Path(paths[-1]).write_bytes(data)
        found = list(each(read, paths, deadline=DEADLINE_S, memory=2**30))
    assert sorted(outcome.index for outcome in found) == list(range(n))
    longest = max(outcome.seconds for outcome in found)
    kinds = Counter(
        "read"
        if outcome.reason is None
        else "died"
        if outcome.reason.startswith(("its process", "took longer"))
        else "refused"
        for outcome in found
    )
    right = longest < DEADLINE_S + 1
    return [n, kinds["read"], kinds["refused"], kinds["died"], longest, verdict(right)]


def folder_row(folder: Path, out: Path, preset: str) -> list[object]:
    chosen = load("unfold").set(*PRESETS.get(preset, ())) if preset in PRESETS else load(preset)
    first = batch.render_folder(folder, chosen, out, deadline=600.0)
    again = batch.render_folder(folder, chosen, out, deadline=600.0)
    n, counts = len(first.entries), first.counts
    ratio = first.seconds / again.seconds
    return [preset, n, counts.get("made", 0), counts.get("failed", 0), n / first.seconds, n / again.seconds, ratio,
            verdict(ratio > 50)]  # fmt: skip


def made(folder: Path) -> Path:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(500):
        sf.write(folder / f"{number:03}.wav", rng.uniform(-0.5, 0.5, int(rng.integers(600, 20_000))), 44_100)
    return folder


def _cpu() -> float:
    """Seconds of this process and of all that it has waited for."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


if __name__ == "__main__":
    main()
