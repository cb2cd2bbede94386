"""`granulate library browse`: the sounds of a folder as a map in the browser."""

from __future__ import annotations

import json
import os
import threading
from pathlib import Path

import click

from granulate.cli.library.options import library_options
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.library import Library

_LOOK_S = 0.5


@click.command(name="browse")
@library_options
@click.option(
    "-o", "--output", metavar="OUT.html",
    help="Write the page, with the beginnings of the sounds in it, instead of serving it.",
)  # fmt: skip
@click.option(
    "--exports", type=click.Path(file_okay=False), metavar="DIR",
    help="Let the page put folders of chosen sounds there. [default: it may not]",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="Where it is served. [default: a free port]"
)  # fmt: skip
@click.option("--bind", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="Who may come.")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="What chance is drawn from.")
@click.option("--force", is_flag=True, help="Replace a page that exists.")
def command(
    folder: str, index: str | None, as_json: bool, output: str | None, exports: str | None, port: int,
    bind: str, seed: int, force: bool,
) -> int:  # fmt: skip
    """See and hear the sounds of a scanned FOLDER on a map, choose, label, train, and take them out.

    The page is served to this machine until Ctrl-C; its address carries a secret that changes with each run. The map
    is the one that `library map` made, or a new one.
    """
    if output is not None and exports is not None:
        raise ParameterError(
            f"--exports {printable(exports)} with -o; allowed: --exports for a page that is served"
        )
    with Library.open(folder, index) as library:
        if output is not None:
            return _write(library, output, seed, force, as_json)
        return _serve(library, exports, port, bind, seed, as_json)


def _write(library: Library, output: str, seed: int, force: bool, as_json: bool) -> int:
    from granulate import page, sound_file
    from granulate.atomic import replacing
    from granulate.page.library import of_library

    sound_file.check_output(output, force=force, inputs=())
    with Progress() as progress:
        found = of_library(library, seed=seed, step=progress).map
        text = page.standalone(found.to_bytes(), title=found.title)
        with replacing(output, force=force) as temporary:
            temporary.write_text(text, encoding="utf-8")
    size = os.path.getsize(output)
    if as_json:
        click.echo(json.dumps({"output": printable(output), "sounds": len(found), "bytes": size}))
    else:
        click.echo(f"{printable(output)}: {len(found)} sounds, {size / 1e6:.1f} MB", err=True)
    return 0


def _serve(library: Library, exports: str | None, port: int, bind: str, seed: int, as_json: bool) -> int:
    from granulate import web
    from granulate.web.library import serve_library

    with Progress() as progress:
        shown = serve_library(
            library, exports=None if exports is None else Path(exports), seed=seed, step=progress
        )
    with web.Server(shown.content, routes=shown.routes, settings=shown.settings, host=bind, port=port) as server:  # fmt: skip
        if bind != "127.0.0.1":
            click.echo(
                f"granulate: whoever reaches {bind} and knows the address can label and hear", err=True
            )
        click.echo(json.dumps({"event": "ready", "url": server.url}) if as_json else server.url)
        try:
            while not threading.Event().wait(_LOOK_S):
                pass
        except KeyboardInterrupt:
            return 0
    return 0
