"""Where the engine's input comes from, as the control side says it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from granulate import sound_file
from granulate.atomic import AnyPath
from granulate.errors import ParameterError
from granulate.live.pools import Pool, lent
from granulate.sound_file.formats import EXTENSIONS

MOST_INPUTS = 64


@dataclass(frozen=True, slots=True)
class DeviceInput:
    """An input device of PortAudio: its name, its number, or None for the default one, and how many channels.

    It runs in one stream with the output device, whose clock it shares.
    """

    name: str | int | None = None
    channels: int = 1


@dataclass(frozen=True, slots=True)
class FileInput:
    """A sound file that is heard as if a device had it at its input: once, and silence after it."""

    path: AnyPath


@dataclass(frozen=True, slots=True)
class NullInput:
    """Silence of so many channels."""

    channels: int = 1


Source = DeviceInput | FileInput | NullInput | Pool
"""A `Pool` is heard as a file is: raw frames at the engine's rate."""


def named(text: str, channels: int = 1) -> Source:
    """The input that a word says: `null`, `default`, a sound file by its extension, or else a device by its name.

    `channels`: of a device, or of silence.
    """
    if text == "null":
        return NullInput(channels)
    if Path(text).suffix.lower() in EXTENSIONS:
        return FileInput(text)
    return DeviceInput(None if text == "default" else text, channels)


def n_inputs(source: Source | None) -> int:
    """The channels of an input that is ready to be heard; 0 where there is none."""
    if source is None:
        return 0
    if isinstance(source, Pool):
        return source.n_channels
    assert not isinstance(source, FileInput), "a file is read first"
    return source.channels


@contextmanager
def ready(source: Source | None, sample_rate: int) -> Iterator[Source | None]:
    """The same input, a file read at a rate in Hz and lent, for as long as the block lasts, as a `Pool`.

    Raises SoundFileError for a file that cannot be read, ParameterError for too many channels or none.
    """
    if isinstance(source, FileInput):
        with lent(sound_file.read(source.path, sample_rate=sample_rate).frames) as pool:
            _check(pool.n_channels)
            yield pool
        return
    if source is not None:
        _check(n_inputs(source))
    yield source


def _check(channels: int) -> None:
    if not 1 <= channels <= MOST_INPUTS:
        raise ParameterError(f"an input of {channels} channels; allowed: 1 to {MOST_INPUTS}")
