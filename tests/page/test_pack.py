"""The map pack and the joined page, without a browser."""

from __future__ import annotations

import io
import json
import re
import struct
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from granulate import page
from granulate.cli.map import command
from granulate.corpus import analyse
from granulate.errors import GranulateError, ParameterError
from granulate.page import bundle, mapping
from granulate.page.pack import Column, Map, packed_sound, scaled, unpack
from granulate.types import Corpus, Origin, Sound
from tests.conftest import melody

PRESET = page.default_preset().set("reduction.kind=pca", "reduction.dimensions=2")


@pytest.fixture(scope="module")
def corpus() -> Corpus:
    sounds = [melody(0.5, seed=seed) for seed in range(3)]
    return analyse([replace_origin(s, f"/x/tune {i}.wav") for i, s in enumerate(sounds)], PRESET)


def replace_origin(sound: Sound, path: str) -> Sound:
    return replace(sound, origin=Origin(path, "WAV", "FLOAT", sound.sample_rate, sound.n_channels))


def test_a_pack_says_what_the_corpus_holds(corpus: Corpus) -> None:
    header, found = unpack(page.of_corpus(corpus, PRESET).to_bytes())
    assert header["format"] == "granulate-map/1"
    assert (header["n"], header["of"], header["dimensions"]) == (len(corpus), "grains", 2)
    assert header["framing"] == {"n_fft": 2048, "window": 2048, "hop": 512, "shape": "hann"}
    np.testing.assert_array_equal(found["sound"], corpus.grains.sounds)
    np.testing.assert_array_equal(found["onset"], corpus.grains.onsets)
    np.testing.assert_array_equal(found["length"], corpus.grains.lengths)
    assert found["onset"].min() < 0  # the first windows begin before their sounds do
    assert [sound["name"] for sound in header["sounds"]] == ["tune 0.wav", "tune 1.wav", "tune 2.wav"]
    columns = {column["name"]: column for column in header["columns"]}
    assert columns["sound"]["categories"] == ["tune 0.wav", "tune 1.wav", "tune 2.wav"]
    assert columns["level"]["unit"] == "dB"
    assert columns["centroid"]["unit"] == "Hz"


def test_columns_are_in_their_units_and_not_scaled(corpus: Corpus) -> None:
    header, found = unpack(page.of_corpus(corpus, PRESET).to_bytes())
    level = next(column for column in header["columns"] if column["name"] == "level")
    at = len(corpus) // 2
    grain = corpus.grains
    samples = corpus.sounds[grain.sounds[at]].samples[0]
    piece = samples[grain.onsets[at] :][: grain.lengths[at]] * corpus.framing.weights()
    decibels = 20 * np.log10(np.sqrt(np.mean(piece.astype(float) ** 2)))
    # How the window's own level is counted is the descriptor's affair; it is constant.
    assert abs(found[level["array"]][at] - decibels) < 6


def test_arrays_are_aligned_and_within_the_pack(corpus: Corpus) -> None:
    data = page.of_corpus(corpus, PRESET, measured=False).to_bytes()
    header, _ = unpack(data)
    begin = 4 + struct.unpack_from("<I", data)[0]
    begin += -begin % 8
    spans = sorted(
        (one["offset"], one["offset"] + one["length"] * {"f32": 4, "f64": 8, "u32": 4, "u16": 2, "u8": 1}[one["type"]])
        for one in header["arrays"].values()
    )  # fmt: skip
    assert all(first % 8 == 0 for first, _ in spans)
    assert all(end <= following for (_, end), (following, _) in pairwise(spans))
    assert begin + spans[-1][1] <= len(data) < begin + spans[-1][1] + 8


def test_the_same_corpus_gives_the_same_page(corpus: Corpus) -> None:
    pages = [page.standalone(page.of_corpus(corpus, PRESET).to_bytes(), title="x") for _ in range(2)]
    assert pages[0] == pages[1]


