"""`granulate mosaic`, end to end."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import granulate as gr
from granulate.resynthesis import Rendering
from tests.commands import done, fails, granulate, here
from tests.conftest import melody

MOSAICS = ("mosaic", "mimic", "ventriloquist")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A target, and a folder of sounds of another rate and channel count, some in folders below."""
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "cache"))
    gr.write(melody(2.0, 22_050, seed=1), tmp_path / "target.wav")
    (tmp_path / "corpus" / "below").mkdir(parents=True)
    gr.write(melody(2.0, 44_100, 2, seed=2), tmp_path / "corpus" / "a.flac")
    gr.write(melody(2.0, 22_050, seed=3), tmp_path / "corpus" / "below" / "b.wav")
    (tmp_path / "corpus" / "notes.txt").write_text("no sound")
    return tmp_path


@pytest.mark.parametrize("preset", MOSAICS)
def test_a_target_is_rebuilt_and_the_second_time_nothing_is_read(folder: Path, preset: str) -> None:
    words = (
        "mosaic",
        "target.wav",
        "--corpus",
        "corpus",
        "-p",
        preset,
        "--json",
        "--score",
        "s.json",
        "--force",
    )
    first = granulate if preset == MOSAICS[0] else here
    reports = [
        json.loads(done(run(*words, "-o", name, cwd=folder)).stdout)
        for run, name in ((first, "first.wav"), (here, "second.wav"))
    ]
    assert (reports[0]["corpus"], reports[0]["output"]["sample_rate"]) == (2, 22_050)
    assert reports[0]["output"]["samples"] == sf.info(folder / "target.wav").frames
    assert "offer" in reports[0]["seconds"]
    assert "offer" not in reports[1]["seconds"]
    assert "scale standardise" not in reports[1]["seconds"]
    assert (folder / "first.wav").read_bytes() == (folder / "second.wav").read_bytes()
    done(here("render", "s.json", "-o", "again.wav", cwd=folder))
    assert (folder / "again.wav").read_bytes() == (folder / "first.wav").read_bytes()
    done(here(*words, "--no-cache", "-o", "bare.wav", cwd=folder))
    assert (folder / "bare.wav").read_bytes() == (folder / "first.wav").read_bytes()


def test_a_picture_and_several_paths_after_the_option(folder: Path) -> None:
    report = done(here(
        "mosaic", "target.wav", "--corpus", "corpus/a.flac", "corpus/below", "-o", "m.flac", "--plot", "m.png",
        "--export", "midi=m.mid", "--json", "--no-cache", cwd=folder,
    )).stdout  # fmt: skip
    assert json.loads(report)["corpus"] == 2
    assert (folder / "m.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "m.mid").read_bytes().startswith(b"MThd")


def test_a_mosaic_of_the_target_itself_is_near_it(folder: Path) -> None:
    target = gr.read(folder / "target.wav")
    for preset, least in (("mosaic", 0.9), ("mimic", 0.9)):
        score = gr.mosaic(target, target, preset)
        found = Rendering(score).block(0, score.n_samples)[:, 0]
        assert np.corrcoef(found, target.samples[0])[0, 1] > least


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--corpus", "nowhere"), "nowhere"),
        (("--corpus", "empty"), "empty: no sound files in it"),
        (("--corpus", "corpus", "-p", "unfold"), "'tour' does not follow a target; allowed: "),
        (("--corpus", "corpus", "--set", "path.transpose=[99]"), "path.transpose = "),
        (("--corpus", "corpus", "--set", "path.voices=0"), "path.voices = 0 is not allowed"),
        (("--corpus", "corpus", "-o", "target.wav", "--force"), "target.wav"),
        (("--corpus", "corpus", "-o", "corpus/a.flac", "--force"), "a.flac"),
        (("--corpus", "corpus", "-o", "m.xyz"), "xyz"),
        (("--corpus", "corpus", "--export", "raper=x.rpp"), "did you mean 'reaper'"),
        (("--corpus", "corpus", "--export", "reaper=x.txt"), "x.txt"),
        ((), "--corpus"),
    ],
)
def test_what_cannot_be_rebuilt_is_said(folder: Path, words: tuple[str, ...], message: str) -> None:
    (folder / "empty").mkdir()
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    output = () if "-o" in words else ("-o", "m.wav")
    assert message in fails(here("mosaic", "target.wav", *words, *output, cwd=folder))
    after = {
        path: path.read_bytes() for path in folder.rglob("*") if path.is_file() and "cache" not in path.parts
    }
    assert after == before


def test_silence_is_nothing_to_rebuild(folder: Path) -> None:
    sf.write(folder / "target.wav", np.zeros(5000), 22_050)
    line = fails(here("mosaic", "target.wav", "--corpus", "corpus", "-o", "m.wav", cwd=folder))
    assert "nothing to rebuild" in line
    assert not (folder / "m.wav").exists()


def test_one_bad_file_is_told_of_and_left_out(folder: Path) -> None:
    (folder / "corpus" / "bad.wav").write_text("no sound")
    for _ in range(2):
        told = here(
            "mosaic", "target.wav", "--corpus", "corpus", "-o", "m.wav", "--force", "--json", cwd=folder
        )
        assert told.returncode == 1
        report = json.loads(told.stdout)
        assert report["corpus"] == 2
        assert [Path(failure["path"]).name for failure in report["failed"]] == ["bad.wav"]
        assert "bad.wav" in told.stderr


def test_render_does_not_take_a_preset_that_needs_a_target(folder: Path) -> None:
    line = fails(here("render", "target.wav", "-p", "mosaic", "-o", "m.wav", cwd=folder))
    assert "granulate mosaic TARGET" in line
