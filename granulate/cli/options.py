"""Options that several commands share, and the parameters' table that --help shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from granulate.errors import PresetError
from granulate.exports import EXPORTS
from granulate.preset import SECTIONS, Preset, load

DEFAULT_PRESET = "unfold"


def preset_options(default: str = DEFAULT_PRESET) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """-p, --set and --seed, of a command that takes the preset `default` where none is named."""

    def added(function: Callable[..., Any]) -> Callable[..., Any]:
        for option in reversed(
            (
                click.option("-p", "--preset", metavar="PRESET", help=f"A shipped preset's name or a TOML file. [default: {default}]"),
                click.option("--set", "settings", multiple=True, metavar="SECTION.PARAMETER=VALUE", help="Change the preset; may be repeated. The parameters stand below."),
                click.option("--seed", type=int, metavar="N", help="What chance is drawn from; the preset's own seed otherwise."),
            )
        ):  # fmt: skip
            function = option(function)
        return function

    return added


def output_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """-o, --plot, --score, --export, --force and --json."""
    for option in reversed(
        (
            click.option("-o", "--output", metavar="OUT", help="The file to write; its extension says the format. [default: INPUT-PRESET.wav, here]"),
            click.option("--plot", metavar="PNG", help="A picture: spectrograms before and after, and the path over the embedding."),
            click.option("--score", "score_path", metavar="OUT.json|OUT.csv", help="What was played when; `render OUT.json` plays it again."),
            click.option("--export", "exports", multiple=True, metavar="KIND=PATH", help=f"The score for another program; may be repeated. Kinds: {', '.join(EXPORTS)}."),
            click.option("--force", is_flag=True, help="Replace files that exist."),
            click.option("--json", "as_json", is_flag=True, help="A report on standard output: sizes, seed, versions, times."),
        )
    ):  # fmt: skip
        function = option(function)
    return function


def chosen_preset(
    name: str | None, settings: tuple[str, ...], seed: int | None, *, default: str = DEFAULT_PRESET
) -> Preset:
    """The preset as the options say."""
    preset = load(name or default).set(*settings)
    return preset if seed is None else preset.seeded(seed)


def chosen_for_score(preset: Preset, name: str | None, settings: tuple[str, ...], seed: int | None) -> Preset:
    """A score's own choices, changed as the options say: its path is fixed, its sound is not."""
    if name is not None:
        raise PresetError(
            "-p does not go with a score, whose path is fixed; allowed: --set of spectrum, phase and output"
        )
    for setting in settings:
        if setting.split(".")[0] not in ("spectrum", "phase", "output"):
            raise PresetError(
                f"{setting!r} does not go with a score; allowed: --set of spectrum, phase and output"
            )
    preset = preset.set(*settings)
    return preset if seed is None else preset.seeded(seed)


class ParametersCommand(click.Command):
    """A command whose help ends with every stage and parameter of the registry."""

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        super().format_epilog(ctx, formatter)
        for line in parameter_lines():
            formatter.write(line)


def parameter_lines() -> list[str]:
    """Sections, kinds and parameters with default and what is allowed, as help shows them."""
    from granulate.parameters import allowed

    lines = ["\nParameters for --set (SECTION.PARAMETER=VALUE, and SECTION.kind=NAME to choose):\n"]
    for section in SECTIONS.values():
        chained = "; kinds may be chained: a,b" if section.several else ""
        lines.append(f"\n  {section.name}: {section.help}{chained}\n")
        for stage in section.stages.values():
            if not section.single:
                mark = "*" if stage.name == section.default else " "
                lines.append(f"   {mark}{stage.name}: {stage.help}\n")
            for name, (kind, declared, default) in stage.parameters.items():
                value = "unset" if default is None else f"{default!r}".replace("'", '"')
                lines.append(f"      {name} = {value}: {declared.help}; {allowed(kind, declared)}\n")
    return lines
