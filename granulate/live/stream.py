"""What plays: a path through a corpus as it goes, placed on the engine's clock."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.live.input.ear import Heard
from granulate.paths import Played, Walk
from granulate.preset import Preset
from granulate.sections import PATH
from granulate.space import Space
from granulate.stages.listening import HEARD
from granulate.stages.sounding import GRAIN
from granulate.timeline import Timeline
from granulate.types import Choice, Corpus
from granulate.walker import Kept

_ANALYSIS = ("framing", "segmentation", "descriptors", "scaling", "reduction")
_COUNTS = ("neighbours", "nearest", "groups")
"""Parameters of walks that ask for so many grains, of which there must be as many."""
_FIXED = ("space", "weights", "start", "groups")
"""Parameters of walks that are worked out once: finding groups takes longer than the player may wait."""


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


def listens(preset: Preset) -> bool:
    """Whether its path follows a live input."""
    return bool(PATH[preset.path.kind].traits.get("listens"))


def analysed_alike(a: Preset, b: Preset) -> bool:
    """Whether two presets make the same corpus of the same sounds."""
    return all(getattr(a, section) == getattr(b, section) for section in _ANALYSIS)


def needs_another(a: Preset, b: Preset) -> bool:
    """Whether a stream of one preset cannot go on as the other: another corpus, path, space or order."""
    if not analysed_alike(a, b) or a.path.kind != b.path.kind:
        return True
    if GRAIN[a.grain.kind].traits.get("envelope") != GRAIN[b.grain.kind].traits.get("envelope"):
        return True
    fixed = _FIXED if PATH[a.path.kind].traits.get("walk") else tuple(a.path.parameters)
    return any(a.path.parameters.get(name) != b.path.parameters.get(name) for name in fixed)


def fitted_to(preset: Preset, n_grains: int) -> Preset:
    """The preset, asking for no more grains than there are; itself where it does not."""
    given = preset.path.parameters
    found = {name: min(given[name], n_grains) for name in _COUNTS if given.get(name) is not None}
    if all(given[name] == found[name] for name in found):
        return preset
    return replace(preset, path=Choice(preset.path.kind, {**given, **found}))


@dataclass(frozen=True, slots=True, eq=False)
class Keeping:
    """What a stream keeps its path to: `grains` of its corpus (None is all), as its walk or its order needs them."""

    grains: NDArray[np.int64] | None
    walk: Kept | None = None
    order: NDArray[np.int64] | None = None


class Stream:
    """Events of a path, one grain at a time and without end: an order begins again when it is through,
    as does a walk that ends. `clock` is the output sample at which the next grain is due. One that `listens`
    answers the input instead.

    Everything that takes long is done when it is made, and what cannot be played is refused then. Raises
    ParameterError.
    """

    def __init__(self, corpus: Corpus, preset: Preset, clock: float = 0.0) -> None:
        self.corpus = corpus
        self._walks = bool(PATH[preset.path.kind].traits.get("walk"))
        self._preset = preset
        self._at = 0
        self.kept: NDArray[np.int64] | None = None
        """The grains that the path keeps to (n,), ascending; None is all of them."""
        self._space: Space | None = None
        if self._walks:
            self._walk = Walk(corpus, preset)
            self._timeline = self._walk.timeline
            self._prepare(self._walk.walker.space)
            self._check_counts(preset)
            self._walk.walker.memory = self._rehearse(preset)
        else:
            self._whole = PATH[preset.path.kind].function(corpus, preset.seed, **preset.path.parameters)
            self._order = self._whole
            if not len(self._order):
                raise ParameterError(f"path.kind = {preset.path.kind!r} of no grains; allowed: one at least")
            self._timeline = Timeline(corpus, preset)
        self._check_sounding(preset)
        self.clock = clock

    def _prepare(self, space: Space) -> None:
        """Work out what a walk asks of its space when it first needs it, and the player must not wait for."""
        if listens(self._preset):
            if (
                space.kind == "embedding"
                and space.corpus.embedding
                and space.corpus.embedding.method != "pca"
            ):
                raise ParameterError(
                    f"path.space = 'embedding' by {space.corpus.embedding.method}, which takes too long to place what"
                    " is heard; allowed: 'descriptors', or reduction.kind = 'pca'"
                )
            _ = space.levels
        _ = space.spacing, space.follows, space.pace

    def check(self, preset: Preset) -> None:
        """Raise ParameterError for what a preset that it can go on as asks of this corpus in vain."""
        if self._walks and preset.path is not self._preset.path:
            self._check_counts(preset)
            if preset.path.parameters.get("points") != self._preset.path.parameters.get("points"):
                self._rehearse(preset)
        if preset.grain is not self._preset.grain:
            self._check_sounding(preset)

    def _check_counts(self, preset: Preset) -> None:
        for name in _COUNTS:
            self._walk.walker.space.at_most(preset.path.parameters.get(name), name, 1)

    def _rehearse(self, preset: Preset) -> dict[str, Any]:
        """Ask the walk for a step that nobody takes, and give what it then remembers."""
        probe, stage = self._walk.walker.probe(), PATH[preset.path.kind]
        stage.function(probe, **stage.own(preset.path.parameters))
        return probe.memory

    def _check_sounding(self, preset: Preset) -> None:
        Timeline(self.corpus, preset).place(np.zeros(1, np.int64), np.zeros(1))

    @property
    def listens(self) -> bool:
        return listens(self._preset)

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

    def hasten(self) -> None:
        """Let the next grain come as soon as the preset, which may have been replaced since the last, has it."""
        self._timeline.hasten()

    def go_on_from(self, other: Stream) -> None:
        """Follow another stream's last grain; stand where it stood, where both go the same kind of path, as far as
        the grains are the same."""
        self._timeline.go_on_from(other._timeline)
        if self._preset.path.kind != other._preset.path.kind:
            return
        self._at = other._at
        if not self._walks or not other._walks:
            return
        mine, before = self._walk.walker, other._walk.walker
        if before.grain < 0 or before.grain >= self.shared(other) or not np.isfinite(before.point).all():
            return
        mine.rng.bit_generator.state = before.rng.bit_generator.state
        mine.grain, mine.time = before.grain, before.time
        mine.count = min(before.count, 1)  # it has begun; what it counts from there begins here
        on_map = mine.space.kind == before.space.kind == "embedding"
        same = mine.space.n_axes == before.space.n_axes and on_map
        mine.point = before.point.copy() if same else mine.space.points[before.grain].copy()

    def shared(self, other: Stream) -> int:
        """How many grains, counted from the first, are the same in both."""
        return shared_grains(self.corpus, other.corpus)

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

    def keep_to(self, grains: NDArray[np.int64] | None) -> Keeping:
        """Prepare to keep the path to some grains (n,), ascending, or to all: to be handed to `keep` when it plays.

        Raises ParameterError for a grain that there is not.
        """
        n = len(self.corpus)
        if grains is not None and len(grains) and not 0 <= grains[0] <= grains[-1] < n:
            raise ParameterError(f"select.grain = {grains[-1]}; allowed: 0 to {n - 1}")
        if grains is None or not len(grains):
            return Keeping(None)
        if self._walks:
            return Keeping(grains, walk=Kept(self._walk.walker.space, grains))
        order = self._whole[np.isin(self._whole, grains)]
        # An order that has none of them goes through them as they lie in the recordings.
        return Keeping(grains, order=order if len(order) else grains)

    def keep(self, keeping: Keeping) -> None:
        """Keep to the grains that `keep_to` has prepared."""
        self.kept = keeping.grains
        if self._walks:
            self._walk.walker.kept = keeping.walk
        else:
            self._order = self._whole if keeping.order is None else keeping.order

    def beside(self, grain: int, far: float) -> int:
        """The grain that lies nearest to a place `far` (1 is the whole way) from another's along the map's second axis,
        or its only one; the same grain where no walk goes over a map."""
        if not far or not self._walks or self._walk.walker.space.kind != "embedding":
            return grain
        space = self._walk.walker.space
        place, axis = space.points[grain].copy(), min(1, space.n_axes - 1)
        place[axis] = min(max(place[axis] + far, 0.0), 1.0)
        return int(space.nearest(place, 1)[0][0])

    def _distance(self, before: int, grain: int) -> float:
        if self._space is None:
            self._space = Space(self.corpus)
        points = self._space.points
        return float(np.linalg.norm(points[grain] - points[before])) / self._space.pace

    def answer(self, heard: Heard, due: int) -> Played | None:
        """What is played at output sample `due` for a window of the input; None for one that was too quiet."""
        if heard.values is None:
            return None
        walker, given = self._walk.walker, self._preset.path.parameters
        walker.memory[HEARD] = walker.space.place(heard.values)[0]
        self.clock = due
        played = self.next()
        wanted = np.minimum(heard.level - walker.space.levels[played.grains], given["boost"])
        factor = 10 ** (given["follow"] * wanted.astype(np.float64) / 20)
        return Played(played.grains, replace(played.events, gain=played.events.gain * factor))

    @property
    def gate(self) -> float:
        """The level in dB of full scale below which a stream that listens is silent."""
        return float(self._preset.path.parameters["gate"])

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
            before, kept = self._timeline, self._walk.walker.kept
            self._walk = Walk(self.corpus, self._preset)
            self._walk.walker.kept = kept
            self._timeline = self._walk.timeline
            self._timeline.go_on_from(before)
            played = self._walk.next()
        assert played is not None
        return played


def shared_grains(a: Corpus, b: Corpus) -> int:
    """How many grains, counted from the first, are of the same sounds and cut alike in two corpora."""
    if a is b:
        return len(a)
    if a.framing != b.framing:
        return 0
    same = 0
    while same < min(len(a.sounds), len(b.sounds)) and a.sounds[same] is b.sounds[same]:
        same += 1
    n = [int(np.searchsorted(corpus.grains.sounds, same)) for corpus in (a, b)]
    alike = n[0] == n[1] and all(
        np.array_equal(getattr(a.grains, name)[: n[0]], getattr(b.grains, name)[: n[0]])
        for name in ("onsets", "lengths")
    )
    return n[0] if alike else 0
