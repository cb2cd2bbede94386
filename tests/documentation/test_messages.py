"""The messages that docs/troubleshooting.md shows are those that granulate prints."""

from __future__ import annotations

import inspect
import re
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import sounddevice
import soundfile

from granulate import cli
from granulate.cli import progress
from granulate.cli.live import lines, playing
from granulate.errors import GranulateError, MissingDependencyError
from granulate.library import Library
from granulate.library.organise import tables
from granulate.library.storage import writing
from granulate.live import drivers, watching
from granulate.live.midi import MidiError
from granulate.live.midi import system as midi
from granulate.web import guard
from tests.documentation.markdown import ROOT, blocks
from tests.documentation.place import RATE
from tests.documentation.running import NO_DEVICE, SHORT_S

PAGE = ROOT / "docs" / "troubleshooting.md"
SHOWN = [line for block in blocks(PAGE, "text") for line in block.text.splitlines()]
ANY = "…"

FROM_SOURCE = {
    "blocks late": lines,
    "device has stopped": watching,
    "whoever reaches": playing,
    "allowed: the URL": guard,
    "compiling, only the first time ...": progress,
    "Parquet needs pyarrow": tables,
}
"""Messages that need a machine, or hours, to be brought about: their words are looked for in the code."""


class Said:
    """What the command prints, collected."""

    def __init__(self, patch: pytest.MonkeyPatch, captured: pytest.CaptureFixture[str]) -> None:
        self._patch, self._captured = patch, captured
        self.lines: set[str] = set()

    def __call__(self, *words: str) -> None:
        self._patch.setattr(sys, "argv", ["granulate", *words])
        cli._run()
        self.lines |= {line for text in self._captured.readouterr() for line in text.splitlines()}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Said:
    monkeypatch.chdir(tmp_path)
    return Said(monkeypatch, capfd)


def tone(path: str, level: float = 0.5) -> np.ndarray:
    samples = (level * np.sin(np.arange(RATE // 4) / 9)).astype(np.float32)
    soundfile.write(path, samples, RATE, subtype="FLOAT" if path.endswith(".wav") else None)
    return samples


@pytest.fixture
def everything(said: Said, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Everything that goes wrong in a troubled quarter of an hour."""
    samples = tone("in.wav")
    _files(said, samples)
    _libraries(said)
    _doors(said)
    _devices(said, monkeypatch)
    bar = progress.Progress(quiet=True)
    bar.compiling(True)
    return said.lines | {f"describe{bar.note} 0:07"}


def _files(said: Said, samples: np.ndarray) -> None:
    Path("page.wav").write_text("<!DOCTYPE html><p>404</p>")
    Path("empty.wav").write_bytes(b"")
    Path("cut.wav").write_bytes(Path("in.wav").read_bytes()[:3000])
    soundfile.write("odd.wav", np.where(np.arange(len(samples)) == 9, np.nan, samples), RATE, subtype="FLOAT")
    tone("loud.wav", 40.0)
    for name in ("page", "empty", "cut", "odd"):
        said("render", f"{name}.wav", "-o", f"from-{name}.wav")
    said("render", "in.wav", "-o", "out.wav")
    said("render", "in.wav", "-o", "out.wav")
    said("render", "in.wav", "-o", "in.wav", "--force")
    said("render", "in.wav", "--set", "reduction.kind=tsne", "--set", "reduction.perplexty=9")
    said("render", "loud.wav", "-o", "out.flac")
    said("render", "loud.wav", "-o", "out.wav", "--force")


def _libraries(said: Said) -> None:
    index = Path("sounds/.granulate")
    index.mkdir(parents=True)
    said("library", "show", "sounds")
    with Library.open("sounds", create=True), writing(index):
        said("library", "scan", "sounds")


def _doors(said: Said) -> None:
    live = ("live", "in.wav", *NO_DEVICE, "--seconds", SHORT_S)
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp,
        socket.create_server(("127.0.0.1", 0)) as tcp,
    ):
        udp.bind(("127.0.0.1", 0))
        said(*live, "--osc", str(udp.getsockname()[1]))
        said(*live, "--map", str(tcp.getsockname()[1]))


def _devices(said: Said, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(sounddevice, "query_devices", lambda: [])
    patch.setattr(sounddevice, "query_hostapis", lambda: [])
    patch.setattr(sounddevice, "OutputStream", _refuse(sounddevice.PortAudioError("no such device")))
    _stream(said)
    with patch.context() as without:
        without.setitem(sys.modules, "sounddevice", None)
        _stream(said)
    for problem in (
        MidiError("no MIDI system here (ALSA is not there)"),
        MissingDependencyError("MIDI needs python-rtmidi: pip install 'granulate[midi]'"),
    ):
        assert _stem(str(problem)) in inspect.getsource(midi)

        patch.setattr(midi, "RtMidi", _refuse(problem))
        said("devices")


def _refuse(error: Exception) -> Callable[..., Any]:
    def refuse(*_: object, **__: object) -> None:
        raise error

    return refuse


def _stream(said: Said) -> None:
    """Ask for the default device, which is not there."""
    setup = SimpleNamespace(source=None, sample_rate=44_100, block=256, n_channels=2)
    with pytest.raises(GranulateError) as refused:
        drivers._Stream(SimpleNamespace(setup=setup), np.zeros(1), drivers.Device(None), None)  # type: ignore[arg-type]
    said.lines.add(f"granulate: {refused.value}")


def _stem(message: str) -> str:
    return message.partition("(")[0]


def test_every_message_is_printed(everything: set[str]) -> None:
    missing = []
    for line in SHOWN:
        pattern = re.compile(".+".join(map(re.escape, line.split(ANY))))
        by_code = next((module for part, module in FROM_SOURCE.items() if part in line), None)
        if by_code is None:
            if not any(pattern.fullmatch(one) for one in everything):
                missing.append(line)
        else:
            assert _in_source(line, inspect.getsource(by_code)), line
    assert not missing, "\n".join([*missing, "", *sorted(everything)])


def _in_source(line: str, source: str) -> bool:
    """Whether what the line says literally stands there: strings may be joined, and hold what differs in braces."""
    joined = re.sub(r'"\s*\n\s*f?"', "", source)
    said = [words.strip() for words in re.split(rf"\d+|{ANY}|`[^`]*`", line.removeprefix("granulate: "))]
    return all(words in joined for words in said)
