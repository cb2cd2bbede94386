"""A trained network as arrays and plain values, with what made it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.deep.context import Context
from granulate.deep.runtime import device_of, repeatable, torch
from granulate.deep.training import History, Schedule, train

FORMAT = 2
"""Of a card and the weights beside it: another one where the networks change, so that old weights are not taken for new."""
Values = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A trained network.

    `weights`: its arrays by name. `card`: what made it, as plain values: `architecture`, `parameters`, `seed`,
    `versions`, `data` (a hash of what it learnt from), `losses` (the mean of each epoch) and `stopped`
    (whether Ctrl-C ended it early).
    """

    weights: Mapping[str, NDArray[Any]]
    card: Mapping[str, Any]

    def network(self) -> Any:
        """The network, on the CPU. Raises ValueError for weights that are not those of its architecture."""
        library = torch()
        from granulate.deep.networks import build

        # Without memory of its own: whatever sizes a card names, only weights that are there take any.
        with library.device("meta"):
            network = build(self.card["architecture"])
        wanted = {name: (tuple(t.shape), t.dtype) for name, t in network.state_dict().items()}
        # Copies: what is mapped from a file cannot be written to, and torch knows no such arrays.
        given = {name: library.from_numpy(np.array(array)) for name, array in self.weights.items()}
        if wanted != {name: (tuple(t.shape), t.dtype) for name, t in given.items()}:
            raise ValueError("weights that are not of this architecture")
        network.load_state_dict(given, assign=True)
        return network.eval()

    def apply(self, work: Callable[[Any, Any], Any], rows: Any, at_once: int = 512) -> Values:
        """What `work(network, rows)` gives of a tensor's rows, some at a time, as one array float32."""
        library = torch()
        with repeatable(0), library.inference_mode():
            network = self.network()
            found = [work(network, rows[i : i + at_once]) for i in range(0, len(rows), at_once)]
            if not found:  # no row has a shape of its own
                return np.asarray(work(network, library.zeros(1, *rows.shape[1:]))[:0].numpy())
            return np.asarray(library.cat(found).numpy())


def learnt(
    architecture: Mapping[str, Any],
    values: Values,
    seed: int,
    schedule: Schedule,
    parameters: Mapping[str, Any],
    context: Context,
    loss_of: Callable[[Any, Any], Callable[[Any, Any], Any]],
    n_rows: int,
    label: str,
) -> Model:
    """A network trained on values, or the same one out of the context's memory.

    `loss_of(network, tensor)`, handed the values on the training's device, gives the loss of rows of a batch:
    `loss(rows, generator)`. `parameters`: what else decides on the result, as plain values.

    Raises MissingDependencyError and ParameterError as `runtime` does.
    """
    library = torch()
    device = device_of(schedule.device)
    card: dict[str, Any] = {
        "format": FORMAT, "architecture": dict(architecture), "parameters": {**schedule.table(), **parameters},
        "seed": seed, "device": device, "data": _hash(values, context.sounds),
        "versions": {name: version(name) for name in ("granulate", "torch", "numpy")},
    }  # fmt: skip
    key = "deep-" + hashlib.sha256(json.dumps(card, sort_keys=True).encode()).hexdigest()[:40]
    if context.memory is not None and (found := context.memory.load(key)):
        return Model(*found)
    from granulate.deep.networks import build

    with repeatable(seed, device):
        network = build(architecture)
        tensor = library.from_numpy(np.array(values, np.float32))
        network.fit_range(tensor)
        network.to(device)
        history: History = train(
            network, loss_of(network, tensor.to(device)), n_rows, seed, schedule, context.step, label
        )
        state = network.to("cpu").state_dict()
    weights = {name: np.array(array.numpy()) for name, array in state.items()}
    model = Model(weights, {**card, "losses": history.losses, "stopped": history.stopped})
    if context.memory is not None and not history.stopped:
        context.memory.keep(key, model.weights, model.card)
    return model


def _hash(values: Values, sounds: NDArray[np.int32] | None) -> str:
    found = hashlib.sha256(f"{values.shape}".encode())
    found.update(np.ascontiguousarray(values, np.float32).data)
    if sounds is not None:
        found.update(np.ascontiguousarray(sounds, np.int32).data)
    return found.hexdigest()
