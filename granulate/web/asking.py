"""What a page may say over the socket, read from untrusted bytes and done.

    {"set": ["path", "step", 0.3]}             a parameter; null unsets
    {"act": ["goto", 0.2, 0.7]}                an action of the address space
    {"gesture": [[x, y], ...], "closed": bool}  a line or a loop on the map; [x, y, z] where it has three dimensions
    {"select": [grain, ...]}                   the path keeps to these; an empty list frees it
    {"hear": bool}                             send me what sounds

A selection of many grains comes as bytes, and so does a label for them (`frames`).
"""

from __future__ import annotations

import json
import math
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.live.doors import Door
from granulate.web.frames import MOST_BITS, MOST_NAME, read_selection

MOST_TEXT = 65_536
"""Bytes of a text frame."""
MOST_BYTES = 8 + MOST_BITS // 8 + MOST_NAME
_MOST_POINTS = 2000
_DEEPEST = 4
_MOST_ITEMS = 10_000
_LONGEST_TEXT = 4096
_FORMS = "set, act, gesture, select or hear"


class Asked(Protocol):
    """Who does what is asked: a `live.Live`."""

    def set(self, door: Door, path: str, parameter: str, value: Any) -> None: ...
    def act(self, door: Door, name: str, arguments: list[Any]) -> None: ...
    def gesture(self, door: Door, points: list[list[float]], closed: bool) -> None: ...
    def select(self, door: Door, grains: NDArray[np.int64]) -> None: ...


def read(text: str) -> dict[str, Any]:
    """A text frame's object. Raises ParameterError for what is no JSON, too deep, too long or not finite."""
    if len(text) > MOST_TEXT:
        raise ParameterError(f"a message of {len(text)} characters; allowed: {MOST_TEXT}")
    try:
        found = json.loads(text, parse_constant=_no_constant)
    except RecursionError:
        raise ParameterError(f"a message nested too deep; allowed: {_DEEPEST} levels") from None
    except ValueError:
        raise ParameterError("a message that is no JSON; allowed: one object") from None
    if not isinstance(found, dict):
        raise ParameterError(f"a message that is a {type(found).__name__}; allowed: one object")
    _check(found, _DEEPEST)
    return found


def obey(asked: Asked, door: Door, message: dict[str, Any]) -> bool | None:
    """Do what a message says; for `hear`, whether. Raises a GranulateError for what it refuses."""
    match message:
        case {"set": [str(section), str(parameter), value], **rest} if not rest:
            asked.set(door, section, parameter, value)
        case {"act": [str(name), *arguments], **rest} if not rest:
            asked.act(door, name, arguments)
        case {"gesture": [*points], **rest} if points and set(rest) <= {"closed"}:
            asked.gesture(door, _places(points), rest.get("closed") is True)
        case {"select": [*grains], **rest} if not rest:
            asked.select(door, _grains(grains))
        case {"hear": bool(on), **rest} if not rest:
            return on
        case _:
            raise ParameterError(f"a message with {', '.join(map(repr, message))[:80]}; allowed: {_FORMS}")
    return None


def obey_bytes(asked: Asked, door: Door, data: bytes) -> None:
    """Do what a frame of bytes says: a selection."""
    asked.select(door, read_selection(data))


def _places(points: list[Any]) -> list[list[float]]:
    if len(points) > _MOST_POINTS:
        raise ParameterError(f"a gesture of {len(points)} places; allowed: {_MOST_POINTS}")
    axes = len(points[0]) if isinstance(points[0], list) else 0
    for place in points:
        if not isinstance(place, list) or len(place) != axes or not all(_is_number(value) for value in place):
            raise ParameterError(
                "a gesture's place that is not [x, y] as all are; allowed: numbers from 0 to 1"
            )
        if axes not in (2, 3) or not all(0 <= value <= 1 for value in place):
            raise ParameterError(f"a gesture's place {place[:4]}; allowed: two or three numbers from 0 to 1")
    return points


def _grains(grains: list[Any]) -> NDArray[np.int64]:
    if not all(
        isinstance(grain, int) and not isinstance(grain, bool) and 0 <= grain < MOST_BITS for grain in grains
    ):
        raise ParameterError(f"a selection that is not of grains' numbers; allowed: 0 to {MOST_BITS - 1}")
    return np.unique(np.array(grains, np.int64))


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _no_constant(name: str) -> Any:
    raise ParameterError(f"{name} in a message; allowed: finite numbers")


def _check(value: Any, deep: int) -> None:
    """Raise ParameterError for what is nested deeper, or larger, than any message needs to be."""
    if isinstance(value, dict | list):
        if deep == 0:
            raise ParameterError(f"a message nested too deep; allowed: {_DEEPEST} levels")
        if len(value) > _MOST_ITEMS:
            raise ParameterError(f"{len(value)} items in a message; allowed: {_MOST_ITEMS}")
        for item in value.values() if isinstance(value, dict) else value:
            _check(item, deep - 1)
    elif isinstance(value, str) and len(value) > _LONGEST_TEXT:
        raise ParameterError(f"a text of {len(value)} characters; allowed: {_LONGEST_TEXT}")
    elif isinstance(value, float) and not math.isfinite(value):
        raise ParameterError(f"{value} in a message; allowed: finite numbers")
    elif isinstance(value, int) and abs(value) > 1 << 62:
        raise ParameterError("a whole number beyond 2**62; allowed: smaller ones")
