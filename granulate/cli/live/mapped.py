"""`granulate live --map` and `granulate map --serve`: the map of what is played, in the browser."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import click

from granulate.cli.progress import Progress
from granulate.errors import ParameterError
from granulate.live.doors import Doors
from granulate.live.engine import Engine
from granulate.live.instrument import Instrument
from granulate.preset import Preset

if TYPE_CHECKING:
    from granulate.web import Server

BROWSER = "browser"
_DEFAULT = "default"


def laid_out(preset: Preset) -> Preset:
    """A preset whose grains lie on a map that walks can be led over: by PCA where it has none."""
    if preset.reduction.parameters.get("dimensions", 0) > 1:
        return preset
    return preset.set("reduction.kind=pca", "reduction.dimensions=2")


def heard_in_browser(audio: str, *, mapped: bool) -> bool:
    """Whether the pages are where it sounds: as was asked for, or where there is no device.

    Raises ParameterError for pages where there are none.
    """
    if audio == BROWSER and not mapped:
        raise ParameterError("--audio browser without a page; allowed: with --map")
    return mapped and (audio == BROWSER or (audio == _DEFAULT and not _has_device()))


def server_of(
    engine: Engine, instrument: Instrument, doors: Doors, *, port: int, bind: str, browser: bool,
    records: bool, told: Callable[[str], None],
) -> Server:  # fmt: skip
    """A server of the map of what is played, not yet started; other sounds are shown when they are played.

    `told` is what whoever binds to more than this machine is to know.
    """
    from granulate import web

    def renewed(shown: web.Content) -> web.Content | None:
        stream = instrument.player.stream
        if shown.places is None or shown.places.corpus is stream.corpus:
            return None
        return web.content(stream.corpus, stream.preset)

    stream = instrument.player.stream
    with Progress() as progress:
        content = web.content(stream.corpus, stream.preset, step=progress)
    live = web.Live(engine, instrument, doors, browser=browser, records=records)
    server = web.Server(content, live, host=bind, port=port, renewed=renewed)
    if not ipaddress.ip_address(bind).is_loopback:
        told(f"whoever reaches {bind} and knows the map's address can play; what passes is not encrypted")
    return server


def serve(
    inputs: Sequence[str], *, preset: str | None, settings: Sequence[str], seed: int | None, port: int,
    bind: str, **options: Any,
) -> int:  # fmt: skip
    """`granulate map INPUT... --serve`: `granulate live` with its map, and its own defaults for all else."""
    from granulate.cli.live import command as live

    context = click.Context(live, info_name="live")
    code: int = context.invoke(
        live, inputs=tuple(inputs), preset=preset, settings=tuple(settings), seed=seed, map_port=port,
        bind=bind, **options,
    )  # fmt: skip
    return code


def _has_device() -> bool:
    try:
        import sounddevice

        return bool(sounddevice.query_devices(kind="output"))
    except Exception:  # noqa: BLE001 - no library, no device, no default: there is nothing to sound on
        return False
