"""Labels for Audacity: `begin<tab>end<tab>text`, in seconds, a line for each event."""

from __future__ import annotations

from granulate.exports.common import Target, names
from granulate.types import Score


def write(score: Score, target: Target) -> None:
    """Write the labels: each grain's sound and where it begins there."""
    called, rate, events = names(score), score.sample_rate, score.events
    begin = events.time.clip(0) / rate
    end = (events.time + events.length) / rate
    rows = zip(
        begin.tolist(), end.tolist(), events.sound.tolist(), (events.start / rate).tolist(), strict=True
    )
    target.write(f"{at:.6f}\t{to:.6f}\t{called[sound]} {start:.3f} s" for at, to, sound, start in rows)
