"""`granulate live`, end to end: a real process, real packets, and files that are whole."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile as sf
from pythonosc.osc_message import OscMessage
from pythonosc.osc_message_builder import OscMessageBuilder

import granulate as gr
from tests.commands import COMMAND, done, fails, granulate, here
from tests.conftest import melody


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    gr.write(melody(2.0, 22_050), tmp_path / "in.wav")
    return tmp_path


class Live:
    """A running `granulate live`, and an OSC client of it."""

    def __init__(self, folder: Path, *words: str) -> None:
        command = [COMMAND, "live", "in.wav", "--json", "--osc", "0", *words]
        self.process = subprocess.Popen(
            command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, self.process.communicate()[1]
        self.ready = json.loads(line)
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)

    def send(self, address: str, *values: Any) -> None:
        message = OscMessageBuilder(address)
        for value in values:
            message.add_arg(value)
        self.socket.sendto(message.build().dgram, ("127.0.0.1", self.ready["osc"]))

    def ask(self, address: str, *values: Any) -> tuple[str, list[Any]]:
        self.send(address, *values)
        answer = OscMessage(self.socket.recv(65536))
        return answer.address, answer.params

    def end(self) -> tuple[dict[str, Any], str]:
        """Ctrl-C; the last line of its report, and what it said."""
        self.process.send_signal(signal.SIGINT)
        out, err = self.process.communicate(timeout=60)
        assert self.process.returncode == 0, err
        return json.loads(out.splitlines()[-1]), err


@pytest.fixture
def live(folder: Path) -> Iterator[Live]:
    running = Live(
        folder, "--audio", "take.wav", "--record", "take.json", "--preset", "tipsy", "--query", "0"
    )
    yield running
    if running.process.poll() is None:
        running.process.terminate()
        running.process.communicate(timeout=60)
    running.socket.close()


def test_it_is_played_over_osc_and_the_take_is_rendered_to_the_same_samples(live: Live, folder: Path) -> None:
    assert live.ask("/granulate/ping") == ("/granulate/pong", [])
    assert live.ask("/granulate/grain/density") == ("/granulate/grain/density", [40.0])
    live.send("/granulate/grain/density", 300.0)
    assert live.ask("/granulate/grain/density")[1] == [300.0]
    address, (where, what) = live.ask("/granulate/grain/density", -3.0)
    assert (address, where) == ("/granulate/error", "/granulate/grain/density")
    assert "grain.density = -3.0 is not allowed; allowed: a number from 0.01" in what
    live.send("/granulate/path/kind", "walk")
    live.send("/granulate/grain/play", 20, 0.0)
    live.send("/granulate/preset", "comet", 0.3)
    assert live.ask("/granulate/ping") == ("/granulate/pong", [])
    for _ in range(3):
        live.ask("/granulate/ping")
    report, _ = live.end()
    assert report["non_finite"] == 0
    heard = sf.read(folder / "take.wav", dtype="float32", always_2d=True)[0]
    done(here("render", "take.json", "-o", "again.wav", "--set", "output.subtype=FLOAT", cwd=folder))
    again = sf.read(folder / "again.wav", dtype="float32", always_2d=True)[0]
    n = min(len(heard), len(again))
    assert n > 0
    np.testing.assert_array_equal(heard[:n], again[:n, : heard.shape[1]])


def test_an_end_comes_by_itself_and_the_seed_repeats(folder: Path) -> None:
    words = ("live", "in.wav", "--freewheel", "--seconds", "2", "--seed", "5", "--audio")
    for run, name in ((granulate, "a.wav"), (here, "b.wav")):
        done(run(*words, name, cwd=folder))
        assert sf.info(folder / name).frames == 2 * 22_050
    assert (folder / "a.wav").read_bytes() == (folder / "b.wav").read_bytes()


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("nothing.wav",), "nothing.wav"),
        (("in.wav", "-p", "mosaic"), "path.kind = 'mosaic' rebuilds a target"),
        (("in.wav", "-p", "glass"), "phase.kind = 'griffin_lim' is rendered, not played"),
        (("in.wav", "--audio", "in.wav", "--force"), "in.wav"),
        (("in.wav", "--audio", "there.wav"), "exists"),
        (("in.wav", "--audio", "null", "--record", "there.json"), "exists"),
        (("in.wav", "--audio", "null", "--record", "take.xml"), "take.xml"),
        (("in.wav", "--audio", "null", "--freewheel"), "with --seconds"),
        (("in.wav", "--freewheel", "--seconds", "1"), "with null or a file"),
        (("in.wav", "--audio", "null", "--query", "0"), "--query 0 without OSC"),
        (("in.wav", "--audio", "null", "--midi", "x", "--midi-map", "no_such_map"), "no_such_map"),
        (("in.wav", "--audio", "null", "--osc", "0", "--bind", "1.2.3.4"), "1.2.3.4"),
        (("in.wav", "--audio", "null", "--block", "7"), "7"),
    ],
)
def test_what_cannot_be_played_is_said_in_one_line(
    folder: Path, words: tuple[str, ...], message: str
) -> None:
    for name in ("there.wav", "there.json"):
        (folder / name).write_bytes(b"mine")
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = here("live", *words, cwd=folder)
    lines = [line for line in result.stderr.splitlines() if "whoever reaches" not in line]
    assert result.returncode == 2, result.stderr
    assert len(lines) == 1, result.stderr
    assert message in lines[0]
    assert {path: path.read_bytes() for path in folder.iterdir()} == before


def test_without_midi_it_says_so_and_plays(folder: Path) -> None:
    words = ("live", "in.wav", "--audio", "null", "--seconds", "0.5", "--midi", "nothing like it")
    assert "MIDI" in done(here(*words, cwd=folder)).stderr


def test_statuses_are_objects_for_who_asked_for_json(folder: Path) -> None:
    words = ("live", "in.wav", "--audio", "null", "--seconds", "1", "--json", "--status", "0.2")
    ready, *statuses, over = map(json.loads, done(here(*words, cwd=folder)).stdout.splitlines())
    assert (ready["event"], over["event"]) == ("ready", "over")
    assert statuses
    assert {one["event"] for one in statuses} == {"status"}
    times = [one["seconds"] for one in statuses]
    assert times == sorted(times)
    assert statuses[-1]["preset"] == "wander"
    assert all(-120 <= level <= 0 for one in statuses for level in one["levels"])


def test_a_device_that_is_not_there_is_named(folder: Path) -> None:
    line = fails(here("live", "in.wav", "--audio", "no such", cwd=folder))
    assert "no such" in line or "PortAudio" in line  # without which there are no devices at all
