"""Everything that README and docs show is run: commands in a folder with the sounds that they name, code, presets, links."""

from __future__ import annotations

import re
import tomllib
from itertools import pairwise
from pathlib import Path

import click
import pytest

from granulate import demo_sound
from granulate import preset as presets
from granulate.cli import demo as demo_command
from granulate.cli import granulate
from tests.documentation import elsewhere
from tests.documentation.markdown import ROOT, SHELLS, Block, Command, blocks, commands, pages
from tests.documentation.place import RATE, furnish, short_demo
from tests.documentation.running import Reader

PAGES = pages()
GENERATED = ("docs/reference", "docs/gallery")
"""Written out of the registry: of their commands, which other tests run for every preset, the options are checked."""
STARTS = ("docs/start/",)
"""These pages make all that they use, so their folder is empty."""

Captured = pytest.CaptureFixture[str]


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def shell(page: Path) -> list[Block]:
    return blocks(page, *SHELLS)


def shown(page: Path) -> list[Command]:
    return [command for block in shell(page) for command in commands(block)]


RUN = [page for page in PAGES if not named(page).startswith(GENERATED) and shown(page)]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where nothing of this machine is found: no cache, and a demo of two seconds."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GRANULATE_CACHE", str(tmp_path / ".cache"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")  # threads that wait for one another take longer than one alone
    monkeypatch.setattr(demo_command, "demo", short_demo)
    monkeypatch.setattr(demo_command, "demo_library", lambda seed: demo_sound.demo_library(5, RATE, seed))
    return tmp_path


@pytest.mark.parametrize("page", RUN, ids=named)
def test_a_page_can_be_followed(
    page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: Captured
) -> None:
    found = shown(page)
    if not named(page).startswith(STARTS):
        furnish(folder)
        if any(command.words[1:2] == ("demo",) for command in found):
            (folder / "granulate-demo" / "demo.wav").unlink()
            (folder / "granulate-demo").rmdir()
    reader = Reader(monkeypatch, capfd)
    try:
        for command, after in pairwise([*found, None]):
            assert command is not None
            is_second = command.block.for_second_terminal
            if elsewhere.is_run(command):
                reader.run(command, is_accompanied=not is_second and _is_second(after))
            else:
                elsewhere.check(command)
    finally:
        reader.end()


def _is_second(command: Command | None) -> bool:
    return command is not None and command.block.for_second_terminal


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_options_and_presets_are_there(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for command in shown(page):
        if command.content is not None:
            Path(command.words[2]).write_text(command.content)
        elif command.program == "granulate":
            _check_options(command)


def _check_options(command: Command) -> None:
    found: click.Command | None = granulate
    words = list(command.words[1:])
    with click.Context(granulate, info_name="granulate") as context:
        while isinstance(found, click.Group):
            _, found, words = found.resolve_command(context, words)
    assert found is not None, command
    if {"--help", "--version"} & set(words):
        return
    given = found.make_context(found.name, list(words)).params
    several = given.get("presets") or [given.get("preset") or "unfold"]
    if isinstance(given.get("preset"), tuple) or found.name in ("show", "scan", "map"):
        return
    for name in several:
        presets.load(name).set(*given.get("settings", ()))


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "python")], ids=named)
def test_code_runs(page: Path, folder: Path) -> None:
    furnish(folder)
    names: dict[str, object] = {}
    for block in blocks(page, "python"):
        exec(compile(block.text, f"{named(page)}:{block.line}", "exec"), names)


@pytest.mark.parametrize("page", [page for page in PAGES if blocks(page, "toml")], ids=named)
def test_presets_are_right(page: Path) -> None:
    for block in blocks(page, "toml"):
        if set(tomllib.loads(block.text)) <= {*presets.SECTIONS, "description", "seed"}:
            presets.parse(block.text)


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_links_lead_somewhere(page: Path) -> None:
    text = re.sub(r"^```.*?^```", "", page.read_text("utf-8"), flags=re.M | re.S)
    for target in re.findall(r"\]\(([^)#\s]+)[^)]*\)", text):
        if "://" not in target and not target.startswith(("mailto:", "_")) and "/_" not in target:
            assert (page.parent / target).exists(), f"{named(page)}: {target}"


def test_the_start_pages_are_a_page_each() -> None:
    for page in (ROOT / "docs" / "start").glob("*.md"):
        assert len(page.read_text().splitlines()) <= 120, page
