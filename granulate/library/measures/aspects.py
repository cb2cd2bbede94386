"""Aspects: which columns say how alike two sounds are, in ten respects.

The columns are of the sets of `DEFAULT`. Distances are sums of absolute differences (Manhattan) of columns that
`scaled` made ranks of, weighted by `weights`: every aspect counts alike, however many columns it has. Ranks found
more sounds of the same kind than deviations from the mean or the median, and sums more than squares: no column
that is far off outvotes the others. That, and which columns make an aspect, was chosen by what it did on the sounds
of `benchmarks/library_quality`, whose figure flatters for that reason; weights that were fitted to their kinds did
not hold for others of them, so none are.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.library.records import Column
from granulate.parameters import listed, near

_COLOUR = "(centroid|spread|skewness|kurtosis|flatness|crest|low_edge|middle|high_edge|flux|crossings)"
_STATISTICS = "(mean|p10|p50|p90)"

ASPECTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "timbre": (("profile", f"{_COLOUR}_(mean|deviation|energy_mean|attack|body)"),),
    "movement": (("profile", f"{_COLOUR}_trend"),),
    "bands": (("profile", "band_.*_share"),),
    "decay": (("profile", "band_.*_log_(decay|peak_at)"),),
    "envelope": (
        ("profile", "log_(duration|attack|rise|decay_.*|above_.*|centre|spread|passed_.*)"),
        ("profile", "skewness_in_time|centre_share|amplitude_centre_share"),
    ),
    "loudness": (
        ("profile", "peak|level|loud_level|crest_in_time|loud_crest|level_p10|level_p50|level_deviation"),
        ("profile", "first|last|kurtosis_in_time"),
    ),
    "rhythm": (("profile", "onset_.*|modulation_.*|log_onsets|log_onset_rate|irregularity"),),
    "pitch": (
        ("pitch", f"median_semitone|semitone_deviation|voiced|(aperiodicity|harmonicity)_{_STATISTICS}"),
    ),
    "recording": (("profile", "cut_.*|log_offset|quiet|zeros"),),
    "width": (("stereo", "width|correlation"),),
}
"""Each aspect: sets, and patterns of the names of their columns."""

BALANCE: Mapping[str, float] = dict.fromkeys(ASPECTS, 1.0)
"""How much each aspect counts where nothing is said."""


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
    """Columns (n, n_columns) as ranks from 0 to 1: the share of the sounds of `reference` that lie below.

    Those that are equal count half. `reference` (m, n_columns): the sounds among which ranks are taken, those
    themselves where none are given. A column in which they are all alike is 0.5 for what is like them.
    """
    taken = np.sort(values if reference is None else reference, axis=0)
    found = np.empty(values.shape, np.float32)
    for column in range(values.shape[1]):
        ordered, mine = taken[:, column], values[:, column]
        below, upto = np.searchsorted(ordered, mine, "left"), np.searchsorted(ordered, mine, "right")
        found[:, column] = (below + upto) / (2 * len(ordered))
    return found
