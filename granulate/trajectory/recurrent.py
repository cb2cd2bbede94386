"""A long short-term memory in PyTorch, fitted to sequences."""

from __future__ import annotations

from typing import Any

import numpy as np

from granulate.errors import MissingDependencyError
from granulate.trajectory.course import Points


def network(
    sequences: Points, targets: Points, *, hidden: int, epochs: int, batch: int, rate: float, seed: int
) -> Any:
    """A module that gives (n, d) for sequences (n, steps, d): one LSTM layer, and a linear one on its last state.

    Fitted to `targets` (m, d) of `sequences` (m, steps, d) by Adam and the mean squared error, on one
    thread of the CPU: the same seed gives the same weights to the bit. Raises MissingDependencyError.
    """
    try:
        import torch  # noqa: F401 - asked for here, so that the message names what needs it
    except ImportError:
        raise MissingDependencyError(
            "a forecast by 'lstm' needs PyTorch; allowed: pip install 'granulate[deep]', or 'knn' and 'mlp'"
        ) from None
    from granulate.deep.runtime import repeatable

    with repeatable(seed):
        model = _module(sequences.shape[2], hidden)
        return _fitted(model, sequences, targets, epochs, batch, rate, seed)


def _module(n_axes: int, hidden: int) -> Any:
    import torch

    class Last(torch.nn.Module):
        """The last state of a layer, brought to displacements."""

        def __init__(self) -> None:
            super().__init__()
            self.memory = torch.nn.LSTM(n_axes, hidden, batch_first=True)
            self.out = torch.nn.Linear(hidden, n_axes)

        def forward(self, sequences: torch.Tensor) -> torch.Tensor:
            states, _ = self.memory(sequences)
            found: torch.Tensor = self.out(states[:, -1])
            return found

    return Last()


def _fitted(
    model: Any, sequences: Points, targets: Points, epochs: int, batch: int, rate: float, seed: int
) -> Any:
    import torch

    given, wanted = torch.from_numpy(np.ascontiguousarray(sequences)), torch.from_numpy(targets)
    optimiser = torch.optim.Adam(model.parameters(), lr=rate)
    # The steps become small towards the end, where large ones would leave the result to chance.
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, epochs)
    rng = np.random.default_rng(seed)
    for _ in range(epochs):
        order = torch.from_numpy(rng.permutation(len(given)))
        for rows in order.split(batch):
            optimiser.zero_grad()
            loss = torch.nn.functional.mse_loss(model(given[rows]), wanted[rows])
            loss.backward()
            optimiser.step()
        slower.step()
    return model.eval()
