"""A page for each section of a preset, and for what only the live instrument has: every kind, every parameter."""

from __future__ import annotations

import inspect
import re

from docs.make.markdown import NOTE, cell, code, joined, plain, table
from docs.make.parameters import parameter_table, stages_of
from granulate.live.sections import MOVED
from granulate.parameters import Section, Stage
from granulate.preset import SECTIONS
from granulate.stages.descriptors import Extractor
from granulate.types import Framing

_RATE = 44_100
_COMMON = {"controls": "What walks have in common"}
"""Headings for the parameters that several kinds share, by the function that declares them."""


def pages() -> dict[str, str]:
    """Their texts, by the section's name."""
    return {name: _page(section) for name, section in MOVED.items()}


def _page(section: Section) -> str:
    shared = {stage.shared.__name__: stage for stage in stages_of(section) if stage.shared}
    return joined(
        f"# {section.name}",
        NOTE,
        _introduction(section),
        *(_kind(section, stage) for stage in stages_of(section)),
        *(_common(name, stage) for name, stage in shared.items()),
    )


def _introduction(section: Section) -> str:
    told = f"{plain(section.help[:1].upper() + section.help[1:])}."
    if section.name not in SECTIONS:
        told += " Only `granulate live` has this section; it is no part of a preset."
    if section.single:
        return told
    told += f" A preset that says nothing has {code(section.default)}."
    if section.several:
        told += f" Kinds may be chained: `--set {section.name}.kind=a,b`."
    rows = [(f"[{code(stage.name)}](#{_slug(stage)})", cell(stage.help)) for stage in stages_of(section)]
    return joined(told, table(("kind", "does"), rows))


def _kind(section: Section, stage: Stage) -> str:
    own = parameter_table(stage.parameters, _shared_names(stage))
    common = ""
    if stage.shared is not None:
        heading = _COMMON[stage.shared.__name__]
        names = ", ".join(code(name) for name in _shared_names(stage))
        common = f"And, as [below](#{heading.lower().replace(' ', '-')}): {names}."
    if section.single:
        return joined(plain(stage.help), own, common)
    heading = f"## {code(stage.name)}"
    return joined(heading, plain(stage.help), own or "No parameters of its own.", common, _columns(stage))


def _common(name: str, stage: Stage) -> str:
    # Read as the stage reads it, so that what is shared is declared in one place.
    declared = Stage(stage.section, name, stage.shared, {}).parameters if stage.shared else {}
    return joined(
        f"## {_COMMON[name]}",
        "A kind that lists one of these itself has its own default.",
        parameter_table(declared),
    )


def _shared_names(stage: Stage) -> list[str]:
    """The parameters that the kind has only because they are shared."""
    if stage.shared is None:
        return []
    own = inspect.signature(stage.function).parameters
    return [name for name in stage.parameters if name not in own]


def _columns(stage: Stage) -> str:
    """What a descriptor measures, at 44.1 kHz and with a framing's defaults."""
    if stage.section != "descriptors":
        return ""
    defaults = {name: default for name, (_, _, default) in stage.parameters.items()}
    extractor: Extractor = stage.function(_RATE, Framing(), **defaults)
    columns = ", ".join(
        f"{name} ({cell(unit)})" if unit else name for name, unit in runs(extractor.names, extractor.units)
    )
    return f"Columns: {columns}."


def runs(names: tuple[str, ...], units: tuple[str, ...]) -> list[tuple[str, str]]:
    """Columns as (words, unit), those that are numbered one after another as `first to last`."""
    found: list[tuple[str, str, str]] = []
    for name, unit in zip(names, units, strict=True):
        stem = re.sub(r"\d+$", "", name)
        if found and stem != name and (found[-1][2], found[-1][1]) == (stem, unit):
            first = found.pop()[0].partition(" to ")[0]
            found.append((f"{first} to {code(name)}", unit, stem))
        else:
            found.append((code(name), unit, stem if stem != name else ""))
    return [(words, unit) for words, unit, _ in found]


def _slug(stage: Stage) -> str:
    return stage.name.lower()
