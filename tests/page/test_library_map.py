"""A library as a map: what its points, columns and sounds are, what its page asks for, and what is refused."""

from __future__ import annotations

import base64
import http.client
import io
import json
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import numpy as np
import pytest
import soundfile

from granulate.errors import GranulateError, ParameterError
from granulate.library import Library
from granulate.library.organise.mapping import make_map
from granulate.library.organise.places import FILE, keep_places, kept_places
from granulate.page import unpack
from granulate.page.excerpts import beginning, gain_of, packed_within, whole
from granulate.page.library import HAND, NO_GROUP, PREDICTED, LibraryMap, of_library
from granulate.score_file import load as load_score
from granulate.stages.reducers import REDUCTION
from granulate.types import Sound
from granulate.web.desk import Desk
from granulate.web.library import ServedLibrary
from granulate.web.server import Server
from tests.library.scanning import Work

RATE = 8000
N_LOW, N_NOISY = 6, 6


def _made(folder: Path) -> None:
    """Low tones and noises, stereo and mono, of two rates, and a name that is markup."""
    rng = np.random.default_rng(1)
    folder.mkdir(parents=True)
    for k in range(N_LOW):
        t = np.arange(1600) / RATE
        frames = (
            0.5 * np.sin(2 * np.pi * (90 + 7 * k) * t)[:, None].repeat(2, axis=1) * np.exp(-9 * t)[:, None]
        )
        soundfile.write(folder / f"low_{k}.wav", frames, RATE, subtype="PCM_16")
    for k in range(N_NOISY):
        frames = 0.3 * rng.standard_normal(1500 + 100 * k) * np.exp(-np.arange(1500 + 100 * k) / 900)
        name = f"noise_{k}.wav" if k else "noise <b>&.wav"
        soundfile.write(folder / name, np.clip(frames, -1, 1), 2 * RATE, subtype="PCM_16")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("map") / "sounds"
    _made(made)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("granulate.jobs.each", Work())
        with Library.open(made, create=True) as library:
            library.scan()
            make_map(library, REDUCTION.bind({"kind": "pca", "dimensions": 2}))
    return made


@pytest.fixture(scope="module")
def shown(folder: Path) -> LibraryMap:
    with Library.open(folder) as library:
        return of_library(library)


@pytest.fixture
def desk(folder: Path, shown: LibraryMap, tmp_path: Path) -> Iterator[Desk]:
    yield Desk(folder, None, shown, exports=tmp_path)
    with Library.open(folder) as library:
        library.set_labels(HAND, [], [])
        library.set_labels(PREDICTED, [], [])


def decoded(flac: bytes) -> np.ndarray:
    return soundfile.read(io.BytesIO(flac), dtype="float32", always_2d=True)[0]


def points(*chosen: int) -> np.ndarray:
    return np.array(chosen, np.int64)


def test_each_sound_is_a_point_that_plays_it(folder: Path, shown: LibraryMap) -> None:
    header, arrays = unpack(shown.map.to_bytes())
    assert header["of"] == "sounds"
    assert header["n"] == N_LOW + N_NOISY == len(shown.ids)
    assert arrays["sound"].tolist() == list(range(header["n"]))
    for at, entry in enumerate(header["sounds"]):
        original, rate = soundfile.read(folder / entry["name"], dtype="float32", always_2d=True)
        assert np.array_equal(decoded(arrays[entry["array"]].tobytes()) * entry["gain"], original)
        assert arrays["length"][at] == round(len(original) * header["sample_rate"] / rate)


