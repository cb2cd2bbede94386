"""What the commands that organise a library share: options, and checks before any work."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import click
import numpy as np
from numpy.typing import NDArray

from granulate.errors import PresetError
from granulate.library.records import Files


def column_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """--columns, with --measures as another name: which of the summaries count."""
    option = click.option(
        "--columns", "--measures", "columns", multiple=True, metavar="NAME[,NAME]",
        help="Only these sets of measures or columns, each column alike. [default: by aspects]",
    )  # fmt: skip
    return option(function)


def aspect_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """--aspect: what counts, and how much."""
    option = click.option(
        "--aspect", "aspects", multiple=True, metavar="ASPECT[=WEIGHT]",
        help="What counts, and how much: timbre, movement, bands, decay, envelope, loudness, rhythm, pitch, recording,"
        " width, or a set of measures; may be repeated. [default: all alike]",
    )  # fmt: skip
    return option(function)


def output_option(text: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """-o and --force."""

    def add(function: Callable[..., Any]) -> Callable[..., Any]:
        function = click.option("--force", is_flag=True, help="Replace files that exist.")(function)
        return click.option("-o", "--output", metavar="OUT", help=text)(function)

    return add


def split(names: Sequence[str]) -> list[str] | None:
    """`a,b` and repetitions of an option as a list; None where there are none."""
    return [part.strip() for text in names for part in text.split(",") if part.strip()] or None


def values_of_settings(settings: Sequence[str]) -> dict[str, Any]:
    """`reduction.NAME=VALUE` as a table. Raises PresetError for another form."""
    found = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        section, dot, name = key.strip().partition(".")
        if not equals or not dot or section != "reduction" or name in ("", "kind", "dimensions"):
            raise PresetError(
                f"--set {setting!r} is not reduction.PARAMETER=VALUE; --reduction and --dimensions are options"
            )
        try:
            found[name] = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            found[name] = text.strip()
    return found


def check_outputs(*, table: str | None = None, picture: str | None = None, force: bool = False) -> None:
    """Raise, before any work, for outputs that could not be written."""
    if table is not None:
        from granulate.library.organise.tables import check_table

        check_table(table, force=force)
    if picture is not None:
        from granulate.pictures.files import check_picture

        check_picture(picture, force=force)


def of_ids(files: Files, ids: NDArray[np.int64]) -> Files:
    """Those files that have the ids, ascending in both."""
    rows = np.searchsorted(files.ids, ids).tolist()
    texts = (files.paths, files.statuses, files.reasons, files.formats, files.subtypes)
    return Files(files.numbers[rows], *(tuple(text[row] for row in rows) for text in texts))
