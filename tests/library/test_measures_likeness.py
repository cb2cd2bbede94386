"""Likeness: distances that are learned from kinds tell those kinds apart."""

from __future__ import annotations

import numpy as np
import pytest

from granulate.errors import ParameterError
from granulate.library.measures.aspects import scaled
from granulate.library.measures.likeness import for_kinds


def sounds(seed: int, n: int = 120) -> tuple[np.ndarray, list[str]]:
    """Kinds that differ in two columns of forty, the others being loud and alike."""
    rng = np.random.default_rng(seed)
    kinds = rng.integers(0, 3, n)
    values = rng.standard_normal((n, 40)) * 10
    values[:, 0] = kinds + 0.3 * rng.standard_normal(n)
    values[:, 7] = (kinds == 1) + 0.3 * rng.standard_normal(n)
    return values.astype(np.float32), [str(kind) for kind in kinds]


def alike(points: np.ndarray, kinds: list[str]) -> float:
    """The share of sounds whose nearest is of their kind."""
    away = np.linalg.norm(points[:, None] - points, axis=2)
    np.fill_diagonal(away, np.inf)
    return float(np.mean(np.array(kinds)[away.argmin(axis=1)] == kinds))


def test_what_is_learned_holds_for_other_sounds() -> None:
    likeness = for_kinds(*sounds(0))
    values, kinds = sounds(1)
    assert likeness.points(values).shape == (len(values), 2)
    assert alike(likeness.points(values), kinds) > 0.75 > alike(scaled(values), kinds) + 0.15


def test_a_sound_lies_where_it_lies_in_any_company() -> None:
    likeness = for_kinds(*sounds(0))
    values, _ = sounds(1)
    assert np.array_equal(likeness.points(values)[:3], likeness.points(values[:3]))


def test_kinds_must_be_several_and_have_several_sounds() -> None:
    values, kinds = sounds(0, 6)
    for wrong in (["a"] * 6, list("abcdef"), kinds[:5]):
        with pytest.raises(ParameterError, match="at least two kinds"):
            for_kinds(values, wrong)
