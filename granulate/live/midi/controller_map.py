"""Controller maps: which control moves what. TOML files of their own, apart from the presets of sounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import Any

from granulate.atomic import AnyPath, replacing
from granulate.errors import ParameterError
from granulate.live.midi.tables import TABLES, Clock, Control, Notes, Zones, bind, written
from granulate.parameters import listed, near
from granulate.toml_file import Shelf, literal

SEVERAL = ("control", "notes")
_MAX_ENTRIES = 4096


@dataclass(frozen=True, slots=True)
class ControllerMap:
    """What a controller's controls move. Make one with `load`, `parse` or `ControllerMap.of`.

    `port`: the port (or a part of its name) that it was made for; "" is any.
    """

    name: str = ""
    description: str = ""
    port: str = ""
    tables: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    """Every table in order, as (name, its keys and values)."""

    @classmethod
    def of(cls, table: Mapping[str, Any], name: str = "") -> ControllerMap:
        """The map that a table (as TOML gives it) says. Raises ParameterError that names the entry and the key."""
        table = dict(table)
        texts = {key: table.pop(key, "") for key in ("description", "port")}
        for key, value in texts.items():
            if not isinstance(value, str):
                raise ParameterError(f"{key} = {value!r} is not allowed; allowed: text")
        for key in table:
            if key not in TABLES:
                known = [*TABLES, *texts]
                raise ParameterError(f"unknown key {key!r}{near(key, known)}; allowed: {listed(known)}")
        made = cls(name, texts["description"], texts["port"])
        for key in TABLES:
            for number, one in enumerate(_several(key, table[key]) if key in table else [], 1):
                made = made.with_table(key, one, f"{key} {number}" if key in SEVERAL else key)
        return made

    def with_table(self, key: str, table: Any, label: str = "") -> ControllerMap:
        """A copy with one more table, as `control`, under a label that errors name. Raises ParameterError."""
        try:
            bind(key, table)
        except ParameterError as error:
            raise ParameterError(f"{label or key}: {error}") from None
        if len(self.tables) >= _MAX_ENTRIES:
            raise ParameterError(f"{label or key}: too many entries; allowed: {_MAX_ENTRIES}")
        entry = tuple((name, _frozen(value)) for name, value in written(key, table).items())
        return replace(self, tables=(*self.tables, (key, entry)))

    def without(self, target: str) -> ControllerMap:
        """A copy in which no control moves that target."""
        kept = [(key, t) for key, t in self.tables if key != "control" or dict(t).get("target") != target]
        return replace(self, tables=tuple(kept))

    @property
    def controls(self) -> list[Control]:
        return self._of("control")

    @property
    def notes(self) -> list[Notes]:
        return self._of("notes")

    @property
    def clock(self) -> Clock | None:
        return next(iter(self._of("clock")), None)

    @property
    def zones(self) -> Zones:
        """The MPE zones to begin with: none where the map says nothing."""
        return next(iter(self._of("mpe")), Zones(0, 0))

    def save(self, path: AnyPath, *, force: bool = False) -> None:
        """Write it as TOML: whole or not at all. Raises OutputError."""
        with replacing(path, force=force) as temporary:
            temporary.write_text(to_toml(self), "utf-8")

    def _of(self, key: str) -> list[Any]:
        return [bind(key, {k: _thawed(v) for k, v in table}) for name, table in self.tables if name == key]


def load(name: str | Path) -> ControllerMap:
    """A shipped map by name, or a TOML file by path. Raises ParameterError, and names the file in it."""
    return _SHELF.load(name, parse)


def parse(text: str, name: str = "") -> ControllerMap:
    """The map that TOML text says. Raises ParameterError, also for text that is not TOML."""
    return ControllerMap.of(_SHELF.table(text), name)


def map_names() -> list[str]:
    """The shipped maps' names."""
    return _SHELF.names()


def to_toml(controller_map: ControllerMap) -> str:
    """A map as TOML text that `parse` reads; defaults are left out."""
    lines = [
        f"{key} = {literal(text)}"
        for key in ("description", "port")
        if (text := getattr(controller_map, key))
    ]
    for key, table in controller_map.tables:
        lines += ["", f"[[{key}]]" if key in SEVERAL else f"[{key}]"]
        lines += [f"{name} = {literal(value)}" for name, value in table]
    return "\n".join(lines).lstrip("\n") + "\n"


def schema() -> dict[str, Any]:
    """A JSON Schema of controller maps, for editors that complete and check TOML as it is written."""
    properties: dict[str, Any] = {
        "description": {"type": "string", "description": "one line on what the map is for"},
        "port": {"type": "string", "description": "the port, or a part of its name, that it was made for"},
    }
    for key, section in TABLES.items():
        one = section[key].model.model_json_schema()
        one["description"] = section.help
        for field in [one, *one["properties"].values()]:
            field.pop("title", None)
        if key == "control":
            one["required"] = ["target"]
        properties[key] = {"type": "array", "items": one} if key in SEVERAL else one
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "granulate controller map",
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _folder() -> Any:
    return resources.files("granulate.live.midi").joinpath("maps")


_SHELF = Shelf("controller map", _folder, ParameterError)


def _several(key: str, value: Any) -> list[Any]:
    if key not in SEVERAL:
        return [value]
    if not isinstance(value, list):
        raise ParameterError(f"{key} is not allowed as one table or value; allowed: tables such as [[{key}]]")
    return value


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _thawed(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
