"""`granulate library classify train`: a model out of sounds whose kinds are known."""

from __future__ import annotations

import json
from typing import Any

import click

from granulate.cli.library.options import library_options
from granulate.cli.library.organising import check_outputs, split
from granulate.cli.progress import Progress
from granulate.errors import OutputError, printable
from granulate.library import Library
from granulate.library.classify.examples import BLOCKS, FILE
from granulate.library.classify.families import ALL, FAMILIES
from granulate.library.classify.kinds import Kinds, kinds_by
from granulate.library.classify.model_file import check_model, save
from granulate.library.classify.splitting import LEAST
from granulate.library.classify.training import SCORES, Trained, Wish, train

_TOLD = 20
_UNEVEN = 10


@click.command(name="train")
@library_options
@click.option(
    "--by", required=True, metavar="BY",
    help="What tells the kinds: folder, prefix (of names), csv:FILE.csv (path,label), or the name of labels.",
)  # fmt: skip
@click.option(
    "--columns", "--measures", "columns", multiple=True, metavar="NAME[,NAME]",
    help="Judge by these sets of measures or columns. [default: all that the index holds, but quality]",
)  # fmt: skip
@click.option(
    "--blocks", default=FILE, show_default=True, metavar="WHAT",
    help=f"What is learned from: {', '.join(BLOCKS)} (of the loudness, scanned with --frames; they vote).",
)  # fmt: skip
@click.option(
    "--model", default=ALL, show_default=True, metavar="FAMILY", help=f"{', '.join(FAMILIES)}, or all: the best of them."
)  # fmt: skip
@click.option(
    "--trials",
    type=click.IntRange(1),
    default=12,
    show_default=True,
    metavar="N",
    help="Draws of parameters of each family.",
)
@click.option(
    "--folds",
    type=click.IntRange(2, 20),
    default=5,
    show_default=True,
    metavar="N",
    help="In which they are judged.",
)
@click.option(
    "--score",
    default="balanced",
    show_default=True,
    metavar="SCORE",
    help=f"What the search goes by: {', '.join(SCORES)}.",
)
@click.option(
    "--least",
    type=click.IntRange(LEAST),
    default=LEAST,
    show_default=True,
    metavar="N",
    help="Kinds of fewer sounds are left out.",
)
@click.option(
    "--validation",
    type=float,
    default=0.2,
    show_default=True,
    metavar="SHARE",
    help="Of the files, to compare families by.",
)
@click.option(
    "--test",
    type=float,
    default=0.2,
    show_default=True,
    metavar="SHARE",
    help="Of the files, kept for the last.",
)
@click.option("--seed", type=click.IntRange(0), default=0, metavar="N", help="What chance is drawn from.")
@click.option("--jobs", type=click.IntRange(1), metavar="N", help="Processes. [default: one for each core]")
@click.option("-o", "--output", metavar="MODEL", help="The model, which ends in .skops.")
@click.option("--plot", metavar="PNG", help="A picture of which kinds are taken for which.")
@click.option("--force", is_flag=True, help="Replace files that exist.")
def command(
    folder: str, index: str | None, as_json: bool, by: str, columns: tuple[str, ...], blocks: str, model: str,
    trials: int, folds: int, score: str, least: int, validation: float, test: float, seed: int, jobs: int | None,
    output: str | None, plot: str | None, force: bool,
) -> int:  # fmt: skip
    """Learn to tell kinds of sounds apart, from the sounds of a scanned FOLDER whose kinds are known.

    Files of each kind are split to train, to validate and to test; files of the same content, and the blocks of
    one file, stay together. The parameters of each family are searched in folds of the first, the best family is
    learned anew from the first two, and tested by what it never saw.
    """
    if output is None:
        raise OutputError("-o is missing; allowed: a model's name, which ends in .skops")
    check_model(output, force=force)
    check_outputs(picture=plot, force=force)
    wish = Wish(split(columns), blocks, model, trials, folds, score, least, validation, test, seed, jobs)
    with Library.open(folder, index) as library, Progress() as progress:
        kinds = kinds_by(library, by)
        found = train(library, kinds, wish, step=progress)
    save(found.model, output, force=force)
    if plot is not None:
        _draw(plot, found, by, force)
    if as_json:
        click.echo(json.dumps(_content(found, kinds, output, plot), indent=2))
    else:
        for line in _lines(found, kinds, output):
            click.echo(line)
    return 0


def _draw(plot: str, found: Trained, by: str, force: bool) -> None:
    from granulate.library.classify.picture import draw_confusion
    from granulate.library.organise.picture import write_map

    card = found.model.card
    title = f"{len(card['classes'])} kinds by {by}, told by {len(card['columns'])} columns: {card['model']}"
    write_map(draw_confusion(found.scores, title), plot, force=force)


def _content(found: Trained, kinds: Kinds, output: str, plot: str | None) -> dict[str, Any]:
    content = dict(found.model.card) | {
        "output": printable(output),
        "kinds": kinds.counts,
        "left_out": found.left_out,
        "unmeasured": found.unmeasured,
        "not_in_the_library": list(kinds.strange),
        "tried": found.tried,
        "split": found.split,
    }
    return content if plot is None else content | {"plot": printable(plot)}


def _lines(found: Trained, kinds: Kinds, output: str) -> list[str]:
    card, counts = found.model.card, kinds.counts
    told = {name: counts[name] for name in card["classes"]}
    most, fewest = max(told, key=lambda name: told[name]), min(told, key=lambda name: told[name])
    lines = [
        f"{sum(told.values())} files of {len(told)} kinds, from {told[fewest]} ({printable(fewest)}) to"
        f" {told[most]} ({printable(most)}); always guessing that one would tell {told[most] / sum(told.values()):.0%}"
    ]
    if told[most] >= _UNEVEN * told[fewest]:
        lines.append(
            f"  uneven: {printable(fewest)} is {told[most] // told[fewest]} times rarer than {printable(most)}"
        )
    lines += [f"  left out, too few: {printable(name)} ({n})" for name, n in found.left_out.items()]
    if found.unmeasured:
        lines.append(f"  {found.unmeasured} files without measures; library scan measures them")
    lines += [f"  not in the library: {printable(path)}" for path in kinds.strange[:_TOLD]]
    if len(kinds.strange) > _TOLD:
        lines.append(f"  and {len(kinds.strange) - _TOLD} more; --json names them")
    for tried in found.tried:
        lines.append(
            f"  {tried['model']:<9} {tried['overall']:.3f}  in folds {tried['folds']:.3f}, validation {tried['validation']:.3f}"
        )
    lines.append(f"{card['model']}, {_parameters(card['parameters'])}")
    for name, scores in found.scores.items():
        lines.append(
            f"  {name:<11} {scores.n_files:>6} files  accuracy {scores.accuracy:.3f}  balanced {scores.balanced:.3f}"
        )
    lines.append("  of the test:   precision  recall  files")
    test = found.scores["test"]
    rows = zip(test.classes, test.precision, test.recall, test.confusion.sum(axis=1), strict=True)
    lines += [f"  {printable(name):<14} {p:>9.2f} {r:>7.2f} {n:>6}" for name, p, r, n in rows]
    return [*lines, f"{printable(output)}: written"]


def _parameters(parameters: dict[str, Any]) -> str:
    return ", ".join(
        f"{name} {value:.3g}" if isinstance(value, float) else f"{name} {value}"
        for name, value in parameters.items()
    )
