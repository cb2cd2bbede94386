"""CONTRIBUTING's recipes, carried out to the letter in a copy of the tree: what is added is tested by existing."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import granulate as gr
from tests.conftest import melody

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "CONTRIBUTING.md"

TESTS = (
    "test_presets.py", "test_analysis.py", "test_reducers_and_orders.py", "test_walks.py", "test_segmentation.py",
    "test_envelopes.py", "test_resynthesis.py", "test_exports.py", "test_cli.py", "live/test_bounds.py",
    "live/test_input_corpus.py",
)  # fmt: skip
"""Where tests over a whole registry are."""

SELECT = """
import pathlib, re
import granulate
assert pathlib.Path(granulate.__file__).is_relative_to(pathlib.Path(__file__).parent), granulate.__file__
NAMES = {names}
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if NAMES & {{*re.split(r"[][-]", item.name)}}]
"""

MEASURED = """
from granulate.library.measures import MEASURES, columns, measure
from granulate.sound_file import read
chosen = [MEASURES.bind({"kind": "beginning"})]
print(*[column.name for column in columns(chosen)], *measure(read("in.wav"), chosen).summary)
"""


class Recipe(NamedTuple):
    """Code for a file: all of a new one, at the end of one, or below a line of it."""

    path: str
    below: str
    code: str

    @property
    def name(self) -> str:
        """What it adds; nothing for the file of what a line of another names."""
        found = re.search(r"\.add\(.*\)\ndef (\w+)\(", self.code) or re.match(r'    "(\w+)": ', self.code)
        return found[1] if found else ""

    def carry_out(self, root: Path) -> None:
        target = root / self.path
        before = target.read_text() if target.exists() else ""
        if self.below:
            (line,) = (line for line in before.splitlines(keepends=True) if line.startswith(self.below))
            after = before.replace(line, line + self.code)
        else:
            after = f"{before}\n\n{self.code}" if before else self.code
        target.write_text(after)


def recipes() -> Iterator[Recipe]:
    """Those that a block of code has in its first line's words."""
    for block in re.findall(r"```python\n(.*?)```", GUIDE.read_text(), re.S):
        first, _, code = block.partition("\n")
        path, _, below = first.removeprefix("# ").partition(", below: ")
        yield Recipe(path, below, code)


RECIPES = list(recipes())
NAMES = [recipe.name for recipe in RECIPES if recipe.name and "measures" not in recipe.path]
"""Of what tests over a registry are parametrised by; sets of measures are tested all together."""


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The copy with every recipe in it."""
    root = tmp_path_factory.mktemp("recipes")
    for name in ("granulate", "tests", "presets", "clients"):
        ignored = shutil.ignore_patterns("__pycache__", "kernels") if name == "granulate" else None
        shutil.copytree(ROOT / name, root / name, ignore=ignored or shutil.ignore_patterns("__pycache__"))
    # Nothing is added to the kernels, and their compiled code is found where they lie.
    (root / "granulate" / "kernels").symlink_to(ROOT / "granulate" / "kernels")
    shutil.copy(ROOT / "pyproject.toml", root)
    for recipe in RECIPES:
        recipe.carry_out(root)
    return root


@pytest.fixture(scope="module")
def ran(tree: Path) -> list[tuple[str, str]]:
    """What became of the tests of the copy that name what was added: (id, outcome)."""
    (tree / "conftest.py").write_text(SELECT.format(names={*NAMES}))
    command = [sys.executable, "-m", "pytest", "-v", "-p", "no:cacheprovider", *(f"tests/{t}" for t in TESTS)]
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr
    return re.findall(r"^tests/\S+::(\S+) (PASSED|SKIPPED|FAILED|ERROR)", done.stdout, re.M)


def test_each_kind_has_its_recipe_and_one_file_to_go_to() -> None:
    table = re.findall(r"^\| \w+ \| `(stages/\w+\.py)` \|", GUIDE.read_text(), re.M)
    told = {recipe.path.removeprefix("granulate/") for recipe in RECIPES}
    # A mosaic is a search of its own: what there is to copy from is its file.
    assert {*table} - {"stages/mosaics.py"} <= told
    assert {Path(path).parts[0] for path in told} == {"stages", "library", "exports", "cli"}
    assert len({*NAMES}) == len(NAMES)


@pytest.mark.parametrize("name", NAMES)
def test_what_is_added_is_tested_by_existing(name: str, ran: list[tuple[str, str]]) -> None:
    own = [outcome for test, outcome in ran if name in re.split(r"[][-]", test)]
    assert "PASSED" in own
    assert {*own} <= {"PASSED", "SKIPPED"}


def test_what_is_added_is_well_formed(tree: Path, ran: list[tuple[str, str]]) -> None:
    changed = sorted({recipe.path for recipe in RECIPES})
    for words in (("check",), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *words, "--no-cache", *changed]
        done = subprocess.run(command, cwd=tree, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr


def test_what_is_added_is_there_for_users(tree: Path) -> None:
    gr.write(melody(0.5), tree / "in.wav")

    def said(*words: str) -> str:
        return subprocess.run(
            [sys.executable, *words], cwd=tree, capture_output=True, text=True, timeout=120, check=True
        ).stdout

    assert said("-m", "granulate", "length", "in.wav") == "in.wav: 0.500 s\n"
    told, value = said("-c", MEASURED).split()
    assert (told, 0 < float(value) < 1) == ("beginning", True)
    settings = [
        f"--set={setting}"
        for setting in (
            "segmentation.kind=equal", "descriptors.kind=crest", "scaling.kind=clip", "reduction.kind=loudest",
            "path.kind=leap", "grain.kind=accelerate", "envelope.kind=ramp", "segmentation.parts=9",
        )
    ]  # fmt: skip
    said(
        "-m",
        "granulate",
        "render",
        "in.wav",
        "-o",
        "out.wav",
        "--export",
        "rows=rows.tsv",
        "--force",
        *settings,
    )
    rows = [line.split("\t") for line in (tree / "rows.tsv").read_text().splitlines()]
    assert [float(begin) for begin, _ in rows] == pytest.approx([0.02 * i for i in range(9)], abs=1e-4)
    assert gr.read(tree / "out.wav").peak > 0.01
