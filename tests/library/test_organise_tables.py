"""Tables hold what the library knows, the same in every format, whole or not at all."""

from __future__ import annotations

import csv
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from granulate.errors import LibraryError, MissingDependencyError, OutputError
from granulate.library import Library
from granulate.library.organise import tables
from granulate.library.organise.knowledge import knowledge
from granulate.library.organise.mapping import make_map
from granulate.library.organise.places import FILE, kept_places
from granulate.library.organise.tables import Heading, fixed, joined, write_table
from granulate.stages.reducers import REDUCTION
from tests.library.scanning import TWO, Work, sounds


def read_back(path: Path) -> tuple[list[str], list[list[object]]]:
    """Names and rows of a table; what is empty is None, numbers are numbers."""
    if path.suffix == ".csv":
        with path.open(newline="", encoding="utf-8", errors="surrogateescape") as file:
            names, *rows = csv.reader(file)
        return [name.partition(" [")[0] for name in names], [[parsed(cell) for cell in row] for row in rows]
    if path.suffix == ".json":
        content = json.loads(path.read_text())
        names = [column["name"] for column in content["columns"]]
        return names, [[row[name] for name in names] for row in content["files"]]
    parquet = pytest.importorskip("pyarrow.parquet")
    table = parquet.read_table(path)
    return table.column_names, [list(row.values()) for row in table.to_pylist()]


def parsed(cell: str) -> object:
    try:
        return float(cell) if cell else None
    except ValueError:
        return cell


def ours(n: int = 10) -> list[tables.Part]:
    ids = np.arange(n) * 2
    values = np.random.default_rng(0).standard_normal((n, 2)).astype(np.float32)
    some = np.arange(0, n, 3)
    return [
        fixed(Heading("path", "", "text"), [f'a"{i},\n.wav' for i in range(n)]),
        fixed(Heading("id", "", "whole"), ids),
        joined([Heading("x", "Hz", "real"), Heading("y", "", "real")], ids, ids[some], values[some]),
    ]


@pytest.mark.parametrize("suffix", tables.FORMATS)
@pytest.mark.parametrize("n", [0, 1, 10])
def test_every_format_reads_back_as_the_same_values(
    tmp_path: Path, suffix: str, n: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tables, "ROWS", 4)
    path = tmp_path / f"t{suffix}"
    write_table(path, ours(n), n)
    names, rows = read_back(path)
    assert names == ["path", "id", "x", "y"]
    assert len(rows) == n
    values = np.random.default_rng(0).standard_normal((n, 2)).astype(np.float32)
    for i, row in enumerate(rows):
        assert row[:2] == [f'a"{i},\n.wav', 2 * i]
        assert (row[2:] == [None, None]) == bool(i % 3)
        if i % 3 == 0:
            assert np.array(row[2:], np.float32).tolist() == values[i].tolist()


def test_units_are_told(tmp_path: Path) -> None:
    write_table(tmp_path / "t.csv", ours(), 10)
    assert (tmp_path / "t.csv").read_text().splitlines()[0] == "path,id,x [Hz],y"
    parquet = pytest.importorskip("pyarrow.parquet")
    write_table(tmp_path / "t.parquet", ours(), 10)
    assert parquet.read_schema(tmp_path / "t.parquet").field("x").metadata == {b"unit": b"Hz"}


def test_without_pyarrow_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(MissingDependencyError, match=r"granulate\[parquet\]"):
        write_table(tmp_path / "t.parquet", ours(), 10)


def test_nothing_is_overwritten_or_left_half_written(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        write_table(tmp_path / "t.csv", ours(), 10)
    with pytest.raises(
        OutputError, match=r"no table has the extension '.txt'; allowed: .csv, .json, .parquet"
    ):
        write_table(tmp_path / "t.txt", ours(), 10)

    def breaks(first: int, last: int) -> list[list[object]]:
        raise OutputError("broken")

    with pytest.raises(OutputError, match="broken"):
        write_table(tmp_path / "new.csv", [*ours(), tables.Part((Heading("z", "", "real"),), breaks)], 10)
    assert [path.name for path in tmp_path.iterdir()] == ["t.csv"]
    assert (tmp_path / "t.csv").read_text() == "mine"


@pytest.fixture
def library(tmp_path: Path, work: Work) -> Library:
    sounds(tmp_path / "sounds", 8)
    made = Library.open(tmp_path / "sounds", create=True)
    made.scan(TWO)
    return made


def test_a_table_holds_all_that_is_known(library: Library, tmp_path: Path) -> None:
    files = library.files()
    make_map(library, REDUCTION.bind({"kind": "pca", "dimensions": 2}), grid=True)
    library.set_labels("kind", files.ids[2:5], ["a", "b", "a"], [0.5, 1, 0.25])
    write_table(tmp_path / "t.json", knowledge(library, files), len(files))
    names, rows = read_back(tmp_path / "t.json")
    assert [row[0] for row in rows] == list(files.paths)
    cells = [dict(zip(names, row, strict=True)) for row in rows]
    assert [row["seconds"] for row in cells] == pytest.approx(files.durations)
    assert [row["label.kind"] for row in cells] == [None, None, "a", "b", "a", None, None, None]
    assert cells[4]["probability.kind"] == 0.25
    summaries, places = library.summaries(), kept_places(library)
    for number, column in enumerate(summaries.columns):
        np.testing.assert_array_equal(
            np.array([row[f"{column.set}.{column.name}"] for row in cells], np.float32),
            summaries.values[:, number],
        )
    assert places is not None
    assert places.grid is not None
    np.testing.assert_array_equal(
        np.array([[row["map.x"], row["map.y"]] for row in cells], np.float32), places.points
    )
    assert [row["map.column"] for row in cells] == places.grid.columns.tolist()
    library.close()


def test_columns_can_be_chosen(library: Library, tmp_path: Path) -> None:
    files = library.files()
    parts = knowledge(library, files, ["seconds", "spectral.centroid_mean", "labels"])
    assert [h.name for part in parts for h in part.headings] == ["path", "seconds", "spectral.centroid_mean"]
    with pytest.raises(LibraryError, match=r"'spectrum' is no column or set.*seconds"):
        knowledge(library, files, ["spectrum"])
    library.close()


def test_a_map_is_kept_whole_and_a_damaged_one_told(library: Library) -> None:
    assert kept_places(library) is None
    made = make_map(library, REDUCTION.bind({"kind": "pca", "dimensions": 3}))
    kept = kept_places(library)
    assert kept is not None
    np.testing.assert_array_equal(kept.points, made.points)
    assert kept.made_by["parameters"] == {"dimensions": 3}
    assert kept.grid is None
    (library.index / FILE).write_bytes((library.index / FILE).read_bytes()[:100])
    with pytest.raises(LibraryError, match="is damaged"):
        kept_places(library)
    library.close()
