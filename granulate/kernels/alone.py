"""Real FFTs of frames of which there may be few: these are not filled up to a batch, as `fft` does.

Short sounds have a frame or two, and a batch of sixteen takes several times as long. The last bits of a frame then
depend on how many others there are: for what is computed of a whole sound at once, whose frames always come in the
same number.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import fft

_FEW = 4


def rfft(frames: NDArray[np.float32]) -> NDArray[np.complex64]:
    """Spectra (n, n_fft // 2 + 1) of real frames (n, n_fft)."""
    name, library = fft.library()
    if name == "mkl_fft" or not 0 < len(frames) <= _FEW:
        return fft.rfft(frames)
    spectra: NDArray[np.complex64] = library.r2c(frames, axes=(1,), nthreads=1)
    return spectra


def irfft(spectra: NDArray[np.complex64], n_fft: int) -> NDArray[np.float32]:
    """Real frames (n, n_fft) of spectra (n, n_fft // 2 + 1)."""
    name, library = fft.library()
    if name == "mkl_fft" or not 0 < len(spectra) <= _FEW:
        return fft.irfft(spectra, n_fft)
    frames: NDArray[np.float32] = library.c2r(
        spectra, axes=(1,), lastsize=n_fft, forward=False, inorm=2, nthreads=1
    )
    return frames
