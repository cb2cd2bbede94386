"""What the exports share: which events, and what their sounds are called."""

from __future__ import annotations

import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from granulate.errors import OutputError, printable
from granulate.types import Events, Score, Sound


@dataclass(frozen=True, slots=True)
class Target:
    """Where an export is written for now, where it will lie, and the WAV that was rendered."""

    temporary: Path
    path: Path
    rendered: Path | None = None

    def write(self, lines: Iterable[str]) -> None:
        """Write lines of text as UTF-8; names that are none keep their bytes."""
        with self.temporary.open("w", encoding="utf-8", errors="surrogateescape", newline="\n") as file:
            file.writelines(f"{line}\n" for line in lines)


def heard(score: Score) -> Events:
    """The events of which anything can be heard: they sound within the score, and touch their sounds."""
    events = score.events
    ends = np.array([sound.n_samples for sound in score.sounds], np.int64)[events.sound]
    passed = events.length * np.abs(events.rate.astype(np.float64))
    audible = (events.time + events.length > 0) & (events.time < score.n_samples)
    return events.taken(audible & (events.start + passed > 0) & (events.start < ends))


def names(score: Score) -> list[str]:
    """A name for each sound: one printable line, that of its file, and no two alike."""
    found: list[str] = []
    taken: dict[str, int] = {}
    for sound in score.sounds:
        name = printable(os.path.basename(sound.origin.path)) if sound.origin else "sound"
        taken[name] = taken.get(name, 0) + 1
        # A file of the very name "a.wav (2)" beside two of "a.wav" is not worth more.
        found.append(name if taken[name] == 1 else f"{name} ({taken[name]})")
    return found


def location(sound: Sound, target: Target) -> str:
    """The file of a sound as an export names it: relative where it lies beside or below that."""
    if sound.origin is None:
        raise OutputError(
            f"{printable(target.path)}: a sound that is in no file; an export names files, so write it to one"
            " and read it first"
        )
    path, folder = os.path.realpath(sound.origin.path), os.path.realpath(target.path.parent)
    near = Path(path).is_relative_to(folder)
    return os.path.relpath(path, folder) if near else path


def number(value: float) -> str:
    """A number by the fewest digits that tell it to a billionth, never with an exponent."""
    text = f"{value:.9f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text