def test_points_of_whole_sounds(corpus: Corpus) -> None:
    found = page.of_corpus(corpus, PRESET, of="sounds")
    assert len(found) == 3
    np.testing.assert_array_equal(found.length, [sound.n_samples for sound in corpus.sounds])
    assert not np.any(found.onset)
    centroid = next(column for column in found.columns if column.name == "centroid")
    assert np.all((centroid.values > 50) & (centroid.values < corpus.sample_rate / 2))


def test_three_dimensions_are_kept_beside_the_first_two() -> None:
    preset = PRESET.set("reduction.dimensions=3")
    header, found = unpack(page.of_corpus(analyse(melody(0.5), preset), preset).to_bytes())
    assert header["dimensions"] == 3
    np.testing.assert_array_equal(found["points3"].reshape(-1, 3)[:, :2].ravel(), found["points"])


def test_a_preset_s_own_map_is_shown() -> None:
    corpus = analyse(melody(0.5), PRESET)
    assert corpus.embedding is not None
    found = page.of_corpus(corpus, PRESET)
    np.testing.assert_array_equal(found.points, corpus.embedding.points)
    assert found.extra["method"] == "pca"


def test_few_grains_without_a_map_are_laid_out_by_tsne_and_many_by_pca(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    preset = page.default_preset()
    corpus = analyse(melody(0.3), preset)
    assert page.of_corpus(corpus, preset, measured=False).extra["method"] == "tsne"
    monkeypatch.setattr(mapping, "MOST_FOR_TSNE", len(corpus) - 1)
    assert page.of_corpus(corpus, preset, measured=False).extra["method"] == "pca"


@given(
    arrays(
        np.float32,
        st.tuples(st.integers(1, 30), st.just(2)),
        elements=st.floats(-(2.0**99), 2.0**99, width=32),
    )
)
def test_points_fill_the_unit_square_and_keep_their_shape(points: np.ndarray) -> None:
    found = scaled(points)
    assert np.all((found >= 0) & (found <= 1))
    extent = np.ptp(points.astype(float), axis=0)
    if extent.max() > 0:
        assert np.ptp(found, axis=0).max() == pytest.approx(1)
        np.testing.assert_allclose(np.ptp(found.astype(float), axis=0), extent / extent.max(), atol=1e-5)


@pytest.mark.parametrize(
    ("samples", "subtype", "within"),
    [
        (np.array([[-1, 0.5, 1 / 2**15, 0, 0.25] * 40], np.float32), "PCM_16", 0.0),
        (np.array([[-1, 0.5, 3 / 2**23, 0, 0.25] * 40], np.float32), "PCM_24", 0.0),
        (np.sin(np.arange(300, dtype=np.float32))[None] / 3, "PCM_16", 2**-16 / 3),
        (np.sin(np.arange(300, dtype=np.float32))[None] * 7, "PCM_16", 7 * 2**-15),
        (np.ones((1, 100), np.float32), "PCM_16", 2**-15),
        (np.zeros((3, 1), np.float32), "PCM_16", 0.0),
    ],
)
def test_packed_sounds_are_exact_where_integers_are_and_near_elsewhere(
    samples: np.ndarray, subtype: str, within: float
) -> None:
    found = packed_sound(Sound(samples, 22_050), "x")
    file = io.BytesIO(found.flac)
    assert soundfile.info(io.BytesIO(found.flac)).subtype == subtype
    decoded = soundfile.read(file, dtype="float32", always_2d=True)[0].T * np.float32(found.gain)
    assert np.abs(decoded - samples).max() <= within * 1.001
    assert (found.channels, found.samples) == samples.shape


def test_what_is_no_map_is_refused() -> None:
    points = np.zeros((3, 2))
    one = np.zeros(3)
    with pytest.raises(ParameterError, match="allowed: finite"):
        Map("x", "grains", 8000, points * np.nan, one, one, one)
    with pytest.raises(ParameterError, match=r"allowed: \(3,\)"):
        Map("x", "grains", 8000, points, one, one[:2], one)
    with pytest.raises(ParameterError, match="'grains' or 'sounds'"):
        Map("x", "files", 8000, points, one, one, one)
    with pytest.raises(ParameterError, match="column 'loud'"):
        Map("x", "grains", 8000, points, one, one, one, (Column("loud", "dB", one[:1]),))
    for data in (b"", b"\xff\xff\xff\xff{}", b"\x02\0\0\0{}\0\0"):
        with pytest.raises(ParameterError, match="granulate-map/1"):
            unpack(data)


def test_every_module_can_be_joined() -> None:
    scripts = [name for name in page.names() if name.endswith(".js")]
    for name in scripts:
        text = bundle.joined(name)
        assert f'granulateModules.set("{name}"' in text
        assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


def test_a_module_comes_after_what_it_imports() -> None:
    text = bundle.joined("main.js")
    for name in page.names():
        place = text.find(f'granulateModules.set("{name}"')
        if place >= 0:
            asked = [found[1] for found in re.finditer(r'granulateModules\.get\("([^"]+)"\);', text[:place])]
            assert name not in asked


def test_titles_and_names_are_no_markup(corpus: Corpus) -> None:
    nasty = "</title><script>alert(1)</script><!--BODY-->\"'&"
    text = page.standalone(page.of_corpus(corpus, PRESET, title=nasty).to_bytes(), title=nasty)
    assert "<script>alert" not in text
    assert "&lt;script&gt;alert" in text
    assert text.count('id="pack"') == 1
    settings = page.served(title=nasty, settings={"note": nasty})
    found = re.search(r'id="settings">(.*?)</script>', settings)
    assert found is not None
    assert json.loads(found[1])["note"] == nasty


def test_the_served_page_holds_no_script_or_style_of_its_own() -> None:
    text = page.served(title="x", settings={})
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>|<style|\son\w+=|\sstyle=", text)
    assert inline == []
    for name in re.findall(r'(?:src|href)="/assets/([^"]+)"', text):
        assert page.asset(name)[0]


@pytest.mark.parametrize(
    "name", ["../pack.py", "..", "", "app.js/", "/etc/passwd", "%2e%2e", "app.JS", "app.js\0"]
)
def test_no_other_file_is_an_asset(name: str) -> None:
    with pytest.raises(GranulateError):
        page.asset(name)


@pytest.fixture(autouse=True)
def apart(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """What commands keep, they keep elsewhere."""
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path_factory.mktemp("cache")))


