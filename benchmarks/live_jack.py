"""A JACK server without hardware, for benchmarks of the live instrument: real time, as a sound card keeps it.

`jackd -d dummy` waits for a timer where a card would interrupt. Debian: apt-get install jackd2 jack-tools
libportaudio2. JACK must run before PortAudio looks for devices, and must outlive every client.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

RATE = 48_000
_START_S = 10.0


def missing() -> list[str]:
    """What of Debian's packages is not here."""
    return [name for name in ("jackd", "jack_lsp") if shutil.which(name) is None]


@contextmanager
def jack(frames: int, name: str) -> Iterator[Mapping[str, str]]:
    """A server of so many frames a period; the environment in which clients find it."""
    server = f"granulate-{name}-{os.getpid()}"
    own = {
        **os.environ, "JACK_DEFAULT_SERVER": server, "JACK_NO_START_SERVER": "1", "JACK_NO_AUDIO_RESERVATION": "1",
    }  # fmt: skip
    command = [
        "jackd",
        "--no-realtime",
        "-n",
        server,
        "-d",
        "dummy",
        "-r",
        RATE,
        "-p",
        frames,
        "-C",
        2,
        "-P",
        2,
    ]
    quiet: dict[str, Any] = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    process = subprocess.Popen([str(word) for word in command], env=own, **quiet)
    try:
        end = time.monotonic() + _START_S
        while subprocess.run(["jack_lsp"], env=own, **quiet, check=False).returncode:
            if time.monotonic() > end or process.poll() is not None:
                raise SystemExit("jackd did not start")
            time.sleep(0.1)
        yield own
    finally:
        process.terminate()
        process.wait(10)
