"""What may be wrong with recordings: silence, clipping, offsets, from the `quality` that a scan measured."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from granulate.library import Library
from granulate.library.records import Files

SET = "quality"
COLUMNS = (
    "leading_silence", "trailing_silence", "silent_share", "clipped", "clipped_runs", "longest_run", "offset", "rms", "peak"
)  # fmt: skip

OFFSET = 0.01
"""An offset of so much is heard as a click at the ends, and takes room: 1 % of full scale."""
LONG_SILENCE_S = 0.5
QUIET_DB = -40.0

_WORST = 10


@dataclass(frozen=True, slots=True, eq=False)
class Quality:
    """Columns of `quality` for the sounds that it was measured of: `rows` (n,) are their places among the files."""

    rows: NDArray[np.int64]
    values: NDArray[np.float32]

    def __getitem__(self, name: str) -> NDArray[np.float32]:
        """A column (n,) by its name in the set."""
        column: NDArray[np.float32] = self.values[:, COLUMNS.index(name)]
        return column

    def __len__(self) -> int:
        return len(self.rows)


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: how many files have it, and the worst of these with how bad it is there, in `unit`."""

    name: str
    meaning: str
    unit: str
    count: int
    worst: tuple[tuple[str, float], ...]


def quality_of(library: Library, files: Files) -> Quality | None:
    """What the index holds of it, None where it was not scanned for."""
    if SET not in {held.name for held in library.sets()}:
        return None
    found = library.summaries([f"{SET}.{name}" for name in COLUMNS])
    return Quality(np.searchsorted(files.ids, found.ids), np.asarray(found.values))


def faults_of(quality: Quality, files: Files) -> tuple[Fault, ...]:
    """The faults that sounds may have, each with the files that have the most of it."""
    silent = quality["silent_share"] >= 1
    durations = files.durations[quality.rows]
    heard = ~silent
    tables = (
        ("silent", "nothing above -60 dB at all", "s", durations, silent),
        (
            "leading silence", f"{LONG_SILENCE_S:g} s and more before the sound", "s", quality["leading_silence"],
            heard & (quality["leading_silence"] >= LONG_SILENCE_S),
        ),
        (
            "trailing silence", f"{LONG_SILENCE_S:g} s and more after it", "s", quality["trailing_silence"],
            heard & (quality["trailing_silence"] >= LONG_SILENCE_S),
        ),
        (
            "clipped", "3 samples and more in a row at full scale", "samples in a row", quality["longest_run"],
            quality["clipped_runs"] > 0,
        ),
        (
            "full scale", "samples at full scale, not in a row", "samples", quality["clipped"],
            (quality["clipped"] > 0) & (quality["clipped_runs"] == 0),
        ),
        ("offset", f"a mean of {OFFSET:g} and more", "of full scale", np.abs(quality["offset"]), np.abs(quality["offset"]) >= OFFSET),
        ("quiet", f"no sample above {QUIET_DB:g} dB", "dB below full scale", -quality["peak"], heard & (quality["peak"] < QUIET_DB)),
    )  # fmt: skip
    return tuple(
        Fault(name, meaning, unit, int(has.sum()), _worst(amount, has, quality, files))
        for name, meaning, unit, amount, has in tables
    )


def _worst(
    amount: NDArray[np.floating], has: NDArray[np.bool_], quality: Quality, files: Files
) -> tuple[tuple[str, float], ...]:
    places = np.flatnonzero(has)
    order = places[np.argsort(-amount[places], kind="stable")][:_WORST]
    return tuple((files.paths[quality.rows[at]], float(amount[at])) for at in order.tolist())
