"""A map of next to nothing, of sounds that are all alike, and of what was never measured, is a map or one line."""

from __future__ import annotations

import numpy as np
import pytest

from granulate.errors import GranulateError
from granulate.library.organise.grid import on_grid
from granulate.library.organise.layout import lay_out
from granulate.stages.reducers import REDUCTION

SIZES = (0, 1, 2, 3, 5, 15)
KINDS = {"pca": {}, "tsne": {"iterations": 250}, "umap": {"epochs": 50}}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", SIZES)
@pytest.mark.parametrize("what", ["random", "alike", "zero", "one column", "huge"])
def test_every_point_is_finite(kind: str, n: int, what: str) -> None:
    rng = np.random.default_rng(n)
    values = {
        "random": rng.standard_normal((n, 12)),
        "alike": np.full((n, 12), 3.5),
        "zero": np.zeros((n, 12)),
        "one column": rng.standard_normal((n, 1)),
        "huge": rng.standard_normal((n, 12)) * 1e30,
    }[what].astype(np.float32)
    choice = REDUCTION.bind({"kind": kind, "dimensions": 2, **KINDS[kind]})
    if not n:
        with pytest.raises(GranulateError, match="no sounds"):
            lay_out(values, choice)
        return
    points = lay_out(values, choice)
    assert points.shape == (n, 2)
    assert np.isfinite(points).all()
    grid = on_grid(points)
    assert len(set(zip(grid.columns.tolist(), grid.rows.tolist(), strict=True))) == n
