"""Loudness: how loud a sound is, in half-second blocks and as a whole."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels.loudness import MARGIN, energies, powers, split_energies, true_peaks, weighting
from granulate.library.measures.heard import Heard, Values
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Duration, Parameter
from granulate.units import parse_time

LOWEST_LUFS = -70.0
_LOWEST_DB = -144.0
_SPLIT_HZ = 1000.0
_MOST_RATIO = 1e12
"""Low over high energy is kept within this and its inverse: 120 dB."""

_WEIGHTS = (1.0, 1.0, 1.0, 1.41, 1.41)
_STEP_S = 0.1
_WINDOW_S = 0.4

_BLOCK = (
    ("true_peak", ""), ("true_peak_power", "power"), ("true_peak_db", "dB"),
    ("rms", ""), ("rms_power", "power"), ("rms_db", "dB"),
    ("lufs_amplitude", ""), ("lufs_power", "power"), ("lufs", "LUFS"),
    ("crest", ""), ("crest_db", "dB"),
    ("low_high", ""), ("low_high_db", "dB"),
)  # fmt: skip


@MEASURES.add()
def loudness(
    sample_rate: int,
    *,
    block: Annotated[Duration, Parameter("length of the blocks")] = "500ms",
    gate: Annotated[float, Parameter("blocks below this level are left out", -144, 0, "dB")] = -80.0,
) -> Measure:
    """True peak, level, LUFS, crest and the energy below 1 kHz over that above, of every block and channel.

    True peak at four times oversampling (ITU-R BS.1770-4, Annex 2); LUFS by BS.1770-4 as pyloudnorm computes it
    of each block by itself, never below -70; crest is true peak over level. The frames are blocks in order,
    and within a block its channels. What is left after the last whole block is not measured; a sound shorter
    than one block is one. As a whole: integrated LUFS, gated, and the highest true peak and level of all.
    Channels after the fifth weigh 1; below 4 kHz, where the standard ends, LUFS are not weighted.
    """

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        shortest = min(last - first for first, last in heard.stretches)
        length = min(max(1, parse_time(block).samples(sample_rate)), shortest)
        rows = [_of_block(frames, at, at + length, sample_rate) for frames, at in _blocks(heard, length)]
        found = np.concatenate(rows)
        level = 10 * np.log10(found[:, 4].mean() + 1e-30)
        peak = 20 * np.log10(max(found[:, 0].max(), 1e-30))
        whole = [integrated(heard), max(peak, _LOWEST_DB), max(level, _LOWEST_DB)]
        return found[found[:, 5] > gate].astype(np.float32), np.array(whole, np.float32)

    quiet = (0, 0, gate, 0, 0, gate, 0, 0, LOWEST_LUFS, 1, 0, 1, 0)
    whole = (("integrated", "LUFS"), ("highest_true_peak", "dB"), ("level", "dB"))
    return Measure(_BLOCK, whole, finish=finish, silent=tuple(float(q) for q in quiet))


def integrated(heard: Heard) -> float:
    """Loudness of all that is heard, gated at -70 LUFS and 10 LU below the mean (ITU-R BS.1770-4); at least -70.

    Of less than 0.4 s there is one window, as long as the sound.
    """
    rate, n_channels = heard.rate, heard.sound.n_channels
    filters, state = weighting(rate), np.zeros((n_channels, 4))
    n_steps = int(np.ceil(heard.n_samples / (_STEP_S * rate)))
    edges = np.minimum((np.arange(n_steps + 1) * _STEP_S * rate).astype(np.int64), heard.n_samples)
    edges[-1] = heard.n_samples
    energy = np.zeros((n_steps, n_channels))
    at = 0
    for frames in heard.blocks():
        first, last = np.searchsorted(edges, [at, at + len(frames)], side="right")
        mine = np.unique(np.concatenate([[at], edges[first:last], [at + len(frames)]])) - at
        found = energies(frames, mine, filters, state)
        which = np.clip(np.searchsorted(edges, mine[:-1] + at, side="right") - 1, 0, n_steps - 1)
        np.add.at(energy, which, found)
        at += len(frames)
    step = _STEP_S * rate
    n_windows = max(1, round((heard.n_samples / rate - _WINDOW_S) / _STEP_S) + 1)
    padded = np.vstack([energy, np.zeros((4, n_channels))])
    power = sum(padded[i : i + n_windows] for i in range(4)) / min(4 * step, heard.n_samples)
    return float(_gated((power @ _weights(n_channels))[:, None])[0])


def _gated(power: NDArray[np.float64]) -> NDArray[np.float64]:
    """LUFS of windows' weighted mean squares (n_windows, n_channels), each channel by itself."""
    levels = -0.691 + 10 * np.log10(np.maximum(power, 1e-30))
    audible = levels >= LOWEST_LUFS
    mean = np.where(audible, power, 0).sum(axis=0) / np.maximum(1, audible.sum(axis=0))
    relative = -0.691 + 10 * np.log10(np.maximum(mean, 1e-30)) - 10
    kept = audible & (levels > relative)
    mean = np.where(kept, power, 0).sum(axis=0) / np.maximum(1, kept.sum(axis=0))
    return np.maximum(-0.691 + 10 * np.log10(np.maximum(mean, 1e-30)), LOWEST_LUFS)


