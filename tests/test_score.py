"""Scores: what was played can be kept, and plays the same samples again."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import granulate as gr
from granulate.errors import OutputError, ScoreError
from tests.conftest import melody


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "one.wav", tmp_path / "two.flac"]
    gr.write(melody(1.0, seed=1), paths[0])
    gr.write(melody(0.8, 44_100, 2, seed=2), paths[1])
    return paths


def saved(path: Path, source: Any, *settings: str) -> gr.Score:
    score = gr.score(source, gr.Preset.of({"output": {"fade": "5ms"}}).set("path.kind=shuffle", *settings))
    gr.save_score(score, path)
    return score


@pytest.mark.parametrize(
    "settings",
    [
        (),
        ("phase.kind=random", "seed=9"),
        ("phase.kind=griffin_lim", "phase.iterations=2"),
        ("spectrum.kind=flip,shuffle",),
        ("output.normalise=peak",),
        ("framing.window=1000", "framing.hop=250", "framing.n_fft=1024", "framing.shape=hamming"),
    ],
)
def test_a_saved_score_renders_the_same_samples(
    tmp_path: Path, recordings: list[Path], settings: tuple[str, ...]
) -> None:
    score = saved(tmp_path / "score.json", recordings, *settings)
    again = gr.load_score(tmp_path / "score.json")
    assert np.array_equal(gr.render(again).samples, gr.render(score).samples)
    assert again.sample_rate == 44_100


def test_the_file_is_what_its_readers_rely_on(tmp_path: Path, recordings: list[Path]) -> None:
    score = saved(tmp_path / "score.json", recordings)
    content = json.loads((tmp_path / "score.json").read_text())
    assert content["format"] == "granulate-score/1"
    assert {*content} >= {"sample_rate", "sounds", "framing", "phase", "seed", "events"}
    assert [sound["path"] for sound in content["sounds"]] == ["one.wav", "two.flac"]
    assert {len(column) for column in content["events"].values()} == {len(score.events)}
    assert list(content["events"]) == ["time", "sound", "start", "length", "rate", "gain", "pan"]
    time = np.array(content["events"]["time"])
    assert (np.diff(time) == score.framing.hop).all()


def test_a_score_moves_with_its_sounds(tmp_path: Path, recordings: list[Path]) -> None:
    before = gr.render(saved(tmp_path / "score.json", recordings))
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert np.array_equal(gr.render(gr.load_score(moved / "score.json")).samples, before.samples)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda s: s.update(format="granulate-score/2"), "format"),
        (lambda s: s.pop("events"), "events"),
        (lambda s: s.update(extra=1), "extra"),
        (lambda s: s["events"].update(time="now"), "events.time"),
        (lambda s: s["events"]["gain"].append(1.0), "gain"),
        (lambda s: s["events"]["rate"].__setitem__(0, 2.0), r"rate\[0\] = 2"),
        (lambda s: s["events"]["sound"].__setitem__(3, 9), "sound 9"),
        (lambda s: s["events"]["start"].__setitem__(3, 10**9), r"start\[3\]"),
        (lambda s: s["events"].update({k: [] for k in s["events"]}), "without events"),
        (lambda s: s["sounds"][0].update(path="gone.wav"), "gone.wav is missing"),
        (lambda s: s["sounds"][0].update(sha256="0" * 64), "one.wav has changed"),
        (lambda s: s["sounds"][0].update(sha256="no"), "sha256"),
        (lambda s: s["sounds"][0].update(samples=5), "one.wav reads as"),
        (lambda s: s["phase"].update(kind="kept"), "did you mean 'keep'"),
        (lambda s: s["framing"].update(hop=0), "hop 0"),
        (lambda s: s.update(sounds=[]), "sounds"),
        (lambda s: s.update(samples=2**60), "samples"),
    ],
)
def test_a_wrong_score_is_named(
    tmp_path: Path, recordings: list[Path], edit: Callable[[dict[str, Any]], Any], message: str
) -> None:
    path = tmp_path / "score.json"
    saved(path, recordings)
    content = json.loads(path.read_text())
    edit(content)
    path.write_text(json.dumps(content))
    with pytest.raises(gr.GranulateError, match=message) as error:
        gr.render(gr.load_score(path))
    assert "\n" not in str(error.value)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff", b'{"format": NaN}', b"[" * 100_000])
def test_what_is_no_score_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "score.json"
    path.write_bytes(content)
    with pytest.raises(ScoreError, match=r"score\.json"):
        gr.load_score(path)
    with pytest.raises(ScoreError, match="No such file"):
        gr.load_score(tmp_path / "none.json")


def test_a_score_is_of_files(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="in no file"):
        saved(tmp_path / "score.json", melody(0.5))
    assert not list(tmp_path.iterdir())


def test_a_score_does_not_replace_what_exists(tmp_path: Path, recordings: list[Path]) -> None:
    path = tmp_path / "score.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        saved(path, recordings)
    assert path.read_text() == "mine"
