"""Measures: sets of descriptors of whole sounds, for libraries.

    measured = measure(sound, DEFAULT)
    dict(zip((column.name for column in columns(DEFAULT)), measured.summary))

Each module registers sets in `MEASURES`; `measure` runs those that are chosen, and what is measured of
frames is summed up by its mean, deviation, percentiles and derivative.
"""

from granulate.library.measures import (  # noqa: F401 - each registers its sets
    cepstrogram,
    envelope,
    loudness,
    pitch,
    profile,
    quality,
    rhythm,
    short_term,
    spectral,
    stereo,
    timbre,
)
from granulate.library.measures.aspects import ASPECTS, BALANCE, columns_of, scaled, weights
from granulate.library.measures.heard import Heard
from granulate.library.measures.measuring import columns, frame_columns, measure
from granulate.library.measures.registry import MEASURES, STATISTICS, Measured
from granulate.library.records import Column

DEFAULT = tuple(MEASURES.bind({"kind": kind}) for kind in ("profile", "timbre", "pitch", "stereo"))
"""The sets that a scan takes when none are named."""

VERSION = 4
"""Goes up whenever a set's values change, so that an index knows what to measure again."""

__all__ = [
    "ASPECTS",
    "BALANCE",
    "DEFAULT",
    "MEASURES",
    "STATISTICS",
    "VERSION",
    "Column",
    "Heard",
    "Measured",
    "columns",
    "columns_of",
    "frame_columns",
    "measure",
    "scaled",
    "weights",
]
