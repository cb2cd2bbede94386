"""Every bad file is refused with one line that names it, or read as far as it goes."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import numpy as np
import pytest

from granulate import sound_file
from granulate.errors import ParameterError, SoundFileError, printable
from tests.conftest import REAL_AUDIO
from tests.hostile import BAD, ODD, encoded, mutants

FOUND = sorted((REAL_AUDIO / "hostile").rglob("*.wav"))


def refusal(path: str | os.PathLike[str]) -> str:
    with pytest.raises(SoundFileError) as caught:
        sound_file.read(path)
    message = str(caught.value)
    assert message.isprintable()
    name, _, reason = message.partition(": ")
    assert name == printable(path)
    return reason


@pytest.mark.parametrize("name", BAD)
def test_bad_files_are_refused_with_a_reason(tmp_path, name):
    data, expected = BAD[name]
    path = tmp_path / name
    path.write_bytes(data)
    reason = refusal(path)
    assert reason
    assert expected in reason


@pytest.mark.parametrize("name", ODD)
def test_odd_files_are_read_and_what_was_wrong_is_counted(tmp_path, name):
    odd = ODD[name]
    path = tmp_path / name
    path.write_bytes(odd.data)
    sound = sound_file.read(path)
    assert (sound.n_samples, sound.n_channels, sound.sample_rate) == (
        odd.n_samples,
        odd.n_channels,
        odd.rate,
    )
    assert (sound.origin.missing, sound.origin.replaced) == (odd.missing, odd.replaced)
    assert np.isfinite(sound.samples).all()


def outcome(path: Path) -> bool:
    """Whether the file is read; if not, it must be refused as it should be."""
    try:
        sound = sound_file.read(path)
    except SoundFileError:
        refusal(path)
        return False
    assert np.isfinite(sound.samples).all()
    return True


def test_real_malformed_files_are_read_or_refused():
    assert sum(map(outcome, FOUND)) >= 0.7 * len(FOUND)


def test_mutants_are_read_or_refused(tmp_path):
    read = 0
    for name, data in mutants(1800):
        path = tmp_path / name
        path.write_bytes(data)
        read += outcome(path)
        path.unlink()
    assert 200 < read < 1800


def test_a_non_finite_sample_becomes_silence(tmp_path):
    path = tmp_path / "bad.wav"
    path.write_bytes(ODD["nan-and-infinite.wav"].data)
    assert sound_file.read(path).samples.tolist() == [[0.5, 0.0, 0.0, 0.0, -0.5]]


def test_a_truncated_flac_is_read_up_to_the_break(tmp_path):
    rng = np.random.default_rng(1)
    whole = rng.uniform(-0.5, 0.5, 50_000).astype(np.float32)
    data = encoded("FLAC", "PCM_16", whole)
    path = tmp_path / "cut.flac"
    path.write_bytes(data[: len(data) // 2])
    sound = sound_file.read(path)
    assert 20_000 < sound.n_samples < 25_000
    assert sound.origin.missing == 50_000 - sound.n_samples
    assert np.abs(sound.samples[0] - whole[: sound.n_samples]).max() < 1e-4


def test_what_is_no_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo.wav")
    assert "a FIFO" in refusal("fifo.wav")
    (tmp_path / "folder.wav").mkdir()
    assert "a folder" in refusal("folder.wav")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind("socket.wav")
        assert "a socket" in refusal("socket.wav")
    assert "a device" in refusal("/dev/zero")
    (tmp_path / "dangling.wav").symlink_to("nowhere.wav")
    assert "No such file" in refusal("dangling.wav")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    assert "symbolic links" in refusal("loop.wav")
    assert "No such file" in refusal("missing.wav")
    assert "too long" in refusal("x" * 300 + ".wav")
    assert "null" in refusal("a\0b.wav")


@pytest.mark.parametrize(
    "name", ["-dash.wav", "a b.wav", "100%.wav", "two\nlines.wav", "\u00e9.wav", "e\u0301.wav"]
)
def test_names_are_only_names(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(ODD["one-sample.wav"].data)
    assert sound_file.read(path).n_samples == 1
    path.write_bytes(b"")
    assert "empty" in refusal(path)


if sys.platform == "linux":

    def test_a_name_that_is_no_text_is_read_and_written(tmp_path):
        path = os.fsdecode(os.fsencode(tmp_path) + b"/\xff.wav")
        Path(path).write_bytes(ODD["one-sample.wav"].data)
        sound = sound_file.read(path)
        assert sound.origin.path == path
        assert sound.name.endswith("/\\xff.wav")
        written = sound_file.write(sound, path, force=True)
        assert sound_file.read(written.path).n_samples == 1
        Path(path).write_bytes(b"")
        assert "empty" in refusal(path)


def test_a_rate_that_lies_does_not_fill_the_disk(tmp_path):
    path = tmp_path / "slow.wav"
    path.write_bytes(ODD["rate-1.wav"].data)
    with pytest.raises(SoundFileError, match=r"slow\.wav: cannot be resampled from 1 Hz to 48000 Hz"):
        sound_file.read(path, sample_rate=48_000)
    with pytest.raises(ParameterError, match="sample rate of 0 Hz"):
        sound_file.read(path, sample_rate=0)
