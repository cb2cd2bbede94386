"""The sounds of a score by name and content."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from granulate import sound_file
from granulate.atomic import reason
from granulate.errors import ScoreError, printable
from granulate.types import Sound

_MOST_NAMED = 5


@dataclass(frozen=True)
class Reference:
    """A sound as a score names it; a relative path is from the score's folder."""

    path: str
    sha256: str
    channels: int
    samples: int


def reference_to(sound: Sound, folder: Path) -> Reference:
    """A sound as a score in `folder` names it: relative where it is within that. Raises ScoreError."""
    if sound.origin is None:
        raise ScoreError(
            "a sound that is in no file; a score names files, so write it to one and read it first"
        )
    try:
        path = Path(sound.origin.path).resolve()
        near = path.is_relative_to(folder.resolve())
        digest = _sha256(path)
    except (OSError, ValueError) as error:
        raise ScoreError(f"the sound {sound.name}: {reason(error)}") from None
    name = os.path.relpath(path, folder.resolve()) if near else str(path)
    return Reference(name, digest, sound.n_channels, sound.n_samples)


def found_again(references: Sequence[Reference], folder: Path, sample_rate: int) -> tuple[Sound, ...]:
    """The sounds at a rate in Hz. Raises ScoreError, naming up to five, where they are not what they were."""
    wrong = [text for text in (_difference(reference, folder) for reference in references) if text]
    if wrong:
        more = f"; and {len(wrong) - _MOST_NAMED} more" if len(wrong) > _MOST_NAMED else ""
        raise ScoreError("; ".join(wrong[:_MOST_NAMED]) + more)
    read = {reference.path: sound_file.read(folder / reference.path) for reference in references}
    sounds = sound_file.match([read[reference.path] for reference in references], sample_rate=sample_rate)
    for reference, sound in zip(references, sounds, strict=True):
        if (sound.n_channels, sound.n_samples) != (reference.channels, reference.samples):
            raise ScoreError(
                f"the sound {printable(reference.path)} reads as {sound.n_channels} channels of {sound.n_samples}"
                f" samples; the score was made of {reference.channels} of {reference.samples}"
            )
    return sounds


def _difference(reference: Reference, folder: Path) -> str:
    """What is wrong with a sound that a score names, or nothing."""
    name = f"the sound {printable(reference.path)}"
    try:
        path = folder / reference.path
        if not path.is_file():
            return f"{name} is missing"
        return "" if _sha256(path) == reference.sha256 else f"{name} has changed since the score was made"
    except (OSError, ValueError) as error:
        return f"{name} cannot be read: {reason(error)}"


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
