"""The instrument, played without a device: what is played is what is rendered, whatever is moved meanwhile."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf

from granulate import score_file, sound_file
from granulate.api import analyse, render
from granulate.errors import GranulateError, ParameterError
from granulate.live.engine import Engine, File, Null
from granulate.live.folders import Folders
from granulate.live.instrument import Instrument
from granulate.live.stream import Stream, check_playable, needs_another
from granulate.preset import SECTIONS, Preset, load
from granulate.sections import PATH
from granulate.sounds import channel_gains
from tests.conftest import melody
from tests.live.test_bounds import Playing
from tests.live.waiting import until

RATE = 22_050
PRESET = Preset.of({"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": "walk", "length": 500}})
PLAYABLE = [kind for kind, stage in PATH.stages.items() if not {"target", "listens"} & set(stage.traits)]


@pytest.fixture(scope="module")
def recording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sound") / "in.wav"
    sound_file.write(melody(2.0, RATE, 2), path)
    return path


class Played:
    """An instrument that plays into a file as fast as it goes, and writes down what it plays."""

    def __init__(self, recording: Path, folder: Path, preset: Preset = PRESET, seconds: float = 1.0) -> None:
        self.sound, self.take = folder / "take.wav", folder / "take.json"
        self.said: list[str] = []
        corpus = analyse(recording, preset)
        self.engine = Engine.start([], RATE, 2, block=128, sink=File(self.sound, freewheel=True))
        self.instrument = Instrument(
            self.engine, corpus, preset, take=self.take, until=round(seconds * RATE), said=self.said.append
        )

    def play(self) -> np.ndarray:
        """Play to the end; the frames that the file then has."""
        self.instrument.begin()
        assert self.instrument.player.over.wait(60)
        self.instrument.end()
        assert self.instrument.player.failure is None
        self.engine.stop()
        return sf.read(self.sound, dtype="float32", always_2d=True)[0]


def rendered(take: Path) -> np.ndarray:
    return render(score_file.load(take)).frames


def test_takes_are_written_while_it_plays_on(recording: Path, tmp_path: Path) -> None:
    played = Played(recording, tmp_path, seconds=8.0)
    played.instrument.act("record", False)  # none has begun
    played.instrument.begin()
    until(lambda: played.engine.state.clock > RATE // 4)
    played.instrument.act("record", False)
    until(played.take.exists)
    first = played.take.read_bytes()
    played.instrument.act("record", True)
    begun = played.engine.state.clock
    assert played.instrument.player.over.wait(60)
    played.instrument.end()
    played.engine.stop()
    assert not played.said
    assert played.take.read_bytes() != first
    heard = sf.read(played.sound, dtype="float32", always_2d=True)[0]
    again = rendered(played.take)
    assert begun < 7 * RATE
    late = slice(begun + 4096, min(len(heard), len(again)))  # what sounded when it began is not in it
    np.testing.assert_array_equal(heard[late], again[late])


def test_a_take_that_cannot_be_written_is_said(recording: Path, tmp_path: Path) -> None:
    played = Played(recording, tmp_path)
    played.instrument.begin()
    until(lambda: played.engine.state.clock > RATE // 4)
    played.take.write_text("mine")
    played.instrument.act("record", False)
    until(lambda: bool(played.said))
    assert "exists" in played.said[0]
    assert played.take.read_text() == "mine"
    played.instrument.end()
    played.engine.stop()


def test_clients_name_files_beside_what_is_played_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, outside, here = (tmp_path / name for name in ("inside", "outside", "here"))
    for folder in (inside / "deep", outside, here):
        folder.mkdir(parents=True)
    (inside / "link").symlink_to(outside)
    (inside / "back").symlink_to(inside / "deep")
    monkeypatch.chdir(here)
    folders = Folders([inside])
    for allowed in (inside, inside / "deep" / "a.wav", inside / "back" / "a.wav", "a.wav", here / "b"):
        folders.check(str(allowed), "corpus.path")
    refused = [
        outside,
        inside / "link" / "a.wav",
        f"{inside}/../outside/a.wav",
        "../outside",
        f"{inside}side",
        "/",
        "a\0b",
    ]
    for path in map(str, refused):
        with pytest.raises(
            ParameterError, match=r"^corpus\.path = .* is elsewhere; allowed: files in "
        ) as error:
            folders.check(path, "corpus.path")
        assert "\n" not in str(error.value)
        assert str(inside) in str(error.value)


def test_no_link_leads_a_client_out_of_the_folder(instrument: Instrument, tmp_path: Path) -> None:
    outside = tmp_path.parent / f"{tmp_path.name}-outside"
    outside.mkdir()
    sound_file.write(melody(1.0, RATE, 2, seed=5), outside / "secret.wav")
    (tmp_path / "songs").mkdir()
    (tmp_path / "songs" / "link.wav").symlink_to(outside / "secret.wav")
    said: list[str] = []
    instrument._builder.said = said.append
    before = instrument.player.stream.corpus
    instrument.act("corpus", str(tmp_path / "songs"))
    until(lambda: bool(said))
    assert "link.wav is elsewhere" in said[0]
    assert instrument.player.stream.corpus is before
    with pytest.raises(ParameterError, match=r"segmentation\.file = .* is elsewhere"):
        instrument.set("segmentation", "file", str(outside / "labels.txt"))


def preset_of(path: str) -> Preset:
    return Preset.of({"reduction": {"kind": "pca", "dimensions": 2}, "path": {"kind": path}})


@pytest.mark.parametrize("kind", PLAYABLE)
def test_a_take_of_any_path_is_what_was_sent(recording: Path, kind: str) -> None:
    playing = Playing(analyse(recording, preset_of(kind)), preset_of(kind))
    playing.player.begin_take()
    playing.turn(200)
    events, sent = playing.player.end_take().score().events, np.concatenate(playing.engine.sent)
    sent = sent[sent["time"] < playing.engine.clock]  # by then it ended
    assert len(sent) > 30
    for name in ("time", "start", "length", "rate"):
        np.testing.assert_array_equal(getattr(events, name), sent[name])
    np.testing.assert_array_equal(channel_gains(events, 2), sent["gains"])


# That what was sent is what sounds does not depend on the path.
@pytest.mark.parametrize("kind", ["reverse", "walk"])
def test_what_was_played_is_what_the_score_renders(recording: Path, tmp_path: Path, kind: str) -> None:
    preset = preset_of(kind)
    heard, again = Played(recording, tmp_path, preset).play(), rendered(tmp_path / "take.json")
    n = min(len(heard), len(again))
    assert n >= RATE - 256
    assert np.abs(heard).max() > 0.01
    np.testing.assert_array_equal(heard[:n], again[:n])


@pytest.mark.parametrize("grain", ["cloud", "distance", "whole"])
def test_clouds_are_replayed_too(recording: Path, tmp_path: Path, grain: str) -> None:
    preset = PRESET.set(f"grain.kind={grain}")
    if grain == "cloud":
        preset = preset.set(
            "grain.density=400", "grain.transpose_jitter=12", "grain.pan_jitter=1", "grain.scatter=2"
        )
    heard, again = Played(recording, tmp_path, preset).play(), rendered(tmp_path / "take.json")
    n = min(len(heard), len(again))
    np.testing.assert_array_equal(heard[:n], again[:n])
    if grain == "cloud":
        assert np.abs(heard[:, 0] - heard[:, 1]).max() > 0.01


def test_what_exceeds_full_scale_is_limited_alike(recording: Path, tmp_path: Path) -> None:
    preset = PRESET.set("grain.kind=cloud", "grain.gain=24", "grain.density=300")
    played = Played(recording, tmp_path, preset)
    played.instrument.set("master", "gain", 6.0)
    heard, again = played.play(), rendered(tmp_path / "take.json")
    n = min(len(heard), len(again))
    assert np.abs(heard).max() == 1.0
    np.testing.assert_array_equal(heard[:n], again[:n])


def test_a_take_is_of_its_sounds_and_framing(recording: Path, tmp_path: Path) -> None:
    played = Played(recording, tmp_path)
    played.instrument.begin()
    until(lambda: played.engine.state.clock > RATE // 2)
    for name, arguments in (("corpus", (str(recording),)), ("preset", ("current", 0.0))):
        with pytest.raises(ParameterError, match="during a take"):
            played.instrument.act(name, *arguments)
    played.instrument.end()
    played.engine.stop()
    assert len(rendered(played.take)) > RATE // 2


def test_the_same_seed_plays_the_same(recording: Path, tmp_path: Path) -> None:
    takes = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        takes.append(Played(recording, tmp_path / name).play())
    np.testing.assert_array_equal(*takes)


@pytest.fixture(scope="module")
def engine() -> Iterator[Engine]:
    """One that runs in real time and is heard by nobody; it is played by one instrument after another."""
    with Engine.start([], RATE, 2, block=128, sink=Null()) as running:
        yield running


@pytest.fixture
def instrument(recording: Path, tmp_path: Path, engine: Engine) -> Iterator[Instrument]:
    playing = Instrument(engine, analyse(recording, PRESET), PRESET, folders=[tmp_path])
    playing.begin()
    yield playing
    playing.end()
    assert playing.player.failure is None
    assert engine.state.refused == 0


def test_every_value_can_be_asked_for_and_set(instrument: Instrument) -> None:
    for (section, parameter), value in list(instrument.values().items()):
        if section != "master":
            instrument.set(section, parameter, value)
            assert instrument.get(section, parameter) == value
    instrument.set("path", "temperature", 2.5)
    assert instrument.get("path", "temperature") == 2.5
    assert instrument.player.stream.preset.path.parameters["temperature"] == 2.5
    assert instrument.get("path", "no such") is None
    instrument.set("master", "gain", -12.0)
    assert instrument.get("master", "gain") == -12.0


def test_a_structural_change_takes_over_while_it_sounds(instrument: Instrument) -> None:
    first = instrument.player.stream
    instrument.set("path", "kind", "flow")
    until(lambda: instrument.player.stream is not first)
    assert instrument.player.stream.preset.path.kind == "flow"
    second = instrument.player.stream
    instrument.set("framing", "hop", 256)
    until(lambda: instrument.player.stream is not second)
    assert instrument.player.stream.corpus.framing.hop == 256
    clock = instrument.engine.state.clock
    until(lambda: instrument.engine.state.clock > clock + RATE // 4)
    assert instrument.engine.state.active > 0


def test_other_sounds_can_be_played(instrument: Instrument, tmp_path: Path) -> None:
    sound_file.write(melody(1.0, 2 * RATE, 2, seed=5), tmp_path / "other.wav")
    instrument.act("corpus", str(tmp_path))
    until(lambda: len(instrument.player.stream.corpus) < 80)
    assert instrument.player.stream.corpus.sample_rate == RATE
    clock = instrument.engine.state.clock
    until(lambda: instrument.engine.state.clock > clock + RATE // 4)


def test_a_preset_is_morphed_into(instrument: Instrument) -> None:
    instrument.act("preset", "comet")
    assert instrument.get("grain", "density") == 160
    instrument.act("preset", "tipsy", 0.5)
    assert instrument.get("path", "kind") == "drunk"
    seen = set()
    until(lambda: seen.add(instrument.get("grain", "density")) or instrument.get("grain", "density") == 40)
    assert len(seen) > 5
    assert max(seen) <= 160
    until(lambda: instrument.player.stream.preset == load("tipsy"))


def test_what_is_set_right_after_a_preset_changes_that_preset(instrument: Instrument) -> None:
    instrument.act("preset", "comet")
    instrument.set("grain", "density", 33.0)
    until(lambda: instrument.player.stream.preset.grain.parameters.get("density") == 33.0)
    assert instrument.player.stream.preset.reduction == load("comet").reduction


def test_actions(instrument: Instrument) -> None:
    until(lambda: instrument.status().grain is not None)
    assert len(instrument.status().position) == 2
    assert len(instrument.status().levels) == 2
    instrument.act("goto", 0.25, 0.75, None)
    instrument.act("stop")
    until(lambda: instrument.engine.state.active == 0)
    instrument.act("play", 40, 0.0, 0.5, -1.0)
    until(lambda: instrument.engine.state.active == 1)
    until(lambda: instrument.engine.state.active == 0)
    instrument.act("hold", 7, 40, -6.0, 1.0)
    until(lambda: instrument.engine.state.active >= 4)
    instrument.act("vary", 7, -12.0, 2.0, 0.5)
    instrument.act("release", 7)
    until(lambda: instrument.engine.state.active == 0)
    instrument.act("hold", 8, 40, -6.0, 1.0)
    instrument.act("panic")
    until(lambda: instrument.engine.state.active == 0)
    instrument.act("start")
    until(lambda: instrument.engine.state.active > 1)
    instrument.act("panic")
    instrument.act("gesture", 0.1, 0.1, 0.9, 0.9)
    assert instrument.get("path", "points") == [[0.1, 0.1], [0.9, 0.9]]


@pytest.mark.parametrize(
    ("name", "arguments", "message"),
    [
        ("play", (10**6,), "play.grain = 1000000; allowed: 0 to "),
        ("goto", (0.5,), "a place of 1 numbers; allowed: 2"),
        ("record", (True,), "granulate live --record"),
        ("preset", ("no such", 0.0), "unknown preset"),
        ("preset", ("mosaic", 0.0), "'mosaic' rebuilds a target"),
        ("preset", ("glass", 0.0), "phase.kind = 'griffin_lim' is rendered, not played"),
        ("corpus", ("nowhere.wav",), "nowhere"),
        ("corpus", ("/nowhere",), "corpus.path = /nowhere is elsewhere; allowed: files in "),
        ("fly", (), "the action 'fly'"),
    ],
)
def test_what_cannot_be_done_is_said_and_the_sound_goes_on(
    instrument: Instrument, name: str, arguments: tuple[Any, ...], message: str
) -> None:
    before = instrument.values()
    if arguments == ("nowhere.wav",):  # it is looked for by whoever builds it, and said by then
        said: list[str] = []
        instrument._builder.said = said.append
        instrument.act(name, *arguments)
        until(lambda: bool(said))
        assert message in said[0]
    else:
        with pytest.raises(GranulateError, match=message):
            instrument.act(name, *arguments)
    assert instrument.values() == before
    clock = instrument.engine.state.clock
    until(lambda: instrument.engine.state.clock > clock + 1000)


def test_spectra_phases_and_targets_are_not_played() -> None:
    for setting in ("phase.kind=pghi", "spectrum.kind=flip", "path.kind=mosaic"):
        with pytest.raises(ParameterError, match="allowed live"):
            check_playable(PRESET.set(setting))


@pytest.mark.parametrize("section", list(SECTIONS))
def test_only_what_has_to_be_worked_out_again_is(section: str) -> None:
    another = next(
        (k for k in SECTIONS[section].stages if k != getattr(PRESET.table().get(section), "kind", None)), None
    )
    if SECTIONS[section].single or another is None:
        return
    kinds = [k for k in SECTIONS[section].stages if k not in str(PRESET.table()[section])]
    changed = PRESET.set(f"{section}.kind={kinds[0]}")
    structural = section in ("segmentation", "descriptors", "scaling", "reduction", "path", "grain")
    assert needs_another(PRESET, changed) == structural


def test_a_stream_does_not_end(recording: Path) -> None:
    corpus = analyse(recording, PRESET)
    for kind in ("original", "gesture"):
        stream = Stream(
            corpus,
            PRESET.set(f"path.kind={kind}", *(["path.seconds=0.2"] if kind == "gesture" else [])),
            1000.0,
        )
        times = np.concatenate([stream.next().events.time for _ in range(len(corpus) + 10)])
        assert times[0] == 1000
        assert (np.diff(times) == 512).all()
