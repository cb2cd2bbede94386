"""What a library knows of its sounds, as the parts of a table: files, summaries, labels, places on the map."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from granulate.errors import LibraryError
from granulate.library import Library
from granulate.library.labelling import HASH, MODEL
from granulate.library.organise.places import Places, kept_places
from granulate.library.organise.tables import Heading, Part, fixed, joined
from granulate.library.records import Files
from granulate.parameters import listed, near

_NUMBERS = {
    "size": "B", "mtime_ns": "ns", "content": "", "n_channels": "", "sample_rate": "Hz", "n_samples": "",
    "n_measured": "",
}  # fmt: skip
LABELS, MAP = "labels", "map"
"""Names that stand for all labels, and for the places on the map."""


def knowledge(library: Library, files: Files, chosen: Sequence[str] | None = None) -> list[Part]:
    """The parts of a table with a row for each of the files.

    `chosen`: names of metadata, of sets and columns of the summaries, "labels" and "map", in that
    order of parts; None is all there is. The path always comes first.

    Raises LibraryError for names that stand for nothing.
    """
    metadata, places = _metadata(files), kept_places(library)
    wanted = None if chosen is None else list(chosen)
    parts = [fixed(Heading("path", "", "text"), files.paths)]
    parts += [part for name, part in metadata.items() if wanted is None or name in wanted]
    known = {*metadata, LABELS, MAP, "path"}
    summed = None if wanted is None else [name for name in wanted if name not in known]
    if library.sets() and (summed is None or summed):
        parts.append(_summaries(library, files, summed, known))
    elif summed:
        raise LibraryError(f"column {summed[0]!r}{near(summed[0], known)}; allowed: {listed(sorted(known))}")
    if wanted is None or LABELS in wanted:
        origins = library.label_origins()
        parts += [
            _labels(library, files, source, origins.get(source, {})) for source in library.label_sources()
        ]
    if places is not None and (wanted is None or MAP in wanted):
        parts += map_parts(places, files)
    return parts


def map_parts(places: Places, files: Files) -> list[Part]:
    """Coordinates, and cells where there are any, for the rows of the files."""
    axes = [Heading(f"map.{axis}", "", "real") for axis in "xyz"[: places.points.shape[1]]]
    parts = [joined(axes, files.ids, places.ids, places.points)]
    if places.grid is not None:
        cells = np.column_stack([places.grid.columns, places.grid.rows])
        names = [Heading("map.column", "", "whole"), Heading("map.row", "", "whole")]
        parts.append(joined(names, files.ids, places.ids, cells))
    return parts


def _metadata(files: Files) -> dict[str, Part]:
    parts = {"id": fixed(Heading("id", "", "whole"), files.ids)}
    for name, texts in (("format", files.formats), ("subtype", files.subtypes)):
        parts[name] = fixed(Heading(name, "", "text"), texts)
    parts["seconds"] = fixed(Heading("seconds", "s", "real"), files.durations)
    parts["peak"] = fixed(Heading("peak", "", "real"), files.numbers["peak"])
    for name, unit in _NUMBERS.items():
        parts[name] = fixed(Heading(name, unit, "whole"), files.numbers[name])
    return parts


def _summaries(library: Library, files: Files, chosen: list[str] | None, known: set[str]) -> Part:
    try:
        found = library.summaries(chosen)
    except LibraryError as error:
        raise LibraryError(f"{error}; and {listed(sorted(known))}") from None
    headings = [Heading(f"{column.set}.{column.name}", column.unit, "real") for column in found.columns]
    return joined(headings, files.ids, found.ids, found.values)


def _labels(library: Library, files: Files, source: str, origin: Mapping[str, Any]) -> Part:
    found = library.labels(source)
    headings = [Heading(f"label.{source}", "", "text"), Heading(f"probability.{source}", "", "real")]
    if MODEL in origin:
        headings.append(Heading(f"model.{source}", "", "text"))
    cells = np.empty((len(found), len(headings)), object)
    cells[:, 0], cells[:, 1] = found.labels, found.probabilities.tolist()
    cells[:, 2:] = f"{origin.get(MODEL)} {origin.get(HASH, '')}".strip()
    return joined(headings, files.ids, found.ids, cells)
