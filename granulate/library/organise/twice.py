"""What a library holds more than once: by its files' content, by their samples, by their summaries."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable

import numpy as np

from granulate import sound_file
from granulate.errors import SoundFileError
from granulate.library import Library
from granulate.library.organise.duplicates import NEAR, Group, near_duplicates, same
from granulate.library.organise.mapping import quiet
from granulate.library.records import Files, Record

Step = Callable[[str, int, int], None]


def duplicates(
    library: Library, files: Files, near: float = NEAR, *, step: Step = quiet
) -> tuple[list[Group], list[tuple[str, str]]]:
    """Groups of rows of the files that are one sound, by kind: "file", "audio", "near"; and what could not be read.

    Files of the same bytes are known from the scan. Only files of one length, rate, channel count and
    peak can be of the same samples; those are decoded and compared by hash. `near`: see
    `near_duplicates`; 0 leaves those out. A sound in several kinds of groups is in the first
    kind as often as it is, and once, by its first file, in the next.
    """
    groups = same("file", [number if number >= 0 else None for number in files.numbers["content"].tolist()])
    spare = {int(row) for group in groups for row in group.rows[1:]}
    audio, failed = _same_audio(library, files, spare, step)
    groups += audio
    if near > 0 and library.sets():
        step("compare", 0, 0)
        summaries = library.summaries()
        rows = np.searchsorted(files.ids, summaries.ids)
        at = {int(row): number for number, row in enumerate(rows)}
        skip = [
            Group(group.kind, np.array([at[int(row)] for row in group.rows if int(row) in at], np.int64), 0.0)
            for group in groups
        ]
        found = near_duplicates(summaries.values, files.durations[rows], near, skip)
        groups += [Group(group.kind, rows[group.rows], group.distance) for group in found]
    return groups, failed


def _same_audio(
    library: Library, files: Files, spare: set[int], step: Step
) -> tuple[list[Group], list[tuple[str, str]]]:
    numbers = files.numbers
    alike = [tuple(row) for row in numbers[["n_samples", "sample_rate", "n_channels", "peak"]].tolist()]
    counts = Counter(key for row, key in enumerate(alike) if row not in spare)
    rows = [row for row, key in enumerate(alike) if counts[key] > 1 and row not in spare]
    hashes: list[object] = [None] * len(files)
    failed = []
    for number, row in enumerate(rows):
        try:
            hashes[row] = _hash_of(library, files[row])
        except SoundFileError as error:
            failed.append((files.paths[row], str(error)))
        step("decode", number + 1, len(rows))
    return same("audio", hashes), failed


def _hash_of(library: Library, file: Record) -> bytes:
    sound = sound_file.read(library.path(file))
    found = hashlib.blake2b(str((sound.sample_rate, sound.frames.shape)).encode(), digest_size=16)
    for first in range(0, sound.n_samples, 1 << 18):
        # 0.0 and -0.0 sound the same.
        found.update(np.ascontiguousarray(sound.frames[first : first + (1 << 18)] + np.float32(0)).data)
    return found.digest()
