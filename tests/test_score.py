"""Scores: what was played can be kept, and plays the same samples again."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import granulate as gr
from granulate.errors import OutputError, ScoreError
from granulate.score_file import check_score
from granulate.score_file.document import shortest
from granulate.stages.envelopes import ENVELOPE
from granulate.types import Events
from tests.conftest import melody


@pytest.fixture
def recordings(tmp_path: Path) -> list[Path]:
    paths = [tmp_path / "one.wav", tmp_path / "two.flac"]
    gr.write(melody(1.0, seed=1), paths[0])
    gr.write(melody(0.8, 44_100, 2, seed=2), paths[1])
    return paths


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of two recordings and a score of them in both formats."""
    folder = tmp_path_factory.mktemp("kept")
    gr.write(melody(1.0, seed=1), folder / "one.wav")
    gr.write(melody(0.8, 44_100, 2, seed=2), folder / "two.flac")
    score = saved(folder / "score.json", [folder / "one.wav", folder / "two.flac"])
    gr.save_score(score, folder / "score.csv")
    return folder


@pytest.fixture(scope="module")
def base(kept: Path) -> gr.Score:
    return gr.load_score(kept / "score.json")


def refused(path: Path, message: str) -> None:
    with pytest.raises(ScoreError, match=message) as error:
        gr.load_score(path)
    assert "\n" not in str(error.value)
    assert str(error.value).startswith(f"{path}: ")


def saved(path: Path, source: Any, *changes: str) -> gr.Score:
    score = gr.score(source, gr.Preset.of({"output": {"fade": "5ms"}}).set("path.kind=shuffle", *changes))
    gr.save_score(score, path)
    return score


@pytest.mark.parametrize(
    "changes",
    [
        (),
        ("phase.kind=random", "seed=9"),
        ("phase.kind=griffin_lim", "phase.iterations=2"),
        ("spectrum.kind=flip,shuffle",),
        ("output.normalise=peak",),
        ("framing.window=1000", "framing.hop=250", "framing.n_fft=1024", "framing.shape=hamming"),
    ],
)
def test_a_saved_score_renders_the_same_samples(
    tmp_path: Path, recordings: list[Path], changes: tuple[str, ...]
) -> None:
    score = saved(tmp_path / "score.json", recordings, *changes)
    again = gr.load_score(tmp_path / "score.json")
    assert np.array_equal(gr.render(again).samples, gr.render(score).samples)
    assert again.sample_rate == 44_100


def test_the_file_is_what_its_readers_rely_on(tmp_path: Path, recordings: list[Path]) -> None:
    score = saved(tmp_path / "score.json", recordings)
    content = json.loads((tmp_path / "score.json").read_text())
    assert content["format"] == "granulate-score/1"
    assert {*content} >= {"sample_rate", "sounds", "framing", "phase", "seed", "events"}
    assert [sound["path"] for sound in content["sounds"]] == ["one.wav", "two.flac"]
    assert {len(column) for column in content["events"].values()} == {len(score.events)}
    assert list(content["events"]) == ["time", "sound", "start", "length", "rate", "gain", "pan"]
    time = np.array(content["events"]["time"])
    assert (np.diff(time) == score.framing.hop).all()


