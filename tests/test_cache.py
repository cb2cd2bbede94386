"""The cache: whole entries or none, bounded, never trusted, never in the way."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from granulate import sound_file
from granulate.cache import Cache, default_folder, key_of
from granulate.corpus_cache import corpus_of, offer_of
from granulate.errors import SoundFileError
from granulate.preset import Preset
from granulate.resynthesis import Rendering
from granulate.types import Choice, Events, Score
from tests.conftest import melody

ARRAYS = {"a": np.arange(12, dtype=np.int64).reshape(3, 4), "b": np.zeros((0, 2), np.float32)}
PRESET = Preset.of({"path": {"kind": "nearest"}, "framing": {"n_fft": 1024, "window": 1024, "hop": 512}})


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    paths = [str(tmp_path / f"{i}.wav") for i in range(3)]
    for i, path in enumerate(paths):
        sound_file.write(melody(0.5, n_channels=1 + i % 2, seed=i), path)
    return paths


def test_what_was_kept_is_loaded(cache: Cache) -> None:
    assert cache.load("k") is None
    assert cache.keep("k", ARRAYS, {"n": 3})
    arrays, content = cache.load("k") or ({}, {})
    assert content == {"n": 3}
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(arrays[name], array)
        assert arrays[name].dtype == array.dtype
        with pytest.raises(ValueError, match="read-only"):
            arrays[name][...] = 0
    assert cache.keep("k", ARRAYS, {"n": 3})  # by another run, in the meantime


@pytest.mark.parametrize("damage", ["no meta", "text", "short", "missing array", "no json", "a list"])
def test_a_damaged_entry_is_none(cache: Cache, damage: str) -> None:
    cache.keep("k", ARRAYS, {})
    entry = cache.folder / "k"
    match damage:
        case "no meta":
            (entry / "meta.json").unlink()
        case "no json":
            (entry / "meta.json").write_text("{")
        case "a list":
            (entry / "meta.json").write_text("[]")
        case "text":
            (entry / "a.npy").write_text("no array")
        case "short":
            os.truncate(entry / "a.npy", 100)
        case "missing array":
            (entry / "a.npy").unlink()
    assert cache.load("k") is None


def test_the_entries_used_longest_ago_make_room(tmp_path: Path) -> None:
    cache = Cache(tmp_path, most_bytes=10_000)
    array = {"a": np.zeros(500, np.float64)}  # 4,000 bytes, and some for the header
    for i, name in enumerate(("old", "used")):
        cache.keep(name, array, {})
        os.utime(tmp_path / name, (1000 + i, 1000 + i))
    half_made = tmp_path / ".making-x"
    half_made.mkdir()
    os.utime(half_made, (time.time() - 10**5,) * 2)
    assert cache.load("old")
    assert cache.keep("new", array, {})
    assert cache.load("used") is None
    assert cache.load("old")
    assert cache.load("new")
    assert not half_made.exists()
    assert not cache.keep("large", {"a": np.zeros(5000)}, {})
    assert cache.load("new")


def test_a_cache_that_cannot_be_written_does_no_harm(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    cache = Cache(tmp_path / "file")
    assert not cache.keep("k", ARRAYS, {})
    assert cache.load("k") is None


def test_keys_differ_where_anything_does() -> None:
    keys = {key_of(*parts) for parts in ((1, "a"), (1, "b"), (2, "a"), ({"x": 1},), ({"x": 2},), ([1, "a"],))}
    assert len(keys) == 6
    assert key_of({"x": 1, "y": 2}) == key_of({"y": 2, "x": 1})


def test_the_folder_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / "here"))
    assert default_folder() == tmp_path / "here"
    monkeypatch.delenv("GRANULATE_CACHE")
    assert default_folder().name == "granulate"


def test_a_cached_corpus_is_the_one_that_was_worked_out(cache: Cache, files: list[str]) -> None:
    fresh, _ = corpus_of(files, PRESET, None, cache=None)
    kept, failed = corpus_of(files, PRESET, None, cache=cache)
    again, _ = corpus_of(files, PRESET, None, cache=cache)
    assert failed == []
    for corpus in (kept, again):
        assert corpus.framing == fresh.framing
        assert corpus.descriptors.names == fresh.descriptors.names
        np.testing.assert_array_equal(corpus.descriptors.values, fresh.descriptors.values)
        np.testing.assert_array_equal(corpus.grains.onsets, fresh.grains.onsets)
        for a, b in zip(corpus.sounds, fresh.sounds, strict=True):
            np.testing.assert_array_equal(a.samples, b.samples)
            assert (a.peak, a.sample_rate, a.origin) == (b.peak, b.sample_rate, b.origin)
    offers = [
        offer_of(corpus, PRESET, cache=kept_in)
        for corpus, kept_in in ((fresh, None), (again, cache), (again, cache))
    ]
    for made in offers[1:]:
        np.testing.assert_array_equal(made.features.bands, offers[0].features.bands)
        np.testing.assert_array_equal(made.follows, offers[0].follows)
        np.testing.assert_array_equal(made.frames.samples, offers[0].frames.samples)


def test_nothing_is_read_again_until_something_changes(
    cache: Cache, files: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    read, reads = sound_file.read, []
    monkeypatch.setattr(sound_file, "read", lambda path: reads.append(path) or read(path))
    corpus_of(files, PRESET, None, cache=cache)
    assert len(reads) == 3
    corpus_of(files, PRESET, None, cache=cache)
    assert len(reads) == 3
    # Neither the path nor what sounds after it is part of the analysis.
    corpus_of(files, PRESET.set("path.kind=mosaic", "output.normalise=peak"), None, cache=cache)
    assert len(reads) == 3
    for changed, rate in (
        (PRESET.set("framing.hop=256"), None),
        (PRESET.set("descriptors.bands=40"), None),
        (PRESET, 8000),
    ):
        before = len(reads)
        corpus_of(files, changed, rate, cache=cache)
        assert len(reads) == before + 3
    sound_file.write(melody(0.5, seed=9), files[0], force=True)
    corpus, _ = corpus_of(files, PRESET, None, cache=cache)
    assert np.array_equal(corpus.sounds[0].samples[0], read(files[0]).samples[0])


def test_bad_files_are_told_of_every_time(cache: Cache, files: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.wav"
    bad.write_text("no sound")
    for _ in range(2):
        corpus, failed = corpus_of([*files, str(bad)], PRESET, None, cache=cache)
        assert len(corpus.sounds) == 3
        assert [json.dumps(failure["path"]) for failure in failed] == [json.dumps(str(bad))]
    with pytest.raises(SoundFileError, match=r"bad\.wav"):
        corpus_of([str(bad)], PRESET, None, cache=cache)


def test_cached_sounds_sound_as_read_ones(cache: Cache, files: list[str]) -> None:
    corpora = [corpus_of(files, PRESET, None, cache=kept)[0] for kept in (None, cache, cache)]
    events = Events(
        np.arange(30) * 100,
        np.arange(30) % 3,
        np.arange(30) * 200,
        np.full(30, 700),
        rate=np.linspace(0.5, 2, 30),
    )
    scores = [
        Score(corpus.sounds, corpus.framing, events, 4000, envelopes=(Choice("hann"),)) for corpus in corpora
    ]
    sounds = [Rendering(score).block(0, 4000).tobytes() for score in scores]
    assert sounds[0] == sounds[1] == sounds[2]
    # Some of them only, in another order: then they do not lie side by side.
    few = [replace(score, sounds=(score.sounds[2], score.sounds[0], score.sounds[1])) for score in scores]
    assert len({Rendering(score).block(0, 4000).tobytes() for score in few}) == 1
