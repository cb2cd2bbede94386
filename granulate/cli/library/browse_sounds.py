"""The sounds that a command names, as a library: a folder's own index, or one that is kept apart and made now."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from granulate import sound_file
from granulate.cache import default_folder, key_of
from granulate.cli.progress import Progress
from granulate.errors import SoundFileError, printable
from granulate.library import Library
from granulate.library.index import index_of
from granulate.library.records import BROKEN
from granulate.page.pack import titled

Failures = list[dict[str, str]]


@contextmanager
def library_of(inputs: Sequence[str], progress: Progress) -> Iterator[tuple[Library, str, Failures]]:
    """A library of sounds and folders, what it is called, and the sounds that could not be read.

    One folder that was scanned is shown as its index has it. Nothing is written into any other: what is measured
    of them is kept with what else may be deleted (`cache.default_folder`), and next time only what has changed is
    measured. Raises SoundFileError where none is a sound that could be read.
    """
    if len(inputs) == 1 and index_of(inputs[0]).is_dir():
        with Library.open(inputs[0]) as library:
            yield library, "", []
        return
    kept = default_folder() / f"library-{key_of(*sorted(os.path.realpath(path) for path in inputs))}"
    if len(inputs) == 1 and os.path.isdir(inputs[0]):
        folder, title = Path(inputs[0]), ""
    else:
        paths = sound_file.gather(inputs)
        folder, title = kept / "sounds", titled([os.path.basename(path) for path in paths])
        _gathered(paths, folder)
    with Library.open(folder, kept / "index", create=True) as library:
        library.scan(prune=True, progress=progress)
        with suppress(OSError):
            os.utime(kept)  # what was used last is deleted last
        broken = library.files(BROKEN)
        failed = [
            {"path": printable(file.path), "reason": f"{printable(file.path)}: {file.reason}"}
            for file in broken
        ]
        if not library.counts()["ok"]:
            raise SoundFileError(
                "; ".join(one["reason"] for one in failed)
                or f"{printable(folder)}: no sound in it; allowed: sounds, and folders of them"
            )
        yield library, title, failed


def _gathered(paths: Sequence[str], folder: Path) -> None:
    """Make a folder of links to sounds, named as they lie below what folder they share; links that it had go."""
    shutil.rmtree(folder, ignore_errors=True)
    real = [os.path.abspath(path) for path in paths]
    shared = os.path.commonpath([os.path.dirname(path) for path in real])
    for path in real:
        link = folder / os.path.relpath(path, shared)
        link.parent.mkdir(parents=True, exist_ok=True)
        try:
            link.symlink_to(path)
        except OSError:  # not everyone may make links everywhere
            shutil.copy2(path, link)
