"""Training: files split, families searched, the best of them compared, and the winner learned anew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import Any, NamedTuple

import numpy as np

from granulate.errors import LibraryError, ParameterError
from granulate.library import Library
from granulate.library.choosing import version_of
from granulate.library.classify.examples import FILE, choices_of, gather
from granulate.library.classify.families import ALL, described, families_of
from granulate.library.classify.kinds import Kinds
from granulate.library.classify.model import Model, best_temperature
from granulate.library.classify.scores import Scores
from granulate.library.classify.searching import (
    Candidate,
    Labelled,
    Step,
    fitted,
    judged,
    scored,
    search,
    worth,
)
from granulate.library.classify.splitting import LEAST, Split, learnable, split
from granulate.library.organise.mapping import quiet
from granulate.parameters import listed, near

SCORES = ("balanced", "accuracy")
PARTS = ("train", "validation", "test")


@dataclass(frozen=True, slots=True)
class Wish:
    """How a model is to be made.

    - `columns`: see `examples.gather`; `blocks`: "file", or "half-second" blocks that vote.
    - `model`: a family, or "all"; `trials` draws of each are judged in `folds`, by `score` ("balanced": the mean
      recall of the kinds; or "accuracy").
    - `least`: kinds of fewer different sounds are left out.
    - `validation`, `test`: shares of the files of each kind.
    - `n_jobs`: processes; None: one for each core. The model does not depend on it.
    """

    columns: Sequence[str] | None = None
    blocks: str = FILE
    model: str = ALL
    trials: int = 12
    folds: int = 5
    score: str = "balanced"
    least: int = LEAST
    validation: float = 0.2
    test: float = 0.2
    seed: int = 0
    n_jobs: int | None = None

    def __post_init__(self) -> None:
        families_of(self.model)
        if self.score not in SCORES:
            raise ParameterError(
                f"score = {self.score!r}{near(self.score, SCORES)}; allowed: {listed(SCORES)}"
            )
        if self.trials < 1 or not 2 <= self.folds <= 20:
            raise ParameterError(
                f"{self.trials} trials in {self.folds} folds; allowed: 1 trial and more, 2 to 20 folds"
            )


@dataclass(frozen=True, slots=True, eq=False)
class Trained:
    """A model, and how it did: the scores of what it learned from, of files to validate and of files to test by.

    Those of `train` and `validation` are of the model that learned from the first alone, those of `test` of
    the final one, which learned from both. `split`: the ids of the files of each. `left_out`: kinds of too few sounds, and how
    many; `unmeasured`: files of a kind that have no measures, or no block.
    """

    model: Model
    scores: dict[str, Scores]
    split: dict[str, list[int]]
    left_out: dict[str, int]
    unmeasured: int
    tried: list[dict[str, Any]] = field(default_factory=list)


def train(library: Library, kinds: Kinds, wish: Wish | None = None, *, step: Step = quiet) -> Trained:
    """Learn to tell kinds of sounds apart.

    The files of each kind are split by content. Each family's parameters are searched in folds of the training
    files; its best is then learned from all of them and judged by the validation files. The family that told most
    over both, every file judged by a model that had not seen it, is learned anew from both, and tested.

    Raises ParameterError for kinds that cannot be learned and LibraryError for columns that are not there.
    """
    wish = wish or Wish()
    examples = gather(library, wish.columns, wish.blocks)
    sets = choices_of(library, examples.columns)
    if old := next((held["name"] for held in sets if held["version"] != version_of(held["name"])), None):
        raise LibraryError(
            f"{old!r} was measured by another version of granulate; allowed: after `library scan`"
        )
    kind_of = dict(zip(kinds.ids.tolist(), kinds.names, strict=True))
    mine = np.array([number in kind_of for number in examples.ids.tolist()], bool)
    unmeasured = len(kind_of) - int(mine.sum())
    examples = examples.of(mine)
    names = [kind_of[number] for number in examples.ids.tolist()]
    kept, left_out = learnable(names, examples.contents, wish.least)
    known = Labelled(examples, np.array(names, str)).of(np.flatnonzero([name in set(kept) for name in names]))
    parts = split(
        known.kinds.tolist(),
        known.examples.contents,
        validation=wish.validation,
        test=wish.test,
        seed=wish.seed,
    )
    best = choose_model(known, parts, kept, wish, step)
    step("learn anew", 0, 0)
    both = np.sort(np.concatenate([parts.train, parts.validation]))
    pipeline = fitted(best.family, best.parameters, known.of(both), wish.seed)
    shares = judged(pipeline, known.examples.of(parts.test), kept)
    scores = best.scores | {"test": scored(kept, known.kinds[parts.test], shares)}
    ids = {name: known.examples.ids[part].tolist() for name, part in zip(PARTS, parts, strict=True)}
    card = {
        "classes": kept,
        "columns": list(known.examples.columns),
        "sets": sets,
        "blocks": wish.blocks,
        "by": kinds.by,
        "model": best.family,
        "parameters": described(best.family, best.parameters),
        "temperature": best.temperature,
        "seed": wish.seed,
        "search": {"trials": wish.trials, "folds": wish.folds, "score": wish.score},
        "files": {name: len(part) for name, part in ids.items()},
        "scores": {name: found.plain() for name, found in scores.items()},
        "versions": {name: version(name) for name in ("granulate", "scikit-learn", "numpy")},
    }
    return Trained(Model(pipeline, card), scores, ids, left_out, unmeasured, best.tried)


class Chosen(NamedTuple):
    """The family and parameters that did best, their scores on train and validation, and what was tried."""

    family: str
    parameters: dict[str, Any]
    temperature: float
    scores: dict[str, Scores]
    tried: list[dict[str, Any]]


def choose_model(known: Labelled, parts: Split, classes: list[str], wish: Wish, step: Step) -> Chosen:
    """Search the parameters of each family in folds of the files to train by, and compare families by these and
    by the files to validate by; the files to test by are not looked at.
    """  # fmt: skip
    train, held = known.of(parts.train), known.of(parts.validation)
    both = np.concatenate([train.kinds, held.kinds])
    rivals: list[tuple[float, Candidate, dict[str, Scores]]] = []
    tried = []
    for family in families_of(wish.model):
        best = search(
            family, train, classes, trials=wish.trials, n_folds=wish.folds, seed=wish.seed, n_jobs=wish.n_jobs,
            score=wish.score, step=step,
        )  # fmt: skip
        pipeline = fitted(family, best.parameters, train, wish.seed)
        unseen = judged(pipeline, held.examples, classes)
        scores = {
            "train": scored(classes, train.kinds, judged(pipeline, train.examples, classes)),
            "validation": scored(classes, held.kinds, unseen),
        }
        shares = np.concatenate([best.shares, unseen])
        overall = worth(scored(classes, both, shares), wish.score)
        rivals.append((overall, best._replace(shares=shares), scores))
        tried.append({
            "model": family, "parameters": described(family, best.parameters),
            "folds": worth(best.scores, wish.score), "validation": worth(scores["validation"], wish.score),
            "overall": overall,
        })  # fmt: skip
    _, winner, scores = max(rivals, key=lambda rival: rival[0])
    place = {name: at for at, name in enumerate(classes)}
    temperature = best_temperature(winner.shares, np.array([place[kind] for kind in both.tolist()]))
    return Chosen(winner.family, winner.parameters, temperature, scores, tried)