def _weights(n_channels: int) -> NDArray[np.float64]:
    weights = np.ones(n_channels)
    weights[: len(_WEIGHTS)] = _WEIGHTS[:n_channels]
    return weights


def _blocks(heard: Heard, length: int):  # type: ignore[no-untyped-def]
    """Frames that hold a block of that length and what its peaks depend on, and where in them it begins."""
    sound = heard.sound
    for begin, end in heard.stretches:
        for at in range(begin, end - length + 1, length):
            first = max(0, at - MARGIN)
            yield heard.bounded(sound.frames[first : at + length + MARGIN]), at - first
        storage.release(sound.frames)


def _of_block(frames: Values, first: int, last: int, rate: int) -> NDArray[np.float64]:
    """The columns (n_channels, 13) of a block."""
    block = frames[first:last]
    n_channels = block.shape[1]
    peak = true_peaks(frames, first, last)
    power = powers(block)
    lufs = _gated(_windows(block, rate))
    level = np.sqrt(power)
    crest = np.divide(peak, level, out=np.ones(n_channels), where=level > 0)
    ratio = _low_over_high(block, rate)
    with np.errstate(divide="ignore"):
        columns = (
            peak, peak**2, np.maximum(20 * np.log10(peak), _LOWEST_DB),
            level, power, np.maximum(10 * np.log10(power), _LOWEST_DB),
            10 ** (lufs / 20), 10 ** (lufs / 10), lufs,
            crest, 20 * np.log10(crest),
            ratio, 10 * np.log10(ratio),
        )  # fmt: skip
    return np.stack(columns, axis=1)


def _windows(block: Values, rate: int) -> NDArray[np.float64]:
    """Mean squares (n_windows, n_channels) of windows of 0.4 s every 0.1 s, weighted from rest."""
    n = len(block)
    n_windows = max(1, round((n / rate - _WINDOW_S) / _STEP_S) + 1)
    lows = [int(_WINDOW_S * (j * 0.25) * rate) for j in range(n_windows)]
    highs = [min(int(_WINDOW_S * (j * 0.25 + 1) * rate), n) for j in range(n_windows)]
    edges = np.array(sorted({0, *lows, *highs}), np.int64)
    energy = energies(block, edges, weighting(rate), np.zeros((block.shape[1], 4)))
    running = np.vstack([np.zeros(block.shape[1]), np.cumsum(energy, axis=0)])
    low, high = np.searchsorted(edges, lows), np.searchsorted(edges, highs)
    return (running[high] - running[low]) / min(_WINDOW_S * rate, n)


def _low_over_high(block: Values, rate: int) -> NDArray[np.float64]:
    """Energy below 1 kHz, without DC, over that from there to half the rate (n_channels,)."""
    import ducc0

    n = len(block)
    spectra = ducc0.fft.r2c(np.ascontiguousarray(block.T), axes=(1,), nthreads=1)
    low, high = split_energies(spectra, 1, int(_SPLIT_HZ / (rate / n)) + 1, n // 2).T
    least = 1 / _MOST_RATIO
    ratio = np.where((low > 0) | (high > 0), low / np.maximum(high, np.maximum(low * least, 1e-300)), 1.0)
    return np.clip(ratio, least, _MOST_RATIO)
