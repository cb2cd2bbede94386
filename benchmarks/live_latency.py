"""From an OSC packet to the first changed sample, beside scsynth in the same graph.

    python -m benchmarks.live_latency [--messages 1000] [--frames 64 256 1024]

`granulate live`, its path at rest, and scsynth are clients of one JACK server (`live_jack`). In turns each is told to
play one short grain at once (/granulate/grain/play; /s_new of a line of 5 ms), at random moments. A third client
listens to both: a sample's time is that of the period in which it was handed over, and its place in it, by JACK's
clock; so what a sound card adds, the same for both, is not in the figures. A message that comes in the middle of a
period can be heard in the next one at the earliest: half a block is the least mean, one block the least maximum.

Needs jackd2 and JACK-Client (`pip install JACK-Client`), and for the other figure supercollider-server and
supercollider-language.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from benchmarks.live_jack import RATE, jack, missing
from benchmarks.live_soak import Live
from benchmarks.timing import machine, show, verdict
from granulate.live.osc.packets import encode

_BEYOND_S = 0.002
_APART_S = 0.012  # and a few periods: a grain has died away before the next message
_LOST_S = 0.5

_CLICK = """
SynthDef(\\click, { Out.ar(0, Line.ar(0.5, 0, 0.005, doneAction: 2)) }).writeDefFile("FOLDER".getenv);
0.exit;
"""


class Ears:
    """A JACK client that notes when sound begins at each of its inputs."""

    def __init__(self, names: list[str]) -> None:
        import jack as client  # type: ignore[import-untyped]

        self.client = client.Client("ears")
        self.inputs = {name: self.client.inports.register(name) for name in names}
        self.began: dict[str, list[float]] = {name: [] for name in names}
        self._quiet = dict.fromkeys(names, True)
        self.client.set_process_callback(self._process)
        self.client.activate()

    def _process(self, _frames: int) -> None:
        begin = time.monotonic() - self.client.frames_since_cycle_start / RATE
        for name, port in self.inputs.items():
            heard = np.flatnonzero(port.get_array().copy())  # JACK may write there meanwhile
            if len(heard) and self._quiet[name]:
                self.began[name].append(begin + heard[0] / RATE)
            self._quiet[name] = not len(heard)

    def connect(self, name: str, pattern: str) -> None:
        """Listen to the first output whose name matches, once there is one."""
        end = time.monotonic() + 20
        while not (found := self.client.get_ports(pattern, is_output=True, is_audio=True)):
            if time.monotonic() > end:
                raise SystemExit(f"no JACK port {pattern!r}")
            time.sleep(0.1)
        self.client.connect(found[0], self.inputs[name])

    def close(self) -> None:
        self.client.deactivate()
        self.client.close()


def _sender(port: int) -> Callable[[bytes], object]:
    made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    made.connect(("127.0.0.1", port))
    return made.send


def _scsynth(folder: Path, environment: Mapping[str, str], stack: ExitStack) -> Callable[[bytes], object]:
    """scsynth, running, and how it is spoken to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    own = {**environment, "SC_JACK_DEFAULT_INPUTS": "", "SC_JACK_DEFAULT_OUTPUTS": ""}
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen(
        ["scsynth", "-u", str(port), "-B", "127.0.0.1", "-i", "0", "-o", "2", "-R", "0"], env=own, **quiet
    )
    stack.callback(process.wait, 10)
    stack.callback(process.terminate)
    send = _sender(port)
    time.sleep(3)
    send(encode("/d_load", str(folder / "click.scsyndef")))
    time.sleep(0.5)
    return send


def compiled(folder: Path) -> bool:
    """Whether the folder now holds the sound that scsynth plays."""
    if not (shutil.which("scsynth") and shutil.which("sclang")):
        return False
    (folder / "click.scd").write_text(_CLICK)
    own = {
        **os.environ,
        "FOLDER": str(folder),
        "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1",
    }
    subprocess.run(
        ["sclang", "-D", folder / "click.scd"], env=own, check=True, capture_output=True, timeout=120
    )
    return True


def measure(sound: Path, folder: Path, other: bool, frames: int, messages: int) -> dict[str, np.ndarray]:
    """Seconds from each message to its sound."""
    with ExitStack() as stack:
        environment = stack.enter_context(jack(frames, "latency"))
        kept = {name: os.environ.get(name) for name in ("JACK_DEFAULT_SERVER", "JACK_NO_START_SERVER")}
        os.environ.update({name: environment[name] for name in kept})
        live = Live(sound, frames, environment, "--set", "framing.window=256", "--set", "framing.hop=128")
        stack.callback(live.close)
        tell = _sender(live.port)
        ways: dict[str, Callable[[int], object]] = {
            "granulate": lambda k: tell(encode("/granulate/grain/play", 10 + k % 100))
        }
        tell(encode("/granulate/stop"))
        if other:
            ask = _scsynth(folder, environment, stack)
            ways["scsynth"] = lambda k: ask(encode("/s_new", "click", 1000 + k, 0, 0))
        time.sleep(1.0)
        ears = Ears(list(ways))
        stack.callback(ears.close)
        ears.connect("granulate", "PortAudio:.*")
        if other:
            ears.connect("scsynth", "SuperCollider:out_1$")
        time.sleep(0.5)
        rng = random.Random(3)
        took: dict[str, list[float]] = {name: [] for name in ways}
        for k in range(messages):
            for name, play in ways.items():
                before = len(ears.began[name])
                time.sleep(_APART_S + (4 + rng.random()) * frames / RATE)
                sent = time.monotonic()
                play(k)
                while len(ears.began[name]) == before and time.monotonic() < sent + _LOST_S:
                    time.sleep(0.0005)
                if len(ears.began[name]) > before:
                    took[name].append(ears.began[name][before] - sent)
        return {name: np.array(seconds) for name, seconds in took.items()}


def main() -> None:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--messages", type=int, default=1000)
    options.add_argument("--frames", type=int, nargs="+", default=[64, 256, 1024])
    given = options.parse_args()
    if missing():
        raise SystemExit(f"not here: {', '.join(missing())}; on Debian: apt-get install jackd2 jack-tools")
    print(machine())
    rows: list[list[object]] = []
    with tempfile.TemporaryDirectory(prefix="granulate-") as name:
        folder = Path(name)
        noise = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 1)).astype(np.float32)
        sf.write(folder / "in.wav", noise, RATE, subtype="FLOAT")
        other = compiled(folder)
        for frames in given.frames:
            most = frames / RATE + _BEYOND_S
            for engine, took in measure(folder / "in.wav", folder, other, frames, given.messages).items():
                met = float(np.mean(took <= most)) if len(took) else 0.0
                spread = (
                    [1000 * float(np.percentile(took, q)) for q in (50, 95, 99, 100)]
                    if len(took)
                    else [""] * 4
                )
                lost = given.messages - len(took)
                rows.append(
                    [frames, 1000 * most, engine, *spread, 100 * met, lost, verdict(met == 1 and not lost)]
                )
    show(
        f"Milliseconds from an OSC packet to the first changed sample, {given.messages} messages",
        ["frames", "goal", "engine", "p50", "p95", "p99", "most", "% within the goal", "not heard", ""],
        rows,
    )


if __name__ == "__main__":
    main()
