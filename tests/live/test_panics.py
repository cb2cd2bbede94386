"""A take with panics in it: what the score renders is what was heard, fades and all."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

import granulate as gr
from granulate.api import analyse, render
from granulate.errors import ParameterError, ScoreError
from granulate.live.engine import Engine, File
from granulate.live.lending import Lender
from granulate.live.saving import Takes
from granulate.live.sending import Sender
from granulate.live.stream import Stream
from granulate.preset import Preset
from granulate.types import PANIC_S, WINDOW, Choice, Events, Framing, Score
from tests.conftest import melody

RATE, BLOCK = 22_050, 128
RAMP = round(PANIC_S * RATE)
CLOUD = Preset.of(
    {
        "reduction": {"kind": "pca", "dimensions": 2},
        "path": {"kind": "walk"},
        "grain": {"kind": "cloud", "density": 300.0, "length": "150ms", "transpose_jitter": 7.0, "gain": 6.0},
    }
)


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "in.wav"
    gr.write(melody(1.0, RATE, 2), path)
    return path


def test_a_take_with_panics_renders_what_was_heard(recording: Path, tmp_path: Path) -> None:
    corpus = analyse(recording, CLOUD)
    heard_at, take_at = tmp_path / "heard.wav", tmp_path / "take.json"
    rests = {40, 41}
    panics = {10, 30, 31, 40, 60, 70}  # two of them within one ramp, one before a rest
    n_blocks = 90
    with Engine.start([], RATE, 2, block=BLOCK, sink=File(heard_at, freewheel=True)) as engine:
        stream, sender = Stream(corpus, CLOUD), Sender(engine, Lender(engine).lend(corpus.sounds))
        sender.begin_take(corpus, 0)
        hann = sender.envelope(CLOUD.envelope, corpus.framing)
        for number in range(n_blocks):
            if number in panics:
                sender.panic()
            while stream.clock < (number + 1) * BLOCK:
                events = stream.next().events
                if number not in rests:  # also while it fades, when nothing may begin
                    sender.send(events, hann)
            sender.push()
            engine.complete((number + 1) * BLOCK)
            engine.wait((number + 1) * BLOCK)
        take = sender.end_take()
        assert engine.state.active > 10
    Takes(take_at).save(take)
    score = gr.load_score(take_at)
    assert score.panics == tuple(BLOCK * number for number in (10, 30, 40, 60, 70))
    heard = sf.read(heard_at, dtype="float32", always_2d=True)[0]
    again = render(score).frames
    n = n_blocks * BLOCK
    np.testing.assert_array_equal(again[:n], heard[:n])
    for at in score.panics:
        assert np.abs(heard[at - BLOCK : at]).max() > 0.1
        silent = slice(at + RAMP - 1, -(-(at + RAMP) // BLOCK) * BLOCK)
        assert not heard[silent].any()
    assert not np.array_equal(render(replace(score, panics=())).frames[:n], again[:n])


@pytest.fixture(scope="module")
def score(recording: Path) -> Score:
    """Two seconds of a steady sound, in overlapping grains."""
    sound = gr.read(recording)
    times = np.arange(0, 40_000, 700)
    events = Events(times, np.zeros(len(times)), np.full(len(times), 100), np.full(len(times), 5000))
    return Score((sound,), Framing(2048, 2048, 512, "hann"), events, 44_000, envelopes=(Choice("hann"),))


def test_what_has_begun_is_dropped_and_the_rest_is_what_it_was(score: Score) -> None:
    at = 20_123
    whole, cut = render(score).frames, render(replace(score, panics=(at,))).frames
    np.testing.assert_array_equal(cut[:at], whole[:at])
    line = 1 - np.arange(1, RAMP + 1) / RAMP
    np.testing.assert_allclose(cut[at : at + RAMP], whole[at : at + RAMP] * line[:, None], atol=1e-6)
    later = replace(score, events=score.events.taken(score.events.time >= at + RAMP))
    np.testing.assert_array_equal(cut[at + RAMP :], render(later).frames[at + RAMP :])
    within = replace(score, panics=(at, at + RAMP - 1))
    np.testing.assert_array_equal(render(within).frames, cut)


@pytest.mark.parametrize("size", [1, 100, 4096])
def test_blocks_of_any_size_are_the_same_bits(score: Score, size: int) -> None:
    from granulate.resynthesis import Rendering

    rendering = Rendering(replace(score, panics=(0, 9_000, 9_500, 43_990)))
    whole = rendering.block(0, score.n_samples)
    for first in (8_900, 9_000 + RAMP - 1, 43_900):
        n = min(size, score.n_samples - first)
        np.testing.assert_array_equal(rendering.block(first, n), whole[first : first + n])


@pytest.mark.parametrize("extension", [".json", ".csv"])
def test_files_carry_them(score: Score, tmp_path: Path, extension: str) -> None:
    path = tmp_path / f"score{extension}"
    gr.save_score(replace(score, panics=(5, 5, 30_000)), path)
    assert gr.load_score(path).panics == (5, 5, 30_000)
    gr.save_score(score, path, force=True)
    assert "panics" not in path.read_text()
    assert gr.load_score(path).panics == ()


@pytest.mark.parametrize(
    ("panics", "message"),
    [
        ("[7, 5]", r"panics has 5; allowed: 7 or later, in order"),
        ("[-1]", r"panics\.0: "),
        ("[1.5]", r"panics\.0: "),
        ("[true]", r"panics\.0: "),
        ('"now"', r"panics: "),
    ],
)
def test_wrong_ones_are_named(score: Score, tmp_path: Path, panics: str, message: str) -> None:
    path = tmp_path / "score.json"
    gr.save_score(replace(score, panics=(5,)), path)
    path.write_text(path.read_text().replace('"panics":[5]', f'"panics":{panics}'))
    with pytest.raises(ScoreError, match=message):
        gr.load_score(path)


def test_with_panics_nothing_lies_on_the_grid(recording: Path) -> None:
    on_grid = gr.score(recording, Preset.of({"path": {"kind": "original"}}))
    assert on_grid.on_grid
    assert on_grid.envelopes == (WINDOW,)
    cut = replace(on_grid, panics=(10_000,))
    assert not cut.on_grid
    assert not render(cut).frames[10_000 + RAMP : 10_240].any()  # where the next window begins
    with pytest.raises(ParameterError, match=r"panics has -1; allowed: 0 or later"):
        replace(on_grid, panics=(-1,))
