"""How a sound is cut into overlapping windows."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types.arrays import read_only


@dataclass(frozen=True, slots=True)
class Framing:
    """How a sound is cut: FFT size, window length and hop in samples, and the window's name (`hann`; `tukey:0.4`
    where it takes a number).

    The window is centred in the FFT frame and frame i is centred on sample i * hop, as in librosa.

    Raises ParameterError for a window longer than the FFT, a hop longer than the window, and any
    window and hop whose overlap-add cannot be inverted (Harris 1978; the NOLA condition).
    """

    n_fft: int = 2048
    window: int = 2048
    hop: int = 512
    shape: str = "hann"

    def __post_init__(self) -> None:
        if not 1 <= self.hop <= self.window <= self.n_fft <= 2**24 or self.n_fft < 2:
            raise ParameterError(
                f"a framing of n_fft {self.n_fft}, window {self.window}, hop {self.hop};"
                " allowed: 1 <= hop <= window <= n_fft, n_fft from 2 to 16777216"
            )
        # Folding the squared window by the hop gives what overlapping grains add up to.
        squared = np.zeros(-(-self.window // self.hop) * self.hop)
        squared[: self.window] = self.weights().astype(np.float64) ** 2
        if squared.reshape(-1, self.hop).sum(axis=0).min() < 1e-10:
            raise ParameterError(
                f"a {self.shape} window of {self.window} with a hop of {self.hop} cannot be put together"
                f" again; allowed: a hop of at most {self.window // 2}, or the shape 'boxcar'"
            )

    def weights(self) -> NDArray[np.float32]:
        """The periodic window, float32 (window,)."""
        return _window(self.shape, self.window)

    @property
    def lead(self) -> int:
        """Samples from the first of a grain's window to the sample that the grain is centred on."""
        return self.n_fft // 2 - self.offset

    @property
    def offset(self) -> int:
        """Where the window begins within the FFT frame."""
        return (self.n_fft - self.window) // 2

    @property
    def n_bins(self) -> int:
        return self.n_fft // 2 + 1

    def n_grains(self, n_samples: int) -> int:
        """How many grains a sound of that many samples is cut into: at least one."""
        return 1 + n_samples // self.hop


@lru_cache(maxsize=32)
def _window(shape: str, length: int) -> NDArray[np.float32]:
    return read_only(_periodic(shape, length))


def _periodic(shape: str, length: int) -> NDArray[np.float32]:
    # A periodic window is the symmetric one of length + 1 without its last value.
    if shape == "hann":
        return np.hanning(length + 1)[:-1].astype(np.float32)
    if shape == "boxcar":
        return np.ones(length, np.float32)
    from scipy.signal import get_window  # half a second to import, and Hann needs none of it

    name, colon, number = shape.partition(":")
    try:
        known = (name, float(number)) if colon else name
        return np.asarray(get_window(known, length, fftbins=True), np.float32)
    except ValueError:
        raise ParameterError(
            f"an unknown window shape {shape!r}; allowed: those of scipy.signal.get_window"
        ) from None
