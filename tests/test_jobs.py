"""Work in supervised children: whatever one item does, the others are done, each once, and no process is left."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from granulate.errors import MissingDependencyError, ParameterError
from granulate.jobs import JobError, each
from tests.hostile import encoded, mutants
from tests.jobs_work import double, kill_supervisor, mark, misbehave, never, read, slow_later, surroundings

LINUX = sys.platform == "linux"


@pytest.mark.skipif(not LINUX, reason="memory is bounded exactly, and signals are named, on Linux")
@pytest.mark.parametrize("n_jobs", [1, 2])
def test_an_item_fails_alone(n_jobs: int) -> None:
    found = {o.index: o for o in each(misbehave, range(20), n_jobs=n_jobs, deadline=1.5, memory=2**30)}
    reasons = {index: outcome.reason for index, outcome in found.items() if outcome.reason}
    assert reasons == {
        3: "its process died of signal 11 (SIGSEGV)",
        5: "took longer than 1.5 s",
        7: "ValueError: seven is bad",
        9: "there was not enough memory for it",
        11: "its process ended with exit code 4",
        13: "thirteen.wav: is bad",
        17: "SystemExit: out",
    }
    assert {i: o.value for i, o in found.items() if o.reason is None} == {
        i: 2 * i for i in range(20) if i not in reasons
    }
    assert 1.5 <= found[5].seconds < 10


def test_items_are_drawn_as_they_are_needed_and_each_is_done_once() -> None:
    drawn = 0

    def numbers() -> Iterator[int]:
        nonlocal drawn
        for number in range(20_000):
            drawn = number
            yield number

    seen = np.zeros(20_000, int)
    furthest = 0
    began = time.process_time()
    for count, outcome in enumerate(each(double, numbers(), n_jobs=2, deadline=30)):
        assert outcome.value == 2 * outcome.index
        seen[outcome.index] += 1
        furthest = max(furthest, drawn - count)
    assert (seen == 1).all()
    assert furthest < 12_000
    assert (time.process_time() - began) / len(seen) < 0.15e-3


def test_what_takes_longer_than_its_like_is_shared_out_anew() -> None:
    found = sorted(each(slow_later, range(14), n_jobs=2), key=lambda outcome: outcome.index)
    assert [outcome.index for outcome in found] == list(range(14))
    # All of these were handed out at once, because what came before took no time.
    slow = sorted(outcome.value for outcome in found[8:])
    assert any(begins < ends for (_, ends), (begins, _) in pairwise(slow))


def test_a_child_works_where_its_caller_does_on_one_thread(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (outcome,) = each(surroundings, [0])
    assert outcome.value == (str(tmp_path), 1, 1)


@pytest.mark.skipif(not LINUX, reason="finds its supervisor by the parent process")
def test_a_supervisor_that_is_killed_loses_nothing(tmp_path: Path) -> None:
    found = [(o.value, o.reason) for o in each(partial(kill_supervisor, tmp_path), range(40), n_jobs=2)]
    assert sorted(found) == [(number, None) for number in range(40)]


def test_what_cannot_begin_is_said_once() -> None:
    with pytest.raises(JobError, match=r"a child process could not start: thirteen\.wav: is bad"):
        list(each(double, range(3), n_jobs=1, setup=(never,)))
    with pytest.raises(JobError, match=r"a child process could not start: thirteen\.wav: is bad"):
        list(each(double, range(3), n_jobs=2, setup=(never,)))
    with pytest.raises(ParameterError, match="deadline = -1"):
        each(double, [1], deadline=-1)
    assert list(each(double, [])) == []

    def broken() -> Iterator[int]:
        yield 1
        raise OSError("the disk is gone")

    with pytest.raises(OSError, match="the disk is gone"):
        list(each(double, broken(), n_jobs=2))


def test_mutated_files_fail_alone_and_in_time(tmp_path: Path) -> None:
    made = mutants(150, seed=7)
    for name, data in made:
        (tmp_path / name).write_bytes(data)
    paths = [str(tmp_path / name) for name, _ in made]
    found = list(each(read, paths, n_jobs=2, deadline=10.0, memory=2**30))
    assert sorted(o.index for o in found) == list(range(len(paths)))
    assert max(o.seconds for o in found) < 10.5
    assert all(o.reason and o.reason.isprintable() for o in found if o.value is None)
    assert 10 < sum(o.value is not None for o in found) < 150


SCRIPT = """
import sys, time
from contextlib import closing
from functools import partial
from itertools import pairwise
from granulate.jobs import each

