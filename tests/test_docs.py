"""What README, CONTRIBUTING and CHANGELOG have to name is there, and the recipes work; `documentation/` runs the rest."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from granulate import preset as presets
from granulate.corpus import analyse
from granulate.paths import compose
from granulate.preset import SECTIONS, Preset
from granulate.resynthesis import Rendering
from granulate.stages import (
    descriptors,
    envelopes,
    orders,
    phases,
    reducers,
    scalers,
    sounding,
    spectra,
    walks,
)
from tests.conftest import melody

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


RECIPES = {
    "clip": (scalers, "scaling"),
    "crest": (descriptors, "descriptors"),
    "pairs": (orders, "path"),
    "lowpass": (spectra, "spectrum"),
    "opposite": (phases, "phase"),
    "loudest": (reducers, "reduction"),
    "leap": (walks, "path"),
    "accelerate": (sounding, "grain"),
    "ramp": (envelopes, "envelope"),
}


@pytest.mark.parametrize("name", RECIPES)
def test_every_recipe_works_as_it_stands(name: str) -> None:
    module, section = RECIPES[name]
    functions = re.split(r"\n\n\n", "\n\n\n".join(blocks(CONTRIBUTING, "python")))
    (code,) = (f for f in functions if f"def {name}(" in f)
    try:
        exec(compile(code, "CONTRIBUTING", "exec"), dict(vars(module)))
        preset = Preset.of({"path": {"kind": "reverse"}}).set(f"{section}.kind={name}")
        sound = melody(0.5)
        corpus = analyse(sound, preset)
        frames = np.concatenate([block for _, block in Rendering(compose(corpus, preset)).blocks()])
        assert np.isfinite(frames).all()
        assert len(frames) == sound.n_samples or name == "accelerate"
        assert f'"{name}"' in presets.to_toml(preset)
    finally:
        SECTIONS[section].stages.pop(name, None)


def test_the_changelog_names_every_stage() -> None:
    changelog = (ROOT / "CHANGELOG.md").read_text()
    for section in SECTIONS.values():
        for kind in section.stages:
            assert section.single or kind in ("none", "shuffle") or f"`{kind}`" in changelog, kind
