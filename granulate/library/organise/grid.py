"""A map as a grid: every sound in a cell of its own, neighbours kept where that is possible.

Up to a thousand sounds the cells are assigned so that the squared distances which the sounds are moved
sum to the least that there is (linear assignment: Jonker & Volgenant 1987, in Crouse's form of 2016,
which SciPy has; as IsoMatch, Fried et al. 2015, lays pictures out). That takes the cube of their
number: of 5,000, three minutes. So more are halved first, sounds and cells alike, at the median of the
longer side, until five hundred are left in each part: of 5,000, two seconds, and as many neighbours
are kept.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

EXACT = 1000
"""Sounds up to which the assignment is the best that there is."""
_PART = 500


class Grid(NamedTuple):
    """Where each sound is: `columns` and `rows` int64 (n,), from the lower left, in a grid of `shape` (rows, columns)."""

    columns: Longs
    rows: Longs
    shape: tuple[int, int]


class _Part(NamedTuple):
    """Sounds (n,) and the corner and size of the cells, at least n, that they are to go into."""

    sounds: Longs
    row: int
    column: int
    n_rows: int
    n_columns: int


def on_grid(points: Floats, exact: int = EXACT) -> Grid:
    """A cell for each of the points (n, 2), in a grid as square as it can be, or nearly.

    `exact`: above so many points they are halved first. The same points give the same cells.

    Raises ParameterError for points of other dimensions.
    """
    if points.ndim != 2 or points.shape[1] != 2:
        raise ParameterError(f"a grid of points of shape {points.shape}; allowed: (n, 2)")
    n = len(points)
    n_columns = int(np.ceil(np.sqrt(n)))
    n_rows = -(-n // max(n_columns, 1))
    low, high = points.min(axis=0, initial=np.inf), points.max(axis=0, initial=-np.inf)
    span = np.where(high > low, high - low, 1)
    # Both the sounds and the cells' middles fill a square of the grid's size.
    places = np.array((points - low) / span * (n_columns, n_rows), np.float64)
    columns, rows = np.zeros(n, np.int64), np.zeros(n, np.int64)
    whole = _Part(np.arange(n), 0, 0, n_rows, n_columns)
    for part in _halved(whole, places, n if n <= exact else _PART):
        cells = _assigned(part, places)
        rows[part.sounds] = part.row + cells // part.n_columns
        columns[part.sounds] = part.column + cells % part.n_columns
    return Grid(columns, rows, (n_rows, n_columns))


def _halved(part: _Part, places: NDArray[np.float64], most: int) -> Iterator[_Part]:
    if len(part.sounds) <= most:
        if len(part.sounds):
            yield part
        return
    across = part.n_columns >= part.n_rows
    cells = part.n_columns if across else part.n_rows
    half = cells // 2
    # As many sounds as the half has cells of all: neither half then holds more than it has room for.
    n_first = round(len(part.sounds) * half / cells)
    turn = np.argsort(places[part.sounds, 0 if across else 1], kind="stable")
    first, second = np.sort(part.sounds[turn[:n_first]]), np.sort(part.sounds[turn[n_first:]])
    if across:
        parts = (
            part._replace(sounds=first, n_columns=half),
            part._replace(sounds=second, column=part.column + half, n_columns=cells - half),
        )
    else:
        parts = (
            part._replace(sounds=first, n_rows=half),
            part._replace(sounds=second, row=part.row + half, n_rows=cells - half),
        )
    for smaller in parts:
        yield from _halved(smaller, places, most)


def _assigned(part: _Part, places: NDArray[np.float64]) -> Longs:
    """A cell of the part, counted row by row, for each of its sounds."""
    from scipy.optimize import linear_sum_assignment
    from scipy.spatial.distance import cdist

    rows, columns = np.divmod(np.arange(part.n_rows * part.n_columns), part.n_columns)
    cells = np.column_stack([columns + part.column, rows + part.row]) + 0.5
    mine = places[part.sounds]
    # A part's sounds are spread over the part: where they are crowded, only their order is kept.
    low, high = mine.min(axis=0), mine.max(axis=0)
    span = np.where(high > low, high - low, 1)
    mine = (mine - low) / span * (part.n_columns, part.n_rows) + (part.column, part.row)
    _, found = linear_sum_assignment(cdist(mine, cells, "sqeuclidean"))
    return found
