"""A sound to try things on, synthesised: seven kinds of material that take turns over a harmony.

Bowed and plucked notes, bells, a gliding voice, breath, percussion and silence. Every kind comes
back again and again, so that a path through the grains has something to bring together.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types import Sound

Samples = NDArray[np.float32]

PEAK_DBFS = -3.0
MAX_SEED = 2**32 - 1

_STEP_S = 0.2
_CHORD_STEPS = 20
_RISE_S, _FALL_S = 0.01, 0.2
# D minor 7, B flat major 7, F major 7 and C 6: what all have in common is the scale of D natural minor.
_CHORDS = (
    (50, 57, 60, 62, 65, 69),
    (46, 53, 57, 58, 62, 65),
    (53, 57, 60, 64, 65, 69),
    (48, 55, 60, 64, 67, 69),
)
# A soprano's first four formants in Hz (Csound's manual, formant values); the levels in dB are nearer one another.
_VOWELS = np.array(
    [[800, 1150, 2900, 3900], [350, 2000, 2800, 3600], [450, 800, 2830, 3800], [325, 700, 2700, 3800]],
    np.float64,
)  # a, e, o, u
_VOWEL_DB = np.array(
    [[0, -6, -26, -20], [0, -14, -13, -20], [0, -10, -18, -24], [0, -14, -28, -30]], np.float64
)
_BANDWIDTHS = np.array([80, 90, 120, 140], np.float64)
# Of a church bell, from hum to upper partials (Rossing 2000): ratio to the strike note, level, decay in s.
_BELL = np.array(
    [
        [0.5, 0.5, 1.2], [1.0, 1.0, 0.9], [1.2, 0.7, 0.7], [1.5, 0.4, 0.5], [2.0, 0.8, 0.6],
        [2.67, 0.45, 0.35], [3.0, 0.3, 0.3], [4.17, 0.3, 0.22], [5.43, 0.2, 0.15], [6.79, 0.14, 0.1],
    ]
)  # fmt: skip


def demo(seconds: float = 12.0, sample_rate: int = 44_100, seed: int = 0) -> Sound:
    """A stereo sound of that length, the same for the same seed, peaking at -3 dBFS.

    Raises ParameterError unless seconds are 1 to 300, the sample rate 8000 to 192,000 Hz, and the
    seed a whole number from 0 to 2^32 - 1.
    """
    _check("seconds", seconds, 1, 300, float)
    _check("sample_rate", sample_rate, 8000, 192_000, int)
    _check("seed", seed, 0, MAX_SEED, int)
    rng = np.random.default_rng(seed)
    out = np.zeros((round(seconds * sample_rate), 2), np.float32)
    for kind, step, n_steps in _plan(rng, seconds):
        chord = _CHORDS[step // _CHORD_STEPS % len(_CHORDS)]
        place, material = _KINDS[kind]
        for offset_s, pan, mono in material(rng, chord, n_steps * _STEP_S, sample_rate):
            _add(out, round((step * _STEP_S + offset_s) * sample_rate), mono, place + pan)
    return Sound(_finished(out, sample_rate).T, sample_rate)


def demo_library(n: int = 8, sample_rate: int = 44_100, seed: int = 0) -> Iterator[tuple[str, Sound]]:
    """`n` short stereo sounds of each kind but the rest, as (kind, sound), the same for the same seed.

    Raises ParameterError unless n is 1 to 1000, and for a rate and a seed as `demo` does.
    """
    _check("n", n, 1, 1000, int)
    _check("sample_rate", sample_rate, 8000, 192_000, int)
    _check("seed", seed, 0, MAX_SEED, int)
    for number, (kind, (place, material)) in enumerate(_KINDS.items()):
        rng = np.random.default_rng([seed, number])
        for i in range(n):
            parts = list(material(rng, _CHORDS[i % len(_CHORDS)], 3 * _STEP_S, sample_rate))
            starts = [round(offset_s * sample_rate) for offset_s, _, _ in parts]
            length = max(at + len(mono) for at, (_, _, mono) in zip(starts, parts, strict=True))
            out = np.zeros((length, 2), np.float32)
            for at, (_, pan, mono) in zip(starts, parts, strict=True):
                _add(out, at, mono, place + pan)
            yield kind, Sound(_finished(out, sample_rate).T, sample_rate)


def _add(out: Samples, at: int, mono: Samples, pan: float) -> None:
    """Add to `out` (n_frames, 2) from frame `at`; what goes beyond its end is left out."""
    # Equal power, so that a sound is as loud wherever it stands.
    angle = (np.clip(pan, -1, 1) + 1) * np.pi / 4
    room = out[at : at + len(mono)]
    room += mono[: len(room), None] * np.array([np.cos(angle), np.sin(angle)], np.float32)


def _check(name: str, value: float, low: int, high: int, kind: type) -> None:
    numbers = (int, np.integer) if kind is int else (int, float, np.integer, np.floating)
    if isinstance(value, bool) or not isinstance(value, numbers) or not low <= value <= high:
        what = "a whole number" if kind is int else "a number"
        raise ParameterError(f"{name} = {value!r} of the demo; allowed: {what} from {low} to {high}")


def _plan(rng: np.random.Generator, seconds: float) -> Iterator[tuple[str, int, int]]:
    """(kind, first step, steps): round after round all kinds, each in its own order."""
    lengths = {"bowed": 4, "plucked": 3, "bell": 3, "voice": 3, "breath": 2, "hits": 2, "rest": 1}
    names = list(lengths)
    step, before = 0, "rest"
    while step * _STEP_S < seconds:
        order = [names[i] for i in rng.permutation(len(names))]
        if order[0] == before:
            order.append(order.pop(0))
        for kind in order:
            if kind != "rest" and step * _STEP_S < seconds:
                yield kind, step, lengths[kind]
            step += lengths[kind]
        before = order[-1]


def _finished(out: Samples, sample_rate: int) -> Samples:
    """Levelled, without a mean, and rising from and falling to nothing at its ends, in place."""
    ends = np.ones(len(out))
    _fade(ends, _RISE_S, _FALL_S, sample_rate)
    window = _f32(ends)[:, None]
    out *= window
    # Taken off in the shape of the fades, so that the ends stay where they are.
    out -= window * (out.mean(axis=0, dtype=np.float64) / window.mean(dtype=np.float64)).astype(np.float32)
    out *= np.float32(10 ** (PEAK_DBFS / 20) / np.abs(out).max())
    return out


# --- the kinds: each gives (offset in s, place from -1 to 1, mono samples) ---------------------------

Parts = Iterator[tuple[float, float, Samples]]


def _bowed(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    pitch = _hertz(chord[int(rng.integers(1, 4))])
    t = _times(seconds + 0.12, rate)
    # The vibrato begins after the note has, and a bow is never quite even.
    depth = 0.006 * np.clip((t - 0.15) / 0.3, 0, 1)
    phase = 2 * np.pi * pitch * (t - depth / (2 * np.pi * 5.6) * np.cos(2 * np.pi * 5.6 * t))
    bright = 1.1 + 0.5 * rng.random()
    tone = _harmonics(phase, lambda k: k**-bright * (1 + 0.6 * np.cos(2.1 * k)), pitch, rate, 40)
    rosin = _noise(rng, len(t), rate, 2500, 1.2)
    swell = 0.75 + 0.25 * np.sin(np.pi * t / t[-1])
    yield 0.0, rng.uniform(-0.2, 0.2), _shaped(0.26 * tone + 0.01 * rosin, 0.06, 0.12, rate) * _f32(swell)


def _plucked(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    n_notes = round(seconds / _STEP_S)
    notes = np.sort(rng.choice(chord, n_notes, replace=False)) + 12
    for i, note in enumerate(notes if rng.random() < 0.5 else notes[::-1]):
        pitch = _hertz(int(note))
        where = 0.13 + 0.1 * rng.random()
        parts = np.zeros(round(0.55 * rate))
        for k in range(1, 19):
            frequency = k * pitch * np.sqrt(1 + 3e-4 * k * k)  # a string's stiffness sharpens its overtones
            turn = rng.random()  # in step they would peak as one
            if frequency < 0.45 * rate:
                level = np.sin(np.pi * k * where) / k
                parts += level * _ringing(len(parts), rate, frequency, 3.0 + 1.6 * k, turn)
        yield i * _STEP_S, -0.3 + 0.3 * i, _shaped(0.6 * parts, 0.002, 0.1, rate)


def _bell(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    pitch = _hertz(chord[int(rng.integers(3, 6))] + 12)
    parts = np.zeros(round((seconds + 0.5) * rate))
    for ratio, level, decay in _BELL:
        beat = rng.uniform(0.5, 3)  # bells are not quite round: every partial is two that beat
        if ratio * pitch < 0.45 * rate:
            for part, frequency in ((0.8, ratio * pitch), (0.2, ratio * pitch + beat)):
                parts += level * part * _ringing(len(parts), rate, frequency, 1 / decay)
    yield 0.0, rng.uniform(-0.25, 0.25), _shaped(0.2 * parts, 0.003, 0.25, rate)


def _voice(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    first, last = rng.choice(len(_VOWELS), 2, replace=False)
    low, high = (
        np.sort(rng.choice(chord[1:5], 2, replace=False)) if rng.random() < 0.5 else (chord[2], chord[2])
    )
    t = _times(seconds + 0.1, rate)
    glide = 0.5 - 0.5 * np.cos(np.pi * np.clip(t / seconds, 0, 1))
    pitch = _hertz(low) * (_hertz(high) / _hertz(low)) ** glide * (1 + 0.008 * np.sin(2 * np.pi * 5.1 * t))
    phase = 2 * np.pi * np.cumsum(pitch) / rate
    # Formants move slowly: it is enough to know them a hundred times a second.
    coarse = np.linspace(0, t[-1], max(2, int(t[-1] * 100)))
    along = np.interp(coarse, t, glide)[:, None]
    centres = _VOWELS[first] ** (1 - along) * _VOWELS[last] ** along
    levels = 10 ** ((_VOWEL_DB[first] * (1 - along) + _VOWEL_DB[last] * along) / 20)
    at = np.interp(coarse, t, pitch)

    def level(k: int) -> NDArray[np.float64]:
        away = (k * at[:, None] - centres) / _BANDWIDTHS
        return np.interp(t, coarse, (levels / (1 + away**2)).sum(axis=1) / k**0.3)

    tone = _harmonics(phase, level, float(pitch.max()), rate, 36)
    breath = 0.01 * _noise(rng, len(t), rate, 3500, 1.0)
    yield 0.0, rng.uniform(-0.15, 0.15), _shaped(0.5 * tone + breath, 0.05, 0.1, rate)


def _breath(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    n = round((seconds + 0.15) * rate)
    t = np.arange(n) / n
    low, high = _noise(rng, n, rate, 900, 0.7), _noise(rng, n, rate, 4200, 0.8)
    along = 0.5 - 0.5 * np.cos(np.pi * t)
    if rng.random() < 0.5:
        along = along[::-1]
    swell = np.sin(np.pi * t) ** 1.5
    yield 0.0, rng.uniform(-0.4, 0.4), _f32(0.2 * swell * ((1 - along) * low + along * high))


def _hits(rng: np.random.Generator, chord: tuple[int, ...], seconds: float, rate: int) -> Parts:
    pattern = ("low", "high", "snap", "high") if rng.random() < 0.6 else ("low", "snap", "low", "high")
    for i, kind in enumerate(pattern):
        t = _times(0.22 if kind == "low" else 0.16 if kind == "snap" else 0.07, rate)
        if kind == "low":  # a skin whose pitch falls
            fall = 52 * t + 110 * 0.035 * (1 - np.exp(-t / 0.035))
            mono = 0.8 * np.exp(-t / 0.075) * np.sin(2 * np.pi * fall)
        elif kind == "snap":
            mono = np.exp(-t / 0.04) * (
                0.35 * _noise(rng, len(t), rate, 2200, 1.4) + 0.2 * np.sin(2 * np.pi * 185 * t)
            )
        else:
            mono = 0.25 * np.exp(-t / 0.016) * _noise(rng, len(t), rate, 9000, 0.6)
        accent = 1.0 if i == 0 else 0.75
        pan = {"low": 0.0, "snap": 0.25, "high": -0.45}[kind]
        yield i * seconds / len(pattern), pan, _shaped(accent * mono, 0.001, 0.03, rate)


_KINDS: dict[str, tuple[float, Callable[[np.random.Generator, tuple[int, ...], float, int], Parts]]] = {
    "bowed": (-0.45, _bowed),
    "plucked": (0.35, _plucked),
    "bell": (0.6, _bell),
    "voice": (0.0, _voice),
    "breath": (-0.2, _breath),
    "hits": (0.05, _hits),
}
"""Where each kind stands, -1 left to 1 right, and what makes it."""


# --- what they are made of -----------------------------------------------------------------------------


def _hertz(note: float) -> float:
    """The frequency of a MIDI note number."""
    return float(440 * 2 ** ((note - 69) / 12))


def _times(seconds: float, rate: int) -> NDArray[np.float64]:
    return np.arange(round(seconds * rate)) / rate


def _f32(values: NDArray[np.float64]) -> Samples:
    return values.astype(np.float32)


def _harmonics(
    phase: NDArray[np.float64],
    level: Callable[[int], float | NDArray[np.float64]],
    pitch: float,
    rate: int,
    n: int,
) -> NDArray[np.float64]:
    """The sum of level(k) sin(k phase) below 0.45 of the rate: sin((k+1)x) = 2 cos x sin kx - sin((k-1)x)."""
    twice = 2 * np.cos(phase)
    before, now = np.zeros_like(phase), np.sin(phase)
    total = level(1) * now
    for k in range(2, min(n, int(0.45 * rate / pitch)) + 1):
        before, now = now, twice * now - before
        total += level(k) * now
    return total


def _ringing(n: int, rate: int, frequency: float, decay: float, turn: float = 0.0) -> NDArray[np.float64]:
    """A sine (n,) that begins `turn` periods in and falls by e, `decay` times a second.

    Powers are products: 256 near ones times some far ones are all of them, without an exp for each.
    """
    step = (2j * np.pi * frequency - decay) / rate
    far = np.exp(step * 256 * np.arange(-(-n // 256)) + 2j * np.pi * turn)
    return np.outer(far, np.exp(step * np.arange(256))).imag.reshape(-1)[:n]


def _noise(rng: np.random.Generator, n: int, rate: int, centre: float, octaves: float) -> NDArray[np.float64]:
    """Noise of unit power (n,) around a frequency in Hz, its level falling as a bell over the octaves."""
    size = 1 << (n - 1).bit_length()  # the rest is cut off: other lengths may be slow to transform
    bins = np.arange(1, size // 2)
    height = np.exp(-0.5 * (np.log2(bins * (rate / size / min(centre, 0.35 * rate))) / octaves) ** 2)
    spectrum = np.zeros(size // 2 + 1, np.complex128)
    spectrum[1:-1] = height * (rng.standard_normal(len(bins)) + 1j * rng.standard_normal(len(bins)))
    noise = np.fft.irfft(spectrum, size)[:n]
    return noise / np.sqrt(np.mean(noise**2))


def _shaped(mono: NDArray[np.float64], rise: float, fall: float, rate: int) -> Samples:
    """Raised-cosine ends of so many seconds, so that no part begins or ends with a click."""
    _fade(mono, rise, fall, rate)
    return _f32(mono)


def _fade(mono: NDArray[np.float64], rise: float, fall: float, rate: int) -> None:
    a, b = max(2, round(rise * rate)), max(2, round(fall * rate))
    mono[:a] *= 0.5 - 0.5 * np.cos(np.pi * np.arange(a) / a)
    mono[-b:] *= 0.5 + 0.5 * np.cos(np.pi * (np.arange(b) + 1) / b)
