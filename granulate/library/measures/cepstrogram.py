"""The cepstrogram: MFCC over time as an image of one size, whatever the sound's length, for networks that see."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from granulate.kernels.fft import dct
from granulate.kernels.mel import mel_bands
from granulate.library.measures.heard import Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

_FRAME_S = 2048 / 22_050
_HIGHEST_HZ = 11_025.0
_N_BANDS = 128
_RANGE_DB = np.float32(80)
_SILENCE = np.float32(1e-10)


@MEASURES.add()
def cepstrogram(
    sample_rate: int,
    *,
    coefficients: Annotated[int, Parameter("coefficients: the rows of the image", 2, 128)] = 32,
    frames: Annotated[int, Parameter("frames: the columns of the image", 1, 256)] = 32,
    over: Annotated[
        Literal["beginning", "whole"],
        Parameter("the beginning of the sound, frame by frame, or all of it in as many parts"),
    ] = "beginning",
) -> Measure:
    """Mel-frequency cepstral coefficients over time as an image, row by row: what autoencoders learn maps from.

    Of 128 mel bands up to 11,025 Hz, in decibels not further than 80 below the loudest, and as librosa computes
    them at 22,050 Hz from frames of 2,048 that overlap by half; other rates take frames of the nearest
    length. 32 frames are 1.5 s. Frames beyond the end hold silence; `whole` gives the means of parts of one length.
    """
    framing = framing_at(sample_rate, _FRAME_S, 2)
    filters = mel_bands(sample_rate, framing.n_fft, _N_BANDS, 0.0, min(_HIGHEST_HZ, sample_rate / 2))

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        n = framing.n_grains(heard.n_samples)
        wanted = n if over == "whole" else min(n, frames)
        power = np.full((max(wanted, frames), _N_BANDS), _SILENCE, np.float32)
        for first, some in heard.frames(framing):
            taken = some.mel(filters)[: wanted - first]
            np.maximum(taken, _SILENCE, out=power[first : first + len(taken)])
            if first + len(taken) >= wanted:
                break
        decibels = 10 * np.log10(power)
        np.maximum(decibels, decibels.max() - _RANGE_DB, out=decibels)
        found = dct(decibels)[:, :coefficients]
        if len(found) > frames:
            begins = np.arange(frames) * len(found) // frames
            lengths = np.diff(np.append(begins, len(found)))
            found = (np.add.reduceat(found, begins, axis=0) / lengths[:, None]).astype(np.float32)
        return np.zeros((0, 0), np.float32), np.ascontiguousarray(found.T).ravel()

    names = [(f"mfcc_{i}_at_{t}", "dB") for i in np.arange(coefficients) for t in np.arange(frames)]
    return Measure(whole=tuple(names), finish=finish)
