"""A page's commands, run as a reader would: one after another, in one folder, two terminals where it says so."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from granulate import cli
from tests.documentation.markdown import Command

PORTS = ("9000", "9001", "8765")
"""As the pages name them; here others are free."""
NO_DEVICE = ("--audio", "null")
SHORT_S = "0.4"
ADDED = {
    ("library", "classify", "train"): ("--trials", "1", "--model", "logistic", "--jobs", "1"),
    ("library", "scan"): ("--jobs", "1"),
    ("batch",): ("--jobs", "1"),
    ("trajectory",): ("--set", "reduction.epochs=1"),
}
"""What the test adds for speed: how long networks train, the search of models and processes are tested elsewhere."""
EXTRAS = {"midi": "rtmidi", "deep": "torch", "film": "av", "parquet": "pyarrow", "dask": "dask"}
"""What each extra brings: without it, the command has to say what to install."""
_READY_S = 300.0
_LISTENS = ("ready: ", "http://")


def ports() -> dict[str, str]:
    """A free port for each that the pages name."""
    found = {}
    taken = []
    for name in PORTS:
        taken.append(socket.socket(socket.AF_INET, socket.SOCK_STREAM))
        taken[-1].bind(("127.0.0.1", 0))
        found[name] = str(taken[-1].getsockname()[1])
    for each in taken:
        each.close()
    return found


class Reader:
    """Runs commands in the folder that the process is in. `free`: a port for each that the pages name."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self._monkeypatch, self._captured = monkeypatch, captured
        self._free = ports()
        self._serving: Serving | None = None

    def run(self, command: Command, *, is_accompanied: bool) -> None:
        """Do it, and see that it did well. `is_accompanied`: commands of a second terminal follow."""
        words = [self._free.get(word, word) for word in command.words[1:]]
        if command.content is not None:
            Path(command.words[2]).write_text(command.content)
        elif command.program != "granulate":
            done = subprocess.run([command.words[0], *words], capture_output=True, text=True, check=False)
            assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
        elif serves(words) and (is_accompanied or "live" not in words):
            self.end()
            self._serving = Serving(command, here(words))
        else:
            self.end()
            self._run(command, limited(here(words)))

    def end(self) -> None:
        """What serves is ended, as by Ctrl-C."""
        serving, self._serving = self._serving, None
        if serving is not None:
            serving.end()

    def _run(self, command: Command, words: list[str]) -> None:
        self._monkeypatch.setattr(sys, "argv", ["granulate", *words])
        self._captured.readouterr()
        with threadpool_limits(1):
            code = cli._run()
        out, err = self._captured.readouterr()
        if code == 2 and any(
            f"granulate[{extra}]" in err for extra, name in EXTRAS.items() if find_spec(name) is None
        ):
            return
        assert code == 0, f"{command}\n{out}{err}"
        assert "Traceback" not in err, f"{command}\n{err}"


class Serving:
    """A command that goes on until it is ended, in a process of its own."""

    def __init__(self, command: Command, words: list[str]) -> None:
        self._command = command
        self._process = subprocess.Popen(
            [sys.executable, "-m", "granulate", *words],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        )  # fmt: skip
        self._said: list[str] = []
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        try:
            self._wait()
        except BaseException:
            self._process.kill()
            self._process.wait()
            self._reader.join()
            raise

    def _wait(self) -> None:
        """Until it says that it is ready."""
        deadline = time.monotonic() + _READY_S
        while not any(line.startswith(_LISTENS) for line in self._said):
            assert time.monotonic() < deadline, f"{self._command}: never ready\n{''.join(self._said)}"
            assert self._process.poll() is None, f"{self._command}\n{''.join(self._said)}"
            time.sleep(0.02)

    def end(self) -> None:
        time.sleep(0.3)  # what was sent last is on its way
        self._process.send_signal(signal.SIGINT)
        code = self._process.wait(_READY_S)
        self._reader.join()
        said = "".join(self._said)
        assert code == 0, f"{self._command}\n{said}"
        assert "allowed" not in said, f"{self._command}: something was refused\n{said}"

    def _read(self) -> None:
        assert self._process.stdout is not None
        with self._process.stdout as out:
            self._said.extend(iter(out.readline, ""))


def serves(words: list[str]) -> bool:
    """Whether it goes on until it is ended."""
    if words[0] == "live":
        return "--seconds" not in words
    return "--serve" in words or (words[:2] == ["library", "browse"] and "-o" not in words)


def here(words: list[str]) -> list[str]:
    """The same without a sound device, and with what is added for speed."""
    words = list(words)
    if words[0] == "live" and "--audio" not in words:
        words += NO_DEVICE
    if "--input" in words and words[words.index("--input") + 1] == "default":
        words[words.index("--input") + 1] = "null"
    for which, more in ADDED.items():
        if tuple(words[: len(which)]) == which and not _has_no_network(words):
            words += more if more[0] not in words or more[0] == "--set" else ()
    return words


def _has_no_network(words: list[str]) -> bool:
    return words[0] == "trajectory" and any(word.startswith("reduction.kind=") for word in words)


def limited(words: list[str]) -> list[str]:
    """The same, for a moment only where it would play for long."""
    if words[0] != "live":
        return words
    if "--seconds" in words:
        words[words.index("--seconds") + 1] = SHORT_S
        return words
    return [*words, "--seconds", SHORT_S]