def nap(folder, number):
    import os
    with open(f"{folder}/{number}", "w") as file:
        file.write(f"{os.getpid()} {os.getppid()}")
    while number > 3:
        sum(range(10**6))

if __name__ == "__main__":
    try:
        with closing(each(partial(nap, sys.argv[1]), iter(range(100)), n_jobs=2)) as outcomes:
            for outcome in outcomes:
                print(outcome.index, flush=True)
    except KeyboardInterrupt:
        print("interrupted", flush=True)
"""


@pytest.mark.skipif(not LINUX, reason="looks for processes in /proc")
@pytest.mark.parametrize("signal_", [signal.SIGINT, signal.SIGKILL])
def test_no_process_outlives_its_caller(tmp_path: Path, signal_: signal.Signals) -> None:
    script = tmp_path / "script.py"
    script.write_text(SCRIPT)
    (tmp_path / "pids").mkdir()
    with subprocess.Popen(
        [sys.executable, script, tmp_path / "pids"],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    ) as process:  # fmt: skip
        _until(lambda: any((tmp_path / "pids" / str(n)).exists() for n in (4, 5)), 30)
        os.killpg(process.pid, signal_) if signal_ == signal.SIGINT else process.kill()
        began = time.monotonic()
        process.wait(10)
        took = time.monotonic() - began
        text = process.stdout.read() if process.stdout else ""
    pids = {int(pid) for file in (tmp_path / "pids").iterdir() for pid in file.read_text().split()}
    _until(lambda: not any(map(_lives, pids)), 5)
    assert "Traceback" not in text
    assert "leaked" not in text
    if signal_ == signal.SIGINT:
        assert text.endswith("interrupted\n")
        assert took < 3  # a fifth of a second where nobody else computes


@pytest.mark.skipif(not LINUX, reason="reads a process's mask of signals")
def test_workers_never_get_ctrl_c() -> None:
    # In a fresh process: what is started once lets signals through while it starts.
    code = (
        "from granulate.jobs import each; from tests.jobs_work import workers_mask as work\n"
        "print({outcome.value for outcome in each(work, range(4), n_jobs=2)})"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "{True}\n"


def test_closing_early_stops_the_work(tmp_path: Path) -> None:
    with closing(each(partial(mark, tmp_path), iter(range(10_000)), n_jobs=2)) as outcomes:
        next(outcomes)
    done = len(list(tmp_path.iterdir()))
    time.sleep(0.3)
    assert len(list(tmp_path.iterdir())) == done < 2000


def _until(true: object, seconds: float) -> None:
    end = time.monotonic() + seconds
    while not true():  # type: ignore[operator]
        assert time.monotonic() < end
        time.sleep(0.02)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_without_dask_the_message_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(MissingDependencyError, match=re.escape("install granulate[dask]")):
        list(each(double, [1, 2], scheduler="tcp://127.0.0.1:9"))


def test_an_address_where_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("granulate.jobs.backends._ANSWER_S", 0.5)
    with pytest.raises(JobError, match=re.escape("no Dask scheduler answers at tcp://127.0.0.1:9")):
        list(each(double, [1, 2], scheduler="tcp://127.0.0.1:9"))


def test_encoded_sounds_are_read_by_children_as_here(tmp_path: Path) -> None:
    paths = [tmp_path / f"tone.{kind.lower()}" for kind in ("WAV", "FLAC", "OGG")]
    for path in paths:
        path.write_bytes(encoded(path.suffix[1:].upper()))
    assert {o.index: o.value for o in each(read, map(str, paths))} == {
        number: read(str(path)) for number, path in enumerate(paths)
    }
