"""A library's map: its summaries laid out, its grid, and both kept in the index."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.cache import Cache, default_folder
from granulate.deep.context import Context
from granulate.errors import ParameterError
from granulate.library import Library
from granulate.library.organise.aspects import weights_of
from granulate.library.organise.grid import on_grid
from granulate.library.organise.layout import lay_out, sample_of
from granulate.library.organise.places import Places, keep_places
from granulate.library.records import Summaries
from granulate.stages.reducers import REDUCTION
from granulate.types import Choice

_IMAGE = "cepstrogram"

Step = Callable[[str, int, int], None]


def quiet(stage: str, done: int, total: int) -> None:
    """The step that tells nobody."""


def measured(library: Library, columns: Sequence[str] | None, least: int = 1) -> Summaries:
    """The summaries of a library's sounds. Raises ParameterError where fewer than `least` have been measured."""
    found = library.summaries(columns)
    if len(found) < least or not found.columns:
        raise ParameterError(
            f"{len(found)} sounds of the library have been measured; allowed: at least {least}, by `library scan`"
        )
    return found


def weighed(
    found: Summaries, columns: Sequence[str] | None, aspects: Mapping[str, float] | None
) -> NDArray[np.float32] | None:
    """How much each column counts (n_columns,): by aspects, or all alike (None) where columns were named instead.

    Raises ParameterError as `aspects.weights_of` does.
    """
    return None if columns and aspects is None else weights_of(found.columns, aspects)


def make_map(
    library: Library,
    reduction: Choice,
    *,
    columns: Sequence[str] | None = None,
    aspects: Mapping[str, float] | None = None,
    grid: bool = False,
    seed: int = 0,
    sample: int | None = None,
    step: Step = quiet,
) -> Places:
    """Lay a library's sounds out, and keep the map in its index in the place of the one before.

    `columns`: names of sets and columns; None is all that the library was measured by. `aspects`: how much each
    counts, see `weighed`. `grid` gives each sound a cell of its own too; of two dimensions alone. `sample`: see
    `layout.lay_out`. Where neither is given, reducers that learn from images go by the set `cepstrogram`, if the
    library was measured by that; their networks are kept in the cache.

    Raises ParameterError where nothing has been measured, for a grid of three dimensions, for aspects that are
    not measured and for the reducer `none`; LibraryError for unknown columns, and where the index cannot be written.
    """
    if grid and reduction.parameters.get("dimensions") != 2:
        raise ParameterError("a grid of a map of 3 dimensions; allowed: of 2")
    if columns is None and aspects is None:
        columns = _images(library, reduction)
    found = measured(library, columns)
    step(f"lay out {reduction.kind}", 0, 0)
    weights = weighed(found, columns, aspects)
    context = Context(step, Cache(default_folder()))
    points = lay_out(found.values, reduction, seed, sample, weights, context)
    cells = None
    if grid:
        step("grid", 0, 0)
        cells = on_grid(points)
    made_by: dict[str, Any] = {
        "reduction": reduction.kind, "parameters": dict(reduction.parameters), "seed": seed,
        "sample": min(sample or sample_of(reduction.kind), len(points)),
        "columns": len(found.columns) if weights is None else int((weights > 0).sum()),
        "aspects": None if aspects is None else dict(aspects),
        "sets": list(dict.fromkeys(column.set for column in found.columns)),
    }  # fmt: skip
    places = Places(np.array(found.ids), points, cells, made_by)
    keep_places(library, places)
    return places


def _images(library: Library, reduction: Choice) -> list[str] | None:
    """The set that a reducer of images goes by; None for other reducers, and where it was not measured."""
    if "layout" not in REDUCTION[reduction.kind].parameters:
        return None
    return [_IMAGE] if any(column.set == _IMAGE for column in library.summaries().columns) else None
