"""How loud a sound is: its peak, and its loudness after ITU-R BS.1770-4. Measured in blocks.

Levels in dBFS are of the largest sample: 0 dBFS is full scale, 1.0.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types import Source

_CHANNEL_WEIGHTS = (1.0, 1.0, 1.0, 1.41, 1.41)
_STEPS_PER_S = 10  # BS.1770 gates windows of 400 ms that begin every 100 ms
_LOWEST_RATE = 4000  # the weighting's shelf lies at 1.5 kHz, and a filter needs it below half the rate


def peak(sound: Source) -> float:
    """The largest absolute sample."""
    return max(max(float(block.max()), -float(block.min())) for _, block in sound.blocks())


def to_decibels(factor: float) -> float:
    """20 log10 of a factor; minus infinity for 0."""
    return 20 * math.log10(factor) if factor > 0 else -math.inf


def from_decibels(decibels: float) -> float:
    """The factor that so many decibels are."""
    return float(10 ** (decibels / 20))


def loudness(sound: Source) -> float:
    """Integrated, gated loudness in LUFS (ITU-R BS.1770-4); minus infinity for silence.

    The filters and the gating are those of pyloudnorm, run in blocks. Channels are left, right,
    centre and the surrounds.

    Raises ParameterError for more than 5 channels, less than 0.4 s, and rates below 4000 Hz, of
    which the standard says nothing.
    """
    if sound.n_channels > len(_CHANNEL_WEIGHTS):
        raise ParameterError(f"{sound.name}: loudness of {sound.n_channels} channels; allowed: 1 to 5")
    if sound.n_samples < 0.4 * sound.sample_rate:
        raise ParameterError(
            f"{sound.name}: loudness of {sound.n_samples / sound.sample_rate:.3f} s; allowed: at least 0.4 s"
        )
    if sound.sample_rate < _LOWEST_RATE:
        raise ParameterError(
            f"{sound.name}: loudness at {sound.sample_rate} Hz; allowed: at least {_LOWEST_RATE} Hz"
        )
    energy = np.concatenate([_step_energies(sound), np.zeros(4)])
    n_windows = round((sound.n_samples / sound.sample_rate - 0.4) * _STEPS_PER_S) + 1
    windows = [energy[i : i + n_windows] for i in range(4)]
    power = np.sum(windows, axis=0) / (0.4 * sound.sample_rate)
    with np.errstate(divide="ignore"):
        level = -0.691 + 10 * np.log10(power)
    audible = level >= -70
    if not audible.any():
        return -math.inf
    relative = -0.691 + 10 * math.log10(power[audible].mean()) - 10
    return -0.691 + 10 * math.log10(power[audible & (level > relative)].mean())


def _step_energies(sound: Source) -> NDArray[np.float64]:
    """The K-weighted energy of each 100 ms, summed over the weighted channels (n_steps,)."""
    import pyloudnorm
    from scipy.signal import lfilter

    rate = sound.sample_rate
    weighting = [
        pyloudnorm.IIRfilter(4.0, 1 / math.sqrt(2), 1500.0, rate, "high_shelf"),
        pyloudnorm.IIRfilter(0.0, 0.5, 38.0, rate, "high_pass"),
    ]
    coefficients = [(stage.b, stage.a) for stage in weighting]
    states = [np.zeros((2, sound.n_channels)) for _ in weighting]
    energy = np.zeros((sound.n_samples - 1) * _STEPS_PER_S // rate + 1)
    for first, block in sound.blocks():
        filtered = block.astype(np.float64)
        for i, (b, a) in enumerate(coefficients):
            filtered, states[i] = lfilter(b, a, filtered, axis=0, zi=states[i])
        power = np.square(filtered) @ np.array(_CHANNEL_WEIGHTS[: sound.n_channels])
        step = (first + np.arange(len(block))) * _STEPS_PER_S // rate
        sums = np.bincount(step - step[0], power)
        energy[step[0] : step[0] + len(sums)] += sums
    return energy
