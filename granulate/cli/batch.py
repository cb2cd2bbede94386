"""`granulate batch`: every sound of a folder, by one preset or several."""

from __future__ import annotations

import json
import os

import click

from granulate import batch
from granulate.batch.report import check_report, write_report
from granulate.cli.options import DEFAULT_PRESET, ParametersCommand, chosen_preset
from granulate.cli.progress import Progress

_MOST_LINES = 20
_DEADLINE_S = 3600


@click.command(name="batch", cls=ParametersCommand)
@click.argument("folders", nargs=-1, required=True, metavar="FOLDER...")
@click.option(
    "-p",
    "--preset",
    "presets",
    multiple=True,
    metavar="PRESET",
    help=f"A shipped preset's name or a TOML file; several may be given. [default: {DEFAULT_PRESET}]",
)
@click.option(
    "-o",
    "--output",
    "out",
    required=True,
    metavar="OUT",
    help="The folder for the results, made if need be; its tree is like FOLDER's.",
)
@click.option(
    "--set",
    "settings",
    multiple=True,
    metavar="SECTION.PARAMETER=VALUE",
    help="Change the presets; may be repeated. The parameters stand below.",
)
@click.option(
    "--seed", type=int, metavar="N", help="What chance is drawn from; each preset's own seed otherwise."
)
@click.option(
    "--name",
    default=batch.DEFAULT_NAME,
    show_default=True,
    metavar="TEMPLATE",
    help="Names of {stem}, {preset}, {number} (as {number:04}), {ext}, {seed} and {folder}; without {folder}, FOLDER's tree is kept.",
)
@click.option(
    "--format",
    "file_format",
    metavar="wav|flac|...",
    help="The results' format. [default: the template's extension, or wav]",
)
@click.option(
    "--jobs", type=click.IntRange(1), metavar="N", help="Sounds at once. [default: one for each core]"
)
@click.option(
    "--scheduler",
    metavar="tcp://HOST:PORT",
    help="Work on the Dask cluster of that scheduler; it must see the same folders.",
)
@click.option(
    "--deadline",
    type=click.FloatRange(0, min_open=True),
    default=_DEADLINE_S,
    show_default=True,
    metavar="S",
    help="Seconds that one sound may take.",
)
@click.option(
    "--memory",
    type=click.IntRange(1),
    metavar="MiB",
    help="Memory that one sound may take. [default: this machine's, shared out]",
)
@click.option(
    "--report",
    "report_path",
    metavar="JSON",
    help="A file that tells what became of each sound; an earlier report is replaced.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be made; write nothing.")
@click.option(
    "--force", is_flag=True, help="Replace files in OUT that are not this batch's, or were changed."
)
@click.option("--json", "as_json", is_flag=True, help="The report on standard output.")
def command(
    folders: tuple[str, ...], presets: tuple[str, ...], out: str, settings: tuple[str, ...], seed: int | None,
    name: str, file_format: str | None, jobs: int | None, scheduler: str | None, deadline: float,
    memory: int | None, report_path: str | None, dry_run: bool, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Render every sound in and below FOLDER, each by itself.

    Results that are there already and up to date are kept: to go on with a batch that was interrupted, repeat the
    command. Sounds that cannot be rendered are named with the reason, and the exit code is then 1.
    """
    chosen = [chosen_preset(preset, settings, seed) for preset in presets or (DEFAULT_PRESET,)]
    with Progress() as progress:
        progress("search", 0, 0)
        plan = batch.plan(folders, chosen, out, name=name, file_format=file_format)
        if report_path:
            check_report(report_path, force=force, inputs=[task.input.path for task in plan.tasks])
        if dry_run:
            report = batch.preview(plan)
        else:
            report = batch.run(
                plan, force=force, n_jobs=jobs, scheduler=scheduler, deadline=deadline,
                memory=memory * 2**20 if memory else (None if scheduler else _share(jobs)), step=progress,
            )  # fmt: skip
    if report_path:
        write_report(report, report_path, force=force)
    _show(report, as_json, dry_run)
    return report.exit_code


def _show(report: batch.Report, as_json: bool, dry_run: bool) -> None:
    for entry in report.failed[:_MOST_LINES]:
        preset = f" ({entry.preset})" if len(report.plan.presets) > 1 and entry.preset else ""
        click.echo(f"granulate: {entry.input}{preset}: {entry.reason}", err=True)
    if len(report.failed) > _MOST_LINES:
        click.echo(
            f"granulate: and {len(report.failed) - _MOST_LINES} more (--report or --json names all)", err=True
        )
    if as_json:
        click.echo(json.dumps(report.table(), indent=2))
        return
    if dry_run:
        for entry in report.entries:
            if entry.status != "failed":
                click.echo(f"{entry.input} -> {entry.output}" + (" (kept)" if entry.status == "kept" else ""))
    told = ", ".join(f"{count} {status}" for status, count in report.counts.items())
    click.echo(f"{report.plan.out}: {told}, in {report.seconds:.1f} s", err=True)


def _share(jobs: int | None) -> int | None:
    """Bytes for each of so many jobs, where the system tells what it has."""
    try:
        total = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    except (AttributeError, OSError, ValueError):
        return None
    return int(total // (jobs or os.cpu_count() or 1))
