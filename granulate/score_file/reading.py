"""What both formats need to read a file that others may have written."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

from granulate.atomic import reason
from granulate.errors import ScoreError

MOST_BYTES = 1 << 28
"""Of a score file: about four million events."""


def contents(path: Path) -> bytes:
    """All of a regular file. Raises ScoreError, without its name, where that cannot be had."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            raise ScoreError("not a regular file")
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ScoreError(reason(error)) from None
    if len(data) > MOST_BYTES:
        raise ScoreError(f"more than {MOST_BYTES >> 20} MiB; allowed: a score of at most that")
    return data


def parsed(text: str) -> dict[str, Any]:
    """A JSON object: no key twice, no NaN. Raises ScoreError."""
    try:
        found = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except RecursionError:
        raise ScoreError("not a score: nested too deep") from None
    except ValueError as error:
        raise ScoreError(f"not a score: {reason(error)}") from None
    if not isinstance(found, dict):
        raise ScoreError("not a score: no JSON object")
    return found


def text_of(data: bytes) -> str:
    """UTF-8, with or without a byte order mark. Raises ScoreError."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScoreError(f"not a score: byte {error.start} is not UTF-8") from None


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ScoreError(f"the key {key!r} stands there twice; allowed: once")
        found[key] = value
    return found


def _no_constant(text: str) -> float:
    raise ScoreError(f"a value of {text}; allowed: finite numbers")
