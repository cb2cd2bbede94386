"""What a page without a server gives: a list, a table, a score that renders, and the sounds themselves."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from granulate import page, score_file, sound_file
from granulate.library import Library
from granulate.library.measures import MEASURES
from granulate.page.library import LibraryMap, of_library
from granulate.resynthesis import Rendering
from tests.library.scanning import Work

FORMS = {
    "low.wav": (8000, 1, 4001),
    "kit/wide.wav": (11_025, 2, 3333),
    "kit/odd.wav": (22_050, 1, 7919),
    "high.wav": (22_050, 2, 5000),
}
"""Rates, channels and lengths that differ."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("out")
    for number, (name, (rate, n_channels, n)) in enumerate(FORMS.items()):
        rng = np.random.default_rng(number)
        (made / name).parent.mkdir(exist_ok=True)
        soundfile.write(made / name, rng.uniform(-0.3, 0.3, (n, n_channels)), rate, subtype="PCM_16")
    return made


@pytest.fixture(scope="module")
def shown(folder: Path) -> LibraryMap:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("granulate.jobs.each", Work())
        with Library.open(folder, create=True) as library:
            library.scan([MEASURES.bind({"kind": "stereo"})])
            return of_library(library, seconds=0.1)


@pytest.fixture(scope="module")
def tab(chromium: Any, shown: LibraryMap, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    path = tmp_path_factory.mktemp("page") / "map.html"
    path.write_text(page.standalone(shown.map.to_bytes(), title="out"))
    found = chromium.new_page()
    found.goto(path.as_uri())
    found.wait_for_selector("#map[data-state=ready]")
    found.evaluate("() => granulate.hub.emit('selection', { indices: granulate.pack.sound })")
    yield found
    found.close()


def saved(tab: Any, button: str) -> bytes:
    with tab.expect_download() as download:
        tab.click(f"[data-test=library-{button}]")
    return Path(download.value.path()).read_bytes()


def test_a_score_of_beginnings_is_of_the_whole_files(tab: Any, folder: Path, shown: LibraryMap) -> None:
    (folder / "out.score.json").write_bytes(saved(tab, "score"))
    score = score_file.load(folder / "out.score.json")
    wanted = sound_file.match(
        [sound_file.read(folder / path) for path in shown.paths], sample_rate=score.sounds[0].sample_rate
    )
    assert [sound.n_samples for sound in score.sounds] == [sound.n_samples for sound in wanted]
    assert score.n_samples == sum(sound.n_samples for sound in wanted)
    found = np.concatenate([block for _, block in Rendering(score).blocks()])
    begins = 0
    for sound in wanted:
        middle = slice(sound.n_samples // 4, sound.n_samples // 2)  # within the edges
        np.testing.assert_allclose(found[begins:][middle], sound.frames[middle], atol=1e-6)
        begins += sound.n_samples


def test_lists_name_the_files(tab: Any, shown: LibraryMap) -> None:
    assert saved(tab, "list").decode().split("\n")[:-1] == list(shown.paths)
    rows = saved(tab, "table").decode().splitlines()
    assert [row.split(",")[0] for row in rows[1:]] == list(shown.paths)


def test_the_sounds_are_an_archive_that_others_open(tab: Any, shown: LibraryMap) -> None:
    with zipfile.ZipFile(io.BytesIO(saved(tab, "sounds"))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == [f"{path}.flac" for path in shown.paths]
        for name, sound in zip(archive.namelist(), shown.map.sounds, strict=True):
            assert archive.read(name) == sound.flac


def test_names_that_lead_elsewhere_or_meet_are_others_in_an_archive(tab: Any) -> None:
    names = tab.evaluate(
        """async () => {
            const { filesOf } = granulateModules.get("library-data.js");
            const names = ["../../a.flac", "/etc/a", "b\\\\..\\\\c", "A", "", "x:y"];
            const bytes = async () => new ArrayBuffer(1);
            const pack = { sound: names.map((_, i) => i), sounds: names.map((name) => ({ name, bytes, array: "x" })) };
            return (await filesOf(pack, pack.sound)).map(({ name }) => name);
        }"""
    )
    assert names == ["a.flac", "etc/a.flac", "b/c.flac", "A-2.flac", "sound.flac", "x_y.flac"]


def test_what_is_dragged_out_is_the_list_or_the_score(tab: Any, shown: LibraryMap) -> None:
    dragged = tab.evaluate(
        """() => ["list", "score"].map((name) => {
            const data = new DataTransfer();
            document.querySelector(`[data-test=library-${name}]`).dispatchEvent(new DragEvent("dragstart", { dataTransfer: data }));
            return [data.getData("text/plain"), data.getData("DownloadURL")];
        })"""
    )
    (listed, list_file), (score, score_file_) = dragged
    assert listed.split("\n")[:-1] == list(shown.paths)
    assert list_file.startswith("text/plain:out0.txt:blob:")
    assert '"granulate-score/1"' in score
    assert score_file_.startswith("application/json:out0.score.json:blob:")
