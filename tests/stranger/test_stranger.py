"""The stranger's first quarter of an hour, in the environment that the tests run in."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.stranger import wheel
from tests.stranger.journey import Journey
from tests.stranger.visit import VISITS, lacks, watch


@pytest.mark.skipif(bool(lacks()), reason=f"needs {', '.join(lacks())}")
@pytest.mark.parametrize("visit", ["play"])
def test_a_quick_start_leads_to_its_end(visit: str, tmp_path: Path, chromium: Any) -> None:
    environment = {
        **os.environ,
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]),
        "GRANULATE_CACHE": str(tmp_path / "cache"),
    }
    folder = tmp_path / "here"
    folder.mkdir()
    VISITS[visit](Journey(folder, environment, None, partial(watch, browser=lambda: nullcontext(chromium))))


def test_the_wheel_holds_the_code_the_presets_the_page_and_the_clients(tmp_path: Path) -> None:
    builder = pytest.importorskip("hatchling.builders.wheel")
    made = builder.WheelBuilder(str(wheel.ROOT)).build(directory=str(tmp_path), versions=["standard"])
    wheel.check(Path(next(made)))
    kinds = {Path(name).suffix for name in wheel.wanted()}
    assert kinds >= {".py", ".toml", ".js", ".html", ".css", ".maxpat", ".pd", ".sc", ".typed"}
