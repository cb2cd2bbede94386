"""`granulate devices`: what `live` can sound on and listen to."""

from __future__ import annotations

import json
from contextlib import closing
from typing import Any

import click

from granulate.atomic import reason
from granulate.errors import GranulateError


@click.command(name="devices")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def command(as_json: bool) -> None:
    """List audio devices and MIDI ports: what `live` takes as --audio and --midi, or a part of the name."""
    audio, problem = _audio()
    ports, no_midi = _midi()
    problems = [line for line in (problem, no_midi) if line]
    if as_json:
        click.echo(json.dumps({**audio, "midi": ports, "problems": problems}, indent=2))
        return
    for way in ("outputs", "inputs"):
        _table(f"audio {way}", [_row(device, way) for device in audio[way]])
    _table("host APIs", [f"  {name}" for name in audio["host_apis"]])
    _table("MIDI inputs", [f"  {name}" for name in ports])
    for line in problems:
        click.echo(line)


def _audio() -> tuple[dict[str, list[Any]], str]:
    """Devices by way, and the host APIs; and why there are none."""
    found: dict[str, list[Any]] = {"outputs": [], "inputs": [], "host_apis": []}
    try:
        import sounddevice
    except (ImportError, OSError) as error:
        return found, f"no audio: sounddevice and PortAudio are needed ({reason(error)})"
    try:
        apis, devices = sounddevice.query_hostapis(), sounddevice.query_devices()
        defaults = tuple(sounddevice.default.device)
    except sounddevice.PortAudioError as error:
        return found, f"no audio: {reason(error)}"
    found["host_apis"] = [api["name"] for api in apis]
    for device in devices:
        for way, default in (("outputs", defaults[1]), ("inputs", defaults[0])):
            channels = device[f"max_{way[:-1]}_channels"]
            if channels > 0:
                found[way].append({
                    "number": device["index"], "name": device["name"], "channels": channels,
                    "sample_rate": round(device["default_samplerate"]),
                    "latency": device[f"default_low_{way[:-1]}_latency"],
                    "host_api": apis[device["hostapi"]]["name"], "default": device["index"] == default,
                })  # fmt: skip
    return found, "" if devices else "no audio devices; --audio null and --audio FILE.wav need none"


def _midi() -> tuple[list[str], str]:
    """The ports that can be listened to; and why there are none."""
    from granulate.live.midi.system import RtMidi

    try:
        with closing(RtMidi()) as system:
            ports = system.inputs()
    except GranulateError as error:
        return [], f"no MIDI: {error}"
    return ports, "" if ports else "no MIDI inputs"


def _row(device: dict[str, Any], way: str) -> str:
    mark = "*" if device["default"] else " "
    several = f"{device['channels']} channel{'s' if device['channels'] > 1 else ''}"
    return (
        f"{mark} {device['number']:>2}  {device['name']}  ({several}, {device['sample_rate']} Hz,"
        f" {1000 * device['latency']:.1f} ms, {device['host_api']})"
    )


def _table(title: str, rows: list[str]) -> None:
    if rows:
        click.echo(f"{title}:")
        for row in rows:
            click.echo(row)
