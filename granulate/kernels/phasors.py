"""Angles in turns and unit phasors: the arithmetic that the phase kernels share.

An angle is counted in turns (1 is 360 degrees), so that taking whole turns away is rounding.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.threads import over_ranges

Spectra = NDArray[np.complex64]
RANGE = 32
"""Frames in a range of work: enough to be worth a thread's turn, few enough for a short path to have several."""

_F = np.float32
_ROUND = np.float32(1.5 * 2**23)
"""Added and taken away again, it leaves the nearest whole number, of all below four million."""


def mixed(spectra: Spectra) -> Spectra:
    """The sum (n, n_bins) of the channels of spectra (n_channels, n, n_bins); of one channel, itself."""
    return spectra[0] if len(spectra) == 1 else spectra.sum(axis=0)


def magnitudes(spectra: Spectra) -> NDArray[np.float32]:
    """Magnitudes (n, n_bins) of spectra (n, n_bins)."""
    out = np.empty(spectra.shape, np.float32)

    def work(first: int, last: int) -> None:
        _measure(_floats(spectra[first:last]), out[first:last])

    over_ranges(work, len(spectra), RANGE)
    return out


def turned_alike(spectra: Spectra, mix: Spectra, found: Spectra) -> Spectra:
    """Spectra (n_channels, n, n_bins) whose channels are all turned as `mix` (n, n_bins) must be to become `found`.

    Where the mix or what was found is nothing, nothing is turned. One channel alone becomes what was found.
    """
    if len(spectra) == 1:
        return found[None]
    out = np.empty(spectra.shape, np.complex64)

    def work(first: int, last: int) -> None:
        block = slice(first, last)
        for channel, turned in zip(spectra, out, strict=True):
            _turn(_floats(channel[block]), _floats(mix[block]), _floats(found[block]), _floats(turned[block]))

    over_ranges(work, len(mix), RANGE)
    return out


def _floats(spectra: Spectra) -> NDArray[np.float32]:
    """The real and imaginary parts, one after the other (..., 2 n_bins): what LLVM makes vectors of."""
    return np.ascontiguousarray(spectra).view(np.float32)


@njit(cache=True, nogil=True)
def _measure(spectra, out):  # type: ignore[no-untyped-def]
    for n in range(len(out)):
        for k in range(out.shape[1]):
            re, im = spectra[n, 2 * k], spectra[n, 2 * k + 1]
            out[n, k] = np.sqrt(re * re + im * im)


@njit(cache=True, nogil=True, error_model="numpy")
def _turn(channel, mix, found, out):  # type: ignore[no-untyped-def]
    for n in range(len(mix)):
        for k in range(0, mix.shape[1], 2):
            re = found[n, k] * mix[n, k] + found[n, k + 1] * mix[n, k + 1]
            im = found[n, k + 1] * mix[n, k] - found[n, k] * mix[n, k + 1]
            size = np.sqrt(re * re + im * im)
            re, im = (re / size, im / size) if size > _F(0) else (_F(1), _F(0))
            a, b = channel[n, k], channel[n, k + 1]
            out[n, k] = a * re - b * im
            out[n, k + 1] = a * im + b * re


@njit(cache=True, nogil=True, inline="always")
def wrapped(turns):  # type: ignore[no-untyped-def]
    """The same angle within half a turn of zero."""
    return turns - ((turns + _ROUND) - _ROUND)


@njit(cache=True, nogil=True, error_model="numpy")
def polar(size, turns, out):  # type: ignore[no-untyped-def]
    """Fill `out` (2 n): real and imaginary parts of `size` (n,) at angles `turns` (n,), of any number of turns.

    Taylor's polynomials within a quarter of a turn: errors stay below 4e-6 of the size.
    """
    for k in range(len(size)):
        whole = (_F(2) * turns[k] + _ROUND) - _ROUND
        x = _F(2 * np.pi) * (turns[k] - _F(0.5) * whole)
        # An odd number of half turns is the other sign.
        odd = _F(0.5) * whole - ((_F(0.5) * whole + _ROUND) - _ROUND)
        sign = _F(1) - _F(4) * abs(odd)
        y = x * x
        cosine = _F(1) - y * (
            _F(1 / 2) - y * (_F(1 / 24) - y * (_F(1 / 720) - y * (_F(1 / 40320) - y * _F(1 / 3628800))))
        )
        sine = x * (_F(1) - y * (_F(1 / 6) - y * (_F(1 / 120) - y * (_F(1 / 5040) - y * _F(1 / 362880)))))
        out[2 * k] = sign * size[k] * cosine
        out[2 * k + 1] = sign * size[k] * sine
