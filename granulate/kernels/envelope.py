"""The course of a sound's level."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit


def level_course(samples: NDArray[np.float32], step: int, over: int) -> NDArray[np.float64]:
    """Root mean square (n_steps,) of samples (n,), every `step` samples, over `over` steps around each.

    What lies beyond the ends is left out of the mean.
    """
    n_steps = -(-len(samples) // step)
    energy = np.zeros(n_steps + 1)
    _energies(samples, step, energy)
    at = np.arange(n_steps)
    low, high = np.maximum(0, at - over // 2), np.minimum(n_steps, at - over // 2 + over)
    counted = np.minimum(high * step, len(samples)) - low * step
    return np.sqrt(np.maximum(0, energy[high] - energy[low]) / counted)


@njit(cache=True, nogil=True)
def _energies(samples, step, energy):  # type: ignore[no-untyped-def]
    for s in range(len(energy) - 1):
        a = b = 0.0
        first, last = s * step, min((s + 1) * step, len(samples))
        for i in range(first, last - 1, 2):
            a += np.float64(samples[i]) * samples[i]
            b += np.float64(samples[i + 1]) * samples[i + 1]
        if (last - first) % 2:
            a += np.float64(samples[last - 1]) * samples[last - 1]
        energy[s + 1] = energy[s] + a + b
