"""How loud the grains of a score sound, without sounding them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.types import Events, Sound

_BLOCK = 256
"""Samples whose energy is kept as one number: fine enough for dots."""
_AT_ONCE = _BLOCK << 12


def sounding_levels(sounds: Sequence[Sound], events: Events) -> NDArray[np.float64]:
    """The root mean square of each event, before its envelope, as float64 (n_events,)."""
    levels = np.abs(events.gain.astype(np.float64))
    reach = np.maximum(events.length * np.abs(events.rate.astype(np.float64)), 1)
    for number, sound in enumerate(sounds):
        mine = np.flatnonzero(events.sound == number)
        if not len(mine):
            continue
        energy = _energy(sound)
        edges = np.minimum(np.arange(len(energy)) * _BLOCK, sound.n_samples)
        first, last = events.start[mine], events.start[mine] + reach[mine]
        # Beyond its ends a sound is silent, and its energy stays what it was.
        inside = np.interp(last, edges, energy) - np.interp(first, edges, energy)
        levels[mine] *= np.sqrt(np.maximum(inside, 0) / reach[mine])
    return levels


def _energy(sound: Sound) -> NDArray[np.float64]:
    """What the squared samples add up to before the beginning of each block, and at the end (n_blocks + 1,)."""
    found = [np.zeros(1)]
    for first in range(0, sound.n_samples, _AT_ONCE):
        squared = np.square(sound.frames[first : first + _AT_ONCE].astype(np.float64)).mean(axis=1)
        found.append(np.add.reduceat(squared, np.arange(0, len(squared), _BLOCK)))
        storage.release(sound.frames)
    return np.cumsum(np.concatenate(found))
