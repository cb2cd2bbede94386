"""Stereo: how wide a sound is."""

from __future__ import annotations

import numpy as np

from granulate.kernels.mono import products
from granulate.library.measures.heard import Heard, Values
from granulate.library.measures.registry import MEASURES, Measure


@MEASURES.add()
def stereo(sample_rate: int) -> Measure:
    """Width, correlation and balance of the first two channels; one channel is all middle.

    Width is the share of the energy that is in the difference of the channels and not in their sum, correlation
    Pearson's without taking off the mean, balance the share of the second channel from -1 to 1. Silence is as
    one channel.
    """

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        left = right = both = 0.0
        if heard.sound.n_channels > 1:
            for frames in heard.blocks():
                found = products(frames)
                left, right, both = left + found[0], right + found[1], both + found[2]
        whole = np.array([0.0, 1.0, 0.0], np.float32)
        if left + right > 0:
            whole[0] = (left + right - 2 * both) / (2 * (left + right))
            whole[1] = both / np.sqrt(left * right) if left > 0 and right > 0 else 0.0
            whole[2] = (right - left) / (left + right)
        return np.zeros((0, 0), np.float32), whole

    return Measure(whole=(("width", "share"), ("correlation", ""), ("balance", "")), finish=finish)
