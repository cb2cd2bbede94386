"""`granulate live`: the grains as an instrument."""

from __future__ import annotations

import json
import signal
import time
from collections.abc import Callable
from contextlib import ExitStack, suppress
from functools import partial
from pathlib import Path
from typing import Any

import click

from granulate import sound_file
from granulate.cli.live.display import Display, has_terminal
from granulate.cli.live.facts import Running
from granulate.cli.live.lines import warn
from granulate.cli.live.mapped import heard_in_browser, laid_out, server_of
from granulate.cli.live.opening import Midi, controls_of, folders_of, sink_of, source_of, where
from granulate.cli.options import ParametersCommand, chosen_preset, preset_options
from granulate.cli.progress import Progress
from granulate.corpus import analyse
from granulate.errors import GranulateError, ParameterError
from granulate.live.doors import Doors
from granulate.live.engine import Engine, EngineError
from granulate.live.input.sources import MOST_INPUTS
from granulate.live.instrument import Instrument
from granulate.live.messages import Messages
from granulate.live.osc.server import LOOPBACK, Server
from granulate.live.stream import check_playable
from granulate.live.watching import DeviceWatch
from granulate.score_file import check_score
from granulate.types import Sound

DEFAULT_PRESET = "wander"
_LOOK_S = 0.05
_TEND_S = 0.5
_ENDS = ("SIGINT", "SIGTERM", "SIGHUP")


