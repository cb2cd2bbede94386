"""A small number of what `python -m benchmarks.promises --only kills` does two hundred times."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from benchmarks.interruptions import kills


@pytest.mark.skipif(not hasattr(os, "fork"), reason="kills processes that it forks")
def test_what_bears_a_final_name_is_whole_whenever_a_render_is_killed(tmp_path: Path) -> None:
    told = kills(6, tmp_path, seed=1, seconds=0.5)
    assert told["kills"] == 6
    assert told["neither old nor whole"] == 0
    assert {path.name for path in tmp_path.iterdir()} == {"000.wav", "out.wav", "out.json"}
