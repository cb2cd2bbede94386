"""Keeping: what was heard becomes grains of the corpus, and leaves it again."""

from __future__ import annotations

from collections import deque

from granulate.corpus import extend
from granulate.errors import ParameterError
from granulate.live.input.inlet import Inlet
from granulate.types import Corpus, Sound


class Keeper:
    """Which stretches of an input are to be grains, and which are.

    `ask`, `forget` and `waiting` may be called from any thread and return at once; `extended` is for one
    that has time.
    """

    def __init__(self, inlet: Inlet) -> None:
        self._inlet = inlet
        self._asked: deque[tuple[int, int]] = deque()
        self._forgotten = False
        self._sampled = 0
        self.kept: list[Sound] = []
        """Oldest first."""

    def ask(self, seconds: float) -> None:
        """Keep the newest so many seconds, or for 0 all that are remembered. Raises ParameterError before any came."""
        inlet = self._inlet
        end = inlet.memory.end
        most = inlet.values["seconds"]
        first = end - round(min(seconds or most, most) * inlet.sample_rate)
        if max(first, inlet.memory.oldest) >= end:
            raise ParameterError("nothing has been heard yet; allowed: input/keep when something has")
        self._asked.append((first, end))

    def forget(self) -> None:
        """Let all grains of the input leave."""
        self._asked.clear()
        self._forgotten = True

    def waiting(self) -> bool:
        """Whether `extended` has something to do; while sampling, this asks for the newest stretch when it is time."""
        inlet = self._inlet
        end = inlet.memory.end
        if not inlet.values["sampling"]:
            self._sampled = end
        elif end - self._sampled >= inlet.values["every"] * inlet.sample_rate:
            self._asked.append((max(self._sampled, inlet.memory.oldest), end))
            self._sampled = end
        return bool(self._asked or self._forgotten)

    def extended(self, corpus: Corpus) -> Corpus:
        """The corpus with what was asked for, and without what is too old or was forgotten."""
        gone = []
        if self._forgotten:
            self._forgotten, gone, self.kept = False, self.kept, []
        new = []
        while self._asked:
            frames = self._inlet.stretch(*self._asked.popleft(), corpus.sounds[0].n_channels)
            if len(frames):
                new.append(Sound(frames.T, corpus.sample_rate))
        kept = [*self.kept, *new]
        most = self._inlet.values["hold"] * corpus.sample_rate
        while len(kept) > 1 and sum(sound.n_samples for sound in kept) > most:
            gone.append(kept.pop(0))
        left = {id(sound) for sound in kept}
        corpus = extend(corpus, [sound for sound in new if id(sound) in left], without=gone)
        self.kept = kept
        return corpus

    def start_anew(self) -> None:
        """Other sounds are played: none of them is of the input."""
        self.kept = []
