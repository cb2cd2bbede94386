"""`granulate library report`: what the recordings of a folder are, and what may be wrong with them."""

from __future__ import annotations

import json

import click

from granulate.cli.library.options import library_options
from granulate.cli.library.organising import check_outputs, output_option
from granulate.errors import printable
from granulate.library import Library
from granulate.library.report.reporting import Report, report, write_report

_TOLD = 10
_NAMED = 3
_UNITS = {"duration": "s", "leading_silence": "s", "trailing_silence": "s", "rms": "dB", "peak": "dB"}
_NUMBERS = ("duration", "rms", "peak", "leading_silence", "trailing_silence")


@click.command(name="report")
@library_options
@click.option(
    "--plot",
    metavar="PNG",
    help="A picture: lengths, rates, channels, formats, levels, silence, clipping, offsets.",
)
@output_option("The report as .json, or a table with a row for every sound: .csv or .parquet.")
def command(
    folder: str, index: str | None, as_json: bool, plot: str | None, output: str | None, force: bool
) -> int:
    """Report on the recordings of a scanned FOLDER: formats, lengths, levels, silence, clipping, offsets.

    It reads the index alone. Levels and faults need `library scan --measures quality` before.
    """
    check_outputs(table=output, picture=plot, force=force)
    with Library.open(folder, index) as library:
        found = report(library)
        name = printable(library.folder.resolve().name)
    if output is not None:
        write_report(found, output, force=force)
    if plot is not None:
        from granulate.library.organise.picture import write_map
        from granulate.library.report.picture import draw_report

        write_map(draw_report(found, f"{name}: {_heading(found)}"), plot, force=force)
    if as_json:
        click.echo(json.dumps(found.plain(), indent=2))
    else:
        for line in _lines(found):
            click.echo(line)
    return 0


def _heading(found: Report) -> str:
    seen = found.overview
    parts = [f"{seen.counts['ok']:,} sounds, {_time(seen.seconds)}"]
    parts += [
        f"{seen.counts[name]:,} {what}"
        for name, what in (("broken", "broken"), ("unknown", "no sounds"))
        if seen.counts[name]
    ]
    return ", ".join(parts)


def _lines(found: Report) -> list[str]:
    seen = found.overview
    lines = [_heading(found)]
    tables = (
        ("formats", seen.formats),
        ("rates", {f"{rate:,} Hz": n for rate, n in seen.sample_rates.items()}),
        ("channels", {str(n): count for n, count in seen.channels.items()}),
    )
    for title, table in tables:
        told = [f"{name} {n:,}" for name, n in list(table.items())[:_TOLD]]
        more = [f"{len(table) - _TOLD} more"] if len(table) > _TOLD else []
        lines.append(f"  {title:<9} {', '.join([*told, *more])}")
    for what, n in (
        ("copies of others", seen.duplicates), ("shorter than they declare", seen.truncated),
        ("with samples that are no numbers", seen.replaced), ("above full scale", seen.above_full_scale),
    ):  # fmt: skip
        if n:
            lines.append(f"  {n:,} {what}")
    spread = found.distributions()
    if spread:
        lines.append(f"  {'':<22} {'least':>9} {'10 %':>9} {'median':>9} {'90 %':>9} {'most':>9}")
    for name in _NUMBERS:
        if name in spread:
            title = f"{name.replace('_', ' ')} ({_UNITS[name]})"
            lines.append(f"  {title:<22} " + " ".join(f"{value:>9.3g}" for value in spread[name].values()))
    if found.quality is None:
        lines.append("  levels, silence, clipping and offsets: after `library scan --measures quality`")
    elif len(found.quality) < len(found.files):
        lines.append(
            f"  {len(found.files) - len(found.quality):,} sounds have no quality measured yet: scan again"
        )
    for fault in found.faults:
        if fault.count:
            lines.append(f"  {fault.name:<17} {fault.count:>6,} files: {fault.meaning}")
            lines += [
                f"      {amount:>10.4g} {fault.unit}  {printable(path)}"
                for path, amount in fault.worst[:_NAMED]
            ]
    lines += [f"  {printable(file.path)}: {file.status}: {file.reason}" for file in found.problems[:_TOLD]]
    if len(found.problems) > _TOLD:
        lines.append(f"  and {len(found.problems) - _TOLD} more; library show --all names them")
    return lines


def _time(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return (
        f"{hours}:{minutes:02}:{rest:02}"
        if hours
        else f"{minutes}:{rest:02}"
        if minutes
        else f"{seconds:.1f} s"
    )