def test_columns_tell_what_the_index_knows(folder: Path, shown: LibraryMap) -> None:
    columns = {column.name: column for column in shown.map.columns}
    with Library.open(folder) as library:
        summaries = library.summaries(["pitch.voiced"])
        assert np.array_equal(summaries.ids, shown.ids)
        assert np.array_equal(columns["voiced"].values, summaries.values[:, 0])
    assert {"level", "centroid", "pitch", "width", "mfcc 1"} <= set(columns)
    assert len({column.name for column in shown.map.columns}) == len(shown.map.columns)
    prefixes = [columns["prefix"].categories[at] for at in columns["prefix"].values]
    assert prefixes == [path[: 3 if path.startswith("low") else 5] for path in shown.paths]
    assert np.allclose(columns["duration"].values[:2], 0.2)


def test_labels_of_every_source_become_columns(folder: Path, desk: Desk) -> None:
    ids = desk.shown.ids
    desk.label(points(0, 2), "deep")
    with Library.open(folder) as library:
        library.set_labels(PREDICTED, ids[:1], ["deep"], [0.75])
        columns = {column.name: column for column in of_library(library).map.columns}
    assert columns["label"].categories == ("deep",)
    assert columns["label"].values.tolist()[:4] == [0, NO_GROUP, 0, NO_GROUP]
    assert columns[f"probability of {PREDICTED}"].values[0] == pytest.approx(0.75)
    assert np.isnan(columns[f"probability of {PREDICTED}"].values[1:]).all()


def test_the_map_that_the_index_keeps_is_shown_and_without_it_one_is_made(
    folder: Path, shown: LibraryMap
) -> None:
    with Library.open(folder) as library:
        kept = kept_places(library)
        assert kept is not None
        assert np.array_equal(shown.map.points, kept.points)
        (library.index / FILE).unlink()
        made = of_library(library, embedded=False)
        keep_places(library, kept)
    assert (shown.map.extra["method"], made.map.extra["method"]) == ("pca", "tsne")
    assert np.isfinite(made.map.points).all()


@pytest.mark.parametrize("budget", [0, 1000, 6000, 20_000])
def test_sounds_keep_within_their_budget(folder: Path, budget: int) -> None:
    with Library.open(folder) as library:
        found = of_library(library, budget=budget)
    assert sum(len(sound.flac) for sound in found.map.sounds) <= budget
    if budget >= 20_000:
        assert all(sound.flac for sound in found.map.sounds)
    for sound, length in zip(found.map.sounds, found.map.length, strict=True):
        if sound.flac:
            assert length == round(sound.samples / sound.rate * found.map.sample_rate)
            assert len(decoded(sound.flac)) == sound.samples


def test_a_beginning_is_what_the_file_begins_with_and_fades(tmp_path: Path) -> None:
    frames = np.random.default_rng(0).uniform(-0.5, 0.5, (RATE, 2)).astype(np.float32)
    soundfile.write(tmp_path / "a.wav", frames, RATE, subtype="FLOAT")
    found = beginning(tmp_path / "a.wav", 0.25)
    assert np.array_equal(found.frames[:1900], frames[:1900])
    assert found.n_samples == 2000
    assert not found.frames[-1].any()
    assert np.array_equal(beginning(tmp_path / "a.wav", 1.0).frames, frames)
    with pytest.raises(GranulateError, match="regular file"):
        beginning(tmp_path, 1.0)


@pytest.mark.parametrize("peak", [0.5, 1.0, 3.0])
def test_a_sound_that_is_fetched_is_the_file(tmp_path: Path, peak: float) -> None:
    frames = np.random.default_rng(0).uniform(-peak, peak, (500, 1)).astype(np.float32)
    frames[0] = peak
    soundfile.write(tmp_path / "a.wav", frames, RATE, subtype="FLOAT")
    found = decoded(whole(tmp_path / "a.wav", peak)) * gain_of(peak)
    assert np.abs(found - frames).max() <= 2 * gain_of(peak) * 2.0**-23


def test_a_sound_too_large_for_any_room_is_left_silent() -> None:
    noise = Sound(np.random.default_rng(0).uniform(-1, 1, (2, 4000)).astype(np.float32), 44_100)
    assert packed_within(noise, "a", 200).flac == b""


