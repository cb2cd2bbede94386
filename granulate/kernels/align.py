"""Shifts of grains to where they correlate best with what already sounds, before they are overlap-added.

Synchronised overlap-add (Roucos & Wilgus, "High quality time-scale modification for speech", ICASSP 1985),
with the grains' own windows as weights: the correlation is what the overlap gains by standing in phase. It is
searched coarsely, in means of a few samples, and then sample by sample round the best.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.types import Framing
from granulate.types.arrays import read_only

Samples = NDArray[np.float32]
Places = NDArray[np.int64]

_F = np.float32
_LANES = 64
"""Sums that run side by side, as a vector's places do; added up in the end, in one order."""
_COARSE = 8
"""Samples of which the coarse search takes the mean."""
_PENALTY = 0.25
"""Of a shift of a hop, beside correlations up to 1: of two that are alike, the smaller shift is taken."""
_TINY = np.float32(np.finfo(np.float32).tiny)


class Aligner:
    """Shifts range after range of one path's grains; where ranges begin does not matter.

    A grain's shift depends on the grains before it alone. `reach`: samples that a grain is shifted at most.
    """

    def __init__(self, framing: Framing, reach: int) -> None:
        self._hop = framing.hop
        self._reach = reach
        self._squared = framing.weights() ** 2
        # What sounds already, and the sum of the squared windows there, from the next grain's first sample on.
        self._sounding = np.zeros(framing.window, np.float32)
        self._norm = np.zeros(framing.window, np.float32)

    def __call__(self, pool: Samples, starts: Places, bounds: Places) -> Places:
        """Where the grains shall start (n,), int64, by the sum of their channels.

        `pool` (n_frames, n_channels) holds all sounds; `starts` (n,): where grains start in it; `bounds`
        (n, 2): where their sounds begin and end, outside of which there is silence.
        """
        shifted = np.array(starts, np.int64)
        _align(
            read_only(np.ascontiguousarray(pool)).reshape(-1), pool.shape[1], shifted, np.ascontiguousarray(bounds, np.int64),
            self._squared, self._sounding, self._norm, self._hop, self._reach,
        )  # fmt: skip
        return shifted


