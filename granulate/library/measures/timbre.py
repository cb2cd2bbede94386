"""Timbre: mel-frequency cepstral coefficients over time."""

from __future__ import annotations

from functools import cache
from math import factorial
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.fft import dct
from granulate.kernels.mel import mel_bands
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

SILENCE = np.float32(1e-10)
_DELTA_WIDTH = 9


@MEASURES.add()
def timbre(
    sample_rate: int,
    *,
    coefficients: Annotated[int, Parameter("coefficients kept, the first (loudness) included", 1, 128)] = 20,
    bands: Annotated[int, Parameter("mel bands up to half of the sample rate", 2, 512)] = 40,
    deltas: Annotated[
        int, Parameter("orders of local slopes that are kept: 1 deltas, 2 their deltas too", 0, 2)
    ] = 1,
    spectrum: Annotated[bool, Parameter("whether the mel bands themselves are kept, in decibels")] = False,
    range: Annotated[
        float, Parameter("levels further than this below the loudest are raised to there", 1, 200, "dB")
    ] = 80.0,
) -> Measure:
    """Mel-frequency cepstral coefficients with deltas: the colour of a sound (Davis & Mermelstein 1980).

    The orthonormal DCT-II of mel decibels; deltas are slopes of lines fitted to nine frames (Savitzky & Golay
    1964). All as librosa computes them of the same bands.
    """
    kept = min(coefficients, bands)
    framing = framing_at(sample_rate, FRAME_S, 2)
    filters = mel_bands(sample_rate, framing.n_fft, bands, 0.0, sample_rate / 2)

    def measure(frames: Frames, out: Values) -> None:
        out[:] = frames.mel(filters)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        power = np.maximum(values, SILENCE, out=values)
        decibels = 10 * np.log10(power)
        np.maximum(decibels, decibels.max() - np.float32(range), out=decibels)
        parts = [dct(decibels)[:, :kept]]
        for order in np.arange(1, deltas + 1):
            parts.append(_slopes(parts[0], int(order)))
        if spectrum:
            parts.insert(1, decibels)
        return np.hstack(parts), np.zeros(0, np.float32)

    names = [(f"mfcc_{i}", "dB") for i in np.arange(kept)]
    if spectrum:
        names += [(f"mel_{i}", "dB") for i in np.arange(bands)]
    for order in ("delta", "delta2")[:deltas]:
        names += [(f"mfcc_{i}_{order}", "dB/frame") for i in np.arange(kept)]
    return Measure(tuple(names), (), framing, bands, measure, finish, brief=kept * deltas)


@cache
def _slope_weights(order: int) -> NDArray[np.float64]:
    # As scipy.signal's savgol_coeffs; to import that takes longer than a hundred sounds.
    places = np.arange(_DELTA_WIDTH) - _DELTA_WIDTH // 2
    return factorial(order) * np.linalg.pinv(np.vander(places, order + 1, increasing=True))[order]


def _slopes(values: Values, order: int) -> Values:
    """The derivative of a polynomial of that order fitted to nine frames around each; edges repeat."""
    reach = _DELTA_WIDTH // 2
    around = np.pad(values, ((reach, reach), (0, 0)), "edge") if len(values) else values
    found = np.zeros(values.shape)
    for first, weight in enumerate(_slope_weights(order).tolist()):
        found += weight * around[first : first + len(values)]
    return found.astype(np.float32)
