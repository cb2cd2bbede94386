"""Which sound files paths name: files as they are, folders searched."""

from __future__ import annotations

import os
from collections.abc import Sequence

from granulate.errors import SoundFileError, printable
from granulate.sound_file.formats import EXTENSIONS


def gather(paths: Sequence[str]) -> list[str]:
    """Files as named, and every sound file in and below folders, by its extension; each once, sorted within a folder.

    Links to folders are not followed, and names that begin with a dot are left out.

    Raises SoundFileError for a folder that holds none, or cannot be searched.
    """
    found: dict[str, str] = {}
    for path in paths:
        for file in _within(path) if os.path.isdir(path) else [path]:
            found.setdefault(os.path.realpath(file), file)
    return list(found.values())


def _within(folder: str) -> list[str]:
    def refuse(error: OSError) -> None:
        raise SoundFileError(f"{printable(error.filename or folder)}: cannot be searched: {error.strerror}")

    files: list[str] = []
    for place, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        files += [os.path.join(place, name) for name in sorted(names) if _sounds(name)]
    if not files:
        raise SoundFileError(f"{printable(folder)}: no sound files in it; looked for {', '.join(EXTENSIONS)}")
    return files


def _sounds(name: str) -> bool:
    return not name.startswith(".") and os.path.splitext(name)[1].lower() in EXTENSIONS
