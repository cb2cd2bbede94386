"""`granulate render`: one sound out of one or several, or out of a saved score."""

from __future__ import annotations

from pathlib import Path

import click

from granulate.cli import job
from granulate.cli.options import (
    ParametersCommand,
    chosen_for_score,
    chosen_preset,
    output_options,
    preset_options,
)
from granulate.cli.progress import Progress


@click.command(name="render", cls=ParametersCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@preset_options()
@output_options
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None,
    output: str | None, plot: str | None, score_path: str | None, exports: tuple[str, ...], force: bool,
    as_json: bool,
) -> int:  # fmt: skip
    """Make one sound out of one or several.

    INPUT is any sound that libsndfile reads (WAV, AIFF, FLAC, Ogg, Opus, MP3, CAF, W64, RF64, ...); several make one
    corpus. A single INPUT that ends in .json or .csv is a saved score.
    """
    of_score = len(inputs) == 1 and inputs[0].endswith((".json", ".csv"))
    if of_score:
        played, own = job.load_score(inputs[0])
        chosen = chosen_for_score(own, preset, settings, seed)
    else:
        chosen = chosen_preset(preset, settings, seed)
    outputs = job.Outputs.of(
        output or f"{Path(inputs[0]).stem}-{chosen.name}.wav", plot, score_path, exports, force=force
    )
    # A score's sounds are inputs too.
    heard = [sound.origin.path for sound in played.sounds if sound.origin] if of_score else []
    outputs.check([*inputs, *heard])
    with Progress() as progress:
        if of_score:
            report = job.replay(inputs[0], played, chosen, outputs, progress)
        else:
            report = job.run(list(inputs), chosen, outputs, progress)
    report.show(as_json, progress)
    return report.exit_code
