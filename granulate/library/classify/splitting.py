"""Splitting by file: what was learned from is never what is judged by, whatever the file is called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError

Longs = NDArray[np.int64]

LEAST = 4
"""The fewest different sounds of a kind that can be learned: two, one to validate and one to test by."""


class Split(NamedTuple):
    """The files (their places) to train, validate and test by; ascending, none in two of them."""

    train: Longs
    validation: Longs
    test: Longs


def learnable(kinds: Sequence[str], contents: Longs, least: int = LEAST) -> tuple[list[str], dict[str, int]]:
    """The kinds with enough different sounds, and how many those have that have too few.

    Raises ParameterError for `least` below 4, and where fewer than two kinds are left.
    """
    if least < LEAST:
        raise ParameterError(f"least = {least}; allowed: {LEAST} and above")
    pairs = sorted(set(zip(kinds, contents.tolist(), strict=True)))
    counts: dict[str, int] = {}
    for kind, _ in pairs:
        counts[kind] = counts.get(kind, 0) + 1
    few = {kind: n for kind, n in counts.items() if n < least}
    kept = [kind for kind in counts if kind not in few]
    if len(kept) < 2:
        raise ParameterError(
            f"{len(kept)} of {len(counts)} kinds have {least} different sounds or more; allowed: at least 2 such kinds"
        )
    return kept, few


def split(
    kinds: Sequence[str], contents: Longs, *, validation: float = 0.2, test: float = 0.2, seed: int = 0
) -> Split:
    """Split files by content, each kind in the same shares; of each kind at least one to validate and one to test.

    Files of the same bytes stay together, with the kind of the first of them. `validation` and `test` are
    shares. Raises ParameterError for shares that leave less than a tenth to train by.
    """
    if min(validation, test) <= 0 or validation + test > 0.9:
        raise ParameterError(
            f"shares of {validation:g} to validate and {test:g} to test; allowed: above 0, together up to 0.9"
        )
    rng = np.random.default_rng(seed)
    firsts = {content: kind for kind, content in reversed(list(zip(kinds, contents.tolist(), strict=True)))}
    parts: list[list[int]] = [[], [], []]
    for kind in sorted(set(firsts.values())):
        mine = np.array(sorted(content for content, of in firsts.items() if of == kind))
        mine = mine[rng.permutation(len(mine))]
        n_test = min(max(1, round(test * len(mine))), max(1, len(mine) - 3))
        n_validation = min(max(1, round(validation * len(mine))), max(1, len(mine) - n_test - 2))
        cuts = np.split(mine, [n_test, n_test + n_validation])
        for part, cut in zip((parts[2], parts[1], parts[0]), cuts, strict=True):
            part += cut.tolist()
    train, held, tested = (np.flatnonzero(np.isin(contents, part)) for part in parts)
    return Split(train, held, tested)


def folds(kinds: Sequence[str], contents: Longs, n: int, seed: int) -> list[tuple[Longs, Longs]]:
    """Folds for a search: places to learn from and places to judge by, kinds spread evenly, contents together."""
    parts = np.zeros(len(kinds), np.int64)
    rng = np.random.default_rng(seed)
    # Each kind goes on where the one before ended, so that small kinds do not all fall to the first folds.
    at = 0
    seen: dict[int, int] = {}
    for kind in sorted(set(kinds)):
        mine = [place for place, of in enumerate(kinds) if of == kind]
        for content in rng.permutation(sorted({int(contents[place]) for place in mine})).tolist():
            if content not in seen:
                seen[content] = at % n
                at += 1
    parts[:] = [seen[content] for content in contents.tolist()]
    every = [(np.flatnonzero(parts != fold), np.flatnonzero(parts == fold)) for fold in range(n)]
    return [(known, judged) for known, judged in every if len(known) and len(judged)]
