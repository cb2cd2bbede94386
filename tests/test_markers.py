"""Cue points and label files: against libsndfile's own, there and back, and whatever a file claims."""

from __future__ import annotations

import os
import struct
import tracemalloc
import wave
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given, settings
from hypothesis import strategies as st

from granulate.errors import OutputError, ParameterError, SoundFileError, printable
from granulate.markers import Marker, read_labels, read_markers, reading, write_cues
from tests.conftest import REAL_AUDIO
from tests.hostile import BAD, ODD, encoded, mutants

MOST = 2**32 - 1
MARKERS = (Marker(0, 0, "start"), Marker(700, 300, "région"), Marker(1500), Marker(1999, 0, "odd"))

# libsndfile's SF_CUES, and the commands that get and set it (sndfile.h).
GET_CUE, SET_CUE = 0x10CE, 0x10CF
POINT = [("id", "<i4"), ("position", "<u4"), ("chunk", "<i4"), ("start", "<i4"), ("block", "<i4")]
CUES = np.dtype([("count", "<u4"), ("points", [*POINT, ("sample", "<u4"), ("name", "S256")], 100)])


def command(file: soundfile.SoundFile, number: int, cues: np.ndarray) -> None:
    pointer = soundfile._ffi.from_buffer(cues)
    assert soundfile._snd.sf_command(file._file, number, pointer, cues.nbytes)


def libsndfile_cues(path: Path) -> list[tuple[int, str]]:
    cues = np.zeros(1, CUES)
    with soundfile.SoundFile(path) as file:
        command(file, GET_CUE, cues)
    found = cues["points"][0][: cues["count"][0]]
    return [(int(point["sample"]), point["name"].partition(b"\0")[0].decode()) for point in found]


def by_libsndfile(path: Path, kind: str, positions: list[int]) -> None:
    cues = np.zeros(1, CUES)
    cues["count"] = len(positions)
    points = cues["points"][0][: len(positions)]
    points["id"] = np.arange(len(positions)) + 1
    points["position"] = points["sample"] = positions
    with soundfile.SoundFile(path, "w", 8000, 1, "PCM_16", format=kind) as file:
        command(file, SET_CUE, cues)
        file.write(np.zeros(2000, np.int16))


def wav_with_cues(path: Path) -> Path:
    path.write_bytes(encoded("WAV"))
    write_cues(path, MARKERS)
    return path


@pytest.mark.parametrize("kind", ["WAV", "AIFF"])
def test_markers_that_libsndfile_writes_are_read(tmp_path, kind):
    path = tmp_path / "tone"
    positions = [i * 31 for i in range(1, 60)]
    by_libsndfile(path, kind, positions)
    assert [marker.position for marker in read_markers(path)] == positions


def test_markers_that_are_written_are_libsndfiles(tmp_path):
    path = wav_with_cues(tmp_path / "tone.wav")
    assert libsndfile_cues(path) == [(marker.position, marker.text) for marker in MARKERS]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
marker_lists = st.lists(
    st.builds(Marker, st.integers(0, MOST), st.integers(0, MOST), texts), max_size=20, unique=True
)


@settings(deadline=None, max_examples=60)
@given(marker_lists, st.sampled_from(["PCM_U8", "PCM_16", "PCM_24", "FLOAT"]), st.integers(1, 3))
def test_what_is_written_is_read_and_samples_stay(tmp_path_factory, markers, subtype, n_samples):
    path = tmp_path_factory.mktemp("cues") / "tone.wav"
    data = encoded("WAV", subtype, np.linspace(-0.5, 0.5, n_samples, dtype=np.float32))
    path.write_bytes(data)
    before = soundfile.read(path)[0]
    write_cues(path, markers)
    assert read_markers(path) == tuple(sorted(markers))
    assert np.array_equal(soundfile.read(path)[0], before)
    whole = path.read_bytes()
    assert int.from_bytes(whole[4:8], "little") + 8 == len(whole)
    assert whole[8 : len(data)] == data[8:]


def test_the_standard_library_reads_a_file_with_markers(tmp_path):
    path = wav_with_cues(tmp_path / "tone.wav")
    with wave.open(str(path)) as file:
        assert file.readframes(file.getnframes()) == soundfile.read(path, dtype="int16")[0].tobytes()


def riff(kind: bytes, *parts: bytes, order: str = "<", form: bytes = b"WAVE") -> bytes:
    body = form + b"".join(parts)
    return kind + struct.pack(order + "I", len(body)) + body


def chunk(name: bytes, data: bytes, order: str = "<", *, pad: bool = True) -> bytes:
    return name + struct.pack(order + "I", len(data)) + data + bytes(pad and len(data) % 2)


def cue(*positions: int, order: str = "<") -> bytes:
    points = [struct.pack(order + "II4sIII", i, p, b"data", 0, 0, p) for i, p in enumerate(positions)]
    return chunk(b"cue ", struct.pack(order + "I", len(points)) + b"".join(points), order)


