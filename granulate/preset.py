"""Presets: one choice for each stage with its parameters, and the seed. TOML; data and never code.

A preset's sections are the registry's; what a preset does not say is the section's default. Every
refusal names the key, what was given, what is allowed, and the nearest known name.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any

from granulate.errors import PresetError
from granulate.parameters import Section, listed, near
from granulate.sections import PATH, PHASE
from granulate.stages import listening, mosaics, orders, phases, walks  # noqa: F401 - they fill their sections
from granulate.stages.descriptors import DESCRIPTORS
from granulate.stages.envelopes import ENVELOPE
from granulate.stages.framing import FRAMING
from granulate.stages.output import OUTPUT
from granulate.stages.reducers import REDUCTION
from granulate.stages.scalers import SCALING
from granulate.stages.segmentation import SEGMENTATION
from granulate.stages.sounding import GRAIN
from granulate.stages.spectra import SPECTRUM
from granulate.toml_file import Shelf, literal
from granulate.types import Choice

SECTIONS: dict[str, Section] = {
    section.name: section
    for section in (
        FRAMING,
        SEGMENTATION,
        DESCRIPTORS,
        SCALING,
        REDUCTION,
        PATH,
        GRAIN,
        ENVELOPE,
        SPECTRUM,
        PHASE,
        OUTPUT,
    )
}
"""The parts of a preset, in the order in which sound flows through them."""

MAX_SEED = 2**32 - 1


@dataclass(frozen=True, slots=True)
class Preset:
    """One choice for each section. Make one with `load`, `parse` or `Preset.of`; change it with `set`."""

    framing: Choice
    segmentation: Choice
    descriptors: tuple[Choice, ...]
    scaling: tuple[Choice, ...]
    reduction: Choice
    path: Choice
    grain: Choice
    envelope: Choice
    spectrum: tuple[Choice, ...]
    phase: Choice
    output: Choice
    seed: int = 0
    name: str = ""
    description: str = ""

    @classmethod
    def of(cls, table: Mapping[str, Any] | None = None, name: str = "") -> Preset:
        """The preset that a table (as TOML gives it) says. Raises PresetError."""
        table = dict(table or {})
        description, seed = table.pop("description", ""), table.pop("seed", 0)
        if not isinstance(description, str):
            raise PresetError(f"description = {description!r} is not allowed; allowed: text")
        if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= MAX_SEED:
            raise PresetError(f"seed = {seed!r} is not allowed; allowed: a whole number from 0 to {MAX_SEED}")
        for key in table:
            if key not in SECTIONS:
                known = [*SECTIONS, "description", "seed"]
                raise PresetError(f"unknown section {key!r}{near(key, known)}; allowed: {listed(known)}")
        chosen = {key: _chosen(section, table.get(key, {})) for key, section in SECTIONS.items()}
        preset = cls(**chosen, seed=seed, name=name, description=description)
        if PATH[preset.path.kind].traits.get("needs_embedding") and preset.reduction.kind == "none":
            raise PresetError(
                f"path.kind = {preset.path.kind!r} needs an embedding; allowed with it: any reduction.kind but 'none'"
            )
        return preset

    def table(self) -> dict[str, Any]:
        """The preset as a table again, every parameter written out; `Preset.of` reads it."""
        table: dict[str, Any] = {"description": self.description, "seed": self.seed}
        for key, section in SECTIONS.items():
            value = getattr(self, key)
            tables = [_table(section, choice) for choice in (value if section.several else (value,))]
            table[key] = tables if section.several else tables[0]
        return table

    def set(self, *settings: str) -> Preset:
        """A changed copy: each setting is `section.parameter=value`, `section.kind=name` or `seed=7`."""
        if not settings:
            return self
        table = self.table()
        kinds_first = sorted(settings, key=lambda s: s.partition("=")[0].strip().rpartition(".")[2] != "kind")
        for setting in kinds_first:
            _apply(table, setting)
        return Preset.of(table, self.name)

    def seeded(self, seed: int) -> Preset:
        """A copy with another seed."""
        return Preset.of({**self.table(), "seed": seed}, self.name)


def load(name: str | Path) -> Preset:
    """A shipped preset by name, or a TOML file by path (anything with a separator or a suffix)."""
    return _SHELF.load(name, parse)


def parse(text: str, name: str = "") -> Preset:
    """The preset that TOML text says. Raises PresetError, also for text that is not TOML."""
    return Preset.of(_SHELF.table(text), name)


def names() -> list[str]:
    """The shipped presets' names."""
    return _SHELF.names()


