"""What is promised, many times over (docs/promises.md): kills, interrupts, hostile packets, equal bytes, memory.

    python -m benchmarks.promises [--kills 200] [--interrupts 17] [--packets 100000] [--only WHAT...]

`--interrupts` are of each of three commands: a render, a batch, a scan. `--packets` go to a running `granulate live` on
loopback, a ping after every twentieth. Every shipped preset is rendered by two processes, one on one core in small
blocks, and its bytes are compared. A header that claims a thousand times what the file holds is rendered.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import granulate as gr
from benchmarks.interruptions import COMMAND, interrupts, kills, told
from benchmarks.processes import hear_interrupts
from benchmarks.timing import machine, process, show, verdict

RATE = 48_000
WARMING = 2000
"""Packets that are sent before memory is looked at: buffers and models are there after these."""


def packets(n: int, folder: Path) -> None:
    """Send hostile packets to the real command; see tests/live/test_osc_hostile.py for what they are."""
    from granulate.live.osc.packets import encode
    from tests.live.test_osc_hostile import KINDS, resident_kb

    gr.write(gr.demo(6.0, 22_050), folder / "in.wav")
    rng, took, unanswered = random.Random(5), [], 0
    with (
        (folder / "err.txt").open("w+") as said,
        subprocess.Popen(
            [COMMAND, "live", "in.wav", "--audio", "null", "--osc", "0", "--json"], cwd=folder,
            stdout=subprocess.PIPE, stderr=said, text=True,
        ) as instrument,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise,
    ):  # fmt: skip
        assert instrument.stdout is not None
        port = json.loads(instrument.stdout.readline())["osc"]
        for each in (client, noise):
            each.connect(("127.0.0.1", port))
            each.settimeout(20)
        before = 0
        for number in range(WARMING + n):
            noise.send(rng.choice(KINDS)(rng))
            if number == WARMING:
                before = resident_kb(instrument.pid)
            if number % 20 == 19:
                began = time.perf_counter()
                client.send(encode("/granulate/ping"))
                try:
                    while not client.recv(65_536).startswith(b"/granulate/pong"):
                        pass
                except TimeoutError:
                    unanswered += 1
                took.append(time.perf_counter() - began)
        grown = (resident_kb(instrument.pid) - before) / 1024
        instrument.send_signal(signal.SIGINT)
        instrument.communicate(timeout=60)
        said.seek(0)
        tracebacks = said.read().count("Traceback")
    soon = 100 * float(np.mean(np.array(took) <= 0.1))
    show(
        "Packets",
        ["sent", "pings", "unanswered", "median, ms", "% within 100 ms", "tracebacks", "grown, MiB", ""],
        [[WARMING + n, len(took), unanswered, 1e3 * float(np.median(took)), soon, tracebacks, grown,
          verdict(not unanswered and not tracebacks and soon == 100 and grown < 10)]],
    )  # fmt: skip


def digests(small: bool) -> dict[str, str]:
    """Of every shipped preset's render of a sound that the tool makes; `small`: on one core, in small blocks."""
    if small and hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    if small:
        from granulate import corpus

        corpus._BLOCK_SAMPLES = 1 << 15
    heard, target, found = gr.demo(4.0, 22_050), gr.demo(1.5, 22_050, seed=3), {}
    for name in gr.preset_names():
        preset = gr.load_preset(name)
        made = (
            gr.mosaic(heard, target, preset) if needs_target(preset) else gr.score(gr.analyse(heard, preset), preset)
        )  # fmt: skip
        samples = gr.render(made).samples
        found[name] = hashlib.sha256(np.ascontiguousarray(samples).tobytes()).hexdigest()
    return found


def needs_target(preset: gr.Preset) -> bool:
    """Whether its path rebuilds another sound."""
    from granulate.sections import PATH

    return "target" in PATH[preset.path.kind].traits


def same_bytes() -> None:
    """In processes of their own, so that nothing that one has kept serves the other."""
    script = "import json, sys; from benchmarks.promises import digests; print(json.dumps(digests(sys.argv[1] == 'small')))"
    both = [
        json.loads(
            subprocess.run([sys.executable, "-c", script, how], capture_output=True, check=True).stdout
        )
        for how in ("small", "as it comes")
    ]
    differ = [name for name, digest in both[0].items() if both[1][name] != digest]
    show("The same bytes", ["renders", "differ", "which"], [[len(both[0]), len(differ), " ".join(differ)]])


def memory(folder: Path) -> None:
    """The largest resident memory of a render of a header that lies."""
    rows: list[list[object]] = []
    lying = folder / "lying.wav"
    lying.write_bytes(header(2**31) + np.random.default_rng(0).bytes(2 * RATE))
    seconds, peak = process([COMMAND, "render", lying, "-o", folder / "out.wav", "--force"])
    rows.append(["a lying header", seconds, peak, verdict(peak < 500)])
    show("Memory", ["what", "seconds", "peak, MiB", ""], rows)


def header(n_bytes: int) -> bytes:
    """Of a mono WAVE file that claims so many bytes of samples."""
    form = struct.pack("<IHHIIHH", 16, 1, 1, RATE, 2 * RATE, 2, 16)
    return (
        b"RIFF" + struct.pack("<I", n_bytes + 36) + b"WAVEfmt " + form + b"data" + struct.pack("<I", n_bytes)
    )


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--kills", type=int, default=200)
    options.add_argument("--interrupts", type=int, default=17, help="of each of three commands")
    options.add_argument("--packets", type=int, default=100_000)
    options.add_argument("--seed", type=int, default=0)
    options.add_argument("--only", nargs="*", choices=["kills", "interrupts", "packets", "bytes", "memory"])
    given = options.parse_args()
    hear_interrupts()
    print(machine())

    def asked(name: str) -> bool:
        return given.only is None or name in given.only

    with tempfile.TemporaryDirectory(prefix="granulate-") as name:
        folder = Path(name)
        if asked("kills") and given.kills:
            found = kills(given.kills, folder / "kills", given.seed)
            show("Kills", list(found), [list(found.values())])
        if asked("interrupts") and given.interrupts:
            (folder / "interrupts").mkdir()
            row = told(interrupts(given.interrupts, folder / "interrupts", given.seed))
            show("Interrupts", list(row), [list(row.values())])
        if asked("packets") and given.packets:
            packets(given.packets, folder)
        if asked("bytes"):
            same_bytes()
        if asked("memory"):
            memory(folder)


if __name__ == "__main__":
    main()
