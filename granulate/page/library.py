"""A library as a map: a point for each sound that was measured, and what the index knows of it as columns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.corpus import Step, quiet
from granulate.errors import ParameterError
from granulate.library import Files, Library
from granulate.library.organise.grouping import GROUPINGS
from granulate.library.organise.layout import lay_out
from granulate.library.organise.places import kept_places
from granulate.page.excerpts import BUDGET, SECONDS, gain_of, packed_beginnings
from granulate.page.pack import Column, Map, PackedSound, file_sha256
from granulate.stages.reducers import REDUCTION
from granulate.types import Choice

HAND = "hand"
"""The source of labels that were given by hand on a map; there, their column is called `LABEL`."""
PREDICTED = "predicted"
"""The source of labels that a model gave which learned from those."""
LABEL = "label"
NO_GROUP = 2**16 - 1
"""What stands in a column of categories for a sound that has none."""

HASHED = 8 * 2**30
"""Bytes of files that are read whole, so that a score may name them."""

_LAID_OUT = 3000
"""Sounds that t-SNE lays out; the rest are placed among them."""
_MOST_GROUPS = 1000
_MOST_OF_A_SET = 8
_N_MFCC = 12
_MOST_FOR_MFCC = 200_000

_SHOWN = {
    "profile": {
        "centroid_energy_mean": "centroid", "spread_energy_mean": "spread", "flatness_energy_mean": "flatness",
        "flux_energy_mean": "flux", "level": "level", "loud_crest": "crest", "log_attack": "attack",
        "log_decay_20": "decay", "centre_share": "temporal centroid",
    },
    "pitch": {"median_pitch": "pitch", "voiced": "voiced"},
    "stereo": {"width": "width"},
    "spectral": {"centroid_p50": "centroid", "spread_p50": "spread", "flatness_p50": "flatness", "flux_mean": "flux"},
    "envelope": {
        "level": "level", "crest": "crest", "log_attack": "attack", "decay_20": "decay",
        "temporal_centroid_share": "temporal centroid",
    },
}  # fmt: skip
"""Columns of the sets that a scan takes by itself, and what the map calls them. Of other sets, the first ones."""


@dataclass(frozen=True, eq=False)
class LibraryMap:
    """A map and, for each of its points, the file's id int64 (n,) and its path within the library."""

    map: Map
    ids: NDArray[np.int64]
    paths: tuple[str, ...]


def of_library(
    library: Library,
    *,
    title: str = "",
    embedded: bool = True,
    seconds: float = SECONDS,
    budget: int = BUDGET,
    seed: int = 0,
    reduction: Choice | None = None,
    step: Step = quiet,
) -> LibraryMap:
    """The map of a scanned library: laid out as its index has it, or by t-SNE where that is not of these sounds.

    `reduction` lays it out anew.

    `embedded`: the first `seconds` of each sound lie in the map, `budget` bytes of all together; otherwise
    they are fetched from /library/sound/N when they are wanted.

    Raises ParameterError for a library without measured sounds.
    """
    step("read the index", 0, 0)
    found = library.summaries()
    if not len(found) or not found.columns:
        raise ParameterError("no sound of the library has been measured; allowed: after `library scan`")
    files = _of_ids(library.files(), found.ids)
    points, made_by = _points(library, found.ids, found.values, seed, reduction, step)
    rate = _usual(files.numbers["sample_rate"])
    if embedded:
        places = [library.path(path) for path in files.paths]
        packed = packed_beginnings(places, files.paths, seconds=seconds, budget=budget, step=step)
        sounds = tuple(_of_files(packed, files, places))
        lengths = np.array(
            [s.samples / s.rate if s.flac else f for s, f in zip(sounds, files.durations, strict=True)]
        )
    else:
        sounds, lengths = _fetched(files), files.durations
    laid = Map(
        title=title or library.folder.resolve().name or "library",
        of="sounds",
        sample_rate=rate,
        points=points,
        sound=np.arange(len(files)),
        onset=np.zeros(len(files)),
        length=np.clip(np.rint(lengths * rate), 1, 2**32 - 1),
        columns=(*_facts(files), *_measures(library), *_labels(library, files.ids)),
        sounds=sounds,
        extra={"method": made_by, "seed": seed, "library": True},
    )
    return LibraryMap(laid, np.array(files.ids), files.paths)


def labels_column(
    name: str, ids: NDArray[np.int64], known: NDArray[np.int64], labels: tuple[str, ...]
) -> Column:
    """Labels of some files, as a column for the points of these ids (n,); `NO_GROUP` where a file has none."""
    groups = sorted(set(labels))[:NO_GROUP]
    number = {group: at for at, group in enumerate(groups)}
    label_of = {file: number.get(label, NO_GROUP) for file, label in zip(known.tolist(), labels, strict=True)}
    values = np.array([label_of.get(file, NO_GROUP) for file in ids.tolist()], np.int64)
    return Column(name, "", values, tuple(groups))


def _of_ids(files: Files, ids: NDArray[np.int64]) -> Files:
    """The files of these ids, ascending."""
    at = np.searchsorted(files.ids, ids)
    if len(at) and (at.max() >= len(files) or (files.ids[at] != ids).any()):
        raise ParameterError("the library changed while it was read; allowed: once its scan has ended")
    rows = at.tolist()
    texts = (files.paths, files.statuses, files.reasons, files.formats, files.subtypes)
    return Files(files.numbers[at], *(tuple(column[row] for row in rows) for column in texts))


