"""How the grains of a path sound: when, how long, how high, how loud, and where.

A stage is handed a `Run` (successive grains of a path), a random generator and its parameters, and
gives a `Sounding`, a row for each event. A run may be cut anywhere: a stage draws the same number of
random numbers for each event, and looks at nothing but its row, so that a walk that is played grain
by grain sounds as one that is rendered whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Duration, Parameter, Section
from granulate.types import Framing
from granulate.units import parse_time

GRAIN = Section("grain", "when and how the path's grains sound", default="sync")

Column = NDArray[np.float64]
Interpolation = Annotated[
    Literal["none", "linear", "cubic"], Parameter("how grains are read between samples when transposed")
]
Semitones = Annotated[float, Parameter("transposition", -72, 72, "semitones")]


@dataclass(frozen=True, slots=True)
class Run:
    """Successive grains of a path: `lengths` int64 (n,) as recorded, in samples, and `distances`
    float64 (n,) from the one before, where 1 is what the recordings move by from grain to grain."""

    lengths: NDArray[np.int64]
    distances: Column
    framing: Framing
    sample_rate: int

    def __len__(self) -> int:
        return len(self.lengths)

    def samples(self, time: int | str) -> int:
        """A time in samples."""
        return parse_time(time).samples(self.sample_rate, window=self.framing.window, hop=self.framing.hop)


@dataclass(frozen=True, slots=True)
class Sounding:
    """Columns (n,), all times in samples that need not be whole; one number stands for a column.

    `before` and `after`: how far each event is from the one before it and from the one after it (the
    sum of what two events say of the gap between them counts); `delay`: by how much this one alone is
    late; `shift`: by how much it starts later in its recording; `length` of output; `rate`, `gain`,
    `pan` as in `Events`.
    """

    length: Column | float
    after: Column | float = 0.0
    before: Column | float = 0.0
    delay: Column | float = 0.0
    shift: Column | float = 0.0
    rate: Column | float = 1.0
    gain: Column | float = 1.0
    pan: Column | float = 0.0


@GRAIN.add(envelope="window")
def sync(run: Run, rng: np.random.Generator) -> Sounding:
    """On the framing's grid: a window every hop, as recorded."""
    return Sounding(run.framing.window, after=run.framing.hop)


@GRAIN.add()
def whole(
    run: Run,
    rng: np.random.Generator,
    *,
    overlap: Annotated[Duration, Parameter("each begins so long before the end of the one before")] = "5ms",
    transpose: Semitones = 0.0,
    interpolation: Interpolation = "cubic",
) -> Sounding:
    """Each grain as long as it was cut, one after another: for segments by onset, beat, silence or markers."""
    rate = 2 ** (transpose / 12)
    length = np.maximum(1, np.round(run.lengths / rate))
    return Sounding(length, after=np.maximum(1, length - run.samples(overlap)), rate=rate)


@GRAIN.add()
def cloud(
    run: Run,
    rng: np.random.Generator,
    *,
    density: Annotated[float, Parameter("grains per second", 0.01, 100_000)] = 50.0,
    repeat: Annotated[int, Parameter("grains played at each place of the path", 1, 10_000)] = 1,
    length: Annotated[Duration, Parameter("how long each sounds")] = "80ms",
    transpose: Semitones = 0.0,
    gain: Annotated[float, Parameter("level of each grain; dense clouds add up", -120, 24, "dB")] = -6.0,
    pan: Annotated[float, Parameter("-1 is left, 1 is right", -1, 1)] = 0.0,
    scatter: Annotated[float, Parameter("jitter of each time, in intervals", 0, 100)] = 0.0,
    length_jitter: Annotated[float, Parameter("of each length, as a part of it", 0, 0.99)] = 0.0,
    start_jitter: Annotated[Duration, Parameter("of where in the recording each begins, either way")] = 0,
    transpose_jitter: Annotated[float, Parameter("either way", 0, 48, "semitones")] = 0.0,
    gain_jitter: Annotated[float, Parameter("downwards", 0, 120, "dB")] = 0.0,
    pan_jitter: Annotated[float, Parameter("either way", 0, 2)] = 0.0,
    backwards: Annotated[float, Parameter("the part of the grains that are played backwards", 0, 1)] = 0.0,
    interpolation: Interpolation = "cubic",
) -> Sounding:
    """Asynchronous grains: so many a second, each with its own time, length, pitch, level and place."""
    # A column of chance for each parameter, drawn whether it is used or not: so moving one does not
    # change what the others draw.
    late, long, begin, pitch, loud, side, back = (rng.random((len(run), 7)) * 2 - 1).T
    interval = run.sample_rate / density
    rate = 2 ** ((transpose + transpose_jitter * pitch) / 12) * np.where((back + 1) / 2 < backwards, -1, 1)
    return Sounding(
        after=interval,
        delay=scatter * interval * (late + 1) / 2,
        shift=run.samples(start_jitter) * begin,
        length=np.maximum(1, run.samples(length) * (1 + length_jitter * long)),
        rate=rate,
        gain=10 ** ((gain - gain_jitter * (loud + 1) / 2) / 20),
        pan=np.clip(pan + pan_jitter * side, -1, 1),
    )


@GRAIN.add(distances=True)
def distance(
    run: Run,
    rng: np.random.Generator,
    *,
    shortest: Annotated[Duration, Parameter("the least time from one grain to the next")] = "1/4 hop",
    longest: Annotated[Duration, Parameter("the most")] = "8 hop",
    curve: Annotated[
        float,
        Parameter("power of the distance; 1 is in proportion, less evens it out, 0 is no influence", 0, 4),
    ] = 1.0,
    lengthen: Annotated[
        float, Parameter("grains last so many times the gap before them; 0 keeps the window", 0, 16)
    ] = 0.0,
    quieter: Annotated[
        float, Parameter("per doubling of the distance beyond the recordings' own", 0, 24, "dB")
    ] = 0.0,
    transpose: Semitones = 0.0,
    interpolation: Interpolation = "cubic",
) -> Sounding:
    """Distance as time: a grain that is far from the one before comes later, lasts longer, or is quieter.

    A step as large as the recordings' own (their median from grain to grain) takes one hop.
    """
    low, high = run.samples(shortest), max(run.samples(shortest), run.samples(longest))
    far = np.maximum(run.distances, 0)
    interval = np.clip(run.framing.hop * far**curve, max(low, 1), max(high, 1))
    length = np.maximum(lengthen * interval, 1) if lengthen else np.full(len(run), float(run.framing.window))
    gain = 10 ** (-quieter * np.log2(np.maximum(far, 1)) / 20)
    return Sounding(length, before=interval, rate=2 ** (transpose / 12), gain=gain)
