"""A REAPER project (.rpp): an item for each event, on as many tracks as keep items from overlapping.

The text is a tree of `<NAME values` ... `>` with a line for each property (as far as it is known:
"State Chunk Definitions", the ReaTeam's documentation). Envelopes become fades of REAPER's shapes.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.errors import OutputError, printable
from granulate.exports.common import Target, location, names, number
from granulate.sounds import channel_gains, envelope_tables
from granulate.types import Events, Score, Sound

MOST_TRACKS = 64
"""Where more sound at once, some items of a track overlap; REAPER plays them all."""

Curve = NDArray[np.float64]

_SOURCES = {"FLAC": "FLAC", "MP3": "MP3", "OGG": "VORBIS"}
_QUOTES = ('"', "'", "`")
_SHAPES: tuple[Callable[[Curve], Curve], ...] = (
    lambda u: u,
    lambda u: 1 - (1 - u) ** 2,
    lambda u: u**2,
    lambda u: 1 - (1 - u) ** 4,
    lambda u: u**4,
    lambda u: 0.5 - 0.5 * np.cos(np.pi * u),
    lambda u: 0.5 - 0.5 * np.cos(np.pi * (0.5 - 0.5 * np.cos(np.pi * u))),
)
"""REAPER's fades by their numbers: straight, fast and slow starts, the same steeper, two that are both."""


class Fades(NamedTuple):
    """An envelope as fades: their parts of the grain and shapes, and the gain between them."""

    rise: float
    rise_shape: int
    fall: float
    fall_shape: int
    peak: float


def write(score: Score, target: Target) -> None:
    """Write the project. Raises OutputError for sounds in no file, or whose names it cannot hold."""
    target.write(_project(score, target))


def fades(table: NDArray[np.float32]) -> Fades:
    """The fades nearest to an envelope, which is given from its beginning to its end."""
    peak = float(np.abs(table).max())
    level = np.abs(table).astype(np.float64) / (peak or 1)
    top = np.flatnonzero(level >= 0.999)
    first, last, steps = (int(top[0]), int(top[-1]), len(table) - 1) if len(top) else (0, 0, 1)
    return Fades(
        first / steps, _nearest(level[: first + 1]), 1 - last / steps, _nearest(level[last:][::-1]), peak
    )


def voices(events: Events, most: int = MOST_TRACKS) -> NDArray[np.int64]:
    """A track for each event (n_events,): the lowest that is free or, where none is, that which is free first."""
    chosen = np.empty(len(events), np.int64)
    free = list(range(most))
    busy: list[tuple[int, int]] = []
    for at, (time, length) in enumerate(zip(events.time.tolist(), events.length.tolist(), strict=True)):
        while busy and busy[0][0] <= time:
            heapq.heappush(free, heapq.heappop(busy)[1])
        end, track = (time, heapq.heappop(free)) if free else heapq.heappop(busy)
        heapq.heappush(busy, (max(end, time + length), track))
        chosen[at] = track
    return chosen


def quoted(text: str) -> str:
    """A value in whichever quotes do not occur in it; where all do, the last become the first."""
    for quote in _QUOTES:
        if quote not in text:
            return f"{quote}{text}{quote}"
    return f"`{text.replace('`', chr(39))}`"


def _nearest(curve: Curve) -> int:
    """The number of the shape that is nearest to a curve from silence to full."""
    u = np.linspace(0, 1, len(curve))
    return int(np.argmin([np.square(shape(u) - curve).sum() for shape in _SHAPES]))


def _project(score: Score, target: Target) -> Iterator[str]:
    yield '<REAPER_PROJECT 0.1 "6.0" 0'
    yield "  PANLAW 1"
    yield f"  SAMPLERATE {score.sample_rate} 1 0"
    yield "  TEMPO 120 4 4"
    item = _Items(score, target)
    tracks = voices(score.events)
    for track in range(int(tracks.max(initial=-1)) + 1):
        yield "  <TRACK"
        yield f'    NAME "voice {track + 1}"'
        yield f"    NCHAN {score.n_channels + score.n_channels % 2}"
        for event in np.flatnonzero(tracks == track).tolist():
            yield from item.lines(event)
        yield "  >"
    yield ">"


