"""A library's map as a page that is written, or served until Ctrl-C."""

from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import click

from granulate.cli.progress import Progress
from granulate.errors import printable
from granulate.library import Library
from granulate.types import Choice

if TYPE_CHECKING:
    from granulate.web.library import ServedLibrary

_LOOK_S = 0.5


def write(
    library: Library, output: str, progress: Progress, *, seed: int, force: bool, title: str = "",
    reduction: Choice | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write the page, with the beginnings of the sounds in it; what a report says of it."""
    from granulate import page
    from granulate.atomic import replacing
    from granulate.page.library import of_library

    found = of_library(library, title=title, seed=seed, reduction=reduction, step=progress).map
    progress("write", 0, 0)
    text = page.standalone(found.to_bytes(), title=found.title)
    with replacing(output, force=force) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return {
        "output": printable(output), "points": len(found), "of": "sounds", "sounds": len(found),
        "method": found.extra["method"], "columns": [column.name for column in found.columns], "seed": seed,
        "bytes": os.path.getsize(output),
    }  # fmt: skip


def serve(shown: ServedLibrary, *, port: int, bind: str, as_json: bool) -> int:
    """Serve the page of a library until Ctrl-C, having said where it is."""
    from granulate import web

    with web.Server(
        shown.content, routes=shown.routes, settings=shown.settings, host=bind, port=port
    ) as server:
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
