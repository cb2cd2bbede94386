"""The course of a sound's level, told in numbers: when it begins, how long it lasts, how it fades."""

from __future__ import annotations

import numpy as np

from granulate.kernels.jit import njit

BELOW_DB = (10.0, 20.0, 40.0, 60.0)
"""The levels below the peak at which times are taken."""

N_TIMES, N_LEVELS = 18, 14

_QUIET = np.float32(1e-4)
_SILENCE = 1e-12
_EDGE_STEPS = 4
_SHORTEST_S = 0.0025
_QUANTILES = (0.1, 0.5, 0.9)


@njit(cache=True, nogil=True)
def course(samples, step):  # type: ignore[no-untyped-def]
    """Mean squares of samples (n,) over every two consecutive steps of so many samples (n_steps,); and the largest
    absolute value, the sum, the sum of squares, how many are below -80 dBFS and how many 0 (5,).
    """  # fmt: skip
    energy, found = np.zeros(-(-len(samples) // step)), np.zeros(5)
    before = 0.0
    peak = np.float32(0)
    for s in range(len(energy)):
        total, plain = 0.0, 0.0
        quiet, none = 0, 0
        part = samples[s * step : (s + 1) * step]
        for i in range(len(part)):
            x = part[i]
            size = abs(x)
            peak = max(peak, size)
            quiet += size < _QUIET
            none += x == 0
            total += np.float64(x) * x
            plain += x
        here = total / step
        energy[s] = 0.5 * (here + before) if s else here
        before = here
        found[1] += plain
        found[2] += total
        found[3] += quiet
        found[4] += none
    found[0] = peak
    return energy, found


@njit(cache=True, nogil=True)
def times(energy, step_s, found):  # type: ignore[no-untyped-def]
    """When there is how much energy (n_steps,), steps of so many seconds, into `found` (N_TIMES,); and when it begins,
    in seconds.

    Attack (from 20 dB below the peak to the peak), rise (to 1 dB below it), decays (from the peak to the last time
    above each of `BELOW_DB`), the time above each of them, the centroid of energy, its spread, and the times by
    which 10, 50 and 90 % of it have passed: decimal logarithms of seconds, 2.5 ms added. Then the skewness, and
    the centroids of energy and of amplitude as shares of the whole (Peeters 2004).
    """
    found[:] = 0.0
    first = _steps(energy, np.array(BELOW_DB), np.array(_QUANTILES), found)
    for t in range(N_TIMES - 3):
        found[t] = np.log10(max(found[t] * step_s, 0.0) + _SHORTEST_S)
    return first * step_s


@njit(cache=True, nogil=True)
def _steps(energy, below, quantiles, found):  # type: ignore[no-untyped-def]
    n, n_below = len(energy), len(below)
    top = energy.argmax()
    peak, total = energy[top], energy.sum()
    if peak <= _SILENCE:
        return 0
    first = 0
    while energy[first] < 0.01 * peak:
        first += 1
    risen = first
    while energy[risen] < 0.8 * peak:
        risen += 1
    found[0], found[1] = top - first, risen - first
    for b in range(n_below):
        least = peak * 10 ** (-below[b] / 10)
        for i in range(n):
            if energy[i] > least:
                found[2 + b] = i - top
                found[2 + n_below + b] += 1
    centre, amplitude, where = 0.0, 0.0, 0.0
    for i in range(n):
        size = np.sqrt(energy[i])
        centre += energy[i] * i
        where += size * i
        amplitude += size
    centre /= total
    second, third, passed, q = 0.0, 0.0, 0.0, 0
    at = 4 + 2 * n_below
    for i in range(n):
        away = i - centre
        second += energy[i] * away * away
        third += energy[i] * away * away * away
        passed += energy[i]
        while q < len(quantiles) and passed >= quantiles[q] * total:
            found[at + q] = i
            q += 1
    spread = np.sqrt(second / total)
    found[at - 2], found[at - 1] = centre, spread
    if spread > 1e-6:
        found[-3] = third / total / spread**3
    found[-2], found[-1] = centre / n, where / amplitude / n
    return first


@njit(cache=True, nogil=True)
def _decibels(power):  # type: ignore[no-untyped-def]
    return 10 * np.log10(max(power, _SILENCE))


@njit(cache=True, nogil=True)
def levels(energy, told, n_samples, found):  # type: ignore[no-untyped-def]
    """How loud it is, of what `course` gave, into `found` (N_LEVELS,): in dB but for the kurtosis and the last three.

    Peak, level, level of what is within 40 dB of the loudest step, the peak over both; percentiles 10 and 50 of the
    steps' levels, and their deviation, none being further than 60 dB below the loudest; the first and the last
    10 ms beside the loudest; kurtosis of the steps' amplitudes; decimal logarithm of the offset over the level;
    shares of the samples below -80 dBFS and of those that are 0.
    """
    found[:] = 0.0
    n, ordered = len(energy), np.sort(energy)
    power, most = told[2] / n_samples, ordered[-1]
    peak = _decibels(told[0] * told[0])
    found[0], found[1] = peak, _decibels(power)
    found[11] = np.log10(1e-5 + (abs(told[1]) / n_samples / np.sqrt(power) if power > 0 else 0.0))
    found[12], found[13] = told[3] / n_samples, told[4] / n_samples
    found[5], found[6] = _decibels(ordered[(n - 1) // 10]), _decibels(ordered[(n - 1) // 2])
    if most <= _SILENCE:
        found[2] = found[1]
        return
    loud, n_loud, size = 0.0, 0, 0.0
    mean, square = 0.0, 0.0
    for i in range(n):
        if energy[i] > 1e-4 * most:
            loud += energy[i]
            n_loud += 1
        size += np.sqrt(energy[i])
        level = _decibels(max(energy[i], 1e-6 * most))
        mean += level
        square += level * level
    found[2] = _decibels(loud / n_loud)
    found[3], found[4] = peak - found[1], peak - found[2]
    mean, size = mean / n, size / n
    found[7] = np.sqrt(max(0.0, square / n - mean * mean))
    edge = min(_EDGE_STEPS, n)
    found[8] = _decibels(energy[:edge].mean()) - _decibels(most)
    found[9] = _decibels(energy[n - edge :].mean()) - _decibels(most)
    second, fourth = 0.0, 0.0
    for i in range(n):
        away = (np.sqrt(energy[i]) - size) ** 2
        second += away
        fourth += away * away
    if second > 1e-9 * n * size * size:
        found[10] = fourth * n / (second * second)
