"""Griffin-Lim phase reconstruction with momentum, over frames that are a hop apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.overlap_add import add_frames, normalise
from granulate.kernels.threads import over_ranges
from granulate.types import Framing

Spectra = NDArray[np.complex64]
_BLOCK = 64


def griffin_lim(
    magnitudes: NDArray[np.float32], start: Spectra, framing: Framing, iterations: int, momentum: float
) -> Spectra:
    """Spectra (n_channels, n, n_bins) of these magnitudes whose frames agree where they overlap.

    Griffin & Lim, "Signal estimation from modified short-time Fourier transform", 1984; momentum:
    Perraudin, Balazs & Sondergaard, "A fast Griffin-Lim algorithm", 2013.
    """
    found = np.empty_like(start)
    for channel in range(len(start)):
        found[channel] = _one_channel(magnitudes[channel], start[channel], framing, iterations, momentum)
    return found


def _one_channel(
    magnitudes: NDArray[np.float32], start: Spectra, framing: Framing, iterations: int, momentum: float
) -> Spectra:
    estimate = start.copy()
    previous = np.zeros_like(estimate)
    push = np.float32(momentum / (1 + momentum))
    tiny = np.finfo(np.float32).tiny
    for _ in range(iterations):
        signal = overlap_added(estimate, framing)

        def renew(first: int, last: int, signal: NDArray[np.float32] = signal) -> None:
            rebuilt = _spectra(signal, first, last, framing)
            angles = rebuilt - push * previous[first:last]
            previous[first:last] = rebuilt
            size = np.abs(angles)
            estimate[first:last] = angles * (magnitudes[first:last] / np.maximum(size, tiny))

        over_ranges(renew, len(estimate), _BLOCK)
    return estimate


def overlap_added(spectra: Spectra, framing: Framing) -> NDArray[np.float32]:
    """The signal (n_samples,) of frames a hop apart; it begins where the first window does."""
    n = len(spectra)
    signal = np.zeros(((n - 1) * framing.hop + framing.window, 1), np.float32)
    for first in range(0, n, _BLOCK):
        frames = fft.irfft(spectra[first : first + _BLOCK], framing.n_fft)
        add_frames(signal, -framing.lead, frames, first, 0, framing)
    normalise(signal, -framing.lead, n, framing)
    return signal[:, 0]


def _spectra(signal: NDArray[np.float32], first: int, last: int, framing: Framing) -> Spectra:
    starts = np.arange(first, last, dtype=np.int64) * framing.hop
    bounds = np.tile(np.array([[0, len(signal)]], np.int64), (last - first, 1))
    return fft.rfft(cut_frames(signal, starts, bounds, framing.weights(), framing.offset, framing.n_fft))
