"""`granulate library cluster`: which sounds of a folder belong together."""

from __future__ import annotations

import json
import math
from typing import Any

import click

from granulate.cli.library.options import library_options
from granulate.cli.library.organising import aspect_option, column_options, of_ids, split
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.library import Library
from granulate.library.organise.agreement import Agreement, agreement
from granulate.library.organise.aspects import parse_aspects
from granulate.library.organise.clusters import INITIALS, METHODS, MOST_CLUSTERS, NOISE, Clusters, cluster
from granulate.library.organise.grouping import GROUPINGS, NONE, groups_of
from granulate.library.organise.mapping import measured, weighed
from granulate.library.records import Files

_TOLD = 40


@click.command(name="cluster")
@library_options
@click.option(
    "--method", default="kmeans", show_default=True, metavar="METHOD", help=f"{', '.join(METHODS)}."
)
@click.option("-k", type=click.IntRange(1), metavar="N", help="How many clusters. [default: by silhouette]")
@click.option(
    "--most", type=click.IntRange(2), default=MOST_CLUSTERS, show_default=True, metavar="N",
    help="The most clusters that are tried.",
)  # fmt: skip
@click.option(
    "--initial", default="kmeans++", show_default=True, metavar="START",
    help=f"Where k-means starts: {', '.join(INITIALS)} (the first k sounds).",
)  # fmt: skip
@click.option(
    "--least", type=click.IntRange(2), default=5, show_default=True, metavar="N",
    help="The fewest sounds of an HDBSCAN cluster.",
)  # fmt: skip
@aspect_option
@column_options
@click.option(
    "--label", default="cluster", show_default=True, metavar="NAME", help="The labels' name in the index."
)
@click.option(
    "--against", metavar="BY", help="Compare with a known grouping: folder, prefix, or the name of other labels."
)  # fmt: skip
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="What chance is drawn from.")
def command(
    folder: str, index: str | None, as_json: bool, method: str, k: int | None, most: int, initial: str,
    least: int, aspects: tuple[str, ...], columns: tuple[str, ...], label: str, against: str | None, seed: int,
) -> int:  # fmt: skip
    """Group the sounds of a scanned FOLDER by what they sound like; the groups become labels in the index.

    Sounds are compared by their measures, weighed by --aspect and brought to fifteen principal axes. Without -k,
    as many clusters are made as raise the silhouette furthest above that of points without any structure.
    """
    if label in GROUPINGS or not label.strip():
        raise ParameterError(f"--label {label!r}; allowed: any name but {', '.join(GROUPINGS)}")
    balance, named = parse_aspects(aspects), split(columns)
    with Library.open(folder, index) as library, Progress() as progress:
        summaries = measured(library, named, least=2)
        weights = weighed(summaries, named, balance)
        files = of_ids(library.files(), summaries.ids)
        known = None if against is None else groups_of(library, files, against)
        progress(f"cluster {method}", 0, 0)
        found = cluster(
            summaries.values, method, k=k, initial=initial, most=most, least=least, seed=seed, weights=weights
        )
        names = [NONE if number == NOISE else str(number) for number in found.labels.tolist()]
        library.set_labels(label, summaries.ids, names, origin={"method": method, "seed": seed})
        compared = None if known is None else agreement(known, names)
    if as_json:
        click.echo(json.dumps(_content(found, files, names, label, compared), indent=2))
    else:
        for line in _lines(found, files, label):
            click.echo(line)
        for line in _table(compared, against or "") if compared else ():
            click.echo(line)
    return 0


def _content(
    found: Clusters, files: Files, names: list[str], label: str, compared: Agreement | None
) -> dict[str, Any]:
    content: dict[str, Any] = {
        "sounds": len(files),
        "label": label,
        "silhouette": _number(found.silhouette),
        "tried": {str(k): _number(value) for k, value in found.tried.items()},
        "excess": {str(k): _number(value) for k, value in found.excess.items()},
        "clusters": [
            {"cluster": str(number), "size": size, "typical": files.paths[row]}
            for number, (size, row) in enumerate(
                zip(found.sizes.tolist(), found.typical.tolist(), strict=True)
            )
        ],
        "none": int((found.labels == NOISE).sum()),
        "files": [{"path": path, "cluster": name} for path, name in zip(files.paths, names, strict=True)],
    }
    if compared:
        content["against"] = {
            "adjusted_rand": compared.adjusted_rand, "mutual_information": compared.mutual_information,
            "known": compared.known, "found": compared.found,
            "counts": compared.counts.tolist(),
        }  # fmt: skip
    return content


def _number(value: float) -> float | None:
    return None if math.isnan(value) else value  # JSON has no NaN


def _lines(found: Clusters, files: Files, label: str) -> list[str]:
    noise = int((found.labels == NOISE).sum())
    lines = [
        f"{len(files)} sounds in {len(found.sizes)} clusters, silhouette {found.silhouette:.3f};"
        f" labels {label!r} in the index"
    ]
    lines += [
        f"  {number:>3}  {size:>6} sounds, typically {printable(files.paths[row])}"
        for number, (size, row) in enumerate(zip(found.sizes.tolist(), found.typical.tolist(), strict=True))
    ]
    return [*lines, f"  {NONE}  {noise:>5} sounds that belong to no cluster"] if noise else lines


def _table(compared: Agreement, against: str) -> list[str]:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1), header_style="")
    table.add_column(against)
    for name in compared.found:
        table.add_column(name, justify="right")
    for name, counts in list(zip(compared.known, compared.counts.tolist(), strict=True))[:_TOLD]:
        table.add_row(Text(printable(name)), *(str(count) if count else "." for count in counts))
    console = Console(width=max(80, 24 + 7 * len(compared.found)), no_color=True, highlight=False)
    with console.capture() as capture:
        console.print(table)
    lines = [line.rstrip() for line in capture.get().splitlines()]
    if len(compared.known) > _TOLD:
        lines.append(f"and {len(compared.known) - _TOLD} more; --json tells all")
    lines.append(
        f"adjusted Rand index {compared.adjusted_rand:.3f},"
        f" normalised mutual information {compared.mutual_information:.3f}"
    )
    return lines
