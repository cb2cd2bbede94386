"""Real FFTs of batches of frames, in float32, by the fastest library that is installed.

`mkl_fft` (the extra `granulate[fast]`) where it is there, else ducc0. Both agree with float64 to
float32 rounding; which one ran is in the report, because the last bits differ.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray


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
    """Spectra (..., n_fft // 2 + 1) of real frames (..., n_fft)."""
    name, fft = library()
    if name == "mkl_fft":
        spectra: NDArray[np.complex64] = fft.rfft(frames, axis=-1, out=out)
        return spectra
    spectra = fft.r2c(frames, axes=(frames.ndim - 1,), out=out, nthreads=1)
    return spectra


def irfft(spectra: NDArray[np.complex64], n_fft: int) -> NDArray[np.float32]:
    """Real frames (..., n_fft) of spectra (..., n_fft // 2 + 1)."""
    name, fft = library()
    if name == "mkl_fft":
        frames: NDArray[np.float32] = fft.irfft(spectra, n=n_fft, axis=-1)
        return frames
    # inorm=2 divides by n_fft, as an inverse does.
    frames = fft.c2r(spectra, axes=(spectra.ndim - 1,), lastsize=n_fft, forward=False, inorm=2, nthreads=1)
    return frames
