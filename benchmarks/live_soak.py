"""The instrument under a flood, beside a client that writes silence: how many of their blocks were late.

    python -m benchmarks.live_soak [--minutes 10] [--frames 256] [--rate 10000] [--audio FILE]

`granulate live` plays through PortAudio on a JACK server of its own (`live_jack`), and at the same time a bare
PortAudio client writes zeros on another one, so that both have the same machine at the same moments and neither is
blamed for the other's delays; both with the priority that the engine asks for. A block is late where the device says that it was missing (underflow) or its callback
took longer than it lasts; both are counted alike. A third process sends OSC messages at a steady rate to every
parameter of the grain, the envelope and the master that is a number, with feedback at 30 Hz subscribed; in the end it
asks for each address, whose value must be the last that was sent.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import threading
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import soundfile as sf

import granulate as gr
from benchmarks.live_jack import RATE, jack, missing
from benchmarks.timing import machine, show, verdict

_PLAYED = ("--set", "grain.kind=cloud", "--set", "envelope.kind=tukey")
"""What is played: a hundred grains a second or less, and what has most numbers to be moved."""

_BARE = """
import os, sys, time
from contextlib import suppress
import sounddevice
with suppress(OSError):
    os.setpriority(os.PRIO_PROCESS, 0, -11)
frames, seconds = int(sys.argv[1]), float(sys.argv[2])
counts = [0, 0, 0]
def call(out, n, when, status):
    began = time.perf_counter()
    out[:] = 0
    counts[0] += 1
    counts[2] += bool(status.output_underflow)
    counts[1] += bool(status.output_underflow) or time.perf_counter() - began > n / 48000
with sounddevice.OutputStream(samplerate=48000, blocksize=frames, device="system", channels=2, dtype="float32",
                              latency="low", callback=call):
    time.sleep(2)
    before = list(counts)
    print("ready", flush=True)
    time.sleep(seconds)
    told = [after - b for after, b in zip(counts, before)]
print(*told, flush=True)
while sounddevice._initialized:
    sounddevice._terminate()
"""


class Live:
    """`granulate live` as a process, and what it tells of itself once a second."""

    def __init__(self, sound: Path, frames: int, environment: Any, *options: str) -> None:
        command: list[str | Path] = [sys.executable, "-m", "granulate", "live", sound, "--audio", "system", "--block", str(frames),
                   "--osc", "0", "--json", "--status", "1", *options]  # fmt: skip
        self.process = subprocess.Popen(
            command, env=environment, stdout=subprocess.PIPE, stderr=None, text=True
        )
        assert self.process.stdout is not None
        first = self.process.stdout.readline()
        if not first:
            raise SystemExit("granulate live did not start")
        self.started: dict[str, Any] = json.loads(first)
        self.statuses: list[dict[str, Any]] = []
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            said = json.loads(line)
            if said.get("event") == "status":
                self.statuses.append(said)

    @property
    def port(self) -> int:
        return int(self.started["osc"])

    def close(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def soak(sound: Path, frames: int, rate: int, seconds: float) -> list[dict[str, Any]]:
    """What the engine, the bare client and the sender count, of the same seconds."""
    with ExitStack() as stack:
        theirs, own = (stack.enter_context(jack(frames, name)) for name in ("bare", "live"))
        live = Live(sound, frames, own, *_PLAYED)
        stack.callback(live.close)
        bare = subprocess.Popen(
            [sys.executable, "-c", _BARE, str(frames), str(seconds)],
            env=theirs,
            stdout=subprocess.PIPE,
            text=True,
        )
        stack.callback(bare.wait, 20)
        assert bare.stdout is not None
        bare.stdout.readline()
        begun = len(live.statuses)
        sender = subprocess.run(
            [sys.executable, "-m", "benchmarks.live_flood", str(live.port), str(rate), str(seconds)],
            stdout=subprocess.PIPE, text=True, check=True,
        )  # fmt: skip
        blocks, late, underflows = map(int, bare.stdout.readline().split())
        first, last = live.statuses[max(0, begun - 1)], live.statuses[-1]
        played = round((last["seconds"] - first["seconds"]) * RATE / frames)
        return [
            {
                "blocks": played,
                "load": last["p99_load"],
                **{k: last[k] - first[k] for k in ("late", "underflows")},
            },
            {"blocks": blocks, "late": late, "underflows": underflows},
            json.loads(sender.stdout),
        ]


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--minutes", type=float, default=10.0)
    options.add_argument(
        "--frames", type=int, nargs="+", default=[256, 1024], help="of a block; one run for each"
    )
    options.add_argument("--rate", type=int, default=10_000, help="OSC messages a second")
    options.add_argument("--audio", type=Path, help="what is played; else a synthetic sound")
    given = options.parse_args()
    if missing():
        raise SystemExit(f"not here: {', '.join(missing())}; on Debian: apt-get install jackd2 jack-tools")
    print(machine())
    with tempfile.TemporaryDirectory(prefix="granulate-") as folder:
        sound = given.audio
        if sound is None:
            sound, made = Path(folder) / "in.wav", gr.demo(30.0, RATE)
            sf.write(sound, made.samples.T, RATE, subtype="FLOAT")
        rows: list[list[object]] = []
        floods: list[list[object]] = []
        for frames in given.frames:
            engine, bare, flood = soak(sound, frames, given.rate, given.minutes * 60)
            for name, counts in (("granulate live", engine), ("silence", bare)):
                part = 100 * counts["late"] / max(1, counts["blocks"])
                rows.append([frames, name, counts["blocks"], counts["late"], counts["underflows"], part])
            more = engine["late"] - bare["late"]
            rows[-2] += [more, verdict(more <= 0)]
            rows[-1] += ["", ""]
            floods.append(
                [
                    frames,
                    flood["sent"],
                    flood["rate"],
                    flood["heard"],
                    flood["addresses"] - flood["kept"],
                    engine["load"],
                ]
            )
    show(
        f"{given.minutes:g} minutes with {given.rate} OSC messages a second",
        ["frames", "client", "blocks", "late", "underflows", "late %", "late beyond silence's", ""],
        rows,
    )
    show(
        "The flood; goal: every address has the value that was sent last",
        ["frames", "sent", "a second", "feedback", "other values", "p99 of a block's making over its time"],
        floods,
    )


if __name__ == "__main__":
    main()