DS64 = chunk(b"ds64", struct.pack("<QQQI", 0, 6, 3, 0))
AIFF_MARK = b"".join(
    [
        struct.pack(">HhIB", 3, 1, 500, 2) + b"ab\0",  # the text and its length: an even number of bytes
        struct.pack(">hIB", 2, 20, 3) + b"cde",
        struct.pack(">hIB", 3, 70_000, 0) + b"\0",
    ]
)
GOOD = {
    "cue-before-data": (riff(b"RIFF", cue(5), chunk(b"data", bytes(6))), [(5, "")]),
    "padded": (riff(b"RIFF", chunk(b"data", bytes(5)), cue(5)), [(5, "")]),
    "not-padded": (riff(b"RIFF", chunk(b"data", bytes(5), pad=False), cue(5)), [(5, "")]),
    "rf64": (riff(b"RF64", DS64, b"data" + b"\xff" * 4 + bytes(6), cue(1, 9)), [(1, ""), (9, "")]),
    "rf64-of-all-there-is": (
        riff(b"RF64", cue(4), chunk(b"ds64", b"\xff" * 28), b"data" + b"\xff" * 4 + bytes(6)),
        [(4, "")],
    ),
    "big-endian": (riff(b"RIFX", cue(7, order=">"), order=">"), [(7, "")]),
    "streamed": (riff(b"RIFF", cue(8), b"data" + b"\xff" * 4 + bytes(6)), [(8, "")]),
    "latin-1": (
        riff(b"RIFF", cue(3), chunk(b"LIST", b"adtl" + chunk(b"labl", b"\0\0\0\0caf\xe9\0"))),
        [(3, "café")],
    ),
    "another-list": (riff(b"RIFF", cue(3), chunk(b"LIST", b"INFO" + chunk(b"labl", b"\0\0\0\0x\0"))), [(3, "")]),
    "claims-more-cues": (riff(b"RIFF", chunk(b"cue ", b"\xff" * 4 + cue(6)[12:])), [(6, "")]),
    "claims-fewer-cues": (riff(b"RIFF", chunk(b"cue ", b"\1\0\0\0" + cue(6, 7)[12:])), [(6, "")]),
    "truncated-cue": (riff(b"RIFF", cue(5, 6))[:-1], [(5, "")]),
    "aiff": (
        riff(b"FORM", chunk(b"MARK", AIFF_MARK, ">"), order=">", form=b"AIFF"),
        [(20, "cde"), (500, "ab"), (70_000, "")],
    ),
    "truncated-aiff": (
        riff(b"FORM", chunk(b"MARK", AIFF_MARK, ">"), order=">", form=b"AIFC")[:-8],
        [(20, "cde"), (500, "ab")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_hand_made_files_are_read(tmp_path, name):
    data, expected = GOOD[name]
    path = tmp_path / name
    path.write_bytes(data)
    assert [(marker.position, marker.text) for marker in read_markers(path)] == expected


def outcome(read: Callable[[Path], tuple[Marker, ...]], path: Path) -> tuple[Marker, ...]:
    """What is read; none where it is refused, as it should be."""
    try:
        return read(path)
    except (SoundFileError, ParameterError) as error:
        message = str(error)
    assert message.isprintable()
    assert message.startswith(printable(path))
    return ()


def test_other_sound_files_have_no_markers(tmp_path):
    path = tmp_path / "sound"
    for data in [*(data for data, _ in BAD.values()), *(odd.data for odd in ODD.values())]:
        path.write_bytes(data)
        assert read_markers(path) == ()
    for found in (REAL_AUDIO / "hostile").rglob("*.wav"):
        outcome(read_markers, found)
    for name, data in mutants(200):
        (tmp_path / name).write_bytes(data)
        outcome(read_markers, tmp_path / name)


@settings(deadline=None, max_examples=300)
@given(
    base=st.sampled_from(sorted(GOOD)),
    changes=st.lists(st.tuples(st.integers(0, 200), st.binary(min_size=1, max_size=5)), max_size=6),
    cut=st.integers(0, 250),
)
def test_changed_headers_give_markers_or_a_refusal(tmp_path_factory, base, changes, cut):
    data = bytearray(GOOD[base][0])
    for at, changed in changes:
        data[at : at + len(changed)] = changed
    path = tmp_path_factory.getbasetemp() / "changed.wav"
    path.write_bytes(data[: len(data) - cut if cut < 50 else None])
    for marker in outcome(read_markers, path):
        assert 0 <= marker.position <= MOST
        assert 0 <= marker.length <= MOST


def test_samples_are_never_read(tmp_path):
    path = tmp_path / "sparse.wav"
    n_bytes = 3 << 30
    with path.open("wb") as file:
        file.write(riff(b"RIFF", b"data" + struct.pack("<I", n_bytes)))
        file.truncate(20 + n_bytes)
        file.seek(0, os.SEEK_END)
        file.write(cue(123))
    tracemalloc.start()
    try:
        assert [marker.position for marker in read_markers(path)] == [123]
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


def test_claims_without_end_are_given_up(tmp_path, monkeypatch):
    path = tmp_path / "many.wav"
    path.write_bytes(riff(b"RIFF", chunk(b"junk", b"") * 100_000, cue(1)))
    assert read_markers(path) == ()
    monkeypatch.setattr(reading, "MOST_BYTES", 1 << 16)
    path.write_bytes(riff(b"RIFF", *[cue(*range(1000))] * 9))
    assert len(read_markers(path)) == ((1 << 16) - 3 * 4) // 24
    labels = chunk(b"LIST", b"adtl" + chunk(b"labl", b"") * 1000)
    path.write_bytes(riff(b"RIFF", *[labels] * 9, cue(1)))
    assert read_markers(path) == ()


def test_many_markers_are_written_and_too_many_refused(tmp_path):
    path = tmp_path / "tone.wav"
    path.write_bytes(encoded("WAV"))
    with pytest.raises(OutputError, match="350000 are too many; allowed: what fits into 8 MiB"):
        write_cues(path, map(Marker, range(350_000)))
    assert path.read_bytes() == encoded("WAV")
    written = tuple(Marker(i, 1, str(i)) for i in range(10_000))
    write_cues(path, written)
    assert read_markers(path) == written


def test_what_is_no_file_is_named(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    os.mkfifo("fifo.wav")
    for name, why in [
        ("fifo.wav", "regular"),
        (".", "regular"),
        ("none.wav", "No such file"),
        ("\0", "null"),
    ]:
        with pytest.raises(SoundFileError, match=why) as caught:
            read_markers(name)
        assert str(caught.value).isprintable()


REFUSED = {
    "aiff": (encoded("AIFF"), "no WAV"),
    "rf64": (encoded("RF64"), "no WAV"),
    "empty": (b"", "no WAV"),
    "truncated": (encoded("WAV")[:-9], "size"),
    "riff-size-lies": (ODD["riff-size-lies.wav"].data, "size"),
    "markers-already": (riff(b"RIFF", cue(5), chunk(b"data", bytes(6))), "already"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_files_that_take_no_markers_are_left_alone(tmp_path, name):
    data, why = REFUSED[name]
    path = tmp_path / name
    path.write_bytes(data)
    with pytest.raises(OutputError, match=why):
        write_cues(path, MARKERS)
    assert path.read_bytes() == data


def test_markers_that_cannot_be_written_are_named(tmp_path):
    path = tmp_path / "tone.wav"
    path.write_bytes(encoded("WAV"))
    for wrong in (Marker(-1), Marker(MOST + 1), Marker(0, MOST + 1)):
        with pytest.raises(ParameterError, match="allowed: 0 to 4294967295 samples"):
            write_cues(path, [wrong])
    write_cues(path, [])
    assert path.read_bytes() == encoded("WAV")
    with pytest.raises(OutputError, match="No such file"):
        write_cues(tmp_path / "none.wav", MARKERS)


def test_labels_are_read_as_audacity_writes_them(tmp_path):
    path = tmp_path / "labels.txt"
    path.write_text(
        "\ufeff1.500000\t2.250000\ta verse\n\\\t100.0\t2000.0\n0.5\t0.5\tpoint\n\n3\t4\n4\t4\ta\tb\n",
        "utf-8",
    )
    assert read_labels(path, 1000) == (
        Marker(500, 0, "point"),
        Marker(1500, 750, "a verse"),
        Marker(3000, 1000, ""),
        Marker(4000, 0, "a\tb"),
    )


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0\t1\tgood\n1.5\n", r"line 2: '1\.5' is no label; allowed: begin<tab>end<tab>text"),
        ("0\tone\tx\n", "line 1: 'one' is not a time"),
        ("\n\n2\t1\tx\n", "line 3: the label ends at 1 s, before it begins at 2 s"),
        ("nan\t1\n", "a time of 'nan' s; allowed: finite"),
        ("0\tinf\n", "a time of 'inf' s; allowed: finite"),
        ("-1\t1\n", "a time of '-1' s; allowed: finite, 0 or more"),
        ("0\t1e300\n", "a time of '1e300' s"),
        ("x" * 10_000 + "\n", r"line 1: 'x{40}\.\.\.' is no label"),
        ("", "holds no labels"),
        ("\x00\x01\n" * 10, "line 1: .* is no label"),
        ("0\t1\tx\n" * 700_000, "more than 4 MiB"),
    ],
)
def test_malformed_labels_are_named(tmp_path, text, why):
    path = tmp_path / "labels.txt"
    path.write_text(text)
    with pytest.raises(ParameterError, match=why) as caught:
        read_labels(path, 44_100)
    assert str(caught.value).startswith(str(path))
    assert str(caught.value).isprintable()


@settings(deadline=None, max_examples=150)
@given(st.binary(max_size=80) | st.text("0123456789.-+e\t\nnaif_\\ \r", max_size=40).map(str.encode))
def test_any_bytes_are_labels_or_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.txt"
    path.write_bytes(data)
    found = outcome(lambda path: read_labels(path, 44_100), path)
    assert all(marker.position >= 0 and marker.length >= 0 for marker in found)
