"""`granulate map` of whole sounds: what `library browse` shows, of any sounds; and maps of three dimensions."""

from __future__ import annotations

import base64
import gzip
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from granulate import page
from granulate.cli.library.browse import command as browse
from granulate.cli.map import command
from granulate.errors import ParameterError, SoundFileError
from granulate.library import Library
from granulate.page.library import HAND
from tests.conftest import melody
from tests.library.scanning import Work


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Sounds, one of them below, and one that is none; what commands keep lies elsewhere."""
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "cache"))
    made = tmp_path / "sounds"
    (made / "below").mkdir(parents=True)
    for seed, name in enumerate(["a.wav", "b.wav", "below/c.wav", "below/d.wav"]):
        soundfile.write(made / name, melody(0.3, seed=seed).frames, 22_050)
    (made / "broken.wav").write_bytes(b"RIFF....WAVE")
    return made


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    found = Work()
    monkeypatch.setattr("granulate.jobs.each", found)
    return found


def run(which: Any, *words: Any) -> tuple[int, dict[str, Any]]:
    """Exit code and report of a command."""
    done = CliRunner().invoke(which, [*map(str, words), "--json"], standalone_mode=False)
    if done.exception is not None:
        raise done.exception
    return done.return_value, json.loads(done.stdout)


def pack_of(path: Path) -> dict[str, Any]:
    text = re.search(r'id="pack">([^<]+)<', path.read_text(encoding="utf-8"))
    assert text
    return page.unpack(gzip.decompress(base64.b64decode(text[1])))[0]


def files(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_folder_is_shown_as_browse_shows_it_and_left_as_it_is(
    folder: Path, work: Work, tmp_path: Path
) -> None:
    before = files(folder)
    code, report = run(command, folder, "--of", "sounds", "-o", tmp_path / "map.html")
    assert code == 1
    assert [Path(one["path"]).name for one in report["failed"]] == ["broken.wav"]
    assert (report["points"], report["of"]) == (4, "sounds")
    assert files(folder) == before
    with Library.open(folder, create=True) as library:
        library.scan()
    assert run(browse, folder, "-o", tmp_path / "browsed.html")[0] == 0
    assert pack_of(tmp_path / "map.html") == pack_of(tmp_path / "browsed.html")


def test_what_was_measured_once_is_kept(folder: Path, work: Work, tmp_path: Path) -> None:
    run(command, folder, "--of", "sounds", "-o", tmp_path / "1.html")
    assert sorted(work.taken()) == ["a.wav", "b.wav", "broken.wav", "c.wav", "d.wav"]
    soundfile.write(folder / "b.wav", melody(0.4, seed=9).frames, 22_050)
    run(command, folder, "--of", "sounds", "-o", tmp_path / "2.html")
    assert work.taken() == ["b.wav"]


def test_a_scanned_folder_is_shown_with_its_labels(folder: Path, work: Work, tmp_path: Path) -> None:
    with Library.open(folder, create=True) as library:
        library.scan()
        library.set_labels(HAND, library.summaries().ids[:1], ["kick"])
    work.taken()
    code, report = run(command, folder, "--of", "sounds", "-o", tmp_path / "map.html")
    assert (code, work.taken()) == (0, [])
    assert "label" in report["columns"]


def test_single_sounds_keep_their_names(folder: Path, work: Work, tmp_path: Path) -> None:
    chosen = [folder / "a.wav", folder / "below" / "c.wav"]
    out = tmp_path / "map.html"
    code, report = run(command, *chosen, "--of", "sounds", "-o", out)
    assert (code, report["sounds"]) == (0, 2)
    assert pack_of(out)["title"] == "a.wav and 1 more"
    assert [sound["name"] for sound in pack_of(out)["sounds"]] == ["a.wav", "below/c.wav"]
    assert run(command, *chosen[::-1], "--of", "sounds", "-o", out, "--force")[1]["points"] == 2
    assert work.taken() == ["a.wav", "c.wav"], "the order changes nothing"


def test_how_sounds_are_laid_out_can_be_said(folder: Path, work: Work, tmp_path: Path) -> None:
    words = ["--of", "sounds", "--reduction", "pca", "--dimensions", "3", "-o", tmp_path / "map.html"]
    assert run(command, folder, *words)[1]["method"] == "pca"
    assert pack_of(tmp_path / "map.html")["dimensions"] == 3


@pytest.mark.parametrize("preset", [None, "wander"])
def test_grains_are_laid_out_in_three_dimensions(folder: Path, tmp_path: Path, preset: str | None) -> None:
    chosen = ["-p", preset] if preset else []
    run(command, folder / "a.wav", "--dimensions", "3", *chosen, "-o", tmp_path / "map.html")
    assert pack_of(tmp_path / "map.html")["dimensions"] == 3


def test_a_corpus_that_is_kept_gives_the_same_page(folder: Path, tmp_path: Path) -> None:
    words = [folder / "a.wav", "--reduction", "pca"]
    first = run(command, *words, "-o", tmp_path / "1.html")[1]
    again = run(command, *words, "-o", tmp_path / "2.html")[1]
    without = run(command, *words, "-o", tmp_path / "3.html", "--no-cache")[1]
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "2.html").read_bytes()
    assert (tmp_path / "1.html").read_bytes() == (tmp_path / "3.html").read_bytes()
    assert "read" in first["seconds"]
    assert "read" not in again["seconds"]
    assert "read" in without["seconds"]


def test_what_goes_with_grains_alone_is_refused(folder: Path, tmp_path: Path) -> None:
    for words in (
        ["-p", "wander"],
        ["--audio", "null"],
        ["--serve", "-o", "x.html"],
        ["--reduction", "none"],
    ):
        with pytest.raises(ParameterError, match="allowed"):
            run(command, folder, "--of", "sounds", *words)
    (tmp_path / "empty").mkdir()
    (tmp_path / "empty" / "notes.txt").write_text("no sound")
    with pytest.raises(SoundFileError, match="no sound"):
        run(command, tmp_path / "empty", "--of", "sounds")
    assert np.all([path.suffix != ".html" for path in tmp_path.iterdir()])
