"""How well measures tell kinds of sounds apart: neighbours of the same kind, and cross-validated accuracy.

    python -m benchmarks.library_quality FOLDER [--seeds 3]

FOLDER holds sounds whose kind is the name's prefix, up to the first "_"; kinds of fewer than four are left out. Each
row is a choice of columns. The share of same-kind sounds among the five nearest leaves each sound out of its own
neighbours; `learned` distances are learned in five folds, each sound's from the other folds alone. Accuracy is that
of five stratified folds (extra trees), the mean over seeds. Baselines on 190 sounds of 15 kinds (Sonic Pi's
samples), by librosa: MFCC means 0.309 and 0.514, 33 scalars of envelope and spectrum 0.524 and 0.695.
"""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from benchmarks.timing import show
from granulate import read
from granulate.library.measures import DEFAULT, MEASURES, columns, measure, scaled, weights
from granulate.library.measures.likeness import for_kinds

_NEAREST = 5


def share(points: NDArray[np.float32], kinds: NDArray[np.str_], norm: int) -> float:
    """Of the five nearest sounds, leaving out each one itself, those of its kind."""
    return float(np.mean(same(points, points, kinds, kinds, norm, np.arange(len(kinds)))))


def same(
    points: NDArray[np.float32],
    others: NDArray[np.float32],
    kinds: NDArray[np.str_],
    theirs: NDArray[np.str_],
    norm: int,
    itself: NDArray[np.int64],
) -> NDArray[np.float64]:
    away = np.linalg.norm(points[:, None] - others, ord=norm, axis=2)
    away[np.arange(len(points)), itself] = np.inf
    nearest = np.argsort(away, axis=1, kind="stable")[:, :_NEAREST]
    return np.mean(theirs[nearest] == kinds[:, None], axis=1)


def learned(values: NDArray[np.float32], kinds: NDArray[np.str_], seed: int) -> float:
    from sklearn.model_selection import StratifiedKFold

    found = np.zeros(len(kinds))
    for known, held in StratifiedKFold(5, shuffle=True, random_state=seed).split(values, kinds):
        points = for_kinds(values[known], list(kinds[known])).points(values)
        found[held] = same(points[held], points, kinds[held], kinds, 2, held)
    return float(found.mean())


def accuracy(values: NDArray[np.float32], kinds: NDArray[np.str_], seed: int) -> float:
    from sklearn.ensemble import ExtraTreesClassifier
    from sklearn.model_selection import StratifiedKFold, cross_val_predict

    forest = ExtraTreesClassifier(300, max_features=0.15, random_state=seed)
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    return float((cross_val_predict(forest, values, kinds, cv=folds) == kinds).mean())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    given = parser.parse_args()
    paths = sorted(path for path in given.folder.iterdir() if path.is_file())
    prefix = {path: path.name.split("_")[0] for path in paths}
    often = Counter(prefix.values())
    paths = [path for path in paths if often[prefix[path]] >= 4]
    kinds = np.array([prefix[path] for path in paths])
    every = tuple(MEASURES.bind({"kind": kind}) for kind in MEASURES.stages if kind != "rhythm")
    named = columns(every)
    values = np.array([measure(read(path), every).summary for path in paths])
    default = {choice.kind for choice in DEFAULT}

    def taken(keep: NDArray[np.bool_]) -> NDArray[np.float32]:
        return values[:, keep]

    sets = {
        "MFCC means": np.array(
            [c.set == "timbre" and c.name.endswith("_mean") and c.name.count("_") == 2 for c in named]
        ),
        "short-term (pyAudioAnalysis)": np.array([c.set == "short_term" for c in named]),
        "loudness in blocks": np.array([c.set == "loudness" for c in named]),
        "default sets": np.array([c.set in default for c in named]),
        "all sets": np.ones(len(named), bool),
    }
    rows: list[tuple[object, ...]] = []
    for name, keep in sets.items():
        some = taken(keep)
        rows.append((
            name, int(keep.sum()), share(scaled(some), kinds, 2), share(scaled(some), kinds, 1),
            float(np.mean([learned(some, kinds, seed) for seed in range(given.seeds)])),
            float(np.mean([accuracy(some, kinds, seed) for seed in range(given.seeds)])),
        ))  # fmt: skip
    weighed = weights(named)
    rows.append(
        ("aspects, weighed", int((weighed > 0).sum()), "", share(scaled(values) * weighed, kinds, 1), "", "")
    )
    show(
        f"{len(kinds)} sounds of {len(set(kinds))} kinds",
        ("columns", "how many", "nearest, Euclidean", "nearest, Manhattan", "nearest, learned", "accuracy"),
        rows,
    )


if __name__ == "__main__":
    main()
