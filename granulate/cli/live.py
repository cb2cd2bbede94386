"""`granulate live`: the grains as an instrument."""

from __future__ import annotations

import json
import signal
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from granulate import sound_file
from granulate.cli.options import ParametersCommand, chosen_preset, preset_options
from granulate.cli.progress import Progress
from granulate.corpus import analyse
from granulate.errors import OutputError, ParameterError
from granulate.live.engine import Device, Engine, File, Null
from granulate.live.instrument import Instrument
from granulate.live.osc.server import Server
from granulate.live.sinks import Sink
from granulate.live.stream import check_playable
from granulate.score_file import check_score
from granulate.types import Sound

if TYPE_CHECKING:
    from granulate.live.midi.controller_map import ControllerMap
    from granulate.live.midi.ports import PortWatch

DEFAULT_PRESET = "wander"
_LOOK_S = 0.05


@click.command(name="live", cls=ParametersCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@preset_options
@click.option(
    "--audio",
    default="default",
    show_default=True,
    metavar="DEVICE|null|FILE.wav",
    help="Where it sounds: a device by name, none at all, or a file.",
)
@click.option(
    "--block",
    type=click.IntRange(16, 8192),
    default=256,
    show_default=True,
    metavar="FRAMES",
    help="Frames that are made at a time.",
)
@click.option(
    "--osc", type=click.IntRange(0, 65535), metavar="PORT", help="Listen to OSC there; 0 takes a free port."
)
@click.option(
    "--bind",
    default="127.0.0.1",
    show_default=True,
    metavar="ADDRESS",
    help="Who may send: this machine alone, unless another address is named.",
)
@click.option(
    "--record", metavar="OUT.json", help="Write down what is played; `render OUT.json` plays it again."
)
@click.option("--seconds", type=click.FloatRange(0.01), metavar="S", help="End by itself after so long.")
@click.option(
    "--freewheel", is_flag=True, help="With null or a file: as fast as it goes, rather than in real time."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object a line on standard output; the first when it sounds.",
)
@click.option(
    "--query",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Let clients find the addresses there (OSCQuery); 0 takes a free port.",
)
@click.option(
    "--midi",
    metavar="PORT",
    help="Listen to that MIDI port, or to one of which this is a part; it may come and go.",
)
@click.option(
    "--midi-map",
    metavar="MAP",
    help="What MIDI moves: a TOML file, or a shipped map's name. [default: the one made for the port, or keyboard]",
)
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None, audio: str,
    block: int, osc: int | None, query: int | None, midi: str | None, midi_map: str | None, bind: str, record: str | None, seconds: float | None, freewheel: bool,
    force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Play sounds as an instrument, and let OSC move everything that a preset can say.

    Each parameter is at /granulate/SECTION/PARAMETER; without a value it answers with its own.
    """
    chosen = chosen_preset(preset, settings, seed, default=DEFAULT_PRESET)
    check_playable(chosen)
    if query is not None and osc is None:
        raise ParameterError(f"--query {query} without OSC to tell of; allowed: with --osc")
    if record is not None:
        check_score(Path(record), force=force, inputs=inputs)
    controls = None if midi is None else _controls(midi, midi_map)
    sink = _sink(audio, freewheel, seconds, force, inputs)
    with Progress() as progress:
        progress("read", 0, 0)
        sounds = sound_file.match(
            [sound_file.read(path) for path in sound_file.gather(inputs)],
            sample_rate=chosen.output.parameters["sample_rate"],
        )
        corpus = analyse(sounds, chosen, step=progress)
        progress("start", 0, 0)
        engine = Engine.start(
            [], corpus.sample_rate, _channels(sounds), block=block, sink=sink,
            interpolation=chosen.grain.parameters.get("interpolation", "linear"),
        )  # fmt: skip
    until = None if seconds is None else round(seconds * corpus.sample_rate)
    with ExitStack() as opened:
        opened.enter_context(engine)
        instrument = Instrument(
            engine, corpus, chosen, take=Path(record) if record else None, force=force, until=until,
            said=lambda line: click.echo(f"granulate: {line}", err=True),
        )  # fmt: skip
        server = None if osc is None else opened.enter_context(Server(instrument, bind, osc))
        if bind != "127.0.0.1" and server is not None:
            click.echo(
                f"granulate: whoever reaches {bind} port {server.port} can play and load files", err=True
            )
        asked = None
        if server is not None and query is not None:
            from granulate.live.osc.query import Query

            asked = opened.enter_context(Query(instrument, server.port, bind, query))
        if midi is not None and controls is not None:
            opened.enter_context(_midi(instrument, midi, controls))
        instrument.begin()
        _tell(
            as_json,
            "ready",
            osc=server.port if server else None,
            query=asked.port if asked else None,
            sample_rate=corpus.sample_rate,
            grains=len(corpus),
        )
        with _interruptible(instrument):
            while not instrument.player.over.wait(_LOOK_S):
                pass
        instrument.end()
        if instrument.player.failure is not None:
            raise instrument.player.failure
        state = engine.state
        _tell(
            as_json, "over", seconds=state.clock / corpus.sample_rate, late=state.late, load=state.p99_load,
            non_finite=state.non_finite,
        )  # fmt: skip
    return 0


def _controls(port: str, name: str | None) -> ControllerMap:
    """The map that was named, or that was made for the port, or the plain keyboard's."""
    from granulate.live.midi.controller_map import load, map_names

    if name is not None:
        return load(name)
    found = {wanted: load(wanted) for wanted in map_names()}
    made_for = [each for each in found.values() if each.port and each.port.casefold() in port.casefold()]
    return made_for[0] if made_for else found["keyboard"]


def _midi(instrument: Instrument, port: str, controls: ControllerMap) -> PortWatch:
    from granulate.live.midi.controller import Controller
    from granulate.live.midi.ports import PortWatch

    return PortWatch(
        Controller(instrument, controls),
        port,
        changed=lambda line: click.echo(f"granulate: {line}", err=True),
    )


def _sink(audio: str, freewheel: bool, seconds: float | None, force: bool, inputs: tuple[str, ...]) -> Sink:
    is_file = "." in audio and Path(audio).suffix.lower() in (".wav", ".w64", ".rf64", ".caf")
    if freewheel and not (is_file or audio == "null"):
        raise OutputError(f"--freewheel with the device {audio!r}; allowed: with null or a file")
    if freewheel and seconds is None:
        raise OutputError("--freewheel without an end; allowed: with --seconds")
    if audio == "null":
        return Null(freewheel)
    if is_file:
        sound_file.check_output(audio, force=force, inputs=inputs)
        return File(audio, freewheel, force)
    return Device(None if audio == "default" else audio)


def _channels(sounds: tuple[Sound, ...]) -> int:
    # Grains of one channel can be panned at any time, so there are two to pan them between.
    return max(2, sounds[0].n_channels)


def _tell(as_json: bool, event: str, **facts: Any) -> None:
    if as_json:
        click.echo(json.dumps({"event": event, **facts}))
    else:
        click.echo(f"{event}: " + ", ".join(f"{name} {value}" for name, value in facts.items()), err=True)


class _interruptible:  # noqa: N801 - a context manager, as contextlib names its own
    """Ctrl-C ends the playing, and with it the files are finished."""

    def __init__(self, instrument: Instrument) -> None:
        self._over = instrument.player.over

    def __enter__(self) -> None:
        self._before = signal.signal(signal.SIGINT, lambda *_: self._over.set())

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)
