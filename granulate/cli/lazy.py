"""A group of commands of which each is imported only when it is asked for, so that `--help` stays instant."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from typing import Any

import click


class LazyGroup(click.Group):
    """Commands by name, each the `command` of a module in `package`; `told` says what each does."""

    def __init__(self, *arguments: Any, package: str, told: Mapping[str, str], **attributes: Any) -> None:
        super().__init__(*arguments, **attributes)
        self._package, self._told = package, told

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self._told)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in self._told:
            return None
        found: click.Command = importlib.import_module(f"{self._package}.{cmd_name}").command
        return found

    def resolve_command(self, ctx: click.Context, args: list[str]) -> Any:
        from granulate.parameters import listed, near

        if args and args[0] not in self._told and not args[0].startswith("-"):
            wrong = " ".join([*ctx.command_path.split()[1:], args[0]])
            raise click.UsageError(
                f"no command {wrong!r}{near(args[0], self._told)}; allowed: {listed(self._told)}"
            )
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(self._told.items()))