def test_the_command_writes_a_page_and_reports(tmp_path: Path) -> None:
    for seed in range(2):
        soundfile.write(tmp_path / f"tone{seed}.wav", melody(0.3, seed=seed).frames, 22_050)
    (tmp_path / "broken.wav").write_bytes(b"RIFF....")
    out = tmp_path / "map.html"
    done = CliRunner().invoke(
        command, [str(tmp_path), "--reduction", "pca", "-o", str(out), "--json"], standalone_mode=False
    )
    assert done.return_value == 1
    report = json.loads(done.stdout)
    assert (report["sounds"], report["method"]) == (2, "pca")
    assert "broken.wav" in report["failed"][0]["path"]
    assert out.read_text().startswith("<!doctype html>")
    before = out.read_bytes()
    again = CliRunner().invoke(command, [str(tmp_path / "tone0.wav"), "-o", str(out)], standalone_mode=False)
    assert isinstance(again.exception, GranulateError)
    assert out.read_bytes() == before
    unknown = CliRunner().invoke(command, [str(tmp_path), "--reduction", "none"], standalone_mode=False)
    assert "allowed: pca, tsne, umap" in str(unknown.exception)


def test_a_served_map_is_no_file() -> None:
    done = CliRunner().invoke(command, ["x.wav", "--serve", "-o", "map.html"], standalone_mode=False)
    assert isinstance(done.exception, ParameterError)
    assert "allowed: one without the others" in str(done.exception)
