"""`granulate library classify predict`: sounds tagged with a model."""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

import click

from granulate.cli.library.organising import check_outputs, of_ids, output_option
from granulate.cli.progress import Progress
from granulate.errors import GranulateError, ParameterError, printable
from granulate.library import Library
from granulate.library.classify.model import Model
from granulate.library.classify.model_file import ModelError, load
from granulate.library.classify.predicting import UNKNOWN, Predictions, predict, predict_file
from granulate.library.organise.grouping import GROUPINGS


@click.command(name="predict")
@click.argument("folder", required=False)
@click.option("--index", metavar="DIR", help="Where the index lies. [default: FOLDER/.granulate]")
@click.option("--model", "path", required=True, metavar="MODEL", help="What `classify train` wrote.")
@click.option(
    "--file", "files", multiple=True, metavar="SOUND", help="Sounds of no library, in place of FOLDER."
)
@click.option(
    "--label", default="class", show_default=True, metavar="NAME", help="The labels' name in the index."
)
@click.option(
    "--least", type=click.FloatRange(0, 1), default=0.6, show_default=True, metavar="P",
    help=f"Below this probability a sound is {UNKNOWN}.",
)  # fmt: skip
@output_option("The probabilities as a table: .csv, .json or .parquet.")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output, as JSON.")
def command(
    folder: str | None, index: str | None, path: str, files: tuple[str, ...], label: str, least: float,
    output: str | None, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Tag the sounds of a scanned FOLDER by a model; the tags become labels in its index.

    The index must hold the measures that the model was made of; where it does not, the scan to run is named.
    Exit code 1 if single files could not be read.
    """
    if (folder is None) == (not files):
        raise ParameterError("FOLDER and --file: both or none; allowed: one of them")
    if label in GROUPINGS or not label.strip():
        raise ParameterError(f"--label {label!r}; allowed: any name but {', '.join(GROUPINGS)}")
    check_outputs(table=output, force=force)
    model = load(path)
    failed: list[dict[str, str]] = []
    if folder is None:
        names, found = _of_files(files, model, failed)
    else:
        with Library.open(folder, index) as library, Progress() as progress:
            found = predict(library, model, step=progress)
            names = list(of_ids(library.files(), found.ids).paths)
            origin = {**model.origin, "least": least}
            library.set_labels(label, found.ids, found.labels(least), found.likeliest, origin=origin)
    for failure in failed:
        click.echo(f"granulate: {failure['reason']}", err=True)
    if output is not None:
        _write(output, names, found, least, force)
    if as_json:
        content = {**model.origin, "model": printable(path), "least": least}
        content |= {"classes": list(found.classes), "failed": failed}
        content |= {"label": label} if folder is not None else {}
        content |= {"output": printable(output)} if output is not None else {}
        click.echo(json.dumps(content | {"files": _entries(names, found, least)}, indent=2))
    else:
        for line in _lines(names, found, least, label if folder is not None else None):
            click.echo(line)
    return 1 if failed else 0


def _of_files(
    files: tuple[str, ...], model: Model, failed: list[dict[str, str]]
) -> tuple[list[str], Predictions]:
    import numpy as np

    names, rows = [], [np.zeros((0, len(model.classes)))]
    for name in files:
        try:
            rows.append(predict_file(name, model).probabilities)
            names.append(name)
        except ModelError:
            raise
        except GranulateError as error:
            failed.append({"path": printable(name), "reason": str(error)})
    return names, Predictions(tuple(model.classes), np.full(len(names), -1), np.concatenate(rows))


def _entries(names: list[str], found: Predictions, least: float) -> list[dict[str, Any]]:
    return [
        {"path": name, "label": label, "probability": likeliest, "probabilities": row}
        for name, label, likeliest, row in zip(
            names, found.labels(least), found.likeliest.tolist(), found.probabilities.tolist(), strict=True
        )
    ]


def _lines(names: list[str], found: Predictions, least: float, label: str | None) -> list[str]:
    labels = found.labels(least)
    if label is None:
        return [
            f"{tag:<14} {p:.2f}  {printable(name)}"
            for name, tag, p in zip(names, labels, found.likeliest.tolist(), strict=True)
        ]
    counts = Counter(labels)
    kinds = sorted(set(counts) - {UNKNOWN}, key=lambda name: (-counts[name], name))
    lines = [f"{len(names)} sounds tagged; labels {label!r} in the index"]
    lines += [f"  {counts[name]:>6}  {printable(name)}" for name in kinds]
    return [*lines, f"  {counts[UNKNOWN]:>6}  {UNKNOWN}, below {least:g}"]


def _write(output: str, names: list[str], found: Predictions, least: float, force: bool) -> None:
    from granulate.library.organise.tables import Heading, fixed, write_table

    parts = [
        fixed(Heading("path", "", "text"), names),
        fixed(Heading("label", "", "text"), found.labels(least)),
        fixed(Heading("probability", "", "real"), found.likeliest),
    ]
    for at, name in enumerate(found.classes):
        parts.append(fixed(Heading(f"probability.{name}", "", "real"), found.probabilities[:, at]))
    write_table(output, parts, len(names), force=force)
