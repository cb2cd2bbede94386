"""Runs an entry of the catalogue in a process of its own, and makes its rows; whatever it does, there are rows."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.catalogue.entry import Benchmark, Goal, Output, Table
from benchmarks.machine import Watch
from benchmarks.timing import TABLES

ROOT = Path(__file__).parents[1]
_PATIENCE = 5.0
"""A benchmark that takes so many times its minutes, and two more, is ended: machines differ, and may be busy."""
_LONGEST = 100
"""Characters of a reason."""
_FIELD = re.compile(r"\{(\w+)\}")
Material = Mapping[str, Sequence[str]]
"""What stands for `{audio}` and the like in arguments."""


@dataclass(frozen=True)
class Row:
    """One line of the table; `figure` is None where there is none, and then `why` says why."""

    what: str
    figure: float | None
    unit: str
    beside: str
    bound: str
    met: bool | None
    why: str = ""

    @property
    def verdict(self) -> str:
        if self.figure is None:
            return self.why
        return "" if self.met is None else "met" if self.met else "MISSED"


@dataclass(frozen=True)
class Result:
    """What a run of one benchmark gave; JSON keeps it as it is."""

    rows: tuple[Row, ...]
    command: str
    seconds: float
    machine: str
    date: str
    quick: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, content: Mapping[str, Any]) -> Result:
        return cls(**{**content, "rows": tuple(Row(**row) for row in content["rows"])})


def absent(benchmark: Benchmark, arguments: Sequence[str], material: Material) -> list[str]:
    """What it cannot be run without and is not here."""
    wanted = {name for word in arguments for name in _FIELD.findall(word)}
    files = [f"--{name}" for name in sorted(wanted) if not material.get(name)]
    return [need.name for need in benchmark.needs if not need.there()] + files


def filled(arguments: Sequence[str], material: Material) -> list[str]:
    """The arguments with what was given in them; `{audio}` becomes as many words as there are files."""
    words: list[str] = []
    for word in arguments:
        match = _FIELD.fullmatch(word)
        words += material[match[1]] if match else [word]
    return words


def run(benchmark: Benchmark, material: Material, *, quick: bool) -> Result:
    """Run one benchmark and tell of every goal of it: reached, missed, or why there is no figure."""
    arguments = benchmark.quick if quick else benchmark.arguments
    began, watch = time.perf_counter(), Watch()
    output, why, command = Output([], ""), "", f"python -m benchmarks.{benchmark.module}"
    if arguments is None:
        why = "not in a quick run"
    elif lacking := absent(benchmark, arguments, material):
        why = f"needs {', '.join(lacking)}"
    else:
        # With names for what was given: the page is for other machines.
        command = " ".join([command, *(_FIELD.sub(lambda m: m[1].upper(), word) for word in arguments)])
        output, why = _ran(benchmark, filled(arguments, material), 1.0 if quick else benchmark.minutes)
        why = why or ("not in a quick run" if quick else "")
    return Result(
        tuple(_row(goal, output, why) for goal in benchmark.goals),
        command,
        time.perf_counter() - began,
        str(watch.share()),
        time.strftime("%Y-%m-%d"),
        quick,
    )


def unmeasured(benchmark: Benchmark) -> Result:
    """Its rows before it was ever run."""
    rows = tuple(_row(goal, Output([], ""), "not measured yet") for goal in benchmark.goals)
    return Result(rows, f"python -m benchmarks.{benchmark.module}", 0.0, "", "never")


def _row(goal: Goal, output: Output, why: str) -> Row:
    figure = goal.figure(output)
    met = None if figure is None else goal.met(figure)
    if figure is None:
        lacking = [need.name for need in goal.needs if not need.there()]
        why = f"needs {', '.join(lacking)}" if lacking else why or "the benchmark did not tell it"
    return Row(goal.what, figure, goal.unit, goal.beside, goal.bound, met, "" if figure is not None else why)


def _ran(benchmark: Benchmark, words: Sequence[str], minutes: float) -> tuple[Output, str]:
    """What a run handed over, also before it failed, and why it ended early."""
    limit = 60 * (_PATIENCE * minutes + 2)
    command = [sys.executable, "-u", "-m", f"benchmarks.{benchmark.module}", *words]
    with tempfile.TemporaryDirectory(prefix="granulate-") as name:
        told, said = Path(name) / "tables", Path(name) / "said"
        with said.open("wb") as out:
            process = subprocess.Popen(
                command, cwd=ROOT, env={**os.environ, TABLES: str(told)},
                stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, start_new_session=True,
            )  # fmt: skip
            try:
                code: int | None = process.wait(limit)
            except subprocess.TimeoutExpired:
                code = None
            finally:
                _end(process)
        text = said.read_text(errors="replace")
        output = Output(_tables(told), text)
    if code == 0:
        return output, ""
    if code is None:
        return output, f"took over {limit / 60:.0f} minutes"
    last = (text.strip().splitlines() or ["it said nothing"])[-1]
    # A table's cell, and no business of other machines where this one keeps its files.
    return output, f"failed: {last.replace(f'{ROOT}{os.sep}', '').replace('|', '/')[:_LONGEST]}"


def _tables(path: Path) -> list[Table]:
    lines = path.read_text().splitlines() if path.exists() else []
    return [(title, header, rows) for title, header, rows in map(json.loads, lines)]


def _end(process: subprocess.Popen[bytes]) -> None:
    """End what a benchmark has left running, in its own session; where it has ended, nothing is there to be ended."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except (ProcessLookupError, PermissionError):
            return
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            continue
