"""`granulate library classify` and `report`, end to end: train, predict, tag, and how they refuse."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest

from granulate.library import Library
from tests.library.commands import refused, run, told
from tests.library.kinds import clicks, library_of_kinds, noises


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    library = library_of_kinds(tmp_path_factory.mktemp("command") / "sounds")
    library.close()
    return library.folder


@pytest.fixture(scope="module")
def model(folder: Path) -> Path:
    path = folder.parent / "kinds.skops"
    report = told(*TRAIN, folder, "--by", "folder", "-o", path, "--plot", folder.parent / "confusion.png")
    assert report["kinds"] == {"clicks": 8, "noises": 8, "rare": 2, "tones": 8}
    assert report["left_out"] == {"rare": 2}
    assert report["scores"]["test"]["confusion"] == [[2, 0, 0], [0, 2, 0], [0, 0, 2]]
    assert len(report["split"]["train"]) == report["files"]["train"] == 12
    return path


TRAIN = ("classify", "train", "--model", "logistic", "--trials", "2", "--folds", "2", "--jobs", "1")


def test_a_library_is_tagged_and_exported(folder: Path, model: Path, tmp_path: Path) -> None:
    table = tmp_path / "t.csv"
    report = told("classify", "predict", folder, "--model", model, "--least", 0, "-o", table)
    assert len(report["files"]) == 26
    right = [
        entry["label"] == entry["path"].split("/")[0]
        for entry in report["files"]
        if "rare" not in entry["path"]
    ]
    assert all(right)
    with Library.open(folder) as library:
        labels = library.labels("class")
        assert labels.labels == tuple(entry["label"] for entry in report["files"])
        assert labels.probabilities.tolist() == [entry["probability"] for entry in report["files"]]
    head = table.read_text().splitlines()[0]
    assert head == "path,label,probability,probability.clicks,probability.noises,probability.tones"
    assert told("export", folder, "-o", tmp_path / "out", "--by", "class")["groups"] == 3
    unknown = told("classify", "predict", folder, "--model", model, "--least", 1, "--label", "strict")
    assert {entry["label"] for entry in unknown["files"]} == {"unknown"}
    assert "labels 'class' in the index" in run("classify", "predict", folder, "--model", model).stdout


@pytest.mark.skipif(sys.platform != "linux", reason="looks at processes as Linux shows them")
def test_no_process_is_left(folder: Path, tmp_path: Path) -> None:
    words = [*TRAIN[:-1], "2", str(folder), "--by", "folder", "-o", str(tmp_path / "kinds.skops")]
    with subprocess.Popen(
        [sys.executable, "-m", "granulate", "library", *words], start_new_session=True, stdout=subprocess.PIPE
    ) as training:
        assert training.wait(120) == 0
        end = time.monotonic() + 10  # what clears up after the others ends a moment later
        while any(_session(path) == training.pid for path in Path("/proc").glob("[0-9]*/stat")):
            assert time.monotonic() < end
            time.sleep(0.05)


def _session(stat: Path) -> int:
    try:
        state, _, _, session = stat.read_text().rpartition(")")[2].split()[:4]
    except OSError:  # it has ended meanwhile
        return 0
    return 0 if state == "Z" else int(session)


def test_labels_tell_which_model_gave_them(folder: Path, model: Path, tmp_path: Path) -> None:
    told("classify", "predict", folder, "--model", model, "--least", 0.5, "--label", "by model")
    digest = hashlib.blake2b(model.read_bytes(), digest_size=16).hexdigest()
    origin = {"model": "kinds.skops", "blake2b": digest, "least": 0.5}
    assert told("show", folder)["labels"]["by model"] == {"files": 26, **origin}
    assert f"by model (26; model kinds.skops; blake2b {digest}; least 0.5)" in run("show", folder).stdout
    told("table", folder, "-o", tmp_path / "t.json", "--columns", "labels")
    rows = json.loads((tmp_path / "t.json").read_text())["files"]
    assert {row["model.by model"] for row in rows} == {f"kinds.skops {digest}"}
    with Library.open(folder) as library:
        library.set_labels("by model", [1], ["mine"], keep=True)
        assert library.label_origins()["by model"] == origin
        library.set_labels("by model", [1], ["mine"])
        assert "by model" not in library.label_origins()


def test_single_files_are_tagged(model: Path, tmp_path: Path) -> None:
    one, two = clicks(tmp_path / "x.wav", 70), noises(tmp_path / "y.wav", 71)
    report = told("classify", "predict", "--model", model, "--file", one, "--file", two, "--least", 0)
    assert [entry["label"] for entry in report["files"]] == ["clicks", "noises"]
    result = run("classify", "predict", "--model", model, "--file", one, "--file", tmp_path / "no.wav")
    assert result.return_value == 1
    assert "no.wav" in result.stderr


def test_training_is_told_in_words(folder: Path, tmp_path: Path, model: Path) -> None:
    assert (folder.parent / "confusion.png").stat().st_size > 10_000
    result = run(*TRAIN, folder, "--by", "folder", "-o", tmp_path / "m.skops", "--columns", "envelope")
    assert result.exception is None
    assert "left out, too few: rare (2)" in result.stdout
    assert "24 files of 3 kinds" in result.stdout


def test_a_model_of_what_the_index_does_not_hold_names_the_scan(model: Path, tmp_path: Path) -> None:
    clicks(tmp_path / "new" / "0.wav", 0)
    with Library.open(tmp_path / "new", create=True):
        pass
    said = refused("classify", "predict", tmp_path / "new", "--model", model)
    assert "granulate library scan" in said
    assert "--measures spectral,envelope,loudness" in said


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["classify", "train", "FOLDER", "--by", "folder"], "-o is missing"),
        (["classify", "train", "FOLDER", "--by", "folder", "-o", "m.pkl"], "allowed: .skops"),
        (["classify", "train", "FOLDER", "--by", "folder", "-o", "m.skops", "--plot", "x.txt"], "no picture format"),
        (["classify", "train", "FOLDER", "--by", "folder", "-o", "m.skops", "--model", "net"], "model = 'net'"),
        (["classify", "train", "FOLDER", "--by", "csv:no.csv", "-o", "m.skops"], "no.csv"),
        (["classify", "predict", "--model", "MODEL"], "FOLDER and --file"),
        (["classify", "predict", "FOLDER", "--model", "FOLDER/tones/0.wav"], "no model"),
        (["classify", "predict", "FOLDER", "--model", "MODEL", "--label", "folder"], "--label 'folder'"),
        (["report", "FOLDER", "-o", "r.txt"], "no table has the extension"),
        (["report", "FOLDER/nowhere"], "no such folder"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_refused_in_one_line(
    folder: Path, model: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, args: list[str], message: str
) -> None:
    monkeypatch.chdir(tmp_path)
    given = [arg.replace("FOLDER", str(folder)).replace("MODEL", str(model)) for arg in args]
    assert message in refused(*given)
    assert not list(tmp_path.iterdir())
