"""The report: what the index tells of a library's recordings, gathered and counted."""

from __future__ import annotations

import dataclasses
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import replacing
from granulate.errors import printable
from granulate.library import Library
from granulate.library.organise.tables import Heading, Part, fixed, joined, write_table
from granulate.library.overview import Overview, overview, problems
from granulate.library.records import Files, Record
from granulate.library.report.faults import COLUMNS, SET, Fault, Quality, faults_of, quality_of

_PERCENTILES = (0, 10, 50, 90, 100)


@dataclass(frozen=True, slots=True, eq=False)
class Report:
    """`overview`: counts, formats and lengths; `quality`: what was measured for it, None where nothing was.

    `faults` are of the sounds that were; `problems` the files that are broken or no sound.
    """

    overview: Overview
    files: Files
    quality: Quality | None
    faults: tuple[Fault, ...]
    problems: tuple[Record, ...]

    def distributions(self) -> dict[str, dict[str, float]]:
        """The percentiles 0, 10, 50, 90 and 100 of lengths, and of each column of the quality."""
        columns: dict[str, NDArray[Any]] = {"duration": self.files.durations}
        if self.quality is not None:
            columns |= {name: self.quality[name] for name in COLUMNS}
        return {
            name: {f"p{p}": float(value) for p, value in zip(_PERCENTILES, np.percentile(values, _PERCENTILES), strict=True)}
            for name, values in columns.items()
            if len(values)
        }  # fmt: skip

    def plain(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        content = dataclasses.asdict(self.overview) | {
            "sets": [held.name for held in self.overview.sets],
            "measured_quality": 0 if self.quality is None else len(self.quality),
            "distributions": self.distributions(),
            "faults": [
                {
                    "name": fault.name, "meaning": fault.meaning, "unit": fault.unit, "files": fault.count,
                    "worst": [{"path": printable(path), "amount": amount} for path, amount in fault.worst],
                }
                for fault in self.faults
            ],
            "problems": [
                {"path": printable(file.path), "status": file.status, "reason": file.reason} for file in self.problems
            ],
        }  # fmt: skip
        return {key: _keyed(value) for key, value in content.items()}


def report(library: Library) -> Report:
    """Report on a library by its index alone: no sound is opened."""
    files = library.files()
    quality = quality_of(library, files)
    faults = () if quality is None else faults_of(quality, files)
    return Report(overview(library), files, quality, faults, tuple(problems(library)))


def write_report(found: Report, path: str | os.PathLike[str], *, force: bool = False) -> None:
    """Write it: as JSON the whole report, as CSV or Parquet a row for every sound. Raises OutputError."""
    if Path(os.fsdecode(path)).suffix.lower() != ".json":
        write_table(path, _parts(found), len(found.files), force=force)
        return
    with replacing(path, force=force) as temporary:
        temporary.write_text(json.dumps(found.plain(), indent=2) + "\n", encoding="utf-8")


def _parts(found: Report) -> list[Part]:
    files = found.files
    numbers = {"seconds": ("s", files.durations)} | {
        name: (unit, files.numbers[name]) for name, unit in (("sample_rate", "Hz"), ("n_channels", ""), ("peak", ""))
    }  # fmt: skip
    parts = [
        fixed(Heading("path", "", "text"), files.paths),
        fixed(Heading("format", "", "text"), files.formats),
        fixed(Heading("subtype", "", "text"), files.subtypes),
    ]
    for name, (unit, values) in numbers.items():
        kind = "real" if values.dtype.kind == "f" else "whole"
        parts.append(fixed(Heading(name, unit, kind), values))
    if found.quality is not None:
        units = {
            column.name: column.unit
            for held in found.overview.sets
            if held.name == SET
            for column in held.columns
        }
        headings = [Heading(f"{SET}.{name}", units[name], "real") for name in COLUMNS]
        parts.append(joined(headings, files.ids, files.ids[found.quality.rows], found.quality.values))
    return parts


def _keyed(value: Any) -> Any:
    return {str(key): of for key, of in value.items()} if isinstance(value, dict) else value
