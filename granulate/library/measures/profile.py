"""Profile: what a sound is like as an event - its course, its bands, its colour and how that moves, its pulse.

The columns that tell kinds of sounds apart best here (`benchmarks/library_quality.py`): times on a logarithmic
scale, spectra on a scale of octaves, and both weighted by how loud the sound is at the time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import alone, course, pulse, shape
from granulate.kernels import profile as kernel
from granulate.kernels.mel import mel_bands
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure

Doubles = NDArray[np.float64]

_STEP_S = 0.0025
_N_MEL = 40
_SPAN_DB = 60.0
_SILENCE = np.float32(1e-10)
_LOWEST_HZ = 20.0
_MODULATION_HZ = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_LEAST_FFT = 512
_RISE_DB = 3.0
_CUTS_DB = (50.0, 70.0)
_OCTAVES, _CUTS = np.array(_MODULATION_HZ), np.array(_CUTS_DB)

_TIMES = (
    "attack", "rise", *(f"decay_{db:g}" for db in course.BELOW_DB), *(f"above_{db:g}" for db in course.BELOW_DB),
    "centre", "spread", "passed_10", "passed_50", "passed_90",
)  # fmt: skip
_LEVELS = (
    ("peak", "dB"), ("level", "dB"), ("loud_level", "dB"), ("crest", "dB"), ("loud_crest", "dB"),
    ("level_p10", "dB"), ("level_p50", "dB"), ("level_deviation", "dB"), ("first", "dB"), ("last", "dB"),
    ("kurtosis", ""), ("log_offset", "log10"), ("quiet", "share"), ("zeros", "share"),
)  # fmt: skip
_SHAPES = (
    ("centroid", "octave"), ("spread", "octave"), ("skewness", ""), ("kurtosis", "log"), ("flatness", "log"),
    ("crest", "log"), ("low_edge", "octave"), ("middle", "octave"), ("high_edge", "octave"), ("flux", ""),
    ("crossings", "octave"),
)  # fmt: skip
_OVER_TIME = ("mean", "deviation", "energy_mean", "attack", "body", "trend")
_PULSE = (
    ("onset_mean", "dB"), ("onset_deviation", "dB"), ("onset_highest", "dB"), ("onset_p90", "dB"),
    *((f"modulation_{hz:g}", "dB") for hz in _MODULATION_HZ),
    ("log_onsets", "log"), ("log_onset_rate", "log"), ("irregularity", ""),
)  # fmt: skip
_COLOURS = [*range(kernel.N_SHAPES), kernel.N_SHAPES + kernel.N_BANDS]
_BANDS = tuple(f"{hz:g}" for hz in (20, *kernel.BAND_EDGES_HZ))

NAMES = (
    ("log_duration", "log10 s"),
    *((f"log_{name}", "log10 s") for name in _TIMES),
    ("skewness_in_time", ""), ("centre_share", "share"), ("amplitude_centre_share", "share"),
    *((f"{name}_in_time" if name in ("spread", "kurtosis", "crest") else name, unit) for name, unit in _LEVELS),
    *((f"{name}_{how}", "" if how == "trend" else unit) for name, unit in _SHAPES for how in _OVER_TIME),
    *((f"band_{hz}_share", "dB") for hz in _BANDS),
    *((f"band_{hz}_log_decay", "log10 s") for hz in _BANDS),
    *((f"band_{hz}_log_peak_at", "log10 s") for hz in _BANDS),
    *((f"cut_{db:g}", "octave") for db in _CUTS_DB),
    *_PULSE,
)  # fmt: skip


@MEASURES.add()
def profile(sample_rate: int) -> Measure:
    """A sound as an event: log times and levels of its course, spectra in octaves, bands and their decays, pulse."""
    framing = framing_at(sample_rate, FRAME_S, 2)
    filters = mel_bands(sample_rate, framing.n_fft, _N_MEL, 0.0, sample_rate / 2)
    frame_rate = sample_rate / framing.hop
    n_shapes = kernel.N_SHAPES + kernel.N_BANDS

    def measure(frames: Frames, out: Values) -> None:
        before = frames.before.once("profile", lambda: None) if frames.before is not None else None
        found, last = kernel.shapes(
            frames.spectra,
            np.zeros(framing.n_bins, np.float32) if before is None else before,
            sample_rate,
            framing.n_fft,
        )
        frames.once("profile", lambda: last)
        out[:, :n_shapes] = found
        crossings = shape.zero_crossings(frames.samples) * sample_rate
        out[:, n_shapes] = np.log2(np.maximum(crossings, 20) / 1000)
        out[:, n_shapes + 1 :] = frames.mel(filters)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        step = max(1, round(sample_rate * _STEP_S))
        energy, told = course.course(heard.mono, step)
        times, begins = course.times(energy, step / sample_rate)
        bands = values[:, kernel.N_SHAPES : n_shapes].astype(np.float64)
        colours = values[:, _COLOURS]
        power = bands.sum(axis=1)
        cuts, told_of = _of_mel(values[:, n_shapes + 1 :], filters.centres, frame_rate, heard)
        whole = np.concatenate([
            np.log10([heard.sound.duration]), times, course.levels(energy, told, heard.n_samples),
            kernel.over_time(colours, power, begins, frame_rate).ravel(), pulse.fades(bands, frame_rate), cuts, told_of,
        ])  # fmt: skip
        return np.zeros((0, 0), np.float32), whole.astype(np.float32)

    return Measure((), NAMES, framing, n_shapes + 1 + _N_MEL, measure, finish)


def _of_mel(mel: Values, centres: Doubles, frame_rate: float, heard: Heard) -> tuple[Doubles, Doubles]:
    """Where the spectrum ends, and the pulse, of mel powers (n, n_bands)."""
    decibels = np.log10(np.maximum(mel, _SILENCE))
    decibels *= 10
    told, highest, course = pulse.pulse(mel, decibels, _SPAN_DB, _RISE_DB, _CUTS)
    cuts = np.log2(np.where(highest >= 0, centres[highest], _LOWEST_HZ) / 1000)
    onsets = told[4] / heard.share
    counted = np.log1p([onsets, onsets / heard.sound.duration])
    return cuts, np.concatenate([told[:4], _modulation(course, frame_rate), counted, told[5:]])


def _modulation(course: Values, frame_rate: float) -> Doubles:
    """How much of a course's (n,) variation lies in each octave of `_MODULATION_HZ`, in dB."""
    padded = np.zeros((1, max(_LEAST_FFT, 1 << (len(course) - 1).bit_length())), np.float32)
    padded[0, : len(course)] = course - course.mean()
    return pulse.octaves(alone.rfft(padded)[0], padded.shape[1] / frame_rate, _OCTAVES)
