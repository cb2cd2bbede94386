"""Walks: where the point goes next that grains are chosen around.

A stage is handed the `Walker` (where the point is, which grain was played, how much time has passed,
the space with its grains, a random generator, and a memory of its own) and its parameters as they are
at this very step; it gives the point to go to, float32 (n_axes,), or None where it ends. What all
walks share (`walker.controls`) follows from the trait `walk`: how far the point really goes, and which
of the grains near it sounds.
"""

from __future__ import annotations

from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.parameters import Parameter
from granulate.sections import PATH
from granulate.space import Points, Space
from granulate.walker import Walker, controls

_GROUPS = 8
_FOLLOWED = 5

Line = Annotated[
    list[list[float]] | None,
    Parameter(
        "places on the map, each from 0 to 1 along every axis, as [[0.1, 0.2], [0.9, 0.5]]; unset is the diagonal"
    ),
]
Seconds = Annotated[
    float, Parameter("how long it takes from the first place to the last", 0.001, 86_400, "s")
]
Loop = Annotated[bool, Parameter("lead from the last place back to the first, and round again")]


@PATH.add(walk=True, shared=controls)
def walk(walker: Walker) -> Points:
    """From each grain to one that is near it and has not sounded for a while."""
    return walker.point if walker.grain < 0 else walker.space.points[walker.grain]


@PATH.add(walk=True, shared=controls)
def drunk(
    walker: Walker,
    *,
    step: Annotated[
        float, Parameter("how far it staggers with each grain; 1 is the width of the map", 0, 10)
    ] = 0.02,
    momentum: Annotated[float, Parameter("how straight it staggers: 0 forgets its last step", 0, 0.99)] = 0.0,
) -> Points:
    """A point that staggers about the map, in any direction, and is turned back at its edges."""
    direction = walker.rng.standard_normal(walker.space.n_axes).astype(np.float32)
    direction /= max(float(np.sqrt(direction @ direction)), 1e-12)
    # Momentum averages over steps, which cancel each other out: so much longer ones go equally far.
    stagger = step * np.float32(np.sqrt((1 + momentum) / (1 - momentum)))
    return _reflected(walker.point + stagger * direction, walker.space)


@PATH.add(walk=True, shared=controls, ends=True, timed=True)
def gesture(
    walker: Walker, *, points: Line = None, seconds: Seconds = 10.0, loop: Loop = False
) -> Points | None:
    """Along a line, or a loop, that is drawn on the map."""
    passed = _passed(walker, seconds)
    if passed >= 1 and not loop:
        return None
    here = _along(_on_map(walker.space, points, loop), passed % 1)
    if walker.count == 0:
        walker.point = here.copy()
    return here


@PATH.add(walk=True, shared=controls, timed=True)
def target(
    walker: Walker,
    *,
    points: Line = None,
    seconds: Seconds = 10.0,
    loop: Loop = True,
    step: Annotated[float, Parameter("how far it goes after the target with each grain", 0, 10)] = 0.01,
) -> Points:
    """After a target that moves from place to place on the map, at its own pace."""
    passed = _passed(walker, seconds)
    there = _along(_on_map(walker.space, points, loop), passed % 1 if loop else min(passed, 1.0))
    move = there - walker.point
    far = float(np.sqrt(move @ move))
    return walker.point + move * np.float32(min(1.0, step / far) if far else 1.0)


@PATH.add(walk=True, shared=controls)
def clusters(
    walker: Walker,
    *,
    groups: Annotated[
        int | None, Parameter("clusters to find (k-means); unset is 8, or as many as grains", 1, 1000)
    ] = None,
    dwell: Annotated[int, Parameter("grains played in each before the next", 1, 1_000_000)] = 24,
) -> Points:
    """Through the clusters of like grains: it stays a while in each, then goes to the nearest that it has not seen."""
    plan = _plan(walker, walker.space.at_most(groups, "groups", _GROUPS))
    if walker.count - plan["since"] >= dwell:
        plan["at"], plan["since"] = (plan["at"] + 1) % len(plan["order"]), walker.count
    home = plan["order"][plan["at"]]
    if walker.grain >= 0 and plan["labels"][walker.grain] == home:
        return walker.space.points[walker.grain]
    # It has just left another cluster, or strayed: back to the nearest grain of its own.
    members: Points = plan["members"][home]
    return members[plan["trees"][home].query(walker.point)[1]]


