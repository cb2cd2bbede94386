"""The address space: one address for each parameter of the registry, and one for each action.

/granulate/SECTION/PARAMETER    whichever kind of the section stands there now
/granulate/SECTION/kind         the choice itself; names joined by commas where kinds may be chained
/granulate/grain/play and so on the actions
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import numpy as np

from granulate.errors import ParameterError, PresetError
from granulate.live.input.section import MOST_S
from granulate.live.osc import values
from granulate.live.osc.handler import Value
from granulate.live.osc.packets import Argument
from granulate.live.osc.values import Kind, Shape
from granulate.live.sections import MOVED
from granulate.parameters import Parameter, Section, Stage, allowed

ROOT = "/granulate"


@dataclass(frozen=True)
class Control:
    """A parameter at its address. Where `stages` is empty it is the section's `kind`."""

    section: Section
    parameter: str
    stages: Mapping[str, Stage]

    @cached_property
    def address(self) -> str:
        return f"{ROOT}/{self.section.name}/{self.parameter}"

    @cached_property
    def bounds(self) -> tuple[float, float] | None:
        """The widest bounds that a kind gives it, as float32s reach them; None where it is no number."""
        declared = list(self._declared.values())
        if not declared or not all(shape.kind in (Kind.NUMBER, Kind.WHOLE) for shape, _ in declared):
            return None
        low = min(-math.inf if p.minimum is None else p.minimum for _, p in declared)
        high = max(math.inf if p.maximum is None else p.maximum for _, p in declared)
        return min(low, float(np.float32(low))), max(high, float(np.float32(high)))

    def takers(self, chosen: Value) -> list[str]:
        """Those of the chosen kinds (names joined by commas) that have the parameter."""
        if self.section.single:
            return list(self.stages)
        return [name for name in str(chosen).split(",") if name in self.stages]

    @cached_property
    def _declared(self) -> dict[str, tuple[Shape, Parameter]]:
        entries = {name: stage.parameters[self.parameter] for name, stage in self.stages.items()}
        return {name: (values.shape(hint), declared) for name, (hint, declared, _) in entries.items()}

    def declared(self, name: str) -> tuple[Shape, Parameter]:
        """Shape and declaration as a kind has them."""
        return self._declared[name]

    def read(self, arguments: Sequence[Argument], chosen: Value) -> Value:
        """The value that a message's arguments are, for the kinds chosen now. Raises PresetError in its words."""
        if not self.stages:
            return self._kind(arguments)
        stage = self.taker(chosen)
        shape, declared = self.declared(stage.name)
        value = values.read(arguments, shape)
        if values.is_allowed(value, shape, declared):
            return value
        return stage.bind({self.parameter: value}).parameters[self.parameter]

    def taker(self, chosen: Value) -> Stage:
        """The stage that has the parameter among the kinds chosen now. Raises PresetError."""
        takers = self.takers(chosen)
        if len(takers) > 1:
            raise PresetError(
                f"{self.section.name}.{self.parameter} belongs to {len(takers)} of the chained kinds;"
                " allowed: a preset file for that"
            )
        if not takers:
            raise PresetError(_unknown(self.section.name, str(chosen).split(",")[0], self.parameter))
        return self.stages[takers[0]]

    def possible(self, arguments: Sequence[Argument]) -> bool:
        """Whether some kind might take the arguments: if not, they must not replace ones that wait for their turn."""
        declared = self._declared.values()
        answers = (values.is_allowed(values.read(arguments, shape), shape, p) for shape, p in declared)
        return not self.stages or any(answer is not False for answer in answers)

    def _kind(self, arguments: Sequence[Argument]) -> str:
        names = [name.strip() for text in arguments for name in str(text).split(",")]
        if len(names) > 1 and not self.section.several:
            raise PresetError(
                f"{self.section.name}.kind = {','.join(names)!r} is not allowed; allowed: one kind"
            )
        return ",".join(self.section[name].name for name in names)


@cache
def _unknown(section: str, kind: str, parameter: str) -> str:
    """What a stage says of a parameter that it does not have. Kept, since a flood may ask again and again."""
    try:
        MOVED[section][kind].bind({parameter: 0})
    except PresetError as error:
        return str(error)
    raise AssertionError(f"{section} {kind} has {parameter}")


@dataclass(frozen=True, slots=True)
class Taken:
    """An argument of an action. Without a default it has to be given."""

    name: str
    kind: Any
    declared: Parameter
    default: Value = ...


