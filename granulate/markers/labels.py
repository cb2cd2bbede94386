"""Label files, as Audacity exports and imports them."""

from __future__ import annotations

import math
import os

from granulate.atomic import reason
from granulate.errors import ParameterError, printable
from granulate.markers.chunks import open_regular
from granulate.markers.reading import Marker

_MOST_BYTES = 4 << 20
_MOST_S = 86_400 * 365.0
_SPECTRAL = "\\"
"""Begins a line that gives the frequencies of the label above it."""


def read_labels(path: str | os.PathLike[str], sample_rate: int) -> tuple[Marker, ...]:
    """The labels of a file as markers in samples at `sample_rate` (Hz), sorted.

    Each line is `begin<tab>end<tab>text`, in seconds; where both times are the same it is a point.

    Raises ParameterError, one line that names the file and the line's number, for what cannot be
    read, is above 4 MiB, has no labels or malformed ones: times that are no finite numbers, are
    negative or end before they begin.
    """
    name = printable(path)
    try:
        with open_regular(path, "rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as error:
        raise ParameterError(f"{name}: cannot be read: {reason(error)}") from None
    if len(data) > _MOST_BYTES:
        raise ParameterError(f"{name}: more than {_MOST_BYTES >> 20} MiB; allowed: a file of labels")
    found = []
    for number, line in enumerate(data.decode("utf-8-sig", errors="replace").splitlines(), 1):
        if line.strip() and not line.startswith(_SPECTRAL):
            try:
                found.append(_marker(line, sample_rate))
            except ValueError as error:
                raise ParameterError(f"{name}: line {number}: {error}") from None
    if not found:
        raise ParameterError(f"{name}: holds no labels; allowed: lines of begin<tab>end<tab>text")
    return tuple(sorted(found))


def _marker(line: str, sample_rate: int) -> Marker:
    """Raises ValueError, which says what is wrong with the line."""
    fields = line.split("\t", 2)
    if len(fields) < 2:
        raise ValueError(f"{_shown(line)} is no label; allowed: begin<tab>end<tab>text")
    begin, end = _seconds(fields[0]), _seconds(fields[1])
    if end < begin:
        raise ValueError(f"the label ends at {end:g} s, before it begins at {begin:g} s")
    position = round(begin * sample_rate)
    return Marker(position, round(end * sample_rate) - position, "".join(fields[2:]).strip())


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(f"{_shown(text)} is not a time; allowed: seconds, as 1.25") from None
    if not (math.isfinite(seconds) and 0 <= seconds <= _MOST_S):
        raise ValueError(f"a time of {_shown(text)} s; allowed: finite, 0 or more, at most a year")
    return seconds


def _shown(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:40] + "...")
