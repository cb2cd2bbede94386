"""Real FFTs and cosine transforms of batches of frames, in float32, by the fastest library that is installed.

`mkl_fft` (the extra `granulate[fast]`) where it is there, else ducc0. Both agree with float64 to
float32 rounding; which one ran is in the report, because the last bits differ.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

BATCH = 16
"""Blocks of so many frames, or a multiple, waste nothing: the floats of the widest vector there is."""


@cache
def library() -> tuple[str, Any]:
    """The name of the FFT library in use, and its module."""
    try:
        import mkl_fft

        return "mkl_fft", mkl_fft
    except ImportError:
        import ducc0.fft

        return "ducc0", ducc0.fft


def rfft(frames: NDArray[np.float32], out: NDArray[np.complex64] | None = None) -> NDArray[np.complex64]:
    """Spectra (n, n_fft // 2 + 1) of real frames (n, n_fft); a frame's own do not depend on the others."""
    name, fft = library()
    if name == "mkl_fft":
        spectra: NDArray[np.complex64] = fft.rfft(frames, axis=-1, out=out)
        return spectra
    n = len(frames)
    if n == 0:  # which ducc0 refuses
        return np.zeros((0, frames.shape[1] // 2 + 1), np.complex64) if out is None else out
    if n % BATCH == 0:
        spectra = fft.r2c(frames, axes=(1,), out=out, nthreads=1)
        return spectra
    spectra = fft.r2c(_filled(frames), axes=(1,), nthreads=1)[:n]
    if out is None:
        return spectra
    out[:] = spectra
    return out


def irfft(spectra: NDArray[np.complex64], n_fft: int) -> NDArray[np.float32]:
    """Real frames (n, n_fft) of spectra (n, n_fft // 2 + 1); a spectrum's own does not depend on the others."""
    name, fft = library()
    if name == "mkl_fft":
        frames: NDArray[np.float32] = fft.irfft(spectra, n=n_fft, axis=-1)
        return frames
    if len(spectra) == 0:
        return np.zeros((0, n_fft), np.float32)
    # inorm=2 divides by n_fft, as an inverse does.
    frames = fft.c2r(_filled(spectra), axes=(1,), lastsize=n_fft, forward=False, inorm=2, nthreads=1)
    return frames[: len(spectra)]


def dct(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """The orthonormal DCT-II of each row (n, n_columns); a row's own does not depend on the others.

    ducc0's: to import scipy's takes a third of a second.
    """
    import ducc0.fft

    if len(rows) == 0:
        return rows.copy()
    found: NDArray[np.float32] = ducc0.fft.dct(_filled(rows), 2, axes=(1,), inorm=1, nthreads=1)
    return found[: len(rows)]


def _filled(rows: NDArray[Any]) -> NDArray[Any]:
    """The rows and empty ones, to a multiple of `BATCH`.

    ducc0 takes as many rows at once as a vector has places, and what is left over by another way,
    whose last bits differ: the same frame would then depend on where its block begins.
    """
    n = len(rows)
    if n % BATCH == 0:
        return rows
    filled = np.zeros((n + -n % BATCH, rows.shape[1]), rows.dtype)
    filled[:n] = rows
    return filled
