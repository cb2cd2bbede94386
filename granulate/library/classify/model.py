"""A model: a fitted pipeline with what made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.library.classify.families import probabilities
from granulate.types import Choice

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A fitted `pipeline` (scikit-learn), and its `card`: plain values that say what made it.

    The card holds at least `classes`, `columns` (`set.column`), `sets` (name, parameters, version), `blocks`
    and `temperature`; see `training.train` for the rest. `origin`: the name and hash of the file that it was
    read from, if it was, as `Library.set_labels` takes it.
    """

    pipeline: Any
    card: dict[str, Any]
    origin: Mapping[str, str] = field(default_factory=dict)

    @property
    def classes(self) -> list[str]:
        return list(self.card["classes"])

    @property
    def columns(self) -> list[str]:
        """What it judges by, as `set.column`."""
        return list(self.card["columns"])

    @property
    def choices(self) -> list[Choice]:
        """The sets of measures that hold its columns."""
        return [Choice(held["name"], held["parameters"]) for held in self.card["sets"]]

    def votes(self, values: Floats, owners: NDArray[np.int64], n_files: int) -> NDArray[np.float64]:
        """The probability (n_files, n_classes) of each class for files, of rows (n_rows, n_columns) of theirs."""
        from threadpoolctl import threadpool_limits

        with threadpool_limits(1, "blas"):
            rows = probabilities(self.pipeline, values, self.classes)
        return tempered(voted(rows, owners, n_files), self.card["temperature"])


def voted(rows: NDArray[np.float64], owners: NDArray[np.int64], n_files: int) -> NDArray[np.float64]:
    """The mean probability (n_files, n_classes) of each file's rows; each class alike for a file without any."""
    total = np.zeros((n_files, rows.shape[1]))
    np.add.at(total, owners, rows)
    counts = np.bincount(owners, minlength=n_files)[:, None]
    return np.where(counts > 0, total / np.maximum(counts, 1), 1 / rows.shape[1])


def tempered(shares: NDArray[np.float64], temperature: float) -> NDArray[np.float64]:
    """Probabilities made bolder (below 1) or more careful (above), the order of classes kept (Guo et al. 2017)."""
    logs = np.log(np.maximum(shares, 1e-6)) / temperature
    bold = np.exp(logs - logs.max(axis=1, keepdims=True))
    return bold / bold.sum(axis=1, keepdims=True)


def best_temperature(shares: NDArray[np.float64], known: NDArray[np.int64]) -> float:
    """The temperature, from 0.3 to 10, with the least log loss on files whose class (n_files,) is known."""
    from scipy.optimize import minimize_scalar

    def loss(logarithm: float) -> float:
        right = tempered(shares, float(np.exp(logarithm)))[np.arange(len(known)), known]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    found = minimize_scalar(loss, bounds=(-1.2, 2.3), method="bounded", options={"xatol": 1e-3})
    return float(np.exp(found.x))
