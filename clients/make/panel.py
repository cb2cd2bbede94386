"""What every panel shows: which parameters, how far their controls go, and which actions.

Addresses, types, units, bounds and help come from the registry. What stands here is taste: what is
worth a control on stage, and the part of its bounds that a hand wants to reach.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from granulate import preset as presets
from granulate.errors import GranulateError
from granulate.live.osc.addresses import ACTIONS, ROOT, SERVED, Action, Control, address_space
from granulate.live.osc.values import Kind
from granulate.live.stream import check_playable
from granulate.parameters import Parameter
from granulate.sections import PATH

PORT = 9000
"""Where panels look for `granulate live` unless told otherwise."""
REPLY_PORT = 9001
"""Where Max is sent feedback: its udpsend cannot receive."""
RATE = 20
"""Feedback a second that panels ask for (Hz)."""
RENEW_S = 10
"""How often they ask again: a subscription ends by itself."""


@dataclass(frozen=True, slots=True)
class Row:
    """A parameter's control: from `low` to `high` (a time in ms), evenly or by ratios."""

    control: Control
    low: float = 0.0
    high: float = 1.0
    by_ratio: bool = False

    @property
    def section(self) -> str:
        return self.control.section.name

    @property
    def name(self) -> str:
        return self.control.parameter

    @property
    def address(self) -> str:
        return self.control.address

    @property
    def label(self) -> str:
        words = self.name.replace("_", " ")
        unit = "ms" if self.kind is Kind.TIME else self.declared.unit.replace("semitones", "st")
        return f"{words} ({unit})" if unit else words

    @property
    def kind(self) -> Kind:
        return self._first[0].kind

    @property
    def optional(self) -> bool:
        return any(self.control.declared(kind)[0].optional for kind in self.control.stages)

    @property
    def choices(self) -> tuple[str, ...]:
        """What a choice may be."""
        return self._first[0].choices

    @property
    def declared(self) -> Parameter:
        return self._first[1]

    @property
    def _first(self) -> tuple[Any, Parameter]:
        return self.control.declared(next(iter(self.control.stages)))


_SHOWN: dict[str, dict[str, tuple[Any, ...]]] = {
    "path": {
        "step": (0.001, 10, True),
        "radius": (0.01, 10, True),
        "neighbours": (1, 64),
        "temperature": (0, 2),
        "momentum": (0, 0.99),
        "continuity": (0, 2),
        "rest": (0, 256),
        "floor": (-100, 0),
        "seconds": (1, 120, True),
        "dwell": (1, 200),
        "speed": (0, 4),
        "pull": (0, 1),
        "loop": (),
    },
    "grain": {
        "density": (1, 1000, True),
        "repeat": (1, 16),
        "length": (1, 2000, True),
        "transpose": (-24, 24),
        "gain": (-60, 12),
        "pan": (-1, 1),
        "scatter": (0, 4),
        "length_jitter": (0, 0.99),
        "start_jitter": (0, 500),
        "transpose_jitter": (0, 24),
        "gain_jitter": (0, 24),
        "pan_jitter": (0, 2),
        "backwards": (0, 1),
        "overlap": (0, 100),
        "shortest": (1, 500, True),
        "longest": (5, 5000, True),
        "curve": (0, 4),
        "lengthen": (0, 16),
        "quieter": (0, 24),
    },
    "envelope": {
        "taper": (0, 1),
        "attack": (0, 1),
        "release": (0, 1),
        "decay": (1, 120),
        "width": (0.01, 1),
        "reversed": (),
    },
    "master": {"gain": (-60, 12)},
}


@cache
def rows() -> dict[str, list[Row]]:
    """The controls of each section, in the order in which they are shown."""
    space = address_space()
    return {
        section: [Row(_control(space[f"{ROOT}/{section}/{name}"]), *extent) for name, extent in shown.items()]
        for section, shown in _SHOWN.items()
    }


@cache
def kinds() -> dict[str, list[str]]:
    """The kinds of each section with a choice that can be played live."""
    space = address_space()
    sections = [_control(space[f"{ROOT}/{name}/kind"]).section for name in ("path", "grain", "envelope")]
    return {s.name: [k for k in s.stages if s is not PATH or _path_plays(k)] for s in sections}


def _path_plays(kind: str) -> bool:
    return not PATH[kind].traits.get("target")


@cache
def playable_presets() -> list[str]:
    """The shipped presets that can be played live."""
    return [name for name in presets.names() if _plays(name)]


def _plays(name: str) -> bool:
    try:
        check_playable(presets.load(name))
    except GranulateError:
        return False
    return True


@cache
def actions() -> dict[str, Action]:
    """Every action, by name."""
    return {action.name: action for action in (*ACTIONS, *SERVED)}


def _control(target: Control | Action) -> Control:
    if not isinstance(target, Control):
        raise TypeError(f"{target.address} is an action")
    return target
