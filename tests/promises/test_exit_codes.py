"""A command's end is told by its code: 0 done, 1 some items failed, 2 not begun; 130 and 143 are in tests/test_cli.py."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import granulate as gr
from tests.commands import here
from tests.conftest import melody

QUICK = ("--set", "reduction.kind=none", "--set", "path.kind=shuffle")
ENDS: list[tuple[int, tuple[str, ...]]] = [
    (0, ("--help",)),
    (0, ("--version",)),
    (0, ("render", "good.wav", "-o", "new.wav", *QUICK)),
    (0, ("batch", "mixed", "-o", "new", "--dry-run", *QUICK)),
    (0, ("presets", "check", "unfold", "glass")),
    (1, ("render", "good.wav", "bad.wav", "-o", "new.wav", *QUICK)),
    (2, ()),
    (2, ("rendr", "good.wav")),
    (2, ("render",)),
    (2, ("render", "good.wav", "--no-such-option")),
    (2, ("render", "bad.wav", "-o", "new.wav")),
    (2, ("render", "nothing.wav", "-o", "new.wav")),
    (2, ("render", "good.wav", "-o", "good.wav")),
    (2, ("render", "good.wav", "-o", "there.wav", *QUICK)),
    (2, ("render", "good.wav", "-o", "nowhere/new.wav")),
    (2, ("render", "good.wav", "-o", "new.xyz")),
    (2, ("render", "good.wav", "-p", "unfodl", "-o", "new.wav")),
    (2, ("render", "good.wav", "-p", "broken.toml", "-o", "new.wav")),
    (2, ("render", "good.wav", "--set", "path.kind=tuor", "-o", "new.wav")),
    (2, ("render", "good.wav", "--set", "framing.hop=0", "-o", "new.wav")),
    (2, ("render", "score.json", "-o", "new.wav")),
    (2, ("presets", "check", "broken.toml")),
    (2, ("batch", "nowhere", "-o", "new")),
    (2, ("library", "show", "good")),
    (2, ("live", "good.wav", "--audio", "null", "--osc", "99999")),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("good", "mixed"):
        (tmp_path / name).mkdir()
        gr.write(melody(0.3), tmp_path / name / "a.wav")
    gr.write(melody(0.3), tmp_path / "good.wav")
    (tmp_path / "there.wav").write_bytes(b"precious")
    (tmp_path / "bad.wav").write_bytes(b"no sound at all")
    shutil.copy(tmp_path / "bad.wav", tmp_path / "mixed" / "b.wav")
    (tmp_path / "broken.toml").write_text('[path]\nkind = "tour"\nlooop = true\n')
    (tmp_path / "score.json").write_text("{}")
    return tmp_path


@pytest.mark.parametrize(("code", "words"), ENDS, ids=str)
def test_the_code_says_how_it_ended(folder: Path, code: int, words: tuple[str, ...]) -> None:
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    ended = here(*words, cwd=folder)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stdout + ended.stderr
    assert all(path.read_bytes() == content for path, content in before.items())
    if code == 2:
        assert {path for path in folder.rglob("*") if path.is_file()} == set(before)


def test_every_sound_of_a_batch_has_one_status_and_a_failed_one_shows_in_the_code(folder: Path) -> None:
    ended = here("batch", "mixed", "-o", "new", "--json", *QUICK, cwd=folder)
    sounds = {entry["input"]: entry["status"] for entry in json.loads(ended.stdout)["sounds"]}
    assert sounds == {"a.wav": "made", "b.wav": "failed"}
    assert ended.returncode == 1


INTERRUPTED = """
import sys
class Interrupted:
    def find_spec(self, name, path=None, target=None):
        if name == "click":
            raise KeyboardInterrupt
sys.meta_path.insert(0, Interrupted())
from granulate.__main__ import main
main()
"""


def test_interrupted_while_it_is_imported_it_ends_as_later() -> None:
    done = subprocess.run([sys.executable, "-c", INTERRUPTED], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (130, "granulate: interrupted; nothing was left half-written\n")
