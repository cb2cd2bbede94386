"""What a page of very many points shows first, before it has read its pack: some of them, in their colours."""

from __future__ import annotations

import base64
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.page.pack import packed, unpack

FROM = 32_768
"""Points from which a page begins with a sketch; fewer are there as soon."""
MOST = 16_384
_SIDE = 64
"""Cells of a grid, each of which has a point in the sketch where it has one on the map: nothing that lies apart is lost."""


def sketch(pack: bytes) -> str:
    """A sketch of a map pack, for the page's settings: a small pack in base64; nothing where the map is small.

    Its header's `n` is the map's; it has `points` (m, 2), as they are seen at first, and the column that they are
    coloured by. The same pack gives the same sketch.
    """
    header, arrays = unpack(pack)
    if header["n"] < FROM or not header["columns"]:
        return ""
    points = _seen(header, arrays)
    chosen = _some(points)
    column = header["columns"][header["colour"]]
    found = {name: header[name] for name in ("title", "n", "of", "sample_rate")}
    small = packed(
        found | {"columns": [{**column, "array": "column"}], "sounds": []},
        {"points": np.ascontiguousarray(points[chosen]), "column": np.array(arrays[column["array"]][chosen])},
    )
    return base64.b64encode(small).decode("ascii")


def _seen(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> NDArray[np.float32]:
    """Where points (n, 2) are seen before the map is turned."""
    points: NDArray[np.float32] = arrays["points"].reshape(-1, 2)
    if "reach" not in header:
        return points
    return ((points - np.float32(0.5)) / np.float32(header["reach"]) + np.float32(0.5)).astype("<f4")


def _some(points: NDArray[np.float32]) -> NDArray[np.int64]:
    """Some points (m,), ascending: one of each cell of a grid, so that the shape is there, the rest by chance."""
    order = np.random.default_rng(0).permutation(len(points))
    cells = np.minimum((points[order] * _SIDE).astype(np.int64), _SIDE - 1)
    _, first = np.unique(cells @ [1, _SIDE], return_index=True)
    return np.sort(np.unique(np.concatenate([order[first], order[: MOST - len(first)]])))
