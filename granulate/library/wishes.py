"""What a scan is asked to do, and what it says it did."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from granulate.types import Choice

DEADLINE_S = 300.0
MEMORY = 2 * 2**30

Step = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Wish:
    """What a scan is to do.

    - `measures`: sets beside those that the index holds; None: those alone, or the default ones.
    - `frames`: keep what was measured of each frame too, of these sets from now on.
    - `rehash`: read every file, whatever its size and time say, and decode anew what was broken.
    - `prune`: forget files that are not there any more, with their labels.
    - `n_jobs`, `scheduler`, `deadline` in seconds, `memory` in bytes: see `granulate.jobs.each`.
    """

    measures: Sequence[Choice] | None = None
    frames: bool = False
    rehash: bool = False
    prune: bool = False
    n_jobs: int | None = None
    scheduler: str | None = None
    deadline: float | None = DEADLINE_S
    memory: int | None = MEMORY

    @property
    def limits(self) -> str:
        """Within which a file that fails is not tried again."""
        return f"{self.deadline} s, {self.memory} bytes"


@dataclass(slots=True)
class Scanned:
    """What a scan did, in numbers of files.

    `seen` were there; of these `measured` were decoded and measured now, and `linked` are new names or times of
    a content that was known. `unreadable`: folders that could not be searched, and why.
    """

    seen: int = 0
    measured: int = 0
    linked: int = 0
    failed: int = 0
    """Broken or unknown ones that were looked into now."""
    returned: int = 0
    vanished: int = 0
    """Not there any more under the path that they had."""
    moved: int = 0
    """Of those, and of ones that vanished before, found under another path; they keep their ids and labels."""
    forgotten: int = 0
    unreadable: list[tuple[str, str]] = field(default_factory=list)
    seconds: float = 0.0
