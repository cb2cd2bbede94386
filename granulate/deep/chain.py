"""Reducers one after another: a network's codes, and what brings them down to a map."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from granulate.deep.model import Values


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """What was fitted, in order: each has `transform(values)`; the first is a network, with `model`."""

    stages: tuple[Any, ...]

    @property
    def network(self) -> Any:
        """The first: an `Autoencoder` or a `Trajectory`."""
        return self.stages[0]

    @property
    def width(self) -> int:
        """Over how many grains in a row extends what a point stands for: 1 where it is the point of its grain alone."""
        return int(getattr(self.network, "width", 1))

    def transform(self, values: Values) -> Values:
        """Points (n, n_dimensions) of values (n, n_columns)."""
        for stage in self.stages:
            values = stage.transform(values)
        return values
