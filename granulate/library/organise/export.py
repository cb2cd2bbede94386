"""Sounds into folders, a folder for each group: copied or linked, and nothing is ever overwritten."""

from __future__ import annotations

import errno
import filecmp
import os
import posixpath
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from granulate.atomic import reason, replacing
from granulate.errors import GranulateError, OutputError, printable
from granulate.library.organise.names import distinct, safe, safe_path
from granulate.parameters import listed, near

Step = Callable[[str, int, int], None]


class Placed(NamedTuple):
    """A sound of the library and where it is to go; `path` is relative to the folder of the export."""

    source: Path
    group: str
    path: str


class Exported(NamedTuple):
    """How many sounds were put in place, how many were there, and those that could not be, with the reason."""

    written: int
    there: int
    failed: tuple[tuple[str, str], ...]


def plan(folder: Path, paths: Sequence[str], groups: Sequence[str]) -> list[Placed]:
    """Where each sound (its path in the library's folder) of each group goes: GROUP/NAME.

    Names that other systems do not allow are changed, and of names alike the later in the order of the
    paths have a number. That depends on the library alone, not on what is in the way.
    """
    turn = sorted(range(len(paths)), key=lambda row: (os.fsencode(paths[row]), row))
    folders = dict.fromkeys(groups[row] for row in turn)
    named = dict(zip(folders, distinct(safe_path(group) for group in folders), strict=True))
    wanted = [f"{named[groups[row]]}/{safe(posixpath.basename(paths[row]))}" for row in turn]
    found = [
        (row, Placed(folder / paths[row], groups[row], path))
        for row, path in zip(turn, distinct(wanted), strict=True)
    ]
    return [placed for _, placed in sorted(found)]


def check_folder(out: Path, library: Path) -> None:
    """Raise OutputError for a folder that cannot be exported into: the library's own, or no folder."""
    if out.resolve().is_relative_to(library.resolve()):
        raise OutputError(
            f"{printable(out)}: lies in the library, whose next scan would take it for more sounds; allowed: elsewhere"
        )
    if os.path.lexists(out) and not out.is_dir():
        raise OutputError(f"{printable(out)}: is a file; allowed: a folder, or a new name")


def put(placed: Sequence[Placed], out: Path, how: str = "copy", *, step: Step | None = None) -> Exported:
    """Put sounds into a folder, as `WAYS` names the ways; one that fails does not stop the others.

    A file with the same content counts as there already, so that an export that was interrupted can be
    run again; another file of that name is a failure, and stays as it is.

    Raises ParameterError for an unknown way and OutputError where the folder cannot be made.
    """
    if how not in WAYS:
        raise OutputError(f"an export by {how!r}{near(how, WAYS)}; allowed: {listed(WAYS)}")
    written = there = 0
    failed = []
    for number, sound in enumerate(placed):
        target = out / sound.path
        try:
            if os.path.lexists(target) and _same(sound.source, target):
                there += 1
            else:
                target.parent.mkdir(parents=True, exist_ok=True)
                WAYS[how](sound.source, target)
                written += 1
        except FileExistsError:
            failed.append((printable(target), "exists and is another file; nothing is overwritten"))
        except OSError as error:
            failed.append((printable(target), _explained(error)))
        except GranulateError as error:
            failed.append((printable(target), str(error)))
        if step:
            step(how, number + 1, len(placed))
    return Exported(written, there, tuple(failed))


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as read, replacing(target) as temporary:
        with temporary.open("wb") as write:
            shutil.copyfileobj(read, write, 1 << 20)
        shutil.copystat(source, temporary)


def _link(source: Path, target: Path) -> None:
    os.link(source.resolve(), target)


def _symlink(source: Path, target: Path) -> None:
    os.symlink(source.absolute(), target)


WAYS: dict[str, Callable[[Path, Path], None]] = {"copy": _copy, "link": _link, "symlink": _symlink}
"""How a sound gets into a folder: as a copy, a hard link or a symbolic link."""


def _same(source: Path, target: Path) -> bool:
    return os.path.exists(target) and (
        os.path.samefile(source, target) or filecmp.cmp(source, target, shallow=False)
    )


def _explained(error: OSError) -> str:
    if error.errno == errno.EXDEV:
        return "a hard link cannot lead to another disk; allowed: --symlink or --copy"
    return reason(error)
