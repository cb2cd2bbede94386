"""Between OSC's arguments and the values of parameters.

Pure Data sends every number as a float, sclang truth as 1 and 0, and nobody but a few can send a
nil: what a client meant is read from what the parameter is, and only then checked.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from functools import cache, lru_cache
from typing import Any, Literal, get_args, get_origin

import numpy as np

from granulate.live.osc.handler import Value
from granulate.live.osc.packets import Argument
from granulate.parameters import Duration, Parameter
from granulate.units import parse_time

UNSET = "unset"
"""Unsets a parameter that may be unset; a nil (`N`) does so too."""
_TRUTH = {"on": True, "true": True, "off": False, "false": False}
_MAX_SINGLE = float(np.finfo(np.float32).max)


class Kind(Enum):
    """What a parameter's value is."""

    NUMBER = auto()
    WHOLE = auto()
    TRUTH = auto()
    TEXT = auto()
    CHOICE = auto()
    TIME = auto()
    NUMBERS = auto()
    POINTS = auto()
    WEIGHTS = auto()
    OTHER = auto()


_KINDS: dict[Any, Kind] = {
    float: Kind.NUMBER,
    int: Kind.WHOLE,
    bool: Kind.TRUTH,
    str: Kind.TEXT,
    Duration: Kind.TIME,
    list[float]: Kind.NUMBERS,
    list[list[float]]: Kind.POINTS,
    dict[str, float]: Kind.WEIGHTS,
}


@dataclass(frozen=True, slots=True)
class Shape:
    """A parameter's type, as far as messages have to know it."""

    kind: Kind
    optional: bool = False
    choices: tuple[str, ...] = ()


@cache
def shape(hint: Any) -> Shape:
    """The shape of a parameter's type as the registry declares it."""
    parts = get_args(hint)
    optional = type(None) in parts
    rest = [part for part in parts if part is not type(None)]
    plain = rest[0] if optional and len(rest) == 1 else hint
    if get_origin(plain) is Literal:
        return Shape(Kind.CHOICE, optional, get_args(plain))
    return Shape(_KINDS.get(plain, Kind.OTHER), optional)


def read(arguments: Sequence[Argument], wanted: Shape) -> Value:
    """The value that a message's arguments mean for a parameter of a shape; not yet checked."""
    kind = wanted.kind
    if wanted.optional and len(arguments) == 1 and arguments[0] in (None, UNSET):
        return None
    if kind is Kind.NUMBERS:
        return [_number(value) for value in _unpacked(arguments)]
    if kind is Kind.POINTS:
        return _points(arguments)
    if kind is Kind.WEIGHTS and len(arguments) % 2 == 0:
        return {str(k): _number(v) for k, v in zip(arguments[::2], arguments[1::2], strict=True)}
    return _single(arguments[0], kind) if len(arguments) == 1 else list(arguments)


def is_allowed(value: Value, wanted: Shape, declared: Parameter) -> bool | None:
    """What the registry's model would say of a value, in a fraction of its time; None where one cannot say."""
    if value is None:
        return wanted.optional
    check = _CHECKS.get(wanted.kind)
    return None if check is None else check(value, wanted, declared)


def _is_number(value: Value) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _are_numbers(value: Value) -> bool:
    return isinstance(value, list) and all(map(_is_number, value))


def _within(value: float, declared: Parameter) -> bool:
    low, high = declared.minimum, declared.maximum
    return (low is None or value >= low) and (high is None or value <= high)


@lru_cache(1024, typed=True)
def _is_time(value: int | str) -> bool:
    try:
        parse_time(value)
    except ValueError:  # a ParameterError is one, and so is what Python says of thousands of digits
        return False
    return True


_CHECKS: dict[Kind, Callable[[Value, Shape, Parameter], bool]] = {
    Kind.NUMBER: lambda value, _, declared: _is_number(value) and _within(value, declared),
    Kind.WHOLE: lambda value, _, declared: (
        isinstance(value, int) and _is_number(value) and _within(value, declared)
    ),
    Kind.TRUTH: lambda value, *_: isinstance(value, bool),
    Kind.TEXT: lambda value, *_: isinstance(value, str),
    Kind.CHOICE: lambda value, wanted, _: isinstance(value, str) and value in wanted.choices,
    Kind.TIME: lambda value, *_: isinstance(value, (int, str)) and _is_time(value),
    Kind.NUMBERS: lambda value, *_: _are_numbers(value),
    Kind.POINTS: lambda value, *_: isinstance(value, list) and all(map(_are_numbers, value)),
    Kind.WEIGHTS: lambda value, *_: isinstance(value, dict) and _are_numbers(list(value.values())),
}


def arguments_of(value: Value) -> list[Any]:
    """What a message says of a value: flat, and the same words that `read` takes."""
    if value is None:
        return [UNSET]
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    if isinstance(value, list | tuple):
        return [part for item in value for part in (item if isinstance(item, list | tuple) else [item])]
    return [value]


def _single(value: Argument, kind: Kind) -> Value:
    if isinstance(value, str):
        return _TRUTH.get(value.lower(), value) if kind is Kind.TRUTH else value
    if isinstance(value, bool) or not isinstance(value, int | float):
        return value
    if kind is Kind.NUMBER:
        return _number(value)
    if kind is Kind.TRUTH and value in (0, 1):
        return bool(value)
    if kind in (Kind.WHOLE, Kind.TIME) and value == int(value):
        return int(value)
    return _decimal(value)


def _number(value: Any) -> Any:
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else _decimal(value)


def _decimal(value: Any) -> Any:
    """The shortest number that is the same float32: who sends 0.99 means 0.99, and not 0.9900000095367432."""
    if not isinstance(value, float) or abs(value) > _MAX_SINGLE or value != (single := np.float32(value)):
        return value
    return float(str(single))


def _unpacked(arguments: Sequence[Argument]) -> list[Argument]:
    only = arguments[0] if len(arguments) == 1 else None
    return only if isinstance(only, list) else list(arguments)


def _points(arguments: Sequence[Argument]) -> list[Any]:
    """`[x y] [x y]` with arrays, or `x y x y` without."""
    items = _unpacked(arguments)
    if any(isinstance(item, list) for item in items) or len(items) % 2:
        return [[_number(v) for v in item] if isinstance(item, list) else item for item in items]
    flat = [_number(item) for item in items]
    return [flat[i : i + 2] for i in range(0, len(flat), 2)]
