"""Spectral: the shape of the spectrum over time."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from granulate.kernels import shape
from granulate.library.measures.heard import FRAME_S, Frames, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter


@MEASURES.add()
def spectral(
    sample_rate: int,
    *,
    share: Annotated[float, Parameter("of the magnitudes, below the roll-off", 0.01, 1)] = 0.85,
) -> Measure:
    """Centroid, spread, skewness, kurtosis, flatness, entropy, roll-off, crest and flux of the spectrum, zero crossings.

    Of magnitudes (Peeters 2004); centroid, spread and roll-off are librosa's spectral_centroid,
    spectral_bandwidth and spectral_rolloff. Flux is the distance from the frame before, both of unit length.
    """
    framing = framing_at(sample_rate, FRAME_S, 2)
    half = sample_rate / 2

    def measure(frames: Frames, out: Values) -> None:
        magnitudes = frames.magnitudes
        found = shape.moments(magnitudes)
        found[:, :2] *= half
        out[:, :4], out[:, 7] = found[:, :4], found[:, 4]
        out[:, 4], out[:, 5] = shape.flatness_and_entropy(magnitudes)
        out[:, 6] = shape.rolloff(magnitudes, share) * half
        before = frames.before.magnitudes[-1] if frames.before is not None else magnitudes[0]
        out[:, 8] = shape.flux(magnitudes, np.ascontiguousarray(before))
        out[:, 9] = shape.zero_crossings(frames.samples) * sample_rate

    names = (
        ("centroid", "Hz"),
        ("spread", "Hz"),
        ("skewness", ""),
        ("kurtosis", ""),
        ("flatness", ""),
        ("entropy", ""),
        ("rolloff", "Hz"),
        ("crest", ""),
        ("flux", ""),
        ("zero_crossings", "Hz"),
    )
    return Measure(names, (), framing, len(names), measure)
