"""TOML files that are named or pointed to: presets of sounds, and maps of controllers."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any, TypeVar

from granulate.atomic import AnyPath, reason
from granulate.errors import ParameterError, printable
from granulate.parameters import listed, near

MAX_BYTES = 1 << 20
Made = TypeVar("Made")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Files of one sort: the shipped ones, which have names, and anybody's, which have paths.

    `noun`: what messages call one of them; `folder`: where the shipped ones lie; `refusal`: what is raised.
    """

    noun: str
    folder: Callable[[], Traversable | Path]
    refusal: type[ParameterError]

    def names(self) -> list[str]:
        """The shipped files' names."""
        entries = self.folder().iterdir()
        return sorted(e.name.removesuffix(".toml") for e in entries if e.name.endswith(".toml"))

    def load(self, name: AnyPath, parse: Callable[[str, str], Made]) -> Made:
        """What `parse` makes of the text and the name of a shipped file, or of one by path.

        Anything with a separator or a suffix is a path. Raises the refusal, and names the file in it.
        """
        shipped = self.names()
        if str(name) in shipped:
            return parse(self.folder().joinpath(f"{name}.toml").read_text("utf-8"), str(name))
        path, shown = Path(name), printable(name)
        try:
            if not path.suffix and len(path.parts) == 1 and not path.exists():
                raise self.refusal(
                    f"unknown {self.noun} {shown!r}{near(name, shipped)};"
                    f" allowed: a TOML file, or {listed(shipped)}"
                )
            text = self._text(path)
        except (OSError, UnicodeDecodeError) as error:
            raise self.refusal(f"{shown}: {reason(error)}") from None
        try:
            return parse(text, path.stem)
        except self.refusal as error:
            raise self.refusal(f"{shown}: {error}") from None

    def table(self, text: str) -> dict[str, Any]:
        """What TOML text says. Raises the refusal for text that is not TOML."""
        try:
            return tomllib.loads(text)
        except (tomllib.TOMLDecodeError, RecursionError) as error:
            raise self.refusal(f"not TOML: {error}") from None

    def _text(self, path: Path) -> str:
        shown = printable(path)
        if not path.is_file():
            raise self.refusal(f"{shown}: not a file")
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise self.refusal(f"{shown}: {size} bytes; a {self.noun} has at most {MAX_BYTES}")
        return path.read_text("utf-8")


def literal(value: Any) -> str:
    """A value as TOML writes it: a number, a boolean, text, a list or a table of them."""
    # JSON's are TOML's too, but for its objects, and for one character.
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{literal(key)} = {literal(item)}" for key, item in value.items()) + "}"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
