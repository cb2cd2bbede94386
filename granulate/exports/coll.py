"""The text of a [coll] object of Max: `index, data;` on each line, times in milliseconds."""

from __future__ import annotations

from granulate.exports.common import Target, names, number
from granulate.types import Score


def write(score: Score, target: Target) -> None:
    """Write a line for each event: `index, time sound start length rate gain pan;`."""
    events, ms = score.events, 1000 / score.sample_rate
    called = [_symbol(name) for name in names(score)]
    columns = [
        (events.time * ms).tolist(),
        [called[sound] for sound in events.sound.tolist()],
        (events.start * ms).tolist(),
        (events.length * ms).tolist(),
        events.rate.tolist(),
        events.gain.tolist(),
        events.pan.tolist(),
    ]
    target.write(
        f"{index}, {' '.join(v if isinstance(v, str) else number(v) for v in row)};"
        for index, row in enumerate(zip(*columns, strict=True), 1)
    )


def _symbol(name: str) -> str:
    # In quotes nothing but the quote and the backslash is special, and digits are no number.
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
