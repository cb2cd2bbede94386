"""The commands that organise a library, end to end: what they write, what they say, and how they refuse."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from granulate.cli.library import COMMANDS
from granulate.library import Library
from granulate.library.measures import ASPECTS, BALANCE
from tests.library.commands import refused, run, told
from tests.library.scanning import TWO, Work, sounds, tone

ORGANISING = ("map", "cluster", "table", "similar", "duplicates", "export")


@pytest.fixture(scope="module")
def scanned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("organise") / "sounds"
    sounds(folder, 12)
    for seed in range(3):
        tone(folder / "b" / f"long_{seed}.wav", 50 + seed, n=4000)
    with pytest.MonkeyPatch.context() as patch, Library.open(folder, create=True) as library:
        patch.setattr("granulate.jobs.each", Work())
        library.scan(TWO)
    return folder


@pytest.fixture
def folder(scanned: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(scanned, tmp_path / "sounds", copy_function=shutil.copy2))


def test_a_map_is_drawn_written_and_kept(folder: Path, tmp_path: Path) -> None:
    plot, table = tmp_path / "map.png", tmp_path / "map.csv"
    report = told(
        "map", folder, "--reduction", "pca", "--grid", "--colour", "folder", "--plot", plot, "-o", table
    )  # fmt: skip
    assert report["sounds"] == 15
    assert report["grid"] == {"rows": 4, "columns": 4}
    assert len({tuple(entry["cell"]) for entry in report["map"]}) == 15
    assert plot.stat().st_size > 5000
    lines = table.read_text().splitlines()
    assert lines[0] == "path,map.x,map.y,map.column,map.row"
    first = report["map"][0]
    assert lines[1].split(",")[0] == first["path"]
    assert [float(cell) for cell in lines[1].split(",")[1:3]] == pytest.approx(first["point"], rel=1e-6)
    assert told("map", folder, "--reduction", "pca", "--grid")["map"] == report["map"]
    assert len(told("map", folder, "--reduction", "pca", "--dimensions", 3)["map"][0]["point"]) == 3


def test_a_map_by_a_parameter_and_a_column(folder: Path, tmp_path: Path) -> None:
    report = told(
        "map", folder, "--set", "reduction.perplexity=3", "--set", "reduction.iterations=250",
        "--columns", "spectral", "--colour", "centroid_mean", "--plot", tmp_path / "m.svg",
    )  # fmt: skip
    assert (report["reduction"], report["parameters"]["perplexity"], report["sets"]) == (
        "tsne",
        3,
        ["spectral"],
    )
    assert "centroid_mean (Hz)" in (tmp_path / "m.svg").read_text()


def test_maps_and_clusters_go_by_aspects(folder: Path) -> None:
    by_all = told("map", folder, "--reduction", "pca")
    pitch = told("map", folder, "--reduction", "pca", "--aspect", "spectral", "--aspect", "timbre=0")
    named = told("map", folder, "--reduction", "pca", "--columns", "spectral")
    assert pitch["aspects"] == {"spectral": 1, "timbre": 0}
    # Of one set alone, its columns count alike, as they do where they are named.
    ours, theirs = ([entry["point"] for entry in found["map"]] for found in (pitch, named))
    assert np.abs(ours) == pytest.approx(np.abs(theirs), rel=1e-3, abs=1e-3)
    assert np.abs(ours) != pytest.approx(np.abs([entry["point"] for entry in by_all["map"]]), rel=1e-2)
    report = told("cluster", folder, "-k", 3, "--aspect", "spectral")
    assert report["files"] == told("cluster", folder, "-k", 3, "--columns", "spectral")["files"]


def test_the_balance_that_help_tells_is_the_measures_own() -> None:
    text = " ".join(run("cluster", "--help").stdout.split())
    assert (
        f"how much: {', '.join(ASPECTS)}, or a set of measures; may be repeated. [default: all alike]" in text
    )
    assert {*BALANCE.values()} == {1}


def test_clusters_become_labels_that_others_use(folder: Path, tmp_path: Path) -> None:
    report = told("cluster", folder, "-k", 3, "--against", "prefix")
    assert sum(found["size"] for found in report["clusters"]) == 15
    assert all((folder / found["typical"]).exists() for found in report["clusters"])
    assert sum(map(sum, report["against"]["counts"])) == 15
    with Library.open(folder) as library:
        assert dict(zip(library.files().paths, library.labels("cluster").labels, strict=True)) == {
            entry["path"]: entry["cluster"] for entry in report["files"]
        }
    done = told("export", folder, "-o", tmp_path / "out")
    assert (done["written"], done["groups"], done["failed"]) == (15, 3, [])
    for entry in report["files"]:
        exported = tmp_path / "out" / entry["cluster"] / Path(entry["path"]).name
        assert exported.read_bytes() == (folder / entry["path"]).read_bytes()
    assert told("export", folder, "-o", tmp_path / "out")["there"] == 15
    names = [column["name"] for column in told("table", folder, "-o", tmp_path / "t.json")["columns"]]
    assert "label.cluster" in names


def test_clusters_are_told_in_words(folder: Path) -> None:
    result = run("cluster", folder, "--most", 4, "--against", "folder", "--label", "mine")
    assert result.exception is None
    assert "labels 'mine' in the index" in result.stdout
    assert "adjusted Rand index" in result.stdout
    assert "\x1b" not in result.stdout


def test_an_export_that_meets_another_file_goes_on_and_says_so(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "out" / "a").mkdir(parents=True)
    (tmp_path / "out" / "a" / "1.wav").write_text("mine")
    result = run("export", folder, "-o", tmp_path / "out", "--by", "folder", "--symlink", "--json")
    assert result.return_value == 1
    report = json.loads(result.stdout)
    assert report["written"] == 14
    assert [Path(failure["path"]).name for failure in report["failed"]] == ["1.wav"]
    assert (tmp_path / "out" / "a" / "1.wav").read_text() == "mine"
    assert (tmp_path / "out" / "a" / "3.wav").is_symlink()


def test_lists_for_players_and_reaper(folder: Path, tmp_path: Path) -> None:
    told("export", folder, "-o", tmp_path / "lists", "--by", "folder", "--format", "m3u8")
    assert sorted(path.name for path in (tmp_path / "lists").iterdir()) == ["a.m3u8", "b.m3u8", "none.m3u8"]
    named = [line for line in (tmp_path / "lists" / "b.m3u8").read_text().splitlines() if line[0] != "#"]
    assert {Path(line).resolve() for line in named} == {path.resolve() for path in (folder / "b").iterdir()}
    told("export", folder, "-o", tmp_path / "db", "--by", "folder", "--format", "reaper")
    (database,) = (tmp_path / "db").iterdir()
    assert database.name == "sounds.ReaperFileList"
    assert database.read_text().count('"u:a"') == 6
    assert "exists" in refused(
        "export", folder, "-o", tmp_path / "db", "--by", "folder", "--format", "reaper"
    )


def test_similar_sounds_are_listed_and_played(folder: Path, tmp_path: Path) -> None:
    query = folder / "b" / "long_0.wav"
    report = told(
        "similar", query, "--in", folder, "-n", 3, "--aspect", "spectral", "--playlist", tmp_path / "p.m3u"
    )
    distances = [found["distance"] for found in report["similar"]]
    assert distances == sorted(distances)
    assert "b/long_0.wav" not in [found["path"] for found in report["similar"]]
    lines = (tmp_path / "p.m3u").read_text().splitlines()
    assert [tmp_path / line for line in lines[2::2]] == [
        folder / found["path"] for found in report["similar"]
    ]
    result = run("similar", query, "--in", folder)
    assert len(result.stdout.splitlines()) == 10


def test_copies_are_listed_and_left(folder: Path) -> None:
    assert run("duplicates", folder, "--near", 0).stdout == "no duplicates among 15 sounds\n"
    report = told("duplicates", folder, "--near", 100)
    assert {group["kind"] for group in report["groups"]} == {"near"}


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["map", "FOLDER", "--reduction", "tnse"], "did you mean 'tsne'?"),
        (["map", "FOLDER", "--reduction", "none"], "makes no map"),
        (["map", "FOLDER", "--set", "perplexity=3"], "is not reduction.PARAMETER=VALUE"),
        (["map", "FOLDER", "--set", "reduction.perplexity=0"], "from 1 to 500"),
        (["map", "FOLDER", "--grid", "--dimensions", "3"], "allowed: of 2"),
        (["map", "FOLDER", "--plot", "m.txt"], "no picture format"),
        (["map", "FOLDER", "-o", "m.txt"], "no table has the extension"),
        (["map", "FOLDER", "--colour", "centroid_maen"], "did you mean 'centroid_mean'?"),
        (["map", "FOLDER", "--columns", "nothing"], "'nothing' is no column or set"),
        (["cluster", "FOLDER", "--label", "folder"], "--label 'folder'"),
        (["cluster", "FOLDER", "-k", "99"], "k = 99 clusters of 15 sounds"),
        (["cluster", "FOLDER", "--against", "kind"], "'kind' groups nothing here"),
        (["table", "FOLDER"], "-o is missing"),
        (["similar", "q.wav", "--in", "FOLDER"], "q.wav"),
        (["similar", "FOLDER/0.wav", "--in", "FOLDER", "--aspect", "smell"], "aspect 'smell'"),
        (["similar", "FOLDER/0.wav", "--in", "FOLDER", "--playlist", "p.wav"], "no playlist"),
        (["export", "FOLDER", "-o", "FOLDER/x"], "lies in the library"),
        (["export", "FOLDER", "-o", "out", "--by", "class"], "'class' groups nothing here"),
        (["export", "FOLDER", "-o", "out", "--by", "label"], "allowed: --label NAME"),
        (["duplicates", "FOLDER/nowhere"], "no such folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(
    scanned: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert message in refused(*(arg.replace("FOLDER", str(scanned)) for arg in args))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("name", ORGANISING)
def test_every_command_has_its_line_and_its_help(name: str) -> None:
    assert name in COMMANDS
    text = run(name, "--help").stdout
    assert "--json" in text
    assert "--index" in text


def test_a_folder_without_an_index_says_what_to_do(tmp_path: Path) -> None:
    for name in ("map", "cluster", "duplicates"):
        assert "library scan" in refused(name, tmp_path)


def test_the_installed_command_ends_with_the_code(scanned: Path) -> None:
    granulate = Path(sys.executable).with_name("granulate")
    done = subprocess.run(
        [granulate, "library", "similar", scanned / "0.wav", "--in", scanned, "-n", "2"],
        capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip
    assert (done.returncode, len(done.stdout.splitlines())) == (0, 2), done.stderr
    done = subprocess.run(
        [granulate, "library", "cluster", scanned, "-k", "0"], capture_output=True, text=True, check=False, timeout=120
    )  # fmt: skip
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1
