"""From grains to events: a path's grains get their times and sounds, all at once or one by one."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.preset import Preset
from granulate.stages.sounding import GRAIN, Run, Sounding
from granulate.types import Corpus, Events


class Timeline:
    """Places grains after one another as the preset's `grain` section says.

    However a path is cut into calls of `place`, the events are the same; `clock` is the output time,
    in samples, at which the next one is due.
    """

    def __init__(self, corpus: Corpus, preset: Preset, rng: np.random.Generator) -> None:
        self._stage, self._given = GRAIN[preset.grain.kind], preset.grain.parameters
        self._corpus, self._rng = corpus, rng
        self._rate = corpus.sample_rate
        # A grain of the framing's grid is a place in its recording, around which it may sound shorter
        # or longer; a segment begins where it begins.
        self._centred = preset.segmentation.kind == "hop"
        self.clock = -float(corpus.framing.lead) if self.on_grid else 0.0

    @property
    def on_grid(self) -> bool:
        """Whether grains stand where an inverse STFT would put them."""
        return self._stage.traits.get("envelope") == "window"

    @property
    def needs_distances(self) -> bool:
        """Whether it matters how far grains are apart."""
        return bool(self._stage.traits.get("distances"))

    def place(
        self, grains: NDArray[np.int64], distances: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], Events]:
        """The events of the next grains (n,), each so far from the one before (n,), in units of the space's pace.

        Gives the grain of each event too: some stages play one several times.
        """
        corpus = self._corpus
        repeat = self._given.get("repeat", 1)
        if repeat > 1:
            grains, far = np.repeat(grains, repeat), distances
            distances = np.zeros(len(grains))
            distances[::repeat] = far
        lengths = corpus.grains.lengths[grains]
        run = Run(lengths, distances, corpus.framing, self._rate)
        sounding: Sounding = self._stage.function(run, self._rng, **self._given)
        n = len(grains)
        # One running sum, so that its rounding does not depend on where a path is cut.
        gaps = np.empty(2 * n + 1)
        gaps[0], gaps[1::2], gaps[2::2] = self.clock, sounding.before, sounding.after
        clock = np.cumsum(gaps)
        self.clock = float(clock[-1])
        length = np.broadcast_to(np.maximum(np.round(sounding.length), 1), (n,)).astype(np.int64)
        start = corpus.grains.onsets[grains] + sounding.shift
        if self._centred:
            start = start + (lengths - length * np.abs(sounding.rate)) / 2
        return grains, Events(
            time=np.round(clock[1::2] + sounding.delay).astype(np.int64),
            sound=corpus.grains.sounds[grains],
            start=np.round(start).astype(np.int64),
            length=length,
            rate=np.broadcast_to(np.float32(sounding.rate), (n,)),
            gain=np.broadcast_to(np.float32(sounding.gain), (n,)),
            pan=np.broadcast_to(np.float32(sounding.pan), (n,)),
        )
