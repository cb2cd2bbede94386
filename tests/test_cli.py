"""The installed command, end to end: files, exit codes, one line for each error, nothing left behind."""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import granulate as gr
from granulate.cli import COMMANDS
from granulate.preset import load, names
from granulate.sections import PATH
from granulate.stages.reducers import REDUCTION
from tests.commands import COMMAND, done, fails, granulate, here
from tests.conftest import REAL_AUDIO, melody


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gr.write(melody(2.0, 22_050, 2), tmp_path / "in.wav")
    return tmp_path


def test_render_writes_a_sound_a_picture_and_a_score(folder: Path) -> None:
    words = ("render", "in.wav", "-p", "unfold", "-o", "out.flac", "--plot", "p.png", "--score", "s.json")
    report = json.loads(done(granulate(*words, "--json", cwd=folder)).stdout)
    assert (
        report["output"]["samples"] == report["inputs"][0]["samples"] == sf.info(folder / "out.flac").frames
    )
    assert report["seed"] == 0
    assert report["seconds"].keys() >= {"read", "describe", "path tour", "write", "draw"}
    assert report["versions"].keys() >= {"python", "granulate", "numpy", "numba", "fft"}
    assert (folder / "p.png").read_bytes().startswith(b"\x89PNG")
    done(here("render", "s.json", "-o", "again.flac", cwd=folder))
    assert (folder / "again.flac").read_bytes() == (folder / "out.flac").read_bytes()
    assert {p.name for p in folder.iterdir()} == {"in.wav", "out.flac", "p.png", "s.json", "again.flac"}


def test_the_same_command_gives_the_same_bytes(folder: Path) -> None:
    for run, out in ((granulate, "a.wav"), (here, "b.wav")):
        done(run("render", "in.wav", "-o", out, "--seed", 5, cwd=folder))
    assert (folder / "a.wav").read_bytes() == (folder / "b.wav").read_bytes()


def test_the_original_order_is_the_original(folder: Path) -> None:
    done(here("render", "in.wav", "-o", "same.wav", "--set", "path.kind=original", cwd=folder))
    before, after = sf.read(folder / "in.wav")[0], sf.read(folder / "same.wav")[0]
    inner = slice(500, -500)  # the preset fades both ends
    assert np.abs(before[inner] - after[inner]).max() < 1e-6


def renders(folder: Path, preset: str) -> None:
    """A preset makes a sound of one."""
    words = ["render", "in.wav"]
    if PATH[load(preset).path.kind].traits.get("target"):
        words = ["mosaic", "in.wav", "--corpus", "in.wav", "--no-cache"]
    done(here(*words, "-p", preset, "-o", "out.wav", "--json", cwd=folder))
    samples, rate = sf.read(folder / "out.wav")
    assert rate == 22_050
    assert np.isfinite(samples).all()
    assert 0.005 < np.abs(samples).max() <= 1.0


def quick(preset: str) -> bool:
    """Whether nothing is trained for it, which other tests have done already."""
    return not REDUCTION[load(preset).reduction.kind].traits.get("trains")


@pytest.mark.parametrize("preset", [*filter(quick, names())])
def test_every_shipped_preset_renders(folder: Path, preset: str) -> None:
    renders(folder, preset)


def test_several_inputs_make_one_corpus_and_one_bad_one_is_named(folder: Path) -> None:
    gr.write(melody(0.5, 44_100), folder / "other.flac")
    (folder / "bad.wav").write_text("no sound")
    result = here("render", "in.wav", "bad.wav", "other.flac", "-o", "out.wav", "--json", cwd=folder)
    assert result.returncode == 1
    report = json.loads(result.stdout)
    assert [failure["path"] for failure in report["failed"]] == ["bad.wav"]
    assert "bad.wav" in result.stderr
    assert (report["output"]["sample_rate"], report["output"]["channels"]) == (44_100, 2)
    assert abs(report["output"]["samples"] - int(2.5 * 44_100)) < 4096


def test_the_rate_is_kept_unless_another_is_asked_for(folder: Path) -> None:
    for extra, rate in (((), 22_050), (("--set", "output.sample_rate=48000"), 48_000)):
        done(here("render", "in.wav", "-o", "out.wav", "--force", *extra, cwd=folder))
        assert sf.info(folder / "out.wav").samplerate == rate


