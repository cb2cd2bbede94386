"""Interleaved timing and tables: what every benchmark here is made of.

Runs of the things compared take turns, so that a noisy moment hits all of them; medians are told, and ratios
count, not seconds.
"""

from __future__ import annotations

import json
import os
import platform
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

TABLES = "GRANULATE_BENCHMARK_TABLES"
"""Names a file that tables are added to as lines of JSON, beside being printed: `benchmarks.running` reads it."""

_CALM_S = 0.15
"""Before each run: BLAS's threads spin on for a while after their work, which would slow down whoever is next."""


def interleaved(runs: Mapping[str, Callable[[], object]], rounds: int, warm: int = 1) -> dict[str, float]:
    """The median seconds of each, in rounds in which all take turns."""
    took: dict[str, list[float]] = {name: [] for name in runs}
    for turn in range(warm + rounds):
        for name, run in runs.items():
            time.sleep(_CALM_S)
            began = time.perf_counter()
            run()
            if turn >= warm:
                took[name].append(time.perf_counter() - began)
    return {name: statistics.median(seconds) for name, seconds in took.items()}


_RUNNER = """
import json, os, subprocess, sys, time
began = time.perf_counter()
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
said = child.stderr.read()
_, status, usage = os.wait4(child.pid, 0)
seconds = time.perf_counter() - began
cpu = usage.ru_utime + usage.ru_stime
print(json.dumps([seconds, cpu, usage.ru_maxrss, os.waitstatus_to_exitcode(status), said.decode(errors="replace")]))
"""


class Spent(NamedTuple):
    """What a run of a command took: seconds on the clock and of processors, and peak MiB (resident)."""

    seconds: float
    cpu: float
    mib: float


def process(command: Sequence[str | Path], cwd: Path | None = None) -> tuple[float, float]:
    """Seconds and peak MiB (resident) of one run of a command. Raises CalledProcessError when it fails."""
    took = spent(command, cwd)
    return took.seconds, took.mib


def spent(
    command: Sequence[str | Path], cwd: Path | None = None, env: Mapping[str, str] | None = None
) -> Spent:
    """What one run of a command took, its children included. Raises CalledProcessError when it fails.

    A small Python starts it: the peak of a process counts the memory of whatever it was forked from.
    """
    words = [str(part) for part in command]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _RUNNER, *words],
        cwd=cwd,
        env=env,
        stdout=subprocess.PIPE,
        check=True,
    )
    seconds, cpu, peak, code, said = json.loads(done.stdout)
    if code:
        raise subprocess.CalledProcessError(code, words, stderr=said.encode())
    return Spent(seconds, cpu, peak / (2**20 if sys.platform == "darwin" else 1024))


def machine() -> str:
    """What this ran on, in a line."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip()
            for line in cpuinfo.read_text().splitlines()
            if line.startswith("model name")
        ]
        model = names[0] if names else model
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{model}, {cores} cores, Python {platform.python_version()}"


def show(title: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print a table in Markdown, and hand it over to whoever runs several benchmarks."""
    cells = [
        [cell.item() if hasattr(cell, "item") else cell for cell in row] for row in rows
    ]  # numpy's numbers
    if path := os.environ.get(TABLES):
        with Path(path).open("a") as file:
            file.write(json.dumps([title, list(header), cells], default=str) + "\n")
    print(f"\n## {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header))
    for row in cells:
        told = [f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row]
        print("| " + " | ".join(told) + " |", flush=True)


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"
