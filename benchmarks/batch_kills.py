"""A batch is killed again and again at random moments: whatever then bears a final name must be whole.

    python -m benchmarks.batch_kills [--kills 200] [--children 40] [--commands 10] [--seed N]

A run is killed at any moment of what it takes as a whole, and gone on with, until nothing is missing; then anew. After
each kill every output is compared with that of a run nobody disturbed; the run after the last kill must finish with the
same bytes and leave nothing else behind. Most of the `--kills` are of a process that does all by itself and needs no
start, so that they come amid its writing; `--children` are of one with child processes, and `--commands` of the whole
command, half of them by SIGKILL, the others by SIGTERM and SIGINT.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from benchmarks.processes import hear_interrupts
from benchmarks.timing import machine, show
from granulate import batch, jobs
from granulate.batch import running
from granulate.jobs import Outcome
from granulate.preset import load

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
N_SOUNDS = 60
WORDS = ("--set", "reduction.kind=none", "--set", "path.kind=shuffle")
TOLD_EVERY = 20
SETTLED_S = 0.6

Kill = Callable[[Path, float], bool]
"""Lets a run go on for so many seconds, then kills it; gives whether it did, or it had ended before."""


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--children", type=int, default=40)
    parser.add_argument("--commands", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    hear_interrupts()
    print(machine(), flush=True)
    chance = random.Random(given.seed)
    ways: dict[str, tuple[int, Kill]] = {
        "work done by itself": (given.kills - given.children - given.commands, forked(in_this_process)),
        "with children": (given.children, forked(jobs.each)),
        "of the command": (given.commands, commanded(chance)),
    }
    for name, (n, kill) in ways.items():
        if n > 0:
            killed(name, n, kill, chance)


def killed(name: str, n: int, kill: Kill, chance: random.Random) -> None:
    """So many kills in one way."""
    counts = dict.fromkeys(
        ("kills", "runs that ended first", "kills before anything was made", "batches completed", "outputs looked at"), 0
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        sounds(folder / "in")
        kill(folder / "straight", 3600)  # what is compiled once does not count
        whole = outputs(folder / "straight")
        assert len(whole) == N_SOUNDS
        shutil.rmtree(folder / "straight")
        began = time.perf_counter()
        kill(folder / "straight", 3600)
        took = time.perf_counter() - began
        assert outputs(folder / "straight") == whole
        out = folder / "out"
        while counts["kills"] < n:
            done = kill(out, chance.uniform(0, took))
            counts["kills" if done else "runs that ended first"] += 1
            if done:
                time.sleep(SETTLED_S if kill.__name__ != "alone" else 0)  # children end by themselves
            found = outputs(out)
            counts["outputs looked at"] += len(found)
            counts["kills before anything was made"] += not found
            assert found.items() <= whole.items(), "a wrong output under a final name"
            if len(found) == N_SOUNDS:
                kill(out, 3600)  # goes on with what is done: tidies up
                check_left(out)
                counts["batches completed"] += 1
                shutil.rmtree(out)
            if done and counts["kills"] % TOLD_EVERY == 0:
                print(f"  {name}: {counts}", flush=True)
        kill(out, 3600)
        assert outputs(out) == whole
        check_left(out)
    rows = [*([key, count] for key, count in counts.items()), ["wrong outputs", 0]]
    show(f"Kills, {name}; a run takes {took:.2f} s", ["what", "number"], rows)


def forked(each: Callable[..., Any]) -> Kill:
    """Of a process that was forked from this one."""
    preset = load("unfold").set("reduction.kind=none", "path.kind=shuffle")

    def alone(out: Path, seconds: float) -> bool:
        child = os.fork()
        if not child:
            running.each = each  # type: ignore[assignment]
            batch.render_folder(out.parent / "in", preset, out, n_jobs=1)
            os._exit(0)
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                assert status == 0
                return False
            time.sleep(0.001)
        os.kill(child, signal.SIGKILL)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL

    def with_children(out: Path, seconds: float) -> bool:
        return alone(out, seconds)

    return alone if each is in_this_process else with_children


def commanded(chance: random.Random) -> Kill:
    """Of the command, by any of three signals."""

    def kill(out: Path, seconds: float) -> bool:
        words = [COMMAND, "batch", "in", *WORDS, "-o", out.name, "--jobs", str(chance.choice((1, 2)))]
        with subprocess.Popen(words, cwd=out.parent, stderr=subprocess.DEVNULL) as process:
            try:
                assert process.wait(seconds) == 0
                return False
            except subprocess.TimeoutExpired:
                process.send_signal(
                    chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT))
                )
        return True

    return kill


def in_this_process(
    function: Callable[[Any], Any],
    items: Iterable[Any],
    *,
    setup: Sequence[Callable[[], object]] = (),
    **_: object,
) -> Iterator[Outcome]:
    """What `granulate.jobs.each` does, without children."""
    for index, item in enumerate(items):
        yield Outcome(index, function(item), None, 0.0)


def check_left(out: Path) -> None:
    left = {path.name for path in out.rglob(".granulate-*")} | set(os.listdir(out / ".granulate-batch"))
    assert left == {".granulate-batch", "journal.jsonl", "lock"}, left


def outputs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("*.wav")} if out.exists() else {}


def sounds(folder: Path) -> None:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(N_SOUNDS):
        sf.write(folder / f"{number:04}.wav", rng.uniform(-0.5, 0.5, int(rng.integers(2000, 20_000))), 22_050)


if __name__ == "__main__":
    main()
