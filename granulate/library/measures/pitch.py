"""Pitch: how high a sound is, and how much of a pitch it has."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from granulate.kernels.pitch import voice, yin
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

_FAR_DB = 60.0
"""Frames further below the loudest have no say in the pitch of the whole."""

_MOST_HNR = 60.0


@MEASURES.add()
def pitch(
    sample_rate: int,
    *,
    low: Annotated[
        float, Parameter("lowest pitch; frames of 46 ms reach down to 43 Hz", 1, 20_000, "Hz")
    ] = 43.0,
    high: Annotated[float, Parameter("highest pitch", 1, 100_000, "Hz")] = 4000.0,
    threshold: Annotated[
        float, Parameter("aperiodicity below which the shortest period is taken", 0, 1)
    ] = 0.1,
    voiced: Annotated[float, Parameter("aperiodicity below which a frame has a pitch", 0, 2)] = 0.25,
) -> Measure:
    """Pitch by YIN, and how periodic the sound is (de Cheveigne & Kawahara 2002).

    Per frame: pitch, aperiodicity and harmonics-to-noise ratio (Boersma 1993: the correlation with itself a
    period later). As a whole, of the frames within 60 dB of the loudest: the share that is voiced, and of
    those the median pitch in Hz and in semitones (MIDI's: 69 is 440 Hz) and its deviation; of all, where none is
    voiced. Silence has 0.
    """
    framing = framing_at(sample_rate, FRAME_S, 1, "boxcar")
    high = max(high, low)

    def measure(frames: Frames, out: Values) -> None:
        out[:, :3] = yin(frames.samples, frames.spectra, sample_rate, low, high, threshold, whole=True)
        out[:, 3] = np.einsum("ij,ij->i", frames.samples, frames.samples)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        whole = voice(values[:, :3].astype(np.float64), values[:, 3], _FAR_DB, voiced)
        frames = values[:, :3].copy()
        harmonicity = values[:, 2].astype(np.float64)
        ratio = 10 * np.log10(np.maximum(harmonicity, 1e-6) / np.maximum(1 - harmonicity, 1e-6))
        frames[:, 2] = np.minimum(ratio, _MOST_HNR)
        return frames, whole.astype(np.float32)

    names = (("pitch", "Hz"), ("aperiodicity", ""), ("harmonicity", "dB"))
    whole = (
        ("median_pitch", "Hz"),
        ("median_semitone", "semitone"),
        ("semitone_deviation", "semitone"),
        ("voiced", "share"),
    )
    return Measure(names, whole, framing, 4, measure, finish)
