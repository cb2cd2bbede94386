"""From a corpus to a score: the path is chosen, and becomes events on the framing's own grid."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from granulate.preset import Preset
from granulate.sections import PATH
from granulate.types import Corpus, Events, Score


def find_path(corpus: Corpus, preset: Preset) -> NDArray[np.int64]:
    """The grains' numbers int64 (n_events,) in the order in which the preset's path plays them."""
    order: NDArray[np.int64] = PATH[preset.path.kind].function(corpus, preset.seed, **preset.path.parameters)
    return order


def compose(corpus: Corpus, preset: Preset, order: NDArray[np.int64] | None = None) -> Score:
    """The score of a path through the corpus: one grain every hop, sounded as the preset says."""
    if order is None:
        order = find_path(corpus, preset)
    framing, n = corpus.framing, len(order)
    sound = corpus.grains.sounds[order]
    events = Events(
        time=np.arange(n) * framing.hop - framing.lead,
        sound=sound,
        start=corpus.grains.onsets[order],
        length=np.full(n, framing.window),
        rate=np.ones(n, np.float32),
        gain=np.ones(n, np.float32),
        pan=np.zeros(n, np.float32),
    )
    # Past the last grain's middle there are as many samples as there are in its recording, so that
    # the original order ends where the recording does.
    tail = corpus.sounds[sound[-1]].n_samples % framing.hop
    return Score(
        corpus.sounds,
        framing,
        events,
        (n - 1) * framing.hop + tail or framing.hop,
        preset.spectrum,
        preset.phase,
        preset.output,
        preset.seed,
    )