def test_a_score_moves_with_its_sounds(tmp_path: Path, recordings: list[Path]) -> None:
    before = gr.render(saved(tmp_path / "score.json", recordings))
    moved = tmp_path.rename(tmp_path.with_name("moved"))
    assert np.array_equal(gr.render(gr.load_score(moved / "score.json")).samples, before.samples)


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda s: s.update(format="granulate-score/2"), "format"),
        (lambda s: s.pop("events"), "events"),
        (lambda s: s.update(extra=1), "extra"),
        (lambda s: s["events"].update(time="now"), "events.time"),
        (lambda s: s["events"]["gain"].append(1.0), r"gain has \d+ values; allowed: \d+"),
        (lambda s: s["events"].update(extra=[]), "events.extra"),
        (lambda s: s["events"]["time"].__setitem__(5, 10**9), r"time\[6\] = \d+ is out of order"),
        (lambda s: s["events"]["time"].__setitem__(5, 10**30), r"time\[5\] = 10+; allowed"),
        (
            lambda s: s["events"]["time"].__setitem__(5, 3.0),
            r"events\.time\.5: Input should be a valid integer",
        ),
        (lambda s: s["events"]["length"].__setitem__(2, True), r"events\.length\.2"),
        (lambda s: s["events"]["length"].__setitem__(2, 0), r"length\[2\] = 0; allowed: 1 to"),
        (lambda s: s["events"]["rate"].__setitem__(0, 0), r"rate\[0\] = 0; allowed"),
        (lambda s: s["events"]["rate"].__setitem__(0, 65.0), r"rate\[0\] = 65; allowed: -64 to 64"),
        (lambda s: s["events"]["gain"].__setitem__(1, 1e300), r"gain\[1\] = inf; allowed"),
        (lambda s: s["events"]["gain"].__setitem__(1, float("nan")), "NaN; allowed: finite"),
        (lambda s: s["events"]["gain"].__setitem__(1, 10**400), r"gain"),
        (lambda s: s["events"]["pan"].__setitem__(1, -1.5), r"pan\[1\] = -1\.5; allowed: -1 to 1"),
        (lambda s: s["events"]["sound"].__setitem__(3, 9), r"sound\[3\] = 9; allowed: 0 to 1"),
        (lambda s: s["events"]["sound"].__setitem__(3, 2**40), r"sound\[3\] = 1099511627776; allowed"),
        (
            lambda s: s["events"].update(envelope=[1] * len(s["events"]["time"])),
            r"envelope\[0\] = 1; allowed: 0 to 0",
        ),
        (lambda s: s.update(envelopes=[]), "envelopes"),
        (lambda s: s.update(envelopes=[{"kind": "han"}]), "did you mean 'hann'"),
        (lambda s: s.update(envelopes=[{"kind": ["hann"]}]), "envelope.kind"),
        (lambda s: s.update(envelopes=[{"kind": "tukey", "tapper": 1}]), "did you mean 'taper'"),
        (lambda s: s.update(envelopes=[{"kind": "tukey", "taper": 2}]), "envelope.taper = 2"),
        (lambda s: s.update(interpolation="cubist"), "interpolation"),
        (lambda s: s.update({"a\nb\x1b": 1}), r"a\\nb\\x1b"),
        (lambda s: s["events"]["start"].__setitem__(3, 10**9), r"start\[3\]"),
        (lambda s: s["events"].update({k: [] for k in s["events"]}), "without events"),
        (lambda s: s["sounds"][0].update(path="gone.wav"), "gone.wav is missing"),
        (lambda s: s["sounds"][0].update(sha256="0" * 64), "one.wav has changed"),
        (lambda s: s["sounds"][0].update(sha256="no"), "sha256"),
        (lambda s: s["sounds"][0].update(path=""), "sounds.0.path"),
        (lambda s: s["sounds"][0].update(path="a\0b"), "sounds.0.path"),
        (lambda s: s["sounds"][0].update(path="../x\n\ud8ff.wav"), r"\.\./x\\n"),
        (lambda s: s["sounds"][0].update(samples=5), "one.wav reads as"),
        (lambda s: s["phase"].update(kind="kept"), "did you mean 'keep'"),
        (lambda s: s["framing"].update(hop=0), "hop 0"),
        (lambda s: s.update(sounds=[]), "sounds"),
        (lambda s: s.update(samples=2**60), "samples"),
        (lambda s: s.update(samples=0), "samples"),
        (lambda s: s.update(samples=1e3), "samples"),
        (lambda s: s.update(seed=-1), "seed"),
    ],
)
def test_a_wrong_score_is_named(
    kept: Path, tmp_path: Path, edit: Callable[[dict[str, Any]], Any], message: str
) -> None:
    content = json.loads((kept / "score.json").read_text())
    edit(content)
    path = kept / f"{tmp_path.name}.json"
    path.write_text(json.dumps(content))
    refused(path, message)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"null",
        b"\xff",
        b'{"format": NaN}',
        b"[" * 100_000,
        b'{"a": 1, "a": 2}',
        b"1" * 5000,
    ],
)
def test_what_is_no_score_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "score.json"
    path.write_bytes(content)
    with pytest.raises(ScoreError, match=r"score\.json"):
        gr.load_score(path)
    with pytest.raises(ScoreError, match="No such file"):
        gr.load_score(tmp_path / "none.json")


