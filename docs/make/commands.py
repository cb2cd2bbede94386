"""A page for each command, with every option of it and of the commands below it."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from docs.make.markdown import NOTE, block, cell, code, joined, plain, table
from granulate.cli import granulate
from granulate.cli.options import ParametersCommand

_DEFAULT = re.compile(r"\s*\[default: (.+)\]$")


def pages() -> dict[str, str]:
    """Their texts, by the command's name."""
    with click.Context(granulate, info_name="granulate") as context:
        return {name: _page(name, context) for name in granulate.list_commands(context)}


def _page(name: str, above: click.Context) -> str:
    title, *rest = "\n\n".join(_command(*found) for found in _below(name, above, 0)).split("\n")
    return joined(title, NOTE, "\n".join(rest))


def _below(name: str, above: click.Context, depth: int) -> Iterator[tuple[click.Command, click.Context, int]]:
    """A command and those within it."""
    group = above.command
    assert isinstance(group, click.Group)
    command = group.get_command(above, name)
    assert command is not None, name
    with click.Context(command, above, info_name=name) as context:
        yield command, context, depth
        for inner in command.list_commands(context) if isinstance(command, click.Group) else ():
            yield from _below(inner, context, depth + 1)


def _command(command: click.Command, context: click.Context, depth: int) -> str:
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    options = [
        _row(option, context) for option in command.get_params(context) if isinstance(option, click.Option)
    ]
    # The same everywhere, and first is what the command is for.
    options = [row for row in options if "`--help`" not in row[0]]
    more = ""
    if isinstance(command, ParametersCommand):
        up = "../sections/index.md"
        more = f"`--set` takes any parameter of [the sections]({up}), as `--set path.apart=250ms`."
    heads = ("option", "takes", "default", "what it does")
    return joined(
        f"{'#' * (depth + 1)} {context.command_path}",
        _help(command),
        block(usage),
        table(heads, options),
        more,
    )


def _help(command: click.Command) -> str:
    paragraphs = (command.help or "").replace("\f", "").split("\n\n")
    return "\n\n".join(
        block("\n".join(line.strip("\b") for line in part.splitlines() if line.strip("\b")), "text")
        if part.startswith("\b")
        else plain(part)
        for part in paragraphs
    )


def _row(option: click.Option, context: click.Context) -> tuple[str, ...]:
    told = option.help or ""
    found = _DEFAULT.search(told)
    given = option.to_info_dict()["default"]
    default = ""
    if found:
        default = cell(found[1])
    elif not option.is_flag and not option.multiple and given not in (None, ""):
        default = code(given)
    names = ", ".join(code(name) for name in (*option.opts, *option.secondary_opts))
    told = cell(_DEFAULT.sub("", told))
    if option.required:
        told += " Required."
    return names, _takes(option, context), default, told


def _takes(option: click.Option, context: click.Context) -> str:
    if option.is_flag:
        return ""
    words = code(option.make_metavar(context))
    kind = option.type
    if isinstance(kind, click.IntRange | click.FloatRange) and (kind.min is not None or kind.max is not None):
        words += f": {_bounds(kind)}"
    return words + (", may be repeated" if option.multiple else "")


def _bounds(kind: click.IntRange | click.FloatRange) -> str:
    if kind.max is None:
        return f"{'more than' if kind.min_open else 'at least'} {kind.min:g}"
    if kind.min is None:
        return f"{'less than' if kind.max_open else 'at most'} {kind.max:g}"
    return f"{kind.min:g} to {kind.max:g}"
