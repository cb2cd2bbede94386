"""Phase: what becomes of the phase of grains that no longer stand where they were recorded.

A stage is handed the `Framing` and a random generator, and gives a `Treatment`: a function from
spectra complex64 (n_channels, n, n_bins) to spectra of the same shape, called with block after block
of the path, in order, and not to depend on where blocks begin. Traits: `idle` stages change nothing,
so that no FFT is needed at all; a stage with `context` needs that many grains before and after each
for its answer, and is called with overlapping blocks that are then blended.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Parameter
from granulate.sections import PHASE
from granulate.types import Framing

Spectra = NDArray[np.complex64]
Treatment = Callable[[Spectra], Spectra]


@PHASE.add(idle=True)
def keep(framing: Framing, rng: np.random.Generator) -> Treatment:
    """Keep the recorded phase: the grains themselves, overlap-added. No FFT, and the fastest by far."""
    return lambda spectra: spectra


@PHASE.add()
def zero(
    framing: Framing,
    rng: np.random.Generator,
    *,
    centred: Annotated[
        bool,
        Parameter("sound in the middle of the grain; false: at its edges, where a bare zero phase puts it"),
    ] = True,
) -> Treatment:
    """Magnitudes alone: every grain becomes a pulse of its own colour, a buzz at the rate of the hop."""
    # A delay of half the frame moves the pulse from the frame's ends, where the window is nothing.
    turn = _delayed(framing, framing.n_fft // 2 if centred else 0)
    return lambda spectra: np.abs(spectra) * turn


@PHASE.add()
def flat(
    framing: Framing,
    rng: np.random.Generator,
    *,
    imaginary: Annotated[float, Parameter("the imaginary part that every bin is given", -1000, 1000)] = 1.0,
) -> Treatment:
    """Keep the real part and give every bin the same imaginary part: each grain also sounds reversed."""

    def treat(spectra: Spectra) -> Spectra:
        flattened = spectra.copy()
        flattened.imag = imaginary
        return flattened

    return treat


@PHASE.add()
def random(
    framing: Framing,
    rng: np.random.Generator,
    *,
    amount: Annotated[
        float, Parameter("how far phases are turned: 1 is all the way, 0 not at all", 0, 1)
    ] = 1.0,
) -> Treatment:
    """Turn every bin by a random angle: attacks dissolve into a wash of the same colour."""

    def treat(spectra: Spectra) -> Spectra:
        # All channels turn together, so that the differences between them, the stereo image, stay.
        angles = rng.random(spectra.shape[1:], dtype=np.float32)
        return spectra * np.exp((2j * np.pi * amount) * (angles - np.float32(0.5))).astype(np.complex64)

    return treat


@PHASE.add(context=16)
def griffin_lim(
    framing: Framing,
    rng: np.random.Generator,
    *,
    iterations: Annotated[
        int, Parameter("rounds; each makes the grains agree better where they overlap", 1, 1000)
    ] = 32,
    momentum: Annotated[
        float, Parameter("how much of the last change is done again; 0 is the classic algorithm", 0, 1)
    ] = 0.99,
    start: Annotated[Literal["keep", "random", "zero"], Parameter("the phases to start from")] = "keep",
    linked: Annotated[
        bool, Parameter("turn all channels as their sum is turned, which keeps the stereo image")
    ] = True,
) -> Treatment:
    """Look for phases under which overlapping grains agree (Griffin & Lim 1984; fast: Perraudin et al. 2013)."""
    from granulate.kernels.griffin_lim import griffin_lim as search

    first = {"keep": keep, "zero": zero, "random": random}[start](framing, rng)

    def treat(spectra: Spectra) -> Spectra:
        if not linked or len(spectra) == 1:
            return search(np.abs(spectra), first(spectra), framing, iterations, momentum)
        mix = spectra.sum(axis=0, keepdims=True)
        found = search(np.abs(mix), first(mix), framing, iterations, momentum)
        turn = found * np.conj(mix)
        size = np.abs(turn)
        turn = np.divide(turn, size, out=np.ones_like(turn), where=size > 0)
        return spectra * turn

    return treat


def _delayed(framing: Framing, samples: int) -> Spectra:
    """Phases (n_bins,) that delay a frame: (-1)^k for half of an even one."""
    turns = np.arange(framing.n_bins, dtype=np.int64) * samples % framing.n_fft / framing.n_fft
    return np.exp(-2j * np.pi * turns).astype(np.complex64)