def to_toml(preset: Preset) -> str:
    """A preset as TOML text that `parse` reads; every parameter is written out."""
    table = preset.table()
    lines = [f"description = {literal(table.pop('description'))}", f"seed = {table.pop('seed')}"]
    for key, value in table.items():
        for one in value if isinstance(value, list) else [value]:
            lines += ["", f"[[{key}]]" if isinstance(value, list) else f"[{key}]"]
            lines += [f"{name} = {literal(item)}" for name, item in one.items()]
    return "\n".join(lines) + "\n"


def schema() -> dict[str, Any]:
    """A JSON Schema of presets, for editors that complete and check TOML as it is written."""
    properties: dict[str, Any] = {
        "description": {"type": "string", "description": "one line on what the preset does to a sound"},
        "seed": {
            "type": "integer",
            "minimum": 0,
            "maximum": MAX_SEED,
            "description": "what chance is drawn from",
        },
    }
    for key, section in SECTIONS.items():
        kinds = [_kind_schema(section, kind) for kind in section.stages]
        one = kinds[0] if section.single else {"oneOf": kinds}
        several = {"oneOf": [one, {"type": "array", "items": one}]} if section.several else one
        properties[key] = {"description": section.help, **several}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "granulate preset",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _folder() -> Any:
    # Installed, the presets lie in the package; in a source tree, beside it.
    inside = resources.files("granulate").joinpath("presets")
    return inside if inside.is_dir() else Path(__file__).parent.parent / "presets"


_SHELF = Shelf("preset", _folder, PresetError)


def _chosen(section: Section, value: Any) -> Any:
    """A section of a table as a Choice, or as a tuple of them where several may be chained."""
    tables = _listed_tables(value) if section.several else [value]
    for table in tables:
        if not isinstance(table, Mapping):
            raise PresetError(
                f"{section.name} = {value!r} is not allowed; allowed: a table such as [{section.name}]"
            )
    choices = tuple(section.bind(table) for table in tables)
    return choices if section.several else choices[0]


def _listed_tables(value: Any) -> Sequence[Any]:
    """`[{kind = "a"}, {kind = "b"}]`, or its short form `{kind = ["a", "b"]}`."""
    if isinstance(value, Mapping) and isinstance(value.get("kind"), list):
        if len(value) > 1:
            extra = next(key for key in value if key != "kind")
            raise PresetError(
                f"{extra!r} beside a list of kinds; allowed: one table for each kind, with its parameters"
            )
        return [{"kind": kind} for kind in value["kind"]]
    return value if isinstance(value, list) else [value]


def _table(section: Section, choice: Choice) -> dict[str, Any]:
    kind = {} if section.single else {"kind": choice.kind}
    return kind | {key: value for key, value in choice.parameters.items() if value is not None}


def _apply(table: dict[str, Any], setting: str) -> None:
    key, equals, text = setting.partition("=")
    parts = key.strip().split(".")
    if not equals or not all(parts) or (len(parts) != 2 and parts != ["seed"]):
        raise PresetError(
            f"{setting!r} is not a setting; allowed: section.parameter=value, as path.kind=tour"
        )
    value = _value(text.strip())
    if parts == ["seed"]:
        table["seed"] = value
        return
    name, parameter = parts
    if name not in SECTIONS:
        raise PresetError(f"unknown section {name!r}{near(name, SECTIONS)}; allowed: {listed(SECTIONS)}")
    section = SECTIONS[name]
    if parameter == "kind" and not section.single:
        kinds = value if isinstance(value, list) else [k.strip() for k in str(value).split(",")]
        before = table[name] if section.several else [table[name]]
        # A kind that stood there already keeps its parameters.
        chosen = [next((t for t in before if t["kind"] == kind), {"kind": kind}) for kind in kinds]
        table[name] = chosen if section.several else chosen[0]
        return
    tables = table[name] if section.several else [table[name]]
    takers = (
        [t for t in tables if parameter in section[t["kind"]].parameters] if not section.single else tables
    )
    if len(takers) > 1:
        raise PresetError(
            f"{name}.{parameter} belongs to {len(takers)} of the chained kinds; allowed: a preset file for that"
        )
    (takers or tables)[0][parameter] = value


def _value(text: str) -> Any:
    """A value as TOML writes it; text needs no quotes."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def _kind_schema(section: Section, kind: str) -> dict[str, Any]:
    stage = section[kind]
    found: dict[str, Any] = stage.model.model_json_schema()
    found.pop("title", None)
    found["description"] = stage.help
    for field in found.get("properties", {}).values():
        field.pop("title", None)
    if not section.single:
        found["properties"] = {"kind": {"const": kind}, **found.get("properties", {})}
        if kind != section.default:
            found["required"] = ["kind"]
    return found
