"""`granulate mosaic`: a target sound rebuilt from the grains of others."""

from __future__ import annotations

from pathlib import Path

import click
import numpy as np
from numpy.typing import NDArray

from granulate import cache, sound_file
from granulate.api import rebuild
from granulate.cli import job
from granulate.cli.options import ParametersCommand, chosen_preset, output_options, preset_options
from granulate.cli.progress import Progress
from granulate.corpus_cache import corpus_of, offer_of
from granulate.mosaicking import transpositions
from granulate.paths import Played
from granulate.types import Corpus, Events

DEFAULT_PRESET = "mosaic"


@click.command(name="mosaic", cls=ParametersCommand)
@click.argument("target", metavar="TARGET")
@click.argument("more", nargs=-1, metavar="[PATH]...")
@click.option(
    "--corpus",
    "paths",
    multiple=True,
    required=True,
    metavar="PATH...",
    help="Sound files, and folders of them, to take grains from.",
)
@preset_options(DEFAULT_PRESET)
@output_options
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was worked out of the corpus.")
def command(
    target: str, more: tuple[str, ...], paths: tuple[str, ...], preset: str | None, settings: tuple[str, ...],
    seed: int | None, output: str | None, plot: str | None, score_path: str | None, exports: tuple[str, ...],
    force: bool, as_json: bool, no_cache: bool,
) -> int:  # fmt: skip
    """Rebuild TARGET from the grains of the sounds that --corpus names.

    What is worked out of a corpus is kept on disk, and used again while its files stay as they are.
    """
    chosen = chosen_preset(preset, settings, seed, default=DEFAULT_PRESET)
    transpositions(chosen)  # refuses a preset without a target before anything is read
    outputs = job.Outputs.of(
        output or f"{Path(target).stem}-{chosen.name}.wav", plot, score_path, exports, force=force
    )
    files = sound_file.gather([*paths, *more])
    outputs.check([target, *files])
    kept = None if no_cache else cache.Cache(cache.default_folder())
    with Progress() as progress:
        progress("read", 0, 0)
        heard = sound_file.read(target)
        report = job.Report({"preset": chosen.name, "seed": chosen.seed})
        report.content["inputs"] = [job.input_facts(heard, report)]
        rate = chosen.output.parameters["sample_rate"] or heard.sample_rate
        corpus, failed = corpus_of(files, chosen, rate, cache=kept, step=progress)
        report.failed += failed
        report.content |= {"corpus": len(corpus.sounds), "grains": len(corpus)}
        offered = offer_of(corpus, chosen, cache=kept, step=progress)
        played = rebuild(corpus, heard, chosen, offered=offered, step=progress)
        collect = job.write(played, outputs, report, progress)
        if outputs.plot is not None:
            path = Played(_grains(corpus, played.events), played.events)
            job.draw(heard, collect, corpus, path, outputs, report, progress)
    report.show(as_json, progress)
    return report.exit_code


def _grains(corpus: Corpus, events: Events) -> NDArray[np.int64]:
    """The grains that lie where the events begin."""
    onsets, sounds = corpus.grains.onsets, corpus.grains.sounds
    found = np.empty(len(events), np.int64)
    for number in np.unique(events.sound):
        mine, of_sound = events.sound == number, np.flatnonzero(sounds == number)
        at = np.searchsorted(onsets[of_sound], events.start[mine] + corpus.framing.hop // 2, side="right")
        found[mine] = of_sound[np.clip(at - 1, 0, len(of_sound) - 1)]
    return found
