"""Output: the level and the edges of the result.

A stage is handed frames (n_samples, n_channels) that it may overwrite, their rate in Hz and the `Origin`
that the sound is to have; it gives the sound with its fades, and the factor to write it with.
"""

from __future__ import annotations

from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from granulate import level
from granulate.parameters import Duration, Parameter, Section
from granulate.types import Origin, Sound
from granulate.units import parse_time

OUTPUT = Section("output", "level, fades and file of the result", default=None)

_SILENCE_DBFS = -144.0
"""Below this, half a step of 24 bits, there is nothing that a level could be made of."""


@OUTPUT.add("output")
def output(
    frames: NDArray[np.float32],
    frames_rate: int,
    origin: Origin | None,
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
    _fade(frames, parse_time(fade).samples(frames_rate))
    sound = Sound(frames.T, frames_rate, origin)
    if normalise == "none":
        return sound, 1.0
    found = level.to_decibels(level.peak(sound))
    if found < _SILENCE_DBFS:
        return sound, 1.0
    target = peak
    if normalise == "loudness":
        found, target = level.loudness(sound), loudness
    return sound, level.from_decibels(target - found) if np.isfinite(found) else 1.0


def _fade(frames: NDArray[np.float32], length: int) -> None:
    """Raised-cosine edges of so many samples, in place; each at most half of the sound."""
    length = min(length, len(frames) // 2)
    if length:
        edge = (0.5 - 0.5 * np.cos(np.pi * np.arange(length) / length)).astype(np.float32)[:, None]
        frames[:length] *= edge
        frames[-length:] *= edge[::-1]
