"""Jobs that are ended at random moments: what is left of them.

`kills`: a render over an existing file and score is killed; whatever bears their names must be one that a whole run
wrote. `interrupts`: the commands are sent what Ctrl-C sends; they must end soon, in one line, and leave nothing.
"""

from __future__ import annotations

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile as sf

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
RATE = 22_050

_FORKS = """
import os, signal, sys, threading
import granulate.cli.job, granulate.cli.render, granulate.score_file, granulate.kernels.tour
from granulate import cli
for line in sys.stdin:
    after, *words = line.split("\\t")
    child = os.fork()  # the imports are done once
    if not child:
        if float(after) > 0:
            threading.Timer(float(after), os.kill, (os.getpid(), signal.SIGKILL)).start()
        sys.argv = ["granulate", *words[:-1]]
        cli.main()
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""
"""Runs each line of standard input, words apart by tabs, as the command; it kills itself after so many seconds."""


def sounds(folder: Path, n: int, seconds: float) -> list[Path]:
    """Noises of that length, each of its own."""
    folder.mkdir(exist_ok=True)
    paths = [folder / f"{number:03}.wav" for number in range(n)]
    for number, path in enumerate(paths):
        rng = np.random.default_rng(number)
        sf.write(path, rng.uniform(-0.5, 0.5, int(seconds * RATE)), RATE)
    return paths


def kills(n: int, folder: Path, seed: int = 0, seconds: float = 4.0) -> dict[str, float]:
    """Kill so many renders that replace a sound and its score, and count what is neither old nor new."""
    chance = random.Random(seed)
    (source,) = sounds(folder, 1, seconds)
    out, score = folder / "out.wav", folder / "out.json"
    words = ["render", str(source), "-o", str(out), "--score", str(score), "--force", "--seed"]
    counts = {"kills": 0.0, "ended first": 0.0, "neither old nor whole": 0.0, "longest, s": 0.0}
    with subprocess.Popen(
        [sys.executable, "-c", _FORKS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        stderr=subprocess.DEVNULL,
    ) as forks:  # fmt: skip

        def render(number: int, after: float = 0) -> int:
            assert forks.stdin is not None
            assert forks.stdout is not None
            forks.stdin.write("\t".join([str(after), *words, str(number), "\n"]))
            forks.stdin.flush()
            return int(forks.stdout.readline())

        whole, longest = [], 0.0
        for number in (0, 1, 0):
            began = time.perf_counter()
            if render(number):
                raise RuntimeError("a render that nobody disturbed has failed")
            longest = time.perf_counter() - began
            whole.append((out.read_bytes(), score.read_bytes()))
        assert whole[0] == whole[2]
        known = [{first, second} for first, second in zip(whole[0], whole[1], strict=True)]
        while counts["kills"] < n:
            killed = render(chance.randrange(2), chance.uniform(0.01, 1.1 * longest))
            counts["kills" if killed == -signal.SIGKILL else "ended first"] += 1
            found = [path.read_bytes() if path.exists() else b"" for path in (out, score)]
            counts["neither old nor whole"] += sum(a not in b for a, b in zip(found, known, strict=True))
            for path in folder.glob(".granulate-*"):  # which no process could take away
                path.unlink()
        counts["longest, s"] = longest
    return counts


@dataclass
class Ends:
    """How interrupted commands ended."""

    seconds: list[float] = field(default_factory=list)
    codes: list[int] = field(default_factory=list)
    tracebacks: int = 0
    processes: int = 0
    files: int = 0
    ended_first: int = 0


def interrupts(n: int, folder: Path, seed: int = 0) -> Ends:
    """Interrupt so many runs of each of three commands, from a moment after the start to their end."""
    chance, ends = random.Random(seed), Ends()
    many, (long,) = folder / "many", sounds(folder, 1, 20.0)
    sounds(many, 40, 1.0)
    jobs: list[tuple[list[str], Callable[[], object]]] = [
        (["render", str(long), "-o", "out.wav", "--force"], lambda: (folder / "out.wav").unlink(missing_ok=True)),
        (["batch", "many", "-o", "out"], lambda: shutil.rmtree(folder / "out", ignore_errors=True)),
        (["library", "scan", "many", "--index", "index"], lambda: shutil.rmtree(folder / "index", ignore_errors=True)),
    ]  # fmt: skip
    for words, clean in jobs:
        began = time.perf_counter()
        subprocess.run([COMMAND, *words], cwd=folder, check=True, capture_output=True)
        whole = time.perf_counter() - began
        for _ in range(n):
            clean()
            _interrupt(words, folder, chance.uniform(0.3, whole), ends)
        clean()
    return ends


def _interrupt(words: Sequence[str], folder: Path, after: float, ends: Ends) -> None:
    with subprocess.Popen(
        [COMMAND, *words], cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
        start_new_session=True,
    ) as process:  # fmt: skip
        time.sleep(after)
        if process.poll() is not None:
            ends.ended_first += 1
            return
        # As a terminal does, to the whole group.
        os.killpg(process.pid, signal.SIGINT)
        began = time.perf_counter()
        said = process.communicate(timeout=60)[1]
        ends.seconds.append(time.perf_counter() - began)
        ends.codes.append(process.returncode)
    ends.tracebacks += "Traceback" in said
    time.sleep(0.3)
    ends.processes += alive(process.pid)
    ends.files += len([path for path in folder.rglob(".granulate-*") if path.name != ".granulate-batch"])


def alive(session: int) -> int:
    """How many processes of a session there are."""
    n = 0
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        n += int(fields[3]) == session and fields[0] != "Z"
    return n


def told(ends: Ends) -> dict[str, object]:
    """As one row."""
    return {
        "interrupted": len(ends.seconds),
        "ended first": ends.ended_first,
        "95 of 100, s": float(np.percentile(ends.seconds, 95)) if ends.seconds else "",
        "longest, s": max(ends.seconds, default=0.0),
        "other codes than 130": sum(code != 130 for code in ends.codes),
        "tracebacks": ends.tracebacks,
        "processes left": ends.processes,
        "files left": ends.files,
    }
