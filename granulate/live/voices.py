"""Voices: grains that sound on and on, as keys that are held."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from granulate.errors import ParameterError
from granulate.types import Corpus, Events

_MOST = 128


@dataclass(slots=True)
class _Voice:
    """A window every hop, when the next is due. `key`: the grain that was asked for, beside which `grain` lies."""

    key: int
    grain: int
    gain: float
    rate: float
    due: int


class Voices:
    """The grains that are held, by the numbers that whoever holds them gives them."""

    def __init__(self) -> None:
        self._held: dict[int, _Voice] = {}

    def hold(self, voice: int, grain: int, gain: float, rate: float, due: int) -> None:
        """Let a grain sound from an output sample on. Raises ParameterError for too many."""
        if len(self._held) >= _MOST and voice not in self._held:
            raise ParameterError(f"more than {_MOST} held grains; allowed: {_MOST}")
        self._held[voice] = _Voice(grain, grain, gain, rate, due)

    def vary(self, voice: int, gain: float, rate: float, beside: Callable[[int], int]) -> None:
        """Change how a voice sounds on; `beside` gives the grain to play instead of the one that was asked for."""
        held = self._held.get(voice)
        if held is not None:
            held.gain, held.rate, held.grain = gain, rate, beside(held.key)

    def release(self, voice: int) -> None:
        """Let a voice die away."""
        self._held.pop(voice, None)

    def clear(self) -> None:
        """Let all of them die away."""
        self._held.clear()

    def keep(self, n_grains: int) -> None:
        """Let those die away that play none of the first so many grains."""
        self._held = {
            number: voice for number, voice in self._held.items() if max(voice.key, voice.grain) < n_grains
        }

    def due(self, corpus: Corpus, clock: int, until: int) -> Iterator[tuple[int, Events]]:
        """Each voice's grains, and their events, that begin before an output sample; what was missed is left out."""
        grains, framing = corpus.grains, corpus.framing
        for voice in self._held.values():
            which = np.array([voice.grain])
            voice.due = max(voice.due, clock)
            while voice.due < until:
                yield voice.grain, Events(
                    np.array([voice.due]), grains.sounds[which], grains.onsets[which], np.array([framing.window]),
                    np.array([voice.rate]), np.array([voice.gain]),
                )  # fmt: skip
                voice.due += framing.hop
