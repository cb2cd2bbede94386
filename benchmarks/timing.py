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
print(json.dumps([seconds, usage.ru_maxrss, os.waitstatus_to_exitcode(status), said.decode(errors="replace")]))
"""


def process(command: Sequence[str | Path], cwd: Path | None = None) -> tuple[float, float]:
    """Seconds and peak MiB (resident) of one run of a command. Raises CalledProcessError when it fails.

    A small Python starts it: the peak of a process counts the memory of whatever it was forked from.
    """
    words = [str(part) for part in command]
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", _RUNNER, *words], cwd=cwd, stdout=subprocess.PIPE, check=True
    )
    seconds, peak, code, said = json.loads(done.stdout)
    if code:
        raise subprocess.CalledProcessError(code, words, stderr=said.encode())
    return seconds, peak / (2**20 if sys.platform == "darwin" else 1024)


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
    """Print a table in Markdown."""
    print(f"\n## {title}\n")
    print("| " + " | ".join(header) + " |")
    print("|" + " --- |" * len(header))
    for row in rows:
        print(
            "| " + " | ".join(f"{cell:.3g}" if isinstance(cell, float) else str(cell) for cell in row) + " |"
        )


def verdict(met: bool) -> str:
    return "met" if met else "MISSED"
