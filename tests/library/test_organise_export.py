"""Exports overwrite nothing, name things so that every system takes them, and lists are read back as written."""

from __future__ import annotations

import os
import shlex
from pathlib import Path
from urllib.parse import unquote, urlparse

import pytest

from granulate.errors import OutputError
from granulate.library.organise.export import WAYS, check_folder, plan, put
from granulate.library.organise.names import distinct, safe, safe_path
from granulate.library.organise.playlists import Entry, write_m3u, write_reaper


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("kick.wav", "kick.wav"),
        ("a/b:c*?.wav", "a_b_c__.wav"),
        ("..", "_"),
        (".hidden", "_.hidden"),
        ("con.wav", "_con.wav"),
        ("LPT1", "_LPT1"),
        ("tail. .", "tail"),
        ("", "_"),
        ("tab\tnew\n.wav", "tab_new_.wav"),
        ("Ünïcode ♪.wav", "Ünïcode ♪.wav"),
    ],
)
def test_names_become_what_every_system_allows(name: str, expected: str) -> None:
    assert safe(name) == expected == safe(expected)


def test_long_names_keep_their_extension_and_fit() -> None:
    found = safe("é" * 300 + ".wav")
    assert found.endswith(".wav")
    assert len(os.fsencode(found)) <= 200


def test_paths_of_groups_never_leave_the_folder() -> None:
    assert safe_path("../../etc//passwd") == "_/_/etc/passwd"
    assert safe_path("/") == "_"


def test_names_alike_on_any_system_are_told_apart() -> None:
    found = distinct(["a.wav", "A.wav", "é.wav", "e\u0301.wav", "a (2).wav", "a.wav"])
    assert found == ["a.wav", "A (3).wav", "é.wav", "e\u0301 (2).wav", "a (2).wav", "a (4).wav"]


@pytest.fixture
def library(tmp_path: Path) -> Path:
    folder = tmp_path / "library"
    for number, path in enumerate(["x/kick.wav", "y/kick.wav", "y/Kick.wav", "snare.wav", b"odd\xff\n.wav"]):
        target = folder / os.fsdecode(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bytes([number] * 100))
    return folder


PATHS = ["y/kick.wav", "x/kick.wav", "y/Kick.wav", "snare.wav", os.fsdecode(b"odd\xff\n.wav")]


def tree(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()
    }


@pytest.mark.parametrize("how", WAYS)
def test_every_sound_of_a_group_gets_a_name_of_its_own(library: Path, tmp_path: Path, how: str) -> None:
    placed = plan(library, PATHS, ["bd", "bd", "bd", "sn", "bd"])
    done = put(placed, tmp_path / "out", how)
    assert (done.written, done.there, done.failed) == (5, 0, ())
    found = tree(tmp_path / "out")
    assert sorted(found) == sorted(
        [
            "bd/kick.wav",
            "bd/Kick (2).wav",
            "bd/kick (3).wav",
            "sn/snare.wav",
            "bd/" + os.fsdecode(b"odd\xff_.wav"),
        ]
    )
    assert sorted(found.values()) == sorted(tree(library).values())
    # Names go by the order of the paths, not by that in which the sounds are given.
    turned = plan(library, PATHS[::-1], ["bd", "sn", "bd", "bd", "bd"])
    assert {sound.source: sound.path for sound in turned} == {sound.source: sound.path for sound in placed}


@pytest.mark.parametrize("how", WAYS)
def test_run_again_nothing_is_written_and_nothing_overwritten(
    library: Path, tmp_path: Path, how: str
) -> None:
    out = tmp_path / "out"
    placed = plan(library, PATHS[:4], ["g"] * 4)
    (out / "g").mkdir(parents=True)
    (out / "g" / "snare.wav").write_bytes(b"mine")
    done = put(placed, out, how)
    assert (done.written, done.there) == (3, 0)
    ((path, reason),) = done.failed
    assert path.endswith("snare.wav")
    assert "exists" in reason
    assert (out / "g" / "snare.wav").read_bytes() == b"mine"
    again = put(placed, out, how)
    assert (again.written, again.there, len(again.failed)) == (0, 3, 1)


def test_a_sound_that_is_gone_stops_no_other(library: Path, tmp_path: Path) -> None:
    placed = plan(library, PATHS[:4], ["g"] * 4)
    (library / "snare.wav").unlink()
    done = put(placed, tmp_path / "out")
    assert done.written == 3
    assert [reason for _, reason in done.failed] == ["No such file or directory"]
    assert not [name for name in tree(tmp_path / "out") if ".granulate" in name]


def test_the_library_itself_is_no_place_to_export_to(library: Path, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="lies in the library"):
        check_folder(library / "sorted", library)
    with pytest.raises(OutputError, match="is a file"):
        check_folder(library / "snare.wav", tmp_path / "other")
    check_folder(tmp_path / "out", library)


def test_a_playlist_names_its_sounds_so_that_they_are_found(library: Path) -> None:
    odd = library / os.fsdecode(b"# \xffodd\n.wav")
    entries = [Entry(library / "x" / "kick.wav", 1.6), Entry(odd, 0.1), Entry(Path("/elsewhere/a b.wav"), 61)]
    write_m3u(library / "list.m3u8", entries)
    lines = os.fsdecode((library / "list.m3u8").read_bytes()).splitlines()
    assert lines[:3] == ["#EXTM3U", "#EXTINF:2,kick", "x/kick.wav"]
    assert lines[-1] == "/elsewhere/a b.wav"
    uri = urlparse(lines[4])
    assert uri.scheme == "file"
    assert unquote(uri.path, errors="surrogateescape") == str(odd)
    assert len(lines) == 7
    with pytest.raises(OutputError, match="exists"):
        write_m3u(library / "list.m3u8", entries)


def test_a_media_database_holds_each_sound_with_its_group(tmp_path: Path) -> None:
    good = Entry(Path("/a b/kick.wav"), 61.5, 'deep "808"', 1234, 99, 2, 44_100)
    failed = write_reaper(tmp_path / "x.ReaperFileList", [good, Entry(Path('/a/"q".wav'), 1, "g")])
    lines = (tmp_path / "x.ReaperFileList").read_text().splitlines()
    assert [shlex.split(line) for line in lines] == [
        ["FILE", "/a b/kick.wav", "1234", "0", "99", "0"],
        ["DATA", "l:1:01.500", "n:2", "s:44100", "u:deep '808'"],
    ]
    assert [path for path, _ in failed] == ['/a/"q".wav']
    with pytest.raises(OutputError, match="ReaperFileList"):
        write_reaper(tmp_path / "x.txt", [])
