"""`granulate library classify`: learn kinds of sounds from some, and tag others."""

from __future__ import annotations

import click

from granulate.cli.lazy import LazyGroup

COMMANDS = {
    "train": "Learn to tell kinds of sounds apart, from sounds whose kinds are known.",
    "predict": "Tag the sounds of a folder, or single files, with a model.",
}


@click.group(name="classify", cls=LazyGroup, package=__name__, told=COMMANDS)
def command() -> None:
    """Learn kinds of sounds from some, and tag others: train, then predict."""
