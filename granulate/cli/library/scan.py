"""`granulate library scan`: the index is brought up to date with the folder."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import click

from granulate.cli.library.options import chosen_measures, library_options
from granulate.cli.progress import Progress
from granulate.errors import printable
from granulate.library import Library
from granulate.library.records import BROKEN, OK, UNKNOWN
from granulate.library.scan import DEADLINE_S, MEMORY, Scanned

_TOLD = 20


class _ScanCommand(click.Command):
    """A command whose help ends with every set of measures and its parameters."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        from granulate.library.measures import DEFAULT, MEASURES
        from granulate.parameters import allowed

        def write(first: str, text: str) -> None:
            formatter.write(click.wrap_text(text, formatter.width, first, " " * 8) + "\n")

        default = {choice.kind for choice in DEFAULT}
        formatter.write("\nSets for --measures (* by default), and their parameters for --set:\n")
        for stage in MEASURES.stages.values():
            write("  *" if stage.name in default else "   ", f"{stage.name}: {stage.help}")
            for name, (kind, declared, value) in stage.parameters.items():
                shown = f"{value!r}".replace("'", '"')
                write(" " * 6, f"{name} = {shown}: {declared.help}; {allowed(kind, declared)}")


@click.command(name="scan", cls=_ScanCommand)
@library_options
@click.option(
    "--measures",
    multiple=True,
    metavar="SET[,SET]",
    help="What to measure, beside what the index holds already; `all` and `default` are names too.",
)
@click.option(
    "--set", "settings", multiple=True, metavar="SET.PARAMETER=VALUE", help="Change a set; may be repeated."
)
@click.option("--frames", is_flag=True, help="Keep what is measured of each frame, not only its summary.")
@click.option("--rehash", is_flag=True, help="Read every file, even where size and time are as they were.")
@click.option("--prune", is_flag=True, help="Forget files that are not there any more.")
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Processes that decode. [default: one a core]"
)
@click.option("--scheduler", metavar="tcp://HOST:PORT", help="A Dask cluster to work on instead.")
@click.option(
    "--deadline",
    type=click.FloatRange(0, min_open=True),
    default=DEADLINE_S,
    show_default=True,
    metavar="SECONDS",
    help="What takes longer to decode and measure is given up.",
)
@click.option(
    "--memory",
    type=click.IntRange(1),
    default=MEMORY >> 20,
    show_default=True,
    metavar="MIB",
    help="What takes more to decode and measure is given up.",
)
def command(
    folder: str, index: str | None, as_json: bool, measures: tuple[str, ...], settings: tuple[str, ...],
    frames: bool, rehash: bool, prune: bool, jobs: int | None, scheduler: str | None, deadline: float,
    memory: int,
) -> int:  # fmt: skip
    """Find, decode and measure every sound in FOLDER and below; the next time, only what has changed.

    Sounds are known by their content, so copies are measured once. Broken files are named and stop nothing. It may
    be interrupted, or killed: what is done is kept. Exit code 1 if sounds are broken.
    """
    chosen = chosen_measures(measures, settings)
    with Library.open(folder, index, create=True) as library:
        with Progress() as progress:
            scanned = library.scan(
                chosen, frames=frames, rehash=rehash, prune=prune, n_jobs=jobs, scheduler=scheduler,
                deadline=deadline, memory=memory << 20, progress=progress,
            )  # fmt: skip
        return _report(library, scanned, as_json)


def _report(library: Library, scanned: Scanned, as_json: bool) -> int:
    counts = library.counts()
    broken = library.files(BROKEN)
    named = [{"path": printable(file.path), "reason": file.reason} for file in broken]
    named += [{"path": printable(path), "reason": reason} for path, reason in scanned.unreadable]
    for problem in named[:_TOLD]:
        click.echo(f"granulate: {problem['path']}: {problem['reason']}", err=True)
    if len(named) > _TOLD:
        click.echo(f"granulate: and {len(named) - _TOLD} more; library show --all names them", err=True)
    if as_json:
        report: dict[str, Any] = dataclasses.asdict(scanned) | {
            "folder": printable(library.folder), "index": printable(library.index), "files": counts,
            "measures": [held.name for held in library.sets()], "unreadable": len(scanned.unreadable),
            "broken": named,
        }  # fmt: skip
        click.echo(json.dumps(report, indent=2))
    else:
        click.echo(_line(scanned, counts), err=True)
    return 1 if named else 0


def _line(scanned: Scanned, counts: dict[str, int]) -> str:
    parts = [f"{counts[OK]} sounds, {scanned.measured} measured now"]
    if scanned.linked:
        parts.append(f"{scanned.linked} of known content")
    for what, n in (
        ("moved", scanned.moved), ("broken", counts[BROKEN]), ("no sounds", counts[UNKNOWN]), ("missing", counts["missing"]),
        ("forgotten", scanned.forgotten),
    ):  # fmt: skip
        if n:
            parts.append(f"{n} {what}")
    return f"{', '.join(parts)}; in {scanned.seconds:.2f} s"
