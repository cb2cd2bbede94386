"""Which files clients of the instrument may name: those beside what is played."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence

from granulate.atomic import AnyPath
from granulate.errors import ParameterError, printable
from granulate.parameters import listed
from granulate.types import Sound


class Folders:
    """Folders, and all within them, where links have been followed. The present folder is always one."""

    def __init__(self, folders: Iterable[AnyPath] = ()) -> None:
        self._folders = list(
            dict.fromkeys(os.path.realpath(os.fsdecode(folder)) for folder in (".", *folders))
        )

    @classmethod
    def of(cls, sounds: Sequence[Sound]) -> Folders:
        """Those that sounds were read from."""
        return cls(os.path.dirname(sound.origin.path) or "." for sound in sounds if sound.origin)

    def check(self, path: str, name: str) -> None:
        """Raise ParameterError, where `name` says what was given, for a path that leads elsewhere."""
        try:
            real = os.path.realpath(path)
        except (OSError, ValueError):
            real = ""
        if not any(real == folder or real.startswith(os.path.join(folder, "")) for folder in self._folders):
            raise ParameterError(
                f"{name} = {printable(path)} is elsewhere; allowed: files in {listed(map(printable, self._folders))}"
            )
