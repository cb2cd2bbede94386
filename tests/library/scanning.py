"""What tests of the library share: folders of small sounds, and children's work done in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from granulate.jobs import Outcome
from granulate.jobs.work import in_words
from granulate.library import Library
from granulate.library.measures import MEASURES
from granulate.library.records import Record

TIMBRE = (MEASURES.bind({"kind": "timbre"}),)
TWO = (*TIMBRE, MEASURES.bind({"kind": "spectral"}))


def tone(path: Path, seed: int, n: int = 700, rate: int = 8000, n_channels: int = 1) -> Path:
    """A short sound that differs with the seed."""
    rng = np.random.default_rng(seed)
    wave = np.sin(np.arange(n) * rng.uniform(0.05, 1))[:, None] * rng.uniform(0.1, 0.9, n_channels)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, wave, rate)
    return path


def sounds(folder: Path, n: int = 6) -> list[Path]:
    """Some in the folder, some in one below."""
    return [tone(folder / ("a" if i % 2 else "") / f"{i}.wav", i) for i in range(n)]


class Work:
    """Stands in for `granulate.jobs.each`: does the work here, and says which files it was handed."""

    def __init__(self) -> None:
        self.handed: list[str] = []

    def __call__(self, function: Callable[[Any], Any], items: Iterable[Any], **_: Any) -> Iterator[Outcome]:
        for index, task in enumerate(items):
            self.handed.append(Path(task.path.decode(errors="surrogateescape")).name)
            try:
                yield Outcome(index, function(task), None, 0.0)
            except Exception as error:  # noqa: BLE001 - as children do
                yield Outcome(index, None, in_words(error), 0.0)

    def taken(self) -> list[str]:
        """What was handed out since the last time, sorted."""
        found, self.handed = sorted(self.handed), []
        return found


def known(library: Library) -> dict[str, tuple[Any, ...]]:
    """All that an index knows of each file, by path: what two scans of the same files must agree on."""
    files = {record.path: record for record in library.files(None)}
    found = library.summaries()
    rows = dict(zip(found.ids.tolist(), found.values, strict=True))
    return {path: _told(record, rows) for path, record in files.items()}


def _told(record: Record, rows: dict[int, np.ndarray]) -> tuple[Any, ...]:
    values = rows[record.id].tobytes() if record.id in rows else None
    numbers = (record.size, record.sample_rate, record.n_channels, record.n_samples, record.peak)
    return (record.status, record.reason, record.format, record.subtype, *numbers, values)
