"""The first job after an installation compiles for longer than anybody expects: it says so, once."""

from __future__ import annotations

import time

import numba  # noqa: F401 - whose events are listened to
import pytest

from granulate.cli import progress
from granulate.cli.progress import Progress

LINE = "granulate: compiling, only the first time ...\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, seconds in (("_TICK_S", 0.02), ("_LISTEN_S", 0.01), ("_COMPILING_S", 0.1)):
        monkeypatch.setattr(progress, name, seconds)


def test_a_log_is_told_once_that_kernels_are_compiled(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as told:
        for _ in range(3):  # each too short to be told of
            told.compiling(True)
            told.compiling(True)
            told.compiling(False)
            time.sleep(0.06)
            told.compiling(False)
            assert not told.note
        told.compiling(True)
        time.sleep(0.5)
        assert told.note == " (compiling, only the first time)"
        told.compiling(False)
    assert capsys.readouterr().err == LINE


def test_a_log_is_told_nothing_else(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress() as told:
        told("describe", 1, 2)
        told.compiling(True)
        told.compiling(False)
        time.sleep(0.2)
    with Progress(quiet=True) as told:
        told.compiling(True)
        time.sleep(0.2)
    assert capsys.readouterr().err == ""
