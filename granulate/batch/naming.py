"""Names of outputs: a template for each, and never one name for two."""

from __future__ import annotations

import hashlib
import os
import string
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from granulate.batch.inputs import Input
from granulate.errors import OutputError, printable
from granulate.parameters import listed, near
from granulate.sound_file.formats import EXTENSIONS

DEFAULT_NAME = "{stem}-{preset}"
FIELDS = ("folder", "stem", "ext", "preset", "number", "seed")
_NUMBERS = ("number", "seed")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What one output's name is made of."""

    input: Input
    number: int
    """Of the input, from 1."""
    preset: str
    seed: int


def names(template: str, extension: str, wanted: Sequence[Wanted]) -> list[str]:
    """A path below the output folder for each, all different, also to a file system that ignores case.

    Where the template does not say `{folder}`, the name stands in the input's own folder of the tree. Outputs that
    would share a name have the input's extension added to it and, where that does not tell them apart, a digest of
    the input's name: so a name depends on the inputs that there are, and not on what became of them.

    Raises OutputError for a template with unknown or malformed fields, one that gives several sounds one name
    whatever they are called, or one that leads out of the folder.
    """
    fields = _checked(template, wanted)
    stems = [_formatted(template, fields, entry) for entry in wanted]
    found = [stem + extension for stem in stems]
    for tell in (_by_extension, _by_digest):
        shared = Counter(map(_folded, found))
        found = [
            f"{stem}-{tell(entry)}{extension}" if shared[_folded(name)] > 1 else name
            for stem, entry, name in zip(stems, wanted, found, strict=True)
        ]
    for name, count in Counter(map(_folded, found)).items():
        if count > 1:
            raise OutputError(
                f"{printable(name)}: {count} sounds would have this name; allowed: another --name"
            )
    return found


def split_extension(template: str, format_: str | None) -> tuple[str, str]:
    """A template without its extension, and the extension that outputs get. Raises OutputError."""
    stem, extension = os.path.splitext(template)
    if format_ is None:
        return (stem, extension.lower()) if extension.lower() in EXTENSIONS else (template, ".wav")
    wanted = "." + format_.lower().removeprefix(".")
    if wanted not in EXTENSIONS:
        kinds = [known[1:] for known in EXTENSIONS]
        raise OutputError(f"the format {format_!r}{near(wanted[1:], kinds)}; allowed: {listed(kinds)}")
    if extension.lower() in EXTENSIONS and extension.lower() != wanted:
        raise OutputError(f"the name {template!r} and the format {format_!r} differ; allowed: one of them")
    return (stem if extension.lower() in EXTENSIONS else template), wanted


def _checked(template: str, wanted: Sequence[Wanted]) -> set[str]:
    """The fields of a template."""
    fields = set()
    try:
        for _, field, spec, conversion in string.Formatter().parse(template):
            if field is None:
                continue
            if field not in FIELDS:
                raise OutputError(
                    f"the name {template!r}: unknown field {{{field}}}{near(field, FIELDS)};"
                    f" allowed: {listed('{' + name + '}' for name in FIELDS)}"
                )
            if conversion or (spec and (field not in _NUMBERS or not spec.isalnum())):
                raise OutputError(
                    f"the name {template!r}: {{{field}}} with a format; allowed: {{number:04}} and {{seed:04}} only"
                )
            fields.add(field)
    except ValueError as error:
        raise OutputError(
            f"the name {template!r}: {error}; allowed: a text with {{stem}} or {{number}}"
        ) from None
    if not fields & {"stem", "number"}:
        raise OutputError(
            f"the name {template!r} is one for all sounds; allowed: with {{stem}} or {{number}}"
        )
    if "preset" not in fields and len({entry.preset for entry in wanted}) > 1:
        raise OutputError(f"the name {template!r} is one for all presets; allowed: with {{preset}}")
    return fields


def _formatted(template: str, fields: set[str], entry: Wanted) -> str:
    values = {
        "folder": entry.input.place,
        "stem": entry.input.stem,
        "ext": entry.input.extension,
        "preset": entry.preset,
        "number": entry.number,
        "seed": entry.seed,
    }
    try:
        name = template.format(**values)
    except (ValueError, OverflowError, MemoryError) as error:
        raise OutputError(f"the name {template!r}: {error}; allowed: {{number:04}} and the like") from None
    if os.path.isabs(template) or os.path.splitdrive(name)[0]:
        raise OutputError(f"the name {template!r} leads out of the output folder; allowed: a name below it")
    parts = [part for part in name.replace(os.altsep or os.sep, os.sep).split(os.sep) if part]
    if "folder" not in fields and entry.input.place:
        parts = [*entry.input.place.split(os.sep), *parts]
    if not parts or name.endswith(os.sep) or any(part.startswith(".") or "\0" in part for part in parts):
        raise OutputError(
            f"the name {template!r} gives {printable(os.sep.join(parts) or name)}; allowed: names below the output"
            " folder that do not begin with a dot"
        )
    return os.sep.join(parts)


def _folded(name: str) -> str:
    """What names have in common that some file system takes for one."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", name).casefold())


def _by_extension(entry: Wanted) -> str:
    return entry.input.extension.lower()


def _by_digest(entry: Wanted) -> str:
    return hashlib.sha256(os.fsencode(entry.input.name)).hexdigest()[:8]
