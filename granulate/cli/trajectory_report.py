"""What `granulate trajectory` says of what it did."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import click

from granulate.cli.job import Report
from granulate.cli.progress import Progress

_STEPS = (1, 5, 10, 20, 30)


def tell(report: Report, progress: Progress, as_json: bool) -> None:
    """Print the report. Failures and warnings go to standard error either way."""
    for failure in report.failed:
        click.echo(f"granulate: {failure['reason']}", err=True)
    for warning in report.warnings:
        click.echo(f"granulate: {warning}", err=True)
    content = report.content
    if as_json:
        seconds = {stage: round(took, 4) for stage, took in progress.seconds.items()}
        told = {**content, "warnings": report.warnings, "failed": report.failed, "seconds": seconds}
        click.echo(json.dumps(told, indent=2))
        return
    smooth = f"smoothness {content['smoothness']:.3f}"
    if "smoothness_pure" in content:
        smooth += f", {content['smoothness_pure']:.3f} without conditioning"
    click.echo(
        f"{content['points']} points in {content['dimensions']} dimensions, {1000 * content['period_s']:.1f} ms"
        f" apart; {smooth}",
        err=True,
    )
    _tell_curves(content.get("divergence", []))
    if "output" in content:
        forecast = content["forecast"]
        click.echo(
            f"{content['output']['path']}: {content['output']['seconds']:.2f} s forecast by {forecast['model']},"
            f" {forecast['different_grains']} different grains in {forecast['steps']} steps,"
            f" {forecast['replayed']:.0%} of them as recorded",
            err=True,
        )
    for kind in ("picture", "page"):
        if kind in content:
            click.echo(f"{content[kind]}: {kind}", err=True)
    if "film" in content:
        click.echo(f"{content['film']['path']}: film, {content['film']['frames']} frames", err=True)


def _tell_curves(rows: Sequence[Mapping[str, Any]]) -> None:
    """A line for each curve: its mean after some of the steps."""
    curves: dict[str, list[str]] = {}
    for row in rows:
        own = "with its own future" if row["own_future"] else "without its own future"
        told = curves.setdefault(f"{row['embedding']}, {row['model']} {own}", [])
        if row["step"] in _STEPS:
            told.append(f"{row['mean']:.3f}")
    if curves:
        click.echo(f"distance after {', '.join(map(str, _STEPS))} steps:", err=True)
    for name, values in curves.items():
        click.echo(f"  {name}: {', '.join(values)}", err=True)
