"""Markdown that Sphinx and a forge's own reader show alike: headings, tables, and text that stays what it is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

NOTE = "<!-- Written by python -m docs.make from the registry. -->"
"""Stands under the title of every page that is made, for whoever would edit it."""


def joined(*parts: str) -> str:
    """A page of parts, with an empty line between them."""
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table whose cells are Markdown already; nothing where there are no rows."""
    lines = [f"| {' | '.join(cell.strip() for cell in row)} |" for row in rows]
    if not lines:
        return ""
    return "\n".join([f"| {' | '.join(heads)} |", f"| {' | '.join('---' for _ in heads)} |", *lines])


def plain(text: str) -> str:
    """Text in which only backticks mean something: what stands between them is code."""
    parts = re.split(r"(``.+?``|`[^`]+`)", " ".join(text.split()))
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def cell(text: str) -> str:
    """The same, as it may stand in a table."""
    return plain(text).replace("|", "\\|")


def code(text: object) -> str:
    """A value as code, as it may stand in a table."""
    shown = str(text).replace("|", "\\|")
    return f"`` {shown} ``" if "`" in shown else f"`{shown}`"


def block(text: str, language: str = "text") -> str:
    """Some lines as code."""
    return f"```{language}\n{text.strip(chr(10))}\n```"


def prose(docstring: str | None) -> str:
    """A docstring's paragraphs; lines that are indented in it are code."""
    import inspect

    parts = []
    for part in inspect.cleandoc(docstring or "").split("\n\n"):
        indented = all(line.startswith("    ") for line in part.splitlines())
        parts.append(block(inspect.cleandoc(part)) if indented and part else plain(part))
    return "\n\n".join(parts)


def _escaped(text: str) -> str:
    return re.sub(r"([*<\\])", r"\\\1", text)
