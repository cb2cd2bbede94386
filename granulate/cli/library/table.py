"""`granulate library table`: all that is known of a folder's sounds, for other programs."""

from __future__ import annotations

import json

import click

from granulate.cli.library.options import library_options
from granulate.cli.library.organising import check_outputs, output_option, split
from granulate.cli.progress import Progress
from granulate.errors import OutputError, printable
from granulate.library import Library
from granulate.library.organise.knowledge import knowledge
from granulate.library.organise.tables import FORMATS, write_table


@click.command(name="table")
@library_options
@output_option(f"The table; its extension says the format: {', '.join(FORMATS)}.")
@click.option(
    "--columns", multiple=True, metavar="NAME[,NAME]",
    help="Only these: metadata (as seconds), sets of measures, single columns, labels, map. [default: all]",
)  # fmt: skip
def command(
    folder: str, index: str | None, as_json: bool, output: str | None, force: bool, columns: tuple[str, ...]
) -> int:
    """Write a table with a row for every sound of a scanned FOLDER: metadata, summaries, labels, places on the map."""
    if output is None:
        raise OutputError(f"-o is missing; allowed: a table's name, which ends in {', '.join(FORMATS)}")
    check_outputs(table=output, force=force)
    with Library.open(folder, index) as library, Progress() as progress:
        files = library.files()
        parts = knowledge(library, files, split(columns))
        write_table(output, parts, len(files), force=force, step=progress)
    n_columns = sum(len(part.headings) for part in parts)
    if as_json:
        headings = [heading._asdict() for part in parts for heading in part.headings]
        click.echo(
            json.dumps({"output": printable(output), "rows": len(files), "columns": headings}, indent=2)
        )
    else:
        click.echo(f"{printable(output)}: {len(files)} sounds, {n_columns} columns", err=True)
    return 0
