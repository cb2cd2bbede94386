"""`granulate demo`: a sound that granulate synthesises itself, and what presets make of it."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import click

from granulate import sound_file
from granulate.cli import job
from granulate.cli.options import ParametersCommand, chosen_preset, preset_options
from granulate.cli.progress import Progress
from granulate.demo_sound import demo, demo_library
from granulate.errors import ParameterError, printable
from granulate.types import Sound


@click.command(name="demo", cls=ParametersCommand)
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    default="granulate-demo",
    show_default=True,
    help="Where the sounds go; made if need be.",
)
@click.option(
    "--library",
    metavar="FOLDER",
    help="Instead, make a small library to try `granulate library` on: short sounds there, in a folder for each kind.",
)
@preset_options()
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output.")
def command(
    output: str, library: str | None, preset: str | None, settings: tuple[str, ...], seed: int | None,
    force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Synthesise a rich sound and render it: FOLDER/demo.wav, FOLDER/demo-PRESET.wav and a picture."""
    if library is not None:
        if preset is not None or settings:
            raise ParameterError("--library with a preset; allowed: --seed, --force and --json")
        return _library(Path(library), seed or 0, force, as_json)
    chosen = chosen_preset(preset, settings, seed)
    folder = Path(output)
    job.make_folder(folder)
    original = folder / "demo.wav"
    sound_file.check_output(original, force=force)
    result = job.Outputs(
        sound=folder / f"demo-{chosen.name}.wav", plot=folder / f"demo-{chosen.name}.png", force=force
    )
    result.check(())
    with Progress() as progress:
        progress("synthesise", 0, 0)
        sound_file.write(demo(), original, force=force)
        report = job.run([str(original)], chosen, result, progress)
    report.show(as_json, progress)
    return report.exit_code


def _library(folder: Path, seed: int, force: bool, as_json: bool) -> int:
    """Short sounds in a folder for each kind, numbered from 1."""
    made: dict[Path, Sound] = {}
    counts: Counter[str] = Counter()
    with Progress() as progress:
        progress("synthesise", 0, 0)
        for kind, sound in demo_library(seed=seed):
            counts[kind] += 1
            made[folder / kind / f"{kind}-{counts[kind]}.wav"] = sound
        for kind in counts:
            job.make_folder(folder / kind)
        for path in made:
            sound_file.check_output(path, force=force)
        progress("write", 0, 0)
        for path, sound in made.items():
            sound_file.write(sound, path, force=force)
    if as_json:
        click.echo(json.dumps({"folder": printable(folder), "sounds": dict(counts)}, indent=2))
    else:
        told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
        click.echo(f"{printable(folder)}: {len(made)} sounds: {told}", err=True)
    return 0
