"""The search for the best parameters: draws of each family, judged in folds by the files they had not seen."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.library.classify.examples import Examples
from granulate.library.classify.families import OF_TREES, make, probabilities, space
from granulate.library.classify.model import voted
from granulate.library.classify.scores import Scores
from granulate.library.classify.splitting import folds

Step = Callable[[str, int, int], None]
Shares = NDArray[np.float64]

_FORESTS = 6
"""Of forests no more than so many are drawn, see `families.OF_TREES`."""


class Candidate(NamedTuple):
    """Parameters of a family, and the probabilities (n_files, n_classes) of files that it had not seen."""

    family: str
    parameters: dict[str, Any]
    shares: Shares
    scores: Scores


class Labelled(NamedTuple):
    """Examples with the class of each file, as a name."""

    examples: Examples
    kinds: NDArray[np.str_]

    def of(self, places: NDArray[np.int64]) -> Labelled:
        """Those of some files."""
        return Labelled(self.examples.of(places), self.kinds[places])


def fitted(family: str, parameters: dict[str, Any], known: Labelled, seed: int) -> Any:
    """A pipeline fitted to examples, on one thread: sums in another order would differ in their last digits."""
    from threadpoolctl import threadpool_limits

    values, owners = known.examples.values, known.examples.owners
    pipeline = make(family, parameters, len(values), seed)
    with warnings.catch_warnings(), threadpool_limits(1, "blas"):
        # Networks that have not converged, and columns constant within every kind, show in the scores.
        warnings.simplefilter("ignore")
        return pipeline.fit(values, known.kinds[owners])


def judged(pipeline: Any, examples: Examples, classes: list[str]) -> Shares:
    """The probability (n_files, n_classes) of each class of files, by the mean of their rows."""
    from threadpoolctl import threadpool_limits

    with threadpool_limits(1, "blas"):
        rows = probabilities(pipeline, examples.values, classes)
    return voted(rows, examples.owners, len(examples))


def search(
    family: str, known: Labelled, classes: list[str], *, trials: int, n_folds: int, seed: int,
    n_jobs: int | None, score: str, step: Step,
) -> Candidate:  # fmt: skip
    """The best of so many draws of a family's parameters: the first with the highest score over all folds.

    Every file is judged once, by a model that learned from the other folds.
    """
    from joblib import Parallel, delayed, parallel_config
    from sklearn.model_selection import ParameterSampler

    n = min(trials, _FORESTS) if family in OF_TREES else trials
    draws = list(ParameterSampler(space(family), n, random_state=seed))
    parts = folds(known.kinds.tolist(), known.examples.contents, n_folds, seed)
    shares = np.zeros((len(draws), len(known.kinds), len(classes)))
    tasks = [(draw, part) for draw in range(len(draws)) for part in range(len(parts))]
    step(f"search {family}", 0, len(tasks))
    with parallel_config(backend="loky", n_jobs=n_jobs or -1, inner_max_num_threads=1):
        done = Parallel(return_as="generator")(
            delayed(_in_fold)(family, draws[draw], known, parts[part], classes, seed) for draw, part in tasks
        )
        for number, ((draw, part), found) in enumerate(zip(tasks, done, strict=True)):
            shares[draw, parts[part][1]] = found
            step(f"search {family}", number + 1, len(tasks))
    found = [Candidate(family, draw, some, scored(classes, known.kinds, some)) for draw, some in zip(draws, shares, strict=True)]  # fmt: skip
    return max(found, key=lambda candidate: worth(candidate.scores, score))


def scored(classes: list[str], kinds: NDArray[np.str_], shares: Shares) -> Scores:
    """How well the likeliest class of each file is the one that it has."""
    return Scores.of(classes, kinds.tolist(), [classes[at] for at in shares.argmax(axis=1).tolist()])


def worth(scores: Scores, score: str) -> float:
    """What a search goes by: "accuracy", or "balanced", the mean of the classes'."""
    return scores.accuracy if score == "accuracy" else scores.balanced


def _in_fold(
    family: str, parameters: dict[str, Any], known: Labelled,
    part: tuple[NDArray[np.int64], NDArray[np.int64]], classes: list[str], seed: int,
) -> Shares:  # fmt: skip
    pipeline = fitted(family, parameters, known.of(part[0]), seed)
    return judged(pipeline, known.examples.of(part[1]), classes)
