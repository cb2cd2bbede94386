"""`granulate batch`, end to end: each sound as `granulate render` makes it, and only what is missing made again."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import granulate as gr
from granulate import batch, cli
from granulate.batch import running
from granulate.errors import GranulateError, OutputError, SoundFileError
from granulate.jobs import Outcome
from granulate.sound_file import write
from granulate.types import Sound
from tests.conftest import melody
from tests.hostile import BAD

COMMAND = shutil.which("granulate", path=str(Path(sys.executable).parent)) or "granulate"
QUICK = gr.load_preset("unfold").set("reduction.kind=none", "path.kind=shuffle")
HIDDEN = ".granulate-batch"


def granulate(*args: object, cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [COMMAND, *map(str, args)], cwd=cwd, capture_output=True, text=True, timeout=120, check=False
    )


def told(*args: object) -> tuple[int, str]:
    """The same in this process, in the current folder: its exit code, and what it prints on standard output."""
    result = CliRunner().invoke(cli.granulate, [str(arg) for arg in args], standalone_mode=False)
    if isinstance(result.exception, GranulateError):
        return result.exception.exit_code, result.stdout
    assert result.exception is None, result.exception
    return int(result.return_value or 0), result.stdout


def files(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, without the batch's own."""
    found = [path for path in folder.rglob("*") if path.is_file() and HIDDEN not in path.parts]
    return {os.path.relpath(path, folder): path.read_bytes() for path in found}


def left(folder: Path) -> list[str]:
    """What should not be left."""
    return [
        path.name for path in folder.rglob("*") if path.name.startswith(".granulate-") and path.name != HIDDEN
    ] + [name for name in os.listdir(folder / HIDDEN) if name not in ("journal.jsonl", "lock")]


def noise(seed: int, seconds: float = 0.3, rate: int = 8000) -> Sound:
    rng = np.random.default_rng(seed)
    return Sound(rng.uniform(-0.5, 0.5, (1, int(seconds * rate))).astype(np.float32), rate)


def here(function: Callable[[Any], Any], items: Iterable[Any], **_: object) -> Iterator[Outcome]:
    """What `granulate.jobs.each` does, in this process: quick, and enough where children are not the question."""
    for index, item in enumerate(items):
        try:
            yield Outcome(index, function(item), None, 0.0)
        except GranulateError as error:
            yield Outcome(index, None, str(error), 0.0)


@pytest.fixture
def in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "each", here)


@pytest.fixture
def folder(tmp_path: Path, in_process: None) -> Path:
    """Six sounds in a tree, under `in`."""
    for number, name in enumerate(
        ("a.wav", "a.flac", "drums/kick.wav", "drums/loud/tom.aiff", "b.wav", "c.ogg")
    ):
        path = tmp_path / "in" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        write(noise(number), path)
    return tmp_path


def run(folder: Path, **options: object) -> batch.Report:
    return batch.render_folder(folder / "in", QUICK, folder / "out", **options)


def test_the_command_makes_what_render_makes_and_names_what_it_cannot(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "low").mkdir(parents=True)
    write(melody(0.5), tmp_path / "in" / "melody.wav")
    write(melody(0.5, 8000, 2, 3), tmp_path / "in" / "low" / "stereo.flac")
    (tmp_path / "in" / "bad.wav").write_bytes(BAD["picture.wav"][0])
    os.symlink("..", tmp_path / "in" / "low" / "loop")
    os.symlink("nowhere.wav", tmp_path / "in" / "dangling.wav")
    expected = {"bad.wav", "dangling.wav"}
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "in" / "fifo.wav")
        expected.add("fifo.wav")
    if sys.platform == "linux":
        Path(os.fsdecode(os.fsencode(tmp_path / "in") + b"/\xff.wav")).write_bytes(b"")
        expected.add("\\xff.wav")
    words = ("-p", "unfold", "-p", "confetti", "--seed", 7, "--set", "output.normalise=peak")
    result = granulate(
        "batch",
        "in",
        *words,
        "-o",
        "in/out",
        "--format",
        "ogg",
        "--report",
        "report.json",
        "--json",
        cwd=tmp_path,
    )
    assert result.returncode == 1, result.stderr
    report = json.loads(result.stdout)
    assert report == json.loads((tmp_path / "report.json").read_text())
    failed = {entry["input"]: entry["reason"] for entry in report["sounds"] if entry["status"] == "failed"}
    assert set(failed) == expected
    assert all(
        f"granulate: {name}" in result.stderr and reason in result.stderr for name, reason in failed.items()
    )
    assert len(result.stderr.splitlines()) == 2 * len(expected)
    made = [entry for entry in report["sounds"] if entry["status"] == "made"]
    assert {entry["output"] for entry in made} == set(files(tmp_path / "in" / "out"))
    assert len(made) == 4
    for entry in made[1:3]:  # one of each sound and preset
        again = (
            "-p",
            entry["preset"],
            "--seed",
            7,
            "--set",
            "output.normalise=peak",
            "-o",
            "one.ogg",
            "--force",
        )
        assert told("render", tmp_path / "in" / entry["input"], *again)[0] == 0
        assert (tmp_path / "one.ogg").read_bytes() == (tmp_path / "in" / "out" / entry["output"]).read_bytes()
    assert not left(tmp_path / "in" / "out")
    before = files(tmp_path / "in" / "out")
    again = ("--format", "ogg", "--report", "report.json", "--json")
    code, report = told("batch", "in", *words, "-o", "in/out", *again)
    assert code == 1
    assert json.loads(report)["counts"] == {"kept": 4, "failed": 2 * len(expected)}
    assert files(tmp_path / "in" / "out") == before