def test_default_output_name(folder: Path) -> None:
    done(here("render", "in.wav", "-p", "unfold", cwd=folder))
    assert (folder / "in-unfold.wav").exists()


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["render"], "Missing argument"),
        (["rendr"], "did you mean 'render'"),
        (["render", "in.wav", "--bogus"], "--bogus"),
        (["render", "none.wav"], "none.wav"),
        (["render", "."], "is a folder"),
        (["render", "in.wav", "-p", "unfodl"], "did you mean 'unfold'"),
        (["render", "in.wav", "--set", "path.lop=1"], "did you mean 'loop'"),
        (["render", "in.wav", "--set", "framing.hop=4096"], "1 <= hop <= window"),
        (["render", "in.wav", "--seed", "-1"], "seed = -1"),
        (["render", "in.wav", "--seed", "x"], "--seed"),
        (["render", "in.wav", "-o", "out.xyz"], "xyz"),
        (["render", "in.wav", "-o", "in.wav", "--force"], "is one of the inputs"),
        (["render", "in.wav", "-o", "./in.wav"], "is one of the inputs"),
        (["render", "in.wav", "-o", "there.wav"], "exists"),
        (["render", "in.wav", "-o", "out.wav", "--score", "there.json"], "exists"),
        (["render", "in.wav", "-o", "out.wav", "--score", "there.wav"], "allowed: .json, .csv"),
        (
            ["render", "in.wav", "-o", "out.wav", "--export", "coll=a.txt", "--export", "audacity=a.txt"],
            "two outputs",
        ),
        (["render", "in.wav", "-o", "out.wav", "--export", "midi=a.txt"], "midi is exported as .mid"),
        (["render", "in.wav", "-o", "out.wav", "--export", "reaper"], "is not KIND=PATH"),
        (["render", "in.wav", "-o", "out.wav", "--plot", "p.xyz"], "xyz"),
        (["render", "in.wav", "-o", "nowhere/out.wav"], "nowhere"),
        (["render", "in.wav", "-o", "out.wav", "--set", "output.subtype=PCM_99"], "PCM_99"),
        (["render", "in.wav", "-o", "out.opus"], "22050"),
        (["render", "in.wav", "-o", "out.wav", "--set", "framing.channel=3"], "channel = 3"),
        (["render", "in.wav", "-o", "out.wav", "--set", "path.start=9999"], "start = 9999"),
        (["render", "none.json"], "none.json"),
        (["presets", "show", "nope"], "unknown preset 'nope'"),
        (["presets", "check", "there.wav"], "there.wav"),
    ],
)
def test_what_is_wrong_is_said_in_one_line_and_nothing_changes(
    folder: Path, args: list[str], message: str
) -> None:
    (folder / "there.wav").write_bytes(b"mine")
    (folder / "there.json").write_bytes(b"mine")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    assert message in fails(here(*args, cwd=folder))
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.wav", b""),
        ("text.wav", b"this is not a sound\n" * 50),
        (
            "header.wav",
            b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\x22\x56\x00\x00\x44\xac\x00\x00\x02\x00\x10\x00data\x00\x00\x00\x00",
        ),
        ("cut.flac", b"fLaC\x00\x00\x00\x22"),
    ],
)
def test_what_holds_no_sound_is_refused(folder: Path, name: str, content: bytes) -> None:
    (folder / name).write_bytes(content)
    assert name in fails(here("render", name, "-o", "out.wav", cwd=folder))
    assert not (folder / "out.wav").exists()


def test_a_fifo_does_not_block(folder: Path) -> None:
    os.mkfifo(folder / "pipe.wav")
    assert "pipe.wav" in fails(granulate("render", "pipe.wav", "-o", "out.wav", cwd=folder))


def test_samples_that_are_no_numbers_are_replaced_and_counted(folder: Path) -> None:
    samples = melody(1.0).samples[0].copy()
    samples[[5, 100, 9000]] = [np.nan, np.inf, -np.inf]
    sf.write(folder / "nan.wav", samples, 22_050, subtype="FLOAT")
    result = done(here("render", "nan.wav", "-o", "out.wav", "--json", cwd=folder))
    assert "3 samples that are not finite" in result.stderr
    assert json.loads(result.stdout)["inputs"][0]["replaced"] == 3
    assert np.isfinite(sf.read(folder / "out.wav")[0]).all()


@pytest.mark.parametrize("n", [1, 2, 100, 2047])
def test_sounds_shorter_than_a_window_come_back(folder: Path, n: int) -> None:
    sf.write(folder / "short.wav", np.full(n, 0.25), 22_050)
    done(here("render", "short.wav", "-o", "out.wav", "--set", "output.fade=0", cwd=folder))
    assert len(sf.read(folder / "out.wav")[0]) == n


def test_beyond_full_scale_is_said(folder: Path) -> None:
    sf.write(folder / "loud.wav", melody(1.0).samples[0] * 16_000, 22_050, subtype="FLOAT")
    for args, word in ((("-o", "float.wav"), "above full scale"), (("-o", "out.flac"), "turned down")):
        assert word in done(here("render", "loud.wav", *args, cwd=folder)).stderr
    assert 0.99 < np.abs(sf.read(folder / "out.flac")[0]).max() <= 1.0


