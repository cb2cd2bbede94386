"""Phase: what becomes of the phase of grains that no longer stand where they were recorded.

A stage is handed the `Framing` and a random generator, and gives a `Treatment`: a function from
spectra complex64 (n_channels, n, n_bins) to spectra of the same shape, called with block after block
of the path, in order, and not to depend on where blocks begin. Traits: `idle` stages change nothing,
so that no FFT is needed at all; a stage with `context` needs that many grains before and after each
for its answer: each block but the first then begins with the last `context` grains of the block before,
and the two answers are blended. A stage that `shifts` needs no FFT either: it gives a `Shifter`, which
moves where grains start in their sounds before they are sounded as `keep` sounds them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import Duration, Parameter
from granulate.sections import PHASE
from granulate.types import Framing
from granulate.units import parse_time

Spectra = NDArray[np.complex64]
Treatment = Callable[[Spectra], Spectra]
Places = NDArray[np.int64]
Shifter = Callable[[NDArray[np.float32], Places, Places], Places]
"""From all sounds (n_frames, n_channels), where grains start (n,) and their sounds' bounds (n, 2) to new starts."""

Linked = Annotated[bool, Parameter("turn all channels as their sum is turned, which keeps the stereo image")]
Tolerance = Annotated[
    float, Parameter("bins that are softer than this, beside the loudest, get random phases", 1e-12, 1)
]

_CONTEXT = 16
"""Grains on either side that Griffin-Lim is shown beside those that it is asked for."""


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


@PHASE.add(shifts=True)
def align(
    framing: Framing,
    rng: np.random.Generator,
    *,
    reach: Annotated[
        Duration,
        Parameter("how far a grain is shifted at most, in samples, hops or windows; half a hop is the most"),
    ] = "0.5 hop",
) -> Shifter:
    """Shift each grain to where it best fits what already sounds, and keep its phase: no FFT of any grain."""
    from granulate.kernels.align import Aligner

    time = parse_time(reach)
    if time.unit in ("ms", "s") or time.samples(1, window=framing.window, hop=framing.hop) > framing.hop / 2:
        raise ParameterError(
            f"phase.reach = {reach!r}; allowed: up to half a hop, {framing.hop // 2} samples, in samples,"
            " hops or windows"
        )
    return Aligner(framing, time.samples(1, window=framing.window, hop=framing.hop))


@PHASE.add()
def vocoder(framing: Framing, rng: np.random.Generator, *, linked: Linked = True) -> Treatment:
    """Let partials go on from grain to grain, all bins round a peak turned alike (Laroche & Dolson 1999)."""
    from granulate.kernels import phasors
    from granulate.kernels.vocoder import PeakVocoder

    vocoders: list[PeakVocoder] = []

    def treat(spectra: Spectra) -> Spectra:
        sought = phasors.mixed(spectra)[None] if linked else spectra
        while len(vocoders) < len(sought):
            vocoders.append(PeakVocoder(framing))
        found = [turn(channel) for turn, channel in zip(vocoders, sought, strict=True)]
        return phasors.turned_alike(spectra, sought[0], found[0]) if linked else np.stack(found)

    return treat


@PHASE.add(context=1)
def pghi(
    framing: Framing, rng: np.random.Generator, *, tolerance: Tolerance = 1e-6, linked: Linked = True
) -> Treatment:
    """Phases out of magnitudes alone, in one pass along their gradient (Prusa et al. 2017): smooth, unlike the recording."""
    return _along(framing, rng, tolerance, linked, overlap=1)


@PHASE.add(context=_CONTEXT)
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
    start: Annotated[
        Literal["keep", "random", "zero", "pghi"],
        Parameter("the phases to start from; from those of pghi a few rounds do"),
    ] = "keep",
    linked: Linked = True,
) -> Treatment:
    """Look for phases under which overlapping grains agree (Griffin & Lim 1984; fast: Perraudin et al. 2013)."""
    from granulate.kernels import phasors
    from granulate.kernels.griffin_lim import griffin_lim as search

    if start == "pghi":
        first = _along(framing, rng, 1e-6, linked, overlap=_CONTEXT)
    else:
        first = {"keep": keep, "zero": zero, "random": random}[start](framing, rng)

    def treat(spectra: Spectra) -> Spectra:
        sought = phasors.mixed(spectra)[None] if linked else spectra
        magnitudes = np.stack([phasors.magnitudes(channel) for channel in sought])
        found = search(magnitudes, first(sought), framing, iterations, momentum)
        return phasors.turned_alike(spectra, sought[0], found[0]) if linked else found

    return treat


def _along(
    framing: Framing, rng: np.random.Generator, tolerance: float, linked: bool, *, overlap: int
) -> Treatment:
    """The treatment by phase-gradient integration, in blocks of which each repeats `overlap` grains of the last."""
    from granulate.kernels import phasors
    from granulate.kernels.pghi import GradientIntegrator

    seed = int(rng.integers(2**32))
    integrators: list[GradientIntegrator] = []

    def treat(spectra: Spectra) -> Spectra:
        sought = phasors.mixed(spectra)[None] if linked else spectra
        while len(integrators) < len(sought):
            integrators.append(GradientIntegrator(framing, tolerance, seed + len(integrators), overlap))
        found = [
            integrate(phasors.magnitudes(channel))
            for integrate, channel in zip(integrators, sought, strict=True)
        ]
        return phasors.turned_alike(spectra, sought[0], found[0]) if linked else np.stack(found)

    return treat


def _delayed(framing: Framing, samples: int) -> Spectra:
    """Phases (n_bins,) that delay a frame: (-1)^k for half of an even one."""
    turns = np.arange(framing.n_bins, dtype=np.int64) * samples % framing.n_fft / framing.n_fft
    return np.exp(-2j * np.pi * turns).astype(np.complex64)
