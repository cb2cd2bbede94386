"""The reference says everything that there is to set, call, send and read, and is what the registry makes."""

from __future__ import annotations

import hashlib
import inspect
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import click
import numpy as np
import pytest

import granulate as gr
from docs.make import sections
from docs.make.codes import EXIT_CODES
from docs.make.files import REFERENCE, ROOT_FOLDER, files, left_over
from docs.make.scores import EXAMPLE
from granulate import preset as presets
from granulate import score_file
from granulate.cli import granulate
from granulate.errors import GranulateError
from granulate.exports import EXPORTS
from granulate.library.measures import MEASURES, STATISTICS, columns, frame_columns
from granulate.live.midi import controller_map
from granulate.live.midi.tables import TABLES
from granulate.live.midi.targets import AXES, TRIGGERS, targets
from granulate.live.osc.addresses import ACTIONS, SERVED, address_space
from granulate.live.sections import MOVED
from granulate.parameters import Parameter
from granulate.preset import SECTIONS
from granulate.stages.spectra import SPECTRUM
from granulate.toml_file import literal
from granulate.types import EVENT_COLUMNS

FOLDER = ROOT_FOLDER / REFERENCE


def text(name: str) -> str:
    return (FOLDER / f"{name}.md").read_text("utf-8")


def rows(markdown: str) -> dict[str, list[str]]:
    """Rows of tables by the code in their first cell (or, of several there, by each)."""
    found = {}
    for line in markdown.splitlines():
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", line)[1:-1]]
        for name in re.findall(r"`([^`]+)`", cells[0]) if cells else ():
            found[name] = cells
    return found


def parts(markdown: str) -> dict[str, str]:
    """What stands under each heading, by its words without backticks."""
    pieces = re.split(r"^#+ (.+)$", markdown, flags=re.M)
    return {title.replace("`", ""): body for title, body in zip(pieces[1::2], pieces[2::2], strict=True)}


def blocks(markdown: str, language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", markdown, re.S)


def test_what_is_committed_is_what_the_registry_makes() -> None:
    made = files()
    there = {name: (ROOT_FOLDER / name).read_text("utf-8") for name in made if (ROOT_FOLDER / name).exists()}
    stale = [name for name, page in made.items() if there.get(name) != page]
    assert not stale, f"run: python -m docs.make ({', '.join(stale)})"
    assert not left_over(made), "run: python -m docs.make"


@pytest.mark.parametrize("name", MOVED)
def test_every_stage_and_parameter_is_told_of(name: str) -> None:
    section, page = MOVED[name], text(f"sections/{name}")
    told = parts(page)
    for stage in section.stages.values():
        body = told[name if section.single else stage.name]
        own = rows(body)
        common = {
            key: row for heading, part in told.items() if " " in heading for key, row in rows(part).items()
        }
        for key, (_, declared, default) in stage.parameters.items():
            assert key in own or (f"`{key}`" in body and key in common), f"{name}.{stage.name}: {key}"
            _, shown, takes, unit, _ = (own | {k: v for k, v in common.items() if k not in own})[key]
            assert shown == "unset" if default is None else literal(default) in shown.replace("\\|", "|")
            told_bounds = {float(number) for number in re.findall(r"-?\d[\d.e+-]*", takes)}
            # A bound above alone is no part of the words that all of granulate has for what is allowed.
            wanted = {declared.minimum, declared.maximum} if declared.minimum is not None else set()
            assert {bound for bound in wanted if bound is not None} <= told_bounds, (key, takes)
            assert unit == declared.unit
    assert section.single or f"`{section.default}`" in page or section.default is None


def test_a_stage_that_is_added_is_told_of() -> None:
    before = sections.pages()["spectrum"]
    try:

        @SPECTRUM.add()
        def tilted(
            framing: object, rng: object, *, by: Annotated[float, Parameter("how far", -6, 6, "dB")] = 1.5
        ) -> None:
            """Lean on one end."""

        after = sections.pages()["spectrum"]
    finally:
        del SPECTRUM.stages["tilted"]
    assert "tilted" not in before
    assert rows(parts(after)["tilted"])["by"][1:] == ["`1.5`", "a number from -6 to 6", "dB", "how far"]
    assert sections.pages()["spectrum"] == before


def commands(
    command: click.Command, above: click.Context | None, name: str
) -> Iterator[tuple[str, click.Command]]:
    with click.Context(command, above, info_name=name) as context:
        yield context.command_path, command
        for inner in command.list_commands(context) if isinstance(command, click.Group) else ():
            found = command.get_command(context, inner)  # type: ignore[attr-defined]
            yield from commands(found, context, inner)


COMMANDS = [(path, command) for path, command in commands(granulate, None, "granulate") if " " in path]


@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=[path for path, _ in COMMANDS])
def test_every_command_and_option_is_told_of(path: str, command: click.Command) -> None:
    body = parts(text(f"commands/{path.split()[1]}"))[path]
    told = rows(body)
    (usage, *_) = blocks(body, "text")
    assert usage.startswith(path)
    for parameter in command.params:
        if isinstance(parameter, click.Option):
            for flag in (*parameter.opts, *parameter.secondary_opts):
                assert flag in told, f"{path}: {flag}"
            words = re.sub(r"\s*\[default: .*\]$", "", parameter.help or "")
            assert re.sub(r"\W", "", words) in re.sub(r"\W", "", told[parameter.opts[0]][3]), flag
        else:
            assert parameter.make_metavar(click.Context(command)) in usage


