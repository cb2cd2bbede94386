"""How loud grains are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges
from granulate.types import Corpus

FLOOR_DB = -200.0


def levels(corpus: Corpus) -> NDArray[np.float32]:
    """Root mean square of every grain over its length and all channels, dB of full scale (n_grains,).

    -200 dB stands for silence.
    """
    grains = corpus.grains
    found = np.empty(len(grains), np.float32)
    for number, sound in enumerate(corpus.sounds):
        of_sound = np.flatnonzero(grains.sounds == number)
        onsets, lengths = grains.onsets[of_sound], grains.lengths[of_sound]
        power = np.empty(len(of_sound), np.float64)
        frames = sound.frames

        def work(
            first: int,
            last: int,
            frames: NDArray[np.float32] = frames,
            onsets: NDArray[np.int64] = onsets,
            lengths: NDArray[np.int64] = lengths,
            power: NDArray[np.float64] = power,
        ) -> None:
            _power(frames, onsets[first:last], lengths[first:last], power[first:last])

        for begin in range(0, len(of_sound), 1 << 14):
            end = min(len(of_sound), begin + (1 << 14))
            over_ranges(lambda a, b, at=begin: work(at + a, at + b), end - begin, 1 << 10)  # type: ignore[misc]
            storage.release(frames)
        found[of_sound] = 10 * np.log10(np.maximum(power, 10 ** (FLOOR_DB / 10)))
    return found


@njit(cache=True, nogil=True)
def _power(frames, onsets, lengths, power):  # type: ignore[no-untyped-def]
    for i in range(len(onsets)):
        total = 0.0
        for j in range(max(0, onsets[i]), min(len(frames), onsets[i] + lengths[i])):
            for c in range(frames.shape[1]):
                total += np.float64(frames[j, c]) * np.float64(frames[j, c])
        power[i] = total / (lengths[i] * frames.shape[1])
