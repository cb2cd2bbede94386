"""A take: what was played, written down as a score."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ScoreError
from granulate.stages.output import OUTPUT
from granulate.types import EVENT_COLUMNS, Choice, Corpus, Events, Score

_LIMITED = OUTPUT.bind({"limit": True})
"""As the engine ends."""


class Take:
    """Collects events as they are sent, and keeps those that the engine says have begun, as they did.

    `interpolation` and `envelopes` are the engine's; `seed` goes into the score.
    """

    def __init__(self, corpus: Corpus, interpolation: str, seed: int) -> None:
        self.corpus = corpus
        self.begun = 0
        self._interpolation, self._seed = interpolation, seed
        self._sent: dict[int, tuple[int | float, ...]] = {}
        self._rows: list[tuple[int | float, ...]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def send(self, ids: NDArray[np.int64], events: Events) -> None:
        """Events that go to the engine under these numbers."""
        columns = [column.tolist() for column in events.columns().values()]
        self._sent.update(zip(ids.tolist(), zip(*columns, strict=True), strict=True))

    def began(self, ids: NDArray[np.int64], times: NDArray[np.int64]) -> None:
        """Events that the engine has begun at these output samples, in the order in which it mixes them."""
        for number, time in zip(ids.tolist(), times.tolist(), strict=True):
            row = self._sent.pop(number, None)
            if row is not None:
                self._rows.append((time, *row[1:]))

    def score(self, until: int, envelopes: tuple[Choice, ...]) -> Score:
        """What was played from the beginning to an output sample. Raises ScoreError where nothing was."""
        rows = [row for row in self._rows if row[0] < until]
        if not rows:
            raise ScoreError("nothing was played; allowed: a take with at least one grain")
        columns = {
            name: np.array(column, dtype)
            for (name, dtype), column in zip(EVENT_COLUMNS.items(), zip(*rows, strict=True), strict=True)
        }
        corpus = self.corpus
        return Score(
            corpus.sounds, corpus.framing, Events(**columns), max(1, until), output=_LIMITED, seed=self._seed,
            envelopes=envelopes, interpolation=self._interpolation,
        )  # fmt: skip
