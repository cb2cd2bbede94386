"""`granulate devices`: what is there, and one line each where nothing is."""

from __future__ import annotations

import json
from typing import Any

import pytest
import sounddevice
from click.testing import CliRunner

from granulate.cli.devices import command
from granulate.live.midi import MidiError
from granulate.live.midi import system as systems

CARD = {"name": "Müller USB", "index": 0, "hostapi": 0, "max_input_channels": 1, "max_output_channels": 8,
        "default_samplerate": 48_000.0, "default_low_input_latency": 0.01, "default_low_output_latency": 0.005}  # fmt: skip
MICROPHONE = CARD | {"name": "mic", "index": 1, "max_input_channels": 2, "max_output_channels": 0}


class Ports:
    def inputs(self) -> list[str]:
        return ["nanoKONTROL2 20:0"]

    def close(self) -> None:
        pass


@pytest.fixture
def studio(monkeypatch: pytest.MonkeyPatch) -> None:
    class Default:
        device = (1, 0)

    monkeypatch.setattr(sounddevice, "query_devices", lambda: [CARD, MICROPHONE])
    monkeypatch.setattr(sounddevice, "query_hostapis", lambda: [{"name": "ALSA"}])
    monkeypatch.setattr(sounddevice, "default", Default)
    monkeypatch.setattr(systems, "RtMidi", Ports)


def run(*words: str) -> str:
    result = CliRunner().invoke(command, words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.mark.usefixtures("studio")
def test_devices_are_listed_by_what_they_are_for() -> None:
    found = json.loads(run("--json"))
    outputs, inputs = (
        [(d["name"], d["channels"], d["default"]) for d in found[w]] for w in ("outputs", "inputs")
    )
    assert outputs == [("Müller USB", 8, True)]
    assert inputs == [("Müller USB", 1, False), ("mic", 2, True)]
    assert {d["sample_rate"] for d in found["outputs"] + found["inputs"]} == {48_000}
    assert (found["midi"], found["host_apis"], found["problems"]) == (["nanoKONTROL2 20:0"], ["ALSA"], [])
    lines = run().splitlines()
    assert [line for line in lines if line.endswith(":")] == [
        "audio outputs:", "audio inputs:", "host APIs:", "MIDI inputs:",
    ]  # fmt: skip
    assert "*  0  Müller USB  (8 channels, 48000 Hz, 5.0 ms, ALSA)" in lines
    assert "   0  Müller USB  (1 channel, 48000 Hz, 10.0 ms, ALSA)" in lines


@pytest.mark.usefixtures("studio")
def test_what_is_missing_is_one_line_each(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_audio() -> Any:
        raise sounddevice.PortAudioError("Error\nquerying device -1")

    def no_midi() -> Any:
        raise MidiError("no MIDI system here")

    monkeypatch.setattr(sounddevice, "query_devices", no_audio)
    monkeypatch.setattr(systems, "RtMidi", no_midi)
    assert run().splitlines() == ["no audio: Error querying device -1", "no MIDI: no MIDI system here"]
    assert len(json.loads(run("--json"))["problems"]) == 2


def test_it_runs_wherever_it_is() -> None:
    found = json.loads(run("--json"))
    assert set(found) == {"outputs", "inputs", "host_apis", "midi", "problems"}
    assert found["outputs"] or found["problems"]
