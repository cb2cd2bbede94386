"""JACK's server on its dummy device, which keeps real time: a device that can be taken away and come back."""

from __future__ import annotations

import os
import shutil
import subprocess
import uuid
from pathlib import Path

TOOLS = ("jackd", "jack_wait", "jack_lsp")
RATE = 48_000


def there() -> bool:
    """Whether Debian's jackd2 and PortAudio are installed."""
    try:
        import sounddevice  # noqa: F401
    except (ImportError, OSError):
        return False
    return all(map(shutil.which, TOOLS))


class JackServer:
    """A server of its own name; `environment` is what makes clients find it, and start no other."""

    def __init__(self, frames: int = 1024) -> None:
        self.name = "granulate" + uuid.uuid4().hex[:6]
        self.environment = {
            "JACK_DEFAULT_SERVER": self.name,
            "JACK_NO_START_SERVER": "1",
            "JACK_NO_AUDIO_RESERVATION": "1",
        }
        self._frames = frames
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["jackd", "--no-realtime", "-n", self.name, "-d", "dummy", "-r", str(RATE), "-p", str(self._frames),
             "-C", "2", "-P", "2"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        asked = ["jack_wait", "-s", self.name, "-w", "-t", "20"]
        subprocess.run(asked, capture_output=True, check=True, env=os.environ | self.environment)

    def ports(self) -> str:
        """What `jack_lsp` lists, with connections."""
        asked = subprocess.run(["jack_lsp", "-c"], capture_output=True, text=True, check=True)
        return asked.stdout

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(10)
            self._process = None

    def vanish(self) -> None:
        """End at once and say nothing, as a cable does that is pulled.

        It has to be started again, and stopped: JACK counts no more than eight servers, and those that were killed too.
        """
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None
        for left in Path("/dev/shm").glob(f"jack*{self.name}*"):
            left.unlink(missing_ok=True)
