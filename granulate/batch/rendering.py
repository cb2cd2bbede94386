"""One sound rendered by one preset into one file: what a child process does."""

from __future__ import annotations

import hashlib
import json
import os
import secrets
import shutil
import stat
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from granulate import api, sound_file
from granulate.atomic import reason, replacing
from granulate.batch.journal import FOLDER, Record, state
from granulate.corpus import analyse
from granulate.errors import GranulateError, OutputError, SoundFileError, printable
from granulate.paths import compose
from granulate.preset import Preset
from granulate.types import Sound

_REHEARSED = 8192


@dataclass(frozen=True, slots=True)
class Context:
    """What all items of a batch have in common."""

    out: str
    presets: tuple[tuple[str, str], ...]
    """Names, and tables as JSON."""
    settings: tuple[str, ...]
    force: bool


@dataclass(frozen=True, slots=True)
class Item:
    """One output to make, and what is known of the one that was made before."""

    path: str
    preset: int
    output: str
    known: Record | None


@dataclass(frozen=True, slots=True)
class Done:
    """An output that is whole and in its place."""

    record: Record
    made: bool
    """Whether it had to be put there."""
    notes: tuple[str, ...]
    """What had to be mended in the input, or turned down in the output."""


def render(context: Context, item: Item) -> Done:
    """Make an output unless it is there already. The bytes are those of `granulate render` with the same seed.

    A file in its place is replaced if an earlier run of the batch made it and nobody changed it since, or with
    `force`. One that has just the bytes that are made is left where it is.

    Raises SoundFileError, OutputError and whatever else of GranulateError a render can end with, without the path.
    """
    target = os.path.join(context.out, item.output)
    try:
        return _render(context, item, target)
    except GranulateError as error:
        for path in (item.path, target):
            text = str(error).removeprefix(f"{printable(path)}: ")
            if text != str(error):
                raise type(error)(text) from None
        raise


def rehearse(context: Context) -> None:
    """Load, and where need be compile, what the presets use: so that it is at no item's cost."""
    rng = np.random.default_rng(0)
    sound = Sound(rng.uniform(-0.1, 0.1, (1, _REHEARSED)).astype(np.float32), 44_100)
    for number in range(len(context.presets)):
        with suppress(Exception):  # what a preset cannot do is each sound's own failure
            preset = _preset(*context.presets[number])
            for _ in api.finish(compose(analyse((sound,), preset), preset))[0].blocks():
                pass


def _render(context: Context, item: Item, target: str) -> Done:
    settings = context.settings[item.preset]
    try:
        before = state(item.path)
    except OSError as error:
        raise SoundFileError(f"cannot be read: {reason(error)}") from None
    heard = _digest_of_file(item.path)
    there = _digest_of_file(target)
    known = item.known
    if known and (known.settings, known.input_digest, known.output_digest) == (settings, heard, there):
        return Done(Record(item.output, settings, before, heard, state(target), there), made=False, notes=())
    work = os.path.join(context.out, FOLDER, secrets.token_hex(8) + os.path.splitext(target)[1])
    try:
        notes = _sound(item.path, _preset(*context.presets[item.preset]), work, target)
        made = _digest_of_file(work)
        if there != made:
            ours = context.force or (known is not None and known.output_digest == there)
            if os.path.lexists(target) and not ours:
                raise OutputError(
                    "exists, and is not what this batch made there; allowed: another folder or name, or force"
                )
            _place(work, target, replace=os.path.lexists(target))
        return Done(
            Record(item.output, settings, before, heard, state(target), made), made=there != made, notes=notes
        )
    except FileNotFoundError as error:
        raise OutputError(f"vanished while it was made: {error.strerror}") from None
    finally:
        with suppress(OSError):
            os.unlink(work)


def _sound(path: str, preset: Preset, work: str, target: str) -> tuple[str, ...]:
    """What `granulate render` does, into the file `work`. Gives what is worth a note."""
    sounds = sound_file.match([sound_file.read(path)], sample_rate=preset.output.parameters["sample_rate"])
    subtype = preset.output.parameters["subtype"]
    sound_file.output_format(target, subtype, sounds[0].sample_rate, sounds[0].n_channels)
    source, gain = api.finish(compose(analyse(sounds, preset), preset))
    try:
        written = sound_file.write(source, work, subtype=subtype, gain=gain)
    except OutputError as error:
        raise OutputError(str(error).replace(printable(work), printable(target))) from None
    notes = []
    origin = sounds[0].origin
    if origin and origin.replaced:
        notes.append(f"{origin.replaced} samples that are not finite were replaced by 0.0")
    if origin and origin.missing:
        notes.append(f"{origin.missing} samples that the file declares are missing")
    if written.turned_down_db:
        notes.append(f"turned down by {written.turned_down_db:.2f} dB to stay within full scale")
    elif written.peak > 1:
        notes.append(f"peaks {written.peak_dbfs:.2f} dB above full scale")
    return tuple(notes)


def _place(work: str, target: str, *, replace: bool) -> None:
    """Move a whole file to where it belongs; unless it replaces, never over anything. Raises OutputError."""
    try:
        os.makedirs(os.path.dirname(target), exist_ok=True)
        if replace and not os.path.isdir(target):
            os.replace(work, target)
        else:
            os.link(work, target)
            os.unlink(work)  # now, for it changes the state that is noted
    except FileExistsError:
        raise OutputError(
            "exists, and was not made by this batch; allowed: another folder or name, or force"
        ) from None
    except OSError as error:
        if isinstance(error, NotADirectoryError | PermissionError) or not os.path.isdir(
            os.path.dirname(target)
        ):
            raise OutputError(f"{printable(target)}: {error.strerror}") from None
        # Another file system lies there, or one without links.
        with replacing(target, force=replace) as temporary:
            shutil.copyfile(work, temporary)


def _digest_of_file(path: str) -> str:
    """Of a regular file's content; "" of anything else. Raises SoundFileError where it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):  # to open a FIFO would wait for a writer
            return ""
        with open(path, "rb", buffering=0) as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise SoundFileError(f"cannot be read: {error.strerror}") from None


@lru_cache(maxsize=64)
def _preset(name: str, table: str) -> Preset:
    return Preset.of(json.loads(table), name)
