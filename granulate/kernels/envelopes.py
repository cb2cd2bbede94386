"""Envelopes: one value for each short step of a sound, however long that is.

The sound is read in stretches whose mapped memory is handed back, so that memory grows with the
number of steps alone.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.jit import njit
from granulate.kernels.mel import mel_bands
from granulate.kernels.threads import over_ranges
from granulate.types import Framing, Sound

Envelope = NDArray[np.float32]
Steps = NDArray[np.int64]

_ANALYSIS_S = 0.0232
"""Length of an analysis window, before it is rounded to a power of two: 1024 samples at 44.1 kHz."""
_BANDS = 40
_HIGHEST_HZ = 16_000.0
_FLOOR = 1e-6
"""White noise this much (in power) below the sound's peak counts as silence."""
_QUIET = 1e-6
"""The least power, relative to the peak's, that a rise is counted from."""
_LAG = 2
"""Frames between the spectra that are compared: half a window apart."""
_BLOCK_SAMPLES = 1 << 19


def step_peaks(sound: Sound, step: int) -> Envelope:
    """The largest absolute sample of any channel in each `step` samples, float32 (n_steps,)."""
    peaks = np.empty(-(-sound.n_samples // step), np.float32)
    for at, frames in _stretches(sound, step):
        steps = np.maximum.reduceat(np.abs(frames), np.arange(0, len(frames), step), axis=0)
        peaks[at : at + len(steps)] = steps.max(axis=1)
    return peaks


def step_powers(sound: Sound, step: int) -> Envelope:
    """The mean power of each `step` samples, channels mixed, where the peak's is 1; float32 (n_steps,)."""
    powers = np.zeros(-(-sound.n_samples // step), np.float32)
    if sound.peak == 0:
        return powers
    for at, frames in _stretches(sound, step):
        steps = np.add.reduceat(np.square(_mono(frames, sound.peak)), np.arange(0, len(frames), step))
        np.divide(steps, step, out=powers[at : at + len(steps)])
    return powers


def onset_strength(sound: Sound) -> tuple[Envelope, int]:
    """How fast the mel bands get louder, dB, the mean over bands, float32 (n_frames,); and the hop.

    Frame i is centred on sample i * hop, about 6 ms apart. The measure is SuperFlux (Boeck & Widmer
    2013, "Maximum filter vibrato suppression for onset detection", DAFx): each band rises above
    the loudest of it and its neighbours half a window earlier. Levels are relative to the peak.
    """
    rate = sound.sample_rate
    size = 1 << min(16, max(4, round(math.log2(_ANALYSIS_S * rate))))
    framing = Framing(size, size, size // 4)
    strength = np.zeros(framing.n_grains(sound.n_samples), np.float32)
    if sound.peak == 0:
        return strength, framing.hop
    bands = mel_bands(rate, size, _BANDS, 0.0, min(rate / 2, _HIGHEST_HZ))
    weights = framing.weights()
    # A band is the mean of its bins' power where its area, in Hz, is brought to one bin.
    scale = np.float32(rate / size / (_FLOOR * np.square(weights).sum()))
    n_filled = max(1, int(np.count_nonzero(bands.count)))

    def work(at: int, first: int, last: int) -> None:
        first, last = at + first, at + last
        starts = (np.arange(first - _LAG, last) * framing.hop - framing.lead).astype(np.int64)
        low = min(sound.n_samples, max(0, int(starts[0])))
        high = max(low, min(sound.n_samples, int(starts[-1]) + size))
        mono = _mono(sound.frames[low:high], sound.peak)
        bounds = np.tile(np.array([[0, len(mono)]], np.int64), (len(starts), 1))
        spectra = fft.rfft(cut_frames(mono, starts - low, bounds, weights, 0, size))
        levels = np.empty((len(starts), _BANDS), np.float32)
        bands.power(spectra, levels)
        levels *= scale
        levels += np.float32(1)
        np.log10(levels, out=levels)
        _rises(levels, np.float32(10 / n_filled), strength[first:last])

    # A stretch at a time, so that a memory-mapped sound's pages can be handed back in between.
    n, block = len(strength), fft.BATCH * max(1, _BLOCK_SAMPLES // (fft.BATCH * size)) - _LAG
    for begin in range(0, n, 16 * block):
        over_ranges(partial(work, begin), min(16 * block, n - begin), block)
        storage.release(sound.frames)
    return strength, framing.hop


def fastest_rise(sums: NDArray[np.float64], middles: Steps, reach: int) -> Steps:
    """The step int64 (n,) at which the power rises fastest, from `reach` / 2 before to `reach` after each.

    `sums` (n_steps + 1,): running sums of `step_powers`; `middles` (n,): steps in the middle of
    analysis windows, of which `reach` is half the length.
    """
    # A frame's flux is of what has come into the later half of its window.
    steps = middles[:, None] + np.arange(-(reach // 2), reach + 1)
    # The first step counts twice, so that a single click is found where it is and not before.
    after = (_mean_power(sums, steps, steps + 1) + _mean_power(sums, steps, steps + 3)) / 2
    rise = np.log(after + _QUIET) - np.log(_mean_power(sums, steps - 5, steps) + _QUIET)
    return steps[np.arange(len(steps)), rise.argmax(axis=1)]


def quietest(sums: NDArray[np.float64], steps: Steps, lead: int) -> Steps:
    """The quietest of each step (n,) and so many before it; of equals the last."""
    earlier = steps[:, None] - np.arange(lead + 1)
    return steps - _mean_power(sums, earlier, earlier + 1).argmin(axis=1)


def _stretches(sound: Sound, step: int) -> Iterator[tuple[int, NDArray[np.float32]]]:
    """All frames in pieces of whole steps, each with the number of its first step."""
    size = step * max(1, _BLOCK_SAMPLES // (step * sound.n_channels))
    for first in range(0, sound.n_samples, size):
        yield first // step, sound.frames[first : first + size]
        storage.release(sound.frames)


def _mono(frames: NDArray[np.float32], peak: float) -> NDArray[np.float32]:
    """The mean of the channels, the peak at 1: so that no square overflows."""
    if frames.shape[1] == 1:
        return frames[:, 0] / np.float32(peak)
    return (frames.mean(axis=1, dtype=np.float64) / peak).astype(np.float32)


def _mean_power(sums: NDArray[np.float64], first: Steps, last: Steps) -> NDArray[np.float64]:
    """The mean of steps first ... last out of running sums; outside of the sound there is none."""
    most = len(sums) - 1
    return (sums[np.clip(last, 0, most)] - sums[np.clip(first, 0, most)]) / (last - first)


@njit(cache=True, nogil=True)
def _rises(levels, scale, out):  # type: ignore[no-untyped-def]
    n_bands = levels.shape[1]
    for i in range(len(out)):
        before, now = levels[i], levels[i + _LAG]
        total = np.float32(0)
        for b in range(n_bands):
            reference = before[b]
            if b > 0:
                reference = max(reference, before[b - 1])
            if b + 1 < n_bands:
                reference = max(reference, before[b + 1])
            total += max(np.float32(0), now[b] - reference)
        out[i] = total * scale
