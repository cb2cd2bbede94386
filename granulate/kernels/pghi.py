"""Phases out of magnitudes alone, by integrating the gradient that magnitudes imply, frame after frame.

For a Gaussian window the phase's gradient is that of the logarithm of the magnitude, turned by 90 degrees
(Prusa, Balazs & Sondergaard, "A noniterative method for reconstruction of phase from STFT magnitude", IEEE/ACM
TASLP 2017); any bell-shaped window is near enough to one. Each bin's phase is integrated along the loudest
way that leads to it, which a heap finds in general. Here it is done frame by frame, as in the real-time
variant (Prusa & Sondergaard, DAFx 2016): a bin is reached in time, from the frame before, or in frequency,
from a neighbour. On the line that a frame is, the way whose quietest bin is loudest needs no heap: one sweep up
and one down find it, and it does not depend on phases, so that all but a sum per bin runs on every core.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from granulate.kernels.jit import njit
from granulate.kernels.phasors import RANGE, polar, wrapped
from granulate.kernels.threads import over_ranges
from granulate.types import Framing

Spectra = NDArray[np.complex64]
Magnitudes = NDArray[np.float32]

_F = np.float32
_NOTHING = np.float32(-3e4)
"""Octaves: softer than any magnitude, and still within 32 bits in levels."""
_SMALLEST = np.float32(1e-30)
_PER_OCTAVE = 2.0**16
"""Levels in an octave of magnitude."""


class GradientIntegrator:
    """Gives phases to block after block of one path's magnitudes.

    `tolerance`: bins below it, relative to the loudest of their frame and the one before, get random phases,
    drawn from `seed`. `overlap`: how many frames at the end of a block come again at the beginning of the
    next. The last of a block cannot know what follows it, and becomes what it is when it comes again: without
    an overlap, where blocks begin does matter a little.
    """

    def __init__(self, framing: Framing, tolerance: float, seed: int, overlap: int) -> None:
        self._framing = framing
        self._tolerance = np.float32(np.log2(tolerance))
        self._seed = np.uint64(seed)
        self._overlap = overlap
        self._done = 0
        self._logs = np.full(framing.n_bins, _NOTHING)
        self._phases = np.zeros(framing.n_bins + 1, np.float32)
        gamma = time_frequency_ratio(framing.shape, framing.window)
        product = framing.hop * framing.n_fft
        # Per octave of magnitude, in turns: a step in time, and a step in frequency.
        self._in_time = np.float32(product / gamma * np.log(2) / (2 * np.pi) / 2)
        self._in_frequency = np.float32(-gamma / product * np.log(2) / (2 * np.pi) / 2)

    def __call__(self, magnitudes: Magnitudes) -> Spectra:
        """Spectra (n, n_bins) of these magnitudes (n, n_bins)."""
        magnitudes = np.ascontiguousarray(magnitudes, np.float32)
        n, n_bins = magnitudes.shape
        framing = self._framing
        logs = np.empty((n + 1, n_bins), np.float32)
        logs[0] = self._logs
        steps = np.empty((n, n_bins), np.float32)
        origins = np.empty((n, n_bins), np.int32)
        phases = np.empty((n + 1, n_bins + 1), np.float32)
        phases[0] = self._phases
        spectra = np.empty((n, n_bins), np.complex64)
        parts = spectra.view(np.float32)

        def measure(first: int, last: int) -> None:
            _logarithms(magnitudes, logs, first, last)

        def route(first: int, last: int) -> None:
            _route(
                logs, framing.hop, framing.n_fft, framing.window, self._in_time, self._in_frequency,
                self._tolerance, self._seed, self._done, origins, steps, first, last,
            )  # fmt: skip

        def sound(first: int, last: int) -> None:
            _sound(magnitudes, phases, framing.n_fft, parts, first, last)

        over_ranges(measure, n, RANGE)
        over_ranges(route, n, RANGE)
        _integrate(origins, steps, phases)
        over_ranges(sound, n, RANGE)
        kept = max(0, n - self._overlap)
        self._logs, self._phases = logs[kept].copy(), phases[kept].copy()
        self._done += kept
        return spectra


@lru_cache(maxsize=32)
def time_frequency_ratio(shape: str, window: int) -> float:
    """Gamma of the Gaussian exp(-pi t^2 / gamma), t in samples, that is nearest to a window.

    Nearest by least squares of the values; for Hann within 1 % of the usual 0.25645 * window ** 2.
    """
    size = 512
    weights = Framing(size, size, 1, shape).weights().astype(np.float64)
    t = np.arange(size) / size - 0.5
    gammas = np.geomspace(0.02, 2, 2000)
    bells = np.exp(-np.pi * t**2 / gammas[:, None])
    return float(gammas[np.square(bells - weights).sum(axis=1).argmin()]) * window**2


@njit(cache=True, nogil=True, error_model="numpy")
def _logarithms(magnitudes, logs, first, last):  # type: ignore[no-untyped-def]
    # Octaves: the exponent, and of the mantissa in [sqrt(1/2), sqrt(2)) the series of 2 artanh(z) / log(2).
    n_bins = magnitudes.shape[1]
    exponent = np.empty(n_bins, np.int32)
    for n in range(first, last):
        out = logs[n + 1]
        bits = out.view(np.int32)
        for k in range(n_bins):
            out[k] = max(magnitudes[n, k], _SMALLEST)
        for k in range(n_bins):
            exponent[k] = (bits[k] - np.int32(0x3F3504F3)) >> np.int32(23)
            bits[k] -= exponent[k] << np.int32(23)
        for k in range(n_bins):
            z = (out[k] - _F(1)) / (out[k] + _F(1))
            y = z * z
            series = _F(2.88539008) + y * (_F(0.96179669) + y * (_F(0.57707802) + y * _F(0.41219858)))
            out[k] = _F(exponent[k]) + z * series


@njit(cache=True, nogil=True, error_model="numpy")
def _route(  # type: ignore[no-untyped-def]
    logs, hop, n_fft, window, in_time, in_frequency, tolerance, seed, done, origins, steps, first, last
):
    # origins[n, k]: the bin of the frame before that bin k's phase comes from, or n_bins where it does not;
    # steps[n, k]: the turns that are added on the way.
    n_bins = logs.shape[1]
    advance = np.empty(n_bins, np.float32)
    for k in range(n_bins):
        advance[k] = _F(k * hop % n_fft) / _F(n_fft)
    rise, leap = np.empty(n_bins, np.float32), np.empty(n_bins, np.float32)
    total = np.empty(n_bins, np.float64)
    levels = np.empty((5, n_bins), np.int32)
    # No sound within the window is farther from its middle than this.
    most = _F(0.5 * window / n_fft)
    for n in range(first, last):
        before, now = logs[n], logs[n + 1]
        known = n + done > 0
        earlier, later = before if known else now, logs[min(n + 2, len(logs) - 1)]
        twice = n + 2 < len(logs) and known
        _integrated_rise(earlier, later, in_frequency if twice else _F(2) * in_frequency, most, total, rise)
        _leaps(before, now, advance, rise, in_time, known, leap)
        _widest_ways(before, now, n_fft, levels, origins[n])
        loudest = _F(max(levels[0].max(), levels[1].max())) * _F(1 / _PER_OCTAVE)
        _add_steps(now, rise, leap, loudest + tolerance, seed, n + done, n_fft, known, origins[n], steps[n])


@njit(cache=True, nogil=True, error_model="numpy")
def _integrated_rise(earlier, later, scale, most, total, rise):  # type: ignore[no-untyped-def]
    # The phase along the frame (trapezoidal), up to a constant.
    n_bins = len(rise)
    for k in range(n_bins):
        rise[k] = min(most, max(-most, scale * (later[k] - earlier[k])))
    total[0] = 0
    for k in range(1, n_bins):
        total[k] = _F(0.5) * (rise[k] + rise[k - 1])
    running = 0.0
    for k in range(n_bins):
        running += total[k]
        total[k] = running
    for k in range(n_bins):
        rise[k] = total[k] - np.floor(total[k])


@njit(cache=True, nogil=True, error_model="numpy")
def _leaps(before, now, advance, rise, in_time, known, leap):  # type: ignore[no-untyped-def]
    # What is added from the frame before, less where the frame's own rise then stands.
    n_bins = len(now)
    half = _F(0.5) * in_time
    leap[0], leap[n_bins - 1] = advance[0], advance[n_bins - 1]
    for k in range(1, n_bins - 1):
        leap[k] = advance[k] + half * (now[k + 1] - now[k - 1] + before[k + 1] - before[k - 1])
    for k in range(n_bins):
        leap[k] = (leap[k] if known else _F(0)) - rise[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _widest_ways(before, now, n_fft, levels, origin):  # type: ignore[no-untyped-def]
    # Each bin is reached from the frame before at the level of that, or from a neighbour at the level of
    # the quietest bin on the way. At 0 Hz and Nyquist spectra are real: there a way may always begin.
    # Levels are whole numbers, of which a processor finds the least in fewer steps.
    n_bins = len(now)
    start, here, up, down = levels[0], levels[1], levels[2], levels[3]
    for k in range(n_bins):
        start[k] = np.int32(before[k] * _F(_PER_OCTAVE))
        here[k] = np.int32(now[k] * _F(_PER_OCTAVE))
    start[0] = here[0]
    if n_fft % 2 == 0:
        start[n_bins - 1] = here[n_bins - 1]
    from_below, from_above = np.int32(0), np.int32(n_bins - 1)
    below, above = start[0], start[n_bins - 1]
    up[0], down[n_bins - 1] = below, above
    for k in range(1, n_bins):
        below = min(below, here[k - 1])
        from_below = from_below if below > start[k] else np.int32(k)
        below = max(below, start[k])
        up[k] = below
        origin[k] = from_below
        j = n_bins - 1 - k
        above = min(above, here[j + 1])
        from_above = from_above if above > start[j] else np.int32(j)
        above = max(above, start[j])
        down[j] = above
        levels[4][j] = from_above
    origin[0] = 0
    levels[4][n_bins - 1] = n_bins - 1
    for k in range(n_bins):
        origin[k] = levels[4][k] if down[k] > up[k] else origin[k]


@njit(cache=True, nogil=True, error_model="numpy")
def _add_steps(now, rise, leap, threshold, seed, frame, n_fft, known, origin, steps):  # type: ignore[no-untyped-def]
    n_bins = len(now)
    top = n_bins - 1 if n_fft % 2 == 0 else n_bins
    # What a way that begins within the frame adds: nothing but the rise.
    leap[0] = -rise[0]
    if top < n_bins:
        leap[top] = -rise[top]
    for k in range(n_bins):
        steps[k] = leap[origin[k]]
    for k in range(n_bins):
        steps[k] = wrapped(rise[k] + steps[k])
        j = origin[k]
        origin[k] = j if (j != 0) & (j != top) & known else np.int32(n_bins)
    for k in range(n_bins):
        if now[k] < threshold:
            origin[k] = n_bins
            steps[k] = _drawn(seed, np.uint64(frame), np.uint64(k))


@njit(cache=True, nogil=True)
def _drawn(seed, frame, k):  # type: ignore[no-untyped-def]
    # An angle that depends on the place alone, mixed as in splitmix64 (Steele, Lea & Flood 2014).
    x = seed * np.uint64(0x9E3779B97F4A7C15) + (frame << np.uint64(24)) + k
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return _F(np.int64((x ^ (x >> np.uint64(31))) >> np.uint64(40))) * _F(2.0**-24)


@njit(cache=True, nogil=True)
def _integrate(origins, steps, phases):  # type: ignore[no-untyped-def]
    # Phases about the frame's middle, in turns; the last column is the zero from which ways begin.
    n_bins = origins.shape[1]
    for n in range(len(origins)):
        before, now = phases[n], phases[n + 1]
        for k in range(n_bins):
            now[k] = before[origins[n, k]]
        for k in range(n_bins):
            now[k] = wrapped(now[k] + steps[n, k])
        now[n_bins] = 0


@njit(cache=True, nogil=True)
def _sound(magnitudes, phases, n_fft, parts, first, last):  # type: ignore[no-untyped-def]
    n_bins = magnitudes.shape[1]
    turns = np.empty(n_bins, np.float32)
    for n in range(first, last):
        for k in range(n_bins):
            # From the frame's middle to its beginning, where an FFT counts from.
            turns[k] = phases[n + 1, k] - _F(k * (n_fft // 2) % n_fft) / _F(n_fft)
        polar(magnitudes[n], turns, parts[n])
        _make_real(parts[n], 0, magnitudes[n, 0])
        if n_fft % 2 == 0:
            _make_real(parts[n], n_bins - 1, magnitudes[n, n_bins - 1])


@njit(cache=True, nogil=True, inline="always")
def _make_real(parts, k, size):  # type: ignore[no-untyped-def]
    parts[2 * k] = size if parts[2 * k] >= 0 else -size
    parts[2 * k + 1] = 0
