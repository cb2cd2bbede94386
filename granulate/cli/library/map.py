"""`granulate library map`: where the sounds of a folder lie by what they sound like."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from granulate.cli.library.options import library_options
from granulate.cli.library.organising import (
    aspect_option,
    check_outputs,
    column_options,
    of_ids,
    output_option,
    split,
    values_of_settings,
)
from granulate.cli.progress import Progress
from granulate.errors import printable
from granulate.library import Library
from granulate.library.organise import grouping, layout
from granulate.library.organise.aspects import parse_aspects
from granulate.library.organise.mapping import make_map
from granulate.library.organise.places import Places
from granulate.library.records import Files
from granulate.stages.reducers import REDUCTION, TITLES, check_laying, laying


@click.command(name="map")
@library_options
@click.option(
    "--reduction", default="tsne", show_default=True, metavar="KIND",
    help=f"How: {', '.join(laying())}.",
)  # fmt: skip
@click.option(
    "--set", "settings", multiple=True, metavar="reduction.PARAMETER=VALUE",
    help="Change the reducer, as reduction.perplexity=50; `granulate render --help` lists the parameters.",
)  # fmt: skip
@click.option(
    "--dimensions", type=click.IntRange(2, 3), default=2, show_default=True, metavar="N", help="Of the map."
)
@aspect_option
@column_options
@click.option("--grid", is_flag=True, help="Give each sound a cell of its own, too.")
@click.option(
    "--colour", default=None, metavar="BY",
    help="In the picture: folder, prefix, the name of labels (as cluster), or a column. [default: cluster, folder or prefix]",
)  # fmt: skip
@click.option("--plot", metavar="PNG", help="A picture of the map.")
@output_option("The map as a table: .csv, .json or .parquet.")
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="What chance is drawn from.")
@click.option(
    "--sample", type=click.IntRange(2), metavar="N",
    help="Above so many sounds, so many are laid out and the rest placed among them."
    f" [default: {layout.SAMPLE}; for pca {layout.SAMPLE_OF_PCA}]",
)  # fmt: skip
def command(
    folder: str, index: str | None, as_json: bool, reduction: str, settings: tuple[str, ...], dimensions: int,
    aspects: tuple[str, ...], columns: tuple[str, ...], grid: bool, colour: str | None, plot: str | None,
    output: str | None, force: bool, seed: int, sample: int | None,
) -> int:  # fmt: skip
    """Lay the sounds of a scanned FOLDER out so that what sounds alike lies together.

    The map is kept in the index: `library table` tells it, too.
    """
    choice = REDUCTION.bind(
        {"kind": check_laying(reduction), "dimensions": dimensions, **values_of_settings(settings)}
    )
    check_outputs(table=output, picture=plot, force=force)
    balance = parse_aspects(aspects)
    with Library.open(folder, index) as library, Progress() as progress:
        files = library.files()
        if colour is not None:
            _check_colour(library, files, colour)
        places = make_map(
            library, choice, columns=split(columns), aspects=balance, grid=grid, seed=seed, sample=sample,
            step=progress,
        )  # fmt: skip
        files = of_ids(files, places.ids)
        if output is not None:
            _write(output, places, files, force, progress)
        if plot is not None:
            progress("draw", 0, 0)
            _draw(plot, library, places, files, colour, force)
        _report(library, places, files, as_json, {"output": output, "plot": plot})
    return 0


def _write(output: str, places: Places, files: Files, force: bool, progress: Progress) -> None:
    from granulate.library.organise.knowledge import map_parts
    from granulate.library.organise.tables import Heading, fixed, write_table

    parts = [fixed(Heading("path", "", "text"), files.paths), *map_parts(places, files)]
    write_table(output, parts, len(files), force=force, step=progress)


def _draw(plot: str, library: Library, places: Places, files: Files, colour: str | None, force: bool) -> None:
    from granulate.library.organise.picture import draw_map, write_map

    kind = places.made_by["reduction"]
    sounds = "1 sound" if len(files) == 1 else f"{len(files):,} sounds"
    figure = draw_map(
        places.points,
        _colouring(library, files, colour),
        f"{sounds} by what they sound like: {TITLES.get(kind, kind)}",
        grid=places.grid,
        names=[Path(path).stem for path in files.paths],
    )
    write_map(figure, plot, force=force)


def _check_colour(library: Library, files: Files, colour: str) -> None:
    """Refuse, before any work, what nothing can be coloured by."""
    if colour not in (*grouping.GROUPINGS, *library.label_sources()):
        library.summaries([colour])


def _colouring(library: Library, files: Files, colour: str | None) -> Any:
    from granulate.library.organise.picture import Colouring

    sources = library.label_sources()
    if colour is None:
        several = len({grouping.folder_of(path) for path in files.paths}) > 1
        colour = "cluster" if "cluster" in sources else "folder" if several else "prefix"
    if colour in (*grouping.GROUPINGS, *sources):
        return Colouring(colour, groups=grouping.groups_of(library, files, colour))
    found = library.summaries([colour])
    column = found.columns[0]
    title = f"{column.name} ({column.unit})" if column.unit else column.name
    return Colouring(title, values=found.values[:, 0])


def _report(
    library: Library, places: Places, files: Files, as_json: bool, outputs: dict[str, str | None]
) -> None:
    if not as_json:
        click.echo(
            f"{len(files)} sounds laid out by {places.made_by['columns']} columns; kept in the index",
            err=True,
        )
        return
    content: dict[str, Any] = {"folder": printable(library.folder), "sounds": len(files), **places.made_by}
    content |= {name: printable(path) for name, path in outputs.items() if path is not None}
    if places.grid is not None:
        content["grid"] = {"rows": places.grid.shape[0], "columns": places.grid.shape[1]}
    content["map"] = [
        {"path": path, "point": point}
        for path, point in zip(files.paths, places.points.tolist(), strict=True)
    ]
    if places.grid is not None:
        for entry, column, row in zip(
            content["map"], places.grid.columns.tolist(), places.grid.rows.tolist(), strict=True
        ):
            entry["cell"] = [column, row]
    click.echo(json.dumps(content, indent=2))
