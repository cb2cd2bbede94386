"""Training: batches in an order drawn by the seed, Adam, and an early end on Ctrl-C."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from math import isfinite
from typing import Any

from granulate.deep.context import Step
from granulate.deep.runtime import DeviceName, torch
from granulate.deep.stopping import stoppable
from granulate.errors import ParameterError


@dataclass(frozen=True, slots=True)
class Schedule:
    """How a network is trained: passes over the rows, rows in a batch, the step of Adam, and where."""

    epochs: int
    batch: int
    rate: float
    device: DeviceName = "auto"

    def table(self) -> dict[str, Any]:
        """As plain values; without the device, which is told beside them as what it turned out to be."""
        return {name: value for name, value in asdict(self).items() if name != "device"}


@dataclass(frozen=True, slots=True)
class History:
    """The mean loss of each epoch, and whether Ctrl-C ended the last of them."""

    losses: list[float]
    stopped: bool


def train(
    network: Any,
    loss: Callable[[Any, Any], Any],
    n_rows: int,
    seed: int,
    schedule: Schedule,
    step: Step,
    label: str,
) -> History:
    """Minimise `loss(rows, generator)` over the network's parameters (Adam: Kingma & Ba 2015).

    `rows` int64 (n,) of n_rows, each once an epoch; `generator` is what chance within the loss is drawn from.

    Raises ParameterError where the loss leaves the range of numbers.
    """
    library = torch()
    optimiser = library.optim.Adam(network.parameters(), lr=schedule.rate)
    generator = library.Generator().manual_seed(seed)
    n_batches = -(-n_rows // schedule.batch)
    total = n_batches * schedule.epochs
    told = f"train {label}; Ctrl-C ends it early"
    losses: list[float] = []
    network.train()
    with stoppable() as stopped:
        for epoch in range(schedule.epochs):
            step(told, epoch * n_batches, total)
            sums, seen = 0.0, 0
            order = library.randperm(n_rows, generator=generator)
            for number, rows in enumerate(order.split(schedule.batch)):
                found = loss(rows, generator)
                optimiser.zero_grad()
                found.backward()
                optimiser.step()
                sums, seen = sums + found.item() * len(rows), seen + len(rows)
                step(told, epoch * n_batches + number + 1, total)
                if stopped():
                    return History([*losses, sums / seen], True)
            losses.append(sums / seen)
            if not isfinite(losses[-1]):
                raise ParameterError(
                    f"reduction.rate = {schedule.rate:g} let the training of {label} run away; allowed: a smaller one"
                )
    return History(losses, False)
