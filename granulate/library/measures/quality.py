"""Quality: what may be wrong with a recording, for a report on a whole library."""

from __future__ import annotations

from typing import Annotated

import numpy as np

from granulate.kernels.quality import begin, faults
from granulate.library.measures.heard import Heard, Values
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Parameter

_LOWEST_DB = -144.0

_WHOLE = (
    ("leading_silence", "s"),
    ("trailing_silence", "s"),
    ("silent_share", "share"),
    ("clipped", ""),
    ("clipped_runs", ""),
    ("longest_run", "samples"),
    ("offset", ""),
    ("rms", "dB"),
    ("peak", "dB"),
)


@MEASURES.add()
def quality(
    sample_rate: int,
    *,
    gate: Annotated[float, Parameter("what does not exceed this level is silence", -144, 0, "dB")] = -60.0,
    full_scale: Annotated[float, Parameter("samples from here on are at full scale", 0.5, 1)] = 0.9999,
    run: Annotated[int, Parameter("so many of them in a row are clipping for sure", 1, 1000)] = 3,
) -> Measure:
    """Silence before, after and within, samples at full scale and their longest run, offset, level and peak.

    A moment is silent where no channel exceeds the gate; a sound that is silent throughout is silence before and
    after. Samples at full scale are counted in all channels; 16-bit files reach 0.99997. The offset is the mean of
    the channel in which that is farthest from 0.
    """

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        bounds, state = begin(heard.sound.n_channels)
        first = 0
        for frames in heard.blocks():
            faults(frames, 10 ** (gate / 20), full_scale, run, first, bounds, state)
            first += len(frames)
        n = max(first, 1)
        silent = bounds[0] < 0
        leading, trailing = (first, first) if silent else (bounds[0], first - 1 - bounds[1])
        means = state[:, 4] / n
        power, peak = state[:, 5].sum() / (n * len(state)), heard.sound.peak
        whole = np.array(
            [
                leading / sample_rate, trailing / sample_rate, bounds[2] / n,
                state[:, 0].sum(), state[:, 1].sum(), state[:, 2].max(),
                means[np.abs(means).argmax()],
                max(10 * np.log10(max(power, 1e-30)), _LOWEST_DB),
                max(20 * np.log10(max(peak, 1e-30)), _LOWEST_DB),
            ]
        )  # fmt: skip
        return np.zeros((0, 0), np.float32), whole.astype(np.float32)

    return Measure(whole=_WHOLE, finish=finish)
