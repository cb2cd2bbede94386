"""Timbre: mel-frequency cepstral coefficients over time."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from granulate.kernels.fft import dct
from granulate.kernels.mel import mel_bands
from granulate.kernels.slopes import slopes
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

SILENCE = np.float32(1e-10)


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
        decibels = np.log10(power)
        decibels *= 10
        np.maximum(decibels, decibels.max() - np.float32(range), out=decibels)
        parts = [np.ascontiguousarray(dct(decibels)[:, :kept])]
        for order in np.arange(1, deltas + 1):
            parts.append(slopes(parts[0], int(order)))
        if spectrum:
            parts.insert(1, decibels)
        return np.hstack(parts), np.zeros(0, np.float32)

    names = [(f"mfcc_{i}", "dB") for i in np.arange(kept)]
    if spectrum:
        names += [(f"mel_{i}", "dB") for i in np.arange(bands)]
    for order in ("delta", "delta2")[:deltas]:
        names += [(f"mfcc_{i}_{order}", "dB/frame") for i in np.arange(kept)]
    return Measure(tuple(names), (), framing, bands, measure, finish, brief=kept * deltas)
