"""A shell that commands are typed into, one after another, and what it said."""

from __future__ import annotations

import subprocess
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

_LOOK_S = 0.02


class StumbleError(Exception):
    """Something did not go as the page says."""


class Terminal:
    """Bash in a folder, with an environment of its own. A context manager: whatever still runs ends with it."""

    def __init__(self, folder: Path, environment: Mapping[str, str]) -> None:
        self._bash = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=folder, env=dict(environment), text=True, bufsize=1,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
        )  # fmt: skip
        self.said: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self._number = 0
        self._running = False
        # Job control: what runs beside gets Ctrl-C's signal by itself, as in a terminal.
        self._type("set -m")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._running:
            self._type("kill -TERM %1; wait %1")
        assert self._bash.stdin is not None
        self._bash.stdin.close()
        self._bash.wait(60)
        self._reader.join()

    def run(self, text: str, seconds: float) -> str:
        """Type a command, wait for its end; what it said. Raises StumbleError where it failed, or took longer."""
        return self._done(f"{{ {text}\n}} < /dev/null", text, seconds)

    def begin(self, text: str, ready: str, seconds: float) -> str:
        """Type a command that goes on; the line that says that it is `ready`. Raises StumbleError where none comes."""
        since = len(self.said)
        self._type(f"{text} < /dev/null & __process=$!")
        self._running = True
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in self.said[since:]:
                if ready in line:
                    return line
            time.sleep(_LOOK_S)
        raise StumbleError(f"{text}: no {ready!r} in {seconds:.0f} s\n{''.join(self.said[since:])}")

    def interrupt(self, seconds: float) -> str:
        """Ctrl-C to what goes on; what it said at last."""
        self._running = False
        return self._done("kill -INT $__process; wait $__process", "Ctrl-C", seconds)

    def _done(self, typed: str, name: str, seconds: float) -> str:
        since, self._number = len(self.said), self._number + 1
        mark = f"__done_{self._number} "
        self._type(f'{typed}\necho "{mark}$?"')
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            lines = self.said[since:]
            ends = [line for line in lines if line.startswith(mark)]
            if ends:
                said = "".join(line for line in lines if line not in ends)
                if ends[0].split() != [mark.strip(), "0"]:
                    raise StumbleError(f"{name}: exit code {ends[0].split()[-1]}\n{said}")
                return said
            time.sleep(_LOOK_S)
        raise StumbleError(f"{name}: took longer than {seconds:.0f} s\n{''.join(self.said[since:])}")

    def _type(self, text: str) -> None:
        assert self._bash.stdin is not None
        self._bash.stdin.write(text + "\n")
        self._bash.stdin.flush()

    def _read(self) -> None:
        assert self._bash.stdout is not None
        with self._bash.stdout as out:
            self.said.extend(iter(out.readline, ""))
