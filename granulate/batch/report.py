"""What became of a batch, for people and for scripts."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from granulate.atomic import AnyPath, check_output, replacing
from granulate.batch.plan import Plan
from granulate.errors import printable

MARK = "granulate batch report"


@dataclass(frozen=True, slots=True)
class Entry:
    """One output, or a folder that could not be searched."""

    input: str
    preset: str
    output: str
    status: str
    """`made`, `kept` (it was there, and up to date), `failed`; of a preview `to make` or `kept`."""
    reason: str | None = None
    seconds: float = 0.0
    notes: tuple[str, ...] = ()


@dataclass(slots=True)
class Report:
    """What became of every output, in the plan's order; of an interrupted batch there is none."""

    plan: Plan
    entries: list[Entry] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def counts(self) -> dict[str, int]:
        """How many entries have each status."""
        return dict(Counter(entry.status for entry in self.entries))

    @property
    def failed(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.status == "failed"]

    @property
    def exit_code(self) -> int:
        """1 where something failed, else 0."""
        return 1 if self.failed else 0

    def table(self) -> dict[str, Any]:
        """As JSON has it: paths are as messages show them."""
        plan = self.plan
        return {
            "kind": MARK,
            "output": printable(plan.out),
            "presets": [
                {"name": label, "seed": preset.seed}
                for label, preset in zip(plan.labels, plan.presets, strict=True)
            ],
            "counts": self.counts,
            "seconds": round(self.seconds, 3),
            "sounds": [_plain(entry) for entry in self.entries],
        }


def check_report(path: AnyPath, *, force: bool, inputs: Sequence[AnyPath]) -> None:
    """Refuse a report that may not be written: an earlier report may be replaced, as by the run that resumes it.

    Raises OutputError.
    """
    check_output(path, force=force or _is_report(path), inputs=inputs)


def write_report(report: Report, path: AnyPath, *, force: bool) -> None:
    """Write it as JSON, whole or not at all. Raises OutputError."""
    import json

    with replacing(path, force=force or _is_report(path)) as temporary:
        temporary.write_text(json.dumps(report.table(), indent=1) + "\n", "utf-8")


def unsearched(plan: Plan) -> Iterator[Entry]:
    """The folders that could not be searched."""
    for folder in plan.unsearchable:
        yield Entry(printable(folder.path), "", "", "failed", folder.reason)


def _plain(entry: Entry) -> dict[str, Any]:
    table = {key: value for key, value in asdict(entry).items() if value not in (None, (), "")}
    return table | {"seconds": round(entry.seconds, 4)}


def _is_report(path: AnyPath) -> bool:
    try:
        if os.path.islink(path) or not os.path.isfile(path):
            return False
        with open(path, encoding="utf-8") as file:
            return MARK in file.read(200)
    except (OSError, ValueError):
        return False
