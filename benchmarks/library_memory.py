"""Memory of a scan: of a hundred thousand small files, and of one that lasts ten hours. Run by `benchmarks.library_scan`."""

from __future__ import annotations

import tempfile
import threading
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import soundfile

from benchmarks.processes import below, processes, resident, timed
from benchmarks.timing import show, verdict
from granulate.library import Library
from granulate.library.measures import DEFAULT


def small_files(n: int) -> None:
    """Tiny files in a hundred folders, each with its own bytes; resident memory of the parent on the way."""
    rng = np.random.default_rng(0)
    taken: list[tuple[int, float]] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        soundfile.write(folder / "one.wav", np.zeros(64, np.int16), 8000)
        header = (folder / "one.wav").read_bytes()[:44]
        (folder / "one.wav").unlink()
        for i in range(n):
            if i % 1000 == 0:
                (folder / str(i // 1000)).mkdir()
            (folder / str(i // 1000) / f"{i}.wav").write_bytes(header + rng.bytes(128))

        def watch(stage: str, done: int, total: int) -> None:
            if stage == "scan" and (done == total or done % max(1, n // 10) == 0):
                taken.append((done, resident()))

        with Library.open(folder, create=True) as library:
            before = resident()
            done, wall, cpu = timed(lambda: library.scan(DEFAULT[:1], progress=watch))
            _, wall2, cpu2 = timed(library.scan)
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
                ["MiB before", before], *([f"MiB after {done}", mib] for done, mib in dict(taken).items()),
            ],
        )  # fmt: skip


def long_file(hours: float) -> None:
    """One file that is mostly silence, sparse on the disk; the most that any process below this one has resident."""
    rate, most, over = 44_100, {"resident": 0.0, "own": 0.0}, threading.Event()

    def look() -> None:
        while not over.wait(0.1):
            for number in below(processes()):
                with suppress(OSError, StopIteration, IndexError):
                    text = Path(f"/proc/{number}/status").read_text()
                    for name, key in (("resident", "VmHWM"), ("own", "RssAnon")):
                        line = next(line for line in text.splitlines() if line.startswith(key))
                        most[name] = max(most[name], int(line.split()[1]) / 1024)

    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sounds"
        folder.mkdir()
        with soundfile.SoundFile(folder / "long.w64", "w", rate, 1, "PCM_16") as file:
            file.write(0.1 * np.random.default_rng(0).standard_normal(60 * rate))
            n_bytes = (folder / "long.w64").stat().st_size
        rest = int(hours * 3600 * rate) * 2
        header = bytearray((folder / "long.w64").read_bytes()[:104])
        # W64: the size of the file is at 16, that of the data behind its chunk's 16 bytes of name, with its 24 of head.
        header[16:24] = (n_bytes + rest).to_bytes(8, "little")
        at = header.index(b"data") + 16
        header[at : at + 8] = (24 + 120 * rate + rest).to_bytes(8, "little")
        with (folder / "long.w64").open("r+b") as file:
            file.write(header)
            file.truncate(n_bytes + rest)
        watcher = threading.Thread(target=look)
        watcher.start()
        with Library.open(folder, Path(name) / "index", create=True) as library:
            done, wall, cpu = timed(lambda: library.scan(deadline=None))
            sound = library.files()[0]
        over.set()
        watcher.join()
    assert done.measured == 1
    show(
        f"A file of {sound.duration / 3600:.2f} hours, of which {sound.n_measured / sound.n_samples:.2%} was measured",
        ["", ""],
        [
            ["wall s", wall], ["parent CPU s", cpu], ["MiB resident at most, of one process", most["resident"]],
            ["of these its own", most["own"]], ["goal", 500], ["", verdict(most["resident"] < 500)],
        ],
    )  # fmt: skip
