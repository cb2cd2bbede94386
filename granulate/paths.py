"""From a corpus to a score: grains are chosen one after another, and become events."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import Stage
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.space import Space
from granulate.stages.orders import place_of, samples_of
from granulate.stages.sounding import GRAIN
from granulate.timeline import Timeline
from granulate.types import EVENT_COLUMNS, WINDOW, Choice, Corpus, Events, Score
from granulate.walker import Walker, steps

_AT_ONCE = 1024
_ENDLESS = 1 << 62


@dataclass(frozen=True, slots=True, eq=False)
class Played:
    """The grains that a path plays (n_events,), in its order, and their events, sorted by time."""

    grains: NDArray[np.int64]
    events: Events


def compose(corpus: Corpus, preset: Preset, played: Played | None = None) -> Score:
    """The score of a path through the corpus, sounded as the preset says."""
    played = follow(corpus, preset) if played is None else played
    events, framing = played.events, corpus.framing
    score = Score(
        corpus.sounds,
        framing,
        events,
        max(1, int((events.time + events.length).max(initial=0))),
        preset.spectrum,
        preset.phase,
        preset.output,
        preset.seed,
        (envelope_of(preset),),
        preset.grain.parameters.get("interpolation", "linear"),
    )
    if not score.on_grid:
        return score
    # Past the last grain's middle there are as many samples as there are in its recording, so that
    # the original order ends where the recording does.
    tail = corpus.sounds[events.sound[-1]].n_samples % framing.hop
    return replace(score, n_samples=(len(events) - 1) * framing.hop + tail or framing.hop)


def follow(corpus: Corpus, preset: Preset) -> Played:
    """The grains that the preset's path plays and their events. Raises ParameterError."""
    stage = PATH[preset.path.kind]
    if stage.traits.get("target"):
        raise ParameterError(
            f"path.kind = {preset.path.kind!r} rebuilds a target; allowed: granulate mosaic TARGET --corpus PATH"
        )
    if stage.traits.get("walk"):
        return _walked(corpus, preset)
    return timed(corpus, preset, stage.function(corpus, preset.seed, **preset.path.parameters))


def timed(corpus: Corpus, preset: Preset, order: NDArray[np.int64]) -> Played:
    """Grains in that order (n_events,), with the times and sounds that the preset's `grain` section gives them."""
    timeline = Timeline(corpus, preset)
    distances = np.zeros(len(order))
    if timeline.needs_distances:
        space = Space(corpus)
        # A stretch at a time: all of an hour's differences between descriptors would be large.
        for first in range(1, len(order), 1 << 14):
            here = space.points[order[first - 1 : first + (1 << 14)]]
            distances[first : first + (1 << 14)] = np.linalg.norm(np.diff(here, axis=0), axis=1) / space.pace
    return _sorted(*timeline.place(order, distances))


class Walk:
    """A walk as it goes, endless unless it ends by itself. `next` gives the next grains and their events.

    `walker`, `timeline` and `preset` are its state: whoever plays live may replace the preset by one
    of the same path between two calls.
    """

    def __init__(self, corpus: Corpus, preset: Preset) -> None:
        stage, given = PATH[preset.path.kind], preset.path.parameters
        space = Space(corpus, given["space"], given["weights"])
        self.preset = preset
        self.walker = Walker(space, stage.generator(preset.seed), place_of(corpus, given["start"], "start"))
        self.timeline = Timeline(corpus, preset)
        self._stage = stage
        self._chosen = steps(
            self.walker,
            stage.function,
            lambda: stage.own(self.preset.path.parameters),
            lambda: self.preset.path.parameters,
        )

    def next(self, at_once: int = 1) -> Played | None:
        """The next grains, or None when it has ended.

        Walks that look at the time (trait `timed`) go grain by grain; others may be asked for so many
        `at_once`, which changes nothing but the speed.
        """
        walker, space = self.walker, self.walker.space
        before = walker.grain
        timed = self._stage.traits.get("timed")
        grains = np.fromiter(islice(self._chosen, 1 if timed else at_once), np.int64)
        if not len(grains):
            return None
        points = space.points[np.concatenate([grains[:1] if before < 0 else [before], grains])]
        distances = np.linalg.norm(np.diff(points, axis=0), axis=1) / space.pace
        begun = self.timeline.clock
        played = Played(*self.timeline.place(grains, distances))
        walker.time += self.timeline.clock - begun
        return played


def _walked(corpus: Corpus, preset: Preset) -> Played:
    stage, given = PATH[preset.path.kind], preset.path.parameters
    most, until = _limits(corpus, stage, given)
    grains: list[NDArray[np.int64]] = []
    rows: list[Events] = []
    n = 0
    walk = Walk(corpus, preset)
    while (played := walk.next(min(_AT_ONCE, most - n))) is not None:
        grains.append(played.grains)
        rows.append(played.events)
        n += len(played.grains)
        if n >= most or played.events.time[-1] - rows[0].time[0] >= until:
            break
    events = Events(**{name: np.concatenate([getattr(row, name) for row in rows]) for name in EVENT_COLUMNS})
    late = np.flatnonzero(events.time - events.time[0] >= until)
    kept = slice(min(n, most, late[0] if len(late) else n))
    return _sorted(np.concatenate(grains)[kept], events.taken(kept))


def _limits(corpus: Corpus, stage: Stage, given: Mapping[str, Any]) -> tuple[int, float]:
    """How many grains a walk has at most, and before which sample they begin, counted from the first."""
    length = given["length"]
    if isinstance(length, int):
        return max(1, length), math.inf
    if length is not None:
        return _ENDLESS, max(1, samples_of(corpus, length))
    ends = stage.traits.get("ends") and not given.get("loop")
    return (_ENDLESS if ends else len(corpus)), math.inf


def envelope_of(preset: Preset) -> Choice:
    """The envelope of the preset's grains."""
    # On the grid it is the framing's window that has to be undone.
    return WINDOW if GRAIN[preset.grain.kind].traits.get("envelope") == "window" else preset.envelope


def _sorted(grains: NDArray[np.int64], events: Events) -> Played:
    if len(events) and (np.diff(events.time) < 0).any():
        order = np.argsort(events.time, kind="stable")
        return Played(grains[order], events.taken(order))
    return Played(grains, events)
