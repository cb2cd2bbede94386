"""A step of every walk, from ten thousand grains to a million: it should cost the same.

    python -m benchmarks.walks [--rounds 5]

Random points in two dimensions, and descriptors of 20 columns for a walk among descriptors. Beside it
one query of a k-d tree for eight neighbours, the part that a step cannot do without.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from scipy.spatial import cKDTree

import granulate as gr
from benchmarks.timing import machine, show
from granulate.paths import Walk
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.types import Descriptors, Embedding, Framing, Grains

SIZES = (10_000, 100_000, 1_000_000)
STEPS = 400
HOP = 64


def corpus(n: int) -> gr.Corpus:
    rng = np.random.default_rng(0)
    values = rng.standard_normal((n, 20), np.float32)
    points = np.cumsum(rng.standard_normal((n, 2), np.float32), axis=0)
    sound = gr.Sound(rng.standard_normal(n * HOP, np.float32), 48_000)
    grains = Grains(np.zeros(n), np.arange(n) * HOP - 128, np.full(n, 256))
    columns = Descriptors(values, tuple(f"mfcc_{i}" for i in range(20)), ("",) * 20)
    return gr.Corpus((sound,), Framing(256, 256, HOP), grains, columns, Embedding(points, "pca"))


def step_us(made: gr.Corpus, kind: str, rounds: int, **parameters: object) -> float:
    """Median microseconds of one step, its event included; the tree is built before."""
    preset = Preset.of({"reduction": {"kind": "pca"}, "path": {"kind": kind, **parameters}})
    found = []
    for _ in range(rounds):
        walk = Walk(made, preset)
        walk.next()
        begun = time.perf_counter()
        for _ in range(STEPS):
            walk.next()
        found.append((time.perf_counter() - begun) / STEPS * 1e6)
    return float(np.median(found))


def query_us(made: gr.Corpus, rounds: int) -> float:
    assert made.embedding is not None
    tree, points = cKDTree(made.embedding.points), made.embedding.points
    found = []
    for _ in range(rounds):
        begun = time.perf_counter()
        for i in range(STEPS):
            tree.query(points[i * 7], 8)
        found.append((time.perf_counter() - begun) / STEPS * 1e6)
    return float(np.median(found))


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--rounds", type=int, default=5)
    rounds = options.parse_args().rounds
    print(machine())
    corpora = [corpus(n) for n in SIZES]
    kinds = [kind for kind, stage in PATH.stages.items() if stage.traits.get("walk")]
    rows: list[list[object]] = [["k-d tree, 8 neighbours", *(query_us(made, rounds) for made in corpora)]]
    rows += [[kind, *(step_us(made, kind, rounds) for made in corpora)] for kind in kinds]
    rows.append(
        ["walk among descriptors", *(step_us(made, "walk", rounds, space="descriptors") for made in corpora)]
    )
    for row in rows:
        row.append(float(str(row[-1])) / float(str(row[1])))
    show(
        "Microseconds for one step",
        ["", *(f"{n:,} grains" for n in SIZES), "a million / ten thousand"],
        rows,
    )


if __name__ == "__main__":
    main()