def test_a_full_disk_leaves_nothing(folder: Path) -> None:
    gr.write(melody(20.0, 44_100, 2), folder / "long.wav")

    def small_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, 1_000_000))
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)

    before = set(folder.iterdir())
    line = fails(granulate("render", "long.wav", "-o", "out.wav", cwd=folder, preexec_fn=small_files))
    assert "out.wav" in line
    assert set(folder.iterdir()) == before


def processor_seconds(pid: int) -> float:
    """What a process has used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads how long a process has worked")
@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_interrupted_leaves_nothing(folder: Path, number: int, code: int) -> None:
    slow = ["--set", "path.seconds=60"]
    process = subprocess.Popen(
        [COMMAND, "render", "in.wav", "-o", "out.wav", *slow], cwd=folder, stderr=subprocess.PIPE, text=True
    )
    while processor_seconds(process.pid) < 1.5:  # at work: starting takes less
        time.sleep(0.02)
    process.send_signal(number)
    began = time.monotonic()
    _, err = process.communicate(timeout=60)
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert time.monotonic() - began < 5
    assert {path.name for path in folder.iterdir()} == {"in.wav"}


def test_help_is_instant_and_complete() -> None:
    stages = here("render", "--help", cwd=Path.cwd()).stdout
    for word in ("perplexity", "apart", "griffin_lim", "weighted_sum", "fade"):
        assert word in stages
    # Nothing heavy may be imported for it: that is what keeps it instant.
    code = (
        "import sys, granulate.cli; print(sorted({'numpy', 'numba', 'pydantic', 'scipy'} & set(sys.modules)))"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "[]\n"
    )


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_is_told_of_and_tells_of_itself(name: str, tmp_path: Path) -> None:
    assert re.search(rf"^  {name}  +\S", done(here("--help", cwd=tmp_path)).stdout, re.M)
    told = done(here(name, "--help", cwd=tmp_path)).stdout
    assert told.startswith(f"Usage: granulate {name} ")
    assert len(told.splitlines()) > 5


def test_presets_are_listed_shown_checked_and_described(tmp_path: Path) -> None:
    listed = here("presets", "list", cwd=tmp_path).stdout
    assert [line.split()[0] for line in listed.splitlines()] == names()
    shown = here("presets", "show", "unfold", cwd=tmp_path).stdout
    (tmp_path / "mine.toml").write_text(shown)
    assert here("presets", "check", "mine.toml", "unfold", cwd=tmp_path).returncode == 0
    (tmp_path / "mine.toml").write_text(shown.replace('kind = "tour"', 'kind = "tuor"'))
    result = here("presets", "check", "mine.toml", cwd=tmp_path)
    assert result.returncode == 2
    assert "did you mean 'tour'" in result.stderr
    assert json.loads(here("presets", "schema", cwd=tmp_path).stdout)["type"] == "object"


def test_demo_makes_sound_out_of_nothing(tmp_path: Path) -> None:
    done(here("demo", cwd=tmp_path))
    made = {path.name for path in (tmp_path / "granulate-demo").iterdir()}
    assert made == {"demo.wav", "demo-unfold.wav", "demo-unfold.png"}
    assert "exists" in fails(here("demo", cwd=tmp_path))


def test_a_reader_that_goes_away_is_no_error(tmp_path: Path) -> None:
    command = f"'{COMMAND}' presets schema | head -c 10"
    result = subprocess.run(["bash", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert len(result.stdout) == 10
    assert "Traceback" not in result.stderr


REAL = sorted(REAL_AUDIO.glob("recordings/*.ogg")) if REAL_AUDIO.is_dir() else []


@pytest.mark.parametrize("path", REAL[:3], ids=lambda path: path.stem)
def test_real_recordings_render(tmp_path: Path, path: Path) -> None:
    report = json.loads(done(here("render", path, "-o", "out.wav", "--json", cwd=tmp_path)).stdout)
    assert sf.info(tmp_path / "out.wav").frames == report["inputs"][0]["samples"]


def test_a_score_never_replaces_its_own_sounds(folder: Path) -> None:
    done(here("render", "in.wav", "-o", "out.wav", "--score", "s.json", cwd=folder))
    before = (folder / "in.wav").read_bytes()
    assert "is one of the inputs" in fails(here("render", "s.json", "-o", "in.wav", "--force", cwd=folder))
    assert (folder / "in.wav").read_bytes() == before


def test_a_score_can_be_sounded_otherwise_but_not_taken_elsewhere(folder: Path) -> None:
    done(here("render", "in.wav", "-o", "out.wav", "--score", "s.json", cwd=folder))
    done(here("render", "s.json", "-o", "zero.wav", "--set", "phase.kind=zero", cwd=folder))
    assert (folder / "zero.wav").read_bytes() != (folder / "out.wav").read_bytes()
    for args in (["-p", "hive"], ["--set", "path.kind=reverse"], ["--plot", "p.png"]):
        assert "score" in fails(here("render", "s.json", "-o", "more.wav", *args, cwd=folder))
