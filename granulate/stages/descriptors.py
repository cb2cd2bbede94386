"""Descriptors: what is measured of every grain.

A stage is handed the sample rate (Hz) and the `Framing`, and gives an `Extractor`: the columns'
names and units, a function that measures a `Block` of grains, and one that finishes the whole table
where a column depends on all grains. Blocks come in any order and from several threads.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import Parameter, Section
from granulate.types import Framing

DESCRIPTORS = Section("descriptors", "what is measured of every grain", default="mel_db", several=True)

Values = NDArray[np.float32]

_MOST = np.float32(1e30)
"""What a power is cut off at: samples of some 1e16 and more would overflow float32."""

SILENCE = 1e-10
"""The least power that a logarithm is taken of: -100 dB."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some grains: windowed frames float32 (n, n_fft) and their spectra complex64 (n, n_bins)."""

    frames: Values
    spectra: NDArray[np.complex64]


@dataclass(frozen=True, slots=True)
class Extractor:
    """What a descriptor measures: columns, block by block, and the finish over all grains.

    `measure(block, out)` fills out (n, n_measured); `finish(values)` may overwrite (n_grains,
    n_measured) and gives (n_grains, n_columns).
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    measure: Callable[[Block, Values], None]
    n_measured: int
    finish: Callable[[Values], Values] = lambda values: values


Bands = Annotated[int, Parameter("mel bands", 2, 1024)]
Low = Annotated[float, Parameter("lowest frequency", 0, 200_000, "Hz")]
High = Annotated[
    float | None, Parameter("highest frequency; unset is half of the sample rate", 1, 400_000, "Hz")
]
Range = Annotated[
    float, Parameter("levels further than this below the loudest are raised to there", 1, 200, "dB")
]


@DESCRIPTORS.add()
def mel(
    sample_rate: int, framing: Framing, *, bands: Bands = 128, low: Low = 0.0, high: High = None
) -> Extractor:
    """Power in mel bands (Slaney's scale and area normalisation, as librosa)."""
    return _mel(sample_rate, framing, bands, low, high)


@DESCRIPTORS.add()
def mel_db(
    sample_rate: int,
    framing: Framing,
    *,
    bands: Bands = 128,
    low: Low = 0.0,
    high: High = None,
    range: Range = 80.0,
) -> Extractor:
    """Power in mel bands, in decibels."""
    mel = _mel(sample_rate, framing, bands, low, high)

    def measure(block: Block, out: Values) -> None:
        mel.measure(block, out)
        _decibels(out)

    def finish(values: Values) -> Values:
        return np.maximum(values, values.max() - np.float32(range), out=values)

    return Extractor(mel.names, ("dB",) * bands, measure, bands, finish)


@DESCRIPTORS.add()
def mfcc(
    sample_rate: int,
    framing: Framing,
    *,
    coefficients: Annotated[int, Parameter("coefficients kept, the first (loudness) included", 1, 1024)] = 20,
    bands: Bands = 128,
    low: Low = 0.0,
    high: High = None,
    range: Range = 80.0,
) -> Extractor:
    """Mel-frequency cepstral coefficients: the orthonormal DCT-II of mel decibels (Davis & Mermelstein 1980)."""
    if coefficients > bands:
        raise ParameterError(
            f"descriptors.coefficients = {coefficients} is above descriptors.bands = {bands}"
        )
    mel = mel_db(sample_rate, framing, bands=bands, low=low, high=high, range=range)

    def finish(values: Values) -> Values:
        from scipy.fft import dct

        found = np.empty((len(values), coefficients), np.float32)
        finished = mel.finish(values)
        for i in np.arange(0, len(values), 4096):
            found[i : i + 4096] = dct(finished[i : i + 4096], axis=1, norm="ortho")[:, :coefficients]
        return found

    names = tuple(f"mfcc_{i}" for i in np.arange(coefficients))
    return Extractor(names, ("dB",) * coefficients, mel.measure, bands, finish)


@DESCRIPTORS.add()
def level(sample_rate: int, framing: Framing) -> Extractor:
    """Root mean square of the windowed grain, in decibels of full scale."""
    gain = float((framing.weights() ** 2).sum())

    def measure(block: Block, out: Values) -> None:
        with np.errstate(over="ignore"):
            power = np.einsum("ij,ij->i", block.frames, block.frames)[:, None]
        np.divide(np.fmin(power, _MOST), gain, out=out)
        _decibels(out)

    return Extractor(("level",), ("dB",), measure, 1)


@DESCRIPTORS.add()
def centroid(sample_rate: int, framing: Framing) -> Extractor:
    """Where the middle of the magnitude spectrum lies: how bright a grain is (as librosa's spectral_centroid)."""
    hz = (np.arange(framing.n_bins) * (sample_rate / framing.n_fft)).astype(np.float32)

    def measure(block: Block, out: Values) -> None:
        with np.errstate(over="ignore", invalid="ignore"):
            magnitude = np.fmin(np.abs(block.spectra), _MOST)
        total = magnitude.sum(axis=1)
        # Not a matrix product: BLAS rounds by the number of rows, and blocks must not show.
        np.divide(np.einsum("ij,j->i", magnitude, hz), total, out=out[:, 0], where=total > 0)

    return Extractor(("centroid",), ("Hz",), measure, 1)


def _mel(sample_rate: int, framing: Framing, n_bands: int, low: float, high: float | None) -> Extractor:
    from granulate.kernels.mel import mel_bands

    top = sample_rate / 2 if high is None else min(high, sample_rate / 2)
    if low >= top:
        raise ParameterError(f"descriptors.low = {low:g} is not below the highest frequency, {top:g} Hz")
    bands = mel_bands(sample_rate, framing.n_fft, n_bands, low, top)
    names = tuple(f"mel_{i}" for i in np.arange(n_bands))

    def measure(block: Block, out: Values) -> None:
        bands.power(block.spectra, out)
        np.fmin(out, _MOST, out=out)  # fmin, because what overflowed may have become NaN

    return Extractor(names, ("power",) * n_bands, measure, n_bands)


def _decibels(power: Values) -> None:
    np.maximum(power, np.float32(SILENCE), out=power)
    np.log10(power, out=power)
    power *= 10
