"""Walking: a point moves through the space, and at each step a grain near it is chosen.

A walk (`stages/walks.py`) says where the point goes next; everything that all walks share is here:
how far and how straight the point may go, and which of the grains near it is played. The controls
are handed over anew at every step, so whoever plays live replaces them between two.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from copy import copy
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray

from granulate.parameters import Duration, Parameter
from granulate.space import Points, Space

_NEIGHBOURS = 8

Step = Callable[..., Points | None]
"""A walk: handed the `Walker` and its own parameters, it gives the point to go to, or None at its end."""


def controls(
    *,
    space: Annotated[
        Literal["auto", "embedding", "descriptors"],
        Parameter("where to walk: on the map, or among the descriptors; auto is the map where there is one"),
    ] = "auto",
    weights: Annotated[
        dict[str, float] | None,
        Parameter("how much each descriptor counts, by column or by descriptor, as {mfcc = 1, level = 0.2}"),
    ] = None,
    start: Annotated[
        Duration | None,
        Parameter('grain to begin with: its number, or where it is in the recording ("2.5s"); unset is any'),
    ] = None,
    length: Annotated[
        Duration | None,
        Parameter('length of the walk: a number of grains, or a time ("30s"); unset is as many as there are'),
    ] = None,
    step: Annotated[
        float,
        Parameter("the furthest that the point moves with each grain; 1 is the width of the map", 0, 10),
    ] = 1.0,
    radius: Annotated[
        float,
        Parameter("grains further than this from the point are left out, unless there are no others", 0, 10),
    ] = 10.0,
    neighbours: Annotated[
        int | None,
        Parameter("how many of the nearest grains to choose among; unset is 8, or all there are", 1, 1000),
    ] = None,
    temperature: Annotated[
        float, Parameter("0 always plays the nearest; more plays further ones more often", 0, 100)
    ] = 0.5,
    momentum: Annotated[
        float, Parameter("how much of its last move the point makes again: 0 turns at once", 0, 0.99)
    ] = 0.0,
    continuity: Annotated[
        float,
        Parameter("how often the grain that followed in the recording is played next; 1 plays on", 0, 1),
    ] = 0.0,
    rest: Annotated[int, Parameter("events for which a grain rests after it was played", 0, 1_000_000)] = 32,
    floor: Annotated[
        float | None, Parameter("grains quieter than this are not played; unset plays all", -200, 0, "dBFS")
    ] = None,
) -> None:
    """What every walk has; the declarations alone count."""


class Kept:
    """Some grains (n,) of a space, ascending, that a walk keeps to; made before it is needed, since it takes a while."""

    def __init__(self, space: Space, grains: NDArray[np.int64]) -> None:
        self.grains, self.space = grains, space.part(grains)
        self.among = np.zeros(len(space), bool)
        self.among[grains] = True


class Walker:
    """Where a walk is. Walks read it; only `advance` writes.

    `first` is the grain to begin with (and `begins` whether it was asked for); `point` float32 (n_axes,)
    is where the walk stands, `velocity` its last move, `grain` the number of the
    last grain played (-1 before the first), `count` how many were played, `time` the samples played
    so far; `memory` is the walk's own.
    """

    def __init__(self, space: Space, rng: np.random.Generator, first: int | None = None) -> None:
        self.space, self.rng = space, rng
        self.begins = first is not None
        any_grain = int(rng.integers(len(space)))
        self.first = any_grain if first is None else first
        self.point: Points = space.points[self.first].copy()
        self.velocity: Points = np.zeros_like(self.point)
        self.grain, self.count, self.time = -1, 0, 0.0
        self.memory: dict[str, Any] = {}
        self.kept: Kept | None = None
        """The grains that it keeps to; None is all of them."""
        # Long ago for every grain: so none rests.
        self._played = np.full(len(space), -(1 << 40), np.int64)

    def probe(self) -> Walker:
        """One that stands here too, with a chance and a memory of its own: to ask a walk where it would go.

        It must not `advance`.
        """
        made = copy(self)
        made.rng, made.memory = np.random.default_rng(0), {}
        return made

    def lead(self, point: Points) -> None:
        """Stand at another point, from where the walk goes on."""
        self.point, self.velocity = point, np.zeros_like(point)
        self.grain = int(self.space.nearest(point, 1)[0][0])

    def advance(self, target: Points | None, given: Mapping[str, Any]) -> int:
        """Move towards a target by the controls, choose the grain to play there, and give its number."""
        if self.count == 0 and (self.begins or target is None) and self._may(self.first):
            chosen = self.first
        else:
            self._move(self.point if target is None else target, given)
            chosen = self._choose(given)
        self._played[chosen] = self.count
        self.grain = chosen
        self.count += 1
        return chosen

    def _move(self, target: Points, given: Mapping[str, Any]) -> None:
        momentum = given["momentum"]
        move = momentum * self.velocity + (1 - momentum) * (target - self.point)
        far = float(np.sqrt(move @ move))
        if far > given["step"]:
            move *= given["step"] / far
        self.velocity = move.astype(np.float32)
        self.point = self.point + self.velocity

    def _choose(self, given: Mapping[str, Any]) -> int:
        # Both are drawn whether they are needed or not, so that no control moves what another draws.
        plays_on, drawn = self.rng.random(2)
        followed = self._follower(given)
        if followed is not None and plays_on < given["continuity"]:
            return followed
        candidates, distances = self._candidates(given)
        if given["temperature"] == 0 or len(candidates) == 1:
            return int(candidates[np.argmin(distances)])
        # By how much further than the nearest: a walk far from all grains is as choosy as one among them.
        odds = np.exp((distances.min() - distances) / (given["temperature"] * self.space.spacing))
        sums = np.cumsum(odds)
        return int(candidates[min(int(np.searchsorted(sums, drawn * sums[-1])), len(candidates) - 1)])

    def _candidates(self, given: Mapping[str, Any]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """The nearest grains that do not rest, are loud enough and, if any are, within the radius."""
        wanted = self.space.at_most(given["neighbours"], "neighbours", _NEIGHBOURS)
        space = self.space if self.kept is None else self.kept.space
        n, wanted = len(space), min(wanted, len(space))
        asked = min(n, wanted + min(given["rest"], 4 * wanted))
        while True:
            found, distances = space.nearest(self.point, asked)
            found = found if self.kept is None else self.kept.grains[found]
            awake = self._awake(found, given)
            if int(awake.sum()) >= wanted or asked == n:
                break
            asked = min(n, 4 * asked)
        if not awake.any():
            awake = self._longest_rested(found, given)
        found, distances = found[awake][:wanted], distances[awake][:wanted]
        inside = distances <= given["radius"]
        return (found[inside], distances[inside]) if inside.any() else (found[:1], distances[:1])

    def _awake(self, grains: NDArray[np.int64], given: Mapping[str, Any]) -> NDArray[np.bool_]:
        awake: NDArray[np.bool_] = self.count - self._played[grains] > given["rest"]
        if given["floor"] is not None:
            awake &= self.space.levels[grains] >= given["floor"]
        return awake

    def _may(self, grain: int) -> bool:
        return self.kept is None or bool(self.kept.among[grain])

    def _longest_rested(self, grains: NDArray[np.int64], given: Mapping[str, Any]) -> NDArray[np.bool_]:
        # Fewer grains than have to rest, or none that is loud enough: the walk goes on all the same.
        played = self._played[grains].astype(np.float64)
        if given["floor"] is not None and (loud := self.space.levels[grains] >= given["floor"]).any():
            played[~loud] = np.inf
        return np.asarray(played == played.min())

    def _follower(self, given: Mapping[str, Any]) -> int | None:
        """The grain that followed the last one in its recording, where it may be played."""
        last = self.grain
        if last < 0 or not self.space.follows[last] or not self._may(last + 1):
            return None
        return last + 1 if self._awake(np.array([last + 1]), given)[0] else None


class steps(Iterator[int]):  # noqa: N801 - it is called as a function is
    """The grains that a walk plays, one after another; both sets of controls are asked for anew each time.

    The walk has ended when this has; until then whoever plays adds what has sounded to `walker.time`. A
    step that raises is none, and by other controls the next one may be well.
    """

    def __init__(
        self,
        walker: Walker,
        walk: Step,
        own: Callable[[], Mapping[str, Any]],
        shared: Callable[[], Mapping[str, Any]],
    ) -> None:
        self._walker, self._walk, self._own, self._shared = walker, walk, own, shared

    def __next__(self) -> int:
        target = self._walk(self._walker, **self._own())
        if target is None and self._walker.count:
            raise StopIteration
        return self._walker.advance(target, self._shared())
