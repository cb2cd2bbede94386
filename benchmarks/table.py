"""All rows as one table: in Markdown, for a terminal and for a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from benchmarks.running import Result, Row

HEADER = ("what", "figure", "beside", "goal", "")
BEGIN, END = "<!-- measured: begin -->", "<!-- measured: end -->"
"""A page keeps what stands outside of these two lines."""
ROUGH = "(quick)"
"""Of a quick run: less material and fewer turns than the row says."""


def number(value: float) -> str:
    """Three digits, and no exponent where people expect none."""
    if value and (abs(value) < 1e-3 or abs(value) >= 1e6):
        return f"{value:.2g}"
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


def cells(row: Row, quick: bool) -> tuple[str, ...]:
    figure = "" if row.figure is None else " ".join(filter(None, (number(row.figure), row.unit)))
    return (
        row.what,
        figure,
        row.beside,
        row.bound,
        " ".join(filter(None, (row.verdict, ROUGH * (quick and bool(figure))))),
    )


def markdown(results: Mapping[str, Result]) -> str:
    """One table, a row for each goal, in the order of the results."""
    lines = [list(HEADER)]
    lines += [list(cells(row, result.quick)) for result in results.values() for row in result.rows]
    widths = [max(len(line[k]) for line in lines) for k in range(len(HEADER))]
    padded = [
        "| " + " | ".join(c.ljust(w) for c, w in zip(line, widths, strict=True)) + " |" for line in lines
    ]
    padded.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    return "\n".join(padded)


def counts(results: Mapping[str, Result]) -> str:
    """How many goals were met, missed, and not measured."""
    rows = [row for result in results.values() for row in result.rows]
    met, missed = sum(row.met is True for row in rows), sum(row.met is False for row in rows)
    silent = sum(row.figure is None for row in rows)
    told = len(rows) - met - missed - silent
    parts = [f"{met} goals met", f"{missed} missed", f"{silent} not measured"]
    return ", ".join([*parts, f"{told} figures without a goal"] if told else parts)


def runs(results: Mapping[str, Result]) -> str:
    """How each benchmark was run, for whoever repeats it."""
    lines = ["| command | seconds | of the machine meanwhile | date |", "| --- | --- | --- | --- |"]
    return "\n".join(
        [
            *lines,
            *(
                f"| `{r.command}` | {r.seconds:.0f} | {r.machine} | {r.date} |"
                for r in results.values()
                if r.seconds
            ),
        ]
    )


def write(path: Path, results: Mapping[str, Result], machine: str) -> None:
    """Put the tables into a page between its two marks, or write a page that is these alone."""
    made = "\n\n".join(
        [BEGIN, f"Measured on: {machine}. {counts(results)}.", markdown(results), runs(results), END]
    )
    text = path.read_text() if path.exists() else f"# Benchmarks\n\n{BEGIN}\n{END}\n"
    before, found, rest = text.partition(BEGIN)
    _, ended, after = rest.partition(END)
    if not (found and ended):
        raise SystemExit(f"{path}: lacks the lines {BEGIN} and {END}; nothing was written")
    path.write_text(before + made + after)


def missed(results: Mapping[str, Result]) -> Sequence[Row]:
    """The rows that did not reach their goal."""
    return [row for result in results.values() for row in result.rows if row.met is False]