@dataclass(frozen=True, slots=True)
class Action:
    """Something that is done rather than set. Where it is `repeated`, its arguments come again and again."""

    name: str
    place: str
    help: str
    arguments: tuple[Taken, ...] = ()
    repeated: bool = False
    answers: bool = False
    """Whether the server itself answers it, to the sender."""

    @property
    def address(self) -> str:
        return f"{ROOT}/{self.place}"

    def read(self, arguments: Sequence[Argument]) -> tuple[Value, ...] | None:
        """The checked arguments, defaults filled in; None for a button's release (0). Raises ParameterError."""
        if not self.arguments:
            return None if len(arguments) == 1 and arguments[0] in (0, 0.0, False) else ()
        taken = self.arguments
        if self.repeated:
            taken *= max(1, -(-len(arguments) // len(taken)))
        if not sum(t.default is ... for t in taken) <= len(arguments) <= len(taken):
            raise ParameterError(f"{self.address} takes {self.usage}; {len(arguments)} were given")
        given = [_checked(self.name, t, argument) for t, argument in zip(taken, arguments, strict=False)]
        return (*given, *(t.default for t in taken[len(given) :]))

    @property
    def usage(self) -> str:
        words = [t.name if t.default is ... else f"[{t.name}]" for t in self.arguments]
        return " ".join(words) + (" and so on" if self.repeated else "")


def _checked(action: str, taken: Taken, argument: Argument) -> Value:
    shape = values.shape(taken.kind)
    value = values.read([argument], shape)
    if values.is_allowed(value, shape, taken.declared) and value != "":
        return value
    raise ParameterError(
        f"{action}.{taken.name} = {value!r} is not allowed; allowed: {allowed(taken.kind, taken.declared)}"
    )


MAX_RATE = 100.0
"""Ticks a second that a subscriber may ask for."""
_PLACE = tuple(Taken(name, float, Parameter("place on the map", 0, 1)) for name in "xy")

ACTIONS = (
    Action(
        "play",
        "grain/play",
        "play a grain now",
        (
            Taken("grain", int, Parameter("the grain's number", 0, 2**31 - 1)),
            Taken("gain", float, Parameter("its level", -120, 24, "dB"), 0.0),
            Taken("rate", float, Parameter("its speed", 1 / 64, 64), 1.0),
            Taken("pan", float, Parameter("-1 is left, 1 is right", -1, 1), 0.0),
        ),
    ),
    Action(
        "goto",
        "walk/goto",
        "lead the walk to a place on the map",
        (*_PLACE, Taken("z", float, Parameter("place on the map's third axis", 0, 1), None)),
    ),
    Action(
        "select",
        "walk/select",
        "keep the path to these grains; none frees it",
        (Taken("grain", int, Parameter("the grain's number", 0, 2**31 - 1), None),),
        repeated=True,
    ),
    Action("gesture", "gesture", "lead the walk along a line on the map", _PLACE, repeated=True),
    Action("panic", "panic", "silence, at once"),
    Action("stop", "stop", "let the path rest"),
    Action("start", "start", "let the path go on"),
    Action("record", "record", "write down what is played", (Taken("on", bool, Parameter("on or off")),)),
    Action(
        "preset",
        "preset",
        "change to a preset",
        (
            Taken("name", str, Parameter("a preset's name")),
            Taken("seconds", float, Parameter("how long the change takes", 0, 3600, "s"), 0.0),
        ),
    ),
    Action("corpus", "corpus", "play other sounds", (Taken("path", str, Parameter("where they are")),)),
    Action(
        "keep",
        "input/keep",
        "make grains of what was heard last",
        (
            Taken(
                "seconds",
                float,
                Parameter("how much of it; 0 is all that is remembered", 0, MOST_S, "s"),
                0.0,
            ),
        ),
    ),
    Action("forget", "input/forget", "let the grains of the input leave"),
    Action(
        "midi_learn",
        "midi/learn",
        "let the next MIDI control that is moved move a parameter",
        (Taken("target", str, Parameter("SECTION/PARAMETER, as grain/density")),),
    ),
    Action(
        "midi_forget",
        "midi/forget",
        "let no MIDI control move a parameter any more",
        (Taken("target", str, Parameter("SECTION/PARAMETER, as grain/density")),),
    ),
)
"""What the handler does."""

PING = Action(
    "ping", "ping", "answered by /granulate/pong when all that came before has been done", answers=True
)
SUBSCRIBE = Action(
    "subscribe",
    "subscribe",
    "be sent what sounds and what changes, for half a minute; to be renewed",
    (
        Taken("rate", float, Parameter("times a second", 0.1, MAX_RATE, "Hz"), 20.0),
        Taken(
            "port",
            int,
            Parameter("where to, on the sender's machine; else where it sends from", 1, 65535),
            None,
        ),
    ),
    answers=True,
)
UNSUBSCRIBE = Action("unsubscribe", "unsubscribe", "be sent no more", answers=True)
SERVED = (PING, SUBSCRIBE, UNSUBSCRIBE)
"""What the server does itself."""


def _controls() -> dict[str, Control]:
    found = []
    for section in MOVED.values():
        if not section.single:
            found.append(Control(section, "kind", {}))
        names = dict.fromkeys(name for stage in section.stages.values() for name in stage.parameters)
        for name in names:
            having = {kind: stage for kind, stage in section.stages.items() if name in stage.parameters}
            found.append(Control(section, name, having))
    return {control.address: control for control in found}


def address_space() -> dict[str, Control | Action]:
    """Every address of the registry as it is now, and every action's."""
    return {**_controls(), **{action.address: action for action in (*ACTIONS, *SERVED)}}


def warm(space: Mapping[str, Control | Action]) -> None:
    """Make the models that refusals are worded by: the first of them takes as long as a flood may last."""
    for target in space.values():
        if isinstance(target, Control):
            for stage in target.stages.values():
                _ = stage.model