@PATH.add(walk=True, shared=controls)
def flow(
    walker: Walker,
    *,
    nearest: Annotated[
        int | None, Parameter("grains whose motion is followed; unset is 5, or all there are", 1, 1000)
    ] = None,
    speed: Annotated[float, Parameter("1 goes as fast as the recordings do", 0, 100)] = 1.0,
    pull: Annotated[
        float,
        Parameter(
            "how far the point is drawn to the grain that was played: 0 drifts, 1 stays on grains", 0, 1
        ),
    ] = 0.25,
) -> Points:
    """With the corpus's own motion: the mean of the moves that the nearest grains made in their recordings."""
    here = walker.point
    if walker.grain >= 0:
        here = here + pull * (walker.space.points[walker.grain] - here)
    return here + speed * velocity(walker.space, here, walker.space.at_most(nearest, "nearest", _FOLLOWED))


def velocity(space: Space, point: Points, nearest: int) -> Points:
    """The corpus's motion at a point: the nearest grains' displacements, weighed by inverse distance (n_axes,)."""
    found, distances = space.nearest(point, nearest)
    weights = 1 / np.maximum(distances, 1e-9)
    return np.asarray((weights / weights.sum()) @ space.motion[found], np.float32)


def _reflected(point: Points, space: Space) -> Points:
    low, high = (
        (0.0, 1.0) if space.kind == "embedding" else (space.points.min(axis=0), space.points.max(axis=0))
    )
    point = np.where(point < low, 2 * low - point, point)
    return np.clip(np.where(point > high, 2 * high - point, point), low, high).astype(np.float32)


def _passed(walker: Walker, seconds: float) -> float:
    """How often a line has been gone along, when that takes so long."""
    return walker.time / (seconds * walker.space.corpus.sample_rate)


def _on_map(space: Space, points: list[list[float]] | None, loop: bool) -> Points:
    """The corners of a line, or of a loop; refuses what is off the map."""
    if space.kind != "embedding":
        raise ParameterError(
            "path.points lie on a map; allowed: any reduction.kind but 'none', without weights"
        )
    if points is None:
        points = [[0.0] * space.n_axes, [1.0] * space.n_axes]
    if not points:
        raise ParameterError("path.points = []; allowed: at least one place")
    for place in points:
        if len(place) != space.n_axes or not all(0 <= value <= 1 for value in place):
            raise ParameterError(
                f"path.points has {place}, which is off the map; allowed: {space.n_axes} numbers from 0 to 1"
            )
    return np.array([*points, *(points[:1] if loop else [])], np.float32)


def _along(corners: Points, passed: float) -> Points:
    """The point that lies so far (0 to 1) along a line, by its length."""
    spans = np.linalg.norm(np.diff(corners, axis=0), axis=1)
    marks = np.concatenate([[0.0], np.cumsum(spans)])
    if marks[-1] == 0:
        return corners[0]
    at = passed * marks[-1]
    return np.array([np.interp(at, marks, axis) for axis in corners.T], np.float32)


def _plan(walker: Walker, groups: int) -> dict[str, Any]:
    """Clusters and the order to go through them; kept until their number changes."""
    plan: dict[str, Any] = walker.memory.get("plan", {})
    if plan.get("groups") != groups:
        from scipy.cluster.vq import kmeans2
        from scipy.spatial import cKDTree

        points = walker.space.points.astype(np.float64)
        n = min(groups, len(np.unique(points, axis=0)))
        some = points[:: max(1, len(points) // 20_000)]
        centres, _ = (
            kmeans2(some, n, minit="++", seed=walker.rng, missing="warn") if n > 1 else (points[:1], 0)
        )
        labels = _nearest_centre(points, centres)
        kinds = np.unique(labels)
        order = kinds[_nearest_first(centres[kinds], walker.point)]
        members = {kind: walker.space.points[labels == kind] for kind in kinds}
        trees = {kind: cKDTree(found) for kind, found in members.items()}
        plan = {"groups": groups, "labels": labels, "order": order, "members": members, "trees": trees}
        # Counted from, not down: a step that nobody takes costs no grain.
        plan |= {"at": 0, "since": walker.count}
        walker.memory["plan"] = plan
    return plan


def _nearest_centre(points: NDArray[np.float64], centres: NDArray[np.float64]) -> NDArray[np.int32]:
    from scipy.spatial import cKDTree

    return np.asarray(cKDTree(centres).query(points)[1], np.int32)


def _nearest_first(centres: NDArray[np.float64], point: Points) -> list[int]:
    """The clusters, each followed by the nearest that has not been visited."""
    left, here, order = list(range(len(centres))), point.astype(np.float64), []
    while left:
        gaps = [float(np.linalg.norm(centres[i] - here)) for i in left]
        order.append(left.pop(int(np.argmin(gaps))))
        here = centres[order[-1]]
    return order
