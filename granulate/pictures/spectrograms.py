"""The spectrograms before and after, in mel bands, with one scale of levels."""

from __future__ import annotations

import os
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.gridspec import SubplotSpec
from matplotlib.image import AxesImage
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.mel import MelBands, hz_to_mel, mel_bands, mel_to_hz
from granulate.kernels.threads import over_ranges
from granulate.pictures.look import LEVELS, bar, short, style
from granulate.pictures.points import boundaries, edges_of, holds
from granulate.types import Corpus, Framing, Sound

RANGE_DB = 80
"""How far below the loudest the spectrograms reach."""

_MOST_COLUMNS = 1000  # of a spectrogram: a panel is some 550 pixels wide
_MOST_FRAMES = 8  # looked at for each column, so that an hour costs no more than a few minutes
_MOST_BANDS = 128


def spectrogram_panels(
    figure: Figure, cells: Sequence[SubplotSpec], before: Sound, after: Sound, corpus: Corpus
) -> Axes:
    """Draw what was there before (or the target of a mosaic) and what came after; gives the panel of the latter."""
    of_corpus = holds(corpus, before)
    whole = of_corpus and len(corpus.sounds) > 1
    sounds = corpus.sounds if whole else (before,)
    name = short(os.path.basename(before.name)) + f" and {len(sounds) - 1} more" * whole
    powers = [_mel_power(sounds), _mel_power((after,))]
    loudest = max(float(power.max()) for power in powers)
    top = max(before.sample_rate, after.sample_rate) / 2
    titles = (f"{'before' if of_corpus else 'target'}: {name}", "after")
    panels, images = [], []
    for cell, title, power, shown in zip(cells, titles, powers, (sounds, (after,)), strict=True):
        panel = figure.add_subplot(cell)
        images.append(_draw_spectrogram(panel, power, loudest, shown))
        style(panel, title, "time (s)", "frequency (Hz)")
        _frequency_axis(panel, top)
        panels.append(panel)
    if whole:
        for boundary in boundaries(edges_of(sounds) / before.sample_rate):
            panels[0].axvline(boundary, color="white", linewidth=0.8, linestyle=(0, (4, 3)))
    levels = bar(figure, images[0], panels, "level (dB, loudest = 0)")
    levels.set_ticks(range(-RANGE_DB, 1, 20))
    return panels[1]


def _draw_spectrogram(
    panel: Axes, power: NDArray[np.float32], loudest: float, sounds: Sequence[Sound]
) -> AxesImage:
    floor = 10 ** (-RANGE_DB / 10)
    # Silence has no loudest part: all of it lies at the floor.
    relative = power.T / np.float32(loudest) if loudest > 0 else np.zeros_like(power.T)
    levels = np.maximum(10 * np.log10(np.maximum(relative, np.float32(floor))), np.float32(-RANGE_DB))
    rate = sounds[0].sample_rate
    # Rows are equally wide in mels, so the axis counts mels and is labelled in Hz.
    extent = (0.0, float(edges_of(sounds)[-1]) / rate, 0.0, float(hz_to_mel(rate / 2)))
    return panel.imshow(
        levels, cmap=LEVELS, vmin=-RANGE_DB, vmax=0, origin="lower", aspect="auto", extent=extent
    )


def _frequency_axis(panel: Axes, top: float) -> None:
    octaves = [0.0, *(500 * 2.0 ** np.arange(10))]
    hertz = [f for f in (octaves if top >= 1000 else MaxNLocator(5).tick_values(0, top)) if f <= top]
    panel.set_ylim(0, float(hz_to_mel(top)))
    panel.set_yticks(hz_to_mel(hertz), [f"{frequency:g}" for frequency in hertz])


def _mel_power(sounds: Sequence[Sound]) -> NDArray[np.float32]:
    """Mel power (n_columns, n_bands) of sounds one after another, the mean over their channels.

    Every column is as long as the others and shows the loudest of at most `_MOST_FRAMES` frames that
    lie evenly in it, so that the work is bounded, however long the sounds are.
    """
    rate = sounds[0].sample_rate
    # A power of two near 46 ms: 2048 at 44.1 kHz.
    n_fft = max(16, 1 << round(np.log2(0.046 * rate)) if rate > 1000 else 16)
    framing = Framing(n_fft, n_fft, n_fft // 4)
    # No band narrower than a bin: it would hold none and stay black.
    top = rate / 2
    n_bands = int(np.clip(float(hz_to_mel(top)) * float(mel_to_hz(1)) * n_fft / rate - 1, 1, _MOST_BANDS))
    bands = mel_bands(rate, n_fft, n_bands, 0.0, top)
    edges = edges_of(sounds)
    n_columns = int(np.clip(edges[-1] // (n_fft // 16), 1, _MOST_COLUMNS))
    n_each = int(np.clip(-(-edges[-1] // (n_columns * n_fft // 2)), 1, _MOST_FRAMES))
    middles = ((np.arange(n_columns * n_each) + 0.5) * (edges[-1] / (n_columns * n_each))).astype(np.int64)
    power = np.zeros((len(middles), n_bands), np.float32)
    bounds = np.searchsorted(middles, edges)
    for sound, begin, first, last in zip(sounds, edges[:-1], bounds[:-1], bounds[1:], strict=True):
        starts = middles[first:last] - begin - framing.lead
        _measure(sound, starts, framing, bands, power[first:last])
    # What overflowed is loud.
    power[~np.isfinite(power)] = np.finfo(np.float32).max
    return power.reshape(n_columns, n_each, n_bands).max(axis=1)


def _measure(
    sound: Sound, starts: NDArray[np.int64], framing: Framing, bands: MelBands, out: NDArray[np.float32]
) -> None:
    weights = framing.weights()
    # A sine of full scale has one height, whatever the sample rate.
    gain = np.float32(4 / float(weights.sum()) ** 2 / sound.n_channels)

    def work(first: int, last: int, at: int) -> None:
        where = starts[at + first : at + last]
        limits = np.tile(np.array([[0, sound.n_samples]], np.int64), (len(where), 1))
        power = np.empty((len(where), out.shape[1]), np.float32)
        for channel in range(sound.n_channels):
            frames = cut_frames(
                sound.frames[:, channel], where, limits, weights, framing.offset, framing.n_fft
            )
            bands.power(fft.rfft(frames), power)
            out[at + first : at + last] += power * gain

    # A stretch at a time, so that a memory-mapped sound's pages can be handed back in between.
    for begin in range(0, len(starts), 1024):
        over_ranges(lambda a, b, at=begin: work(a, b, at), min(1024, len(starts) - begin), 64)  # type: ignore[misc]
        storage.release(sound.frames)
