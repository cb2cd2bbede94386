"""A scan of a library: CPU time of each file beside a loop of librosa, the second scan, memory, and kills.

    python -m benchmarks.library_scan FOLDER... [--files 300] [--rounds 5]
    python -m benchmarks.library_scan --small 100000
    python -m benchmarks.library_scan --kills 200
    python -m benchmarks.library_scan --mutants 1000

The loop is `librosa.load` and 32 MFCC (2048/1024), as sound maps begin; a scan measures all default sets. CPU times
count, of all processes, because children work beside one another. Goals: 5 times the loop's files per second, a second
scan in a fiftieth of the first, memory of the parent that does not grow, and after every kill an index that opens.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np

from benchmarks.timing import machine, show, verdict
from granulate import sound_file
from granulate.library import Library, LibraryError
from granulate.library.looking import Task, hashed, look, warm_up
from granulate.library.measures import DEFAULT, measure
from granulate.library.wishes import Scanned

Tasks = Sequence[Task]


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("folders", nargs="*", type=Path)
    given.add_argument(
        "--files", type=int, default=300, help="how many of a folder to compare with librosa on"
    )
    given.add_argument("--rounds", type=int, default=5)
    given.add_argument("--small", type=int, default=0, help="index so many small files, and watch memory")
    given.add_argument("--mutants", type=int, default=0, help="scan so many mutated files")
    given.add_argument("--kills", type=int, default=0, help="kill scans so many times")
    given.add_argument(
        "--children", action="store_true", help="those have children, which takes seconds each"
    )
    options = given.parse_args()
    print(machine())
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as scratch:
            _steps(folder, options.files, options.rounds)
            _whole(folder, Path(scratch) / "index")
    if options.small:
        _small(options.small)
    if options.mutants:
        _mutants(options.mutants)
    if options.kills:
        _kills(options.kills, "by children" if options.children else "here")


def _steps(folder: Path, n: int, rounds: int) -> None:
    """CPU milliseconds of a file in each step, in turns with librosa's loop."""
    import librosa

    from granulate.kernels import threads

    threads.limit(1)  # as in children
    warm_up(DEFAULT)
    paths = random.Random(0).sample(sorted(path for path in folder.rglob("*") if path.suffix in (".wav", ".flac")), k=n) if n else []  # fmt: skip
    tasks = [Task(os.fsencode(p), p.stat().st_size, p.stat().st_mtime_ns) for p in paths]
    import threading

    never = threading.Event()
    sounds = [sound_file.read(path) for path in paths]

    def loop() -> None:
        for path in paths:
            y, rate = librosa.load(path, sr=None)
            librosa.feature.mfcc(y=y, sr=rate, n_mfcc=32, n_fft=2048, hop_length=1024)

    steps: dict[str, Callable[[], object]] = {
        "librosa's loop": loop,
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


def _whole(folder: Path, index: Path) -> None:
    """The real command's work: every process's CPU time, and the second scan's."""
    children = 0.0

    def watch(stage: str, done: int, total: int) -> None:
        nonlocal children
        if stage == "scan" and done >= total - 1:
            children = max(children, _cpu_of_children())

    with Library.open(folder, index, create=True) as library:
        first, wall, own = _timed(lambda: library.scan(progress=watch))
        seconds = [_timed(library.scan)[1:] for _ in range(5)]
        counts = library.counts()
    n = first.measured
    again = statistics.median(cpu for _, cpu in seconds)
    show(
        f"{folder.name}: {n} files scanned, {counts}",
        ["", "wall s", "CPU s", "CPU ms a file"],
        [
            ["first, children", wall, children, 1000 * children / n],
            ["first, parent", wall, own, 1000 * own / n],
            ["second", statistics.median(w for w, _ in seconds), again, 1000 * again / n],
            ["first / second", "", (children + own) / again, verdict((children + own) / again >= 50)],
        ],
    )


def _timed(scan: Callable[[], Scanned]) -> tuple[Scanned, float, float]:
    began, cpu = time.perf_counter(), time.process_time()
    done = scan()
    return done, time.perf_counter() - began, time.process_time() - cpu


def _cpu_of_children() -> float:
    """Seconds of CPU that processes below this one have used (Linux)."""
    parents, used = {}, {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        number = int(stat.parent.name)
        parents[number], used[number] = int(fields[1]), int(fields[11]) + int(fields[12])
    mine = {os.getpid()}
    for _ in range(8):
        mine |= {number for number, parent in parents.items() if parent in mine}
    return sum(used[number] for number in mine - {os.getpid()}) / os.sysconf("SC_CLK_TCK")


def _small(n: int) -> None:
    """Tiny files in a hundred folders, each with its own bytes; resident memory of the parent on the way."""
    rng = np.random.default_rng(0)
    resident: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        import soundfile

        soundfile.write(folder / "one.wav", np.zeros(64, np.int16), 8000)
        header = (folder / "one.wav").read_bytes()[:44]
        (folder / "one.wav").unlink()
        for i in range(n):
            if i % 1000 == 0:
                (folder / str(i // 1000)).mkdir()
            (folder / str(i // 1000) / f"{i}.wav").write_bytes(header + rng.bytes(128))

        def watch(stage: str, done: int, total: int) -> None:
            if stage == "scan" and (done == total or done % max(1, n // 10) == 0):
                resident.append((done, _resident()))

        with Library.open(folder, create=True) as library:
            before = _resident()
            done, wall, cpu = _timed(lambda: library.scan(DEFAULT[:1], progress=watch))
            _, wall2, cpu2 = _timed(library.scan)
            began = time.perf_counter()
            n_listed = len(library.files())
            listed = time.perf_counter() - began
            began = time.perf_counter()
            n_summed = len(library.summaries())
            summed = time.perf_counter() - began
            megabytes = sum(path.stat().st_size for path in library.index.iterdir()) / 2**20
        assert done.measured == n_listed == n_summed == n
        show(
            f"{n} small files",
            ["", ""],
            [
                ["wall s", wall], ["parent CPU s", cpu], ["second scan, wall s", wall2], ["second scan, CPU s", cpu2],
                ["files() s", listed], ["summaries() s", summed], ["index, MiB", megabytes],
                ["MiB before", before], *([f"MiB after {done}", mib] for done, mib in dict(resident).items()),
            ],
        )  # fmt: skip


_DEADLINE_S = 20.0


def _mutants(n: int) -> None:
    """Whatever files hold, each has a status within its deadline, and what was measured is finite."""
    from tests.hostile import mutants

    with tempfile.TemporaryDirectory() as name:
        folder, slowest, last = Path(name) / "sounds", 0.0, time.perf_counter()
        folder.mkdir()
        for path, data in mutants(n, seed=11):
            (folder / path).write_bytes(data)

        def watch(stage: str, done: int, total: int) -> None:
            nonlocal slowest, last
            now = time.perf_counter()
            slowest, last = max(slowest, now - last if done > 1 else 0.0), now

        with Library.open(folder, Path(name) / "index", create=True) as library:
            done, wall, cpu = _timed(lambda: library.scan(deadline=_DEADLINE_S, progress=watch))
            counts, values = library.counts(), library.summaries().values
            reasons = [file.reason for file in library.files("broken")]
        assert done.seen == sum(counts.values()) == n
        assert counts["pending"] == 0
        assert np.isfinite(values).all()
        show(
            f"{n} mutated files: {counts}",
            ["", ""],
            [
                ["wall s", wall], ["parent CPU s", cpu], ["longest wait for the next outcome, s", slowest],
                ["died or took too long", sum("process" in why or "longer" in why for why in reasons)],
            ],
        )  # fmt: skip


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20


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


def _kills(n: int, where: str) -> None:
    """Scans killed at random moments until the library is whole; then another one."""
    import soundfile

    rng = random.Random(7)
    killed = rounds = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sounds"
        folder.mkdir()
        for i in range(400):
            samples = np.random.default_rng(i).standard_normal((600, 1)) * 0.1
            soundfile.write(folder / f"{i}.wav", samples, 8000)
        command = [sys.executable, "-c", _KILLED, str(folder), where]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as scans:

            def scan(seconds: float) -> int:
                assert scans.stdin is not None
                assert scans.stdout is not None
                print(seconds, file=scans.stdin, flush=True)
                return int(scans.stdout.readline())

            scan(3600)
            began = time.perf_counter()
            with Library.open(folder) as library:
                straight = _told(library)
            shutil.rmtree(folder / ".granulate")
            scan(3600)
            longest = time.perf_counter() - began
            shutil.rmtree(folder / ".granulate")
            while killed < n:
                killed += scan(rng.uniform(0, 0.6) * longest) == -signal.SIGKILL
                try:
                    with Library.open(folder) as library:
                        found = _told(library)
                except LibraryError as error:
                    if "holds no index" not in str(error):
                        raise
                    continue
                if any(straight[path] != told for path, told in found.items()):
                    raise AssertionError("an index differs from a straight scan's")
                if found.keys() == straight.keys():
                    rounds += 1
                    shutil.rmtree(folder / ".granulate")
    show("Kills", ["killed", "libraries completed, each as by a straight scan"], [[killed, rounds]])


def _told(library: Library) -> dict[str, bytes]:
    files, found = library.files(), library.summaries()
    assert np.isfinite(found.values).all()
    assert files.ids.tolist() == found.ids.tolist()
    return {
        path: values.tobytes() + library.frames(int(number), "timbre").tobytes()
        for path, number, values in zip(files.paths, files.ids, found.values, strict=True)
    }


if __name__ == "__main__":
    main()
