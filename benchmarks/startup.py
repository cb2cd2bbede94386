"""What one waits for: help, and the second render of a short file.

    python -m benchmarks.startup [--audio FILE...]

Whole processes on a warm disk, kernels compiled. Goals: `granulate --help` under 0.2 s, 28 s of mono under 1.5 s.
"""

from __future__ import annotations

import shutil
import statistics
import sys
import tempfile
from pathlib import Path

import soundfile as sf

from benchmarks import material
from benchmarks.timing import machine, process, show, verdict

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"


def main() -> None:
    given = material.parser(__doc__).parse_args()
    print(machine())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        sf.write(folder / "in.wav", material.samples(given.audio, 28), 44_100)
        jobs = {
            "python -c pass": ([sys.executable, "-c", "pass"], None),
            "--help": ([COMMAND, "--help"], 0.2),
            "render --help": ([COMMAND, "render", "--help"], None),
            "presets list": ([COMMAND, "presets", "list"], None),
            "render, 28 s by tour": (
                [COMMAND, "render", folder / "in.wav", "-o", folder / "out.wav", "--force"],
                1.5,
            ),
        }
        rows = []
        for job, (command, goal) in jobs.items():
            runs = [process(command) for _ in range(given.rounds + 1)][1:]
            seconds = statistics.median(took for took, _ in runs)
            rows.append(
                [
                    job,
                    seconds,
                    max(mib for _, mib in runs),
                    goal or "",
                    verdict(seconds < goal) if goal else "",
                ]
            )
        show("Start", ["command", "seconds", "MiB", "goal, s", ""], rows)


if __name__ == "__main__":
    main()
