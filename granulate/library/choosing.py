"""Which sets of measures an index holds, and which it is to hold after a scan."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

from granulate.errors import ParameterError
from granulate.library.arrays import frames_file, summaries_file
from granulate.types import Choice

_MOST_SETS = 62
"""As many as there are bits in a number of the database."""


class Wanted(NamedTuple):
    """A set that every sound of the library is to be measured by; `id`, `slot`: see `storage`."""

    id: int
    slot: int
    choice: Choice
    n_columns: int
    frame_columns: int
    framed: bool


def choose(
    db: sqlite3.Connection, index: Path, measures: Sequence[Choice] | None, frames: bool
) -> list[Wanted]:
    """Write down the sets that are asked for beside those that the index holds; give all of them.

    None is those that it holds, or the default. One with other parameters, or of another version,
    takes the place of its namesake, whose values are forgotten. `frames`: keep the frames too of
    those that are asked for.

    Raises ParameterError for a set that is named twice, and for too many.
    """
    from granulate.library.measures import DEFAULT

    held = {name: Choice(name, json.loads(text)) for name, text in db.execute("SELECT name, parameters FROM sets ORDER BY id")}  # fmt: skip
    asked = tuple(measures) if measures is not None else tuple(held.values()) or DEFAULT
    names = [choice.kind for choice in asked]
    if len(set(names)) < len(names):
        raise ParameterError(f"measures = {', '.join(names)}: one is named twice; allowed: each once")
    with db:
        for choice in {**held, **{choice.kind: choice for choice in asked}}.values():
            _hold(db, choice)
        if frames:
            db.executemany("UPDATE sets SET framed = 1 WHERE name = ?", [(name,) for name in names])
        db.execute("INSERT OR REPLACE INTO meta VALUES ('made with', ?)", (_made_with(),))
    _tidy(db, index)
    return _wanted(db)


def unchanged(db: sqlite3.Connection) -> list[Wanted]:
    """The sets that the index holds, where the measures as they now are wrote them down; else none.

    Without importing them: a scan that finds nothing new is over before that.
    """
    made = db.execute("SELECT value FROM meta WHERE key = 'made with'").fetchone()
    return _wanted(db) if made == (_made_with(),) else []


def _made_with() -> str:
    """The measures, by granulate's version and, where they are worked on, when their files were written."""
    from importlib.metadata import version

    files = sorted((Path(__file__).parent / "measures").glob("*.py"))
    return f"{version('granulate')} {max((path.stat().st_mtime_ns for path in files), default=0)}"


def _wanted(db: sqlite3.Connection) -> list[Wanted]:
    rows = db.execute(
        "SELECT id, slot, name, parameters, columns, frame_columns, framed FROM sets ORDER BY id"
    )
    return [
        Wanted(number, slot, Choice(name, json.loads(text)), len(json.loads(columns)), width, bool(framed and width))
        for number, slot, name, text, columns, width, framed in rows
    ]  # fmt: skip


def version_of(kind: str) -> int:
    """Of the values that a set gives."""
    from granulate.library.measures import MEASURES, VERSION

    return VERSION * 1000 + int(MEASURES[kind].traits.get("version", 0))


def _hold(db: sqlite3.Connection, choice: Choice) -> None:
    from granulate.library.measures import columns, frame_columns

    text, version = json.dumps(dict(choice.parameters), sort_keys=True), version_of(choice.kind)
    row = db.execute(
        "SELECT slot, parameters, version, framed FROM sets WHERE name = ?", (choice.kind,)
    ).fetchone()
    if row and row[1:3] == (text, version):
        return
    framed = 0
    if row:
        slot, framed = row[0], row[3]
        db.execute(
            "UPDATE contents SET measured = measured & ~?1, framed = framed & ~?1 WHERE measured & ?1",
            (1 << slot,),
        )
        db.execute("DELETE FROM frames WHERE slot = ?", (slot,))
        db.execute("DELETE FROM sets WHERE slot = ?", (slot,))
    else:
        taken = {number for (number,) in db.execute("SELECT slot FROM sets")}
        slot = next(number for number in range(_MOST_SETS + 1) if number not in taken)
        if slot == _MOST_SETS:
            raise ParameterError(f"more than {_MOST_SETS} sets of measures; allowed: that many")
    described = json.dumps([[column.name, column.unit] for column in columns([choice])])
    db.execute(
        "INSERT INTO sets (slot, name, parameters, version, columns, frame_columns, framed, n_frames)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, 0)",
        (slot, choice.kind, text, version, described, len(frame_columns(choice)), framed),
    )


def _tidy(db: sqlite3.Connection, index: Path) -> None:
    """Remove the arrays of sets that are held no more."""
    held = {number for (number,) in db.execute("SELECT id FROM sets")}
    mine = {place(index, number) for number in held for place in (summaries_file, frames_file)}
    for path in index.glob("*.f32"):
        if path not in mine:
            with suppress(OSError):
                path.unlink()
