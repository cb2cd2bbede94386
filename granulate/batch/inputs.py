"""Which sounds lie in folders: searched without being thrown off by what cannot be searched."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from granulate.atomic import AnyPath, reason
from granulate.errors import OutputError, SoundFileError, printable
from granulate.sound_file.formats import EXTENSIONS


@dataclass(frozen=True, slots=True)
class Input:
    """A sound file: where it is, and where in the tree that is kept."""

    path: str
    """Absolute."""
    place: str
    """The folder relative to the one that was named, after a name for that where there are several; "" at the top."""

    @property
    def stem(self) -> str:
        return os.path.splitext(os.path.basename(self.path))[0]

    @property
    def extension(self) -> str:
        """Without the dot."""
        return os.path.splitext(self.path)[1][1:]

    @property
    def name(self) -> str:
        """As it stands in the tree that is kept."""
        return os.path.join(self.place, os.path.basename(self.path))


@dataclass(frozen=True, slots=True)
class Unsearchable:
    """A folder whose files are not known."""

    path: str
    reason: str


def gather(folders: Sequence[AnyPath], out: AnyPath) -> tuple[list[Input], list[Unsearchable]]:
    """Every sound file in and below folders by its extension, sorted, and the folders that cannot be searched.

    Links to folders are not followed, names that begin with a dot are left out, and so is whatever is in `out`.
    Folders that contain one another give each file once.

    Raises SoundFileError for what is no folder, and where there is no sound file; OutputError where `out` is one of
    the folders.
    """
    found: dict[str, Input] = {}
    failed: list[Unsearchable] = []
    inner = os.path.realpath(out)
    roots = [os.path.abspath(os.fsdecode(folder)) for folder in folders]
    for root, label in zip(roots, _labels(roots), strict=True):
        if not os.path.isdir(root):
            what = "is not a folder" if os.path.lexists(root) else "no such folder"
            raise SoundFileError(f"{printable(root)}: {what}; allowed: folders of sounds")
        if os.path.realpath(root) == inner:
            raise OutputError(
                f"{printable(out)}: holds the sounds; allowed: another folder, also one within it"
            )
        for item in _within(root, label, inner, failed):
            found.setdefault(item.path, item)
    if not found:
        text = "; ".join(f"{printable(bad.path)}: {bad.reason}" for bad in failed)
        names = ", ".join(printable(root) for root in roots)
        raise SoundFileError(text or f"{names}: no sound files; looked for {', '.join(EXTENSIONS)}")
    return list(found.values()), failed


def _labels(roots: Sequence[str]) -> Iterator[str]:
    """A name for each folder; none where there is only one."""
    taken: set[str] = set()
    for root in roots:
        label, number = os.path.basename(root) or "root", 1
        while label.casefold() in taken:
            number += 1
            label = f"{os.path.basename(root) or 'root'}-{number}"
        taken.add(label.casefold())
        yield label if len(roots) > 1 else ""


def _within(root: str, label: str, out: str, failed: list[Unsearchable]) -> Iterator[Input]:
    def note(error: OSError) -> None:
        failed.append(Unsearchable(str(error.filename or root), f"cannot be searched: {reason(error)}"))

    for folder, folders, names in os.walk(root, onerror=note):
        folders[:] = sorted(
            name
            for name in folders
            if not name.startswith(".") and os.path.realpath(os.path.join(folder, name)) != out
        )
        inside = os.path.relpath(folder, root)
        place = os.path.join(label, "" if inside == os.curdir else inside).rstrip(os.sep)
        for name in sorted(names):
            if not name.startswith(".") and os.path.splitext(name)[1].lower() in EXTENSIONS:
                yield Input(os.path.join(folder, name), place)
