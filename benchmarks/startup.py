"""The everyday: what one waits for, and what it takes of memory while nothing happens.

    python -m benchmarks.startup [--audio FILE...] [--rounds 5] [--cold 1]

Whole processes on a warm disk. `--cold` renders begin with an empty cache of kernels, as the first one after an
installation does; the others find it filled. Memory at rest is that of one process after an import, and of all
processes of `granulate live` a few seconds after its start, by what each has for itself and its part of what is shared
(PSS). Goals: help under 0.2 s, 28 s of mono under 1.5 s; CPU
seconds are beside them, which other work on the machine moves less.
"""

from __future__ import annotations

import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path

import soundfile as sf

from benchmarks import material
from benchmarks.timing import machine, show, spent, verdict

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
GOALS = {"granulate --help": 0.2, "tenth render, 28 s by tour": 1.5}
_SETTLED_S = 4.0

_IMPORTS = {
    "python": "pass",
    "import granulate": "import granulate",
    "granulate.read, load_preset": "import granulate as gr; gr.read; gr.load_preset",
    "granulate.analyse, score, render": "import granulate as gr; gr.analyse; gr.score; gr.render",
}


def commands(source: Path, folder: Path) -> dict[str, list[str | Path]]:
    python = [sys.executable, "-c"]
    render = [COMMAND, "render", source, "-o", folder / "out.wav", "--force"]
    return {
        **{name: [*python, code] for name, code in _IMPORTS.items()},
        "granulate --help": [COMMAND, "--help"],
        "granulate render --help": [COMMAND, "render", "--help"],
        "granulate presets list": [COMMAND, "presets", "list"],
        "tenth render, 28 s by tour": render,
        "tenth render, 28 s by UMAP": [*render, "-p", "kinship"],
        "tenth render, 28 s by beats": [*render, "--set", "segmentation.kind=beat"],
    }


def warm(source: Path, folder: Path, rounds: int) -> list[list[object]]:
    rows: list[list[object]] = []
    for job, command in commands(source, folder).items():
        runs = [spent(command) for _ in range(rounds + 1)][1:]
        seconds, cpu = (statistics.median(run[k] for run in runs) for k in (0, 1))
        goal = GOALS.get(job)
        said = verdict(seconds < goal) if goal else ""
        rows.append([job, seconds, cpu, max(run.mib for run in runs), goal or "", said])
    return rows


def cold(source: Path, folder: Path, rounds: int) -> list[list[object]]:
    """The first render after an installation: kernels are compiled, for the preset that is the default."""
    command = [COMMAND, "render", source, "-o", folder / "out.wav", "--force"]
    runs = [
        spent(command, env={**os.environ, "NUMBA_CACHE_DIR": str(folder / f"kernels-{turn}")})
        for turn in range(rounds)
    ]
    seconds, cpu = (statistics.median(run[k] for run in runs) for k in (0, 1))
    return [["first render, kernels compiled", seconds, cpu]]


def memory(pid: int) -> dict[str, float]:
    """MiB of a process (Linux): its part of everything that is resident (PSS), and what it alone has."""
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kib = {line.split(":")[0]: int(line.split()[1]) for line in lines}
    return {"PSS": kib["Pss"] / 1024, "own": (kib["Private_Clean"] + kib["Private_Dirty"]) / 1024}


def descendants(pid: int) -> list[int]:
    """The process and all that it has started."""
    parents: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            parents[int(stat.parent.name)] = int(stat.read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
    found = [pid]
    for one in found:
        found += [child for child, parent in parents.items() if parent == one]
    return found


def imported(code: str) -> Mapping[str, float]:
    """Memory after an import."""
    script = f"{code}; import sys; print(flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as child:
        assert child.stdout is not None
        child.stdout.readline()
        found = memory(child.pid)
        child.communicate("")
    return found


def live(source: Path) -> list[list[object]]:
    """Memory of a live instrument's processes, and their share of a core while they play."""
    words = [COMMAND, "live", source, "--audio", "null", "--osc", "0", "--json"]
    with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as child:
        assert child.stdout is not None
        json.loads(child.stdout.readline())
        time.sleep(_SETTLED_S)
        family = descendants(child.pid)
        each = [memory(pid) for pid in family]
        child.terminate()
        child.communicate(timeout=30)
    total = {kind: sum(one[kind] for one in each) for kind in ("PSS", "own")}
    return [["granulate live", total["PSS"], total["own"], len(family)]]


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--cold", type=int, default=1, help="renders with an empty cache of kernels")
    options.set_defaults(rounds=5)
    given = options.parse_args()
    print(machine())
    with tempfile.TemporaryDirectory(prefix="granulate-") as name:
        folder = Path(name)
        source = folder / "in.wav"
        sf.write(source, material.samples(given.audio, 28), 44_100)
        show(
            "Start", ["command", "seconds", "CPU s", "MiB", "goal, s", ""], warm(source, folder, given.rounds)
        )
        if given.cold:
            show("After an installation", ["command", "seconds", "CPU s"], cold(source, folder, given.cold))
        if Path("/proc/self/smaps_rollup").exists():
            rows = [[name, *imported(code).values(), 1] for name, code in _IMPORTS.items()]
            header = ["", "PSS, MiB", "its own, MiB", "processes"]
            show("Memory at rest", header, [*rows, *live(source)])


if __name__ == "__main__":
    main()
