"""The registry of measures: what a set declares, and what measuring a sound gives.

A stage is handed the sample rate in Hz and gives a `Measure`. What it declares (columns) must not
depend on the rate: a library holds sounds of all rates in one table.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.library.measures.heard import Frames, Heard, Values
from granulate.parameters import Section
from granulate.types import Framing

MEASURES = Section("measures", "what is measured of whole sounds", default="timbre", several=True)

Names = tuple[tuple[str, str], ...]
"""(name, unit) of each column."""

STATISTICS = ("mean", "deviation", "p10", "p50", "p90", "derivative_mean", "derivative_deviation")
"""What is kept of each column of frames; the derivative is the difference from the frame before."""


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """What was measured of a sound: all finite.

    `summary` float32 (n_columns,), as `columns` names them; `frames`: float32 (n_frames, n) of each set
    that has any; `share`: how much of the sound was heard (see `Heard`), 1 unless it is very long.
    """

    summary: NDArray[np.float32]
    frames: dict[str, NDArray[np.float32]]
    share: float = 1.0


def _nothing(frames: Frames, out: Values) -> None:
    """What a set measures of frames that are cut for others."""


def _as_measured(values: Values, heard: Heard) -> tuple[Values, Values]:
    return values, np.zeros(0, np.float32)


@dataclass(frozen=True, slots=True)
class Measure:
    """How a set measures.

    `frames`: names and units of its columns per frame; `whole`: of its columns per sound. Where `framing`
    is given, `measure(frames, out)` fills out (n, n_measured) for consecutive frames in order; then
    `finish(values (n_frames, n_measured), heard)` gives the frames (n_frames, len(frames)) and the whole
    (len(whole),). `brief`: so many of the last columns per frame are summed up by mean and deviation alone. `silent`: one value for each column per
    frame that stands for all of its statistics but the deviations and derivatives where there are no frames.
    """

    frames: Names = ()
    whole: Names = ()
    framing: Framing | None = None
    n_measured: int = 0
    measure: Callable[[Frames, Values], None] = _nothing
    finish: Callable[[Values, Heard], tuple[Values, Values]] = _as_measured
    brief: int = 0
    silent: tuple[float, ...] = ()
