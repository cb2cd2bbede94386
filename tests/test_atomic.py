"""Outputs are refused before any work, and are whole or not there after it."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from granulate.atomic import check_output, replacing
from granulate.errors import OutputError


def files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder))


def test_outputs_are_refused_before_any_work(tmp_path):
    source = tmp_path / "in.wav"
    source.write_bytes(b"precious")
    (tmp_path / "hard.wav").hardlink_to(source)
    (tmp_path / "soft.wav").symlink_to("in.wav")
    (tmp_path / "dangling.wav").symlink_to("nowhere")
    (tmp_path / "loop.wav").symlink_to("loop.wav")
    (tmp_path / "other.wav").touch()
    os.mkfifo(tmp_path / "fifo.wav")

    def refused(path: str | Path, force: bool) -> str:
        with pytest.raises(OutputError) as caught:
            check_output(path, force=force, inputs=["/nowhere", "\0", source])
        assert str(caught.value).isprintable()
        return str(caught.value).partition(": ")[2]

    for force in (False, True):
        for name in ("in.wav", "hard.wav", "soft.wav"):
            assert "is one of the inputs" in refused(tmp_path / name, force)
        assert "is a folder" in refused(tmp_path, force)
        assert "is a folder" in refused(f"{tmp_path}/new/", force)
        assert "is not a regular file" in refused(tmp_path / "fifo.wav", force)
        assert "is not a regular file" in refused("/dev/null", force)
        assert "does not exist" in refused(tmp_path / "no" / "a.wav", force)
        assert "does not exist" in refused(source / "a.wav", force)
        assert "symbolic links" in refused(tmp_path / "loop.wav", force)
        assert "too long" in refused(tmp_path / ("x" * 300), force)
        assert "null" in refused("a\0b.wav", force)
    for name in ("other.wav", "dangling.wav"):
        assert refused(tmp_path / name, False) == "exists; allowed: a new name, or force"
        check_output(tmp_path / name, force=True, inputs=[source])
    check_output(tmp_path / "new.wav", inputs=[source])
    assert source.read_bytes() == b"precious"


def test_a_folder_that_is_not_writable_is_refused(tmp_path, monkeypatch):
    # Mode bits do not stop the superuser, and the tests may run as that.
    monkeypatch.setattr(os, "access", lambda path, mode: str(path) != str(tmp_path))
    with pytest.raises(OutputError, match="is not writable"):
        check_output(tmp_path / "a.wav")


def test_permissions_are_those_of_any_file(tmp_path):
    before = os.umask(0o027)
    try:
        with replacing(tmp_path / "a.json") as temporary:
            temporary.write_text("{}")
        (tmp_path / "b.json").touch(0o600)
        with replacing(tmp_path / "b.json", force=True) as temporary:
            temporary.write_text("{}")
    finally:
        os.umask(before)
    modes = [stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("a.json", "b.json")]
    assert modes == [0o640, 0o600]


def test_the_temporary_lies_hidden_beside_the_output(tmp_path):
    path = tmp_path / ("x" * 251 + ".png")
    with replacing(path) as temporary:
        assert temporary.parent == tmp_path
        assert temporary.name.startswith(".")
        assert temporary.suffix == ".png"
        assert not path.exists()
    assert files(tmp_path) == [path.name]


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    "error", [KeyboardInterrupt, ZeroDivisionError, OSError(28, "No space left"), SystemExit]
)
def test_an_exception_leaves_nothing(tmp_path, error, force):
    (tmp_path / "old.json").write_text("old")
    name = "old.json" if force else "new.json"
    expected = OutputError if isinstance(error, OSError) else error

    def work():
        with replacing(tmp_path / name, force=force) as temporary:
            temporary.write_text("new")
            raise error

    with pytest.raises(expected):
        work()
    assert files(tmp_path) == ["old.json"]
    assert (tmp_path / "old.json").read_text() == "old"


@pytest.mark.parametrize("links", [True, False])
def test_what_appears_in_the_meantime_is_not_overwritten(tmp_path, monkeypatch, links):
    def no_links(*_):
        raise PermissionError(1, "Operation not permitted")

    if not links:
        monkeypatch.setattr(os, "link", no_links)
    with replacing(tmp_path / "first.json") as temporary:
        temporary.write_text("mine")

    def work():
        with replacing(tmp_path / "a.json") as temporary:
            temporary.write_text("mine")
            (tmp_path / "a.json").write_text("theirs")

    with pytest.raises(OutputError, match=r"a\.json: exists; allowed"):
        work()
    assert files(tmp_path) == ["a.json", "first.json"]
    assert (tmp_path / "a.json").read_text() == "theirs"
    assert (tmp_path / "first.json").read_text() == "mine"