class _Items:
    """The score's events as items. What is before the project's beginning is cut off."""

    def __init__(self, score: Score, target: Target) -> None:
        events, rate = score.events, score.sample_rate
        speed = np.abs(events.rate.astype(np.float64))
        skipped = np.maximum(0, -events.time)
        found = [fades(table) for table in envelope_tables(score)]
        rise, _, fall, _, peak = np.array(found)[events.envelope].T
        # REAPER's balance turns one side down; here the other goes up too, as equal power does.
        side = channel_gains(replace(events, gain=np.ones(len(events), np.float32)), score.n_channels).max(
            axis=1
        )
        # What a backwards grain reads, in the recording: from `low` up to `high`, as far as that goes.
        ends = np.array([sound.n_samples for sound in score.sounds])[events.sound]
        last = events.start + speed * (events.length - 1) + 1
        low, high = np.maximum(events.start, 0), np.minimum(last, ends)
        backwards = events.rate < 0
        self._fades = found
        self._names = [quoted(name) for name in names(score)]
        self._sources = [_source(sound, target) for sound in score.sounds]
        self._events = events
        self._seconds = {
            "position": events.time.clip(0) / rate,
            "length": (events.length - skipped) / rate,
            "rise": np.maximum(0, rise * events.length - skipped) / rate,
            "fall": np.minimum(fall * events.length, events.length - skipped) / rate,
            "offset": (np.where(backwards, high - last, events.start) + skipped * speed) / rate,
            "low": low / rate,
            "span": (high - low) / rate,
        }
        self._trim = peak * side

    def lines(self, at: int) -> Iterator[str]:
        """The item of an event."""
        events = self._events
        seconds = {name: number(float(column[at])) for name, column in self._seconds.items()}
        shapes = self._fades[events.envelope[at]]
        sound, rate = int(events.sound[at]), float(events.rate[at])
        yield "    <ITEM"
        yield f"      POSITION {seconds['position']}"
        yield f"      LENGTH {seconds['length']}"
        yield "      LOOP 0"
        # Shape, length, that of an automatic fade, and the shape as newer versions say it.
        yield f"      FADEIN {shapes.rise_shape} {seconds['rise']} 0 {shapes.rise_shape}"
        yield f"      FADEOUT {shapes.fall_shape} {seconds['fall']} 0 {shapes.fall_shape}"
        yield f"      NAME {self._names[sound]}"
        # The item's level, the pan, the take's level, and a pan law that leaves the middle as it is.
        levels = float(self._trim[at]), float(events.pan[at]), float(events.gain[at])
        yield f"      VOLPAN {' '.join(map(number, levels))} 1"
        yield f"      SOFFS {seconds['offset']}"
        yield f"      PLAYRATE {number(abs(rate))} 0 0 -1"
        if rate < 0:
            yield "      <SOURCE SECTION"
            yield f"        LENGTH {seconds['span']}"
            yield "        MODE 2"
            yield f"        STARTPOS {seconds['low']}"
            yield "        OVERLAP 0"
        yield from self._sources[sound]
        if rate < 0:
            yield "      >"
        yield "    >"


def _source(sound: Sound, target: Target) -> list[str]:
    path = location(sound, target)
    if "\n" in path or "\r" in path or quoted(path)[1:-1] != path:
        raise OutputError(
            f"{printable(target.path)}: the sound {sound.name} cannot be named in a REAPER project; allowed: no"
            " line breaks, and not all of \" ' ` together"
        )
    kind = _SOURCES.get(sound.origin.format, "WAVE") if sound.origin else "WAVE"
    return [f"      <SOURCE {kind}", f"        FILE {quoted(path)}", "      >"]
