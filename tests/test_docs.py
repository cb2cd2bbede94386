"""What README, CONTRIBUTING and CHANGELOG have to name is there; `documentation/` runs the rest, and `test_recipes` what is to be added."""

from __future__ import annotations

import re
from pathlib import Path

from granulate import preset as presets
from granulate.preset import SECTIONS

ROOT = Path(__file__).parents[1]
README, CONTRIBUTING = ((ROOT / name).read_text() for name in ("README.md", "CONTRIBUTING.md"))


def blocks(text: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", text, re.S)


def test_the_readmes_preset_is_one_and_names_every_kind() -> None:
    (text,) = blocks(README, "toml")
    presets.parse(text)
    for section in SECTIONS.values():
        for kind in () if section.single else section.stages:
            assert re.search(rf"\[{section.name}\].*\b{kind}\b", text), (
                f"{section.name}: {kind} is not told of"
            )


def test_the_changelog_names_every_stage() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    for section in SECTIONS.values():
        for kind in section.stages:
            assert section.single or kind in ("none", "shuffle") or f"`{kind}`" in changelog, kind
