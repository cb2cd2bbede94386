"""Profile: what a sound is like as an event - its course, its bands, its colour and how that moves, its pulse.

The columns that tell kinds of sounds apart best here (`benchmarks/library_quality.py`): times on a logarithmic
scale, spectra on a scale of octaves, and both weighted by how loud the sound is at the time.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.kernels import alone, course, pulse, shape
from granulate.kernels import profile as kernel
from granulate.kernels.event import CUTS_DB, N_FIRST, N_LAST, N_SPECTRAL, event
from granulate.kernels.mel import mel_bands
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure

Doubles = NDArray[np.float64]

_STEP_S = 0.0025
_N_MEL = 40
_SILENCE = np.float32(1e-10)
_MODULATION_HZ = (0.0, 1.0, 2.0, 4.0, 8.0, 16.0)
_LEAST_FFT = 512
_OCTAVES = np.array(_MODULATION_HZ)

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
    *((f"cut_{db:g}", "octave") for db in CUTS_DB),
    *_PULSE,
)  # fmt: skip


@MEASURES.add()
def profile(sample_rate: int) -> Measure:
    """A sound as an event: log times and levels of its course, spectra in octaves, bands and their decays, pulse."""
    framing = framing_at(sample_rate, FRAME_S, 2)
    filters = mel_bands(sample_rate, framing.n_fft, _N_MEL, 0.0, sample_rate / 2)
    frame_rate = sample_rate / framing.hop
    step = max(1, round(sample_rate * _STEP_S))

    def measure(frames: Frames, out: Values) -> None:
        before = frames.before.once("profile", lambda: None) if frames.before is not None else None
        found, last = kernel.shapes(
            frames.spectra,
            np.zeros(framing.n_bins, np.float32) if before is None else before,
            sample_rate,
            framing.n_fft,
        )
        frames.once("profile", lambda: last)
        out[:, : N_SPECTRAL - 1] = found
        crossings = shape.zero_crossings(frames.samples) * sample_rate
        out[:, N_SPECTRAL - 1] = np.log2(np.maximum(crossings, kernel.LOWEST_HZ) / 1000)
        out[:, N_SPECTRAL:] = frames.mel(filters)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        decibels = np.log10(np.maximum(values[:, N_SPECTRAL:], _SILENCE))
        decibels *= 10
        whole = np.empty(len(NAMES))
        course = event(
            heard.mono, step, float(sample_rate), heard.sound.duration, heard.share, values, decibels, frame_rate,
            filters.centres, whole[:N_FIRST], whole[-N_LAST:],
        )  # fmt: skip
        _modulation(course, frame_rate, whole[N_FIRST:-N_LAST])
        return np.zeros((0, 0), np.float32), whole.astype(np.float32)

    return Measure((), NAMES, framing, N_SPECTRAL + _N_MEL, measure, finish)


def _modulation(course: Values, frame_rate: float, out: Doubles) -> None:
    """How much of a course's (n,) variation lies in each octave of `_MODULATION_HZ`, in dB: as little as can be where it
    has none, as that of a single frame.
    """  # fmt: skip
    if not course.any():
        out[:] = pulse.LEAST_OCTAVE_DB
        return
    padded = np.zeros((1, max(_LEAST_FFT, 1 << (len(course) - 1).bit_length())), np.float32)
    padded[0, : len(course)] = course
    pulse.octaves(alone.rfft(padded)[0], padded.shape[1] / frame_rate, _OCTAVES, out)