def test_every_address_is_told_of() -> None:
    told = rows((ROOT_FOLDER / "docs/osc.md").read_text("utf-8"))
    wanted = {*address_space(), *(action.address for action in (*ACTIONS, *SERVED))}
    assert wanted <= set(told)


@pytest.mark.parametrize("kind", MEASURES.stages)
def test_every_measure_is_told_of(kind: str) -> None:
    chosen, told = MEASURES.bind({"kind": kind}), rows(parts(text("measures"))[kind])
    of_frames = frame_columns(chosen)
    summed = {f"{column.name}_{statistic}" for column in of_frames for statistic in STATISTICS}
    of_sound = [column for column in columns([chosen]) if column.name not in summed]
    assert of_frames or of_sound
    for column in (*of_frames, *of_sound):
        assert told[column.name][1].replace("\\", "") == column.unit
    assert set(MEASURES[kind].parameters) <= set(told)


def test_every_table_and_target_of_controller_maps_is_told_of() -> None:
    page = text("midi")
    told, body = rows(page), parts(page)
    assert {*targets(), *TRIGGERS} - set(AXES) <= set(told)
    assert all(f"`{axis}`" in page for axis in AXES)
    for name, section in TABLES.items():
        assert set(section[name].parameters) <= set(rows(body[name]))
    assert set(controller_map.map_names()) <= set(told)


def test_formats_and_shipped_presets_are_told_of() -> None:
    assert set(EXPORTS) <= set(rows(text("formats")))
    told = rows(text("presets"))
    assert set(presets.names()) <= set(told)
    listed = rows(text("sections/index")) | rows(text("index"))
    assert all(f"[`{name}`]({name}.md)" in text("sections/index") for name in MOVED), listed


def test_every_name_of_the_python_interface_is_told_of() -> None:
    told = parts(text("python"))
    for name in gr.__all__:
        one = getattr(gr, name)
        if isinstance(one, type) and issubclass(one, GranulateError):
            assert name in rows(text("codes"))
            continue
        (signature, *_) = blocks(told[name], "py")
        assert signature.startswith(f"gr.{name}(")
        for parameter in inspect.signature(one).parameters:
            assert re.search(rf"\b{parameter}\b", signature), (name, parameter)


def test_every_exit_code_and_environment_variable_is_told_of() -> None:
    told = rows(text("codes"))
    errors: list[type[GranulateError]] = [GranulateError, *GranulateError.__subclasses__()]
    assert {error.exit_code for error in errors} <= set(EXIT_CODES)
    assert {str(code) for code in EXIT_CODES} <= set(told)
    sources = "\n".join(path.read_text("utf-8") for path in Path(gr.__file__).parent.rglob("*.py"))
    read = set(re.findall(r"environ(?:\.get|\.setdefault)?[(\[]\s*[\"']([A-Z_]+)", sources)) - {
        "PYTHONWARNINGS"
    }
    assert read
    assert read <= set(told)


def test_the_presets_and_maps_that_the_reference_shows_are_right() -> None:
    for code in blocks(text("presets"), "toml"):
        presets.parse(code)
    for code in blocks(text("midi"), "toml"):
        assert controller_map.parse(code).controls


def test_the_score_that_the_reference_shows_is_one(tmp_path: Path) -> None:
    (code,) = blocks(text("score"), "json")
    document = json.loads(code)
    assert document == EXAMPLE
    (sound,) = document["sounds"]
    tone = np.sin(0.05 * np.arange(sound["samples"])).astype(np.float32)
    gr.write(gr.Sound(0.5 * tone, document["sample_rate"]), tmp_path / sound["path"])
    sound["sha256"] = hashlib.sha256((tmp_path / sound["path"]).read_bytes()).hexdigest()
    (tmp_path / "score.json").write_text(json.dumps(document))
    rendered = gr.render(score_file.load(tmp_path / "score.json"))
    assert rendered.n_samples == document["samples"]
    assert rendered.peak > 0.1
    score_file.save(score_file.load(tmp_path / "score.json"), tmp_path / "score.csv")
    told = rows(text("score"))
    keys = {*json.loads(code), *EVENT_COLUMNS, *sound}
    assert keys <= set(told)
    assert (tmp_path / "score.csv").read_text().startswith(f"# {document['format']} ")


def test_the_page_of_the_sections_has_them_in_their_order() -> None:
    listed = [name for name in re.findall(r"\]\((\w+)\.md\)", text("sections/index")) if name in SECTIONS]
    assert listed == list(SECTIONS)
