"""What the options of `granulate live` open: the controller's map, and keys that lie along the map of the grains."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import granulate as gr
from granulate.cli.live.opening import Midi, along, controls_of, sink_of, where
from granulate.errors import OutputError, ParameterError
from granulate.live.doors import Doors
from granulate.live.engine import Device, File, Null
from granulate.live.messages import Messages
from granulate.live.midi import ControllerMap, load
from tests.conftest import melody
from tests.live.instrument import Instrument
from tests.live.midi import Pretended, on


@pytest.fixture(scope="module")
def corpus() -> gr.Corpus:
    return gr.analyse(melody(2.0, 22_050), gr.load_preset("tipsy"))


def test_the_map_is_the_one_named_or_made_for_the_port_or_the_keyboard() -> None:
    assert controls_of(None, None, None, False) is None
    for port, name, expected in (
        ("nanoKONTROL2 20:0", None, "nanokontrol2"), ("KORG NANOkontrol2", None, "nanokontrol2"),
        ("Launchpad", None, "keyboard"), ("nanoKONTROL2", "mpe", "mpe"),
    ):  # fmt: skip
        found = controls_of(port, name, None, False)
        assert found is not None
        assert found.name == expected


def test_a_map_that_was_learned_before_is_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    mine = ControllerMap.of({"control": [{"cc": 5, "target": "grain.pan"}]})
    mine.save(path)
    found = controls_of("x", None, str(path), False)
    assert found is not None
    assert found.controls == mine.controls
    again = controls_of("x", str(path), str(path), False)
    assert again is not None
    assert again.controls == mine.controls
    fresh = controls_of("x", "mpe", str(path), True)  # which is to take its place
    assert fresh == load("mpe")
    assert load(path).controls == mine.controls


@pytest.mark.parametrize(
    ("port", "name", "into", "error", "part"),
    [
        (None, None, "m.toml", ParameterError, "--midi-learn m.toml without a port; allowed: with --midi"),
        ("x", None, "m.json", OutputError, "m.json: is no controller map"),
        ("x", None, "no.toml", ParameterError, "no.toml: not TOML"),
        ("x", "mpe", "no.toml", OutputError, "no.toml: exists"),
        ("x", "no_such_map", None, ParameterError, "unknown controller map 'no_such_map'"),
    ],
)
def test_what_cannot_be_learned_into_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, port: str | None, name: str | None, into: str | None,
    error: type[Exception], part: str,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    (tmp_path / "no.toml").write_text("no")
    with pytest.raises(error) as refused:
        controls_of(port, name, into, False)
    assert str(refused.value).startswith(part)
    assert (tmp_path / "no.toml").read_text() == "no"


def test_sinks_have_words(tmp_path: Path) -> None:
    sinks = [
        sink_of(audio, False, None, False, ())
        for audio in ("default", "USB", "null", str(tmp_path / "a.wav"))
    ]
    assert [type(sink) for sink in sinks] == [Device, Device, Null, File]
    assert [where(sink) for sink in sinks[:3]] == ["device default", "device USB", "no device"]


def test_grains_lie_along_the_axis_on_which_they_spread_most(corpus: gr.Corpus) -> None:
    order = along(corpus)
    assert sorted(order) == list(range(len(corpus)))
    assert corpus.embedding is not None
    points = corpus.embedding.points
    scaled = (points - points.min(axis=0)) / np.ptp(points, axis=0)
    assert any(np.all(np.diff(scaled[order, axis]) >= -1e-6) for axis in range(points.shape[1]))


def test_keys_play_what_lies_there_also_when_other_sounds_have_come(corpus: gr.Corpus) -> None:
    system, instrument = Pretended("a"), Instrument()
    controls = ControllerMap.of({"notes": [{"low": 0, "high": 127, "mapping": "regions"}]})
    midi = Midi(Doors(instrument, Messages()), corpus, "a", controls, None)
    midi.watch._make, midi.watch._now = system, lambda: system.now

    def press(key: int) -> int:
        system.queues["a"].append((on(key), 0.0))
        system.now += 0.1
        midi.watch.poll()
        grain: int = instrument.acts[-1][1]
        return grain

    midi.watch.poll()
    order = along(corpus)
    assert (press(0), press(127)) == (order[0], order[127 * len(order) // 128])
    other = gr.analyse(melody(1.0, 22_050), gr.load_preset("tipsy"))
    midi.tend(other)
    assert press(127) in along(other)[-1 - len(other) // 128 :]
