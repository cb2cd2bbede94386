"""Work through a Dask cluster: a scheduler and two workers on loopback, one of which is killed half-way: nothing is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from granulate.library import Library
from tests.library.scanning import TIMBRE, Work, known, sounds

pytest.importorskip("distributed")

from tests.dask_cluster import running

_N = 120


def test_a_scan_ends_as_a_straight_one_although_a_worker_is_killed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each file is told once: a second outcome of one would raise, a missing one leave it pending."""
    folder = tmp_path / "sounds"
    sounds(folder, _N)
    (folder / "page.wav").write_text("<html>")
    with (
        running(tmp_path / "cluster", 2) as cluster,
        Library.open(folder, tmp_path / "index", create=True) as library,
    ):

        def watch(stage: str, done: int, total: int) -> None:
            if stage == "scan" and _N // 4 <= done < total and len(cluster.workers) == 2:
                cluster.kill_one()

        done = library.scan(TIMBRE, scheduler=cluster.address, deadline=60, memory=2**30, progress=watch)
        assert len(cluster.workers) == 1
        assert (done.measured, done.failed, library.counts()["pending"]) == (_N, 1, 0)
        monkeypatch.setattr("granulate.jobs.each", Work())
        with Library.open(folder, tmp_path / "straight", create=True) as straight:
            straight.scan(TIMBRE)
            assert known(library) == known(straight)
