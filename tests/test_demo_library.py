"""`granulate demo --library`: a small library of kinds that can be told apart, out of nothing."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner

from granulate.cli.demo import command
from granulate.demo_sound import demo_library
from granulate.errors import GranulateError, ParameterError

RATE = 8000
KINDS = {"bowed", "plucked", "bell", "voice", "breath", "hits"}


def test_so_many_sounds_of_each_kind_and_no_two_alike() -> None:
    made = list(demo_library(3, RATE))
    assert Counter(kind for kind, _ in made) == dict.fromkeys(KINDS, 3)
    for _, sound in made:
        assert (sound.n_channels, sound.sample_rate) == (2, RATE)
        assert 0.5 < sound.duration < 2
        assert np.abs(sound.samples).max() == pytest.approx(10 ** (-3 / 20), rel=1e-5)
        assert np.abs(sound.samples[:, [0, -1]]).max() < 1e-3
    assert len({sound.samples.tobytes() for _, sound in made}) == len(made)


def test_the_seed_alone_decides() -> None:
    first, again, other = (
        [s.samples.tobytes() for _, s in demo_library(2, RATE, seed)] for seed in (1, 1, 2)
    )
    assert first == again
    assert not set(first) & set(other)


def test_more_sounds_begin_with_the_same() -> None:
    few, more = ([s.samples.tobytes() for kind, s in demo_library(n, RATE) if kind == "bell"] for n in (2, 4))
    assert more[:2] == few


@pytest.mark.parametrize("given", [{"n": 0}, {"n": 1001}, {"sample_rate": 10}, {"seed": -1}])
def test_what_is_not_allowed_is_named(given: dict[str, int]) -> None:
    (name,) = given
    with pytest.raises(ParameterError, match=f"{name} = .* allowed: "):
        next(demo_library(**given))


def test_the_command_writes_a_folder_for_each_kind_and_replaces_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(command, ["--library", "new/sounds", "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout) == {"folder": "new/sounds", "sounds": dict.fromkeys(sorted(KINDS), 8)}
    paths = sorted(tmp_path.rglob("*.wav"))
    assert len(paths) == 48
    assert {path.parent.name for path in paths} == KINDS
    assert soundfile.info(paths[0]).samplerate == 44_100
    before = {path: path.stat().st_mtime_ns for path in paths}
    refused = CliRunner().invoke(command, ["--library", "new/sounds", "--seed", "3"])
    assert isinstance(refused.exception, GranulateError)
    assert "exists" in str(refused.exception)
    assert {path: path.stat().st_mtime_ns for path in paths} == before


def test_a_preset_has_nothing_to_say_of_it(tmp_path: Path) -> None:
    refused = CliRunner().invoke(command, ["--library", str(tmp_path / "x"), "-p", "glass"])
    assert isinstance(refused.exception, ParameterError)
    assert not (tmp_path / "x").exists()
