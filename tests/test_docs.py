"""What README and CONTRIBUTING show is true: commands, options, presets, code and recipes."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import numpy as np
import pytest

import granulate as gr
from granulate import preset as presets
from granulate.cli import granulate
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


def commands() -> list[list[str]]:
    lines = "\n".join(blocks(README, "sh")).splitlines()
    parts = [shlex.split(line, comments=True) for line in lines]
    return [words[1:] for words in parts if words and words[0] == "granulate"]


@pytest.mark.parametrize("words", commands(), ids=" ".join)
def test_the_readmes_commands_are_commands(words: list[str]) -> None:
    found: click.Command | None = granulate
    with click.Context(granulate, info_name="granulate") as context:
        while isinstance(found, click.Group):
            _, found, words = found.resolve_command(context, words)
    assert found is not None
    given = found.make_context(found.name, list(words)).params
    named = given.get("presets") or [given.get("preset") or "unfold"]
    for name in named:
        presets.load(name).set(*given.get("settings", ()))


def test_the_readmes_preset_is_one_and_names_every_kind() -> None:
    (text,) = blocks(README, "toml")
    presets.parse(text)
    for section in SECTIONS.values():
        for kind in () if section.single else section.stages:
            assert re.search(rf"\[{section.name}\].*\b{kind}\b", text), (
                f"{section.name}: {kind} is not told of"
            )


def test_the_readmes_code_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    gr.write(melody(0.3), "violin.flac")
    (code,) = blocks(README, "python")
    assert len(code.strip().splitlines()) < 10
    exec(compile(code, "README", "exec"), {})
    assert gr.read("islands.wav").n_samples == gr.read("violin.flac").n_samples


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
