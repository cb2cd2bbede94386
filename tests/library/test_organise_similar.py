"""What is found is what is nearest, under any weights; the table that is searched follows the library."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
import soundfile

from granulate.errors import ParameterError, SoundFileError
from granulate.kernels.codes import ROWS
from granulate.library import Library, measures
from granulate.library.measures import measure
from granulate.library.organise.aspects import parse_aspects, weights_of
from granulate.library.organise.duplicates import Group
from granulate.library.organise.nearest import Table
from granulate.library.organise.similar import FOLDER, open_searcher, similar
from granulate.library.organise.twice import duplicates
from granulate.library.records import Column
from granulate.sound_file import read
from tests.library.scanning import TWO, Work, sounds, tone


def brute(scaled: np.ndarray, query: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return np.abs(scaled.astype(np.float64) - query) @ weights


@pytest.mark.parametrize("n", [1, 9, ROWS - 1, ROWS + 1, 3 * ROWS + 5])
@pytest.mark.parametrize("kind", ["normal", "heavy tails", "clustered"])
def test_nearest_is_exact_under_any_weights(n: int, kind: str) -> None:
    rng = np.random.default_rng(n)
    values = rng.standard_normal((n, 7))
    if kind == "heavy tails":  # beyond the reach of the codes
        values = rng.standard_cauchy((n, 7))
    elif kind == "clustered":  # many rows in one step of the codes
        values = rng.integers(0, 3, (n, 7)) + 1e-4 * values
    table = Table.of((values * 300 + 5).astype(np.float32))
    for trial in range(6):
        weights = (rng.random(7) * (rng.random(7) < 0.6) + 0.01 * (trial == 0)).astype(np.float32)
        query = table.values[rng.integers(n)] if trial % 2 else 3 * rng.standard_cauchy(7).astype(np.float32)
        rows, distances = table.nearest(query, weights, 12)
        expected = brute(table.values, query, weights)
        assert len(rows) == min(12, n) == len(set(rows.tolist()))
        np.testing.assert_allclose(distances, np.sort(expected)[: len(rows)], rtol=1e-5, atol=1e-6)
        np.testing.assert_allclose(distances, expected[rows], rtol=1e-5, atol=1e-6)


def test_rows_alike_come_in_their_order() -> None:
    table = Table.of(np.repeat(np.eye(4, dtype=np.float32), 3, axis=0))
    rows, distances = table.nearest(table.values[4], np.ones(4, np.float32), 3)
    assert rows.tolist() == [3, 4, 5]
    assert not distances.any()


def column(name: str) -> Column:
    return Column(name, "", name.partition(".")[0])


COLUMNS = (column("notes.a"), column("notes.b"), column("notes.c"), column("rhythm.a"))


def test_an_aspect_counts_alike_however_many_columns_it_has() -> None:
    weights = weights_of(COLUMNS, {"notes": 1, "rhythm": 1})
    np.testing.assert_allclose(weights, [1 / 6, 1 / 6, 1 / 6, 1 / 2])
    np.testing.assert_allclose(weights_of(COLUMNS, {"rhythm": 3, "notes": 0}), [0, 0, 0, 1])
    np.testing.assert_allclose(weights_of(COLUMNS), weights)


def test_without_weights_the_measures_balance_counts() -> None:
    known = measures.columns(measures.DEFAULT)
    found = weights_of(known)
    np.testing.assert_allclose(found, measures.weights(known), rtol=1e-6)


@pytest.mark.parametrize("n", [1, 40])
def test_columns_are_scaled_as_the_measures_say(n: int) -> None:
    values = np.random.default_rng(0).standard_cauchy((n, 5)).astype(np.float32)
    values[:, 1] = 7
    values[: n // 20, 2], values[n // 20 :, 2] = 5, 0  # percentiles that coincide
    np.testing.assert_allclose(Table.of(values).values, measures.scaled(values), atol=1e-6)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ({"note": 1.0}, r"'note' \(did you mean 'notes'\?\) is not measured"),
        ({"notes": -1.0}, "notes = -1; allowed"),
        ({"notes": np.inf}, "notes = inf"),
        ({"notes": 0.0}, "no aspect has a weight"),
    ],
)
def test_aspects_that_mean_nothing_are_refused(asked: dict[str, float], message: str) -> None:
    with pytest.raises(ParameterError, match=message):
        weights_of(COLUMNS, asked)


def test_aspects_are_read_as_they_are_written() -> None:
    assert parse_aspects(["timbre=1", "pitch = 0.5", "loudness"]) == {
        "timbre": 1,
        "pitch": 0.5,
        "loudness": 1,
    }
    assert parse_aspects([]) is None
    with pytest.raises(ParameterError, match=r"--aspect 'timbre=x' is not ASPECT=WEIGHT"):
        parse_aspects(["timbre=x"])


@pytest.fixture
def folder(tmp_path: Path, work: Work) -> Path:
    made = tmp_path / "sounds"
    sounds(made, 9)
    with Library.open(made, create=True) as library:
        library.scan(TWO)
    return made


def test_similar_sounds_are_those_whose_measures_are_nearest(folder: Path) -> None:
    with Library.open(folder) as library:
        searcher, summaries, files = open_searcher(library), library.summaries(), library.files()
        found = similar(searcher, folder / "a" / "3.wav", 4, {"timbre": 2, "spectral": 1})
        scaled, row = measures.scaled(summaries.values), files.paths.index("a/3.wav")
        apart = np.abs(scaled - scaled[row])
        timbre = apart[:, [column.set == "timbre" for column in summaries.columns]].mean(axis=1)
        spectral = apart[:, [column.set == "spectral" for column in summaries.columns]].mean(axis=1)
        expected = (2 * timbre + spectral) / 3
        order = np.argsort(expected)
        assert [sound.path for sound in found] == [files.paths[i] for i in order[order != row][:4]]
        np.testing.assert_allclose([sound.distance for sound in found], np.sort(expected)[1:5], rtol=1e-4)
        np.testing.assert_allclose(
            [sound.aspects["timbre"] for sound in found], timbre[order[1:5]], rtol=1e-4
        )


def test_a_sound_from_elsewhere_is_measured_and_its_copy_found_first(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.wav"
    copy.write_bytes((folder / "2.wav").read_bytes())
    with Library.open(folder) as library:
        searcher = open_searcher(library)
        first = similar(searcher, copy, 1)[0]
        assert first.path == "2.wav"
        assert first.distance < 1e-5
        np.testing.assert_allclose(
            searcher.measured(copy), searcher.table.scaled(measure(read(copy), TWO).summary[None])[0]
        )
        with pytest.raises(SoundFileError):
            similar(searcher, tmp_path / "none.wav")


def test_a_file_that_has_changed_since_the_scan_is_measured_anew(folder: Path) -> None:
    (folder / "0.wav").write_bytes((folder / "a" / "5.wav").read_bytes())
    with Library.open(folder) as library:
        assert similar(open_searcher(library), folder / "0.wav", 1)[0].path == "a/5.wav"


def test_the_table_is_kept_and_made_anew_when_the_library_has_changed(folder: Path) -> None:
    with Library.open(folder) as library:
        open_searcher(library)
        kept = sorted((library.index / FOLDER).iterdir())
        library.set_labels("kind", [1], ["x"])  # says nothing of the sounds
        assert len(open_searcher(library).ids) == 9
        assert sorted((library.index / FOLDER).iterdir()) == kept
        tone(folder / "new.wav", 77)
        os.remove(folder / "4.wav")
        library.scan()
        searcher = open_searcher(library)
        assert len(searcher.ids) == 9
        assert not set(kept) & {*(library.index / FOLDER).iterdir()}
        assert {sound.path for sound in similar(searcher, folder / "new.wav", 20)} == {
            file.path for file in library.files() if file.path != "new.wav"
        }


def test_a_library_that_cannot_be_written_is_searched_all_the_same(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / ".granulate" / FOLDER).write_text("in the way")
    with Library.open(folder) as library:
        assert len(similar(open_searcher(library), folder / "0.wav", 3)) == 3


def test_nothing_measured_is_told(tmp_path: Path) -> None:
    with (
        Library.open(tmp_path, create=True) as library,
        pytest.raises(ParameterError, match="no sound of the library has been measured"),
    ):
        open_searcher(library)


def test_duplicates_are_told_by_kind(folder: Path) -> None:
    (folder / "copy.wav").write_bytes((folder / "0.wav").read_bytes())
    samples, rate = soundfile.read(folder / "a" / "1.wav", dtype="int16")
    soundfile.write(folder / "lossless.flac", samples, rate)
    soundfile.write(folder / "almost.wav", samples - samples // 500, rate)
    with Library.open(folder) as library:
        library.scan()
        files = library.files()
        groups, failed = duplicates(library, files, 0.5)
    assert not failed

    def told(group: Group) -> tuple[str, set[str]]:
        return group.kind, {files.paths[row] for row in group.rows}

    found = [told(group) for group in groups]
    assert ("file", {"0.wav", "copy.wav"}) in found
    assert ("audio", {"a/1.wav", "lossless.flac"}) in found
    assert ("near", {"a/1.wav", "almost.wav"}) in found
    with Library.open(folder) as library:
        assert {group.kind for group in duplicates(library, files, 0)[0]} == {"file", "audio"}
