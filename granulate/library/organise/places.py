"""Where a library's sounds lie on its map: kept in the index, whole or not at all."""

from __future__ import annotations

import json
import zipfile
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import replacing
from granulate.errors import LibraryError, OutputError, printable
from granulate.library import Library
from granulate.library.organise.grid import Grid

FILE = "map.npz"


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """`ids` int64 (n,) of files, ascending; `points` float32 (n, 2 or 3); their cells, where they have any.

    `made_by`: the reducer with its parameters, the seed and the columns, as plain values.
    """

    ids: NDArray[np.int64]
    points: NDArray[np.float32]
    grid: Grid | None
    made_by: dict[str, Any]


def keep_places(library: Library, places: Places) -> None:
    """Keep a map in the index in the place of the one that is there. Raises LibraryError where it cannot be written."""
    arrays = {"ids": places.ids, "points": places.points}
    if places.grid is not None:
        arrays |= {
            "columns": places.grid.columns,
            "rows": places.grid.rows,
            "shape": np.array(places.grid.shape),
        }
    try:
        with replacing(library.index / FILE, force=True) as temporary, temporary.open("wb") as file:
            np.savez(file, made_by=np.array(json.dumps(places.made_by)), **arrays)  # type: ignore[arg-type]
    except OutputError as error:
        raise LibraryError(f"{error}; allowed: --index DIR elsewhere") from None


def kept_places(library: Library) -> Places | None:
    """The map that the index holds, None where there is none. Raises LibraryError for one that is damaged."""
    path = library.index / FILE
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as found:
            grid = None
            if "shape" in found:
                grid = Grid(found["columns"], found["rows"], tuple(found["shape"].tolist()))
            return Places(found["ids"], found["points"], grid, json.loads(str(found["made_by"])))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        raise LibraryError(f"{printable(path)}: is damaged; allowed: a new one, by `library map`") from None
