"""Asynchronous grains on one core: seconds per second of sound, beside SuperCollider's GrainBuf and csound.

    python -m benchmarks.mixing [--audio FILE] [--seconds 10]

The score: 24,000 grains a second of 4,096 samples at 48 kHz, Hann envelopes, 2,048 at once, rates from half to twice,
a mono source panned with equal power in stereo. Where `scsynth` and `sclang` are on PATH, scsynth plays the same grains
without a device, in turns with this package; its time to start, to read its files and to write is measured by an empty
score and taken off. The same with `csound` (see `benchmarks.csound`). On Debian:

    apt-get install --no-install-recommends supercollider-server supercollider-language csound
"""

from __future__ import annotations

import os
import shutil
import struct
import subprocess
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile as sf

from benchmarks import material
from benchmarks.csound import READERS, Csound
from benchmarks.timing import interleaved, machine, process, show, verdict
from granulate.kernels.mixing import GrainEvents, mix

RATE = 48_000
LENGTH = 4096
STREAMS = 16
"""GrainBufs among which scsynth's grains are dealt, each triggered by an impulse."""
HANN = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(8193) / 8192)).astype(np.float32)[None]
METHODS = {"none": 1, "linear": 2, "cubic": 4}
"""What GrainBuf calls each interpolation."""

SYNTHS = """
[1, 2, 4].do { |interpolation|
    SynthDef("grains" ++ interpolation, { |rates, places, pans, density, gain, duration|
        var trigger = Impulse.ar(density);
        var index = PulseCount.ar(trigger) - 1;
        var column = { |buffer| BufRd.ar(1, buffer, index, 0, 1) };
        Out.ar(0, gain * GrainBuf.ar(2, trigger, duration, 0, column.(rates), column.(places), interpolation,
            column.(pans), -1, 4096));
    }).writeDefFile("FOLDER".getenv);
};
0.exit;
"""


