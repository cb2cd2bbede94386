"""Aspects of a sound, by which similar ones are looked for: which columns, and how much each counts.

What speaks of which aspect is said by the measures (`measures.ASPECTS`). Here every set that an index
holds is an aspect as well, so that what was measured beyond the default can be searched by too.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.library.records import Column
from granulate.parameters import listed, near

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]


def aspects_of(columns: Sequence[Column]) -> dict[str, Longs]:
    """The numbers of the columns of each aspect that there are any of: the measures' own first, then the sets."""
    from granulate.library import measures

    found = {aspect: measures.columns_of(aspect, columns) for aspect in measures.ASPECTS}
    for name in dict.fromkeys(column.set for column in columns):
        # Of an aspect and a set of one name, the aspect is meant.
        if not len(found.get(name, ())):
            found[name] = np.array([at for at, column in enumerate(columns) if column.set == name], np.int64)
    return {aspect: at for aspect, at in found.items() if len(at)}


def balance_of(columns: Sequence[Column]) -> dict[str, float]:
    """How much each aspect counts where nothing is said: `measures.BALANCE`; without any of those, the sets alike."""
    from granulate.library import measures

    # A set that has an aspect's name is not that aspect.
    found = {
        aspect: weight
        for aspect, weight in measures.BALANCE.items()
        if len(measures.columns_of(aspect, columns))
    }
    return found or dict.fromkeys((column.set for column in columns), 1.0)


def weights_of(columns: Sequence[Column], balance: Mapping[str, float] | None = None) -> Floats:
    """How much a difference in each column counts (n_columns,); they sum to 1.

    `balance`: how much each aspect counts; those that are not named do not. It is the same for an
    aspect of two columns as of two hundred. None: see `balance_of`.

    Raises ParameterError for aspects of which the columns say nothing, weights that are negative or not
    finite, and for none above 0.
    """
    known = aspects_of(columns)
    weights = np.zeros(len(columns))
    for aspect, weight in (balance_of(columns) if balance is None else balance).items():
        if aspect not in known:
            raise ParameterError(
                f"aspect {aspect!r}{near(aspect, known)} is not measured in this library; allowed: {listed(known)}"
            )
        if not (np.isfinite(weight) and weight >= 0):
            raise ParameterError(f"aspect {aspect} = {weight:g}; allowed: finite numbers of at least 0")
        weights[known[aspect]] += weight / len(known[aspect])
    if not weights.sum() > 0:
        raise ParameterError("no aspect has a weight; allowed: at least one above 0")
    return (weights / weights.sum()).astype(np.float32)


def parse_aspects(texts: Sequence[str]) -> dict[str, float] | None:
    """`timbre=1`, `pitch=0.5` (or `pitch` for 1) as a table; None where there are none. Raises ParameterError."""
    found: dict[str, float] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        try:
            found[name.strip()] = float(number) if equals else 1.0
        except ValueError:
            raise ParameterError(f"--aspect {text!r} is not ASPECT=WEIGHT; allowed: as timbre=1") from None
    return found or None
