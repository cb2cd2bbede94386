"""Descriptors: what is measured of every grain.

A stage is handed the sample rate (Hz) and the `Framing`, and gives an `Extractor`: the columns'
names and units, a function that measures a `Block` of grains, and one that is fitted to the whole table
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

_LOUDEST = np.float32(1e6)
"""Where pitch is sought, samples are cut off here: the spectrum's products overflow beyond 1e19."""

SILENCE = 1e-10
"""The least power that a logarithm is taken of: -100 dB."""


@dataclass(frozen=True, slots=True)
class Block:
    """Some grains: windowed frames float32 (n, n_fft) and their spectra complex64 (n, n_bins)."""

    frames: Values
    spectra: NDArray[np.complex64]


Finish = Callable[[Values], Values]


def _finished(values: Values) -> Values:
    return values


@dataclass(frozen=True, slots=True)
class Extractor:
    """What a descriptor measures: columns, block by block, and what finishes them.

    `measure(block, out)` fills out (n, n_measured); `fit(values)` looks at all of them (n_grains,
    n_measured) and gives what finishes rows: of these grains, and of others that come later. That may
    overwrite (n, n_measured) and gives (n, n_columns).
    """

    names: tuple[str, ...]
    units: tuple[str, ...]
    measure: Callable[[Block, Values], None]
    n_measured: int
    fit: Callable[[Values], Finish] = lambda values: _finished


Bands = Annotated[int, Parameter("mel bands", 2, 1024)]
Low = Annotated[float, Parameter("lowest frequency", 0, 200_000, "Hz")]
High = Annotated[
    float | None, Parameter("highest frequency; unset is half of the sample rate", 1, 400_000, "Hz")
]
Range = Annotated[
    float, Parameter("levels further than this below the loudest are raised to there", 1, 200, "dB")
]


@DESCRIPTORS.add()
def spectrogram(sample_rate: int, framing: Framing, *, low: Low = 0.0, high: High = None) -> Extractor:
    """The magnitude spectrum itself, bin by bin; a sine at full scale reaches half of full scale in its bin."""
    hz = np.arange(framing.n_bins) * (sample_rate / framing.n_fft)
    bins = np.flatnonzero((hz >= low) & (hz <= (sample_rate / 2 if high is None else high)))
    if not len(bins):
        raise ParameterError(
            f"descriptors.low = {low:g} leaves no bin of the FFT below the highest frequency; allowed: a lower one,"
            f" or bins closer than {sample_rate / framing.n_fft:g} Hz"
        )
    taken = slice(int(bins[0]), int(bins[-1]) + 1)
    gain = np.float32(1 / framing.weights().sum(dtype=np.float64))

    def measure(block: Block, out: Values) -> None:
        np.multiply(_magnitudes(block)[:, taken], gain, out=out)

    names = tuple(f"bin_{i}" for i in bins)
    return Extractor(names, ("amplitude",) * len(bins), measure, len(bins))


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

    def fit(values: Values) -> Finish:
        floor = values.max() - np.float32(range)
        return lambda rows: np.maximum(rows, floor, out=rows)

    return Extractor(mel.names, ("dB",) * bands, measure, bands, fit)


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

    def fit(values: Values) -> Finish:
        from granulate.kernels.fft import dct

        raised = mel.fit(values)

        def finish(rows: Values) -> Values:
            found = np.empty((len(rows), coefficients), np.float32)
            finished = raised(rows)
            for i in np.arange(0, len(rows), 4096):
                found[i : i + 4096] = dct(finished[i : i + 4096])[:, :coefficients]
            return found

        return finish

    names = tuple(f"mfcc_{i}" for i in np.arange(coefficients))
    return Extractor(names, ("dB",) * coefficients, mel.measure, bands, fit)


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


Share = Annotated[float, Parameter("of the magnitudes, below the roll-off", 0.01, 1)]
Lowest = Annotated[
    float, Parameter("lowest pitch; the FFT must be twice as long as its period", 1, 20_000, "Hz")
]
Highest = Annotated[float, Parameter("highest pitch", 1, 100_000, "Hz")]


@DESCRIPTORS.add()
def spread(sample_rate: int, framing: Framing) -> Extractor:
    """How far the magnitude spectrum reaches about its centroid (as librosa's spectral_bandwidth)."""
    return _moment("spread", "Hz", 1, sample_rate / 2)


@DESCRIPTORS.add()
def skewness(sample_rate: int, framing: Framing) -> Extractor:
    """To which side the magnitude spectrum leans: above 0 where it reaches further up than down (Peeters 2004)."""
    return _moment("skewness", "ratio", 2)


@DESCRIPTORS.add()
def kurtosis(sample_rate: int, framing: Framing) -> Extractor:
    """How peaked the magnitude spectrum is about its centroid, above 0 more than a bell (Peeters 2004)."""
    return _moment("kurtosis", "ratio", 3)


@DESCRIPTORS.add()
def spectral_crest(sample_rate: int, framing: Framing) -> Extractor:
    """The largest magnitude over their mean: how much one partial stands out, 1 for a flat spectrum."""
    return _moment("spectral_crest", "ratio", 4)


