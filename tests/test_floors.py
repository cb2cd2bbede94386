"""The floors of the house: imports point down only, and stages never import one another."""

from __future__ import annotations

import ast
from functools import cache
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[1] / "granulate"

FLOORS = [
    {"errors"},
    {"units", "storage", "atomic"},
    {"types"},
    {"parameters", "kernels", "deep"},
    {"sections"},
    {"space"},
    {"walker"},
    {"stages", "level", "markers", "toml_file"},
    {"preset", "cache", "jobs"},
    {"corpus", "timeline", "sound_file", "sounds"},
    {"paths", "mosaicking"},
    {"resynthesis", "corpus_cache"},
    {"api", "score_file", "exports", "demo_sound", "pictures", "trajectory"},
    {"live", "batch", "library"},
    {"page"},
    {"web"},
    {"notebook"},
    {"cli"},
]
LEVEL = {name: floor for floor, names in enumerate(FLOORS) for name in names}
ABOVE_ALL = {"__init__", "__main__"}
MAY_PRINT = "cli"

MODULES = sorted(path.relative_to(PACKAGE) for path in PACKAGE.rglob("*.py"))


def part(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse((PACKAGE / path).read_text())


def imported(path: Path) -> set[tuple[str, ...]]:
    """Every module of this package that a file imports, at its top or within a function."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {tuple(alias.name.split(".")) for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            module = tuple((node.module or "").split("."))
            found |= {(*module, alias.name) for alias in node.names} if module == ("granulate",) else {module}
    return {names[1:] for names in found if names[0] == "granulate" and len(names) > 1}


def test_every_module_has_a_floor() -> None:
    assert {part(path) for path in MODULES} - ABOVE_ALL == set(LEVEL)


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) not in ABOVE_ALL], ids=str)
def test_imports_point_down(path: Path) -> None:
    own = part(path)
    for names in imported(path):
        other = names[0]
        assert other == own or LEVEL[other] <= LEVEL[own], (
            f"{path} imports granulate.{other}, which is above it"
        )


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) == "stages"], ids=str)
def test_stages_do_not_import_one_another(path: Path) -> None:
    assert not {names for names in imported(path) if names[0] == "stages"}


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) == "kernels" and p.stem != "jit"], ids=str)
def test_kernels_are_loaded_without_the_compiler(path: Path) -> None:
    froms = [node for node in ast.walk(tree(path)) if isinstance(node, ast.ImportFrom)]
    assert not [node for node in froms if node.module == "numba" and "njit" in {a.name for a in node.names}]


@pytest.mark.parametrize("path", [p for p in MODULES if part(p) != MAY_PRINT], ids=str)
def test_only_the_command_line_prints(path: Path) -> None:
    calls = [node.func for node in ast.walk(tree(path)) if isinstance(node, ast.Call)]
    assert not [f for f in calls if isinstance(f, ast.Name) and f.id == "print"]


@pytest.mark.parametrize("path", MODULES, ids=str)
def test_files_stay_a_comfortable_read(path: Path) -> None:
    assert len((PACKAGE / path).read_text().splitlines()) <= 500
