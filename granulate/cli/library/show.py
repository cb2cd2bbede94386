"""`granulate library show`: what the index knows of a folder as a whole."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

import click

from granulate.cli.library.options import library_options
from granulate.errors import printable
from granulate.library import Library, Record
from granulate.library.overview import Overview, overview, problems

_TOLD = 20
_TOLD_KINDS = 8
_TOLD_LETTERS = 40


@click.command(name="show")
@library_options
@click.option("--all", "everything", is_flag=True, help="Name every file that is broken or no sound.")
def command(folder: str, index: str | None, as_json: bool, everything: bool) -> int:
    """Say what a scanned FOLDER consists of: files, durations, formats, and what is wrong.

    With --json everything is told.
    """
    with Library.open(folder, index) as library:
        found, wrong = overview(library), problems(library)
    if as_json:
        click.echo(json.dumps(_content(found, wrong), indent=2))
        return 0
    for line in _lines(found):
        click.echo(line)
    shown = wrong if everything else wrong[:_TOLD]
    for file in shown:
        click.echo(f"  {printable(file.path)}: {file.status}: {file.reason}")
    if len(wrong) > len(shown):
        click.echo(f"  and {len(wrong) - len(shown)} more; --all names them")
    return 0


def _content(found: Overview, wrong: list[Record]) -> dict[str, Any]:
    content = dataclasses.asdict(found)
    content["sets"] = {
        held.name: {
            "parameters": json.loads(held.parameters), "version": held.version, "columns": len(held.columns),
            "frames": held.has_frames,
        }
        for held in found.sets
    }  # fmt: skip
    content["problems"] = [
        {"path": printable(file.path), "status": file.status, "reason": file.reason} for file in wrong
    ]
    return content


def _lines(found: Overview) -> list[str]:
    counts = ", ".join(f"{n} {status}" for status, n in found.counts.items() if n) or "none"
    lines = [f"files      {counts}"]
    if found.duplicates:
        lines[0] += f"; {found.duplicates} of the sounds are copies of others"
    if found.counts["ok"]:
        lines += [
            f"sound      {_time(found.seconds)} in {found.n_bytes / 2**20:.1f} MiB;"
            f" from {found.shortest:.3g} s to {_time(found.longest)}, median {found.median:.3g} s",
            f"formats    {_told(found.formats)}",
            f"rates      {_told({f'{rate} Hz': n for rate, n in found.sample_rates.items()})}",
            f"channels   {_told(found.channels)}",
        ]
    odd = {
        "with NaN or infinite samples": found.replaced,
        "shorter than declared": found.truncated,
        "above full scale": found.above_full_scale,
        "measured in stretches": found.excerpts,
    }
    if any(odd.values()):
        lines.append("odd        " + ", ".join(f"{n} {what}" for what, n in odd.items() if n))
    sets = (f"{held.name} ({len(held.columns)} columns{', frames' * held.has_frames})" for held in found.sets)
    lines.append(f"measures   {', '.join(sets) or 'none'}")
    if found.labels:
        lines.append(f"labels     {', '.join(_source(name, of) for name, of in found.labels.items())}")
    return lines


def _source(name: str, of: Mapping[str, Any]) -> str:
    made_by = [f"{what} {str(value)[:_TOLD_LETTERS]}" for what, value in of.items() if what != "files"]
    return f"{printable(name)} ({printable('; '.join([str(of['files']), *made_by]))})"


def _told(counts: Mapping[Any, int]) -> str:
    told = [f"{kind} ({n})" for kind, n in list(counts.items())[:_TOLD_KINDS]]
    if len(counts) > _TOLD_KINDS:
        told.append(f"and {len(counts) - _TOLD_KINDS} more")
    return ", ".join(told)


def _time(seconds: float) -> str:
    if seconds < 60:
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}"