@DESCRIPTORS.add()
def flatness(sample_rate: int, framing: Framing) -> Extractor:
    """How noise-like a grain is, from 0 to 1: the geometric over the arithmetic mean of powers (Johnston 1988)."""

    def measure(block: Block, out: Values) -> None:
        from granulate.kernels.shape import flatness_and_entropy

        out[:, 0] = flatness_and_entropy(_magnitudes(block))[0]

    return Extractor(("flatness",), ("ratio",), measure, 1)


@DESCRIPTORS.add()
def entropy(sample_rate: int, framing: Framing) -> Extractor:
    """How evenly the powers are spread, from 0 to 1: Shannon's entropy over its most (Misra et al. 2004)."""

    def measure(block: Block, out: Values) -> None:
        from granulate.kernels.shape import flatness_and_entropy

        out[:, 0] = flatness_and_entropy(_magnitudes(block))[1]

    return Extractor(("entropy",), ("ratio",), measure, 1)


@DESCRIPTORS.add()
def rolloff(sample_rate: int, framing: Framing, *, share: Share = 0.85) -> Extractor:
    """The frequency below which lies most of the magnitude spectrum (as librosa's spectral_rolloff)."""

    def measure(block: Block, out: Values) -> None:
        from granulate.kernels.shape import rolloff

        out[:, 0] = rolloff(_magnitudes(block), share) * (sample_rate / 2)

    return Extractor(("rolloff",), ("Hz",), measure, 1)


@DESCRIPTORS.add()
def zero_crossings(sample_rate: int, framing: Framing) -> Extractor:
    """How often a grain crosses zero: twice the pitch of a pure tone, more for noise."""
    # Outside of its window a frame is nought, which crosses nothing.
    scale = sample_rate * (framing.n_fft - 1) / max(1, framing.window - 1)

    def measure(block: Block, out: Values) -> None:
        from granulate.kernels.shape import zero_crossings

        out[:, 0] = zero_crossings(block.frames) * scale

    return Extractor(("zero_crossings",), ("Hz",), measure, 1)


@DESCRIPTORS.add()
def chroma(sample_rate: int, framing: Framing) -> Extractor:
    """How much of a grain's power lies in each of the twelve notes, over the strongest (as Fujishima 1999)."""
    from granulate.kernels.chroma import NOTES, chroma_of

    def measure(block: Block, out: Values) -> None:
        chroma_of(_magnitudes(block), sample_rate, framing.n_fft, out)

    return Extractor(tuple(f"chroma_{note}" for note in NOTES), ("ratio",) * 12, measure, 12)


@DESCRIPTORS.add()
def pitch(sample_rate: int, framing: Framing, *, low: Lowest = 50.0, high: Highest = 4000.0) -> Extractor:
    """Pitch by YIN, in semitones as MIDI counts them, 69 being 440 Hz (de Cheveigne & Kawahara 2002); 0 is silence."""
    return _periodic("pitch", "semitone", sample_rate, framing, low, high)


@DESCRIPTORS.add()
def harmonicity(
    sample_rate: int, framing: Framing, *, low: Lowest = 50.0, high: Highest = 4000.0
) -> Extractor:
    """How alike a grain is to itself one period later: 0 for noise, 1 for a steady tone (after Boersma 1993)."""
    return _periodic("harmonicity", "ratio", sample_rate, framing, low, high)


def _moment(name: str, unit: str, column: int, scale: float = 1.0) -> Extractor:
    def measure(block: Block, out: Values) -> None:
        from granulate.kernels.shape import moments

        out[:, 0] = moments(_magnitudes(block))[:, column] * scale

    return Extractor((name,), (unit,), measure, 1)


def _periodic(name: str, unit: str, sample_rate: int, framing: Framing, low: float, high: float) -> Extractor:
    if low >= high:
        raise ParameterError(f"descriptors.low = {low:g} is not below the highest pitch, {high:g} Hz")
    # The window is taken off again, and its ends, where that would leave little but rounding, cut off.
    weights = framing.weights()
    kept = np.flatnonzero(weights > 0.1 * weights.max())
    first, length = int(kept[0]), max(2, (int(kept[-1]) + 1 - int(kept[0])) // 2 * 2)
    first = min(first, max(0, framing.n_fft - framing.offset - length))
    inner = slice(framing.offset + first, framing.offset + first + length)
    flat = np.ones(length, np.float32)
    flat[: len(weights) - first] = 1 / np.maximum(weights[first : first + length], 1e-3)

    def measure(block: Block, out: Values) -> None:
        from granulate.kernels import fft
        from granulate.kernels.pitch import yin

        frames = np.clip(block.frames[:, inner] * flat, -_LOUDEST, _LOUDEST)
        found = yin(frames, fft.rfft(frames), sample_rate, low, high, 0.1)
        if name == "harmonicity":
            out[:, 0] = found[:, 2]
        else:
            out[:, 0] = np.where(found[:, 0] > 0, 69 + 12 * np.log2(np.maximum(found[:, 0], 1e-3) / 440), 0)

    return Extractor((name,), (unit,), measure, 1)


def _magnitudes(block: Block) -> Values:
    with np.errstate(over="ignore", invalid="ignore"):
        magnitudes: Values = np.fmin(np.abs(block.spectra), _MOST)
    return magnitudes


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
