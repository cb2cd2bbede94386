"""The page of promises names only tests and benchmarks that there are, and all that stand in this folder."""

from __future__ import annotations

import ast
import re
import shlex
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text()
ROWS = [line for line in PAGE.splitlines() if re.match(r"\| P\d+ \|", line)]
TESTS = sorted(set(re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", PAGE)))
COMMANDS = sorted(set(re.findall(r"`python -m (benchmarks[^`]*)`", PAGE)))


@pytest.mark.parametrize(("file", "name"), TESTS, ids="::".join)
def test_a_test_that_is_named_exists(file: str, name: str) -> None:
    path = ROOT / file
    assert path.is_file()
    found = {node.name for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.FunctionDef)}
    assert not name or name in found, f"{file} has no {name}"


@pytest.mark.parametrize("command", COMMANDS)
def test_a_benchmark_that_is_named_exists_and_has_its_options(command: str) -> None:
    module, *words = shlex.split(command)
    package = module == "benchmarks"
    path = ROOT / ("benchmarks/__main__.py" if package else module.replace(".", "/") + ".py")
    source = path.read_text() + (ROOT / "benchmarks" / "material.py").read_text()
    for word in words:
        if word.startswith("--"):
            assert f'"{word}"' in source, f"{module} has no {word}"


def test_every_promise_has_a_row_with_a_figure_and_a_way_to_repeat_it() -> None:
    assert [row.split(" | ")[0] for row in ROWS] == [f"| P{n}" for n in range(1, 21)]
    for row in ROWS:
        number, promise, measure, target, reached, repeat = (
            part.strip() for part in row.strip("| ").split(" | ")
        )
        assert all((promise, measure, target)), number
        assert re.search(r"\d|bit|all|none|equal", reached), number
        assert re.search(r"`(tests/|python -m benchmarks)", repeat), number


def test_every_test_of_promises_is_named() -> None:
    here = {f"tests/promises/{path.name}" for path in Path(__file__).parent.glob("test_*.py")}
    assert here - {file for file, _ in TESTS} == {"tests/promises/test_page.py"}
