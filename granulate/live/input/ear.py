"""The ear: the input in windows, measured as the corpus was."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.corpus import Fitted, mixed
from granulate.errors import ParameterError
from granulate.kernels.framing import cut_frames
from granulate.kernels.level import FLOOR_DB
from granulate.live.input.memory import Memory, of_channels
from granulate.types import Corpus

_BEHIND_S = 0.1
"""What is this old when it is looked at is passed over: an answer to it would come too late."""


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One window of the input: the output sample with which it was complete, its root mean square in dB of full
    scale, and its scaled descriptors (1, n_columns), or None for one below the gate."""

    complete: int
    level: float
    values: NDArray[np.float32] | None


class Ear:
    """Cuts what is remembered into the corpus's windows, a hop apart, from output sample `begin` on. They come in
    blocks of so many samples.

    `missed` counts the windows that were passed over. Raises ParameterError for a corpus that was kept on disk.
    """

    def __init__(self, corpus: Corpus, begin: int, block: int = 0) -> None:
        if corpus.fitted is None:
            raise ParameterError(
                "a corpus that was kept on disk cannot be listened with; allowed: one analysed now"
            )
        self.corpus = corpus
        self._fitted: Fitted = corpus.fitted
        self._channel = int(self._fitted.preset.framing.parameters["channel"])
        self._behind = max(round(_BEHIND_S * corpus.sample_rate), 3 * block)
        self.missed = 0
        framing = corpus.framing
        self._bounds = np.array([[0, framing.window]], np.int64)
        self._next = self._hop_after(begin)

    def hear(self, memory: Memory, channel: int, gate: float) -> Heard | None:
        """The next window of a channel (from 1; 0 is all) that is complete, or None. `gate`: in dB of full scale."""
        framing = self.corpus.framing
        if self._next < memory.end - self._behind:
            newest = self._hop_after(memory.end - framing.hop)
            self.missed += (newest - self._next) // framing.hop
            self._next = newest
        if self._next > memory.end:
            return None
        complete, self._next = self._next, self._next + framing.hop
        frames = of_channels(
            memory.read(complete - framing.window, complete), channel, self.corpus.sounds[0].n_channels
        )
        power = float(np.square(frames, dtype=np.float64).mean())
        level = 10 * np.log10(max(power, 10 ** (FLOOR_DB / 10)))
        return Heard(complete, float(level), None if level < gate else self._values(frames))

    def _values(self, frames: NDArray[np.float32]) -> NDArray[np.float32]:
        framing = self.corpus.framing
        cut = cut_frames(
            mixed(frames, self._channel), np.zeros(1, np.int64), self._bounds, framing.weights(), framing.offset,
            framing.n_fft,
        )  # fmt: skip
        return self._fitted.of_frames(cut)

    def _hop_after(self, clock: int) -> int:
        """The first end of a window after a sample; windows are centred on multiples of the hop."""
        framing = self.corpus.framing
        reach = framing.window - framing.lead
        return ((clock - reach) // framing.hop + 1) * framing.hop + reach
