"""The index as others read it: files, summaries, labels; and what it refuses."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest

from granulate.errors import SoundFileError
from granulate.library import Library, LibraryError, gathering
from granulate.library.arrays import Writer, mapped
from granulate.library.overview import overview
from tests.library.scanning import TIMBRE, TWO, Work, known, sounds, tone


@pytest.fixture
def library(tmp_path: Path, work: Work) -> Library:
    folder = tmp_path / "sounds"
    sounds(folder)
    made = Library.open(folder, create=True)
    made.scan(TWO)
    return made


def test_ids_are_in_the_order_of_folders_and_names(library: Library) -> None:
    assert library.files().paths == ("0.wav", "2.wav", "4.wav", "a/1.wav", "a/3.wav", "a/5.wav")
    assert library.files().ids.tolist() == [1, 2, 3, 4, 5, 6]
    assert library.files()[3] == library.find("a/1.wav") == library.find(library.folder / "a" / "1.wav")


def test_find_knows_paths_as_the_current_folder_has_them(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(library.folder / "a")
    assert library.find("1.wav") == library.find("../a/1.wav") == library.find("a/1.wav")
    assert library.find("nowhere.wav") is None


def test_summaries_by_set_and_column_are_parts_of_the_whole(library: Library) -> None:
    whole = library.summaries()
    names = [column.name for column in whole.columns]
    assert whole.values.shape == (6, len(names))
    n = sum(column.set == "timbre" for column in whole.columns)
    np.testing.assert_array_equal(library.summaries(["timbre"]).values, whole.values[:, :n])
    np.testing.assert_array_equal(
        library.summaries(["spectral", "timbre"]).values[:, -n:], whole.values[:, :n]
    )
    chosen = [names[-1], f"timbre.{names[2]}", names[2]]
    found = library.summaries(chosen)
    assert [column.name for column in found.columns] == [names[-1], names[2]]
    np.testing.assert_array_equal(found.values, whole.values[:, [len(names) - 1, 2]])
    with pytest.raises(
        LibraryError, match=r"'timbr' is no .*did you mean 'timbre'.*allowed: timbre, spectral"
    ):
        library.summaries(["timbr"])


def test_one_whole_set_is_the_file_itself(library: Library) -> None:
    found = library.summaries(["timbre"]).values
    base: object = found
    while isinstance(base, np.ndarray) and not isinstance(base, np.memmap):
        base = base.base
    assert isinstance(base, np.memmap)
    with pytest.raises(ValueError, match="read-only"):
        found[0] = 0


@pytest.mark.parametrize("rows", [1, 4, 1000])
def test_gathering_in_blocks_changes_nothing(
    library: Library, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    (library.folder / "2.wav").unlink()
    shutil.copy(library.folder / "0.wav", library.folder / "z.wav")
    before = library.summaries()
    library.scan()
    monkeypatch.setattr(gathering, "_BLOCK_ROWS", rows)
    found = library.summaries()
    assert found.ids.tolist() == [1, 3, 4, 5, 6, 7]
    np.testing.assert_array_equal(found.values, before.values[[0, 2, 3, 4, 5, 0]])


def test_labels_are_kept_by_source(library: Library) -> None:
    library.set_labels("cluster", [1, 2, 3], ["a", "b", "a"], [0.5, 1, 0])
    library.set_labels("me", np.array([2]), ["loud"])
    found = library.labels("cluster")
    assert (found.ids.tolist(), found.labels, found.probabilities.tolist()) == (
        [1, 2, 3],
        ("a", "b", "a"),
        [0.5, 1, 0],
    )
    library.set_labels("cluster", [3, 4], ["c", "d"], keep=True)
    assert library.labels("cluster").labels == ("a", "b", "c", "d")
    library.set_labels("cluster", [6], ["z"])
    assert library.labels("cluster").ids.tolist() == [6]
    assert library.label_sources() == ("cluster", "me")
    library.set_labels("me", [], [])
    assert library.label_sources() == ("cluster",)
    with Library.open(library.folder) as other:
        assert other.labels("cluster").labels == ("z",)


@pytest.mark.parametrize(
    ("ids", "labels", "sure", "match"),
    [
        ([1, 2], ["a"], None, "2 ids, 1 labels"),
        ([1], ["a"], [1.5], "0 to 1"),
        ([1], ["a"], [float("nan")], "0 to 1"),
        ([99], ["a"], None, "file 99 is not of this library"),
    ],
)
def test_labels_that_are_wrong_change_nothing(
    library: Library, ids: list[int], labels: list[str], sure: list[float] | None, match: str
) -> None:
    library.set_labels("me", [1], ["x"])
    with pytest.raises(LibraryError, match=match):
        library.set_labels("me", ids, labels, sure)
    assert library.labels("me").labels == ("x",)


def test_a_library_moves_with_its_index(library: Library, work: Work, tmp_path: Path) -> None:
    before = known(library)
    library.close()
    shutil.move(tmp_path / "sounds", tmp_path / "moved")
    work.taken()
    with Library.open(tmp_path / "moved", create=True) as moved:
        moved.scan()
        assert work.taken() == []
        assert known(moved) == before


def test_an_index_apart_is_of_one_folder(library: Library, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    index = tmp_path / "index"
    Library.open(library.folder, index, create=True).close()
    with pytest.raises(LibraryError, match="is the index of"):
        Library.open(tmp_path / "other", index, create=True)
    shutil.move(library.folder, tmp_path / "moved")
    Library.open(tmp_path / "moved", index, create=True).close()


def test_what_is_no_index_is_refused_and_left_alone(tmp_path: Path, library: Library) -> None:
    with pytest.raises(SoundFileError, match="no such folder"):
        Library.open(tmp_path / "nowhere")
    with pytest.raises(LibraryError, match="no index"):
        Library.open(tmp_path)
    assert not (tmp_path / ".granulate").exists()
    (tmp_path / ".granulate").mkdir()
    (tmp_path / ".granulate" / "index.sqlite").write_bytes(b"something else" * 100)
    with pytest.raises(LibraryError, match="no index that can be read"):
        Library.open(tmp_path, create=True)
    (tmp_path / "file").touch()
    with pytest.raises(LibraryError, match="--index"):
        Library.open(library.folder, tmp_path / "file" / "index", create=True)
    with sqlite3.connect(library.index / "index.sqlite") as db:
        db.execute("UPDATE meta SET value = 99 WHERE key = 'format'")
    db.close()
    with pytest.raises(LibraryError, match="format 99; allowed: format 1"):
        Library.open(library.folder)


@pytest.mark.skipif(os.name == "nt", reason="folders have no such mode there")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="root may write everywhere")
def test_an_index_that_cannot_be_written_is_still_read(library: Library) -> None:
    library.close()
    library.index.chmod(0o500)
    try:
        with Library.open(library.folder) as found:
            assert len(found.summaries()) == 6
            with pytest.raises(LibraryError, match="cannot be written"):
                found.set_labels("me", [1], ["x"])
    finally:
        library.index.chmod(0o700)


@pytest.mark.skipif(not hasattr(os, "fork") or os.geteuid() != 0, reason="only root can become somebody else")
def test_an_index_on_a_read_only_folder_is_read_by_somebody_else(work: Work) -> None:
    """As on a medium that is mounted read-only: nothing can be written, not even SQLite's own files."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name) / "sounds"
        sounds(folder)
        with Library.open(folder, create=True) as library:
            library.scan(TIMBRE)
        for path in (Path(name), *Path(name).rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        before = {path.name: path.stat().st_mtime_ns for path in (folder / ".granulate").iterdir()}
        child = os.fork()
        if not child:
            os.setuid(65534)
            with suppress(BaseException), Library.open(folder) as library:
                whole = len(library.summaries()) == len(library.paths([1, 2, 3, 4, 5, 6])) == 6
                with pytest.raises(LibraryError, match="cannot be written"):
                    library.set_labels("me", [1], ["x"])
                os._exit(0 if whole else 2)
            os._exit(1)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert {path.name: path.stat().st_mtime_ns for path in (folder / ".granulate").iterdir()} == before


def test_arrays_that_were_cut_off_are_named(library: Library) -> None:
    path = next(library.index.glob("summaries-1.f32"))
    with open(path, "r+b") as file:
        file.truncate(8)
    with pytest.raises(LibraryError, match="damaged"):
        library.summaries()


def test_runs_of_rows_lie_where_they_belong(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    expected = np.zeros((40, 3), np.float32)
    writer = Writer(tmp_path / "rows", 3)
    for _ in range(5):
        rows = rng.permutation(20)[:8] * 2
        runs = [rng.random((2, 3), np.float32) for _ in rows]
        writer.write_runs(rows.tolist(), runs)
        for row, run in zip(rows, runs, strict=True):
            expected[row : row + 2] = run
    writer.write(38, np.ones((2, 3), np.float32))
    expected[38:] = 1
    writer.close()
    np.testing.assert_array_equal(mapped(tmp_path / "rows", 40, 3), expected)


def test_the_overview_counts_what_there_is(library: Library) -> None:
    tone(library.folder / "long.flac", 70, n=16_000, n_channels=2)
    shutil.copy(library.folder / "0.wav", library.folder / "copy.wav")
    (library.folder / "page.wav").write_text("<html>")
    library.scan()
    found = overview(library)
    assert found.counts == {"ok": 8, "broken": 1, "unknown": 0, "missing": 0, "pending": 0}
    assert (found.duplicates, found.longest, found.shortest) == (1, 2.0, 700 / 8000)
    assert found.seconds == pytest.approx(7 * 700 / 8000 + 2)
    assert found.formats == {"WAV PCM_16": 7, "FLAC PCM_16": 1}
    assert (found.channels, found.sample_rates) == ({1: 7, 2: 1}, {8000: 8})
    assert sum(found.durations.values()) == 8


def test_an_empty_library_has_defined_answers(tmp_path: Path, work: Work) -> None:
    with Library.open(tmp_path, create=True) as library:
        assert library.scan(TIMBRE).seen == 0
        assert (len(library.files(None)), len(library.summaries())) == (0, 0)
        assert library.summaries().values.shape[1] == len(library.sets()[0].columns)
        assert overview(library).seconds == 0
