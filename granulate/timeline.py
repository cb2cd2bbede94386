"""From grains to events: a path's grains get their times and sounds, all at once or one by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.preset import Preset
from granulate.stages.sounding import GRAIN, Run, Sounding
from granulate.types import Choice, Corpus, Events


class Timeline:
    """Places grains after one another as the preset's `grain` section says.

    However a path is cut into calls of `place`, the events are the same; `clock` is the output time,
    in samples, at which the next one is due. Whoever plays live may replace `preset` and `clock`
    between two calls, and `hasten` after it.
    """

    def __init__(self, corpus: Corpus, preset: Preset) -> None:
        self.preset = preset
        self._corpus = corpus
        self._rng = GRAIN[preset.grain.kind].generator(preset.seed)
        self.clock = -float(corpus.framing.lead) if self.on_grid else 0.0
        self._last: tuple[float, Run, Choice] | None = None
        """When the last event was due, of what, and by which choice of `grain`."""

    @property
    def on_grid(self) -> bool:
        """Whether grains stand where an inverse STFT would put them."""
        return self._traits.get("envelope") == "window"

    @property
    def needs_distances(self) -> bool:
        """Whether it matters how far grains are apart."""
        return bool(self._traits.get("distances"))

    @property
    def _traits(self) -> Mapping[str, Any]:
        return GRAIN[self.preset.grain.kind].traits

    def go_on_from(self, other: Timeline) -> None:
        """Let the next event follow the last one of another timeline."""
        self.clock, self._last = other.clock, other._last

    def hasten(self) -> None:
        """Let the next event be due at most so long after the last one as the preset has it by now.

        Without it a preset that is replaced counts from the event after the next.
        """
        choice = self.preset.grain
        if self._last is None or self._last[2] == choice:
            return
        due, run, _ = self._last
        self._last = due, run, choice
        # What is drawn here is heard nowhere: the stage's own generator must not move for it.
        sounding: Sounding = GRAIN[choice.kind].function(run, np.random.default_rng(0), **choice.parameters)
        self.clock = min(self.clock, due + float(np.max(sounding.after)))

    def place(
        self, grains: NDArray[np.int64], distances: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], Events]:
        """The events of the next grains (n,), each so far from the one before (n,), in units of the space's pace.

        Gives the grain of each event too: some stages play one several times.
        """
        corpus, given = self._corpus, self.preset.grain.parameters
        repeat = given.get("repeat", 1)
        if repeat > 1:
            grains, far = np.repeat(grains, repeat), distances
            distances = np.zeros(len(grains))
            distances[::repeat] = far
        lengths = corpus.grains.lengths[grains]
        run = Run(lengths, distances, corpus.framing, corpus.sample_rate)
        sounding: Sounding = GRAIN[self.preset.grain.kind].function(run, self._rng, **given)
        n = len(grains)
        # One running sum, so that its rounding does not depend on where a path is cut.
        gaps = np.empty(2 * n + 1)
        gaps[0], gaps[1::2], gaps[2::2] = self.clock, sounding.before, sounding.after
        clock = np.cumsum(gaps)
        self.clock = float(clock[-1])
        if n:
            one = Run(lengths[-1:], distances[-1:], corpus.framing, corpus.sample_rate)
            self._last = float(clock[-2]), one, self.preset.grain
        length = np.broadcast_to(np.maximum(np.round(sounding.length), 1), (n,)).astype(np.int64)
        start = corpus.grains.onsets[grains] + sounding.shift
        # A grain of the framing's grid is a place in its recording, around which it may sound shorter
        # or longer; a segment begins where it begins.
        if self.preset.segmentation.kind == "hop":
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
