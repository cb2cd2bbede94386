"""The sounds that are lent to the engine, and where each of them lies there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.live.engine import Engine
from granulate.sounds import pooled
from granulate.types import Sound

_RETIRED_S = 1.0
"""How long sounds that are no longer played stay lent."""
_MOST = 32
"""Pools, beyond which the small ones are put together: an engine has 64, and those that retire count too."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """Of each of some sounds (n_sounds,): the pool that it is in, where it begins there, and where it ends."""

    pool: NDArray[np.int32]
    low: NDArray[np.int64]
    high: NDArray[np.int64]


class Lender:
    """Lends sounds to an engine, each once: one that is there already is not copied again."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._places: dict[int, _Place] = {}
        self._pools: set[int] = set()
        self._retired: list[tuple[int, int]] = []

    def lend(self, sounds: Sequence[Sound]) -> Places:
        """Where sounds lie, from now until `keep` is told of others. It takes as long as a copy of the new ones.

        Raises OutputError where there is no room.
        """
        new = [sound for sound in sounds if id(sound) not in self._places]
        if new and len(self._pools) >= _MOST:
            sizes = Counter(place.pool for place in self._places.values())
            known = (self._places[id(sound)] for sound in sounds if id(sound) in self._places)
            new = [place.sound for place in known if sizes[place.pool] == 1] + new
        if new:
            frames, edges = pooled(new)
            pool = self._engine.add_pool(frames)
            self._pools.add(pool)
            for sound, low, high in zip(new, edges[:-1].tolist(), edges[1:].tolist(), strict=True):
                self._places[id(sound)] = _Place(sound, pool, low, high)
        places = [self._places[id(sound)] for sound in sounds]
        return Places(
            np.array([place.pool for place in places], np.int32),
            np.array([place.low for place in places], np.int64),
            np.array([place.high for place in places], np.int64),
        )

    def keep(self, sounds: Sequence[Sound]) -> None:
        """Retire what is lent beside these sounds. Its events may still be on their way."""
        self._places = {id(sound): self._places[id(sound)] for sound in sounds}
        used = {place.pool for place in self._places.values()}
        due = self._engine.clock + round(_RETIRED_S * self._engine.setup.sample_rate)
        self._retired += [(pool, due) for pool in sorted(self._pools - used)]
        self._pools = used

    def collect(self, clock: int) -> None:
        """Take back what has been retired for long enough, at an output sample."""
        while self._retired and self._retired[0][1] <= clock:
            self._engine.remove_pool(self._retired.pop(0)[0])


@dataclass(frozen=True, slots=True, eq=False)
class _Place:
    """Where one sound lies. It is kept alive, so that nothing else gets its identity."""

    sound: Sound
    pool: int
    low: int
    high: int
