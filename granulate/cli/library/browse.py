"""`granulate library browse`: the sounds of a folder as a map in the browser."""

from __future__ import annotations

import json
from pathlib import Path

import click

from granulate import sound_file
from granulate.cli.library import browse_page
from granulate.cli.library.options import library_options
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.library import Library


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
    if output is not None:
        sound_file.check_output(output, force=force, inputs=())
        with Library.open(folder, index) as library, Progress() as progress:
            content = browse_page.write(library, output, progress, seed=seed, force=force)
        if as_json:
            click.echo(json.dumps(content, indent=2))
        else:
            click.echo(
                f"{content['output']}: {content['sounds']} sounds, {content['bytes'] / 1e6:.1f} MB", err=True
            )
        return 0
    from granulate.web.library import serve_library

    with Library.open(folder, index) as library, Progress() as progress:
        shown = serve_library(
            library, exports=None if exports is None else Path(exports), seed=seed, step=progress
        )
    return browse_page.serve(shown, port=port, bind=bind, as_json=as_json)
