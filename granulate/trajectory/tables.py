"""Divergence as a table, for spreadsheets and for scripts."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from granulate.atomic import AnyPath, check_output, replacing
from granulate.errors import OutputError, printable
from granulate.trajectory.measures import Divergence

TABLES = (".csv", ".json")
COLUMNS = (
    "embedding",
    "model",
    "own_future",
    "step",
    "seconds",
    "mean",
    "standard_error",
    "standing_still",
    "starts",
)

Curves = Mapping[str, Sequence[Divergence]]
"""For each embedding by its name, the curves of each way to forecast in it."""


def rows_of(curves: Curves) -> list[dict[str, Any]]:
    """A row for each step of each curve, with `COLUMNS`."""
    return [
        {
            "embedding": name, "model": curve.model, "own_future": curve.own_future, "step": number,
            "seconds": number * curve.period, "mean": float(curve.mean[number]),
            "standard_error": float(curve.error[number]), "standing_still": float(curve.still[number]),
            "starts": curve.starts,
        }
        for name, several in curves.items()
        for curve in several
        for number in range(len(curve.mean))
    ]  # fmt: skip


def check_divergence(path: AnyPath, *, force: bool = False, inputs: tuple[AnyPath, ...] = ()) -> None:
    """Refuse a table or picture that could not, or may not, be written, before any work is done. Raises OutputError."""
    from granulate.pictures.files import FORMATS

    suffix = Path(os.fsdecode(path)).suffix.lower()
    if suffix not in (*TABLES, *(f".{name}" for name in FORMATS)):
        raise OutputError(
            f"{printable(path)}: allowed: a name that ends in .csv, .json, or in a picture's .png, .svg, .pdf ..."
        )
    check_output(path, force=force, inputs=inputs)


def write_divergence(curves: Curves, path: AnyPath, *, force: bool = False) -> None:
    """Write curves as CSV, as JSON (a list of rows), or as a picture, by the extension. Raises OutputError."""
    check_divergence(path, force=force)
    suffix = Path(os.fsdecode(path)).suffix.lower()
    if suffix not in TABLES:
        from granulate.trajectory.drawing import plot_divergence

        plot_divergence(curves, path, force=force)
        return
    rows = rows_of(curves)
    with replacing(path, force=force) as temporary:
        if suffix == ".json":
            temporary.write_text(json.dumps(rows, indent=1, allow_nan=False) + "\n", "utf-8")
            return
        text = io.StringIO()
        writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        temporary.write_text(text.getvalue(), "utf-8", newline="")
