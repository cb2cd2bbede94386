"""What plays: a path through a corpus as it goes, placed on the engine's clock."""

from __future__ import annotations

import numpy as np

from granulate.errors import ParameterError
from granulate.paths import Played, Walk
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.space import Space
from granulate.stages.sounding import GRAIN
from granulate.timeline import Timeline
from granulate.types import Corpus

_ANALYSIS = ("framing", "segmentation", "descriptors", "scaling", "reduction")


def check_playable(preset: Preset) -> None:
    """Raise ParameterError for what cannot be played while it is made up: targets, spectra and phases."""
    if PATH[preset.path.kind].traits.get("target"):
        raise ParameterError(
            f"path.kind = {preset.path.kind!r} rebuilds a target; allowed live: paths without one"
        )
    spectra = [choice.kind for choice in preset.spectrum if choice.kind != "none"]
    if spectra or preset.phase.kind != "keep":
        named = f"spectrum.kind = {spectra[0]!r}" if spectra else f"phase.kind = {preset.phase.kind!r}"
        raise ParameterError(
            f"{named} is rendered, not played; allowed live: spectrum 'none' and phase 'keep'"
        )


def analysed_alike(a: Preset, b: Preset) -> bool:
    """Whether two presets make the same corpus of the same sounds."""
    return all(getattr(a, section) == getattr(b, section) for section in _ANALYSIS)


def needs_another(a: Preset, b: Preset) -> bool:
    """Whether a stream of one preset cannot go on as the other: another corpus, path, space or order."""
    if not analysed_alike(a, b) or a.path.kind != b.path.kind:
        return True
    if GRAIN[a.grain.kind].traits.get("envelope") != GRAIN[b.grain.kind].traits.get("envelope"):
        return True
    fixed = (
        ("space", "weights", "start") if PATH[a.path.kind].traits.get("walk") else tuple(a.path.parameters)
    )
    return any(a.path.parameters[name] != b.path.parameters[name] for name in fixed)


class Stream:
    """Events of a path, one grain at a time and without end: an order begins again when it is through,
    as does a walk that ends. `clock` is the output sample at which the next grain is due.
    """

    def __init__(self, corpus: Corpus, preset: Preset, clock: float = 0.0) -> None:
        self.corpus = corpus
        self._walks = bool(PATH[preset.path.kind].traits.get("walk"))
        self._preset = preset
        self._at = 0
        self._space: Space | None = None
        if self._walks:
            self._walk = Walk(corpus, preset)
            self._timeline = self._walk.timeline
        else:
            self._order = PATH[preset.path.kind].function(corpus, preset.seed, **preset.path.parameters)
            self._timeline = Timeline(corpus, preset)
        self.clock = clock

    @property
    def clock(self) -> float:
        return self._timeline.clock

    @clock.setter
    def clock(self, samples: float) -> None:
        self._timeline.clock = samples

    @property
    def preset(self) -> Preset:
        return self._preset

    @preset.setter
    def preset(self, preset: Preset) -> None:
        self._preset = self._timeline.preset = preset
        if self._walks:
            self._walk.preset = preset

    @property
    def position(self) -> tuple[float, ...]:
        """Where a walk stands on the map, each from 0 to 1; nothing for an order, or among descriptors."""
        if not self._walks or self._walk.walker.space.kind != "embedding":
            return ()
        return tuple(float(x) for x in self._walk.walker.point)

    def go(self, place: tuple[float, ...]) -> None:
        """Lead a walk to a place on the map. Raises ParameterError where there is none."""
        if not self._walks or self._walk.walker.space.kind != "embedding":
            raise ParameterError("a place to go to; allowed: while a walk goes over an embedding")
        n_axes = self._walk.walker.space.n_axes
        if len(place) != n_axes:
            raise ParameterError(
                f"a place of {len(place)} numbers; allowed: {n_axes}, one for each axis of the map"
            )
        self._walk.walker.lead(np.array(place, np.float32))

    def _distance(self, before: int, grain: int) -> float:
        if self._space is None:
            self._space = Space(self.corpus)
        points = self._space.points
        return float(np.linalg.norm(points[grain] - points[before])) / self._space.pace

    def next(self) -> Played:
        """The next grain and its events."""
        if not self._walks:
            before = self._order[(self._at - 1) % len(self._order)]
            grain = self._order[self._at % len(self._order)]
            far = self._distance(before, grain) if self._at and self._timeline.needs_distances else 0.0
            self._at += 1
            return Played(*self._timeline.place(np.array([grain], np.int64), np.array([far])))
        played = self._walk.next()
        if played is None:
            clock = self.clock
            self._walk = Walk(self.corpus, self._preset)
            self._timeline = self._walk.timeline
            self.clock = clock
            played = self._walk.next()
        assert played is not None
        return played
