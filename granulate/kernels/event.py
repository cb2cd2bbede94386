"""A sound as an event, in one number after another.

One call for what would otherwise be a dozen, each of which takes longer than its work where a sound is short.
"""

from __future__ import annotations

import numpy as np

from granulate.kernels.course import N_LEVELS, N_TIMES, course, levels, times
from granulate.kernels.jit import njit
from granulate.kernels.profile import LOWEST_HZ, N_BANDS, N_SHAPES, N_STATISTICS, over_time
from granulate.kernels.pulse import fades, pulse

CUTS_DB = (50.0, 70.0)
"""The highest mel band counts that is no further than so much below the loudest."""

N_SPECTRAL = N_SHAPES + N_BANDS + 1
N_FIRST = 1 + N_TIMES + N_LEVELS + (N_SHAPES + 1) * N_STATISTICS + 3 * N_BANDS + len(CUTS_DB) + 4
N_LAST = 3

_SPAN_DB, _RISE_DB = 60.0, 3.0


@njit(cache=True, nogil=True)
def event(samples, step, rate, duration, share, values, decibels, frame_rate, centres, first, last):  # type: ignore[no-untyped-def]
    """What there is to tell of samples (n,) beside how its level swells, which the course that is given tells:
    float32 (n_frames,), each frame's amplitude less their mean.

    `step`: samples of a step of the level's course; `rate`: Hz; `duration`: of the whole sound (s), of which the
    samples are the `share`; `values` float32 (n_frames, N_SPECTRAL + n_mel): what `profile.shapes` tells of each frame,
    its crossings of zero, and powers of mel bands; `decibels`: those in dB; `centres`: of the bands, in Hz. Into
    `first` (N_FIRST,): logarithm of the duration, `course.times`, `course.levels`, `profile.over_time` of shapes and
    crossings, `pulse.fades`, the highest bands in octaves above 1 kHz, the onset strength's four of `pulse.pulse`;
    into `last` (N_LAST,): logarithms of onsets and of their rate, irregularity.
    """  # fmt: skip
    energy, told = course(samples, step)
    first[0] = np.log10(duration)
    at = 1 + N_TIMES
    begins = times(energy, step / rate, first[1:at])
    levels(energy, told, len(samples), first[at : at + N_LEVELS])
    at += N_LEVELS
    bands = values[:, N_SHAPES : N_SHAPES + N_BANDS].astype(np.float64)
    colours = np.empty((len(values), N_SHAPES + 1), np.float32)
    for i in range(len(values)):
        _put(values[i, :N_SHAPES], colours[i])
        colours[i, N_SHAPES] = values[i, N_SPECTRAL - 1]
    colour = over_time(colours, bands.sum(axis=1), begins, frame_rate)
    _put(colour.ravel(), first[at:])
    at += colour.size
    faded = fades(bands, frame_rate)
    _put(faded.ravel(), first[at:])
    at += faded.size
    mel = np.ascontiguousarray(values[:, N_SPECTRAL:])
    beat, highest, swell = pulse(mel, decibels, _SPAN_DB, _RISE_DB, np.array(CUTS_DB))
    for band in highest:
        first[at] = np.log2((centres[band] if band >= 0 else LOWEST_HZ) / 1000)
        at += 1
    _put(beat[:4], first[at:])
    onsets = beat[4] / share
    last[0], last[1], last[2] = np.log1p(onsets), np.log1p(onsets / duration), beat[5]
    return swell - swell.mean()


@njit(cache=True, nogil=True)
def _put(values, out):  # type: ignore[no-untyped-def]
    # An assignment of slices compiles for seconds: numba writes out what to say where shapes differ.
    for i in range(len(values)):
        out[i] = values[i]
