"""The catalogue of benchmarks fits its modules, and whatever a benchmark does becomes rows of one table."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import table
from benchmarks.catalogue import CATALOGUE
from benchmarks.catalogue.entry import Benchmark, Cell, Goal, Line, Need, Output, Ratio
from benchmarks.running import Result, Row, run
from benchmarks.timing import TABLES, show

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "benchmarks"
HELPERS = {"__main__", "baseline", "live_flood"}
"""Run by others, and without figures of their own."""

TABLE = ("Speeds of 3 s", ["what", "n", "ms", "goal", "ms again"], [["ours", 5, 2.0, "met", 3.0], ["ours", 7, 4.0, "met", 5.0],
         ["theirs", 5, 10.0, "", ""]])  # fmt: skip
OUTPUT = Output(
    [("Speeds of 1 s", ["what", "ms"], [["ours", 99.0]]), TABLE],
    "map of 1,000 took 12 s\nmap of 20 took 3 s\n",
)


@pytest.mark.parametrize(
    ("where", "found"),
    [
        (Cell("Speeds", ("ours", 5), "ms"), [2.0]),
        (Cell("Speeds", ("ours",), ("ms", "ms again")), [2.0, 3.0, 4.0, 5.0]),
        (Cell("Speeds", (..., 7), 2), [4.0]),
        (Cell("Speeds", (), "ms"), [2.0, 4.0, 10.0]),
        (Cell("of 1 s", (), "ms"), [99.0]),
        (Cell("Speeds", ("theirs",), "ms again"), []),
        (Cell("Speeds", ("nobody",), "ms"), []),
        (Cell("Speeds", ("ours",), "no column"), []),
        (Cell("No table", ("ours",), "ms"), []),
        (Line(r"map of ([\d,]+) took"), [1000.0, 20.0]),
        (Ratio(Cell("Speeds", ("theirs",), "ms"), Cell("Speeds", ("ours", 5), "ms")), [5.0]),
        (Ratio(Cell("Speeds", ("theirs",), "ms"), Cell("Speeds", ("nobody",), "ms")), []),
    ],
)  # fmt: skip
def test_figures_are_found_where_they_stand(where: Cell | Line | Ratio, found: list[float]) -> None:
    assert where.all(OUTPUT) == found


def test_of_several_figures_the_worst_counts() -> None:
    where = Cell("Speeds", ("ours",), "ms")
    for goal, figure, met in (
        (Goal("", where, at_most=3), 4.0, False),
        (Goal("", where, at_most=4), 4.0, True),
        (Goal("", where, at_least=3), 2.0, False),
        (Goal("", where, at_least=2), 2.0, True),
        (Goal("", where), 4.0, None),
    ):
        assert goal.figure(OUTPUT) == figure
        assert goal.met(figure) is met
    assert Goal("", Cell("Nothing", (), "ms"), at_most=1).figure(OUTPUT) is None


def test_every_module_is_in_the_catalogue() -> None:
    runs = {path.stem for path in FOLDER.glob("*.py") if "\nif __name__ ==" in path.read_text()}
    assert runs - HELPERS == {entry.module for entry in CATALOGUE.values()}


@pytest.mark.parametrize("entry", CATALOGUE.values(), ids=CATALOGUE)
def test_an_entry_fits_its_module(entry: Benchmark) -> None:
    helpers = [path for path in FOLDER.glob("*.py") if "\nif __name__ ==" not in path.read_text()]
    source = "".join(path.read_text() for path in (FOLDER / f"{entry.module}.py", *helpers))
    words = [*entry.arguments, *(entry.quick or ())]
    for option in (word for word in words if word.startswith("--")):
        assert f'"{option}"' in source or '{name}"' in source, f"{entry.module} has no option {option}"
    assert set(re.findall(r"\{(\w+)\}", " ".join(words))) <= {"audio", "target", "sounds", "many"}
    names = [goal.what for goal in entry.goals]
    assert len(set(names)) == len(names) > 0
    for goal in entry.goals:
        columns = getattr(goal.where, "column", ())
        for column in columns if isinstance(columns, tuple) else (columns,):
            # Numbers in a heading are often put there.
            parts = () if isinstance(column, int) else re.split(r"[\d,]+", column)
            assert all(part in source for part in parts), f"{entry.module} has no column {column!r}"


def test_tables_are_handed_over_as_they_are_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    import numpy as np

    monkeypatch.setenv(TABLES, str(tmp_path / "tables"))
    show("Speeds", ["what", "ms"], [["ours", np.float32(0.123456)], ["theirs", Path("x")]])
    title, header, rows = json.loads((tmp_path / "tables").read_text())
    assert (title, header) == ("Speeds", ["what", "ms"])
    assert rows == [["ours", pytest.approx(0.123456)], ["theirs", "x"]]
    assert "| ours | 0.123 |" in capsys.readouterr().out


WHERE = Cell("Speeds", ("ours",), "ms")
BROKEN = Benchmark("broken", "no_such_module", "", (Goal("speed", WHERE, at_most=1),))


@pytest.mark.parametrize(
    ("entry", "quick", "why"),
    [
        (BROKEN, False, "failed: .*No module named benchmarks.no_such_module"),
        (replace(BROKEN, needs=(Need("a sound card", lambda: False),)), False, "needs a sound card"),
        (replace(BROKEN, arguments=("--audio", "{audio}")), False, "needs --audio"),
        (replace(BROKEN, quick=None), True, "not in a quick run"),
    ],
    ids=["fails", "lacks", "without material", "not quick"],
)
def test_what_cannot_be_measured_is_a_row_that_says_why(entry: Benchmark, quick: bool, why: str) -> None:
    (row,) = run(entry, {}, quick=quick).rows
    assert (row.figure, row.met) == (None, None)
    assert re.match(why, row.verdict)


def test_a_benchmark_is_run_and_its_rows_are_kept_beside_those_of_others(tmp_path: Path) -> None:
    kept, page = tmp_path / "measured.json", tmp_path / "page.md"
    page.write_text(f"# Figures\n\nBefore.\n\n{table.BEGIN}\nold\n{table.END}\n\nAfter.\n")
    other = Result(
        (Row("startup of old", 1.0, "s", "", "at most 2", True),), "command", 3.0, "steal 0 %", "2026-01-01"
    )
    command.keep(kept, "a machine", {"startup": other})
    words = ["--quick", "--only", "analysis", "--json", str(kept), "--markdown", str(page)]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    results = command.kept(kept)
    assert list(results) == ["startup", "analysis"]
    assert results["startup"] == other
    assert results["analysis"].quick
    speed, _, error = results["analysis"].rows
    assert speed.figure is not None
    assert speed.met == (speed.figure >= 5)
    assert error.met
    text = page.read_text()
    assert text.startswith("# Figures\n\nBefore.\n")
    assert text.endswith("\n\nAfter.\n")
    assert "old\n" not in text
    assert table.markdown(command.whole(results)) in text
    assert table.markdown(results) in done.stdout


def test_a_page_without_its_marks_is_left_alone(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Mine\n")
    with pytest.raises(SystemExit, match="lacks the lines"):
        table.write(page, {}, "a machine")
    assert page.read_text() == "# Mine\n"


def test_unknown_names_and_files_are_told(tmp_path: Path) -> None:
    with pytest.raises(SystemExit, match=r"no benchmark 'tuor'; allowed: startup, "):
        command.chosen(["tuor"])
    (tmp_path / "x.json").write_text("[]")
    with pytest.raises(SystemExit, match="holds no results"):
        command.kept(tmp_path / "x.json")


def test_the_documentation_shows_the_table_as_measured() -> None:
    """Where it does not: `python -m benchmarks --only --json benchmarks/measured.json --markdown docs/benchmarks.md`."""
    results = command.whole(command.kept(FOLDER / "measured.json"))
    assert table.markdown(results) in (ROOT / "docs" / "benchmarks.md").read_text()
    assert sum(row.figure is not None for result in results.values() for row in result.rows) > 20
