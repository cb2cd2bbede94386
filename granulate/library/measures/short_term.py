"""The short-term features of pyAudioAnalysis, and the histogram of notes that is made of them."""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.short_term import N_FEATURES, N_PARTS, features, tables
from granulate.library.measures.heard import Heard, Values
from granulate.library.measures.registry import MEASURES, Measure
from granulate.parameters import Duration, Parameter
from granulate.units import parse_time

CHROMA = ("A", "A#", "B", "C", "C#", "D", "D#", "E", "F", "F#", "G", "G#")

_SHAPE = (
    "zero_crossing_rate",
    "energy",
    "energy_entropy",
    "centroid",
    "spread",
    "entropy",
    "flux",
    "rolloff",
)
_SHAPE_UNITS = ("crossings/sample", "power", "bit", "half rate", "half rate", "bit", "", "half rate")
_BATCH = 32

Window = Annotated[Duration, Parameter("length of the frames")]
Hop = Annotated[Duration, Parameter("from one frame to the next")]


@MEASURES.add()
def short_term(sample_rate: int, *, window: Window = "50ms", hop: Hop = "25ms") -> Measure:
    """The 34 short-term features of pyAudioAnalysis 0.3.14 (Giannakopoulos 2015), with its values on its frames.

    Zero-crossing rate, energy, entropy of energy; centroid, spread, entropy, flux and roll-off of the spectrum;
    13 cepstral coefficients, 12 chroma and their deviation. The mean of the channels is brought to a peak of 1
    about its mean first; frames are whole, rectangular windows from the first sample on. A sound shorter than
    one is filled up with silence, and where the original stops with an error, at rates too low for its tables,
    what lies above half the rate is left out; a
    frame has at least 20 samples.
    """
    names = (
        *zip(_SHAPE, _SHAPE_UNITS, strict=True),
        *((f"cepstral_{i}", "log10") for i in np.arange(1, 14)),
        *((f"chroma_{note}", "share") for note in CHROMA),
        ("chroma_deviation", "share"),
    )

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        return _features(heard, window, hop).astype(np.float32), np.zeros(0, np.float32)

    return Measure(tuple(names), finish=finish)


@MEASURES.add()
def notes(sample_rate: int, *, window: Window = "50ms", hop: Hop = "25ms") -> Measure:
    """How often each of the twelve notes is the strongest: the share of the frames in which its chroma is largest.

    Of the chroma of `short_term`, whose notes lie up to a bin of its spectrum, 20 Hz, too low as the original's do;
    silent frames are not counted.
    """

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        chroma = _features(heard, window, hop)[:, 21:33]
        chroma = chroma[chroma.any(axis=1)]
        counted = np.bincount(chroma.argmax(axis=1), minlength=12) if len(chroma) else np.zeros(12)
        return np.zeros((0, 0), np.float32), (counted / max(1, len(chroma))).astype(np.float32)

    return Measure(whole=tuple((f"note_{note}", "share") for note in CHROMA), finish=finish)


def _features(heard: Heard, window: int | str, hop: int | str) -> NDArray[np.float64]:
    n_window = max(2 * N_PARTS, parse_time(window).samples(heard.rate))
    n_hop = max(1, parse_time(hop).samples(heard.rate))
    found: NDArray[np.float64] = heard.once(
        ("short_term", n_window, n_hop), lambda: _extract(heard, n_window, n_hop)
    )
    return found


def _extract(heard: Heard, window: int, hop: int) -> NDArray[np.float64]:
    import ducc0

    mono = heard.mono
    offset = float(mono.mean(dtype=np.float64))
    peak = max(float(mono.max()) - offset, offset - float(mono.min())) + 1e-10
    made = tables(heard.rate, window)
    n_bins, n_frames = window // 2, 1 + max(0, len(mono) - window) // hop
    found = np.zeros((n_frames, N_FEATURES))
    before = None
    for first in range(0, n_frames, _BATCH):
        count = min(_BATCH, n_frames - first)
        signal = np.zeros((count - 1) * hop + window)
        heard_here = mono[first * hop :][: len(signal)]
        np.subtract(heard_here, offset, out=signal[: len(heard_here)], dtype=np.float64)
        signal /= peak
        frames = np.ascontiguousarray(np.lib.stride_tricks.sliding_window_view(signal, window)[::hop])
        magnitudes = np.abs(ducc0.fft.r2c(frames, axes=(1,), nthreads=1)[:, :n_bins]) / max(1, n_bins)
        found[first : first + _BATCH] = features(
            frames, magnitudes, magnitudes[0] if before is None else before, made
        )
        before = magnitudes[-1]
    return found
