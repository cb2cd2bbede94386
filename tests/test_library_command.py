"""`granulate library` as a whole process, as one uses it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from granulate import cli
from granulate.cli.library import COMMANDS
from granulate.library import Library, LibraryError
from granulate.library.measures import MEASURES
from tests.library.scanning import tone

Capture = pytest.CaptureFixture[str]


class Here:
    """Runs a command in this process: its exit code, what it prints, and what it says on standard error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, captured: Capture) -> None:
        self._monkeypatch, self._captured = monkeypatch, captured

    def __call__(self, *words: str) -> tuple[int, str, str]:
        self._monkeypatch.setattr(sys, "argv", ["granulate", "library", *words])
        code = cli._run()
        return code, *self._captured.readouterr()


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Here:
    monkeypatch.chdir(tmp_path)
    return Here(monkeypatch, capsys)


def test_scan_show_and_scan_again(tmp_path: Path, here: Here) -> None:
    for i in range(4):
        tone(tmp_path / "sounds" / f"{i}.wav", i)
    (tmp_path / "sounds" / "page.wav").write_text("<html>")
    words = ["scan", "sounds", "--measures", "timbre", "--set", "timbre.coefficients=7", "--json"]
    first = subprocess.run(
        [sys.executable, "-m", "granulate", "library", *words], capture_output=True, text=True, check=False,
        cwd=tmp_path,
    )  # fmt: skip
    assert first.returncode == 1, first.stderr
    assert "granulate: page.wav: not a sound" in first.stderr
    report = json.loads(first.stdout)
    assert (report["measured"], report["files"]["ok"], report["files"]["broken"]) == (4, 4, 1)
    assert report["measures"] == ["timbre"]
    code, told, _ = here("show", "sounds")
    assert code == 0
    assert "WAV PCM_16 (4)" in told
    assert "page.wav: broken: not a sound" in told
    (tmp_path / "sounds" / "page.wav").unlink()
    code, told, said = here("scan", "sounds", "--prune")
    assert (code, told) == (0, "")
    assert "4 sounds, 0 measured now, 1 forgotten" in said
    content = json.loads(here("show", "sounds", "--json")[1])
    assert content["sets"]["timbre"]["parameters"]["coefficients"] == 7
    assert content["problems"] == []


@pytest.mark.parametrize(
    ("arguments", "part"),
    [
        (["show", "."], "holds no index"),
        (["scan", "nowhere"], "nowhere: no such folder"),
        (["scan", ".", "--measures", "timber"], "did you mean 'timbre'"),
        (["scan", ".", "--set", "timbre.coeficients=3"], "did you mean 'coefficients'"),
        (["scan", ".", "--set", "timbre=3"], "is not SET.PARAMETER=VALUE"),
        (["scann", "."], "did you mean 'scan'"),
    ],
)
def test_mistakes_are_named_in_a_line(tmp_path: Path, here: Here, arguments: list[str], part: str) -> None:
    code, _, said = here(*arguments)
    assert code == 2
    assert part in said
    assert said.startswith("granulate: ")
    assert said.count("\n") == 1
    assert not list(tmp_path.iterdir()), "nothing is made"


def test_help_names_every_command_and_set(here: Here) -> None:
    told = here("--help")[1]
    assert all(name in told for name in COMMANDS)
    told = here("scan", "--help")[1]
    assert max(map(len, told.splitlines())) <= 80
    words = " ".join(told.split()).replace("- ", "-")  # lines may end after a hyphen
    assert all(f"{name}: {stage.help}" in words for name, stage in MEASURES.stages.items())


@pytest.mark.skipif(os.name == "nt", reason="no such signal there")
def test_what_was_scanned_when_it_is_interrupted_stays(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    for i in range(40):
        tone(tmp_path / f"{i}.wav", i, n=int(rng.integers(300_000, 600_000)))
    words = [sys.executable, "-m", "granulate", "library", "scan", str(tmp_path), "--jobs", "1"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as scan:
        until = time.monotonic() + 60
        while time.monotonic() < until:
            time.sleep(0.05)
            with suppress(LibraryError), Library.open(tmp_path) as library:
                if library.counts()["ok"]:
                    break
        scan.send_signal(signal.SIGINT)
        assert scan.stderr is not None
        told = scan.stderr.read()
    assert scan.returncode == 130, told
    with Library.open(tmp_path) as library:
        counts = library.counts()
        assert 0 < counts["ok"] < 40
        assert counts["ok"] + counts["pending"] == 40
        assert len(library.summaries()) == counts["ok"]
