"""Listening: a walk that goes where a live input leads, as a mosaic that is made up while it is heard.

Whoever plays puts into the walker's memory what has just been heard (`HEARD`: its point, float32
(n_axes,)), takes the grain that is then chosen, and gives it the input's level. In a render nothing is
ever heard: there it goes from any grain to any other.
"""

from __future__ import annotations

from typing import Annotated, Literal

from granulate.parameters import Parameter
from granulate.sections import PATH
from granulate.space import Points
from granulate.walker import Walker, controls

HEARD = "heard"


@PATH.add(walk=True, shared=controls, listens=True)
def listen(
    walker: Walker,
    *,
    gate: Annotated[float, Parameter("input that is quieter plays nothing", -120, 0, "dBFS")] = -50.0,
    follow: Annotated[
        float,
        Parameter("how far grains take on the input's level: 0 leaves them theirs, 1 gives them its", 0, 1),
    ] = 1.0,
    boost: Annotated[float, Parameter("the most that a grain is amplified for it", 0, 60, "dB")] = 12.0,
    space: Annotated[
        Literal["auto", "embedding", "descriptors"],
        Parameter("where grains are compared with the input: among the descriptors, or on the map"),
    ] = "descriptors",
    step: Annotated[
        float,
        Parameter("the furthest that the point follows with each grain; 1 is the width of the map", 0, 10),
    ] = 10.0,
    temperature: Annotated[
        float, Parameter("0 always plays the nearest; more plays further ones more often", 0, 100)
    ] = 0.0,
    rest: Annotated[int, Parameter("events for which a grain rests after it was played", 0, 1_000_000)] = 0,
) -> Points:
    """After the live input: at each hop the grain that is most like what is heard."""
    heard: Points | None = walker.memory.get(HEARD)
    if heard is not None:
        return heard
    return walker.space.points[int(walker.rng.integers(len(walker.space)))]