@pytest.mark.parametrize(
    ("edit", "message"),
    [
        (lambda rows: rows.clear(), "line 1: no score"),
        (lambda rows: rows.__setitem__(0, "time,sound"), "line 1: no score"),
        (lambda rows: rows.__setitem__(0, "# granulate-score/2 {}"), "line 1: no score"),
        (lambda rows: rows.__setitem__(0, "# granulate-score/1 {"), "line 1: not a score: Expecting"),
        (lambda rows: rows.__setitem__(0, '# granulate-score/1 {"seed": 1, "seed": 2}'), "line 1: the key 'seed'"),
        (lambda rows: rows.__setitem__(0, "# granulate-score/1 {}"), "sample_rate: Field required"),
        (lambda rows: rows.__setitem__(1, rows[1].replace("gain", "gian")), "line 2: .*mean 'gain'"),
        (lambda rows: rows.__setitem__(1, rows[1].replace("gain", "pan")), "line 2: the column 'pan'"),
        (lambda rows: rows.pop(1), "line 2: unknown column"),
        (lambda rows: [rows.__setitem__(i, r.partition(",")[2]) for i, r in enumerate(rows) if i], "time: Field required"),
        (lambda rows: rows.__setitem__(5, rows[5] + ",7"), "line 6: 8 cells; allowed: 7"),
        (lambda rows: rows.__setitem__(5, "1,2"), "line 6: 2 cells; allowed: 7"),
        (lambda rows: rows.__setitem__(5, rows[5].replace(",", ".5,", 1)), r"line 6: time = '\d+\.5'; allowed: a whole"),
        (lambda rows: rows.__setitem__(5, rows[5] + "x"), r"line 6: pan = '0\.0x'; allowed: a number"),
        (lambda rows: rows.__setitem__(5, rows[5] + "9" * 200_000), "line 6: field larger than"),
        (lambda rows: rows.__setitem__(5, rows[5] + "x" * 999), "line 6: pan = '.{43}'; allowed"),
        (lambda rows: rows.__setitem__(5, rows[5].removesuffix("0.0") + "nan"), "line 6: events.pan.3"),
        (lambda rows: rows.__setitem__(5, rows[5].removesuffix("0.0") + "2"), r"line 6: events.pan\[3\] = 2"),
        (lambda rows: rows.__setitem__(5, "7" * 5000 + rows[5]), "line 6: time = "),
        (lambda rows: rows.append(rows[2]), "line LAST: events.time.* out of order"),
        (lambda rows: rows.insert(3, ""), None),
        (lambda rows: rows.__delitem__(slice(2, None)), "without events"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_named(
    kept: Path, tmp_path: Path, edit: Callable[[list[str]], Any], message: str | None
) -> None:
    rows = (kept / "score.csv").read_text().splitlines()
    edit(rows)
    path = kept / f"{tmp_path.name}.csv"
    path.write_text("\n".join(rows))
    if message is None:
        assert len(gr.load_score(path).events) == len(rows) - 3
    else:
        refused(path, message.replace("LAST", str(len(rows))))


def test_a_spreadsheet_may_save_the_table(kept: Path) -> None:
    """Rows of one width, cells quoted where need be, other line ends, a byte order mark."""
    rows = list(csv.reader((kept / "score.csv").read_text().splitlines()))
    width = max(map(len, rows))
    with (kept / "sheet.csv").open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(row + [""] * (width - len(row)) for row in rows)
    before, after = gr.load_score(kept / "score.csv"), gr.load_score(kept / "sheet.csv")
    assert alike(before, after)


def alike(one: gr.Score, other: gr.Score) -> bool:
    columns = zip(one.events.columns().values(), other.events.columns().values(), strict=True)
    return all(np.array_equal(a, b) for a, b in columns) and (
        (one.framing, one.n_samples, one.spectrum, one.phase, one.output, one.seed)
        == (other.framing, other.n_samples, other.spectrum, other.phase, other.output, other.seed)
        and (one.envelopes, one.interpolation) == (other.envelopes, other.interpolation)
    )


FREE = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.integers(-3000, 30_000),
            "sound": st.integers(0, 1),
            "start": st.integers(-100, 15_000),
            "length": st.integers(1, 3000),
            "rate": st.floats(0.125, 64, width=32) | st.floats(-64, -0.125, width=32),
            "gain": st.floats(-2, 2, width=32),
            "pan": st.floats(-1, 1, width=32),
            "envelope": st.integers(0, 2),
        }
    ),
    min_size=1,
    max_size=8,
)


def free(base: gr.Score, rows: list[dict[str, Any]]) -> gr.Score:
    rows = sorted(rows, key=lambda row: row["time"])
    events = Events(**{name: np.array([row[name] for row in rows]) for name in rows[0]})
    tables = {"kind": "hann"}, {"kind": "tukey", "taper": 0.3}, {"kind": "window"}
    envelopes = tuple(ENVELOPE.bind(table) for table in tables)
    return replace(base, events=events, n_samples=20_000, envelopes=envelopes, interpolation="cubic")


@pytest.mark.parametrize("extension", [".json", ".csv"])
@settings(max_examples=15, deadline=None)
@given(rows=FREE)
def test_free_events_come_back_and_sound_the_same(
    kept: Path, base: gr.Score, extension: str, rows: list[dict[str, Any]]
) -> None:
    score = free(base, rows)
    path = kept / f"free{extension}"
    gr.save_score(score, path, force=True)
    again = gr.load_score(path)
    assert alike(score, again)
    assert np.array_equal(gr.render(again).samples, gr.render(score).samples)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.floats(-(2.0**20), 2.0**20, width=32), min_size=1))
