"""Every live parameter as the page needs it to make a slider or a menu, out of the registry."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from granulate.live.input.section import INPUT
from granulate.live.osc.addresses import ACTIONS
from granulate.live.osc.values import Kind, shape
from granulate.live.sections import MASTER
from granulate.parameters import Parameter, Section, Stage
from granulate.preset import SECTIONS, names

AT_ONCE = ("master", "path", "grain", "envelope", "input")
"""The sections that are heard at once, in the order in which they are shown; the others analyse anew."""
_LEFT_OUT = ("output",)
"""What a file is written by, and an instrument does without."""
_WIDE = 50.0
"""From which ratio of its bounds on a range is gone through by equal ratios."""


def parameters(*, hears: bool) -> dict[str, Any]:
    """Sections with their kinds and parameters, actions and the shipped presets, ready for JSON.

    `hears`: whether there is an input, without which its section is left out.
    """
    found = {section.name: section for section in (MASTER, *SECTIONS.values(), *([INPUT] if hears else []))}
    order = [name for name in AT_ONCE if name in found]
    order += [name for name in found if name not in order and name not in _LEFT_OUT]
    return {
        "sections": [_section(found[name]) for name in order],
        "actions": {action.name: action.help for action in ACTIONS},
        "presets": names(),
    }


def _section(section: Section) -> dict[str, Any]:
    return {
        "name": section.name,
        "help": section.help,
        "atOnce": section.name in AT_ONCE,
        "single": section.single,
        "several": section.several,
        "kinds": [_kind(stage) for stage in section.stages.values() if not stage.traits.get("target")],
    }


def _kind(stage: Stage) -> dict[str, Any]:
    return {
        "name": stage.name,
        "help": stage.help,
        "parameters": [
            _parameter(name, hint, declared, default)
            for name, (hint, declared, default) in stage.parameters.items()
        ],
    }


def _parameter(name: str, hint: Any, declared: Parameter, default: Any) -> dict[str, Any]:
    wanted = shape(hint)
    return {
        "name": name,
        "help": declared.help,
        "kind": wanted.kind.name.lower(),
        "optional": wanted.optional,
        "choices": list(wanted.choices),
        "minimum": declared.minimum,
        "maximum": declared.maximum,
        "unit": declared.unit,
        "default": default,
        **curve(wanted.kind, declared, default),
    }


def curve(kind: Kind, declared: Parameter, default: Any) -> Mapping[str, Any]:
    """How a slider goes from one bound to the other: `low` and `high`, the curve, and its power.

    Equal ratios where the bounds are far apart, as pitch and tempo are heard; from 0, a power that has
    the default in the middle, where that lies far below it. Empty where there is nothing to slide along.
    """
    low, high = declared.minimum, declared.maximum
    if kind not in (Kind.NUMBER, Kind.WHOLE) or low is None or high is None:
        return {}
    if low > 0 and high / low >= _WIDE:
        return {"low": low, "high": high, "curve": "exponential"}
    part = (default - low) / (high - low) if isinstance(default, int | float) else 0.5
    if kind is Kind.WHOLE and high - low >= _WIDE and not part:
        part = 0.05
    if 0 < part < 0.1 and low == 0:
        return {"low": low, "high": high, "curve": "power", "power": math.log(part) / math.log(0.5)}
    return {"low": low, "high": high, "curve": "linear"}
