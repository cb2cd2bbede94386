"""What an index answers with: files, and numbers about them, as tables that cannot be written to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from granulate.types.arrays import read_only

OK = "ok"
BROKEN = "broken"
UNKNOWN = "unknown"
MISSING = "missing"
PENDING = "pending"
STATUSES = (OK, BROKEN, UNKNOWN, MISSING, PENDING)
"""A sound; one that cannot be decoded; no sound; not there any more; seen, and not yet looked into."""


class Column(NamedTuple):
    """A column of the summaries: its name, its unit ("" for none), and the set of measures that it belongs to."""

    name: str
    unit: str
    set: str


class HeldSet(NamedTuple):
    """A set of measures that an index holds, and with which parameters (JSON) and version it was made."""

    name: str
    parameters: str
    version: int
    columns: tuple[Column, ...]
    has_frames: bool


@dataclass(frozen=True, slots=True)
class Record:
    """A file of a library.

    `path` is relative to the library's folder, `mtime_ns` in nanoseconds since 1970. Of what is no
    readable sound, `format` and `subtype` are empty and the numbers after them 0. `content` is the
    same number for files with the same bytes, -1 where those are not known.
    """

    id: int
    path: str
    status: str
    reason: str
    size: int
    mtime_ns: int
    content: int
    format: str
    subtype: str
    n_channels: int
    sample_rate: int
    n_samples: int
    n_measured: int
    """Frames that were measured: less than `n_samples` of a long sound."""
    peak: float
    replaced: int
    """Non-finite samples."""
    lacking: int
    """Frames that the header declares and the file does not hold."""

    @property
    def duration(self) -> float:
        """Seconds."""
        return self.n_samples / self.sample_rate if self.sample_rate else 0.0


NUMBERS = np.dtype(
    [
        ("id", "i8"), ("size", "i8"), ("mtime_ns", "i8"), ("content", "i8"), ("n_channels", "i4"),
        ("sample_rate", "i4"), ("n_samples", "i8"), ("n_measured", "i8"), ("peak", "f4"),
        ("replaced", "i8"), ("lacking", "i8"),
    ]
)  # fmt: skip
"""What is a number in a `Record`."""


@dataclass(frozen=True, slots=True, eq=False)
class Files:
    """Files of a library as columns, in the order of their ids: a million fit.

    `numbers` is a structured array (n_files,) of the fields of `NUMBERS`; the texts are tuples of as many.
    """

    numbers: NDArray[np.void]
    paths: tuple[str, ...]
    statuses: tuple[str, ...]
    reasons: tuple[str, ...]
    formats: tuple[str, ...]
    subtypes: tuple[str, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "numbers", read_only(self.numbers))

    @property
    def ids(self) -> NDArray[np.int64]:
        """Each file's number in the index (n_files,); a file keeps it."""
        return self.numbers["id"]

    @property
    def durations(self) -> NDArray[np.float64]:
        """Seconds (n_files,)."""
        return self.numbers["n_samples"] / np.maximum(self.numbers["sample_rate"], 1)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, row: int) -> Record:
        number = dict(zip(NUMBERS.names or (), self.numbers[row].item(), strict=True))
        return Record(
            path=self.paths[row],
            status=self.statuses[row],
            reason=self.reasons[row],
            format=self.formats[row],
            subtype=self.subtypes[row],
            **number,
        )

    def __iter__(self) -> Iterator[Record]:
        return (self[row] for row in range(len(self)))


@dataclass(frozen=True, slots=True, eq=False)
class Summaries:
    """What was measured of each sound: `ids` int64 (n,), `values` float32 (n, n_columns), all finite.

    Rows are in the order of the ids; the values cannot be written to, and lie on disk where they are many.
    """

    ids: NDArray[np.int64]
    values: NDArray[np.float32]
    columns: tuple[Column, ...]

    def __post_init__(self) -> None:
        object.__setattr__(self, "ids", read_only(self.ids))
        object.__setattr__(self, "values", read_only(self.values))

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True, slots=True, eq=False)
class Labels:
    """Labels of one source: `ids` int64 (n,) of files, a label for each, and its probability (n,), 0 to 1."""

    ids: NDArray[np.int64]
    labels: tuple[str, ...]
    probabilities: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.labels)