@njit(cache=True, nogil=True, error_model="numpy")
def _align(pool, n_channels, starts, bounds, squared, sounding, norm, hop, reach):  # type: ignore[no-untyped-def]
    window = len(squared)
    overlap = window - hop
    coarse = 1
    while 2 * coarse <= min(_COARSE, reach // 8):
        coarse *= 2
    # Whole lanes; what is beyond the overlap weighs nothing.
    length = -(-overlap // _LANES) * _LANES
    target, weight = np.zeros(length, np.float32), np.zeros(length, np.float32)
    stretch = np.zeros(max(window, length) + 2 * reach + 8 * coarse, np.float32)
    for j in range(len(starts)):
        energy = _target(sounding[:overlap], norm[:overlap], squared, target, weight)
        _read(pool, n_channels, starts[j] - reach, bounds[j], stretch[: window + 2 * reach])
        shift = 0
        if energy > 0 and reach > 0:
            shift = _shift(target, weight, stretch, energy, hop, reach, coarse)
        starts[j] += shift
        at = reach + shift
        for i in range(overlap):
            sounding[i] = sounding[i + hop]
        sounding[overlap:] = 0
        for i in range(overlap):
            norm[i] = norm[i + hop]
        norm[overlap:] = 0
        for i in range(hop, window):
            sounding[i - hop] += squared[i] * stretch[at + i]
            norm[i - hop] += squared[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _target(sounding, norm, squared, target, weight):  # type: ignore[no-untyped-def]
    # The correlation's weights, the product of both sides' windows, times what sounds, which is `sounding / norm`.
    energy = np.zeros(_LANES, np.float32)
    for i in range(len(sounding)):
        target[i] = squared[i] * sounding[i]
        weight[i] = squared[i] * norm[i]
    for first in range(0, len(sounding), _LANES):
        for i in range(first, min(first + _LANES, len(sounding))):
            energy[i - first] += target[i] * sounding[i] / max(norm[i], _TINY)
    return _total(energy)


@njit(cache=True, nogil=True)
def _read(pool, n_channels, first, bounds, stretch):  # type: ignore[no-untyped-def]
    # The sum of the channels, and silence outside of the bounds.
    lo, hi = max(0, bounds[0] - first), min(len(stretch), bounds[1] - first)
    stretch[: max(0, min(lo, len(stretch)))] = 0
    stretch[max(0, hi) :] = 0
    if hi <= lo:
        return
    if n_channels == 1:
        for i in range(lo, hi):
            stretch[i] = pool[first + i]
        return
    for i in range(lo, hi):
        total = _F(0)
        for c in range(n_channels):
            total += pool[(first + i) * n_channels + c]
        stretch[i] = total


@njit(cache=True, nogil=True, error_model="numpy")
def _shift(target, weight, stretch, energy, hop, reach, step):  # type: ignore[no-untyped-def]
    here = _matched(target, weight, stretch[reach:])
    _, before = _matched(target, weight, stretch)
    _, after = _matched(target, weight, stretch[2 * reach :])
    found = _coarsely(target, stretch[reach - (reach // step) * step :], step, reach // step)
    middle = len(found) // 2
    for k in range(len(found)):
        # How loud a grain is changes slowly with its shift.
        shift = (k - middle) * step
        far = abs(shift) / reach
        power = here[1] + far * ((before if shift < 0 else after) - here[1])
        found[k] = _worth(found[k] / step, power, energy, shift / hop)
    shift = min(reach, max(-reach, round(step * (_summit(found) - middle))))
    product, power = _matched(target, weight, stretch[reach + shift :])
    # Grains that stand right already are not to be moved to what is as good.
    still = _worth(here[0], here[1], energy, 0.0)
    return shift if _worth(product, power, energy, shift / hop) > still else 0


@njit(cache=True, nogil=True)
def _coarsely(target, stretch, step, n_either):  # type: ignore[no-untyped-def]
    # The target's products with the stretch from each of its first means on.
    n, n_lags = len(target) // step, 2 * n_either + 1
    goal, means = np.empty(n, np.float32), np.empty(n + n_lags + 4, np.float32)
    _summed(target, step, goal)
    _summed(stretch, step, means)
    found = np.zeros(n_lags, np.float32)
    for i in range(0, n, 4):
        a, b, c, d = goal[i], goal[i + 1], goal[i + 2], goal[i + 3]
        for k in range(n_lags):
            found[k] += (a * means[i + k] + b * means[i + k + 1]) + (
                c * means[i + k + 2] + d * means[i + k + 3]
            )
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _summit(values):  # type: ignore[no-untyped-def]
    # Where the highest of the parabolas through each three of the values is highest, or an end that is higher.
    last = len(values) - 1
    best, at = (values[0], 0.0) if values[0] >= values[last] else (values[last], float(last))
    for k in range(1, last):
        rise, bend = values[k + 1] - values[k - 1], values[k - 1] - 2 * values[k] + values[k + 1]
        if values[k] >= values[k - 1] and values[k] >= values[k + 1] and bend < 0:
            height = values[k] - rise * rise / (8 * bend)
            if height > best:
                best, at = height, k - rise / (2 * bend)
    return at


@njit(cache=True, nogil=True)
def _matched(target, weight, stretch):  # type: ignore[no-untyped-def]
    # The stretch's product with the target, and its own power under the weights.
    products, squares = np.zeros(_LANES, np.float32), np.zeros(_LANES, np.float32)
    for first in range(0, len(target), _LANES):
        for lane in range(_LANES):
            y = stretch[first + lane]
            products[lane] += target[first + lane] * y
            squares[lane] += weight[first + lane] * y * y
    return _total(products), _total(squares)


@njit(cache=True, nogil=True, inline="always")
def _total(lanes):  # type: ignore[no-untyped-def]
    total = 0.0
    for lane in lanes:
        total += lane
    return total


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def _worth(product, power, energy, hops):  # type: ignore[no-untyped-def]
    # The normalised correlation, -1 to 1, less what the shift costs.
    alike = product / np.sqrt(power * energy) if power > 0 else 0.0
    return alike - _PENALTY * hops**2


@njit(cache=True, nogil=True)
def _summed(values, step, out):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] = values[i * step]
    for s in range(1, step):
        for i in range(len(out)):
            out[i] += values[i * step + s]
