"""What other processes take, and what a call does: seconds on the wall and of processors (Linux)."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import TypeVar

Result = TypeVar("Result")


def hear_interrupts() -> None:
    """A shell's jobs in the background ignore Ctrl-C, and so would what they start and interrupt."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def timed(work: Callable[[], Result]) -> tuple[Result, float, float]:
    """What it gives, seconds on the wall, and this process's of CPU."""
    began, cpu = time.perf_counter(), time.process_time()
    done = work()
    return done, time.perf_counter() - began, time.process_time() - cpu


def resident() -> float:
    """MiB of this process."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


def cpu_of_children() -> float:
    """Seconds of CPU that processes below this one have used (Linux)."""
    found = processes()
    return sum(found[number][1] for number in below(found)) / os.sysconf("SC_CLK_TCK")


def processes() -> dict[int, tuple[int, int]]:
    """Each process's parent, and the ticks of CPU that it has used."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            fields = stat.read_text().rpartition(")")[2].split()
            found[int(stat.parent.name)] = int(fields[1]), int(fields[11]) + int(fields[12])
    return found


def below(processes: dict[int, tuple[int, int]]) -> set[int]:
    """Those that this process has begun, and theirs."""
    mine = {os.getpid()}
    for _ in range(8):
        mine |= {number for number, (parent, _) in processes.items() if parent in mine}
    return mine - {os.getpid()}
