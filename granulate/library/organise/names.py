"""Names for folders and files that every system allows, no two alike on any of them."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable

_FORBIDDEN = re.compile(r'[<>:"/\\|?*\x00-\x1f\x7f]')
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?$", re.IGNORECASE)
_LONGEST = 200  # bytes; with a number behind it, a name may have 255


def safe(name: str) -> str:
    """The name of a file or folder, with `_` for what some system does not allow in one; never empty."""
    name = _FORBIDDEN.sub("_", name).rstrip(". ")
    if not name or name.startswith("."):
        name = f"_{name}"
    if _DEVICES.match(name):
        name = f"_{name}"
    return _shortened(name)


def safe_path(path: str) -> str:
    """The same for each folder of a path with slashes."""
    return "/".join(safe(part) for part in path.split("/") if part) or safe("")


def distinct(names: Iterable[str]) -> list[str]:
    """The names, with ` (2)` and so on before the extension of those that are there already.

    Names alike but for case and for the form of their accents count as the same: on some systems they
    are. A name that is as it is wins over one that would be made.
    """
    wanted = list(names)
    own = {_folded(name) for name in wanted}
    taken: set[str] = set()
    found = []
    for name in wanted:
        chosen, number = name, 1
        while _folded(chosen) in taken or (number > 1 and _folded(chosen) in own):
            number += 1
            stem, extension = os.path.splitext(name)
            chosen = f"{stem} ({number}){extension}"
        taken.add(_folded(chosen))
        found.append(chosen)
    return found


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _shortened(name: str) -> str:
    stem, extension = os.path.splitext(name)
    extension = extension[:16]
    while stem and len(os.fsencode(stem + extension)) > _LONGEST:
        stem = stem[:-1]
    return stem + extension
