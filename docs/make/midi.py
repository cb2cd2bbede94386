"""The page of controller maps: their tables, what can be moved, and the maps that are shipped."""

from __future__ import annotations

import math

from docs.make.markdown import NOTE, block, cell, code, joined, plain, table
from docs.make.parameters import parameter_table
from granulate.live.midi.controller_map import SEVERAL, load, map_names
from granulate.live.midi.tables import RELATIVE, SOURCES, TABLES
from granulate.live.midi.targets import AXES, TRIGGERS, Target, targets
from granulate.live.osc.addresses import ACTIONS, ROOT

_SAME_ACTION = {"play": "grain/play", "goto": "walk/goto", "keep": "input/keep", "forget": "input/forget"}
"""The triggers whose OSC address has another name."""

_INTRODUCTION = f"""\
`granulate live SOUND --midi PORT --midi-map MAP` plays by a controller. A map is a TOML file that says which control
moves what; every table of it is below. `description` and `port` may stand first: what the map is for, and (a part of)
the name of the port for which it is taken when `--midi-map` names none. Shipped maps have names, other maps paths;
`--midi-learn FILE` writes one while you play.

A `control` has exactly one source ({", ".join(map(code, SOURCES))}) and one target. A time as `low` and `high` is text
with a unit, the same for both. The modes {", ".join(map(code, RELATIVE))} are for encoders that send clicks."""

_EXAMPLE = """
description = "Two faders and a pad"
port = "nanoKONTROL2"

[[control]]
cc = 0
target = "grain.density"
low = 1
high = 1000
curve = "exponential"
pickup = true

[[control]]
cc = 1
target = "grain.length"
low = "5ms"
high = "500ms"

[[control]]
note = 36
target = "preset"
preset = "swarm"
seconds = 2.0

[[notes]]
low = 48
high = 72
mapping = "regions"

[clock]
target = "grain.density"
per_beat = 4
"""


def page() -> str:
    """The text."""
    return joined(
        "# Controller maps",
        NOTE,
        _INTRODUCTION,
        "## An example",
        block(_EXAMPLE, "toml"),
        *(_table(name) for name in TABLES),
        "## What a control can move",
        "Actions:",
        table(("target", "does"), [(code(name), cell(_action(name))) for name in TRIGGERS]),
        f"The place on the map that the walk is led to: {', '.join(map(code, AXES))}.",
        "Parameters; which of them there are while you play depends on the kinds that the sections have then:",
        table(
            ("target", "kind", "from", "to", "unit"),
            [_target(one) for name, one in targets().items() if name not in (*TRIGGERS, *AXES)],
        ),
        "## Shipped maps",
        table(("map", "made for the port", "what it is for"), [_shipped(name) for name in map_names()]),
    )


def _table(name: str) -> str:
    section = TABLES[name]
    shown = f"`[[{name}]]`, any number of them" if name in SEVERAL else f"`[{name}]`, once at most"
    return joined(
        f"## {name}",
        plain(f"{section.help[:1].upper()}{section.help[1:]}: {shown}."),
        parameter_table(section[name].parameters),
    )


def _action(name: str) -> str:
    address = f"{ROOT}/{_SAME_ACTION.get(name, name)}"
    return next(action.help for action in ACTIONS if action.address == address)


def _target(target: Target) -> tuple[str, ...]:
    if target.kind == "choice":
        return code(target.name), ", ".join(map(code, target.choices)), "", "", ""
    ends = (f"{end:g}" if math.isfinite(end) else "" for end in (target.minimum, target.maximum))
    return code(target.name), target.kind, *ends, cell(target.unit)


def _shipped(name: str) -> tuple[str, ...]:
    found = load(name)
    return code(name), cell(found.port) or "any", cell(found.description)
