"""Groups that a library has already: by folder, by what a name begins with, by stored labels."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable

from granulate.errors import ParameterError
from granulate.library import Library
from granulate.library.records import Files
from granulate.parameters import listed, near

NONE = "none"
"""The group of what belongs to no other."""

_PREFIX = re.compile(r"[\W\d_]*([^\W\d_]+)")


def folder_of(path: str) -> str:
    """The folder that a file lies in, as the library has it; NONE at its top."""
    return posixpath.dirname(path) or NONE


def prefix_of(path: str) -> str:
    """The letters that a file's name begins with: "bd" of "drums/bd_808.wav" and of "BD 12.wav"; NONE where there are none."""
    found = _PREFIX.match(posixpath.splitext(posixpath.basename(path))[0])
    return found[1].casefold() if found else NONE


GROUPINGS: dict[str, Callable[[str], str]] = {"folder": folder_of, "prefix": prefix_of}
"""Those that a path alone tells."""


def groups_of(library: Library, files: Files, by: str) -> tuple[str, ...]:
    """The group of each file: by "folder", by "prefix", or by the labels of a source; NONE where it has none.

    Raises ParameterError for what is neither.
    """
    if by in GROUPINGS:
        return tuple(GROUPINGS[by](path) for path in files.paths)
    sources = library.label_sources()
    if by not in sources:
        known = [*GROUPINGS, *sources]
        raise ParameterError(f"{by!r} groups nothing here{near(by, known)}; allowed: {listed(known)}")
    found = library.labels(by)
    label_of = dict(zip(found.ids.tolist(), found.labels, strict=True))
    return tuple(label_of.get(number, NONE) for number in files.ids.tolist())
