"""`granulate presets`: finding, reading and checking presets."""

from __future__ import annotations

import json

import click

from granulate import preset as presets
from granulate.errors import GranulateError


@click.group(name="presets")
def command() -> None:
    """List, show and check presets."""


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="As JSON on standard output.")
def list_presets(as_json: bool) -> None:
    """Name every shipped preset, with a line on what it does to a sound."""
    found = {name: presets.load(name).description for name in presets.names()}
    if as_json:
        click.echo(json.dumps(found, indent=2))
        return
    width = max(map(len, found), default=0)
    for name, description in found.items():
        click.echo(f"{name:<{width}}  {description}")


@command.command()
@click.argument("preset")
@click.option("--json", "as_json", is_flag=True, help="Every parameter written out, as JSON.")
def show(preset: str, as_json: bool) -> None:
    """Print a preset as TOML, every parameter written out: a file to begin one's own from."""
    found = presets.load(preset)
    click.echo(json.dumps(found.table(), indent=2) if as_json else presets.to_toml(found), nl=as_json)


@command.command()
@click.argument("preset", nargs=-1, required=True)
def check(preset: tuple[str, ...]) -> int:
    """Say of each preset whether it is right, and if not, what is wrong. Exit code 2 if any is wrong."""
    wrong = 0
    for name in preset:
        try:
            presets.load(name)
            click.echo(f"{name}: right")
        except GranulateError as error:
            wrong = 2
            click.echo(f"granulate: {error}", err=True)
    return wrong


@command.command()
def schema() -> None:
    """Print the JSON Schema of presets, for editors that complete and check TOML."""
    click.echo(json.dumps(presets.schema(), indent=2))
