"""What can be moved while it sounds: the sections of a preset, the live input, and the sum of all grains."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated

from granulate.live.input.section import INPUT
from granulate.parameters import Parameter, Section
from granulate.preset import SECTIONS

MASTER = Section("master", "the sound as a whole", default=None)


@MASTER.add()
def master(*, gain: Annotated[float, Parameter("level of all that sounds", -120, 24, "dB")] = 0.0) -> None:
    """What becomes of the sum of all grains."""


MOVED: Mapping[str, Section] = {**SECTIONS, "input": INPUT, "master": MASTER}
