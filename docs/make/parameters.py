"""Tables of parameters: what each takes, its default, bounds and unit."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, get_args

from docs.make.markdown import cell, code, table
from granulate.parameters import Parameter, Section, Stage, allowed
from granulate.toml_file import literal

Declared = Mapping[str, tuple[Any, Parameter, Any]]
"""Name -> (type, declaration, default), as a stage has them."""
HEADS = ("parameter", "default", "takes", "unit", "what it does")


def stages_of(section: Section) -> list[Stage]:
    """A section's kinds in the order of the sources, whichever of them was imported first."""
    return sorted(
        section.stages.values(),
        key=lambda stage: (stage.function.__module__, stage.function.__code__.co_firstlineno),
    )


def parameter_table(declared: Declared, left_out: Iterable[str] = ()) -> str:
    """A row for each parameter; nothing where there is none."""
    without = set(left_out)
    return table(HEADS, [_row(name, *entry) for name, entry in declared.items() if name not in without])


def _row(name: str, kind: Any, declared: Parameter, default: Any) -> tuple[str, ...]:
    takes = allowed(kind, replace(declared, unit=""))
    if type(None) in get_args(kind):
        takes += ", or unset"
    shown = "unset" if default is None else code(literal(default))
    return code(name), shown, cell(takes), cell(declared.unit), cell(declared.help)
