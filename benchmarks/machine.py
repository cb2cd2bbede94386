"""What benchmarks ran on: processor, versions, and how much of it others took meanwhile."""

from __future__ import annotations

import os
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from benchmarks.timing import machine

_TOLD = ("numpy", "numba", "scipy", "librosa", "scikit-learn", "ducc0", "mkl_fft")
_STAT = Path("/proc/stat")


def described() -> str:
    """The processor, Python and the packages that figures depend on, in a line."""
    found = []
    for name in _TOLD:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            continue
    return ", ".join([machine(), *found])


@dataclass(frozen=True)
class Share:
    """Of all cores' time while something ran, in percent: what the host took, and what was not this job's."""

    steal: float | None
    others: float | None

    def __str__(self) -> str:
        if self.steal is None:
            return "not known"
        return f"steal {self.steal:.0f} %, other work {self.others:.0f} %"


class Watch:
    """Counts from when it is made."""

    def __init__(self) -> None:
        self._before, self._own = _ticks(), _own_ticks()

    def share(self) -> Share:
        """What was taken since then. Of what a job's children used, only those that it has waited for are its own."""
        now = _ticks()
        if self._before is None or now is None:
            return Share(None, None)
        total, idle, steal = (a - b for a, b in zip(now, self._before, strict=True))
        if total <= 0:
            return Share(0.0, 0.0)
        others = total - idle - steal - (_own_ticks() - self._own)
        return Share(100 * steal / total, 100 * max(0.0, others) / total)


def _ticks() -> tuple[float, float, float] | None:
    """All, idle and stolen ticks of all cores since the start (Linux)."""
    if not _STAT.exists():
        return None
    fields = [float(field) for field in _STAT.read_text().splitlines()[0].split()[1:9]]
    return sum(fields), fields[3] + fields[4], fields[7]


def _own_ticks() -> float:
    times = os.times()
    return sum(times[:4]) * (os.sysconf("SC_CLK_TCK") if hasattr(os, "sysconf") else 100)
