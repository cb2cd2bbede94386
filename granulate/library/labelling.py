"""Labels of files in an index: what each source says of them, and what that source is."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import LibraryError
from granulate.library.records import Labels

MODEL, HASH = "model", "blake2b"
"""In an origin: the name of a model's file, and the hash of its bytes (128 bits, as hexadecimal digits)."""

_KEY = "labels "
"""What the keys of `meta` begin with that hold a source's origin."""


def counts(db: sqlite3.Connection) -> dict[str, int]:
    """See `Library.label_counts`."""
    return dict(db.execute("SELECT source, count(*) FROM labels GROUP BY source ORDER BY source"))


def origins(db: sqlite3.Connection) -> dict[str, dict[str, Any]]:
    """See `Library.label_origins`."""
    rows = db.execute(
        "SELECT DISTINCT l.source, m.value FROM labels l JOIN meta m ON m.key = ? || l.source ORDER BY l.source",
        (_KEY,),
    )
    return {source: json.loads(text) for source, text in rows}


def labels(db: sqlite3.Connection, source: str) -> Labels:
    """See `Library.labels`."""
    rows = db.execute(
        "SELECT file, label, probability FROM labels WHERE source = ? ORDER BY file", (source,)
    ).fetchall()
    return Labels(
        np.array([row[0] for row in rows], np.int64),
        tuple(row[1] for row in rows),
        np.array([row[2] for row in rows], np.float64),
    )


def put(
    db: sqlite3.Connection, source: str, ids: Sequence[int] | NDArray[np.int64], names: Sequence[str],
    probabilities: Sequence[float] | NDArray[np.floating] | None, keep: bool, origin: Mapping[str, Any] | None,
) -> None:  # fmt: skip
    """See `Library.set_labels`; within a transaction of the caller's."""
    sure = np.ones(len(names)) if probabilities is None else np.asarray(probabilities, np.float64)
    if not len(ids) == len(names) == len(sure):
        raise LibraryError(
            f"{len(ids)} ids, {len(names)} labels and {len(sure)} probabilities; allowed: one number of each"
        )
    if not ((sure >= 0) & (sure <= 1)).all():
        raise LibraryError("a probability that is not allowed; allowed: 0 to 1")
    known = {number for (number,) in db.execute("SELECT id FROM files")}
    if strange := next((number for number in ids if int(number) not in known), None):
        raise LibraryError(f"file {strange} is not of this library; allowed: ids that it has given")
    if not keep:
        db.execute("DELETE FROM labels WHERE source = ?", (source,))
        db.execute("DELETE FROM meta WHERE key = ?", (_KEY + source,))
    if origin is not None:
        db.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (_KEY + source, json.dumps(dict(origin))))
    db.executemany(
        "INSERT OR REPLACE INTO labels VALUES (?, ?, ?, ?)",
        ((source, int(i), label, float(p)) for i, label, p in zip(ids, names, sure, strict=True)),
    )
