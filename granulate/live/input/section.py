"""What can be moved of the input while it is heard: a section beside those of a preset."""

from __future__ import annotations

from typing import Annotated

from granulate.parameters import Parameter, Section

INPUT = Section("input", "the live input", default=None)
MOST_S = 600.0


@INPUT.add(name="input")
def listening(
    *,
    gain: Annotated[float, Parameter("level of what is heard", -60, 60, "dB")] = 0.0,
    channel: Annotated[int, Parameter("the channel that is heard, from 1; 0 is all of them", 0, 64)] = 0,
    seconds: Annotated[float, Parameter("how much of the input is remembered", 0.1, MOST_S, "s")] = 8.0,
    sampling: Annotated[bool, Parameter("make grains of the input all the time")] = False,
    every: Annotated[float, Parameter("while sampling: how often", 0.5, MOST_S, "s")] = 4.0,
    hold: Annotated[
        float,
        Parameter(
            "grains of the input that is older than the newest so many seconds kept leave", 1, 3600, "s"
        ),
    ] = 60.0,
) -> None:
    """What becomes of the input."""
