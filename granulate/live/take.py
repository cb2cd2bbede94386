"""A take: what was played, written down as a score."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ScoreError
from granulate.stages.output import OUTPUT
from granulate.types import EVENT_COLUMNS, WINDOW, Choice, Corpus, Events, Score, Sound

_LIMITED = OUTPUT.bind({"limit": True})
"""As the engine ends."""


class Take:
    """Collects events as they are sent, and keeps those that the engine says have begun, as they did.

    It is of one framing; the sounds that are played may change, and are numbered as they come.
    `interpolation` and `envelopes` are the engine's; `seed` goes into the score.
    """

    def __init__(self, corpus: Corpus, interpolation: str, seed: int) -> None:
        self._framing, self._interpolation, self._seed = corpus.framing, interpolation, seed
        self._sounds: list[Sound] = []
        self._numbers: dict[int, int] = {}
        self._sent: dict[int, tuple[int | float, ...]] = {}
        self._rows: list[tuple[int | float, ...]] = []
        self._panics: list[int] = []
        self._until = 0
        self._envelopes: tuple[Choice, ...] = (WINDOW,)
        self.play(corpus)
        self._n_first = len(self._sounds)

    def __len__(self) -> int:
        return len(self._rows)

    def play(self, corpus: Corpus) -> None:
        """What is sent from now on is of this corpus."""
        for sound in corpus.sounds:
            if id(sound) not in self._numbers:
                self._numbers[id(sound)] = len(self._sounds)
                self._sounds.append(sound)
        self._number = np.array([self._numbers[id(sound)] for sound in corpus.sounds], np.int32)

    def send(self, ids: NDArray[np.int64], events: Events) -> None:
        """Events that go to the engine under these numbers."""
        events = replace(events, sound=self._number[events.sound])
        columns = [column.tolist() for column in events.columns().values()]
        self._sent.update(zip(ids.tolist(), zip(*columns, strict=True), strict=True))

    def began(self, ids: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Events that the engine has begun at these output samples, in the order in which it mixes them."""
        for number, time in zip(ids.tolist(), times.tolist(), strict=True):
            row = self._sent.pop(number, None)
            if row is not None:
                self._rows.append((time, *row[1:]))

    def panicked(self, times: NDArray[np.int64]) -> None:
        """From these output samples on the engine faded out, and forgot what had begun."""
        self._panics += times.tolist()

    def end(self, until: int, envelopes: tuple[Choice, ...]) -> None:
        """It lasts to an output sample, with these envelopes. No work is done yet."""
        self._until, self._envelopes = until, envelopes

    def score(self) -> Score:
        """What was played. Raises ScoreError where nothing was.

        Sounds that have come during the take and were never played are left out.
        """
        rows = [row for row in self._rows if row[0] < self._until]
        if not rows:
            raise ScoreError("nothing was played; allowed: a take with at least one grain")
        columns = {
            name: np.array(column, dtype)
            for (name, dtype), column in zip(EVENT_COLUMNS.items(), zip(*rows, strict=True), strict=True)
        }
        played = np.zeros(len(self._sounds), bool)
        played[: self._n_first] = played[columns["sound"]] = True
        columns["sound"] = (np.cumsum(played) - 1)[columns["sound"]]
        sounds = tuple(self._sounds[i] for i in np.flatnonzero(played))
        return Score(
            sounds, self._framing, Events(**columns), max(1, self._until), output=_LIMITED, seed=self._seed,
            envelopes=self._envelopes, interpolation=self._interpolation,
            panics=tuple(at for at in self._panics if at < self._until),
        )  # fmt: skip
