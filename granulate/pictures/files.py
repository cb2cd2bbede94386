"""The file of a picture: whole, or not there."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from matplotlib.figure import Figure

from granulate.atomic import check_output, reason, replacing
from granulate.errors import OutputError, printable
from granulate.parameters import listed
from granulate.pictures.look import DPI

AnyPath = str | os.PathLike[str]

FORMATS = ("eps", "jpeg", "jpg", "pdf", "png", "ps", "svg", "svgz", "tif", "tiff", "webp")
"""The file name extensions that `plot` writes."""


def check_picture(path: AnyPath, *, force: bool = False, inputs: Iterable[AnyPath] = ()) -> None:
    """Refuse a picture that could not, or may not, be written, before any work is done.

    Raises OutputError for an extension that is not one of `FORMATS`, and as `check_output` does.
    """
    if _extension(path) not in FORMATS:
        raise OutputError(
            f"{printable(path)}: no picture format has the extension {printable(Path(os.fsdecode(path)).suffix)!r};"
            f" allowed: {listed(f'.{name}' for name in FORMATS)}"
        )
    check_output(path, force=force, inputs=inputs)


def write(figure: Figure, path: AnyPath, force: bool) -> None:
    """Write a figure in the format of its path's extension. Raises OutputError."""
    # In drawings only the dots are pixels; finer ones bear being enlarged with the rest.
    kind = _extension(path)
    dpi = 2 * DPI if kind in ("eps", "pdf", "ps", "svg", "svgz") else DPI
    with replacing(path, force=force) as temporary:
        try:
            figure.savefig(temporary, format=kind, dpi=dpi)
        except (ValueError, RuntimeError, MemoryError) as error:
            raise OutputError(f"{printable(path)}: {reason(error)}") from None


def _extension(path: AnyPath) -> str:
    return Path(os.fsdecode(path)).suffix.lower().removeprefix(".")
