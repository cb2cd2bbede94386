"""What a library consists of, in numbers: what `granulate library show` tells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from granulate.library.index import Library
from granulate.library.records import BROKEN, OK, UNKNOWN, HeldSet, Record

_BINS_S = (0, 0.1, 1, 10, 60, 600, 3600)


@dataclass(frozen=True, slots=True)
class Overview:
    """A library in numbers. Tables are from the most frequent on, and count files.

    `durations`: how many sounds last at least so many seconds and less than the next number.
    """

    counts: dict[str, int]
    duplicates: int
    """Files whose bytes another file has, beyond the first of each."""
    n_bytes: int
    """Of the sounds together."""
    seconds: float
    """Of the sounds together."""
    shortest: float
    median: float
    longest: float
    durations: dict[float, int]
    formats: dict[str, int]
    sample_rates: dict[int, int]
    channels: dict[int, int]
    replaced: int
    """Sounds with samples that are NaN or infinite."""
    truncated: int
    """Sounds that hold less than their header declares."""
    excerpts: int
    """Sounds so long that only stretches of them were measured."""
    above_full_scale: int
    sets: tuple[HeldSet, ...]
    labels: dict[str, dict[str, Any]]
    """Of each source of labels: how many `files` it has labelled, and what made them, where that is known."""


def overview(library: Library) -> Overview:
    """Count what an index knows of its library."""
    files = library.files(OK)
    numbers, durations = files.numbers, files.durations
    edges = np.searchsorted(np.sort(durations), [*_BINS_S, np.inf])
    origins = library.label_origins()
    kinds = [f"{a} {b}" for a, b in zip(files.formats, files.subtypes, strict=True)]
    return Overview(
        counts=library.counts(),
        duplicates=len(files) - len(np.unique(numbers["content"])),
        n_bytes=int(numbers["size"].sum()),
        seconds=float(durations.sum()),
        shortest=float(durations.min(initial=np.inf)) if len(files) else 0.0,
        median=float(np.median(durations)) if len(files) else 0.0,
        longest=float(durations.max(initial=0.0)),
        durations=dict(zip(_BINS_S, np.diff(edges).tolist(), strict=True)),
        formats=_counted(np.array(kinds, object)),
        sample_rates=_counted(numbers["sample_rate"]),
        channels=_counted(numbers["n_channels"]),
        replaced=int((numbers["replaced"] > 0).sum()),
        truncated=int((numbers["lacking"] > 0).sum()),
        excerpts=int((numbers["n_measured"] < numbers["n_samples"]).sum()),
        above_full_scale=int((numbers["peak"] > 1).sum()),
        sets=library.sets(),
        labels={
            source: {"files": n, **origins.get(source, {})} for source, n in library.label_counts().items()
        },
    )


def problems(library: Library) -> list[Record]:
    """The files that are broken, then those that are no sound."""
    return [*library.files(BROKEN), *library.files(UNKNOWN)]


def _counted(values: np.ndarray) -> dict:  # type: ignore[type-arg]  # of text or numbers
    found, counts = np.unique(values, return_counts=True)
    order = np.argsort(-counts, kind="stable")
    return dict(zip(found[order].tolist(), counts[order].tolist(), strict=True))
