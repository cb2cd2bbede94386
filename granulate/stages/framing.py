"""Framing: how sounds are cut. A stage is handed the sample rate (Hz) and gives a `Framing`."""

from __future__ import annotations

from typing import Annotated, Literal

from granulate.parameters import Duration, Parameter, Section
from granulate.types import Framing
from granulate.units import parse_time

FRAMING = Section("framing", "how the sound is cut into grains", default=None)

Shape = Literal[
    "hann", "hamming", "blackman", "blackmanharris", "nuttall", "flattop", "bartlett", "cosine", "bohman",
    "parzen", "triang", "barthann", "lanczos", "tukey", "boxcar",
]  # fmt: skip


@FRAMING.add()
def framing(
    sample_rate: int,
    *,
    n_fft: Annotated[
        Duration | None, Parameter("FFT size; unset is the window's length, to the next even number")
    ] = None,
    window: Annotated[Duration, Parameter("length of a grain's window")] = 2048,
    hop: Annotated[Duration, Parameter("distance between the beginnings of grains")] = 512,
    shape: Annotated[Shape, Parameter("the window's name")] = "hann",
    taper: Annotated[float, Parameter("of a tukey window, the part that its two edges take", 0, 1)] = 0.5,
    channel: Annotated[
        int, Parameter("the channel that is analysed, from 1; 0 is the mean of all", 0, 1024)
    ] = 0,
) -> Framing:
    """Grains of one length, a hop apart, centred as in librosa."""
    length = parse_time(window).samples(sample_rate)
    step = parse_time(hop).samples(sample_rate, window=length)
    size = length + length % 2 if n_fft is None else parse_time(n_fft).samples(sample_rate, window=length)
    # The taper of every other window is its own.
    named = f"{shape}:{taper!r}" if shape == "tukey" and taper != 0.5 else shape
    return Framing(size, length, step, named)
