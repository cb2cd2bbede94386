"""What a reducer that trains is told beside the values: whom to tell of progress, what to remember, how grains follow."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Step = Callable[[str, int, int], None]
"""Told the stage's name, how much of it is done and how much there is."""


def quiet(stage: str, done: int, total: int) -> None:
    """The step that tells nobody."""


class Memory(Protocol):
    """What keeps trained networks between runs (`granulate.cache.Cache` does)."""

    def load(self, key: str) -> tuple[dict[str, NDArray[Any]], dict[str, Any]] | None:
        """Arrays and plain values by the name under which they were kept; None where there are none."""

    def keep(self, key: str, arrays: Mapping[str, NDArray[Any]], content: Mapping[str, Any]) -> bool:
        """Keep arrays and plain values. Gives whether that could be done."""


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """How a reducer that trains is called.

    `sounds` int (n_grains,): which sound each row is of, in ascending order; None: all of one.
    `sample_rate` in Hz and `hop` in samples: what lies between one row and the next.
    """

    step: Step = quiet
    memory: Memory | None = None
    sample_rate: int = 44_100
    hop: int = 1024
    sounds: NDArray[np.int32] | None = None


ALONE = Context()
"""Tells nobody, remembers nothing; rows as of one sound, cut as `Context` says."""
