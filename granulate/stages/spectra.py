"""Spectrum: what is done to every grain's spectrum before its phase is.

A stage is handed the `Framing` and a random generator, and gives a `Treatment`: a function from
spectra complex64 (n_channels, n, n_bins) to spectra of the same shape. It is called with block
after block of the path, in order, and must not depend on where blocks begin. Stages are chained in
the order in which a preset lists them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Parameter, Section
from granulate.types import Framing

SPECTRUM = Section("spectrum", "what is done to every grain's spectrum", default="none", several=True)

Spectra = NDArray[np.complex64]
Treatment = Callable[[Spectra], Spectra]


@SPECTRUM.add(idle=True)
def none(framing: Framing, rng: np.random.Generator) -> Treatment:
    """Leave the spectrum as it is."""
    return lambda spectra: spectra


@SPECTRUM.add()
def flip(
    framing: Framing,
    rng: np.random.Generator,
    *,
    part: Annotated[
        float, Parameter("how much of the axis, from 0 Hz; what lies above stays as it is", 0.001, 1)
    ] = 1.0,
) -> Treatment:
    """Turn the frequency axis over: what was low is high."""
    n = max(1, round(part * framing.n_bins))
    places = np.arange(framing.n_bins)
    places[:n] = places[:n][::-1]
    return lambda spectra: spectra[..., places]


@SPECTRUM.add()
def shuffle(
    framing: Framing,
    rng: np.random.Generator,
    *,
    width: Annotated[int, Parameter("bins within which bins change places; 0 is all of them", 0, 2**23)] = 0,
) -> Treatment:
    """Let bins change places, the same way in every grain."""
    places = np.arange(framing.n_bins)
    for first in range(0, framing.n_bins, width or framing.n_bins):
        rng.shuffle(places[first : first + (width or framing.n_bins)])
    return lambda spectra: spectra[..., places]


@SPECTRUM.add()
def reverse(framing: Framing, rng: np.random.Generator) -> Treatment:
    """Turn every grain around in time; the path keeps its direction."""
    # About the middle of an even frame, where the window stands, reversal is conjugation.
    if framing.n_fft % 2 == 0:
        return np.conj
    turn = np.exp(-2j * np.pi * np.arange(framing.n_bins) / framing.n_fft).astype(np.complex64)
    return lambda spectra: np.conj(spectra) * turn
