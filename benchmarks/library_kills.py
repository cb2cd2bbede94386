"""Scans that are killed, and scans of files that are broken. Run by `benchmarks.library_scan`."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np
import soundfile

from benchmarks.processes import timed
from benchmarks.timing import show
from granulate import jobs
from granulate.library import Library, LibraryError

_DEADLINE_S = 20.0


def mutated(n: int) -> None:
    """Whatever files hold, each has a status within its deadline, and what was measured is finite."""
    from tests.hostile import mutants

    with tempfile.TemporaryDirectory() as name:
        folder, slowest, last = Path(name) / "sounds", 0.0, time.perf_counter()
        told = [last]
        folder.mkdir()
        for path, data in mutants(n, seed=11):
            (folder / path).write_bytes(data)

        def watch(stage: str, done: int, total: int) -> None:
            nonlocal slowest, last
            now = time.perf_counter()
            slowest, last = max(slowest, now - last if done > 1 else 0.0), now
            if now - told[-1] > 5:
                told.append(now)
                print(f"  {stage}: {done} of {total}, {now - told[0]:.0f} s", flush=True)

        took: list[tuple[float, str]] = []
        real = jobs.each

        def each(*args: Any, **given: Any) -> Iterator[jobs.Outcome]:
            with closing(real(*args, **given)) as outcomes:
                for outcome in outcomes:
                    took.append((outcome.seconds, outcome.reason or ""))
                    yield outcome

        jobs.each = each  # type: ignore[assignment]
        with Library.open(folder, Path(name) / "index", create=True) as library:
            done, wall, cpu = timed(lambda: library.scan(deadline=_DEADLINE_S, progress=watch))
            counts, values = library.counts(), library.summaries().values
            reasons = [file.reason for file in library.files("broken")]
        assert done.seen == sum(counts.values()) == n
        assert counts["pending"] == 0
        assert np.isfinite(values).all()
        jobs.each = real
        show(
            f"{n} mutated files: {counts}",
            ["", ""],
            [
                ["wall s", wall], ["parent CPU s", cpu], ["longest time of a file, s", max(took)[0]],
                ["the same of those that were measured, s", max(s for s, why in took if not why)],
                ["deadline, s", _DEADLINE_S], ["longest wait for the next outcome, s", slowest],
                ["died or took too long", sum("process" in why or "longer" in why for why in reasons)],
            ],
        )  # fmt: skip


_N_KILLED, _TOLD_EVERY = 200, 20
_KILLED = """
import os, signal, sys, threading
from granulate import jobs
from granulate.library import Library
from granulate.library.measures import DEFAULT

def each(function, items, **_):
    for index, item in enumerate(items):
        yield jobs.Outcome(index, function(item), None, 0.0)

if sys.argv[2] == "here":
    jobs.each = each
for line in sys.stdin:
    child = os.fork()  # the imports are done once
    if not child:
        with Library.open(sys.argv[1], create=True) as library:
            threading.Timer(float(line), os.kill, (os.getpid(), signal.SIGKILL)).start()
            library.scan(DEFAULT[:2], frames=True, n_jobs=2)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Scans that kill themselves after the seconds on standard input; with what children do done `here`, or by them."""


def kills(n: int, where: str) -> None:
    """Scans killed at random moments of all that a scan takes, one after another until the library is whole; then anew."""
    rng = random.Random(7)
    counts = dict.fromkeys(
        ("killed", "ended first", "before there was an index", "completed as by a straight scan"), 0
    )
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sounds"
        folder.mkdir()
        for i in range(_N_KILLED):
            samples = np.random.default_rng(i).standard_normal((600, 1)) * 0.1
            soundfile.write(folder / f"{i}.wav", samples, 8000)
        command = [sys.executable, "-c", _KILLED, str(folder), where]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as scans:

            def scan(seconds: float) -> int:
                assert scans.stdin is not None
                assert scans.stdout is not None
                print(seconds, file=scans.stdin, flush=True)
                return int(scans.stdout.readline())

            scan(3600)  # what is compiled once does not count
            shutil.rmtree(folder / ".granulate")
            began = time.perf_counter()
            scan(3600)
            longest = time.perf_counter() - began
            with Library.open(folder) as library:
                straight = _told(library)
            shutil.rmtree(folder / ".granulate")
            while counts["killed"] < n:
                ended = scan(rng.uniform(0, longest))
                assert ended in (0, -signal.SIGKILL), ended
                counts["killed" if ended else "ended first"] += 1
                if ended and counts["killed"] % _TOLD_EVERY == 0:
                    print(f"  {where}: {counts}", flush=True)
                try:
                    with Library.open(folder) as library:
                        found = _told(library)
                except LibraryError as error:
                    if "holds no index" not in str(error):
                        raise
                    counts["before there was an index"] += 1
                    continue
                if any(straight[path] != told for path, told in found.items()):
                    raise AssertionError("an index differs from a straight scan's")
                if found.keys() == straight.keys():
                    counts["completed as by a straight scan"] += 1
                    shutil.rmtree(folder / ".granulate")
    show(
        f"Kills of a scan of {_N_KILLED} files, which takes {longest:.2f} s; work done {where}",
        ["what", "number"],
        [*([what, count] for what, count in counts.items()), ["indexes that did not open, or were wrong", 0]],
    )


def _told(library: Library) -> dict[str, bytes]:
    files, found = library.files(), library.summaries()
    assert np.isfinite(found.values).all()
    assert files.ids.tolist() == found.ids.tolist()
    return {
        path: values.tobytes() + library.frames(int(number), "timbre").tobytes()
        for path, number, values in zip(files.paths, files.ids, found.values, strict=True)
    }
