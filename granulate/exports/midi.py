"""A standard MIDI file: a track for each sound, and in it a note for each event.

Pitch is the rate in semitones around C4 (60), rounded; velocity is such that a synthesiser whose
amplitude is its square (General MIDI 2, 1999) plays the event's gain; a gain of 1 or more is 127.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import OutputError, printable
from granulate.exports.common import Target, names
from granulate.types import Events, Score

if TYPE_CHECKING:
    from mido import Message

TICKS_PER_BEAT = 960
BEATS_PER_MINUTE = 120
CHANNELS = [channel for channel in range(16) if channel != 9]
"""All but that of percussion; a sound has its own where there are no more sounds than these."""

_MOST_TICKS = 2**28 - 1
"""What a delta time can tell."""


def write(score: Score, target: Target) -> None:
    """Write the notes. Raises OutputError for more than a delta time can tell (38 hours)."""
    import mido

    events, called = score.events, names(score)
    ticks = TICKS_PER_BEAT * BEATS_PER_MINUTE / 60 / score.sample_rate
    if len(events) and float((events.time + events.length).max()) * ticks > _MOST_TICKS:
        raise OutputError(f"{printable(target.path)}: notes after more than 38 hours; a MIDI file has none")
    tempo = mido.MetaMessage("set_tempo", tempo=mido.bpm2tempo(BEATS_PER_MINUTE))
    file = mido.MidiFile(type=1, ticks_per_beat=TICKS_PER_BEAT, charset="utf-8")
    file.tracks.append(mido.MidiTrack([tempo]))
    for sound in np.unique(events.sound).tolist():
        channel = CHANNELS[sound % len(CHANNELS)]
        track = mido.MidiTrack([mido.MetaMessage("track_name", name=called[sound])])
        track.append(mido.Message("program_change", channel=channel, program=sound % 128))
        track.extend(_notes(events.taken(events.sound == sound), ticks, channel))
        file.tracks.append(track)
    file.save(str(target.temporary))


def _notes(events: Events, ticks: float, channel: int) -> Iterator[Message]:
    from mido import Message

    pitch = np.round(60 + 12 * np.log2(np.abs(events.rate.astype(np.float64)))).clip(0, 127)
    velocity = np.round(127 * np.sqrt(np.abs(events.gain.astype(np.float64)))).clip(1, 127)
    begin = _ticks(events.time.clip(0), ticks)
    end = np.maximum(_ticks(events.time + events.length, ticks), begin + 1)
    at = np.concatenate([end, begin])
    on = np.repeat([False, True], len(events))
    rows: NDArray[Any] = np.column_stack([at, on, np.tile(pitch, 2), np.tile(velocity, 2)]).astype(np.int64)
    # Stable: notes that end go first, so that the next of their pitch is not the one that is ended.
    rows = rows[np.argsort(at, kind="stable")]
    rows[1:, 0] = np.diff(rows[:, 0])
    for delta, is_on, note, loud in rows.tolist():
        yield Message(
            "note_on" if is_on else "note_off",
            channel=channel,
            note=note,
            velocity=loud if is_on else 64,
            time=delta,
        )


def _ticks(samples: NDArray[np.int64], ticks: float) -> NDArray[np.int64]:
    return np.round(samples * ticks).astype(np.int64)
