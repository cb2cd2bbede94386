"""Scalers: how the columns are weighed against one another before grains are compared.

A stage is handed a `Table` whose values it may overwrite, and gives a `Table`. They are chained in
the order in which a preset lists them.

Grains that come later are to be scaled as the first ones were. A stage that treats every row by itself
does that when it is called again; one that looks at all rows gives `again`, which remembers what it saw.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Annotated, NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Parameter, Section

SCALING = Section("scaling", "how the descriptors are weighed", default="standardise", several=True)

_BLOCK = 8192

Factor = Annotated[float, Parameter("20 reads the values as amplitudes, 10 as powers", 1, 100)]
Range = Annotated[
    float, Parameter("levels further than this below the highest are raised to there", 1, 400, "dB")
]


Values = NDArray[np.float32]


class Table(NamedTuple):
    """Values float32 (n_grains, n_columns) and the columns' names and units.

    `again`, of a scaler's result: does the same to the values of other grains (n, n_columns), which it
    may overwrite; None where the scaler itself does.
    """

    values: Values
    names: tuple[str, ...]
    units: tuple[str, ...]
    again: Callable[[Values], Values] | None = None


@SCALING.add()
def none(table: Table) -> Table:
    """Leave the values as they are."""
    return table


@SCALING.add()
def db(table: Table, *, factor: Factor = 10.0, range: Range = 80.0) -> Table:
    """Decibels of the values: factor x log10, not further below the highest than the range."""
    values = _decibels(table.values, factor)
    floor = values.max() - np.float32(range) if values.size else np.float32(-np.inf)

    def again(others: Values) -> Values:
        return np.maximum(_decibels(others, factor), floor, out=others)

    np.maximum(values, floor, out=values)
    return Table(values, table.names, ("dB",) * len(table.names), again)


@SCALING.add()
def volume(table: Table, *, factor: Factor = 20.0, range: Range = 80.0) -> Table:
    """Divide each column by its sum over time, then decibels: quiet bands count as much as loud ones."""
    total = np.zeros(table.values.shape[1])
    for block in _blocks(table.values):
        total += block.sum(axis=0, dtype=np.float64)
    inverse = np.divide(1, total, out=np.zeros_like(total), where=total != 0).astype(np.float32)
    for block in _blocks(table.values):
        block *= inverse
    scaled = db(table, factor=factor, range=range)
    decibels = scaled.again
    assert decibels is not None
    return scaled._replace(again=lambda others: decibels(np.multiply(others, inverse, out=others)))


@SCALING.add()
def frequency(table: Table) -> Table:
    """Weigh low columns more: the weights fall from log(n + 1) to log 2 along the n columns."""
    weights = _falling(len(table.names))
    for block in _blocks(table.values):
        block *= weights
    return table


@SCALING.add()
def weighted_sum(table: Table) -> Table:
    """Collapse all columns into one: their sum, weighed as `frequency` weighs them."""
    return Table((table.values @ _falling(len(table.names)))[:, None], ("weighted_sum",), (table.units[0],))


@SCALING.add()
def standardise(table: Table) -> Table:
    """Subtract each column's mean and divide by its standard deviation; constant columns become 0."""
    values = table.values
    n = max(1, len(values))
    mean = sum(block.sum(axis=0, dtype=np.float64) for block in _blocks(values)) / n
    centre = mean.astype(np.float32)
    square = np.zeros(values.shape[1])
    for block in _blocks(values):
        block -= centre
        square += np.einsum("ij,ij->j", block, block, dtype=np.float64)
    deviation = np.sqrt(square / n)
    # Rounding leaves a constant column a deviation of some 1e-7 of its size, not of exactly 0.
    still = deviation <= 1e-6 * np.abs(mean)
    scale = np.divide(1, deviation, out=np.zeros_like(deviation), where=~still & (deviation > 0))
    factor = scale.astype(np.float32)
    for block in _blocks(values):
        block *= factor

    def again(others: Values) -> Values:
        others -= centre
        return np.multiply(others, factor, out=others)

    return Table(values, table.names, ("deviations",) * len(table.names), again)


@SCALING.add()
def minmax(table: Table) -> Table:
    """Bring each column to 0 ... 1; constant columns become 0."""
    values = table.values
    n = values.shape[1]
    low, scale = np.zeros(n, np.float32), np.zeros(n, np.float32)
    if len(values):
        low = values.min(axis=0)
        span = values.max(axis=0) - low
        scale = np.divide(1, span, out=np.zeros_like(span), where=span > 0)

    def again(others: Values) -> Values:
        others -= low
        return np.multiply(others, scale, out=others)

    for block in _blocks(values):
        again(block)
    return Table(values, table.names, ("0..1",) * len(table.names), again)


@SCALING.add()
def unit(table: Table) -> Table:
    """Bring the whole table to 0 ... 1 by its least and its largest value; columns keep their proportions."""
    values = table.values
    low = values.min() if values.size else np.float32(0)
    span = values.max() - low if values.size else np.float32(0)
    scale = np.float32(1 / span) if span > 1e-30 else np.float32(0)

    def again(others: Values) -> Values:
        others -= low
        others *= scale
        return np.clip(others, 0, 1, out=others)

    for block in _blocks(values):
        again(block)
    return Table(values, table.names, ("0..1",) * len(table.names), again)


def _decibels(values: Values, factor: float) -> Values:
    least = np.float32(10 ** (-100 / factor))
    for block in _blocks(values):
        np.maximum(block, least, out=block)
        np.log10(block, out=block)
        block *= np.float32(factor)
    return values


def _blocks(values: Values) -> Iterator[Values]:
    """The table in views of some thousand grains, so that temporaries stay small."""
    for first in np.arange(0, max(1, len(values)), _BLOCK):
        yield values[first : first + _BLOCK]


def _falling(n: int) -> Values:
    return np.log(np.arange(n + 1, 1, -1)).astype(np.float32)
