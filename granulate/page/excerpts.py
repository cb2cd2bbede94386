"""The beginnings of sound files as FLAC, small enough for a page that is one file."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from granulate.errors import GranulateError, SoundFileError, printable
from granulate.page.pack import PackedSound, packed_sound
from granulate.types import Sound

SECONDS = 6.0
"""Of a sound that are put into a page, where there is room."""
BUDGET = 48 * 2**20
"""Bytes of sound in a page."""

LONGEST_S = 300.0
"""Of a sound that a server gives."""

_FADE_S = 0.01
_SHORTEST_S = 0.05
_LOW_RATE = 22_050


def beginning(path: str | os.PathLike[str], seconds: float | None = None) -> Sound:
    """The first seconds of a sound file, faded out where that cuts it; None is all of it.

    No more is decoded than that. Raises SoundFileError for what is no readable sound.
    """
    from granulate import sound_file
    from granulate.sound_file.stream import Stream, native_name

    if seconds is None:
        return sound_file.read(path)
    if not os.path.isfile(path):  # to open a FIFO would wait for a writer
        raise SoundFileError(f"{printable(path)}: is no regular file; allowed: a sound file")
    try:
        with Stream(native_name(path)) as file:
            rate = file.samplerate
            n = max(1, round(seconds * rate))
            # One more tells whether the sound goes on.
            frames = next(iter(file.decoded(n + 1)), np.zeros((0, 1), np.float32))
    except (OSError, RuntimeError, ValueError, TypeError) as error:
        raise SoundFileError(f"{printable(path)}: cannot be read: {error}") from None
    if not len(frames):
        raise SoundFileError(f"{printable(path)}: holds no samples; allowed: at least one")
    found = Sound(np.nan_to_num(frames[:n], copy=True, nan=0, posinf=0, neginf=0).T, rate)
    return shortened(found, n) if len(frames) > n else found


def shortened(sound: Sound, n_samples: int) -> Sound:
    """The first samples of a sound, with a short fade at their end."""
    frames = np.array(sound.frames[:n_samples])
    n_fade = min(len(frames), round(_FADE_S * sound.sample_rate))
    if n_fade:
        frames[-n_fade:] *= np.linspace(1, 0, n_fade, dtype=np.float32)[:, None]
    return Sound(frames.T, sound.sample_rate)


def packed_within(sound: Sound, name: str, room: int) -> PackedSound:
    """A sound as FLAC of at most so many bytes.

    As it is, else one channel of 16 bits, else that at 22,050 Hz, else the beginning of that; without sound
    where less than a twentieth of a second would be left.
    """
    from granulate import sound_file

    none = PackedSound(name, sound.n_channels, sound.n_samples, sound.sample_rate)
    if room < 1:
        return none
    try:
        found = packed_sound(sound, name)
        if len(found.flac) <= room:
            return found
        sound = _plain(sound)
        found = packed_sound(sound, name)
        if len(found.flac) > room and sound.sample_rate > _LOW_RATE:
            (low,) = sound_file.match(sound, sample_rate=_LOW_RATE)
            sound = _plain(low)
            found = packed_sound(sound, name)
        while len(found.flac) > room:
            n = int(sound.n_samples * min(0.9, 0.95 * room / len(found.flac)))
            if n < _SHORTEST_S * sound.sample_rate:
                return none
            sound = _plain(shortened(sound, n))
            found = packed_sound(sound, name)
        return found
    except GranulateError:  # a rate that FLAC has not, say
        return none


def packed_beginnings(
    paths: Sequence[Path], names: Sequence[str], *, seconds: float = SECONDS, budget: int = BUDGET,
    step: Callable[[str, int, int], None],
) -> Iterator[PackedSound]:  # fmt: skip
    """The beginning of each file, all together within a budget in bytes: what one leaves over, the next ones have.

    A file that cannot be read has no sound.
    """
    left = budget
    for number, (path, name) in enumerate(zip(paths, names, strict=True)):
        step("pack sounds", number, len(paths))
        try:
            found = packed_within(beginning(path, seconds), name, left // (len(paths) - number))
        except GranulateError:
            found = PackedSound(name, 1, 1, 1)
        left -= len(found.flac)
        yield found


def gain_of(peak: float) -> float:
    """What a sound of this peak is divided by to be kept, so that nothing clips."""
    return max(1.0, float(np.float32(peak)))


def whole(path: str | os.PathLike[str], peak: float) -> bytes:
    """A file as FLAC of 24 bits, its samples divided by `gain_of` the peak that an index knows; its first minutes.

    Raises SoundFileError for what is no readable sound, ParameterError for a rate that FLAC has not.
    """
    sound = beginning(path, LONGEST_S)
    steps = np.rint(sound.frames / np.float32(gain_of(peak)) * 2**23)
    frames = np.clip(steps, -(2**23), 2**23 - 1).astype(np.float32) / np.float32(2**23)
    return packed_sound(Sound(frames.T, sound.sample_rate), "").flac


def _plain(sound: Sound) -> Sound:
    """One channel of 16 bits, which FLAC packs best."""
    mixed = sound.frames.mean(axis=1) / max(1.0, sound.peak)
    return replace(sound, samples=(np.clip(np.rint(mixed * 32768), -32768, 32767) / 32768).astype(np.float32))
