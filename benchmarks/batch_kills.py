"""A batch is killed again and again at random moments: whatever then bears a final name must be whole.

    python -m benchmarks.batch_kills [--kills 200] [--forks 1000] [--seed N]

After each kill every output is compared with that of a run nobody disturbed; the run after the last kill must finish
with the same bytes and leave nothing else behind. `--kills` are of the whole command with its workers, half of them by
SIGKILL, the others by SIGTERM and SIGINT; `--forks` are of a process that does all by itself, which needs no start and
so is killed more often amid its writing.
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

from benchmarks.timing import machine, show
from granulate import batch
from granulate.batch import running
from granulate.jobs import Outcome
from granulate.preset import load

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
N_SOUNDS = 150
WORDS = ("--set", "reduction.kind=none", "--set", "path.kind=shuffle")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--forks", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()
    print(machine())
    chance = random.Random(given.seed)
    if given.forks:
        show("Kills of one process", ["what", "number"], list(forks(given.forks, chance).items()))
    counts = dict.fromkeys(("kills", "while nothing was made", "runs that ended first", "wrong outputs"), 0)
    if not given.kills:
        return
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sounds(folder / "in")
        subprocess.run([COMMAND, "batch", "in", *WORDS, "-o", "straight"], cwd=folder, check=True)
        whole = outputs(folder / "straight")
        assert len(whole) == N_SOUNDS
        out = folder / "out"
        while counts["kills"] < given.kills:
            if out.exists() and len(outputs(out)) == N_SOUNDS:
                shutil.rmtree(out)
            made = kill(folder, out, chance)
            counts["kills" if made is not None else "runs that ended first"] += 1
            counts["while nothing was made"] += made == 0
            print(f"\r{counts}", end="", file=sys.stderr, flush=True)
            counts["wrong outputs"] += sum(whole.get(key) != data for key, data in outputs(out).items())
        subprocess.run([COMMAND, "batch", "in", *WORDS, "-o", "out"], cwd=folder, check=True)
        assert outputs(out) == whole
        check_left(out)
    show("Kills of the command", ["what", "number"], [[key, count] for key, count in counts.items()])
    assert counts["wrong outputs"] == 0


def forks(n: int, chance: random.Random) -> dict[str, int]:
    """Kill processes that were forked from this one, and tell what came of it."""
    counts = dict.fromkeys(("kills", "outputs looked at", "wrong outputs"), 0)
    running.each = in_this_process  # type: ignore[assignment]
    preset = load("unfold").set("reduction.kind=none", "path.kind=shuffle")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sounds(folder / "in")
        began = time.perf_counter()
        batch.render_folder(folder / "in", preset, folder / "straight")
        took, whole = time.perf_counter() - began, outputs(folder / "straight")
        out = folder / "out"
        while counts["kills"] < n:
            if out.exists() and len(outputs(out)) == N_SOUNDS:
                shutil.rmtree(out)
            child = os.fork()
            if not child:
                batch.render_folder(folder / "in", preset, out)
                os._exit(0)
            time.sleep(chance.uniform(0, took / 4))
            os.kill(child, signal.SIGKILL)
            counts["kills"] += os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -signal.SIGKILL
            found = outputs(out)
            counts["outputs looked at"] += len(found)
            counts["wrong outputs"] += sum(whole[key] != data for key, data in found.items())
            print(f"\r{counts}", end="", file=sys.stderr, flush=True)
        assert batch.render_folder(folder / "in", preset, out).exit_code == 0
        assert outputs(out) == whole
        check_left(out)
    assert counts["wrong outputs"] == 0
    return counts


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


def kill(folder: Path, out: Path, chance: random.Random) -> int | None:
    """Kill a run at a random moment, and tell how much it had made; None where it had ended by itself."""
    words = [COMMAND, "batch", "in", *WORDS, "-o", "out", "--jobs", str(chance.choice((1, 2)))]
    before = len(outputs(out)) if out.exists() else 0
    with subprocess.Popen(words, cwd=folder, stderr=subprocess.DEVNULL) as process:
        if chance.random() < 0.1:
            time.sleep(chance.uniform(0, 2))  # also before there is anything to spoil
        else:
            while process.poll() is None and count(out) <= before:
                time.sleep(0.005)
            time.sleep(chance.uniform(0, 0.4))
        if process.poll() is not None:
            return None
        process.send_signal(chance.choice((signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)))
    time.sleep(0.3)  # the children end by themselves
    return count(out) - before


def count(out: Path) -> int:
    return sum(name.endswith(".wav") for name in os.listdir(out)) if out.exists() else 0


def outputs(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.glob("*.wav")} if out.exists() else {}


def sounds(folder: Path) -> None:
    folder.mkdir()
    rng = np.random.default_rng(0)
    for number in range(N_SOUNDS):
        sf.write(folder / f"{number:04}.wav", rng.uniform(-0.5, 0.5, int(rng.integers(2000, 20_000))), 22_050)


if __name__ == "__main__":
    main()
