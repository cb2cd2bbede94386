"""Scanning: what is opened and what is not, what is told of each file, and what becomes of what vanishes."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from granulate import sound_file
from granulate.errors import ParameterError, SoundFileError
from granulate.library import Library, LibraryError, choosing, looking
from granulate.library.measures import MEASURES, measure
from granulate.library.wishes import Scanned
from tests.hostile import BAD, ODD, mutants
from tests.library.scanning import TIMBRE, TWO, Work, known, sounds, tone


@pytest.fixture
def library(tmp_path: Path) -> Library:
    folder = tmp_path / "sounds"
    sounds(folder)
    return Library.open(folder, create=True)


@pytest.fixture
def hashed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the files that are opened to be hashed."""
    names: list[str] = []
    real = looking.hashed

    def spy(path: bytes, stop: object) -> looking.Hashed:
        names.append(Path(os.fsdecode(path)).name)
        return real(path, stop)  # type: ignore[arg-type]

    monkeypatch.setattr("granulate.library.flow.hashed", spy)
    return names


def statuses(library: Library) -> dict[str, str]:
    return {record.path: record.status for record in library.files(None)}


def test_every_sound_has_the_values_that_measuring_it_gives(library: Library, work: Work) -> None:
    tone(library.folder / "stereo.flac", 50, n_channels=2)
    library.scan(TWO)
    found = library.summaries()
    for record, values in zip(library.files(), found.values, strict=True):
        sound = sound_file.read(library.path(record))
        np.testing.assert_array_equal(values, measure(sound, TWO).summary)
        assert (record.n_channels, record.sample_rate, record.n_samples) == (
            sound.n_channels, sound.sample_rate, sound.n_samples,
        )  # fmt: skip
        assert record.peak == pytest.approx(sound.peak)
        assert record.format == sound_file.read(library.path(record)).origin.format  # type: ignore[union-attr]


def test_a_second_scan_opens_nothing(library: Library, work: Work, hashed: list[str]) -> None:
    library.scan(TIMBRE)
    before = known(library)
    assert len(hashed) == len(work.taken()) == 6
    hashed.clear()
    done = library.scan()
    assert (hashed, work.taken()) == ([], [])
    assert (done.seen, done.measured, done.failed) == (6, 0, 0)
    assert known(library) == before