def test_labels_are_given_and_taken_away(folder: Path, desk: Desk) -> None:
    desk.label(points(0, 1, 5), "  kick ")
    desk.label(points(1), "hat")
    names, of = desk.labels()
    assert [names[at] if at >= 0 else "" for at in of[:6]] == ["kick", "hat", "", "", "", "kick"]
    desk.label(points(0, 5), "")
    with Library.open(folder) as library:
        kept = library.labels(HAND)
    assert (kept.ids.tolist(), kept.labels) == ([int(desk.shown.ids[1])], ("hat",))


def test_training_judges_the_sounds_that_have_no_label(
    folder: Path, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("granulate.web.desk._TRIALS", 1)
    with pytest.raises(ParameterError, match="nothing has been learned"):
        desk.predicted()
    low = [at for at, path in enumerate(desk.shown.paths) if path.startswith("low")]
    noisy = [at for at in range(len(desk.shown.ids)) if at not in low]
    desk.label(points(*low[:-1]), "low")
    desk.label(points(*noisy[:-1]), "noisy")
    desk.train()
    with pytest.raises(ParameterError, match="learning"):
        desk.train()
    ends = time.monotonic() + 120
    while desk.training.state == "running" and time.monotonic() < ends:
        time.sleep(0.05)
    assert desk.training.state == "done", desk.training
    classes, shares = desk.predicted()
    assert [classes[at] for at in shares[[low[-1], noisy[-1]]].argmax(axis=1)] == ["low", "noisy"]
    assert np.allclose(shares.sum(axis=1), 1)
    with Library.open(folder) as library:
        assert len(library.labels(PREDICTED)) == len(desk.shown.ids)


def test_training_without_labels_fails_in_one_line(desk: Desk) -> None:
    desk.train()
    ends = time.monotonic() + 60
    while desk.training.state == "running" and time.monotonic() < ends:
        time.sleep(0.02)
    assert desk.training.state == "failed"
    assert "label" in desk.training.said


def test_similar_sounds_are_those_of_its_kind(desk: Desk) -> None:
    low = [at for at, path in enumerate(desk.shown.paths) if path.startswith("low")]
    found = desk.similar(low[0], N_LOW - 1)
    assert sorted(point for point, _ in found) == low[1:]
    assert [distance for _, distance in found] == sorted(distance for _, distance in found)


def test_a_selection_becomes_a_folder_and_nothing_is_overwritten(folder: Path, desk: Desk) -> None:
    assert desk.exports
    done = desk.export(points(0, 6), "../my/kit", "copy")
    (made,) = desk.exports.iterdir()
    assert made.name == done["folder"]
    assert done["written"] == 2
    before = {path.name: path.read_bytes() for path in made.iterdir()}
    assert sorted(before.values()) == sorted((folder / desk.shown.paths[at]).read_bytes() for at in (0, 6))
    (made / "low_0.wav").write_bytes(b"mine")
    again = desk.export(points(0, 6), "../my/kit", "copy")
    assert (again["written"], again["there"], again["failed"]) == (0, 1, 1)
    assert (made / "low_0.wav").read_bytes() == b"mine"


def test_a_folder_that_leads_elsewhere_is_refused(folder: Path, desk: Desk, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    (tmp_path / "kit").symlink_to(elsewhere)
    with pytest.raises(GranulateError, match="is a link"):
        desk.export(points(0), "kit", "copy")
    with pytest.raises(GranulateError, match="library"):
        Desk(folder, None, desk.shown, exports=folder).export(points(0), "kit", "copy")
    with pytest.raises(GranulateError, match="exports"):
        Desk(folder, None, desk.shown).export(points(0), "kit", "copy")
    assert not list(elsewhere.iterdir())
    assert not (folder / "kit").exists()


def test_a_selection_becomes_a_score_that_renders(folder: Path, desk: Desk) -> None:
    path = folder.parent / "score.json"
    document = json.loads(desk.score(points(0, 6, 7)))
    for sound in document["sounds"]:
        assert not os.path.isabs(sound["path"])
        sound["path"] = str(Path("sounds") / sound["path"])
    path.write_text(json.dumps(document))
    score = load_score(path)
    assert score.n_samples == sum(sound.n_samples for sound in score.sounds)
    assert [Path(sound.name).name for sound in score.sounds] == [desk.shown.paths[at] for at in (0, 6, 7)]


class Client:
    """What a page's `fetch` sends."""

    def __init__(self, server: Server) -> None:
        parts = urlsplit(server.url)
        self.host = f"127.0.0.1:{parts.port}"
        self.cookie = f"granulate-{parts.port}={parse_qs(parts.query)['token'][0]}"

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection(self.host, timeout=30)
        sent = {"Cookie": self.cookie, "Origin": f"http://{self.host}", **headers}
        if body is None:
            connection.request("GET", path, headers=sent)
        else:
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            connection.request("POST", path, data, {"Content-Type": "application/json", **sent})
        answer = connection.getresponse()
        try:
            return answer.status, answer.read()
        finally:
            connection.close()


@pytest.fixture
def served(folder: Path, desk: Desk) -> Iterator[tuple[Server, Client]]:
    with Library.open(folder) as library:
        shown = of_library(library, embedded=False)
    library_desk = Desk(folder, None, shown, exports=desk.exports)
    made = ServedLibrary(library_desk)
    with Server(made.content, routes=made.routes, settings=made.settings) as server:
        yield server, Client(server)


def bits(*chosen: int, n: int = N_LOW + N_NOISY) -> str:
    marks = np.zeros(n, bool)
    marks[list(chosen)] = True
    return base64.b64encode(np.packbits(marks, bitorder="little").tobytes()).decode()


def test_the_server_gives_sounds_and_takes_labels(folder: Path, served: tuple[Server, Client]) -> None:
    _, client = served
    header, _ = unpack(client.ask("/map.bin")[1])
    entry = header["sounds"][8]
    original = soundfile.read(folder / entry["name"], dtype="float32", always_2d=True)[0]
    assert np.array_equal(decoded(client.ask(entry["url"])[1]) * entry["gain"], original)
    status, answer = client.ask("/library/labels", {"points": bits(3, 11), "label": "<i>x</i>"})
    assert status == 200
    labels = json.loads(answer)["labels"]
    assert [at for at, of in enumerate(labels["of"]) if of == 0] == [3, 11]
    assert labels["names"] == ["<i>x</i>"]
    found = json.loads(client.ask("/library/similar?point=0&n=3")[1])
    assert len(found["points"]) == 3
    assert 0 not in found["points"]


REFUSED: list[tuple[str, Any, dict[str, str], int]] = [
    ("/library/labels", b"{", {}, 400),
    ("/library/labels", b"[" * 5000, {}, 400),
    ("/library/labels", [], {}, 400),
    ("/library/labels", {"points": bits(0)}, {}, 400),
    ("/library/labels", {"points": bits(0), "label": 3}, {}, 400),
    ("/library/labels", {"points": bits(0), "label": "a\nb"}, {}, 400),
    ("/library/labels", {"points": bits(0), "label": "a" * 81}, {}, 400),
    ("/library/labels", {"points": bits(), "label": "a"}, {}, 400),
    ("/library/labels", {"points": "é", "label": "a"}, {}, 400),
    ("/library/labels", {"points": bits(0, n=99), "label": "a"}, {}, 400),
    ("/library/labels", {"points": bits(0), "label": "a"}, {"Content-Type": "text/plain"}, 415),
    ("/library/labels", {"points": bits(0), "label": "a"}, {"Origin": "http://evil.example"}, 403),
    ("/library/labels", {"points": bits(0), "label": "a"}, {"Cookie": ""}, 403),
    ("/library/labels", b" " * (2 << 20), {}, 413),
    ("/library/export", {"points": bits(0), "folder": " ", "how": "copy"}, {}, 400),
    ("/library/export", {"points": bits(0), "folder": "a", "how": "move"}, {}, 400),
    ("/library/score", {"points": bits()}, {}, 400),
    ("/library/train", {"x": 1}, {}, 400),
    ("/library/similar?point=0&n=0", None, {}, 400),
    ("/library/similar?point=-1&n=3", None, {}, 400),
    ("/library/similar?point=99&n=3", None, {}, 400),
    ("/library/similar", None, {}, 400),
    ("/library/predictions", None, {}, 400),
    ("/library/sound/99", None, {}, 400),
    ("/library/sound/..%2f..%2fetc%2fpasswd", None, {}, 404),
    ("/library/state", None, {"Cookie": ""}, 403),
]


def test_what_is_not_allowed_is_refused_and_changes_nothing(
    folder: Path, served: tuple[Server, Client]
) -> None:
    _, client = served
    for path, body, headers, expected in REFUSED:
        status, answer = client.ask(path, body, **headers)
        assert status == expected, (path, body, answer[:200])
        if status == 400:
            assert "\n" not in json.loads(answer)["refused"]
    assert json.loads(client.ask("/library/state")[1])["labels"]["names"] == []


def test_the_page_labels_and_finds_like_sounds(
    folder: Path, served: tuple[Server, Client], chromium: Any
) -> None:
    server, _ = served
    page = chromium.new_page()
    page.set_default_timeout(60_000)
    page.goto(server.url)
    page.wait_for_selector("#map[data-state=ready]")
    page.evaluate("() => granulate.hub.emit('selection', {indices: Uint32Array.of(2, 9)})")
    page.fill("[data-test=label-name]", "<b>odd</b>")
    page.click("[data-test=label-give]")
    page.wait_for_function("() => granulate.legend.column.name === 'label'")
    values = page.evaluate("() => [...granulate.legend.column.values]")
    other = chromium.new_page()
    other.goto(server.url)
    other.wait_for_function(
        "() => granulate.library && granulate.pack.columns.some((one) => one.name === 'label')"
    )
    page.fill("[data-test=label-name]", "even")
    page.evaluate("() => granulate.hub.emit('selection', {indices: Uint32Array.of(9)})")
    page.click("[data-test=label-give]")  # of which the other page is told
    other.wait_for_function(
        "() => granulate.pack.columns.find((one) => one.name === 'label').categories.includes('even')"
    )
    other.evaluate("() => granulate.library.label([9], '<b>odd</b>')")
    page.wait_for_function(
        "() => !granulate.pack.columns.find((one) => one.name === 'label').categories.includes('even')"
    )
    other.close()
    page.evaluate("() => granulate.hub.emit('pick', {index: 0})")
    page.click("[data-test=find-similar]")
    page.wait_for_selector("[data-test=similar] li")
    like = page.evaluate(
        "() => [...document.querySelectorAll('[data-test=similar] button')].map((b) => +b.dataset.index)"
    )
    page.evaluate("() => granulate.hub.emit('selection', {indices: Uint32Array.of(2, 9)})")
    with page.expect_download() as saved:
        page.click("[data-test=library-list]")
    names = Path(saved.value.path()).read_text(encoding="utf-8").splitlines()
    bold = page.evaluate("() => document.querySelectorAll('#panels b').length")
    page.close()
    assert [at for at, value in enumerate(values) if value != NO_GROUP] == [2, 9]
    with Library.open(folder) as library:
        kept = library.labels(HAND)
        shown = of_library(library, embedded=False)
    assert kept.ids.tolist() == shown.ids[[2, 9]].tolist()
    assert set(kept.labels) == {"<b>odd</b>"}
    assert names == [shown.paths[2], shown.paths[9]]
    assert len(like) == N_LOW + N_NOISY - 1
    assert bold == 0
