"""`granulate clients`: the panels for Max, Pure Data and SuperCollider."""

from __future__ import annotations

from importlib import resources
from pathlib import Path

import click

from granulate.atomic import check_output, reason, replacing
from granulate.errors import OutputError

_KINDS = {
    "granulate.maxpat": "Max 8",
    "granulate.pd": "Pure Data (vanilla)",
    "supercollider": "SuperCollider",
    "README.md": "how to use them",
}
"""What is shipped, and for which program."""


@click.command(name="clients")
@click.option("-o", "--output", metavar="FOLDER", help="Copy them there; FOLDER is made where it is missing.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(output: str | None, force: bool) -> None:
    """Say where the panels for Max, Pure Data and SuperCollider are, or copy them out.

    They play `granulate live SOUND --osc 9000`.
    """
    source = folder()
    if output is None:
        for name, program in _KINDS.items():
            click.echo(f"{program}: {source / name}")
        return
    for path in copied(source, Path(output), force=force):
        click.echo(str(path))


def folder() -> Path:
    """Where the clients are: installed, in the package; in a source tree, beside it."""
    inside = Path(str(resources.files("granulate"))) / "clients"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "clients"


def copied(source: Path, target: Path, *, force: bool) -> list[Path]:
    """Copy the clients into a folder; what was written.

    Raises OutputError, and then replaces nothing, where something is in the way.
    """
    found = [path for name in _KINDS for path in _files(source / name)]
    wanted = {path: target / path.relative_to(source) for path in found}
    for there in wanted.values():
        try:
            there.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputError(
                f"{there.parent}: {reason(error)}; allowed: a folder that can be made"
            ) from None
        check_output(there, force=force)
    for path, there in wanted.items():
        with replacing(there, force=force) as temporary:
            temporary.write_bytes(path.read_bytes())
    return list(wanted.values())


def _files(path: Path) -> list[Path]:
    return sorted(each for each in path.rglob("*") if each.is_file()) if path.is_dir() else [path]
