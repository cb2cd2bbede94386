"""Pure Data and sclang run the clients that are shipped, and play a real engine with them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.make.files import ROOT_FOLDER
from clients.make.panel import playable_presets
from granulate import preset as presets
from granulate import score_file, sound_file
from granulate.api import analyse
from granulate.live.engine import Engine, Null
from granulate.live.instrument import Instrument
from granulate.live.osc.server import Server
from granulate.preset import Preset
from tests.conftest import melody
from tests.live.waiting import until

RATE = 22_050
PRESET = Preset.of({
    "reduction": {"kind": "pca", "dimensions": 2},
    "path": {"kind": "walk", "floor": -90.0},
    "grain": {"kind": "cloud"},
})  # fmt: skip
CLIENTS = ROOT_FOLDER / "clients"


class Running:
    """An instrument that plays to nowhere in real time, and listens to OSC."""

    def __init__(self, folder: Path) -> None:
        self.take = folder / "take.json"
        self.said: list[str] = []
        sound_file.write(melody(2.0, RATE, 2), folder / "in.wav")
        corpus = analyse(folder / "in.wav", PRESET)
        self.engine = Engine.start([], RATE, 2, block=256, sink=Null())
        self.instrument = Instrument(
            self.engine, corpus, PRESET, take=self.take, force=True, said=self.said.append
        )
        self.server = Server(self.instrument)

    def __enter__(self) -> Running:
        self.instrument.begin()
        self.server.start()
        self.play_on()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.stop()
        self.instrument.end()
        self.engine.stop()

    def play_on(self, seconds: float = 0.5) -> None:
        """Let it play for so long."""
        end = self.engine.state.clock + round(seconds * RATE)
        until(lambda: self.engine.state.clock > end, "time")

    def get(self, name: str) -> object:
        section, _, parameter = name.partition("/")
        return self.instrument.get(section, parameter)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with Running(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture
def running(shared: Running) -> Running:
    """As it was at first, and without a take."""
    if shared.instrument.player.recording:
        shared.instrument.act("record", False)
        until(shared.take.exists, f"the take; {shared.said}")
    shared.take.unlink(missing_ok=True)
    for section, choice in (("path", PRESET.path), ("grain", PRESET.grain)):
        shared.instrument.set(section, "kind", choice.kind)
        for name, value in choice.parameters.items():
            shared.instrument.set(section, name, value)
    return shared


class Client:
    """A client's process, whose words go into a file."""

    def __init__(self, command: list[str], folder: Path, **environment: str) -> None:
        self.log = folder / "log.txt"
        with self.log.open("w") as out:
            self.process = subprocess.Popen(
                command, cwd=folder, stdin=subprocess.DEVNULL, stdout=out, stderr=subprocess.STDOUT,
                env={**os.environ, **environment},
            )  # fmt: skip

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()

    def said(self) -> str:
        return self.log.read_text(errors="replace")

    def until(self, words: str) -> str:
        """What has been said when it says some words."""
        until(lambda: words in self.said() or self.process.poll() is not None, f"{words!r}\n{self.said()}")
        assert words in self.said()
        return self.said()


WRAPPER = r"""#N canvas 0 0 600 400 10;
#X obj 10 10 granulate {port};
#X obj 10 40 loadbang;
#X obj 10 70 delay 400;
#X msg 10 100 \; granulate-record 1 \; granulate-path-kind symbol drunk \; granulate-path-step 0.25
 \; granulate-path-neighbours 5 \; granulate-path-floor-unset 1 \; granulate-grain-kind-index {cloud}
 \; granulate-grain-length 60 \; granulate-grain-density 200 \; granulate-x 0.75 \; granulate-y 0.25
 \; granulate-play 3 -6 1 0.5 \; granulate-play-grain 2 \; granulate-play-go bang \; granulate-grain-gain -200;
#X obj 10 150 r granulate-path-step-is;
#X obj 10 180 print step;
#X obj 150 150 r granulate-path-floor-unset-is;
#X obj 150 180 print unset;
#X obj 290 150 r granulate-level;
#X obj 290 180 print level;
#X obj 430 150 r granulate-error-is;
#X obj 430 180 print error;
#X obj 10 220 r granulate-path-kind-index-is;
#X obj 10 250 print kind;
#X obj 150 220 r granulate-position;
#X obj 150 250 print position;
#X obj 290 220 r granulate-grain-length-is;
#X obj 290 250 print length;
#X obj 10 290 delay 2000;
#X msg 10 320 \; granulate-record 0 \; granulate-morph 0.1 \; granulate-preset-index {comet};
#X connect 1 0 2 0;
#X connect 2 0 3 0;
#X connect 2 0 18 0;
#X connect 4 0 5 0;
#X connect 6 0 7 0;
#X connect 8 0 9 0;
#X connect 10 0 11 0;
#X connect 12 0 13 0;
#X connect 14 0 15 0;
#X connect 16 0 17 0;
#X connect 18 0 19 0;
"""


