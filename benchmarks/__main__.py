"""Every benchmark, one after another, and one table of what they reached.

    python -m benchmarks [--list] [--quick] [--only NAME...] [--json FILE] [--markdown FILE]
                         [--audio FILE... --target FILE --sounds FOLDER --many FOLDER]

A row is a ratio or a count, what it is measured beside, its goal, and whether that is met. What fails, or lacks a
program, a package or material, is a row that says so. --json keeps each benchmark's rows, and those of benchmarks that
were not run this time stay in it: figures can be had a few at a time, when the machine is quiet. --markdown puts the
table of all of them into a page. `--only` without names runs nothing, and writes the page anew.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping
from pathlib import Path

from benchmarks import table
from benchmarks.catalogue import CATALOGUE
from benchmarks.catalogue.entry import Benchmark
from benchmarks.machine import described
from benchmarks.running import Material, Result, run, unmeasured


def options() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(
        prog="python -m benchmarks", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    made.add_argument("--list", action="store_true", help="tell of the benchmarks, and run none")
    made.add_argument("--quick", action="store_true", help="a minute each at most; figures are rougher")
    made.add_argument("--only", nargs="*", metavar="NAME", help="these benchmarks, of --list")
    made.add_argument("--json", type=Path, metavar="FILE", help="keep results here, and what is kept there")
    made.add_argument("--markdown", type=Path, metavar="FILE", help="the page that shows the table")
    made.add_argument("--audio", nargs="*", type=Path, default=[], help="recordings to measure on")
    made.add_argument("--target", type=Path, help="speech that a mosaic rebuilds out of --audio")
    made.add_argument("--sounds", type=Path, help="a folder of sounds whose kind is the name's prefix")
    made.add_argument("--many", type=Path, help="a folder of thousands of sounds")
    return made


def chosen(names: list[str] | None) -> list[Benchmark]:
    """The entries of these names, or all. Raises SystemExit naming what is unknown."""
    if names is None:
        return list(CATALOGUE.values())
    for name in names:
        if name not in CATALOGUE:
            raise SystemExit(f"no benchmark {name!r}; allowed: {', '.join(CATALOGUE)}")
    return [entry for name, entry in CATALOGUE.items() if name in names]


def tell(entries: list[Benchmark]) -> None:
    for entry in entries:
        needs = ", ".join(need.name for need in entry.needs if not need.there())
        lacking = f" (not here: {needs})" if needs else ""
        words = " ".join([f"python -m benchmarks.{entry.module}", *entry.arguments])
        print(f"{entry.name:<18} {entry.what}{lacking}\n{'':<18} {words}, about {entry.minutes:g} min")


def material(given: argparse.Namespace) -> Material:
    """What was given, as absolute paths: benchmarks run in the repository's folder."""
    one = {
        name: [getattr(given, name)] if getattr(given, name) else [] for name in ("target", "sounds", "many")
    }
    paths = {"audio": given.audio, **one}
    return {name: [str(path.resolve()) for path in found] for name, found in paths.items()}


def kept(path: Path | None) -> dict[str, Result]:
    """What earlier runs gave, in the catalogue's order."""
    if path is None or not path.exists():
        return {}
    try:
        content = json.loads(path.read_text())["results"]
        return {name: Result.from_json(content[name]) for name in CATALOGUE if name in content}
    except (ValueError, KeyError, TypeError) as error:
        raise SystemExit(f"{path}: holds no results ({error}); allowed: another name") from None


def whole(results: Mapping[str, Result]) -> dict[str, Result]:
    """The same with a place for every benchmark of the catalogue."""
    return {name: results.get(name) or unmeasured(entry) for name, entry in CATALOGUE.items()}


def keep(path: Path, machine: str, results: Mapping[str, Result]) -> None:
    content = {"machine": machine, "results": {name: found.to_json() for name, found in results.items()}}
    path.write_text(json.dumps(content, indent=1) + "\n")


def main() -> None:
    given = options().parse_args()
    entries = chosen(given.only)
    if given.list:
        tell(entries)
        return
    results, machine = kept(given.json), described()
    print(machine, flush=True)
    for entry in entries:
        print(f"{entry.name}: {entry.what} ...", flush=True)
        found = run(entry, material(given), quick=given.quick)
        results = {
            name: found if name == entry.name else results[name]
            for name in CATALOGUE
            if name == entry.name or name in results
        }
        print(f"  {found.seconds:.0f} s, {found.machine}; {table.counts({entry.name: found})}", flush=True)
        if given.json:
            keep(given.json, machine, results)
    print(f"\n{table.markdown(results)}\n\n{table.counts(results)}")
    if given.markdown:
        table.write(given.markdown, whole(results), machine)


if __name__ == "__main__":
    main()
