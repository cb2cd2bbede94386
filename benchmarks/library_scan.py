"""A scan of a library: CPU time of each file beside a loop of librosa, the second scan, memory, and kills.

    python -m benchmarks.library_scan FOLDER... [--files 300] [--rounds 5]
    python -m benchmarks.library_scan --small 100000
    python -m benchmarks.library_scan --hours 10
    python -m benchmarks.library_scan --kills 200 [--children 40]
    python -m benchmarks.library_scan --mutants 1000

The loop is `librosa.load` and 32 MFCC (2048/1024), as sound maps begin, in one process; a scan measures all default sets,
with a child for each core. Goals: 5 times the loop's files per second, a second
scan in a fiftieth of the first, memory of the parent that does not grow, and after every kill an index that opens.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from benchmarks.library_kills import kills, mutated
from benchmarks.library_memory import long_file, small_files
from benchmarks.processes import cpu_of_children, timed
from benchmarks.timing import machine, show, verdict
from granulate import sound_file
from granulate.library import Library
from granulate.library.looking import Task, hashed, look, warm_up
from granulate.library.measures import DEFAULT, MEASURES, measure

Tasks = Sequence[Task]
TIMBRE = [MEASURES.bind({"kind": "timbre"})]


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("folders", nargs="*", type=Path)
    given.add_argument(
        "--files", type=int, default=300, help="how many of a folder to compare with librosa on"
    )
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--small", type=int, default=0, help="index so many small files, and watch memory")
    given.add_argument("--hours", type=float, default=0, help="scan one file of so many, and watch memory")
    given.add_argument("--mutants", type=int, default=0, help="scan so many mutated files")
    given.add_argument("--kills", type=int, default=0, help="kill scans so many times")
    given.add_argument(
        "--children", type=int, default=0, help="so many of those have children, which takes seconds each"
    )
    options = given.parse_args()
    print(machine())
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as scratch:
            _steps(folder, options.files, options.rounds)
            _whole(folder, Path(scratch), max(2, options.rounds // 2))
    if options.small:
        small_files(options.small)
    if options.hours:
        long_file(options.hours)
    if options.mutants:
        mutated(options.mutants)
    if options.kills > options.children:
        kills(options.kills - options.children, "here")
    if options.children:
        kills(options.children, "by children")


def _steps(folder: Path, n: int, rounds: int) -> None:
    """CPU milliseconds of a file in each step, in turns with librosa's loop."""
    from granulate.kernels import threads

    threads.limit(1)  # as in children
    warm_up(DEFAULT)
    paths = _sounds_of(folder)
    paths = random.Random(0).sample(paths, k=min(n, len(paths)))
    tasks = [Task(os.fsencode(p), p.stat().st_size, p.stat().st_mtime_ns) for p in paths]
    never = threading.Event()
    sounds = [sound_file.read(path) for path in paths]

    steps: dict[str, Callable[[], object]] = {
        "librosa's loop": lambda: _loop(paths),
        "hash": lambda: [hashed(task.path, never) for task in tasks],
        "decode": lambda: [sound_file.read(path) for path in paths],
        "measure": lambda: [measure(sound, DEFAULT) for sound in sounds],
        "look (decode, measure)": lambda: [look(t, chosen=DEFAULT, framed=frozenset()) for t in tasks],
    }
    took: dict[str, list[float]] = {name: [] for name in steps}
    for turn in range(rounds + 1):
        for name, step in steps.items():
            began = time.process_time()
            step()
            if turn:
                took[name].append(1000 * (time.process_time() - began) / len(paths))
    threads.limit(None)
    median = {name: statistics.median(times) for name, times in took.items()}
    ratio = statistics.median(
        a / b for a, b in zip(took["librosa's loop"], took["look (decode, measure)"], strict=True)
    )
    show(
        f"{folder.name}: CPU of {len(paths)} files",
        ["step", "ms a file"],
        [*([name, ms] for name, ms in median.items()), ["librosa's loop / look", ratio]],
    )


def _sounds_of(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac"))


def _loop(paths: Sequence[Path], rate: float | None = None) -> None:
    """What sound maps begin with; the seed's own resamples to 22,050 Hz."""
    import librosa

    for path in paths:
        y, found = librosa.load(path, sr=rate)
        librosa.feature.mfcc(y=y, sr=found, n_mfcc=32, n_fft=2048, hop_length=1024)


LOOPS = {"the loop, as recorded": None, "the seed's loop, resampled": 22_050}
SCANS = {"children started for it": None, "children there": None, "by timbre alone": TIMBRE}


def _whole(folder: Path, scratch: Path, rounds: int) -> None:
    """Scans of a folder, each into a new index, in turns with the loop, on the wall.

    The loop is warm. The first scan of a round starts its children, the next one finds them, and is followed by scans
    of its complete index; then one by `timbre` alone, which is the loop's work, by children of its own.
    """
    paths = _sounds_of(folder)
    walls: dict[str, list[float]] = {name: [] for name in (*LOOPS, *SCANS, "again")}
    cpu: list[float] = []
    for rate in LOOPS.values():
        _loop(paths[:3], rate)
    for turn in range(rounds):
        for name, rate in LOOPS.items():
            walls[name].append(timed(lambda rate=rate: _loop(paths, rate))[1])  # type: ignore[misc]
        for name, sets in SCANS.items():
            with Library.open(folder, scratch / f"{turn}-{name}", create=True) as library:
                before = cpu_of_children()
                done, wall, here = timed(lambda library=library, sets=sets: library.scan(sets))  # type: ignore[misc]
                walls[name].append(wall)
                if name == "children there":
                    cpu.append((here + cpu_of_children() - before) / done.measured)
                    walls["again"].append(statistics.median(timed(library.scan)[1] for _ in range(5)))
        print(f"  round {turn + 1}: " + ", ".join(f"{name} {took[-1]:.2f} s" for name, took in walls.items()))
    title = f"{folder.name}: {done.measured} of {len(paths)} files measured"
    show(title, ["", "files/s, or times", ""], _told(walls, len(paths), 1000 * statistics.median(cpu)))


def _told(walls: dict[str, list[float]], n: int, cpu: float) -> list[list[object]]:
    """Files per second, then ratios turn by turn."""
    rows: list[list[object]] = []
    for name in (*LOOPS, *SCANS):
        took = statistics.median(walls[name])
        prefix = "scan, " if name in SCANS else ""
        rows.append([f"{prefix}{name}", n / took, f"{took:.2f} s"])
    rows[len(LOOPS) + 1][2] = f"{rows[len(LOOPS) + 1][2]}, CPU of all processes {cpu:.2f} ms a file"
    for name in LOOPS:
        for how in list(SCANS)[:2]:
            times = statistics.median(a / b for a, b in zip(walls[name], walls[how], strict=True))
            rows.append([f"scan over {name}, {how}", times, verdict(times >= 5)])
    times = statistics.median(a / b for a, b in zip(walls["children there"], walls["again"], strict=True))
    return [*rows, ["first / second scan", times, verdict(times >= 50)]]


if __name__ == "__main__":
    main()