def test_a_dry_run_tells_and_writes_nothing(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    words = ("batch", "in", "-o", "out", "--name", "{preset}/{folder}/{number:03}-{stem}.flac", "--dry-run")
    code, lines = told(*words)
    assert code == 0
    assert "drums/loud/tom.aiff -> unfold/drums/loud/006-tom.flac" in lines.splitlines()
    assert not (folder / "out").exists()
    report = json.loads(told(*words, "--json")[1])
    assert report["counts"] == {"to make": 6}
    assert len({entry["output"] for entry in report["sounds"]}) == 6


def test_only_what_is_missing_or_stale_is_made_again(folder: Path) -> None:
    assert run(folder).counts == {"made": 6}
    straight = files(folder / "out")
    times = {name: os.stat(folder / "out" / name).st_mtime_ns for name in straight}
    assert run(folder).counts == {"kept": 6}

    (folder / "out" / "b-unfold.wav").unlink()
    write(noise(77), folder / "in" / "drums" / "kick.wav", force=True)
    os.utime(folder / "in" / "c.ogg")  # as new, but the same
    assert run(folder).counts == {"made": 2, "kept": 4}
    after = files(folder / "out")
    changed = os.path.join("drums", "kick-unfold.wav")
    assert after[changed] != straight[changed]
    assert {**after, changed: b""} == {**straight, changed: b""}
    untouched = set(straight) - {changed, "b-unfold.wav"}
    assert all(os.stat(folder / "out" / name).st_mtime_ns == times[name] for name in untouched)

    assert run(folder, seed=5).counts == {"made": 6}
    write(noise(2), folder / "in" / "drums" / "kick.wav", force=True)
    assert run(folder, seed=0).counts == {"made": 6}
    assert files(folder / "out") == straight


def test_what_others_made_or_changed_is_not_replaced_without_force(folder: Path) -> None:
    (folder / "out").mkdir()
    (folder / "out" / "b-unfold.wav").write_bytes(b"somebody else's")
    report = run(folder)
    assert report.counts == {"made": 5, "failed": 1}
    assert "not what this batch made" in str(report.failed[0].reason)
    assert report.exit_code == 1
    straight = files(folder / "out")

    (folder / "out" / "c-unfold.wav").write_bytes(b"edited by hand")
    assert {entry.output for entry in run(folder).failed} == {"b-unfold.wav", "c-unfold.wav"}
    assert files(folder / "out") == {**straight, "c-unfold.wav": b"edited by hand"}

    # Neither does a change of seed make them the batch's own; but it replaces what is.
    assert run(folder, seed=3).counts == {"made": 4, "failed": 2}
    assert run(folder, force=True).counts == {"made": 6}
    assert files(folder / "out") == {**straight, "b-unfold.wav": files(folder / "out")["b-unfold.wav"]}
    assert run(folder).counts == {"kept": 6}


def test_a_journal_that_is_torn_or_lost_costs_no_output(folder: Path) -> None:
    run(folder)
    straight = files(folder / "out")
    times = {name: os.stat(folder / "out" / name).st_mtime_ns for name in straight}
    journal = folder / "out" / HIDDEN / "journal.jsonl"
    whole = journal.read_bytes()
    for text in (whole[:-100], b'{"output": 3}\n[]\n\xff\n' + b"[" * 5000 + b"\n" + whole[:300], b""):
        journal.write_bytes(text)
        (folder / "out" / HIDDEN / "left-by-a-kill.wav").write_bytes(b"half")
        assert run(folder).counts == {"kept": 6}
        assert {name: os.stat(folder / "out" / name).st_mtime_ns for name in straight} == times
        assert len(running.load(str(folder / "out"))) == 6
        assert not left(folder / "out")
    assert files(folder / "out") == straight


def test_two_batches_do_not_work_in_one_folder(folder: Path) -> None:
    from granulate.batch.journal import journal

    with journal(str(folder / "out")), pytest.raises(OutputError, match="another batch is at work"):
        run(folder)
    assert run(folder).counts == {"made": 6}


def test_inputs_never_share_an_output(tmp_path: Path) -> None:
    twins = [
        "x.wav",
        "x.flac",
        "X.wav",
        "caf\u00e9.wav",
        unicodedata.normalize("NFD", "caf\u00e9.wav"),
        "y.wav",
    ]
    (tmp_path / "in").mkdir()
    for name in twins:
        (tmp_path / "in" / name).write_bytes(b"")
    found = os.listdir(tmp_path / "in")  # fewer where the file system takes twins for one
    presets = [QUICK, gr.load_preset("confetti"), QUICK.seeded(4)]
    plans = [batch.plan([tmp_path / "in"], presets, tmp_path / "out") for _ in range(2)]
    outputs = [task.output for task in plans[0].tasks]
    assert [task.output for task in plans[1].tasks] == outputs
    assert len({unicodedata.normalize("NFC", name.casefold()) for name in outputs}) == 3 * len(found)
    assert {"y-unfold.wav", "y-confetti.wav", "y-unfold-2.wav"} <= set(outputs)
    assert "x-unfold-flac.wav" in outputs


@pytest.mark.parametrize(
    ("template", "why"),
    [
        ("all", "one for all sounds"),
        ("{preset}", "one for all sounds"),
        ("{stem}", "one for all presets"),
        ("{stme}-{preset}", r"did you mean|allowed: \{folder\}"),
        ("{stem}-{preset", "allowed: a text with"),
        ("{}-{stem}", "unknown field"),
        ("{stem.__class__}-{preset}", "unknown field"),
        ("{stem!r}-{preset}", "with a format"),
        ("{stem:>99999999999}-{preset}", "with a format"),
        ("{number:9999999999999999999}-{preset}", "allowed"),
        ("../{stem}-{preset}", "do not begin with a dot"),
        ("x/../../{stem}-{preset}", "do not begin with a dot"),
        ("/tmp/{stem}-{preset}", "leads out"),
        (".{stem}-{preset}", "do not begin with a dot"),
        ("{stem}-{preset}/", "do not begin with a dot"),
    ],
)
def test_templates_that_would_collide_or_escape_are_refused(folder: Path, template: str, why: str) -> None:
    with pytest.raises(GranulateError, match=why) as caught:
        batch.plan([folder / "in"], [QUICK, gr.load_preset("confetti")], folder / "out", name=template)
    assert "\n" not in str(caught.value)


def test_folders_that_cannot_be_worked_with(folder: Path) -> None:
    for folders, out, why in (
        (["nowhere"], "out", "no such folder"),
        (["in/b.wav"], "out", "is not a folder"),
        (["in"], "in", "holds the sounds"),
    ):
        with pytest.raises((SoundFileError, OutputError), match=why):
            batch.plan([folder / name for name in folders], [QUICK], folder / out)
    (folder / "empty").mkdir()
    with pytest.raises(SoundFileError, match="no sound files"):
        batch.plan([folder / "empty"], [QUICK], folder / "out")
    with pytest.raises(OutputError, match="is one of the inputs"):
        batch.plan([folder / "in" / "drums"], [QUICK], folder / "in", name="drums/{stem}.wav")
    several = batch.plan([folder / "in", folder / "in" / "drums", folder / "in"], [QUICK], folder / "out")
    assert sorted({task.input.path for task in several.tasks}) == sorted(t.input.path for t in several.tasks)
    assert all(task.output.startswith("in" + os.sep) for task in several.tasks)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_batch_that_is_killed_or_interrupted_is_gone_on_with(tmp_path: Path, in_process: None) -> None:
    """A small number of what benchmarks/batch_kills.py does two hundred times."""
    (tmp_path / "in").mkdir()
    for number in range(40):
        write(noise(number, 0.2), tmp_path / "in" / f"{number}.wav")
    batch.render_folder(tmp_path / "in", QUICK, tmp_path / "straight")
    whole = files(tmp_path / "straight")
    assert len(whole) == 40
    words = [COMMAND, "batch", "in", "--set", "reduction.kind=none", "--set", "path.kind=shuffle", "-o"]
    for signal_, code, jobs in (
        (signal.SIGKILL, -9, "2"),
        (signal.SIGINT, 130, "2"),
        (signal.SIGTERM, 143, "1"),
    ):
        with subprocess.Popen(
            [*words, "out", "--jobs", jobs], cwd=tmp_path, stderr=subprocess.PIPE, text=True
        ) as process:
            before = len(files(tmp_path / "out")) if (tmp_path / "out").exists() else 0
            end = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < end:
                if (tmp_path / "out").exists() and len(files(tmp_path / "out")) > before:
                    process.send_signal(signal_)
                    break
                time.sleep(0.002)
            text = process.communicate(timeout=90)[1]
        assert process.returncode in (code, 0), text
        assert "Traceback" not in text
        time.sleep(0.6)  # for what a kill leaves behind to notice
        partial = files(tmp_path / "out")
        assert partial.items() <= whole.items()
        if process.returncode == 130:
            assert text.strip() == "granulate: interrupted; nothing was left half-written"
            assert not left(tmp_path / "out")
    last = subprocess.run(
        [*words, "out"], cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False
    )
    assert last.returncode == 0, last.stderr
    assert files(tmp_path / "out") == whole
    assert not left(tmp_path / "out")