def test_only_what_changed_is_measured_again(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    ids = {record.path: record.id for record in library.files()}
    work.taken()
    tone(library.folder / "0.wav", 99)
    tone(library.folder / "b" / "new.wav", 98)
    os.utime(library.folder / "2.wav", ns=(1, 1))  # read again, and found to be what it was
    done = library.scan()
    assert work.taken() == ["0.wav", "new.wav"]
    assert (done.measured, done.linked) == (2, 1)
    assert {record.path: record.id for record in library.files()}.items() >= ids.items()
    assert library.find("2.wav").mtime_ns == 1  # type: ignore[union-attr]


def test_a_change_that_size_and_time_hide_is_found_by_rehash(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    path = library.folder / "0.wav"
    was = path.stat()
    tone(path, 99)
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    work.taken()
    library.scan()
    assert work.taken() == []
    library.scan(rehash=True)
    assert work.taken() == ["0.wav"]


def test_copies_are_measured_once(library: Library, work: Work) -> None:
    for i in range(3):
        shutil.copy(library.folder / "0.wav", library.folder / f"copy-{i}.wav")
    done = library.scan(TIMBRE)
    assert (done.measured, done.linked) == (6, 3)
    assert sum(name in ("0.wav", "copy-0.wav", "copy-1.wav", "copy-2.wav") for name in work.taken()) == 1
    shutil.copy(library.folder / "2.wav", library.folder / "later.wav")
    assert (library.scan().linked, work.taken()) == (1, [])
    found, files = library.summaries(), library.files()
    of = {
        file.path: (file.content, values.tobytes()) for file, values in zip(files, found.values, strict=True)
    }
    assert of["0.wav"] == of["copy-2.wav"] != of["2.wav"] == of["later.wav"]


def test_what_vanishes_is_missing_and_comes_back(library: Library, work: Work, hashed: list[str]) -> None:
    library.scan(TIMBRE)
    before = known(library)
    away = library.folder.parent / "away"
    shutil.move(library.folder / "a", away)
    (library.folder / "0.wav").rename(away / "kept.wav")
    assert library.scan().vanished == 4
    assert library.counts()["missing"] == 4
    assert len(library.summaries()) == len(library.files()) == 2
    (away / "kept.wav").rename(library.folder / "0.wav")
    shutil.move(away, library.folder / "a")
    hashed.clear()
    assert library.scan().returned == 4
    assert (known(library), hashed) == (before, [])


def test_a_renamed_file_keeps_its_id_and_labels(library: Library, work: Work) -> None:
    shutil.copy(library.folder / "2.wav", library.folder / "twin.wav")
    library.scan(TIMBRE)
    ids = {record.path: record.id for record in library.files()}
    library.set_labels("me", list(ids.values()), list(ids))
    (library.folder / "0.wav").rename(library.folder / "a" / "renamed.wav")
    (library.folder / "a" / "1.wav").rename(library.folder / "1.wav")
    (library.folder / "twin.wav").unlink()
    os.utime(library.folder / "2.wav", ns=(1, 1))  # of the same content as the one that is gone, and not new
    shutil.copy(library.folder / "4.wav", library.folder / "copy.wav")
    work.taken()
    done = library.scan(prune=True)
    assert work.taken() == []
    assert (done.vanished, done.moved, done.forgotten) == (3, 2, 1)
    kept = library.labels("me")
    labels = dict(zip(kept.ids.tolist(), kept.labels, strict=True))
    now = {record.path: record.id for record in library.files()}
    assert {path: labels.get(number) for path, number in now.items()} == {
        "2.wav": "2.wav", "4.wav": "4.wav", "a/3.wav": "a/3.wav", "a/5.wav": "a/5.wav", "copy.wav": None,
        "a/renamed.wav": "0.wav", "1.wav": "a/1.wav",
    }  # fmt: skip


def test_a_rename_is_recognised_although_the_scan_was_interrupted(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    number = library.find("0.wav").id  # type: ignore[union-attr]
    (library.folder / "0.wav").rename(library.folder / "later.wav")

    def press(stage: str, done: int, total: int) -> None:
        if stage == "scan":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.scan(progress=press)
    assert library.counts()["pending"] == 1
    assert library.scan(rehash=True).moved == 1
    assert library.find("later.wav").id == number  # type: ignore[union-attr]
    assert len(library.files(None)) == 6


def test_a_raised_version_of_the_measures_is_noticed_by_a_plain_scan(
    library: Library, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    library.scan(TIMBRE)
    work.taken()
    monkeypatch.setattr("granulate.library.measures.VERSION", 10_000)
    library.scan()
    assert work.taken() == [], "what was written down is believed while no file of the measures has changed"
    folder = library.folder.parent / "granulate" / "measures"
    folder.mkdir(parents=True)
    (folder / "new.py").touch()
    monkeypatch.setattr(choosing, "__file__", str(folder.parent / "choosing.py"))
    assert library.scan().measured == 6


def test_prune_forgets_what_is_missing(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    ids = library.files().ids
    library.set_labels("me", ids, ["x"] * len(ids))
    (library.folder / "0.wav").unlink()
    assert library.scan(prune=True).forgotten == 1
    assert library.counts()["missing"] == 0
    assert set(library.labels("me").ids) == set(library.files().ids)
    assert len(library.summaries()) == 5
    tone(library.folder / "0.wav", 0)
    library.scan()
    np.testing.assert_array_equal(
        library.summaries().values[-1], measure(sound_file.read(library.folder / "0.wav"), TIMBRE).summary
    )


def test_sets_of_measures_are_added_and_replaced_alone(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    timbre = library.summaries(["timbre"]).values.copy()
    assert library.scan(TWO[1:]).measured == 6
    assert [held.name for held in library.sets()] == ["timbre", "spectral"]
    np.testing.assert_array_equal(library.summaries(["timbre"]).values, timbre)
    tone(library.folder / "new.wav", 77)
    library.scan()  # a new file is measured by all
    assert len(library.summaries()) == 7
    other = MEASURES.bind({"kind": "timbre", "coefficients": 7})
    library.scan([other])
    sound = sound_file.read(library.path(library.files()[0]))
    np.testing.assert_array_equal(library.summaries(["timbre"]).values[0], measure(sound, [other]).summary)
    np.testing.assert_array_equal(library.summaries(["spectral"]).values[0], measure(sound, TWO[1:]).summary)
    assert len(list(library.index.glob("*.f32"))) == 2, "the replaced set's values are gone"
    with pytest.raises(ParameterError, match="named twice"):
        library.scan([*TIMBRE, *TIMBRE])


def test_frames_are_kept_where_asked(library: Library, work: Work) -> None:
    library.scan(TWO)
    with pytest.raises(LibraryError, match="--frames"):
        library.frames(1, "timbre")
    library.scan(TIMBRE, frames=True)
    tone(library.folder / "new.wav", 77, n=30_000)
    library.scan()
    for record in library.files():
        expected = measure(sound_file.read(library.path(record)), TIMBRE).frames["timbre"]
        np.testing.assert_array_equal(library.frames(record.id, "timbre"), expected)
    with pytest.raises(LibraryError, match="no frames of spectral"):
        library.frames(1, "spectral")


def test_odd_files_are_told_apart(library: Library, work: Work) -> None:
    folder = library.folder
    (folder / "notes.txt").write_text("no sound")
    (folder / "page.wav").write_text("<html>")
    (folder / "empty.wav").touch()
    (folder / ".hidden.wav").write_bytes(b"")
    (folder / ".git").mkdir()
    tone(folder / ".git" / "x.wav", 1)
    tone(folder / "sound.wav", 60).rename(folder / "no-suffix")
    os.symlink(folder, folder / "loop")
    os.symlink(folder / "nowhere", folder / "dangling.wav")
    os.mkfifo(folder / "pipe.wav")
    strange = os.fsdecode(b"\xff\n\x1b.wav")
    tone(folder / "y.wav", 61).rename(folder / strange)
    library.scan(TIMBRE)
    found = statuses(library)
    assert {path: found[path] for path in found if not Path(path).stem.isdigit()} == {
        "notes.txt": "unknown", "page.wav": "broken", "empty.wav": "broken", "no-suffix": "ok", "loop": "unknown",
        "dangling.wav": "broken", "pipe.wav": "unknown", strange: "ok",
    }  # fmt: skip
    assert library.find(folder / strange).path == strange  # type: ignore[union-attr]
    reasons = {record.path: record.reason for record in library.files("broken")}
    assert "empty" in reasons["empty.wav"]
    assert "not a sound" in reasons["page.wav"]
    work.taken()
    done = library.scan()
    assert work.taken() == []
    assert done.failed == 1, "only what could not be read is tried again"


def test_limits_that_were_too_tight_are_tried_again_when_they_are_wider(
    library: Library, monkeypatch: pytest.MonkeyPatch, work: Work
) -> None:
    def fail(task: looking.Task, **_: object) -> looking.Found:
        raise ParameterError("took longer than 1 s")

    with monkeypatch.context() as patch:
        patch.setattr("granulate.library.flow.look", fail)
        library.scan(TIMBRE, deadline=1)
    assert library.counts()["broken"] == 6
    assert {record.reason for record in library.files("broken")} == {"took longer than 1 s"}
    work.taken()
    library.scan(deadline=1)
    assert work.taken() == []
    library.scan(deadline=2)
    assert library.counts()["ok"] == 6


def test_a_file_that_changes_while_it_is_read_is_not_believed(library: Library, work: Work) -> None:
    path = library.folder / "0.wav"
    task = looking.Task(os.fsencode(path), path.stat().st_size, path.stat().st_mtime_ns)
    os.utime(path, ns=(5, 5))
    with pytest.raises(SoundFileError, match="changed"):
        looking.look(task, chosen=TIMBRE, framed=frozenset())


def test_one_scans_at_a_time_and_others_read(library: Library, work: Work) -> None:
    library.scan(TIMBRE)
    seen: list[int] = []
    tone(library.folder / "new.wav", 77)

    def meanwhile(stage: str, done: int, total: int) -> None:
        if stage == "scan" and not seen:
            with Library.open(library.folder) as other:
                seen.append(len(other.summaries()))
                with pytest.raises(LibraryError, match="another scan"):
                    other.scan()

    library.scan(progress=meanwhile)
    assert seen == [6]
    assert len(library.summaries()) == 7


def test_interrupted_work_is_kept_and_ended_later(library: Library, work: Work) -> None:
    def press(stage: str, done: int, total: int) -> None:
        if stage == "scan" and done == 3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        library.scan(TIMBRE, progress=press)
    assert (library.counts()["ok"], library.counts()["pending"]) == (3, 3)
    assert len(library.summaries()) == 3
    work.taken()
    assert library.scan().measured == 3
    with Library.open(library.folder, library.folder.parent / "other", create=True) as straight:
        straight.scan(TIMBRE)
        assert known(library) == known(straight)


_KILLED = """
import os, signal, sys, threading
from granulate import jobs
from granulate.library import Library
from tests.library.scanning import TWO, Work

jobs.each = Work()
for line in sys.stdin:
    child = os.fork()  # the imports are done once
    if not child:
        with Library.open(sys.argv[1], create=True) as library:
            threading.Timer(float(line), os.kill, (os.getpid(), signal.SIGKILL)).start()
            library.scan(TWO, frames=True)
        os._exit(0)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def test_a_scan_that_is_killed_leaves_an_index_that_the_next_one_completes(
    tmp_path: Path, work: Work
) -> None:
    folder = tmp_path / "sounds"
    for i in range(80):
        tone(folder / f"{i % 7}" / f"{i}.wav", i % 75, n=300)
    (folder / "page.wav").write_text("<html>")
    rng = np.random.default_rng()
    ends = []
    with subprocess.Popen(
        [sys.executable, "-c", _KILLED, folder], cwd=Path(__file__).parents[2], stdin=subprocess.PIPE,
        stdout=subprocess.PIPE, text=True,
    ) as scans:  # fmt: skip
        assert scans.stdin is not None
        assert scans.stdout is not None
        for turn in range(6):
            print(rng.uniform(0, 0.05 * (turn + 1)), file=scans.stdin, flush=True)
            ends.append(int(scans.stdout.readline()))
            with closing(sqlite3.connect(folder / ".granulate" / "index.sqlite")) as db:
                assert db.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            with Library.open(folder) as library:
                found = library.summaries()
                assert np.isfinite(found.values).all()
                assert len(found) == library.counts()["ok"]
    assert -9 in ends
    with Library.open(folder, create=True) as library:
        library.scan(TWO, frames=True)
        with Library.open(folder, tmp_path / "straight", create=True) as straight:
            straight.scan(TWO, frames=True)
            assert known(library) == known(straight)
            for file in library.files():
                other = straight.find(file.path)
                assert other is not None
                np.testing.assert_array_equal(
                    library.frames(file.id, "timbre"), straight.frames(other.id, "timbre")
                )


def test_hostile_files_in_real_children(tmp_path: Path) -> None:
    folder = tmp_path / "sounds"
    folder.mkdir()
    for name, data in [*((n, bad[0]) for n, bad in BAD.items()), *mutants(60, seed=5)]:
        (folder / name).write_bytes(data)
    for name, odd in ODD.items():
        (folder / name).write_bytes(odd.data)
    with Library.open(folder, create=True) as library:
        done: Scanned = library.scan(TIMBRE, deadline=20, n_jobs=1)
        found = {record.path: record for record in library.files(None)}
        assert library.counts()["pending"] == 0
        assert done.seen == len(found)
        for name in ODD:
            assert found[name].status == "ok", found[name]
            assert found[name].n_samples >= ODD[name].n_samples
        for name, (_, why) in BAD.items():
            assert found[name].status in ("broken", "unknown"), found[name]
            # Of the same bytes under several names, one reason is known.
            assert why in found[name].reason or name.startswith("text.")
        assert np.isfinite(library.summaries().values).all()
        assert len(library.summaries()) == library.counts()["ok"]
