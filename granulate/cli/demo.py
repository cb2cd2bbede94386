"""`granulate demo`: a sound that granulate synthesises itself, and what presets make of it."""

from __future__ import annotations

from pathlib import Path

import click

from granulate import sound_file
from granulate.cli import job
from granulate.cli.options import ParametersCommand, chosen_preset, preset_options
from granulate.cli.progress import Progress
from granulate.demo_sound import demo


@click.command(name="demo", cls=ParametersCommand)
@click.option(
    "-o",
    "--output",
    metavar="FOLDER",
    default="granulate-demo",
    show_default=True,
    help="Where the sounds go; made if need be.",
)
@preset_options
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output.")
def command(
    output: str, preset: str | None, settings: tuple[str, ...], seed: int | None, force: bool, as_json: bool
) -> int:
    """Synthesise a rich sound and render it: FOLDER/demo.wav, FOLDER/demo-PRESET.wav and a picture."""
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
