"""Envelope: how a sound begins, lasts and ends, and how often it begins."""

from __future__ import annotations

import numpy as np

from granulate.kernels.envelope import level_course
from granulate.kernels.mel import mel_bands
from granulate.kernels.onsets import onset_strength, peaks
from granulate.library.measures.heard import FRAME_S, Frames, Heard, Values, framing_at
from granulate.library.measures.registry import MEASURES, Measure

_STEP_S = 0.001
_OVER = 10
_N_BANDS = 40
_SILENCE = np.float32(1e-10)
_SPAN_DB = np.float32(80)
_RISE_DB = 3.0
"""By how much the bands must rise, in the mean, above their mean rise of a quarter second, to be an onset."""

_WHOLE = (
    ("duration", "s"),
    ("log_duration", "log10 s"),
    ("attack", "s"),
    ("log_attack", "log10 s"),
    ("decay_20", "s"),
    ("decay_40", "s"),
    ("temporal_centroid", "s"),
    ("temporal_centroid_share", "share"),
    ("effective_duration", "s"),
    ("peak_at", "s"),
    ("level", "dB"),
    ("peak_level", "dB"),
    ("crest", "dB"),
    ("onsets", ""),
    ("onset_rate", "Hz"),
)


@MEASURES.add()
def envelope(sample_rate: int) -> Measure:
    """Attack, decays, duration, temporal centroid, level and onsets: the course of the sound (Peeters 2004).

    The course is the root mean square of 10 ms every 1 ms. Attack is from 10 to 90 % of its peak, decay from the
    peak to the last time above 20 or 40 dB below, effective duration the time above 40 % of the peak. Onset
    strength is the mean rise of 40 mel bands in dB, and an onset a peak of it.
    """
    framing = framing_at(sample_rate, FRAME_S, 2)
    filters = mel_bands(sample_rate, framing.n_fft, _N_BANDS, 0.0, sample_rate / 2)

    def measure(frames: Frames, out: Values) -> None:
        out[:, 1:] = frames.mel(filters)
        out[:, 0] = np.einsum("ij,ij->i", frames.samples, frames.samples)

    def finish(values: Values, heard: Heard) -> tuple[Values, Values]:
        power = values[:, 0] / np.float32(np.square(framing.weights()).sum())
        level = 10 * np.log10(np.maximum(power, _SILENCE))
        bands = 10 * np.log10(np.maximum(values[:, 1:], _SILENCE))
        np.maximum(bands, bands.max() - _SPAN_DB, out=bands)
        strength = onset_strength(bands)
        found = peaks(strength, 2, 5, _RISE_DB, 2)
        # Where a sound is cut off, bands rise too: but nothing becomes louder.
        found = found[level[found] > level[found - 1]]
        seconds = heard.sound.duration
        course = _course(heard)
        # A sound that is there from its first sample begins once, without a rise before it.
        n_onsets = (
            (len(found) + (len(found) == 0 or found[0] > 2)) / heard.share if course[-2] > -100 else 0.0
        )
        whole = [seconds, np.log10(seconds), *course, n_onsets, n_onsets / seconds]
        return np.stack([level, strength], axis=1), np.array(whole, np.float32)

    names = (("level", "dB"), ("onset_strength", "dB"))
    return Measure(names, _WHOLE, framing, 1 + _N_BANDS, measure, finish)


def _course(heard: Heard) -> list[float]:
    """The columns from `attack` to `crest`."""
    step = max(1, int(heard.rate * _STEP_S))
    second = heard.rate / step
    course = level_course(heard.mono, step, _OVER)
    top = int(course.argmax())
    peak = float(course[top])
    mono = heard.mono
    total = float(np.sqrt(np.mean(np.square(course))))
    highest = max(float(mono.max()), -float(mono.min()))
    levels = [20 * np.log10(max(value, 1e-5)) for value in (total, highest)]
    if peak <= 0:
        return [0.0, np.log10(_STEP_S), 0.0, 0.0, 0.0, 0.0, 0.0, 0.0, *levels, 0.0]
    begins = int(np.argmax(course >= 0.1 * peak))
    risen = int(np.argmax(course >= 0.9 * peak))
    attack = (risen - begins) / second
    decays = [(np.flatnonzero(course >= peak * 10 ** (-db / 20))[-1] - top) / second for db in (20, 40)]
    centre = float(np.dot(course, np.arange(len(course))) / course.sum()) / second
    lasts = float((course >= 0.4 * peak).sum()) / second
    return [
        attack, np.log10(max(attack, _STEP_S)), *decays, centre, centre * second / len(course),
        lasts, top / second, *levels, levels[1] - levels[0],
    ]  # fmt: skip
