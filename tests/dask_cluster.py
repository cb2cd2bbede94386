"""A real Dask cluster for tests: a scheduler and workers, processes of their own on loopback."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import distributed

_START_S = 120


@dataclass
class Cluster:
    """Its address, as `--scheduler` takes it, and the workers' processes."""

    address: str
    workers: list[subprocess.Popen[str]]

    def kill_one(self) -> None:
        """Kill a worker amid its work."""
        worker = self.workers.pop()
        worker.kill()
        worker.wait()


@contextmanager
def running(folder: Path, n_workers: int) -> Iterator[Cluster]:
    """Start a cluster that keeps its files in the folder; it is gone afterwards."""
    # Workers must find the functions of the tests.
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    place = ["--host", "127.0.0.1", "--no-dashboard"]
    options: dict[str, Any] = {"stdout": subprocess.DEVNULL, "text": True, "env": environment}
    scheduler = subprocess.Popen(
        [sys.executable, "-m", "distributed.cli.dask_scheduler", *place, "--port", "0"],
        stderr=subprocess.PIPE, **options,
    )  # fmt: skip
    processes = [scheduler]
    try:
        assert scheduler.stderr is not None
        lines = (re.search(r"Scheduler at:\s+(tcp://127\.0\.0\.1:\d+)", line) for line in scheduler.stderr)
        address = next(found[1] for found in lines if found)
        for number in range(n_workers):
            words = [
                address,
                *place,
                "--nthreads",
                "1",
                "--no-nanny",
                "--local-directory",
                str(folder / f"{number}"),
            ]
            processes.append(
                subprocess.Popen(
                    [sys.executable, "-m", "distributed.cli.dask_worker", *words],
                    stderr=subprocess.DEVNULL, **options,
                )
            )  # fmt: skip
        with distributed.Client(address, set_as_default=False) as client:
            client.wait_for_workers(n_workers, timeout=_START_S)
        yield Cluster(address, processes[1:])
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()
        if scheduler.stderr:
            scheduler.stderr.close()