@pytest.mark.skipif(shutil.which("pd") is None, reason="needs puredata-core")
def test_the_pure_data_patch_plays_it_and_shows_what_it_plays(running: Running, tmp_path: Path) -> None:
    patch = tmp_path / "wrapper.pd"
    comet = playable_presets().index("comet")
    patch.write_text(WRAPPER.format(port=running.server.port, cloud=2, comet=comet))
    command = [
        "pd",
        "-nogui",
        "-noaudio",
        "-nomidi",
        "-stderr",
        "-noprefs",
        "-path",
        str(CLIENTS),
        patch.name,
    ]
    refused = running.server.counts.refused.get("value", 0)
    with Client(command, tmp_path) as pd:
        until(lambda: running.get("path/kind") == "drunk", pd.said())
        until(lambda: running.get("grain/density") == 200.0, pd.said())
        for word in (
            "level: -",
            "position: 0.",
            "unset: set 1",
            "step: set 0.25",
            "length: set 60ms",
            "kind: set",
        ):
            pd.until(word)
        said = pd.until("error: set grain.gain")
        until(running.take.exists, pd.said())
        wanted = presets.load("comet")
        until(lambda: running.get("path/kind") == wanted.path.kind, pd.said())
        until(lambda: running.get("grain/density") == wanted.grain.parameters["density"], pd.said())
    assert "no such object" not in said
    assert "connect" not in said
    assert running.server.counts.refused["value"] > refused
    assert len(score_file.load(running.take).events.time) > 50


SCRIPT = r"""
var g = Granulate("GRANULATE_PORT".getenv.asInteger);
var shown = Set[];
SimpleController(g).put(\error, { |g, what, address, reason| ("refused" + address + reason).postln });
fork {
	g.ping({ "answered".postln });
	g.subscribe(50);
	g.set(\path_kind, \drunk).set(\path_step, 0.125).set(\path_floor, nil).set(\path_neighbours, 5.0);
	g.set(\grain_length, "60ms").set(\grain_density, 200);
	g.record;
	g.goto(0.75, 0.25);
	g.play(3, -6, 1, 0.5);
	g.set(\grain_gain, -200);
	{ g.levels.isNil or: { g.position.isNil } or: { g.values[\path_floor] != \unset } }.while { 0.05.wait };
	("heard" + g.levels.size + g.position.size + (g.grain >= 0) + g.values[\path_kind]).postln;
	g.get(\path_step, { |value| ("step" + value).postln });
	1.wait;
	g.record(false);
	try { g.set(\path_stop, 1) } { |error| error.errorString.postln };
	g.morph(\comet, 0.1);
	{ g.values[\grain_density] == DENSITY }.not.while { 0.05.wait };
	g.free;
	~granulatePort = g.net.port;
	defer { "PANEL".load; "panel".postln; { Window.closeAll; "closed".postln }.defer(0.5) };
};
"""


@pytest.mark.skipif(shutil.which("sclang") is None, reason="needs supercollider-language")
def test_the_class_plays_it_and_hears_what_it_plays(running: Running, tmp_path: Path) -> None:
    density = presets.load("comet").grain.parameters["density"]
    panel = CLIENTS / "supercollider" / "granulate.scd"
    (tmp_path / "script.scd").write_text(SCRIPT.replace("DENSITY", str(density)).replace("PANEL", str(panel)))
    (tmp_path / "conf.yaml").write_text(
        f"includePaths:\n    - {CLIENTS / 'supercollider'}\nexcludePaths:\n    []\npostInlineWarnings: false\n"
    )
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    environment = {
        "HOME": str(home), "XDG_RUNTIME_DIR": str(home), "QT_QPA_PLATFORM": "offscreen",
        "QTWEBENGINE_DISABLE_SANDBOX": "1", "GRANULATE_PORT": str(running.server.port),
    }  # fmt: skip
    command = ["sclang", "-D", "-l", "conf.yaml", "script.scd"]
    with Client(command, tmp_path, **environment) as sclang:
        refused = "refused /granulate/grain/gain grain.gain = -200"
        # Answers come in any order, and a subscription tells every value as it was before: so one is asked for later.
        for words in ("heard 2 2 true drunk", "answered", "step 0.125", refused):
            sclang.until(words)
        said = sclang.until("closed")
    assert "has no parameter 'path_stop'" in said
    assert "panel" in said
    assert "ERROR: Message" not in said
    assert "Parse error" not in said
    assert running.get("path/kind") == presets.load("comet").path.kind
    until(running.take.exists, said)
    assert len(score_file.load(running.take).events.time) > 50


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="needs liblo-tools")
def test_oscsend_plays_it(running: Running) -> None:
    for typed in (
        ("record", "T"), ("grain/density", "d", "200"), ("path/neighbours", "f", "7"), ("grain/length", "s", "60ms"),
        ("path/loop", "i", "1"), ("grain/play", "if", "3", "-6"), ("path/kind", "S", "drunk"),
    ):  # fmt: skip
        address, *rest = typed
        port = str(running.server.port)
        subprocess.run(["oscsend", "127.0.0.1", port, f"/granulate/{address}", *rest], check=True, timeout=20)
    until(lambda: running.get("path/kind") == "drunk", "the last message")
    assert running.get("grain/density") == 200.0
    assert running.get("grain/length") == "60ms"
    running.play_on()
    running.instrument.act("record", False)
    until(running.take.exists, "the take")
    document = json.loads(running.take.read_text())
    assert len(document["events"]["time"]) > 50
