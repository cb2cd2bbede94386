"""Work through a Dask cluster: a scheduler and workers on loopback, of which one is killed half-way: nothing is lost."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from granulate.jobs import each
from granulate.library import Library
from tests.library.scanning import TIMBRE, Work, known, sounds

pytest.importorskip("distributed")

from tests.dask_cluster import Cluster, running


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Of three workers, so that each of two tests can kill one and leave two to begin with."""
    with running(tmp_path_factory.mktemp("cluster"), 3) as made:
        yield made


def nap(number: int) -> int:
    time.sleep(0.01)
    return number


def test_each_item_is_told_once_although_a_worker_is_killed(cluster: Cluster) -> None:
    n = len(cluster.workers)
    values = []
    with closing(each(nap, range(200), scheduler=cluster.address)) as outcomes:
        for outcome in outcomes:
            values.append((outcome.index, outcome.value, outcome.reason))
            if len(values) == 60:
                cluster.kill_one()
    assert len(cluster.workers) == n - 1
    assert sorted(values) == [(number, number, None) for number in range(200)]


def test_a_scan_ends_as_a_straight_one_although_a_worker_is_killed(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "sounds"
    sounds(folder, 120)
    (folder / "page.wav").write_text("<html>")
    before = list(cluster.workers)

    def watch(stage: str, done: int, total: int) -> None:
        if stage == "scan" and 30 <= done < total and cluster.workers == before:
            cluster.kill_one()

    with Library.open(folder, create=True) as library:
        done = library.scan(TIMBRE, scheduler=cluster.address, deadline=60, memory=2**30, progress=watch)
        assert len(cluster.workers) == len(before) - 1
        assert (done.measured, done.failed) == (120, 1)
        monkeypatch.setattr("granulate.jobs.each", Work())
        with Library.open(folder, tmp_path / "straight", create=True) as straight:
            straight.scan(TIMBRE)
            assert known(library) == known(straight)
