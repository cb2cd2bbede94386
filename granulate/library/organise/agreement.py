"""How far two groupings of the same sounds agree."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """`counts` int64 (n_known, n_found): how many sounds of each known group are in each found one.

    `adjusted_rand`: 1 where both groupings are the same, about 0 where one says nothing of the other
    (Hubert & Arabie 1985). `mutual_information`: what knowing one tells of the other, of what there is to tell, 0
    to 1 (normalised by the mean of both entropies, Strehl & Ghosh 2002); more and smaller groups raise it.
    """

    known: tuple[str, ...]
    found: tuple[str, ...]
    counts: NDArray[np.int64]
    adjusted_rand: float
    mutual_information: float


def agreement(known: Sequence[str], found: Sequence[str]) -> Agreement:
    """Compare a known grouping with one that was found, a name for each sound in both.

    Raises ParameterError for groupings of different lengths, and of nothing.
    """
    if len(known) != len(found) or not len(known):
        raise ParameterError(
            f"groupings of {len(known)} and {len(found)} sounds; allowed: of the same, at least 1"
        )
    from sklearn.metrics import adjusted_rand_score, normalized_mutual_info_score
    from sklearn.metrics.cluster import contingency_matrix

    rows, columns = sorted(set(known)), list(dict.fromkeys(sorted(found, key=_in_order)))
    row_of = {name: number for number, name in enumerate(rows)}
    column_of = {name: number for number, name in enumerate(columns)}
    a, b = [row_of[name] for name in known], [column_of[name] for name in found]
    counts = np.asarray(contingency_matrix(a, b), np.int64)
    rand, mutual = float(adjusted_rand_score(a, b)), float(normalized_mutual_info_score(a, b))
    return Agreement(tuple(rows), tuple(columns), counts, rand, mutual)


def _in_order(name: str) -> tuple[int, int, str]:
    """ "10" after "9", and words after numbers."""
    return (0, int(name), "") if name.isdecimal() else (1, 0, name)
