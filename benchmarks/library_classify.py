"""How well kinds of sounds are told apart by `library classify`, cross-validated, with its search inside the folds.

    python -m benchmarks.library_classify FOLDER --index DIR [--seeds 3] [--trials 4] [--models svm,mlp,...]

FOLDER was scanned; kinds are the letters that names begin with, of fewer than four sounds left
out. Five stratified folds by content for each seed: a family's parameters are searched in folds of the other four
(`searching.search`, by accuracy), its best learned from these and judged by the fifth, so that nothing that is judged
was seen by the tuning. `mean of all` is the mean of the families' tempered probabilities, temperatures from the inner folds.
Columns are sets as a whole, chosen before: no column was picked by what it does here. Baselines on the same 190
sounds of 15 kinds, by librosa: a forest on MFCC means 0.51, on 33 scalars of envelope and spectrum 0.70, majority 0.14.
"""

from __future__ import annotations

import argparse

import numpy as np

from benchmarks.library_quality import labelled
from benchmarks.timing import show
from granulate.library import Library
from granulate.library.classify.families import FAMILIES
from granulate.library.classify.model import best_temperature, tempered
from granulate.library.classify.searching import Labelled, fitted, judged, search
from granulate.library.classify.splitting import folds
from granulate.library.measures import DEFAULT
from granulate.library.organise.mapping import quiet

SETS = {
    "MFCC means": [f"timbre.mfcc_{i}_mean" for i in range(1, 20)],
    "profile": ["profile"],
    "default sets": [choice.kind for choice in DEFAULT],
}
_INNER, _OUTER = 4, 5


def told(known: Labelled, families: list[str], seed: int, trials: int) -> dict[str, float]:
    """The accuracy of each family, and of their blend, over the outer folds of a seed."""
    classes = sorted(set(known.kinds.tolist()))
    right: dict[str, int] = dict.fromkeys([*families, "mean of all"], 0)
    for train, test in folds(known.kinds.tolist(), known.examples.contents, _OUTER, seed):
        mine, held = known.of(train), known.of(test)
        place = np.searchsorted(classes, mine.kinds)
        total = np.zeros((len(test), len(classes)))
        for family in families:
            best = search(
                family, mine, classes, trials=trials, n_folds=_INNER, seed=seed, n_jobs=1, score="accuracy", step=quiet
            )  # fmt: skip
            shares = judged(fitted(family, best.parameters, mine, seed), held.examples, classes)
            right[family] += int((np.array(classes)[shares.argmax(axis=1)] == held.kinds).sum())
            total += tempered(shares, best_temperature(best.shares, place))
        right["mean of all"] += int((np.array(classes)[total.argmax(axis=1)] == held.kinds).sum())
    return {family: n / len(known.kinds) for family, n in right.items()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder")
    parser.add_argument("--index")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--trials", type=int, default=4)
    parser.add_argument("--models", default=",".join(FAMILIES))
    parser.add_argument("--sets", default=",".join(SETS))
    given = parser.parse_args()
    families = given.models.split(",")
    rows: list[tuple[object, ...]] = []
    with Library.open(given.folder, given.index) as library:
        for name in given.sets.split(","):
            known = labelled(library, SETS[name])
            found = [told(known, families, seed, given.trials) for seed in range(given.seeds)]
            for family in found[0]:
                values = [some[family] for some in found]
                rows.append(
                    (name, len(known.examples.columns), family, float(np.mean(values)), float(np.std(values)))
                )
    show(
        f"{len(known.kinds)} sounds of {len(set(known.kinds.tolist()))} kinds, {given.seeds} seeds",
        ("columns", "how many", "model", "accuracy", "deviation"),
        rows,
    )


if __name__ == "__main__":
    main()