def _points(
    library: Library,
    ids: NDArray[np.int64],
    values: NDArray[np.float32],
    seed: int,
    reduction: Choice | None,
    step: Step,
) -> tuple[NDArray[np.float32], str]:
    places = kept_places(library) if reduction is None else None
    if places is not None and np.array_equal(places.ids, ids) and places.points.shape[1] in (2, 3):
        return places.points, str(places.made_by.get("reduction", ""))
    step("lay out", 0, 0)
    usual = REDUCTION.bind({"kind": "tsne" if len(ids) > 3 else "pca", "dimensions": 2})
    choice = reduction or usual
    if len(ids) == 1:
        return np.zeros((1, 2), np.float32), choice.kind
    from threadpoolctl import threadpool_limits

    # So few points take longer in several threads than in one, where others are at work too.
    with threadpool_limits(1):
        return lay_out(values, choice, seed, _LAID_OUT), choice.kind


def _usual(rates: NDArray[Any]) -> int:
    """The rate that most sounds have; of several, the highest."""
    known, counts = np.unique(rates, return_counts=True)
    return int(known[counts == counts.max()][-1])


def _fetched(files: Files) -> tuple[PackedSound, ...]:
    numbers = files.numbers
    return tuple(
        PackedSound(
            path,
            int(number["n_channels"]),
            int(number["n_samples"]),
            int(number["sample_rate"]),
            url=f"/library/sound/{at}",
            gain=gain_of(float(number["peak"])),
        )
        for at, (path, number) in enumerate(zip(files.paths, numbers, strict=True))
    )


def _of_files(sounds: Iterable[PackedSound], files: Files, places: Sequence[Path]) -> Iterator[PackedSound]:
    """Sounds with what a score has to say of their files, as long as those are not too large to be read whole."""
    left = HASHED
    for sound, number, path in zip(sounds, files.numbers, places, strict=True):
        left -= int(number["size"])
        facts = (int(number["n_channels"]), int(number["n_samples"]), int(number["sample_rate"]))
        yield replace(sound, sha256=file_sha256(path) if left >= 0 else "", file=facts)


def _facts(files: Files) -> list[Column]:
    """What is known of a file without having listened to it."""
    found = [
        Column("duration", "s", files.durations),
        Column("sound", "", np.arange(len(files)), files.paths),
    ]
    for name, group in GROUPINGS.items():
        groups = tuple(group(path) for path in files.paths)
        if 1 < len(set(groups)) <= _MOST_GROUPS:
            found.append(labels_column(name, files.ids, files.ids, groups))
    if len(set(files.formats)) > 1:
        found.append(labels_column("format", files.ids, files.ids, files.formats))
    for name, unit in (("n_channels", ""), ("sample_rate", "Hz")):
        if len(np.unique(files.numbers[name])) > 1:
            found.append(Column(name.removeprefix("n_").replace("_", " "), unit, files.numbers[name]))
    return found


def _measures(library: Library) -> list[Column]:
    wanted = _wanted(library)
    if not wanted:
        return []
    # The columns come in the index's order, whatever that of the names.
    found = library.summaries(list(wanted))
    columns = []
    for at, column in enumerate(found.columns):
        name, values = wanted[f"{column.set}.{column.name}"], found.values[:, at]
        if name == "pitch":  # 0 says that there is none
            values = np.where(values > 0, values, np.nan)
        unit = "ratio" if column.unit == "share" else column.unit
        columns.append(Column(name, unit, np.array(values)))
    order = list(wanted.values())
    return sorted(columns, key=lambda column: order.index(column.name))


def _wanted(library: Library) -> dict[str, str]:
    """Which columns of the index are shown (`set.column`), and as what."""
    found: dict[str, str] = {}
    many = library.counts()["ok"] > _MOST_FOR_MFCC
    mfcc = {f"mfcc_{n}_p50": f"mfcc {n}" for n in range(1, 1 if many else _N_MFCC + 1)}
    for held in library.sets():
        names = [column.name for column in held.columns]
        shown = mfcc if held.name == "timbre" else _SHOWN.get(held.name)
        if shown is None:
            shown = {name: name.replace("_", " ") for name in names[:_MOST_OF_A_SET]}
        for name, text in shown.items():
            if name in names:
                # What two sets measure is told apart by the set.
                found[f"{held.name}.{name}"] = f"{held.name} {text}" if text in found.values() else text
    return found


def _labels(library: Library, ids: NDArray[np.int64]) -> list[Column]:
    """The labels of each source, and how probable they are where they are not all certain."""
    columns = []
    for source in library.label_sources():
        known = library.labels(source)
        if not len(known):
            continue
        name = LABEL if source == HAND else source
        columns.append(labels_column(name, ids, known.ids, known.labels))
        if (known.probabilities < 1).any():
            of = dict(zip(known.ids.tolist(), known.probabilities.tolist(), strict=True))
            sure = np.array([of.get(number, np.nan) for number in ids.tolist()], np.float32)
            columns.append(Column(f"probability of {name}", "", sure))
    return columns
