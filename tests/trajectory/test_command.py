"""`granulate trajectory`, end to end."""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from matplotlib.image import imread

import granulate as gr
from tests.commands import done, fails, granulate, here
from tests.conftest import melody

PCA = ("--set", "reduction.kind=pca", "--set", "reduction.dimensions=3")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "cache"))
    gr.write(melody(4.0, 22_050, 2), tmp_path / "in.wav")
    return tmp_path


def test_alone_it_makes_a_page(folder: Path) -> None:
    said = done(granulate("trajectory", "in.wav", *PCA, cwd=folder)).stderr
    assert "in-trajectory.html: page" in said
    assert "smoothness" in said
    assert (folder / "in-trajectory.html").stat().st_size > 100_000
    assert "exists" in fails(here("trajectory", "in.wav", *PCA, cwd=folder))
    done(here("trajectory", "in.wav", *PCA, "--force", cwd=folder))


def test_a_forecast_is_one_command_and_repeats(folder: Path) -> None:
    words = ("trajectory", "in.wav", *PCA, "--forecast", "3", "--start", "1.5", "--json")
    reports = []
    for name in ("a.wav", "b.wav"):
        result = done(
            here(*words, "-o", name, "--picture", f"{name}.png", "--divergence", f"{name}.csv", cwd=folder)
        )
        reports.append(json.loads(result.stdout))
    assert (folder / "a.wav").read_bytes() == (folder / "b.wav").read_bytes()
    report = reports[0]
    assert report["points"] > 80
    assert report["forecast"]["model"] == "knn"
    assert 1 < report["forecast"]["different_grains"] <= report["forecast"]["steps"] + 1
    assert report["forecast"]["start_s"] == pytest.approx(1.5, abs=report["period_s"])
    assert sf.info(folder / "a.wav").duration == pytest.approx(3, abs=0.3)
    assert report["output"]["path"] == "a.wav"
    assert imread(folder / "a.wav.png").shape == (900, 1600, 4)
    rows = list(csv.DictReader((folder / "a.wav.csv").read_text().splitlines()))
    assert len(rows) == 2 * 31
    assert {row["own_future"] for row in rows} == {"True", "False"}
    assert [float(row["mean"]) for row in rows] == [row["mean"] for row in report["divergence"]]
    assert -1 <= report["smoothness"] <= 1


def test_a_film_of_a_forecast_lasts_as_long_as_its_sound(folder: Path) -> None:
    pytest.importorskip("av", reason="needs PyAV")
    words = ("trajectory", "in.wav", *PCA, "--forecast", "0.5", "--film", "f.mp4", "--json")
    report = json.loads(done(here(*words, cwd=folder)).stdout)
    assert report["film"]["frames"] == int(np.ceil(sf.info(folder / "in-forecast.wav").duration * 30))


def test_conditioning_is_compared(folder: Path) -> None:
    pytest.importorskip("torch", reason="needs PyTorch")
    words = (
        "trajectory",
        "in.wav",
        "--compare",
        "--divergence",
        "d.png",
        "--set",
        "reduction.epochs=1",
        "--json",
    )
    report = json.loads(done(here(*words, cwd=folder)).stdout)
    assert report["dimensions"] == 3
    assert report["smoothness"] != report["smoothness_pure"]
    curves = {(row["embedding"], row["own_future"]) for row in report["divergence"]}
    assert curves == {(name, own) for name in ("conditioned", "pure") for own in (True, False)}
    assert (folder / "d.png").exists()
    assert not list(folder.glob("*.html"))


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("-o", "x.wav"), "-o without --forecast"),
        (("--forecast", "nan"), "--forecast nan; allowed: more than 0"),
        (("--forecast", "2", "--start", "9"), "--start 9 is past the end; allowed: 0 to 3.99"),
        (("--film", "x.mov"), r"x.mov: a film is an MP4|granulate\[film\]"),
        (("--page", "x.png"), "x.png: a page is HTML"),
        (("--divergence", "x.txt"), "x.txt: allowed: a name that ends in .csv"),
        (("--picture", "x.png", "--divergence", "x.png"), "x.png: two outputs of one name"),
        (("--compare",), "a comparison of reduction.kind = 'pca' with itself; allowed: trajectory"),
        (("--forecast", "1", "-o", "in.wav", "--force"), "in.wav: is one of the inputs"),
    ],
)
def test_what_cannot_be_is_refused_in_a_line(folder: Path, words: tuple[str, ...], says: str) -> None:
    before = sorted(path.name for path in folder.iterdir())
    line = fails(here("trajectory", "in.wav", *PCA, *words, cwd=folder))
    assert re.search(says, line), line
    assert sorted(path.name for path in folder.iterdir() if path.name != "cache") == before


def test_one_bad_file_of_several_is_left_out(folder: Path) -> None:
    (folder / "bad.wav").write_text("no sound")
    result = here("trajectory", "in.wav", "bad.wav", *PCA, "--picture", "p.png", cwd=folder)
    assert result.returncode == 1
    assert "bad.wav" in result.stderr
    assert (folder / "p.png").exists()