def test_few_digits_tell_a_float32(values: list[float]) -> None:
    column = np.array(values, np.float32)
    assert np.array_equal(np.array(json.loads(json.dumps(shortest(column))), np.float32), column)
    assert shortest(np.float32([0.1])) == [0.1]


def test_both_formats_say_the_same(kept: Path) -> None:
    assert alike(gr.load_score(kept / "score.json"), gr.load_score(kept / "score.csv"))


def test_a_score_of_before_envelopes_renders_as_it_did(kept: Path) -> None:
    content = json.loads((kept / "score.json").read_text())
    assert not {"envelopes", "interpolation"} & {*content}
    for column in ("rate", "gain", "pan"):
        del content["events"][column]
    (kept / "bare.json").write_text(json.dumps(content))
    whole, bare = gr.load_score(kept / "score.json"), gr.load_score(kept / "bare.json")
    assert bare.on_grid
    assert np.array_equal(gr.render(bare).samples, gr.render(whole).samples)


def test_sounds_that_are_gone_are_all_named(kept: Path) -> None:
    content = json.loads((kept / "score.json").read_text())
    content["sounds"] += [{**content["sounds"][0], "path": f"gone{i}.wav"} for i in range(6)]
    (kept / "gone.json").write_text(json.dumps(content))
    with pytest.raises(ScoreError) as error:
        gr.load_score(kept / "gone.json")
    assert [f"gone{i}.wav is missing" in str(error.value) for i in range(6)] == [True] * 5 + [False]
    assert str(error.value).endswith("; and 1 more")


def test_names_may_be_any_bytes(tmp_path: Path) -> None:
    name = os.fsdecode(b"a \xff\n\"'`;,*.wav")
    gr.write(melody(0.3), tmp_path / name)
    score = saved(tmp_path / "score.json", tmp_path / name)
    gr.save_score(score, tmp_path / "score.csv")
    for path in (tmp_path / "score.json", tmp_path / "score.csv"):
        assert np.array_equal(gr.render(gr.load_score(path)).samples, gr.render(score).samples)
    (tmp_path / name).unlink()
    refused(tmp_path / "score.csv", r"the sound a \\xff\\n.* is missing")
    with pytest.raises(ScoreError, match=r"\\xff\\n.*No such file"):
        gr.save_score(score, tmp_path / "again.json")
    assert not (tmp_path / "again.json").exists()


@pytest.mark.parametrize("extension", [".json", ".csv"])
def test_a_score_that_is_too_large_is_neither_read_nor_written(
    kept: Path, tmp_path: Path, extension: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    score = gr.load_score(kept / "score.json")
    monkeypatch.setattr("granulate.score_file.MOST_BYTES", 100)
    monkeypatch.setattr("granulate.score_file.reading.MOST_BYTES", 100)
    refused(kept / f"score{extension}", "more than 0 MiB; allowed")
    with pytest.raises(ScoreError, match="events take 0 MiB; allowed"):
        gr.save_score(score, tmp_path / f"score{extension}")
    assert not list(tmp_path.iterdir())


def test_a_file_that_never_ends_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.json")
    refused(tmp_path / "pipe.json", "not a regular file")
    refused(tmp_path, "unknown format")


def test_the_extension_is_the_format(kept: Path, tmp_path: Path) -> None:
    score = gr.load_score(kept / "score.json")
    for check in (lambda p: gr.save_score(score, p), check_score):
        with pytest.raises(OutputError, match=r"allowed: \.json, \.csv"):
            check(tmp_path / "score.toml")
    assert not list(tmp_path.iterdir())


def test_a_score_is_of_files(tmp_path: Path) -> None:
    with pytest.raises(ScoreError, match="in no file"):
        saved(tmp_path / "score.json", melody(0.5))
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_samples": 0}, "samples: "),
        ({"n_samples": 2**40 + 1}, "samples: "),
        ({"interpolation": "cubist"}, "interpolation: "),
        ({"envelopes": ()}, "envelope"),
        ({"seed": -1}, "seed: "),
    ],
)
def test_what_could_not_be_loaded_is_not_written(
    base: gr.Score, tmp_path: Path, change: dict[str, Any], message: str
) -> None:
    with pytest.raises(ScoreError, match=message):
        gr.save_score(replace(base, **change), tmp_path / "score.json")
    assert not list(tmp_path.iterdir())


def test_a_score_does_not_replace_what_exists(tmp_path: Path, recordings: list[Path]) -> None:
    path = tmp_path / "score.json"
    path.write_text("mine")
    with pytest.raises(OutputError, match="exists"):
        saved(path, recordings)
    assert path.read_text() == "mine"
