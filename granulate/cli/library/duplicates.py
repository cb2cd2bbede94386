"""`granulate library duplicates`: what a folder holds more than once. Nothing is ever deleted."""

from __future__ import annotations

import json

import click

from granulate.cli.library.options import library_options
from granulate.cli.progress import Progress
from granulate.errors import printable
from granulate.library import Library
from granulate.library.organise.duplicates import NEAR, Group
from granulate.library.organise.twice import duplicates
from granulate.library.records import Files

_TOLD = 50
_KINDS = {"file": "the same file", "audio": "the same audio", "near": "nearly the same"}


@click.command(name="duplicates")
@library_options
@click.option(
    "--near", type=click.FloatRange(0), default=NEAR, show_default=True, metavar="DEVIATIONS",
    help="Sounds that differ by less count as nearly the same; 0 leaves them out.",
)  # fmt: skip
@click.option("--all", "everything", is_flag=True, help="Name every group.")
def command(folder: str, index: str | None, as_json: bool, near: float, everything: bool) -> int:
    """List the sounds that a scanned FOLDER holds more than once; nothing is deleted.

    Three kinds: files of the same bytes, files of the same samples (as a WAV and its FLAC), and sounds whose
    measures and lengths are nearly the same.
    """
    with Library.open(folder, index) as library, Progress() as progress:
        files = library.files()
        groups, failed = duplicates(library, files, near, step=progress)
    for path, reason in failed:
        click.echo(f"granulate: {printable(path)}: {reason}", err=True)
    if as_json:
        click.echo(json.dumps(_content(files, groups, failed), indent=2))
    else:
        for line in _lines(files, groups, everything):
            click.echo(line)
    return 1 if failed else 0


def _content(files: Files, groups: list[Group], failed: list[tuple[str, str]]) -> dict[str, object]:
    return {
        "sounds": len(files),
        "groups": [
            {
                "kind": group.kind,
                "distance": group.distance,
                "paths": [files.paths[row] for row in group.rows],
            }
            for group in groups
        ],
        "failed": [{"path": path, "reason": reason} for path, reason in failed],
    }


def _lines(files: Files, groups: list[Group], everything: bool) -> list[str]:
    lines = []
    for kind, title in _KINDS.items():
        mine = [group for group in groups if group.kind == kind]
        if mine:
            lines.append(f"{title}: {len(mine)} groups, {sum(len(g.rows) - 1 for g in mine)} sounds too many")
        for group in mine if everything else mine[:_TOLD]:
            apart = f"  ({group.distance:.4f} apart)" if kind == "near" else ""
            lines.append("  " + "  =  ".join(printable(files.paths[row]) for row in group.rows) + apart)
        if not everything and len(mine) > _TOLD:
            lines.append(f"  and {len(mine) - _TOLD} more; --all names them")
    return lines or [f"no duplicates among {len(files)} sounds"]
