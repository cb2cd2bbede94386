"""The tables of a controller map, declared as stages are: one function each, whose keyword-only arguments
are the table's keys, and which gives the checked value that the table says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Annotated, Any, Literal

from granulate.errors import ParameterError
from granulate.live.midi.messages import CHANNEL_MODE
from granulate.live.midi.scaling import Scale
from granulate.live.midi.targets import AXES, End, Target, target
from granulate.parameters import Parameter, Section, listed, near
from granulate.preset import names

CONTROL = Section("control", "what a knob, fader, button or key moves", default=None)
NOTES = Section("notes", "which grains keys play, and how", default=None)
CLOCK = Section("clock", "what an incoming MIDI clock sets", default=None)
MPE = Section("mpe", "channels that play one note each (MIDI Polyphonic Expression)", default=None)
TABLES = {section.name: section for section in (CONTROL, NOTES, CLOCK, MPE)}

SOURCES = ("cc", "cc14", "nrpn", "rpn", "note", "poly", "program", "bend", "pressure")
RELATIVE = ("twos_complement", "binary_offset", "sign_magnitude")
_WIDE = ("cc14", "nrpn", "rpn", "bend")
Channel = Annotated[int | None, Parameter("the only channel that is listened to; unset is any", 1, 16)]


@dataclass(frozen=True, slots=True)
class Source:
    """A control: its kind and number, and the channel from 1 to 16 (None is any; `mpe`: the zones' newest note)."""

    kind: str
    number: int
    channel: int | None = None
    mpe: bool = False


@dataclass(frozen=True, slots=True)
class Control:
    """One entry: what is moved by what, and how. `unit`: of a time; `bits`: of the source's values."""

    source: Source
    target: Target
    scale: Scale
    unit: str
    mode: str
    pickup: bool
    step: float
    bits: int
    preset: str
    seconds: float
    grain: int
    point: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """Keys `low` to `high` that play grains; gains in dB, tracking in semitones per key."""

    channel: int | None
    mpe: bool
    low: int
    high: int
    mapping: str
    grain: int
    root: int
    tracking: float
    velocity: float
    gain: float
    pressure: float
    hold: bool


@dataclass(frozen=True, slots=True)
class Clock:
    """`per_beat` events a beat set the target, within its range; `transport`: start and stop are obeyed."""

    target: Target
    scale: Scale
    per_beat: float
    transport: bool


@dataclass(frozen=True, slots=True)
class Zones:
    """How many member channels the lower (manager 1) and the upper zone (manager 16) begin with."""

    lower: int
    upper: int


@CONTROL.add()
def control(
    *,
    target: Annotated[str, Parameter("what is moved: SECTION.PARAMETER, SECTION.kind or an action")] = "",
    cc: Annotated[int | None, Parameter("source: a controller", 0, CHANNEL_MODE - 1)] = None,
    cc14: Annotated[int | None, Parameter("source: a 14-bit controller, by its upper half", 0, 31)] = None,
    nrpn: Annotated[int | None, Parameter("source: a non-registered parameter", 0, 16382)] = None,
    rpn: Annotated[int | None, Parameter("source: a registered parameter", 0, 16382)] = None,
    note: Annotated[int | None, Parameter("source: a key or pad, by its velocity", 0, 127)] = None,
    poly: Annotated[int | None, Parameter("source: the pressure on one key", 0, 127)] = None,
    program: Annotated[int | None, Parameter("source: a programme change", 0, 127)] = None,
    bend: Annotated[bool, Parameter("source: the pitch bend")] = False,
    pressure: Annotated[bool, Parameter("source: the channel's pressure")] = False,
    channel: Channel = None,
    mpe: Annotated[bool, Parameter("of the newest note in the MPE zones, instead of a channel")] = False,
    low: Annotated[End, Parameter("value at the control's lower end; unset is the parameter's bound")] = None,
    high: Annotated[End, Parameter("value at its upper end; below `low` it works upside down")] = None,
    curve: Annotated[
        Literal["linear", "exponential", "logarithmic", "power"], Parameter("the way between")
    ] = "linear",
    power: Annotated[float, Parameter("of the position, where curve is 'power'", 0.01, 100)] = 2.0,
    mode: Annotated[
        Literal["absolute", "twos_complement", "binary_offset", "sign_magnitude", "toggle", "momentary"],
        Parameter("how values are read: as they are, as an encoder's clicks, or as a switch"),
    ] = "absolute",
    pickup: Annotated[bool, Parameter("moves nothing until it has passed the present value")] = False,
    step: Annotated[float, Parameter("part of the range for one click", 1e-6, 1)] = 1 / 127,
    bits: Annotated[Literal[7, 14], Parameter("how many bits a (non-)registered parameter sends")] = 14,
    preset: Annotated[str, Parameter("the preset that the action 'preset' changes to")] = "",
    seconds: Annotated[float, Parameter("how long the change takes", 0, 3600, "s")] = 0.0,
    grain: Annotated[int, Parameter("the grain that the action 'play' plays", 0, 2**31 - 1)] = 0,
    point: Annotated[list[float], Parameter("where on the map the action 'goto' goes")] = [],  # noqa: B006
) -> Control:
    """One control and what it moves."""
    numbered = {
        "cc": cc,
        "cc14": cc14,
        "nrpn": nrpn,
        "rpn": rpn,
        "note": note,
        "poly": poly,
        "program": program,
    }
    given = {name: number for name, number in numbered.items() if number is not None}
    given |= {name: 0 for name, on in (("bend", bend), ("pressure", pressure)) if on}
    if len(given) != 1:
        raise ParameterError(
            f"{listed(given) if given else 'no source'}: allowed: one source of {listed(SOURCES)}"
        )
    (kind, number), aim = next(iter(given.items())), _target(target)
    if mpe and channel is not None:
        raise ParameterError(f"channel = {channel} beside mpe = true; allowed: one of them")
    _check_mode(mode, kind, aim, pickup)
    _check_action(aim, preset, point)
    scale, unit = aim.scale(low, high, curve, power)
    width = (7 if kind in ("nrpn", "rpn") and bits == 7 else 14) if kind in _WIDE else 7
    source = Source(kind, number, channel, mpe)
    return Control(
        source, aim, scale, unit, mode, pickup, step, width, preset, seconds, grain, tuple(point)
    )  # fmt: skip


@NOTES.add()
def notes(
    *,
    channel: Channel = None,
    mpe: Annotated[bool, Parameter("listens to the MPE zones' channels instead")] = False,
    low: Annotated[int, Parameter("the lowest key", 0, 127)] = 36,
    high: Annotated[int, Parameter("the highest key", 0, 127)] = 96,
    mapping: Annotated[
        Literal["chromatic", "regions", "grain"],
        Parameter("a grain for each key along the map; a region of it for each key; one grain for all"),
    ] = "chromatic",
    grain: Annotated[int, Parameter("the grain, or that of the lowest key", 0, 2**31 - 1)] = 0,
    root: Annotated[int, Parameter("the key that plays grains as recorded", 0, 127)] = 60,
    tracking: Annotated[
        float | None,
        Parameter("for each key away from the root; unset is 1 for one grain, else 0", -12, 12, "semitones"),
    ] = None,
    velocity: Annotated[
        float, Parameter("how much it changes the level: 1 as General MIDI has it, 0 not at all", 0, 4)
    ] = 1.0,
    gain: Annotated[float, Parameter("level at full velocity", -120, 24, "dB")] = 0.0,
    pressure: Annotated[float, Parameter("what full pressure adds to a held note", -60, 60, "dB")] = 0.0,
    hold: Annotated[
        bool, Parameter("a key plays until it is released, and follows bend and pressure")
    ] = False,
) -> Notes:
    """Keys that play grains, or regions of the map."""
    if low > high:
        raise ParameterError(f"high = {high} is below low = {low}; allowed: {low} to 127")
    if mpe and channel is not None:
        raise ParameterError(f"channel = {channel} beside mpe = true; allowed: one of them")
    bent = float(mapping == "grain") if tracking is None else tracking
    return Notes(channel, mpe, low, high, mapping, grain, root, bent, velocity, gain, pressure, hold)


@CLOCK.add()
def clock(
    *,
    target: Annotated[str, Parameter("what the tempo sets, in events per second")] = "grain.density",
    per_beat: Annotated[float, Parameter("events per beat", 0.001, 10_000)] = 4.0,
    low: Annotated[float | None, Parameter("the least it is set to; unset is the parameter's bound")] = None,
    high: Annotated[float | None, Parameter("the most")] = None,
    transport: Annotated[bool, Parameter("start, continue and stop are obeyed")] = True,
) -> Clock:
    """What an incoming MIDI clock sets."""
    aim = _target(target)
    if aim.kind != "number":
        raise ParameterError(
            f"target = {target!r} is not allowed; allowed: a parameter that is a number, as grain.density"
        )
    scale, _ = aim.scale(low, high, "linear", 1.0)
    return Clock(aim, scale, per_beat, transport)


@MPE.add()
def mpe(
    *,
    lower: Annotated[int, Parameter("member channels above channel 1", 0, 15)] = 15,
    upper: Annotated[int, Parameter("member channels below channel 16", 0, 15)] = 0,
) -> Zones:
    """MPE zones to begin with; a controller's own configuration message replaces them."""
    if lower and upper and lower + upper > 14:
        raise ParameterError(
            f"upper = {upper} beside lower = {lower} is not allowed; allowed: 14 between them"
        )
    return Zones(lower, upper)


def bind(name: str, given: Any) -> Any:
    """The value that a table of a map says. Raises ParameterError naming the key and what is allowed."""
    if not isinstance(given, Mapping):
        raise ParameterError(f"{name} = {given!r} is not allowed; allowed: a table such as [{name}]")
    stage = TABLES[name][name]
    return stage.function(**stage.bind(MappingProxyType(dict(given))).parameters)


def written(name: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """The keys of a checked table that say something else than their defaults, in their order."""
    parameters = TABLES[name][name].parameters
    return {
        key: given[key]
        for key, (_, _, default) in parameters.items()
        if key in given and given[key] != default
    }


def _target(name: str) -> Target:
    if not name:
        raise ParameterError(
            f"target is missing; allowed: SECTION.PARAMETER, as grain.density, or {listed(('panic', 'play', *AXES))}"
        )
    return target(name)


def _check_mode(mode: str, kind: str, aim: Target, pickup: bool) -> None:
    if mode in RELATIVE and (kind != "cc" or not (aim.ranged or aim.kind == "choice")):
        raise ParameterError(
            f"mode = {mode!r} is not allowed here; allowed with it: a cc, and a target with a range"
        )
    if (aim.kind, mode) in (("axis", "toggle"), ("axis", "momentary"), ("choice", "toggle")):
        raise ParameterError(
            f"mode = {mode!r} of {aim.name} is not allowed; allowed: 'absolute' and encoders"
        )
    if pickup and (
        mode != "absolute" or kind in ("note", "program") or aim.kind in ("action", "axis", "switch")
    ):
        raise ParameterError(
            "pickup = true is not allowed here; allowed with mode = 'absolute' and a target with a range"
        )


def _check_action(aim: Target, preset: str, point: list[float]) -> None:
    if aim.name == "preset" and not preset:
        raise ParameterError("preset is missing; allowed with target = 'preset': a preset's name or file")
    if preset and "." not in preset and "/" not in preset and preset not in (known := names()):
        raise ParameterError(
            f"preset = {preset!r} is unknown{near(preset, known)}; allowed: a TOML file, or {listed(known)}"
        )
    if aim.name == "goto" and not 2 <= len(point) <= 3:
        raise ParameterError(
            f"point = {point} is not allowed; allowed with target = 'goto': two or three numbers"
        )
