"""Grains moved by a few milliseconds and weighed anew, so that their waves add up to the target's.

Magnitudes of sums are not sums of magnitudes: grains that fit together in magnitude may cancel one
another. Each voice in turn, loudest first, is read from where its correlation with what the target
still lacks is largest, as matching pursuit does (Mallat & Zhang 1993). Then the gains are fitted to the
spectrum of the sum itself.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.kernels import fft
from granulate.kernels.framing import cut_frames
from granulate.kernels.jit import njit
from granulate.kernels.matching import Frames, Voices
from granulate.kernels.threads import over_ranges

Floats = NDArray[np.float32]
Longs = NDArray[np.int64]

_BLOCK_SAMPLES = 1 << 17
_ROUNDS = 4


def aligned(voices: Voices, wanted: Frames, offered: Frames, reach: int, boost: float) -> Voices:
    """The voices, each moved by at most `reach` samples in its recording, with gains of at most `boost`.

    `wanted` are the target's frames, one for each row of the voices, which hold the loudest first;
    `offered` are the candidates'.
    """
    from scipy.fft import next_fast_len

    size = next_fast_len(wanted.framing.window + 2 * reach, real=True)
    size += size % 2
    shifts, gains = np.zeros_like(voices.chosen), voices.gains.copy()

    def work(first: int, last: int) -> None:
        rows = slice(first, last)
        chosen, starts = voices.chosen[rows], wanted.starts[rows]
        lacking = cut_frames(wanted.samples, starts, wanted.bounds[rows], wanted.framing.weights(), 0, size)
        shifts[rows] = _shifts(chosen, gains[rows], lacking, offered, reach)
        magnitudes = wanted.magnitudes(np.arange(first, last))
        for i in range(last - first):
            which = np.flatnonzero(chosen[i] >= 0)
            spectra = fft.rfft(offered.cut(chosen[i, which], shifts[first + i, which]))
            gains[first + i, which] = _refitted(magnitudes[i], spectra, gains[first + i, which], boost)
        storage.release(offered.samples)

    over_ranges(work, len(wanted), max(1, _BLOCK_SAMPLES // size))
    return Voices(voices.chosen, gains, shifts)


def _shifts(chosen: Longs, gains: Floats, lacking: Floats, offered: Frames, reach: int) -> Longs:
    """How far each voice is moved (n_frames, p). `lacking` (n_frames, size) is what the target still
    lacks of each windowed frame, and is overwritten."""
    window = offered.framing.weights()
    length, size = len(window), lacking.shape[1]
    found = np.zeros_like(chosen)
    level = np.ones(length + 2 * reach, np.float32)
    for rank in range(chosen.shape[1]):
        rows = np.flatnonzero(chosen[:, rank] >= 0)
        grains = chosen[rows, rank]
        around = cut_frames(
            offered.samples, offered.starts[grains] - reach, offered.bounds[grains], level, 0, size
        )
        heard = np.zeros_like(around)
        heard[:, :length] = lacking[rows, :length] * window
        with np.errstate(over="ignore", invalid="ignore"):
            products = fft.irfft(fft.rfft(around) * np.conj(fft.rfft(heard)), size)
        best = products[:, : 2 * reach + 1].argmax(axis=1)
        # Where nothing is gained by moving, a grain stays.
        best[products[np.arange(len(rows)), best] <= products[:, reach]] = reach
        found[rows, rank] = best - reach
        moved = np.take_along_axis(around, best[:, None] + np.arange(length), axis=1)
        lacking[rows, :length] -= gains[rows, rank, None] * window * moved
    return found


@njit(cache=True, nogil=True, error_model="numpy")
def _refitted(wanted, spectra, gains, boost):  # type: ignore[no-untyped-def]
    """Gains (p,) that bring the magnitude of the sum of complex spectra (p, n_bins) nearer to `wanted` (n_bins,).

    A multiplicative step divides the part of the divergence's gradient that pulls a gain up by the
    part that pulls it down (Lee & Seung 2000); both depend on the phase that the sum has now.
    """
    p, n_bins = spectra.shape
    best, least = gains.copy(), np.inf
    now = gains.copy()
    tiny = np.float32(1e-12)
    for turn in range(_ROUNDS + 1):
        total = np.zeros(n_bins, np.complex64)
        for k in range(p):
            total += now[k] * spectra[k]
        size = np.maximum(np.abs(total), tiny)
        ratio = wanted / size
        loss = 0.0
        for f in range(n_bins):
            if wanted[f] > tiny:
                loss += wanted[f] * np.log(ratio[f]) - wanted[f]
            loss += size[f]
        if loss < least:
            least = loss
            best = now.copy()
        if turn == _ROUNDS:
            break
        for k in range(p):
            up, down = np.float32(0), tiny
            for f in range(n_bins):
                along = (spectra[k, f].real * total[f].real + spectra[k, f].imag * total[f].imag) / size[f]
                if along > 0:
                    up += along * ratio[f]
                    down += along
                else:
                    up -= along
                    down -= along * ratio[f]
            now[k] = min(now[k] * up / down, boost)
    return best
