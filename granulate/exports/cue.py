"""Markers: a copy of the rendered WAV that has a cue point at each event."""

from __future__ import annotations

import shutil

import numpy as np

from granulate.errors import OutputError, printable
from granulate.exports.common import Target, names
from granulate.markers import Marker, write_cues
from granulate.types import Score

MOST_CUES = 10_000
"""Markers that are written; of more events, every second, third ... has one, from the first to the last."""


def write(score: Score, target: Target) -> None:
    """Write the copy. Raises OutputError where nothing was rendered, or no WAV."""
    if target.rendered is None:
        raise OutputError(f"{printable(target.path)}: markers need a sound; allowed: with the rendered WAV")
    shutil.copyfile(target.rendered, target.temporary)
    try:
        write_cues(target.temporary, markers(score))
    except OutputError as error:
        # It names the temporary, which nobody has heard of.
        reason = str(error).removeprefix(printable(target.temporary))
        raise OutputError(f"{printable(target.rendered)}{reason}") from None


def markers(score: Score) -> list[Marker]:
    """A marker for each event, or for as many as there may be: its sound, and where it begins there."""
    called, rate, events = names(score), score.sample_rate, score.events
    which = np.arange(0, len(events), max(1, -(-len(events) // MOST_CUES)))
    events = events.taken(which)
    first = events.time.clip(0)
    rows = zip(
        which.tolist(),
        first.tolist(),
        (np.minimum(events.time + events.length, score.n_samples) - first).tolist(),
        events.sound.tolist(),
        (events.start / rate).tolist(),
        strict=True,
    )
    return [
        Marker(at, length, f"{index + 1}: {called[sound]} {start:.3f} s")
        for index, at, length, sound, start in rows
    ]
