"""Options that the library's commands share."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from typing import Any

import click

from granulate.errors import PresetError
from granulate.types import Choice


def library_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """FOLDER, --index and --json."""
    for option in reversed(
        (
            click.argument("folder"),
            click.option("--index", metavar="DIR", help="Where the index lies. [default: FOLDER/.granulate]"),
            click.option("--json", "as_json", is_flag=True, help="A report on standard output, as JSON."),
        )
    ):
        function = option(function)
    return function


def chosen_measures(names: Sequence[str], settings: Sequence[str]) -> tuple[Choice, ...] | None:
    """Sets of measures as --measures and --set name them; None where neither does.

    Raises PresetError for unknown names and parameters, and values that are not allowed.
    """
    if not names and not settings:
        return None
    from granulate.library.measures import DEFAULT, MEASURES

    tables: dict[str, dict[str, Any]] = {}
    for name in (part.strip() for text in names for part in text.split(",")):
        some = {"all": list(MEASURES.stages), "default": [choice.kind for choice in DEFAULT]}.get(
            name, [name]
        )
        for kind in some:
            tables[MEASURES[kind].name] = {}
    for setting in settings:
        key, equals, text = setting.partition("=")
        kind, dot, parameter = key.strip().partition(".")
        if not equals or not dot:
            raise PresetError(f"--set {setting!r} is not SET.PARAMETER=VALUE")
        tables.setdefault(MEASURES[kind].name, {})[parameter] = _value(text.strip())
    return tuple(MEASURES.bind({"kind": kind, **table}) for kind, table in tables.items())


def _value(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
