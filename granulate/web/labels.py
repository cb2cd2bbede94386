"""Labels that pages of a live map give to grains by hand: the same on all of them, while the server runs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError

LONGEST = 80
MOST_NAMES = 256
NONE = 2**16 - 1


class Labels:
    """Which label each of `n` grains has: `of` (n,) are numbers of `names`, `NONE` for none."""

    def __init__(self, n: int) -> None:
        self.names: tuple[str, ...] = ()
        self.of = np.full(n, NONE, np.uint16)

    def give(self, grains: NDArray[np.int64], name: str) -> None:
        """Give grains (m,) a label; an empty one takes theirs away. Names that no grain has are forgotten.

        Raises ParameterError for grains that there are not, more than a line, and more names than `MOST_NAMES`.
        """
        text = name.strip()
        if len(text) > LONGEST or not text.isprintable():
            raise ParameterError(f"label {text[:40]!r}; allowed: one line of up to {LONGEST} characters")
        if len(grains) and not 0 <= grains.min() <= grains.max() < len(self.of):
            raise ParameterError(f"grain {grains.max()} of a label; allowed: 0 to {len(self.of) - 1}")
        if text and text not in self.names and len(self.names) >= MOST_NAMES:
            raise ParameterError(f"more than {MOST_NAMES} labels; allowed: so many")
        known = np.array([*self.names, text, ""])
        named = self.of.astype(np.int64)
        named[named == NONE] = len(known) - 1
        named[grains] = len(known) - 2
        names, found = np.unique(known[named], return_inverse=True)
        empty = int(len(names) > 0 and names[0] == "")
        self.names = tuple(str(name) for name in names[empty:])
        self.of = np.where(found < empty, NONE, found - empty).astype(np.uint16)
