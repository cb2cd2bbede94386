"""Scores as files: what was played when, of which sounds (by content), and how it is sounded.

The extension chooses: `.json` is one object, and `.csv` a line of everything but the events, then a
row for each of them. Both hold `format` ("granulate-score/1"), `sample_rate`, `samples`, `sounds`
(path, sha256, channels, samples), `framing`, `spectrum`, `phase`, `output`, `seed`; `envelopes` and
`interpolation` where they are not the framing's window and "linear"; `panics`, where there are any: the
output samples, ascending, from which all that sounds fades out in 10 ms, and what has begun until then is
dropped; and `events`, columns of equal length: time, sound, start, length, rate, gain, pan, and envelope
where there are several.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from granulate import atomic
from granulate.atomic import AnyPath
from granulate.errors import GranulateError, OutputError, ScoreError, printable
from granulate.score_file import plain, table
from granulate.score_file.document import document_of, score_of
from granulate.score_file.reading import MOST_BYTES, contents
from granulate.types import Score

FORMATS: dict[str, Any] = {".json": plain, ".csv": table}
"""Extension -> the module that writes (`encoded`) and reads (`decoded`) it."""


def check_score(path: AnyPath, *, force: bool = False, inputs: Iterable[AnyPath] = ()) -> None:
    """Raise OutputError, before any work, for a path that no score could be written to."""
    if _suffix(path) not in FORMATS:
        raise OutputError(_unknown(path))
    atomic.check_output(path, force=force, inputs=inputs)


def save(score: Score, path: AnyPath, *, force: bool = False) -> None:
    """Write a score, as JSON or CSV by the extension of `path`.

    Raises ScoreError for sounds that are in no file or no longer readable, and for more than a file
    may hold; OutputError as every output does.
    """
    check_score(path, force=force)
    target = Path(os.fsdecode(path))
    data = FORMATS[_suffix(target)].encoded(document_of(score, target.parent))
    if len(data) > MOST_BYTES:
        raise ScoreError(
            f"{printable(target)}: {len(score.events)} events take {len(data) >> 20} MiB; allowed: {MOST_BYTES >> 20} MiB"
        )
    with atomic.replacing(target, force=force) as temporary:
        temporary.write_bytes(data)


def load(path: AnyPath) -> Score:
    """Read a score and the sounds that it names.

    Raises ScoreError, one line that names the file, for what is no score, has events out of range or
    of order, or names sounds that are missing or not what they were.
    """
    target = Path(os.fsdecode(path))
    if _suffix(target) not in FORMATS:
        raise ScoreError(_unknown(target))
    try:
        return score_of(FORMATS[_suffix(target)].decoded(contents(target)), target.parent)
    except GranulateError as error:
        raise ScoreError(f"{printable(target)}: {error}") from None


def _suffix(path: AnyPath) -> str:
    return Path(os.fsdecode(path)).suffix.lower()


def _unknown(path: AnyPath) -> str:
    return f"{printable(path)}: a score of unknown format; allowed: {', '.join(FORMATS)}"