@click.command(name="live", cls=ParametersCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@preset_options(DEFAULT_PRESET)
@click.option(
    "--audio",
    default="default",
    show_default=True,
    metavar="DEVICE|browser|null|FILE.wav",
    help="Where it sounds: a device by name (see `granulate devices`), the map's pages, none at all, or a file.",
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
    "--input",
    "heard",
    metavar="DEVICE|null|FILE.wav",
    help="What it hears, to answer (path.kind=listen) or to make grains of: `default` or another device, silence,"
    " or a sound file.",
)
@click.option(
    "--input-channels",
    type=click.IntRange(1, MOST_INPUTS),
    default=1,
    show_default=True,
    metavar="N",
    help="How many channels of that device are heard.",
)
@click.option(
    "--osc", type=click.IntRange(0, 65535), metavar="PORT", help="Listen to OSC there; 0 takes a free port."
)
@click.option(
    "--bind",
    default=LOOPBACK,
    show_default=True,
    metavar="ADDRESS",
    help="Who may send: this machine alone, unless another address is named.",
)
@click.option(
    "--query",
    type=click.IntRange(0, 65535),
    metavar="PORT",
    help="Let clients find the addresses there (OSCQuery); 0 takes a free port.",
)
@click.option(
    "--map",
    "map_port",
    type=click.IntRange(0, 65535),
    is_flag=False,
    flag_value=0,
    metavar="[PORT]",
    help="Show what plays as a map in the browser, and play it there; a free port unless one is named."
    " Without an audio device it sounds in the page.",
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
@click.option(
    "--midi-learn",
    metavar="OUT.toml",
    help="Keep there what controllers learn: key l of the panel, or /granulate/midi/learn. One that exists is"
    " loaded, unless --midi-map names another.",
)
@click.option(
    "--record", metavar="OUT.json", help="Write down what is played; `render OUT.json` plays it again."
)
@click.option("--seconds", type=click.FloatRange(0.01), metavar="S", help="End by itself after so long.")
@click.option(
    "--freewheel", is_flag=True, help="With null or a file: as fast as it goes, rather than in real time."
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--plain", is_flag=True, help="Plain lines, even on a terminal.")
@click.option(
    "--status",
    type=click.FloatRange(0),
    metavar="S",
    help="A line of status so often, 0 for none. [default: 5 in plain lines, none with --json]",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="One JSON object a line on standard output; the first when it sounds.",
)
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None, audio: str,
    block: int, heard: str | None, input_channels: int, osc: int | None, bind: str, query: int | None,
    map_port: int | None, midi: str | None, midi_map: str | None,
    midi_learn: str | None, record: str | None, seconds: float | None, freewheel: bool, force: bool,
    plain: bool, status: float | None, as_json: bool,
) -> int:  # fmt: skip
    """Play sounds as an instrument, and let OSC and MIDI move everything that a preset can say.

    Each parameter is at /granulate/SECTION/PARAMETER; without a value it answers with its own. On a
    terminal a panel shows what sounds, and its last line which keys do what.
    """
    chosen = chosen_preset(preset, settings, seed, default=DEFAULT_PRESET)
    check_playable(chosen)
    if query is not None and osc is None:
        raise ParameterError(f"--query {query} without OSC to tell of; allowed: with --osc")
    if record is not None:
        check_score(Path(record), force=force, inputs=inputs)
    controls = controls_of(midi, midi_map, midi_learn, force)
    in_browser = heard_in_browser(audio, mapped=map_port is not None)
    chosen = chosen if map_port is None else laid_out(chosen)
    sink = sink_of("null" if in_browser else audio, freewheel, seconds, force, inputs)
    source = None if heard is None else source_of(heard, input_channels, sink)
    panel = not (plain or as_json) and has_terminal()
    with Progress() as progress:
        progress("read", 0, 0)
        sounds = sound_file.match(
            [sound_file.read(path) for path in sound_file.gather(inputs)],
            sample_rate=chosen.output.parameters["sample_rate"],
        )
        corpus = analyse(sounds, chosen, step=progress)
        progress("start", 0, 0)
        engine = Engine.start(
            [], corpus.sample_rate, _channels(sounds), block=block, sink=sink, source=source,
            interpolation=chosen.grain.parameters.get("interpolation", "linear"),
        )  # fmt: skip
    until = None if seconds is None else round(seconds * corpus.sample_rate)
    with ExitStack() as opened:
        opened.enter_context(engine)
        messages = Messages()
        instrument = Instrument(
            engine, corpus, chosen, take=Path(record) if record else None, force=force, until=until,
            said=messages.said, folders=folders_of(inputs),
        )  # fmt: skip
        doors = Doors(instrument, messages, chosen.name)
        told = partial(_tell_all, panel, messages)
        server, asked = _opened_osc(opened, doors, bind, osc, query, told)
        shown = None
        if map_port is not None:
            shown = opened.enter_context(
                server_of(engine, instrument, doors, port=map_port, bind=bind, browser=in_browser,
                          records=record is not None, told=told)
            )  # fmt: skip
        played = None
        if midi is not None and controls is not None:
            played = opened.enter_context(Midi(doors, corpus, midi, controls, midi_learn))
        sounds_on = "the map's pages" if in_browser else where(sink)
        watched = played.watch if played else None
        running = Running(engine, instrument, doors, sounds_on, record, server, asked, watched)
        if panel and shown is not None:
            messages.said(f"map: {shown.url}", problem=False)
        instrument.begin()
        if not panel:
            _tell(
                as_json, "ready", osc=server.port if server else None, query=asked, map=shown.url if shown else None,
                sample_rate=corpus.sample_rate, grains=len(corpus),
            )  # fmt: skip
        with (
            _interruptible(instrument) as ended_by,
            Display(running, panel=panel, every=status, as_json=as_json) as display,
        ):
            _play(instrument, display, played, messages)
        instrument.end()
        if played is not None:
            played.lessons.save()
        if instrument.player.failure is not None:
            raise instrument.player.failure
        state = engine.state
        _tell(
            as_json, "over", seconds=state.clock / corpus.sample_rate, late=state.late, load=state.p99_load,
            non_finite=state.non_finite,
        )  # fmt: skip
    return ended_by.code


def _opened_osc(
    opened: ExitStack,
    doors: Doors,
    bind: str,
    osc: int | None,
    query: int | None,
    told: Callable[[str], None],
) -> tuple[Server | None, int | None]:
    """The OSC server and the port of OSCQuery, each where it was asked for."""
    if osc is None:
        return None, None
    door = doors.door("OSC", refusals=False)  # the server knows of those that come no further, too
    server = opened.enter_context(Server(door, bind, osc, refused=partial(doors.messages.refused, "OSC")))
    if bind != LOOPBACK:
        told(f"whoever reaches {bind} port {server.port} can play and load files")
    if query is None:
        return server, None
    from granulate.live.osc.query import Query

    return server, opened.enter_context(Query(doors.door("OSCQuery"), server.port, bind, query)).port


def _play(instrument: Instrument, display: Display, played: Midi | None, messages: Messages) -> None:
    """Until it is over: show it, and look after what the controllers need."""
    due = 0.0
    device = DeviceWatch(instrument.engine, messages.said)
    while not instrument.player.over.wait(_LOOK_S):
        with suppress(EngineError):  # the player meets it too, and ends
            device.look()
        display.turn()
        if played is not None and time.monotonic() >= due:
            due = time.monotonic() + _TEND_S
            try:
                played.tend(instrument.player.stream.corpus)
            except GranulateError as error:  # tried again, and told at the end
                messages.said(str(error))


def _tell_all(panel: bool, messages: Messages, line: str) -> None:
    if panel:
        messages.said(line)
    else:
        warn(line)


def _channels(sounds: tuple[Sound, ...]) -> int:
    # Grains of one channel can be panned at any time, so there are two to pan them between.
    return max(2, sounds[0].n_channels)


def _tell(as_json: bool, event: str, **facts: Any) -> None:
    if as_json:
        click.echo(json.dumps({"event": event, **facts}))
        return
    told = (f"{name} {value:.4g}" if isinstance(value, float) else f"{name} {value}"
            for name, value in facts.items() if value is not None)  # fmt: skip
    click.echo(f"{event}: " + ", ".join(told), err=True)


class _interruptible:  # noqa: N801 - a context manager, as contextlib names its own
    """Ctrl-C, a closed terminal and a polite kill end the playing, and with it the files are finished.

    `code` is what the command ends with: Ctrl-C is how an instrument is put down.
    """

    def __init__(self, instrument: Instrument) -> None:
        self._over = instrument.player.over
        self._before: dict[signal.Signals, Any] = {}
        self.code = 0

    def __enter__(self) -> _interruptible:
        for name in _ENDS:
            number = getattr(signal, name, None)
            # Who has it ignored (nohup) does so on purpose.
            if number is not None and signal.getsignal(number) != signal.SIG_IGN:
                self._before[number] = signal.signal(number, self._end)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            with suppress(TypeError):  # None: it was not Python's
                signal.signal(number, handler)

    def _end(self, number: int, frame: object) -> None:
        self.code = 0 if number == signal.SIGINT else 128 + number
        self._over.set()
