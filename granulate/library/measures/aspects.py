"""Aspects: which columns say how alike two sounds are in timbre, pitch, loudness, envelope and width.

The columns are of the sets of `DEFAULT`. Distances are sums of absolute differences (Manhattan) of columns
that `scaled` brought to like spreads, weighted by `weights`: in every trial here that found more sounds of the
same kind than squared ones, because one column that is far off does not outvote the others.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.library.measures.registry import Column
from granulate.parameters import listed, near

_LEVELS = "(mean|deviation|p10|p50|p90)"

ASPECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "timbre": (
        ("spectral", f"(zero_crossings|centroid|spread|rolloff|flatness|entropy|crest|skewness|kurtosis)_{_LEVELS}"),
        ("timbre", r"mfcc_([1-9]|1[0-2])_(mean|p10|p50|p90)"),
    ),
    "pitch": (
        ("pitch", f"median_semitone|voiced|semitone_deviation|(aperiodicity|harmonicity)_{_LEVELS}"),
    ),
    "loudness": (("envelope", r"level|peak_level|crest|level_p10|level_p50|level_p90"),),
    "envelope": (
        ("envelope", r"log_duration|log_attack|decay_20|decay_40|temporal_centroid(_share)?|effective_duration|peak_at"),
        ("envelope", f"onset_strength_{_LEVELS}|level_derivative_deviation|onsets|onset_rate"),
        ("spectral", f"flux_{_LEVELS}|(flux|centroid|flatness)_derivative_deviation"),
    ),
    "width": (("stereo", r"width|correlation"),),
}  # fmt: skip
"""Each aspect: sets, and patterns of the names of their columns."""

BALANCE: Mapping[str, float] = {"timbre": 3.0, "pitch": 1.0, "loudness": 1.0, "envelope": 2.0, "width": 0.5}
"""How much each aspect counts where nothing is said."""

_FARTHEST = 3.0


def columns_of(aspect: str, columns: Sequence[Column]) -> NDArray[np.int64]:
    """The places (n,) of an aspect's columns among those given. Raises ParameterError for an unknown aspect."""
    if aspect not in ASPECTS:
        raise ParameterError(
            f"an unknown aspect {aspect!r}{near(aspect, ASPECTS)}; allowed: {listed(ASPECTS)}"
        )
    patterns = ASPECTS[aspect]
    found = [
        i
        for i, column in enumerate(columns)
        if any(column.set == kind and re.fullmatch(pattern, column.name) for kind, pattern in patterns)
    ]
    return np.array(found, np.int64)


def weights(columns: Sequence[Column], balance: Mapping[str, float] = BALANCE) -> NDArray[np.float32]:
    """What each column counts (n_columns,): an aspect's share of `balance`, divided among its columns.

    Columns of no aspect count nought, as does an aspect that is not named. Raises ParameterError for an unknown
    aspect, a weight below 0, and where nothing is left that counts.
    """
    found = np.zeros(len(columns), np.float32)
    for aspect, weight in balance.items():
        places = columns_of(aspect, columns)
        if not 0 <= weight < np.inf:
            raise ParameterError(f"a weight of {weight:g} for the aspect {aspect!r}; allowed: 0 and above")
        if len(places):
            found[places] = weight / len(places)
    if not found.any():
        raise ParameterError(
            f"no column of the aspects {listed(balance)} among {len(columns)} columns; allowed: those of the default sets"
        )
    return found / found.sum()


def scaled(values: NDArray[np.float32], reference: NDArray[np.float32] | None = None) -> NDArray[np.float32]:
    """Columns (n, n_columns) about their median, over their spread, cut off at 3: like numbers mean alike.

    The spread is the distance of the percentiles 10 and 90 over that of a bell's, 2.563; where these coincide
    the deviation, and where that is nought the column is. `reference` (m, n_columns): the sounds whose median
    and spread are taken, those themselves where none are given.
    """
    taken = values if reference is None else reference
    low, middle, high = np.percentile(taken, (10, 50, 90), axis=0)
    spread = (high - low) / 2.563
    spread = np.where(spread > 0, spread, taken.std(axis=0, dtype=np.float64))
    away = np.divide(values - middle, spread, out=np.zeros(values.shape), where=spread > 0)
    return np.clip(away, -_FARTHEST, _FARTHEST).astype(np.float32)
