"""Output: the level and the edges of the result. A stage is handed the sound and gives it back with
its fades, and the factor to write it with."""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np

from granulate import level, storage
from granulate.parameters import Duration, Parameter, Section
from granulate.types import Sound
from granulate.units import parse_time

OUTPUT = Section("output", "level, fades and file of the result", default=None)

_SILENCE_DBFS = -144.0
"""Below this, half a step of 24 bits, there is nothing that a level could be made of."""


@OUTPUT.add("output")
def output(
    sound: Sound,
    *,
    normalise: Annotated[
        Literal["none", "peak", "loudness"], Parameter("bring the result to a level, or keep its own")
    ] = "none",
    peak: Annotated[float, Parameter('the level of its largest sample, for "peak"', -60, 0, "dBFS")] = -1.0,
    loudness: Annotated[float, Parameter('its loudness, for "loudness"', -60, 0, "LUFS")] = -16.0,
    fade: Annotated[Duration, Parameter("fade in and out, each at most half of the result")] = 0,
    sample_rate: Annotated[
        int | None, Parameter("inputs are resampled to it; unset keeps theirs", 1000, 768_000, "Hz")
    ] = None,
    subtype: Annotated[
        str, Parameter("sample format, as PCM_16 or FLOAT; auto keeps floats and is 24 bits elsewhere")
    ] = "auto",
) -> tuple[Sound, float]:
    """Level, fades and file of the result.

    Gives the sound, faded, and the factor that brings it to its level, for `sound_file.write`: so a
    change of level needs no second copy of the samples. Silence keeps its level. `sample_rate` and
    `subtype` are for whoever reads the inputs and writes the file.

    Raises ParameterError for a fade that is no time, and where the loudness is not defined (see
    `level.loudness`).
    """
    faded = _faded(sound, parse_time(fade).samples(sound.sample_rate))
    if normalise == "none":
        return faded, 1.0
    found = level.to_decibels(level.peak(faded))
    if found < _SILENCE_DBFS:
        return faded, 1.0
    target = peak
    if normalise == "loudness":
        found, target = level.loudness(faded), loudness
    return faded, level.from_decibels(target - found) if np.isfinite(found) else 1.0


def _faded(sound: Sound, length: int) -> Sound:
    """A copy with raised-cosine edges of so many samples; the sound itself where there are none."""
    length = min(length, sound.n_samples // 2)
    if length == 0:
        return sound
    frames = storage.allocate(sound.n_samples, sound.n_channels)
    n = sound.n_samples
    for first, block in level.blocks(sound.frames):
        # How far a sample is from the nearer end, as a part of the fade.
        position = first + np.arange(len(block))
        edge = np.minimum(np.minimum(position, n - 1 - position) / length, 1.0)
        frames[first : first + len(block)] = block * (0.5 - 0.5 * np.cos(np.pi * edge))[:, None]
        storage.release(frames)
    return Sound(frames.T, sound.sample_rate, sound.origin)
