"""Griffin-Lim phase reconstruction with momentum, over frames that are a hop apart."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import fft
from granulate.kernels.jit import njit
from granulate.kernels.overlap_add import normalise
from granulate.kernels.threads import over_ranges
from granulate.types import Framing

Spectra = NDArray[np.complex64]
Samples = NDArray[np.float32]

_BLOCK = 2 * fft.BATCH
"""Frames that a thread takes at once: they stay in its cache from the cut to the inverse transform."""
_TILE = 1 << 14
_F = np.float32
_TINY = np.float32(np.finfo(np.float32).tiny)


def griffin_lim(
    magnitudes: Samples, start: Spectra, framing: Framing, iterations: int, momentum: float
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
    magnitudes: Samples, start: Spectra, framing: Framing, iterations: int, momentum: float
) -> Spectra:
    estimate = np.array(start, np.complex64, order="C")
    magnitudes = np.ascontiguousarray(magnitudes, np.float32)
    previous = np.zeros_like(estimate)
    push = np.float32(momentum / (1 + momentum))
    n, offset = len(estimate), framing.offset
    window = framing.weights()
    frames = np.empty((n, framing.window), np.float32)
    signal = np.empty((n - 1) * framing.hop + framing.window, np.float32)
    share = np.ones_like(signal)
    normalise(share[:, None], -framing.lead, n, framing)

    def invert(first: int, last: int) -> None:
        _window(fft.irfft(estimate[first:last], framing.n_fft), window, offset, frames[first:last])

    def add(first: int, last: int) -> None:
        _overlap_add(frames, share, framing.hop, signal, first, last)

    def renew(first: int, last: int) -> None:
        cut = np.zeros((last - first, framing.n_fft), np.float32)
        _cut(signal, window, framing.hop, offset, first, cut)
        rebuilt = fft.rfft(cut)
        _renew(
            rebuilt.view(np.float32), previous[first:last].view(np.float32), magnitudes[first:last], push,
            estimate[first:last].view(np.float32),
        )  # fmt: skip

    def renew_and_invert(first: int, last: int) -> None:
        renew(first, last)
        invert(first, last)

    over_ranges(invert, n, _BLOCK)
    for left in range(iterations, 0, -1):
        over_ranges(add, len(signal), _TILE)
        over_ranges(renew_and_invert if left > 1 else renew, n, _BLOCK)
    return estimate


@njit(cache=True, nogil=True)
def _window(whole, window, offset, frames):  # type: ignore[no-untyped-def]
    for n in range(len(frames)):
        part = whole[n, offset : offset + len(window)]
        for i in range(len(window)):
            frames[n, i] = part[i] * window[i]


@njit(cache=True, nogil=True)
def _cut(signal, window, hop, offset, first, cut):  # type: ignore[no-untyped-def]
    for n in range(len(cut)):
        begin = (first + n) * hop
        source, part = signal[begin : begin + len(window)], cut[n, offset : offset + len(window)]
        for i in range(len(window)):
            part[i] = source[i] * window[i]


@njit(cache=True, nogil=True)
def _overlap_add(frames, scale, hop, signal, first, last):  # type: ignore[no-untyped-def]
    # Samples first ... last of the signal, of which frame n covers [n * hop, n * hop + window).
    n_frames, window = frames.shape
    signal[first:last] = 0
    for n in range(max(0, (first - window) // hop + 1), min(n_frames - 1, (last - 1) // hop) + 1):
        begin = n * hop
        lo, hi = max(first, begin), min(last, begin + window)
        _add(signal[lo:hi], frames[n, lo - begin : hi - begin])
    _multiply(signal[first:last], scale[first:last])


@njit(cache=True, nogil=True)
def _add(out, values):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] += values[i]


@njit(cache=True, nogil=True)
def _multiply(out, values):  # type: ignore[no-untyped-def]
    for i in range(len(out)):
        out[i] *= values[i]


@njit(cache=True, nogil=True, error_model="numpy")
def _renew(rebuilt, previous, magnitudes, push, estimate):  # type: ignore[no-untyped-def]
    # The angles of what was rebuilt, pushed on by what has changed, with the magnitudes that are sought.
    for n in range(len(magnitudes)):
        for k in range(magnitudes.shape[1]):
            re = rebuilt[n, 2 * k] - push * previous[n, 2 * k]
            im = rebuilt[n, 2 * k + 1] - push * previous[n, 2 * k + 1]
            previous[n, 2 * k] = rebuilt[n, 2 * k]
            previous[n, 2 * k + 1] = rebuilt[n, 2 * k + 1]
            scale = magnitudes[n, k] / max(np.sqrt(re * re + im * im), _TINY)
            estimate[n, 2 * k] = re * scale
            estimate[n, 2 * k + 1] = im * scale
