"""What a model learns from and judges by: the summaries of files, or the blocks that they consist of."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import LibraryError, ParameterError
from granulate.library import Library
from granulate.parameters import listed, near
from granulate.types import Choice

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

FILE, HALF_SECOND = "file", "half-second"
BLOCKS = {FILE: "", HALF_SECOND: "loudness"}
"""What an example may be, and of which set it is a frame; a file is none."""

_NO_KIND = ("quality",)
"""Sets that tell how well a sound was recorded and not what it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Rows `values` (n_rows, n_columns), of which files they are (`owners`, n_rows), and of what content those.

    `ids` and `contents` int64 (n_files,): owners count in these. Of blocks a file has several rows, or none.
    """

    ids: Longs
    contents: Longs
    values: Floats
    owners: Longs
    columns: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.ids)

    def of(self, rows: Longs | NDArray[np.bool_]) -> Examples:
        """Those of some files: by their places among `ids`, or a mask (n_files,)."""
        places = np.flatnonzero(rows) if rows.dtype == bool else rows
        new = np.full(len(self.ids), -1)
        new[places] = np.arange(len(places))
        kept = new[self.owners] >= 0
        return replace(
            self, ids=self.ids[places], contents=self.contents[places], values=self.values[kept],
            owners=new[self.owners[kept]],
        )  # fmt: skip


def gather(library: Library, columns: Sequence[str] | None = None, blocks: str = FILE) -> Examples:
    """The examples of all sounds of a library that were measured.

    `columns`: names of sets, of columns or `set.column`; None is every set but `quality`, or every column of
    the blocks' set. Files without a block, as silence is, are left out.

    Raises LibraryError for columns or frames that the index does not hold, ParameterError for other blocks.
    """
    if blocks not in BLOCKS:
        raise ParameterError(f"blocks = {blocks!r}{near(blocks, BLOCKS)}; allowed: {listed(BLOCKS)}")
    held = [found.name for found in library.sets() if found.name not in _NO_KIND]
    if blocks == FILE:
        found = library.summaries(columns if columns is not None else held)
        names = tuple(f"{column.set}.{column.name}" for column in found.columns)
        n = len(found)
        return Examples(found.ids, _contents(library, found.ids), found.values, np.arange(n), names)
    return _of_blocks(library, columns, BLOCKS[blocks])


def choices_of(library: Library, columns: Sequence[str]) -> list[dict[str, Any]]:
    """The sets of columns (`set.column`), with parameters and version, as plain values in the index's order."""
    used = {name.partition(".")[0] for name in columns}
    return [
        {"name": held.name, "parameters": json.loads(held.parameters), "version": held.version}
        for held in library.sets()
        if held.name in used
    ]


def _of_blocks(library: Library, columns: Sequence[str] | None, name: str) -> Examples:
    held = {found.name: found for found in library.sets()}
    if name not in held or not held[name].has_frames:
        raise LibraryError(
            f"no frames of {name} in this index; allowed: `library scan --measures {name} --frames` first"
        )
    names, places = block_columns(Choice(name, json.loads(held[name].parameters)), columns)
    files = library.files()
    parts = []
    for number in files.ids.tolist():
        try:
            parts.append(np.array(library.frames(number, name)[:, places]))
        except LibraryError:  # it was not measured, or there is no frame
            parts.append(np.zeros((0, len(places)), np.float32))
    counts = np.array([len(part) for part in parts], np.int64)
    values = np.concatenate([*parts, np.zeros((0, len(places)), np.float32)])
    every = Examples(
        files.ids, files.numbers["content"], values, np.repeat(np.arange(len(files)), counts), names
    )
    return every.of(counts > 0)


def block_columns(choice: Choice, columns: Sequence[str] | None) -> tuple[tuple[str, ...], list[int]]:
    """The names of a set's columns per block, as `set.column`, and their places in its frames.

    Raises LibraryError for a name that is none of them.
    """
    from granulate.library.measures import frame_columns

    every = [column.name for column in frame_columns(choice)]
    chosen = [column.removeprefix(f"{choice.kind}.") for column in columns or [choice.kind]]
    if wrong := next((column for column in chosen if column not in (choice.kind, *every)), None):
        raise LibraryError(
            f"{wrong!r} is no column of blocks of {choice.kind}{near(wrong, every)}; allowed: {listed(every)}"
        )
    places = [at for at, column in enumerate(every) if column in chosen or choice.kind in chosen]
    return tuple(f"{choice.kind}.{every[at]}" for at in places), places


def _contents(library: Library, ids: Longs) -> Longs:
    files = library.files()
    contents: Longs = files.numbers["content"][np.searchsorted(files.ids, ids)]
    return contents