@dataclass
class Cloud:
    """Grains at a steady rate: where each begins in a source (n_frames, 1), its rate, gain and pan (-1 to 1)."""

    source: np.ndarray
    hop: int
    start: np.ndarray
    rate: np.ndarray
    gain: np.ndarray
    pan: np.ndarray

    def events(self) -> GrainEvents:
        n = len(self.start)
        angle = (self.pan + 1) * np.pi / 4
        gains = self.gain[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        return GrainEvents(
            time=np.arange(n) * self.hop, start=self.start, length=np.full(n, LENGTH), rate=self.rate, gains=gains,
            table=np.zeros(n), low=np.zeros(n), high=np.full(n, len(self.source)),
        )  # fmt: skip


def cloud(source: np.ndarray, seconds: float, overlap: int, octaves: float = 1.0) -> Cloud:
    rng, hop = np.random.default_rng(11), LENGTH // overlap
    n = int(seconds * RATE) // hop
    return Cloud(
        source,
        hop,
        rng.integers(0, len(source) - 2 * LENGTH - 1000, n),
        2 ** rng.uniform(-octaves, octaves, n),
        0.01 * np.linspace(0.5, 1, STREAMS)[np.arange(n) % STREAMS],
        rng.uniform(-1, 1, n),
    )


def message(address: str, *arguments: str | int | float) -> bytes:
    """An Open Sound Control message."""
    tags, data = ",", b""
    for argument in arguments:
        if isinstance(argument, str):
            tags, data = tags + "s", data + text(argument)
        elif isinstance(argument, int):
            tags, data = tags + "i", data + struct.pack(">i", argument)
        else:
            tags, data = tags + "f", data + struct.pack(">f", argument)
    return text(address) + text(tags) + data


def text(characters: str) -> bytes:
    ended = characters.encode() + b"\0"
    return ended + b"\0" * (-len(ended) % 4)


def bundle(seconds: float, content: bytes) -> bytes:
    """A message with its time, as scsynth's score files hold it."""
    timed = b"#bundle\0" + struct.pack(">QI", int(seconds * 2**32), len(content)) + content
    return struct.pack(">I", len(timed)) + timed


class SuperCollider:
    """A cloud as score files for scsynth, in a folder of its own."""

    def __init__(self, cloud: Cloud, seconds: float, folder: Path) -> None:
        self.folder = folder
        sf.write(folder / "source.wav", cloud.source, RATE, subtype="FLOAT")
        (folder / "synths.scd").write_text(SYNTHS)
        subprocess.run(
            ["sclang", "-D", folder / "synths.scd"],
            env={**os.environ, "FOLDER": str(folder), "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"},
            check=True, capture_output=True, timeout=120,
        )  # fmt: skip
        loads, plays = self._loads(cloud), self._plays(cloud)
        end = bundle(seconds, message("/c_set", 0, 0.0))
        (folder / "empty.osc").write_bytes(loads + end)
        for name, number in METHODS.items():
            score = loads + b"".join(play(number) for play in plays) + end
            (folder / f"{name}.osc").write_bytes(score)

    def _loads(self, cloud: Cloud) -> bytes:
        files = [self.folder / "source.wav"]
        for k in range(STREAMS):
            for column in (cloud.rate, cloud.start / len(cloud.source), cloud.pan):
                files.append(self.folder / f"column{len(files)}.wav")
                sf.write(files[-1], column[k::STREAMS], RATE, subtype="FLOAT")
        loads = [message("/b_allocRead", number, str(file)) for number, file in enumerate(files)]
        loads += [
            message("/d_load", str(self.folder / f"grains{number}.scsyndef")) for number in METHODS.values()
        ]
        return b"".join(bundle(0, load) for load in loads)

    def _plays(self, cloud: Cloud) -> list[Callable[[int], bytes]]:
        def play(k: int, number: int) -> bytes:
            settings: dict[str, int | float] = {
                "rates": 3 * k + 1, "places": 3 * k + 2, "pans": 3 * k + 3, "gain": float(cloud.gain[k]),
                "density": RATE / (STREAMS * cloud.hop), "duration": LENGTH / RATE,
            }  # fmt: skip
            pairs = [part for pair in settings.items() for part in pair]
            return bundle(k * cloud.hop / RATE, message("/s_new", f"grains{number}", 1000 + k, 0, 0, *pairs))

        return [lambda number, k=k: play(k, number) for k in range(STREAMS)]

    def render(self, name: str) -> None:
        memory = ["-m", "1048576", "-n", "8192", "-b", "4096", "-w", "512", "-d", "4096"]
        process(["scsynth", "-N", self.folder / f"{name}.osc", "_", self.folder / f"{name}.wav", str(RATE), "WAV", "float",
                 "-i", "0", "-o", "2", *memory])  # fmt: skip

    def level(self, name: str) -> float:
        return float(np.sqrt(np.mean(sf.read(self.folder / f"{name}.wav")[0] ** 2)))


def beside(source: np.ndarray, seconds: float, rounds: int) -> None:
    """The score by this package, and by scsynth where it is installed."""
    score = cloud(source, seconds, 2048)
    events, out = score.events(), np.empty((int(seconds * RATE), 2), np.float32)
    runs: dict[str, Callable[[], object]] = {
        f"granulate, {method}": lambda method=method: mix(out, 0, source, events, HANN, method, threads=False)
        for method in METHODS
    }
    with tempfile.TemporaryDirectory(prefix="granulate-") as folder:
        other = None
        if shutil.which("scsynth") and shutil.which("sclang"):
            other = SuperCollider(score, seconds, Path(folder))
            for method in ("empty", *METHODS):
                runs[f"scsynth, {method}"] = lambda method=method: other.render(method)
        took = interleaved(runs, rounds)
        idle = took.pop("scsynth, empty", 0.0)
        rows: list[list[object]] = []
        for name, total in took.items():
            engine, method = name.split(", ")
            if engine == "granulate":
                runs[name]()
            level = float(np.sqrt(np.mean(out**2))) if engine == "granulate" else other.level(method)
            net = total - idle * (engine == "scsynth")
            rows.append([name, net / seconds, len(events) / net, level])
    show(
        "24,000 grains a second, 2,048 at once, one core",
        ["engine", "s per s of sound", "grains/s", "RMS"],
        rows,
    )
    if other:
        linear = took["scsynth, linear"] - idle
        goals = [(m, took[f"granulate, {m}"] / linear, most) for m, most in (("linear", 0.5), ("cubic", 1.0))]
        show(
            "Of scsynth's time with linear interpolation",
            ["granulate", "ratio", "goal", ""],
            [[m, ratio, most, verdict(ratio <= most)] for m, ratio, most in goals],
        )


def beside_csound(source: np.ndarray) -> None:
    """A second of the same grains by csound, where it is installed, once: CPU time, of which it takes much more."""
    score, seconds = cloud(source, 1.0, 2048), 1.0
    events, out = score.events(), np.empty((RATE, 2), np.float32)
    with tempfile.TemporaryDirectory(prefix="granulate-") as folder:
        other = Csound(score, LENGTH, RATE, seconds, Path(folder))
        idle, rows = other.render("empty"), []
        for method in READERS:
            mix(out, 0, source, events, HANN, method, threads=False)
            began = time.thread_time()
            mix(out, 0, source, events, HANN, method, threads=False)
            ours, theirs = time.thread_time() - began, other.render(method) - idle
            levels = float(np.sqrt(np.mean(out**2))), other.level(method)
            rows.append([method, ours, theirs, ours / theirs, *levels, verdict(ours <= 0.5 * theirs)])
    header = ["", "granulate, CPU s", "csound, CPU s", "ratio", "RMS", "csound's", "goal 0.5"]
    show("A second of 24,000 grains beside csound", header, rows)


def as_recorded(source: np.ndarray, seconds: float, rounds: int) -> None:
    score = cloud(source, seconds, 4096, octaves=0)
    events, out = score.events(), np.empty((int(seconds * RATE), 2), np.float32)
    took = interleaved({"": lambda: mix(out, 0, source, events, HANN, "linear", threads=False)}, rounds)[""]
    show(
        "4,096 grains at once at their own speed, one core",
        ["s per s of sound", "goal", ""],
        [[took / seconds, 0.5, verdict(took / seconds <= 0.5)]],
    )


def live(source: np.ndarray, seconds: float) -> None:
    """Blocks as an audio callback asks for them."""
    rows = []
    for overlap in (128, 512, 2048):
        events = cloud(source, seconds, overlap).events()
        for size in (64, 256):
            out = np.empty((size, 2), np.float32)
            lasted = []
            for first in range(0, int(seconds * RATE) - size, size):
                began = time.perf_counter()
                mix(out, first, source, events, HANN, "linear", threads=False)
                lasted.append((time.perf_counter() - began) * RATE / size)
            rows.append([overlap, size, float(np.median(lasted)), float(np.percentile(lasted, 99))])
    show(
        "Block by block, linear: of the time that a block lasts",
        ["at once", "samples", "median", "99 %"],
        rows,
    )


def main() -> None:
    options = material.parser(__doc__)
    options.add_argument("--seconds", type=float, default=10)
    given = options.parse_args()
    print(machine())
    source = material.samples(given.audio, 20, RATE)[:, None]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # scsynth inherits it
    beside(source, given.seconds, given.rounds)
    if shutil.which("csound"):
        beside_csound(source)
    as_recorded(source, given.seconds, given.rounds)
    live(source, min(2.0, given.seconds))


if __name__ == "__main__":
    main()
