"""The report on recordings, and the quality that it tells of: against sounds whose faults are known."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner

from granulate.cli.library import command
from granulate.library import Library
from granulate.library.measures import MEASURES, columns, measure
from granulate.library.report import report
from granulate.types import Sound
from tests.library.kinds import RATE, written
from tests.library.scanning import Work

QUALITY = (MEASURES.bind({"kind": "quality"}),)


def quality(samples: np.ndarray, rate: int = 1000) -> dict[str, float]:
    values = measure(Sound(samples.astype(np.float32), rate), QUALITY).summary
    return {column.name: float(v) for column, v in zip(columns(QUALITY), values, strict=True)}


def test_silence_is_what_no_channel_exceeds() -> None:
    left, right = np.zeros(1000), np.zeros(1000)
    left[300:500], right[400:750] = 0.1, -0.002
    found = quality(np.array([left, right]))
    assert (found["leading_silence"], found["trailing_silence"]) == pytest.approx((0.3, 0.25))
    assert found["silent_share"] == pytest.approx(0.55)
    silent = quality(np.full(500, 0.0005))
    assert (silent["leading_silence"], silent["trailing_silence"], silent["silent_share"]) == (0.5, 0.5, 1)


def test_clipping_is_counted_in_runs_of_each_channel() -> None:
    a, b = np.full(100, 0.5), np.full(100, -0.5)
    a[10:14], a[20:22], b[50:60] = 1, -1, -1
    a[99], b[0] = 1, 1  # the end of one channel and the beginning of the next are no run
    found = quality(np.array([a, b]))
    assert (found["clipped"], found["clipped_runs"], found["longest_run"]) == (18, 2, 10)


def test_level_and_offset_are_those_of_numpy() -> None:
    rng = np.random.default_rng(0)
    samples = 0.1 * rng.standard_normal((3, 5000)) + np.array([[0.01], [-0.2], [0.1]])
    found = quality(samples)
    assert found["offset"] == pytest.approx(samples[1].mean(), rel=1e-4)
    assert found["rms"] == pytest.approx(10 * np.log10(np.square(samples).mean()), abs=1e-3)
    assert found["peak"] == pytest.approx(20 * np.log10(np.abs(samples).max()), abs=1e-3)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report") / "sounds"
    tone = 0.3 * np.sin(np.arange(RATE) * 0.3)
    written(folder / "good.wav", tone)
    written(folder / "offset.wav", tone + 0.1)
    written(folder / "clipped.wav", np.clip(10 * tone, -1, 1))
    written(folder / "late.wav", np.concatenate([np.zeros(RATE), tone]))
    written(folder / "silent.wav", np.zeros((RATE, 2)))
    written(folder / "quiet.wav", tone / 100)
    (folder / "broken.wav").write_bytes(b"RIFF")
    (folder / "text.txt").write_text("no sound")
    with Library.open(folder, create=True) as library, pytest.MonkeyPatch.context() as patch:
        patch.setattr("granulate.jobs.each", Work())
        library.scan(QUALITY)
    return folder


def test_every_fault_is_found_in_its_file_alone(folder: Path) -> None:
    with Library.open(folder) as library:
        found = report(library)
    worst = {fault.name: [path for path, _ in fault.worst] for fault in found.faults if fault.count}
    assert worst == {
        "silent": ["silent.wav"], "leading silence": ["late.wav"], "clipped": ["clipped.wav"],
        "offset": ["offset.wav"], "quiet": ["quiet.wav"],
    }  # fmt: skip
    assert [file.path for file in found.problems] == ["broken.wav", "text.txt"]
    assert found.distributions()["duration"]["p100"] == pytest.approx(2)


def test_the_command_tells_writes_and_draws(folder: Path, tmp_path: Path) -> None:
    outputs = [tmp_path / name for name in ("r.json", "r.csv", "r.png")]
    base = ["report", str(folder), "--json", "-o"]
    for output, more in zip(outputs[:2], ([], ["--plot", str(outputs[2])]), strict=True):
        result = CliRunner().invoke(command, [*base, str(output), *more], standalone_mode=False)
        assert result.exception is None, result.exception
    told = json.loads(outputs[0].read_text())
    assert told == json.loads(result.stdout)
    assert (told["counts"]["ok"], told["measured_quality"]) == (6, 6)
    with outputs[1].open() as file:
        rows = {row["path"]: row for row in csv.DictReader(file)}
    assert float(rows["late.wav"]["quality.leading_silence [s]"]) == pytest.approx(1, abs=1e-3)
    assert outputs[2].stat().st_size > 20_000
    words = CliRunner().invoke(command, ["report", str(folder)], standalone_mode=False).stdout
    assert "6 sounds" in words
    assert "broken.wav: broken" in words


def test_without_quality_the_rest_is_told(tmp_path: Path) -> None:
    with Library.open(tmp_path, create=True) as library:
        found = report(library)
    assert (found.quality, found.faults, len(found.files)) == (None, (), 0)
    result = CliRunner().invoke(
        command, ["report", str(tmp_path), "--plot", str(tmp_path / "r.svg")], standalone_mode=False
    )
    assert result.exception is None, result.exception
    assert "library scan --measures quality" in result.stdout
    assert "clipping and offsets: after library scan" in (tmp_path / "r.svg").read_text()
