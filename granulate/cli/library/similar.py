"""`granulate library similar`: the sounds of a folder that are most like one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from granulate.cli.library.organising import aspect_option
from granulate.cli.progress import Progress
from granulate.errors import OutputError, printable
from granulate.library import Library
from granulate.library.organise.aspects import aspects_of, parse_aspects
from granulate.library.organise.playlists import Entry, write_m3u
from granulate.library.organise.similar import Similar, located, open_searcher, similar

_PLAYLISTS = (".m3u", ".m3u8")


@click.command(name="similar")
@click.argument("query", metavar="QUERY")
@click.option("--in", "folder", required=True, metavar="FOLDER", help="The scanned folder to look in.")
@click.option("-n", type=click.IntRange(1), default=10, show_default=True, metavar="N", help="How many.")
@aspect_option
@click.option("--playlist", metavar="M3U", help="A playlist of what was found, as well.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--index", metavar="DIR", help="Where the index lies. [default: FOLDER/.granulate]")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output, as JSON.")
def command(
    query: str, folder: str, n: int, aspects: tuple[str, ...], playlist: str | None, force: bool,
    index: str | None, as_json: bool,
) -> int:  # fmt: skip
    """Find the sounds of a scanned folder that are most like QUERY, a sound file of the folder or any other.

    Distances are mean differences of rank among the folder's sounds: 0 is the same, a third about as far apart
    as any two of them, 1 the most there is.
    """
    weights = parse_aspects(aspects)
    if playlist is not None:
        from granulate.atomic import check_output

        if Path(playlist).suffix.lower() not in _PLAYLISTS:
            raise OutputError(
                f"{printable(playlist)}: no playlist; allowed: a name that ends in .m3u or .m3u8"
            )
        check_output(playlist, force=force, inputs=[query])
    with Library.open(folder, index) as library, Progress() as progress:
        searcher = open_searcher(library, progress)
        progress("search", 0, 0)
        found = similar(searcher, query, n, weights)
        if playlist is not None:
            durations = _durations(library, found)
            entries = [
                Entry(located(library, sound.path), seconds)
                for sound, seconds in zip(found, durations, strict=True)
            ]
            write_m3u(Path(playlist), entries, force=force)
        known = list(aspects_of(searcher.columns))
    if as_json:
        content: dict[str, Any] = {"query": printable(query), "aspects": weights, "known": known}
        content["similar"] = [sound._asdict() for sound in found]
        click.echo(json.dumps(content, indent=2))
    else:
        for sound in found:
            parts = "  ".join(f"{aspect} {apart:.2f}" for aspect, apart in sound.aspects.items())
            click.echo(f"{sound.distance:7.3f}  {printable(sound.path)}  ({parts})")
    return 0


def _durations(library: Library, found: list[Similar]) -> list[float]:
    records = [library.find(library.path(sound.path)) for sound in found]
    return [record.duration if record else 0.0 for record in records]
