"""Exports: what other programs are told is what is played, whatever the sounds are called."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import mido
import numpy as np
import pytest
import soundfile

import granulate as gr
from granulate.errors import GranulateError, OutputError, ScoreError
from granulate.exports import EXPORTS, check_export, cue, export
from granulate.exports.common import Target
from granulate.exports.reaper import fades, quoted, voices
from granulate.markers import read_labels, read_markers
from granulate.types import Choice, Events
from tests.conftest import melody

RATE = 44_100
HOSTILE = os.fsdecode(b"a \xff;\t\"'$1,\\ %SOUNDS% *.wav")

# The first begins before the score, the last two cannot be heard; some read past their sounds.
EVENTS = Events(
    time=np.array([-200, 1000, 1000, 5001, 20_000, 30_000, 35_000, 50_000]),
    sound=np.array([0, 1, 0, 0, 1, 0, 0, 0]),
    start=np.array([0, 4000, 100, 10_000, 33_000, -500, 44_100, 0]),
    length=np.array([2000, 3000, 1000, 2500, 4000, 5000, 1000, 1000]),
    rate=np.array([1, 1, 4, -1, -0.5, 2, 1, 1]),
    gain=np.array([1, 0.5, -0.25, 1, 0.7, 0.3, 1, 1]),
    pan=np.array([0, 0, 1, 0.5, -1, 0, 0, 0]),
    envelope=np.array([0, 1, 0, 1, 0, 1, 0, 0]),
)
HEARD = slice(0, 6)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("exports")
    (folder / "sub").mkdir()
    gr.write(melody(1.0, RATE, 1, seed=1), folder / "sub" / "one.wav")
    # Quieter, and at half of the score's rate.
    gr.write(melody(0.8, RATE // 2, 1, seed=2), folder / "two.wav")
    return folder


@pytest.fixture(scope="module")
def score(folder: Path) -> gr.Score:
    sounds = gr.match([gr.read(folder / "sub" / "one.wav"), gr.read(folder / "two.wav")], sample_rate=RATE)
    envelopes = (Choice("hann"), Choice("rectangle"))
    return gr.Score(sounds, gr.Framing(), EVENTS, 40_000, envelopes=envelopes, interpolation="cubic")


def exported(score: gr.Score, folder: Path, kind: str, **options: Any) -> Path:
    path = folder / f"out-{kind}{EXPORTS[kind].extension}"
    export(score, path, kind, force=True, **options)
    return path


def of_one(sound: gr.Sound, score: gr.Score) -> gr.Score:
    events = score.events.taken(score.events.sound == 0)
    return replace(score, sounds=(sound,), events=events)


# ------------------------------------------------------------------ each format, read by somebody else


def test_labels_are_where_the_grains_are(folder: Path, score: gr.Score) -> None:
    found = read_labels(exported(score, folder, "audacity"), RATE)
    heard = EVENTS.taken(HEARD)
    wanted = sorted(
        zip(heard.time.clip(0).tolist(), (heard.length + np.minimum(heard.time, 0)).tolist(), strict=True)
    )
    assert [(label.position, label.length) for label in found] == wanted
    assert found[-1].text == "one.wav -0.011 s"


def test_a_coll_has_a_line_of_atoms_for_each_event(folder: Path, score: gr.Score) -> None:
    lines = exported(score, folder, "coll").read_text().splitlines()
    rows = [re.fullmatch(r'(\d+), (\S+) "([^"]*)" (.*);', line) for line in lines]
    assert [int(row[1]) for row in rows if row] == [1, 2, 3, 4, 5, 6]
    assert [row[3] for row in rows if row] == [
        "one.wav",
        "two.wav",
        "one.wav",
        "one.wav",
        "two.wav",
        "one.wav",
    ]
    numbers = np.array([[float(row[2]), *map(float, row[4].split())] for row in rows if row])
    heard = EVENTS.taken(HEARD)
    ms = 1000 / RATE
    wanted = [heard.time * ms, heard.start * ms, heard.length * ms, heard.rate, heard.gain, heard.pan]
    assert np.allclose(numbers, np.transpose(wanted), atol=1e-6)


def test_markers_are_in_a_copy_of_what_was_rendered(folder: Path, score: gr.Score) -> None:
    rendered = folder / "rendered.wav"
    gr.write(gr.render(score), rendered, force=True)
    before = rendered.read_bytes()
    path = exported(score, folder, "cue", rendered=rendered)
    assert rendered.read_bytes() == before
    assert path.read_bytes()[8 : len(before)] == before[8:]
    found = read_markers(path)
    assert [marker.position for marker in found] == EVENTS.taken(HEARD).time.clip(0).tolist()
    assert sorted(marker.length for marker in found) == [1000, 1800, 2500, 3000, 4000, 5000]
    assert found[0].text == "1: one.wav 0.000 s"
    assert np.array_equal(soundfile.read(path)[0], soundfile.read(rendered)[0])
    # Into the file itself no force is needed; a second time it has them already.
    export(score, rendered, "cue", rendered=rendered)
    assert read_markers(rendered) == found
    with pytest.raises(OutputError, match=r"rendered\.wav: .*has markers already"):
        export(score, rendered, "cue", rendered=rendered)
    assert read_markers(rendered) == found


def test_of_very_many_events_markers_are_spread_evenly(
    score: gr.Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cue, "MOST_CUES", 4)
    found = cue.markers(replace(score, events=EVENTS.taken(HEARD)))
    assert [marker.text.partition(":")[0] for marker in found] == ["1", "3", "5"]


def test_markers_need_a_wav(folder: Path, score: gr.Score, tmp_path: Path) -> None:
    with pytest.raises(OutputError, match="allowed: with the rendered WAV"):
        export(score, tmp_path / "a.wav", "cue")
    flac = tmp_path / "rendered.flac"
    gr.write(gr.render(score), flac)
    with pytest.raises(OutputError, match=r"rendered\.flac: .*no WAV") as error:
        export(score, tmp_path / "a.wav", "cue", rendered=flac)
    assert ".granulate" not in str(error.value)
    with pytest.raises(OutputError, match="No such file"):
        export(score, tmp_path / "a.wav", "cue", rendered=tmp_path / "none.wav")
    assert list(tmp_path.iterdir()) == [flac]


def notes(track: mido.MidiTrack) -> list[tuple[int, int, int, int]]:
    """Begin and end in ticks, note and velocity; a note that ends is the first of its pitch that began."""
    now, sounding, found = 0, {}, []
    for message in track:
        now += message.time
        if message.type == "note_on" and message.velocity:
            sounding.setdefault(message.note, []).append((now, message.velocity))
        elif message.type in ("note_on", "note_off"):
            begin, velocity = sounding[message.note].pop(0)
            found.append((begin, now, message.note, velocity))
    assert not any(sounding.values())
    return sorted(found)


def test_midi_has_a_note_for_each_grain(folder: Path, score: gr.Score) -> None:
    file = mido.MidiFile(exported(score, folder, "midi"))
    assert (file.type, file.ticks_per_beat, len(file.tracks)) == (1, 960, 3)
    assert [m.tempo for m in file.tracks[0] if m.type == "set_tempo"] == [500_000]
    assert [track.name for track in file.tracks[1:]] == ["one.wav", "two.wav"]
    channels = [{m.channel for m in track if not m.is_meta} for track in file.tracks[1:]]
    assert channels == [{0}, {1}]
    found = sorted(notes(file.tracks[1]) + notes(file.tracks[2]))
    ticks = 1920 / RATE
    wanted = [
        (0, round(1800 * ticks), 60, 127),
        (round(1000 * ticks), round(2000 * ticks), 84, round(127 * 0.25**0.5)),
        (round(1000 * ticks), round(4000 * ticks), 60, round(127 * 0.5**0.5)),
        (round(5001 * ticks), round(7501 * ticks), 60, 127),
        (round(20_000 * ticks), round(24_000 * ticks), 48, round(127 * 0.7**0.5)),
        (round(30_000 * ticks), round(35_000 * ticks), 72, round(127 * 0.3**0.5)),
    ]
    assert found == wanted
    assert file.length == pytest.approx(35_000 / RATE, abs=1e-3)


def test_many_sounds_share_channels_but_not_that_of_percussion(folder: Path, score: gr.Score) -> None:
    n = 20
    events = Events(np.arange(n), np.arange(n), np.zeros(n), np.full(n, 100))
    many = replace(score, sounds=score.sounds[:1] * n, events=events)
    tracks = mido.MidiFile(exported(many, folder, "midi")).tracks[1:]
    assert [track.name for track in tracks[:3]] == ["one.wav", "one.wav (2)", "one.wav (3)"]
    channels = [m.channel for track in tracks for m in track if m.type == "note_on"]
    assert len(channels) == n
    assert {*channels} == {*range(16)} - {9}


def test_midi_cannot_tell_of_days(folder: Path, score: gr.Score) -> None:
    late = replace(score, events=replace(EVENTS, time=EVENTS.time + 2**37), n_samples=2**38)
    with pytest.raises(OutputError, match="38 hours"):
        export(late, folder / "late.mid", "midi")
    assert not (folder / "late.mid").exists()


def tokens(line: str) -> list[str]:
    return [
        next(filter(None, groups), "")
        for groups in re.findall(r'"([^"]*)"|\'([^\']*)\'|`([^`]*)`|(\S+)', line)
    ]


def tree(text: str) -> list[Any]:
    """An RPP as nested lists: [name, values, children]."""
    root: list[Any] = ["", [], []]
    stack = [root]
    for line in text.splitlines():
        if line.strip() == ">":
            stack.pop()
            continue
        name, *values = tokens(line.strip().removeprefix("<"))
        node: list[Any] = [name, values, []]
        stack[-1][2].append(node)
        if line.strip().startswith("<"):
            stack.append(node)
    assert stack == [root]
    return root[2]


def children(node: list[Any], name: str) -> list[list[Any]]:
    return [child for child in node[2] if child[0] == name]


def value(node: list[Any], name: str, at: int = 0) -> float:
    return float(children(node, name)[0][1][at])


def items(path: Path) -> list[list[Any]]:
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    (project,) = tree(text)
    found = [item for track in children(project, "TRACK") for item in children(track, "ITEM")]
    return sorted(found, key=lambda item: (value(item, "POSITION"), value(item, "LENGTH")))


def test_reaper_has_an_item_for_each_grain(folder: Path, score: gr.Score) -> None:
    (project,) = tree(exported(score, folder, "reaper").read_text())
    assert project[0] == "REAPER_PROJECT"
    assert value(project, "SAMPLERATE") == RATE
    for track in children(project, "TRACK"):
        spans = [(value(i, "POSITION"), value(i, "LENGTH")) for i in children(track, "ITEM")]
        assert all(a + n <= b + 1e-8 for (a, n), (b, _) in pairwise(spans))
    found = items(folder / "out-reaper.rpp")
    order = [0, 2, 1, 3, 4, 5]
    heard = EVENTS.taken(order)
    got = {name: np.array([value(i, name) for i in found]) * RATE for name in ("POSITION", "LENGTH", "SOFFS")}
    assert np.allclose(got["POSITION"], heard.time.clip(0), atol=1e-3)
    assert np.allclose(got["LENGTH"], [1800, 1000, 3000, 2500, 4000, 5000], atol=1e-3)
    assert [value(i, "PLAYRATE") for i in found] == np.abs(heard.rate).tolist()
    assert [value(i, "PLAYRATE", 1) for i in found] == [0] * 6  # the pitch follows
    assert [value(i, "VOLPAN", 1) for i in found] == heard.pan.tolist()
    assert np.allclose([value(i, "VOLPAN", 2) for i in found], heard.gain)
    louder = np.where(heard.pan == 0, 1, 2**0.5 * np.sin((np.abs(heard.pan) + 1) * np.pi / 4))
    assert np.allclose([value(i, "VOLPAN") for i in found], louder)
    rises = np.array([value(i, "FADEIN", 1) for i in found]) * RATE
    assert np.allclose(rises, [800, 500, 0, 0, 2000, 0], atol=50)  # the first had begun before
    assert [value(i, "FADEIN") for i in found] == [5, 5, 0, 0, 5, 0]
    files = [children(i, "SOURCE")[0] for i in found]
    assert [source[1][0] for source in files] == ["WAVE", "WAVE", "WAVE", "SECTION", "SECTION", "WAVE"]
    names = [children((children(s, "SOURCE") or [s])[0], "FILE")[0][1][0] for s in files]
    assert names == ["sub/one.wav", "sub/one.wav", "two.wav", "sub/one.wav", "two.wav", "sub/one.wav"]
    assert np.allclose(got["SOFFS"], [200, 100, 4000, 0, got["SOFFS"][4], -500], atol=1e-3)
    # Backwards: a section that ends where the grain's reading begins, the silence before it as an offset.
    whole, cut = files[3], files[4]
    assert value(whole, "STARTPOS") * RATE == pytest.approx(10_000, abs=1e-3)
    assert value(whole, "LENGTH") * RATE == pytest.approx(2500, abs=1e-3)
    n = score.sounds[1].n_samples
    read = 33_000 + 0.5 * 3999 + 1
    assert (value(cut, "STARTPOS") + value(cut, "LENGTH")) * RATE == pytest.approx(min(n, read), abs=1e-3)
    assert got["SOFFS"][4] == pytest.approx(min(n, read) - read, abs=1e-3)


def test_items_take_the_lowest_free_track_and_few_tracks_are_shared() -> None:
    rng = np.random.default_rng(0)
    events = Events(
        np.sort(rng.integers(0, 1000, 200)), np.zeros(200), np.zeros(200), rng.integers(1, 60, 200)
    )
    chosen = voices(events)
    for track in range(chosen.max() + 1):
        mine = events.taken(chosen == track)
        assert (mine.time[1:] >= (mine.time + mine.length)[:-1]).all()
    # As many as sound at once: no greedy assignment of intervals needs more.
    at_once = max(int(((events.time <= t) & (events.time + events.length > t)).sum()) for t in events.time)
    assert chosen.max() + 1 == at_once
    assert set(voices(events, 3).tolist()) == {0, 1, 2}


def test_an_envelope_is_the_fades_that_are_nearest() -> None:
    u = np.linspace(0, 1, 8193)
    hann = fades((0.25 - 0.25 * np.cos(2 * np.pi * u)).astype(np.float32))
    assert (hann.rise_shape, hann.fall_shape, hann.peak) == (5, 5, 0.5)
    assert hann.rise == pytest.approx(0.5, abs=0.02)
    assert hann.fall == pytest.approx(0.5, abs=0.02)
    flat = fades(np.minimum(1, np.minimum(u / 0.1, (1 - u) / 0.3)).astype(np.float32))
    assert (flat.rise_shape, flat.fall_shape) == (0, 0)
    assert (flat.rise, flat.fall) == (pytest.approx(0.1, abs=1e-3), pytest.approx(0.3, abs=1e-3))
    assert fades(np.ones(8193, np.float32))[:3] == (0, 0, 0)
    assert fades((1 - u).astype(np.float32) ** 4).fall_shape == 4


# ------------------------------------------------------------------ SuperCollider


def sclang(program: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "QTWEBENGINE_DISABLE_SANDBOX": "1"}
    return subprocess.run(
        ["sclang", "-D", str(program), *arguments],
        stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", timeout=60, env=environment,
        check=False,
    )  # fmt: skip


def test_supercollider_reads_its_events_from_a_comment(folder: Path, score: gr.Score) -> None:
    program, _, data = exported(score, folder, "supercollider").read_text().partition("\n/* data\n")
    lines = data.splitlines()
    assert lines[-1] == "*/"
    assert program.count("(") == program.count(")")
    assert [len(line.split()) for line in lines[:2]] == [513, 513]
    rows = np.array([[float(v) for v in line.split()] for line in lines[2:-1]])
    assert rows[:, 2].tolist() == EVENTS.sound[HEARD].tolist()
    assert np.allclose(rows[:, 4], EVENTS.rate[HEARD])
    for row, event in zip(rows, range(6), strict=True):
        e = EVENTS.taken(slice(event, event + 1))
        time, start, length, rate = (float(c[0]) for c in (e.time, e.start, e.length, e.rate))
        # Which samples sound, one after another, as the definition of an event says.
        i = np.arange(length)
        position = start + abs(rate) * (i if rate > 0 else length - 1 - i)
        n = score.sounds[int(e.sound[0])].n_samples
        sounding = i[(position >= 0) & (position <= n - 1) & (time + i >= 0) & (time + i < score.n_samples)]
        first, last = int(sounding[0]), int(sounding[-1])
        assert row[0] * RATE == pytest.approx(time + first, abs=1e-3)
        assert row[1] * RATE == pytest.approx(last + 1 - first, abs=1e-3)
        assert row[3] == pytest.approx(position[first])
        assert row[6:8] == pytest.approx([first / length, (last + 1) / length], abs=1e-6)
    # Equal power: what is panned has twice the power on both sides together that a side has in the middle.
    assert np.allclose(np.square(rows[:, 8:]).sum(axis=1), 2 * EVENTS.gain[HEARD] ** 2, rtol=1e-5)


@pytest.mark.skipif(not (shutil.which("sclang") and shutil.which("scsynth")), reason="no SuperCollider here")
def test_supercollider_renders_what_granulate_does(folder: Path, score: gr.Score) -> None:
    # At the buffers' own rate, and not across a resampler that is another.
    score = of_one(score.sounds[0], score)
    program = exported(score, folder, "supercollider")
    out = folder / "sc out.wav"
    ran = sclang(program, str(out))
    assert "ERROR" not in ran.stdout, ran.stdout
    assert ran.returncode == 0
    found, rate = soundfile.read(out)
    wanted = gr.render(score).samples.T
    assert rate == RATE
    assert wanted.std() > 0.005
    assert np.abs(found[: len(wanted)] - wanted).max() < 2e-3


@pytest.mark.skipif(not (shutil.which("sclang") and shutil.which("scsynth")), reason="no SuperCollider here")
def test_supercollider_opens_a_file_of_any_name(tmp_path: Path) -> None:
    name = HOSTILE.replace(";", "\n")
    gr.write(melody(0.2, RATE, 2), tmp_path / name)
    score = gr.score(tmp_path / name, "unfold")
    out = tmp_path / "out.wav"
    ran = sclang(exported(score, tmp_path, "supercollider"), str(out))
    assert ran.returncode == 0, ran.stdout
    assert np.abs(soundfile.read(out)[0]).max() > 0.05


# ------------------------------------------------------------------ all of them


def test_the_table_is_told_without_heavy_imports() -> None:
    code = "import sys; from granulate.exports import EXPORTS; print(len(EXPORTS), {'numba', 'scipy', 'mido'} & {*sys.modules})"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert ran.stdout.split(maxsplit=1) == [str(len(EXPORTS)), "set()\n"]


@pytest.mark.parametrize("kind", EXPORTS)
def test_no_name_breaks_a_format(kind: str, tmp_path: Path, score: gr.Score) -> None:
    gr.write(melody(1.0, RATE, 1), tmp_path / HOSTILE)
    hostile = of_one(gr.read(tmp_path / HOSTILE), score)
    plain = tmp_path / "plain.wav"
    gr.write(melody(1.0, RATE, 1), plain)
    rendered = tmp_path / "rendered.wav"
    gr.write(gr.render(hostile), rendered)
    sizes = []
    for one in (hostile, of_one(gr.read(plain), score)):
        path = exported(one, tmp_path, kind, rendered=rendered)
        sizes.append(len(path.read_bytes().splitlines()) if kind not in ("cue", "midi") else 0)
        if kind == "reaper":
            source = children(items(path)[0], "SOURCE")[0]
            assert (tmp_path / children(source, "FILE")[0][1][0]).exists()
        if kind == "midi":
            mido.MidiFile(path, charset="utf-8")
        if kind == "audacity":
            assert len(read_labels(path, RATE)) == 4
        if kind == "coll":
            rows = path.read_text().splitlines()
            assert all(re.fullmatch(r'\d+, \S+ "(?:[^"\\]|\\.)*"(?: -?\d+\.\d+){5};', row) for row in rows)
    assert sizes[0] == sizes[1]


def test_a_name_that_no_quotes_hold_is_refused(tmp_path: Path, score: gr.Score) -> None:
    for name in ("a\"'`.wav", "a\nb.wav"):
        gr.write(melody(1.0, RATE, 1), tmp_path / name)
        with pytest.raises(OutputError, match="cannot be named in a REAPER project") as error:
            exported(of_one(gr.read(tmp_path / name), score), tmp_path, "reaper")
        assert "\n" not in str(error.value)
    assert not list(tmp_path.glob("*.rpp"))
    assert [tokens(quoted(text)) for text in ('a"b', "a'\"b")] == [['a"b'], ["a'\"b"]]


@pytest.mark.parametrize("kind", EXPORTS)
def test_exports_are_whole_or_not_there(
    kind: str, tmp_path: Path, folder: Path, score: gr.Score, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / f"out{EXPORTS[kind].extension}"
    rendered = folder / "for-all.wav"
    gr.write(gr.render(score), rendered, force=True)
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        export(score, path, kind, rendered=rendered)
    assert path.read_text() == "mine"
    export(score, path, kind, rendered=rendered, force=True)
    first = path.read_bytes()
    export(score, path, kind, rendered=rendered, force=True)
    assert path.read_bytes() == first

    path.unlink()
    function = EXPORTS[kind].function

    def fails(score: gr.Score, target: Target) -> None:
        function(score, target)
        assert target.temporary.stat().st_size
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(f"granulate.exports.{EXPORTS[kind].module}.write", fails)
    with pytest.raises(OutputError, match="No space left"):
        export(score, path, kind, rendered=rendered)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("kind", EXPORTS)
def test_nothing_that_is_heard_is_an_empty_file_of_its_kind(
    kind: str, tmp_path: Path, folder: Path, score: gr.Score
) -> None:
    silent = replace(score, events=EVENTS.taken(slice(6, None)))
    path = exported(silent, tmp_path, kind, rendered=folder / "two.wav")
    if kind == "cue":
        assert path.read_bytes() == (folder / "two.wav").read_bytes()
    elif kind == "midi":
        assert len(mido.MidiFile(path).tracks) == 1
    elif kind == "reaper":
        assert items(path) == []
    elif kind == "supercollider":
        assert path.read_text().splitlines()[-2].startswith("envelope ")
    else:
        assert path.read_text() == ""


@pytest.mark.parametrize("kind", EXPORTS)
def test_what_cannot_be_exported_is_refused(kind: str, tmp_path: Path, folder: Path, score: gr.Score) -> None:
    path = tmp_path / f"out{EXPORTS[kind].extension}"
    late = replace(score, events=EVENTS.taken(slice(None, None, -1)))
    wrong: list[tuple[gr.Score, Path, type[GranulateError], str]] = [
        (late, path, ScoreError, "out of order"),
        (score, tmp_path / "out.docx", OutputError, "allowed: a name that ends so"),
        (score, tmp_path / "none" / path.name, OutputError, "does not exist"),
    ]
    if kind in ("reaper", "supercollider"):
        wrong.append((of_one(melody(1.0, RATE), score), path, OutputError, "in no file"))
    for one, target, error, message in wrong:
        with pytest.raises(error, match=message) as raised:
            export(one, target, kind, rendered=folder / "two.wav")
        assert "\n" not in str(raised.value)
    with pytest.raises(OutputError, match="mean 'midi'"):
        check_export(path, "midis")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("preset", ["unfold", "fog"])
def test_what_presets_play_is_exported(preset: str, tmp_path: Path, folder: Path) -> None:
    score = gr.score(folder / "sub" / "one.wav", preset)
    found = items(exported(score, tmp_path, "reaper"))
    assert len(found) == len(score.events)
    labels = (exported(score, tmp_path, "audacity")).read_text().splitlines()
    assert len(labels) == len(score.events)
