"""The sound map as an object: what a notebook is given, what is saved, and what is refused."""

from __future__ import annotations

import html
import re
from pathlib import Path

import numpy as np
import pytest

from granulate.corpus import analyse
from granulate.errors import OutputError, ParameterError
from granulate.page import notebook, unpack
from granulate.page.notebook import SoundMap, sound_map
from granulate.page.pack import Map
from granulate.preset import Preset
from granulate.types import Corpus
from tests.conftest import melody


@pytest.fixture(scope="module")
def preset() -> Preset:
    return Preset.of(
        {
            "descriptors": [{"kind": "level"}, {"kind": "centroid"}],
            "reduction": {"kind": "pca", "dimensions": 2},
        }
    )


@pytest.fixture(scope="module")
def corpus(preset: Preset) -> Corpus:
    return analyse(melody(0.5), preset)


@pytest.fixture(scope="module")
def shown(corpus: Corpus) -> SoundMap:
    return sound_map(corpus, title='<b>a & "b"</b>')


def test_a_notebook_is_given_the_page_in_a_frame_without_an_origin(shown: SoundMap) -> None:
    text = shown._repr_html_()
    frame = re.fullmatch(
        r'<iframe class="granulate-map" sandbox="([^"]*)".* srcdoc="([^"]*)"></iframe>', text, re.S
    )
    assert frame
    assert "allow-scripts" in frame[1].split()
    assert "allow-same-origin" not in frame[1].split()
    assert html.unescape(frame[2]) == shown.page
    assert "<b>a" not in text
    # As bytes of any encoding, it is the same page.
    assert frame[2].isascii()


def test_the_same_corpus_makes_the_same_page(corpus: Corpus, shown: SoundMap) -> None:
    assert sound_map(corpus, title=shown.map.title).page == shown.page


def test_grains_are_coloured_by_what_describes_them(corpus: Corpus, shown: SoundMap, preset: Preset) -> None:
    header, arrays = unpack(shown.map.to_bytes())
    columns = {column["name"]: column for column in header["columns"]}
    names = corpus.descriptors.names
    assert set(names) <= set(columns)
    assert np.array_equal(arrays[columns[names[0]]["array"]], corpus.descriptors.values[:, 0])
    assert len(shown) == len(corpus) == header["n"]
    measured = sound_map(corpus, preset)
    units = {column.name: column.unit for column in measured.map.columns}
    assert units["centroid"] == "Hz"


def test_the_page_is_saved_and_nothing_is_overwritten(shown: SoundMap, tmp_path: Path) -> None:
    path = tmp_path / "map.html"
    shown.save(path)
    assert path.read_text(encoding="utf-8") == shown.page
    path.write_text("mine")
    with pytest.raises(OutputError):
        shown.save(path)
    assert path.read_text() == "mine"
    shown.save(path, force=True)
    assert path.read_text(encoding="utf-8") == shown.page


def test_a_page_too_large_for_a_notebook_is_not_put_into_it(
    shown: SoundMap, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(notebook, "MOST_BYTES", 1000)
    text = shown._repr_html_()
    assert "iframe" not in text
    assert ".save(" in text
    assert len(text) < 1000


def test_a_library_is_shown_as_its_sounds(tmp_path: Path) -> None:
    from granulate.library import Library
    from granulate.library.measures import MEASURES
    from tests.library.scanning import Work, sounds

    sounds(tmp_path / "sounds", 3)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr("granulate.jobs.each", Work())
        with Library.open(tmp_path / "sounds", create=True) as library:
            library.scan([MEASURES.bind({"kind": "stereo"})])
            found = sound_map(library)
    assert found.map.of == "sounds"
    assert [sound.name for sound in found.map.sounds] == ["0.wav", "2.wav", "a/1.wav"]
    assert repr(found) == "SoundMap(3 sounds of 3 sounds, 'sounds')"


def test_what_is_no_corpus_and_no_height_is_refused(corpus: Corpus, shown: SoundMap) -> None:
    with pytest.raises(ParameterError, match="Corpus or a Library"):
        sound_map("violin.wav")  # type: ignore[arg-type]
    with pytest.raises(ParameterError, match="height"):
        SoundMap(shown.map, height=3)
    with pytest.raises(ParameterError):
        SoundMap(Map("", "grains", 8000, np.zeros((1, 5)), np.zeros(1), np.zeros(1), np.ones(1)))
