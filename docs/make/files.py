"""Every page of the reference that is written out of the registry."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from docs.make import (
    codes,
    commands,
    contents,
    formats,
    measures,
    midi,
    presets,
    python_api,
    scores,
    sections,
)

ROOT_FOLDER = Path(__file__).parents[2]
"""The repository's."""
REFERENCE = "docs/reference"


def files() -> dict[str, str]:
    """Their texts, by their paths in the repository."""
    pages = {
        **{f"sections/{name}": text for name, text in sections.pages().items()},
        **{f"commands/{name}": text for name, text in commands.pages().items()},
        "presets": presets.page(),
        "score": scores.page(),
        "midi": midi.page(),
        "measures": measures.page(),
        "formats": formats.page(),
        "codes": codes.page(),
        "python": python_api.page(),
    }
    listed = {name: contents.page(name, pages) for name in ("index", "sections/index", "commands/index")}
    return {f"{REFERENCE}/{name}.md": text for name, text in (pages | listed).items()}


def left_over(made: Iterable[str]) -> list[Path]:
    """Pages that lie in the reference's folder and are made no more, as of a command that has gone."""
    wanted = {ROOT_FOLDER / name for name in made}
    return sorted(path for path in (ROOT_FOLDER / REFERENCE).rglob("*.md") if path not in wanted)
