"""A SuperCollider program (.scd) that plays the events on a server of its own, or renders them to a file.

The events stand behind the program in a comment, which it reads: sclang takes no literal of many
thousands of numbers, but a comment of any length.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from granulate.exports.common import Target, location, number
from granulate.sounds import channel_gains, envelope_tables
from granulate.types import Score, Sound

ENVELOPE_STEPS = 512


def write(score: Score, target: Target) -> None:
    """Write the program. Raises OutputError for sounds in no file."""
    target.write(_lines(score, target))


def audible(score: Score) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Which samples of each event, first and end (n_events,), are within its sound and within the score."""
    events = score.events
    speed = np.abs(events.rate.astype(np.float64))
    last = np.array([sound.n_samples for sound in score.sounds])[events.sound] - 1
    # Samples in the order of the recording; backwards they are played from the last to the first.
    low = np.ceil(np.maximum(-events.start, 0) / speed)
    high = np.floor((last - events.start) / speed) + 1
    low, high = (np.clip(part, 0, events.length).astype(np.int64) for part in (low, high))
    backwards = events.rate < 0
    first = np.where(backwards, events.length - high, low)
    end = np.where(backwards, events.length - low, high)
    return np.maximum(first, -events.time), np.minimum(end, score.n_samples - events.time)


def _lines(score: Score, target: Target) -> Iterator[str]:
    program = resources.files("granulate.exports").joinpath("supercollider.scd").read_text("utf-8")
    sounds = ",\n".join(
        f"\t[{_width(sound, score)}, {_literal(location(sound, target))}]" for sound in score.sounds
    )
    values = {
        "SAMPLE_RATE": str(score.sample_rate),
        "CHANNELS": str(score.n_channels),
        "SECONDS": number(score.n_samples / score.sample_rate),
        "SOUNDS": f"[\n{sounds}\n]",
    }
    for name, value in values.items():
        program = program.replace(f"%{name}%", value, 1)
    yield program.rstrip("\n")
    yield "/* data"
    steps = np.linspace(0, 1, ENVELOPE_STEPS)
    for table in envelope_tables(score):
        points = np.interp(steps, np.linspace(0, 1, len(table)), table)
        yield "envelope " + " ".join(map(number, points.tolist()))
    yield from _events(score)
    yield "*/"


def _events(score: Score) -> Iterator[str]:
    events, rate = score.events, score.sample_rate
    first, end = audible(score)
    # Backwards from the last sample that it reads.
    into = np.where(events.rate < 0, events.length - 1 - first, first)
    start = events.start + np.abs(events.rate.astype(np.float64)) * into
    gains = channel_gains(events, score.n_channels)[:, : 2 if score.n_channels == 2 else 1]
    at = events.time + first
    columns = [
        (at / rate).tolist(),
        ((end - first) / rate).tolist(),
        events.sound.tolist(),
        start.tolist(),
        events.rate.tolist(),
        events.envelope.tolist(),
        (first / events.length).tolist(),
        (end / events.length).tolist(),
        *gains.T.tolist(),
    ]
    rows = list(zip(*columns, strict=True))
    for event in np.argsort(at, kind="stable").tolist():
        if first[event] < end[event]:
            yield " ".join(number(v) if isinstance(v, float) else str(v) for v in rows[event])


def _width(sound: Sound, score: Score) -> int:
    return sound.origin.n_channels if sound.origin else score.n_channels


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"'
