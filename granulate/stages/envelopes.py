"""Envelopes: how a grain swells and dies away.

A stage is handed positions within the grain, float64 from 0 to 1, and the `Framing`, and gives the
gains there, from 0 to 1 (`window`, which others overlap, from 0 up).
"""

from __future__ import annotations

from typing import Annotated

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Parameter, Section
from granulate.types import Framing

ENVELOPE = Section("envelope", "how grains of free times swell and die away", default="hann")

Positions = NDArray[np.float64]
Fraction = Annotated[float, Parameter("of the grain's length", 0, 1)]


@ENVELOPE.add()
def hann(position: Positions, framing: Framing) -> Positions:
    """A raised cosine: half overlapping grains add up to one."""
    return np.asarray(0.5 - 0.5 * np.cos(2 * np.pi * position))


@ENVELOPE.add()
def window(position: Positions, framing: Framing) -> Positions:
    """The framing's window as an inverse STFT applies it: squared, and over what grains a hop apart add up to."""
    squared = framing.weights().astype(np.float64) ** 2
    folded = np.zeros(-(-framing.window // framing.hop) * framing.hop)
    folded[: framing.window] = squared
    norm = folded.reshape(-1, framing.hop).sum(axis=0)
    # Periodic: the value after the last is the first.
    steady = np.append(squared / norm[np.arange(framing.window) % framing.hop], squared[0] / norm[0])
    return np.interp(position * framing.window, np.arange(framing.window + 1), steady)


@ENVELOPE.add()
def frame(position: Positions, framing: Framing) -> Positions:
    """The framing's window, once: as grains are heard when their spectra are added up."""
    return np.interp(
        position * framing.window,
        np.arange(framing.window + 1),
        np.append(framing.weights(), framing.weights()[0]),
    )


@ENVELOPE.add()
def tukey(
    position: Positions,
    framing: Framing,
    *,
    taper: Annotated[
        float, Parameter("the part of the grain that both its raised-cosine edges take", 0, 1)
    ] = 0.5,
) -> Positions:
    """Flat, with raised-cosine edges."""
    edge = np.minimum(position, 1 - position) / max(taper / 2, 1e-9)
    return np.asarray(0.5 - 0.5 * np.cos(np.pi * np.minimum(edge, 1)))


@ENVELOPE.add()
def trapezoid(
    position: Positions, framing: Framing, *, attack: Fraction = 0.1, release: Fraction = 0.1
) -> Positions:
    """Flat, with straight edges."""
    rise, fall = position / max(attack, 1e-9), (1 - position) / max(release, 1e-9)
    return np.asarray(np.minimum(1, np.minimum(rise, fall)))


@ENVELOPE.add()
def exponential(
    position: Positions,
    framing: Framing,
    *,
    attack: Fraction = 0.02,
    decay: Annotated[float, Parameter("how far it has fallen at its end", 1, 200, "dB")] = 60.0,
    reversed: Annotated[bool, Parameter("rise exponentially and end at once")] = False,
) -> Positions:
    """A short attack, then an exponential decay, as of a plucked string."""
    at = 1 - position if reversed else position
    # The last of the decay goes to nothing in a straight line, so that no grain ends with a click.
    ends = np.minimum(1, np.minimum(at / max(attack, 1e-9), (1 - at) / 0.02))
    return np.asarray(ends * 10 ** (-decay / 20 * np.maximum(at - attack, 0)))


@ENVELOPE.add()
def gauss(
    position: Positions,
    framing: Framing,
    *,
    width: Annotated[
        float, Parameter("its standard deviation, of half of the grain's length", 0.01, 1)
    ] = 0.3,
) -> Positions:
    """A bell: the least smearing in time and frequency together (Gabor 1947); brought to nothing at its edges."""
    bell = np.exp(-0.5 * ((2 * position - 1) / width) ** 2)
    edge = np.exp(-0.5 / width**2)
    return np.asarray(np.maximum(bell - edge, 0) / (1 - edge))


@ENVELOPE.add()
def rectangle(position: Positions, framing: Framing) -> Positions:
    """No envelope: grains are cut as with scissors."""
    return np.ones_like(position)
