"""`granulate trajectory`: a sound as a way through its embedding, seen, forecast and played."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from granulate import sound_file, trajectory
from granulate.cli import job
from granulate.cli.options import ParametersCommand, chosen_preset, preset_options
from granulate.cli.progress import Progress
from granulate.cli.trajectory_report import tell
from granulate.corpus import analyse
from granulate.errors import OutputError, ParameterError, printable
from granulate.preset import Preset
from granulate.trajectory import Shown, Trajectory
from granulate.trajectory.comparing import CONDITIONED, PURE, check_comparable, curves_of, pure
from granulate.trajectory.tables import check_divergence
from granulate.types import Corpus, Sound

DEFAULT_PRESET = "trajectory"
_LONGEST_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What the options ask for; of files that are not wanted, None."""

    title: str
    seconds: float | None
    start: float
    model: str
    own_future: bool
    paced: bool
    compare: bool
    sound: str | None
    picture: str | None
    page: str | None
    film: str | None
    divergence: tuple[str, ...]
    force: bool

    def check(self, inputs: Sequence[str]) -> None:
        """Raise, before any work, for what could not or may not be written."""
        given = tuple(inputs)
        if self.sound is not None:
            sound_file.check_output(self.sound, force=self.force, inputs=given)
        if self.picture is not None:
            from granulate.pictures import check_picture

            check_picture(self.picture, force=self.force, inputs=given)
        if self.page is not None:
            from granulate.trajectory.page import check_page

            check_page(self.page, force=self.force, inputs=given)
        if self.film is not None:
            from granulate.trajectory.film import check_film

            check_film(self.film, force=self.force, inputs=given)
        for path in self.divergence:
            check_divergence(path, force=self.force, inputs=given)
        every = (self.sound, self.picture, self.page, self.film, *self.divergence)
        named = [path for path in every if path is not None]
        places = [Path(path).resolve() for path in named]
        for path, place in zip(named, places, strict=True):
            if places.count(place) > 1:
                raise OutputError(f"{printable(path)}: two outputs of one name; allowed: a name for each")


@click.command(name="trajectory", cls=ParametersCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@preset_options(DEFAULT_PRESET)
@click.option(
    "--page",
    metavar="HTML",
    help="The trajectory as a page that turns and plays, one file. [default, where nothing else is asked for: INPUT-trajectory.html, here]",
)
@click.option("--picture", metavar="PNG", help="The trajectory in three dimensions.")
@click.option(
    "--film", metavar="MP4", help="A point that moves along it in time with the sound, which is in the film."
)
@click.option(
    "--forecast",
    "seconds",
    type=click.FloatRange(min=0, min_open=True),
    metavar="SECONDS",
    help="Forecast where it goes on, and render that: each forecast point plays its nearest grain. Page, picture and film then show the forecast.",
)
@click.option(
    "-o", "--output", metavar="OUT", help="The sound of the forecast. [default: INPUT-forecast.wav, here]"
)
@click.option(
    "--start",
    type=click.FloatRange(min=0),
    default=0.0,
    show_default=True,
    metavar="SECONDS",
    help="Where in the recording the forecast begins.",
)
@click.option(
    "--model",
    type=click.Choice(trajectory.MODELS),
    default="knn",
    show_default=True,
    help="What forecasts: nearest neighbours, or a network of the point, or of the last 45.",
)
@click.option(
    "--own-future/--no-own-future",
    default=True,
    show_default=True,
    help="Whether what follows the start in the recording may be used by its forecast.",
)
@click.option(
    "--pace/--no-pace",
    default=True,
    show_default=True,
    help="Whether nearest neighbours keep their pace; without, their mean soon circles in a small place.",
)
@click.option(
    "--divergence",
    multiple=True,
    metavar="PNG|CSV|JSON",
    help="How far forecasts stray from the recording, over 30 steps; may be repeated.",
)
@click.option(
    "--compare",
    is_flag=True,
    help="Train the embedding without forecasts as well, and compare smoothness and divergence.",
)
@click.option("--force", is_flag=True, help="Replace files that exist.")
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="A report on standard output: sizes, smoothness, divergence, times.",
)
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None, page: str | None,
    picture: str | None, film: str | None, seconds: float | None, output: str | None, start: float, model: str,
    own_future: bool, pace: bool, divergence: tuple[str, ...], compare: bool, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Follow a sound through its embedding: see it, hear it, forecast it.

    The default preset trains a small network on the sound, for which PyTorch is needed (`granulate[deep]`);
    `--set reduction.kind=pca` needs none. A film needs PyAV (`granulate[film]`).
    """
    chosen = chosen_preset(preset, settings, seed, default=DEFAULT_PRESET)
    title = Path(inputs[0]).stem
    if output is not None and seconds is None:
        raise ParameterError(
            "-o without --forecast SECONDS; allowed: both, or `granulate render -p trajectory`"
        )
    if seconds is not None and not (math.isfinite(seconds) and seconds <= _LONGEST_S):
        raise ParameterError(f"--forecast {seconds:g}; allowed: more than 0, {_LONGEST_S:g} at most")
    if compare:
        check_comparable(chosen)
    sound = (output or f"{title}-forecast.wav") if seconds is not None else None
    if not any((sound, picture, page, film, divergence, compare)):
        page = f"{title}-trajectory.html"
    asked = Asked(
        title, seconds, start, model, own_future, pace, compare, sound, picture, page, film, divergence, force
    )
    asked.check(inputs)
    report = job.Report({"preset": chosen.name, "seed": chosen.seed})
    with Progress() as progress:
        progress("read", 0, 0)
        sounds = job.read_inputs(inputs, chosen, report)
        corpus = analyse(sounds, chosen, step=progress)
        way = Trajectory.of(corpus)
        report.content |= _facts(way)
        if divergence or compare:
            _measure(sounds, chosen, way, asked, report, progress)
        shown, heard = Shown.recorded(way, title), trajectory.joined(corpus.sounds)
        if seconds is not None:
            shown, heard = _forecast(corpus, chosen, way, asked, report, progress)
        _show(shown, heard, asked, report, progress)
    tell(report, progress, as_json)
    return report.exit_code


def _facts(way: Trajectory) -> dict[str, Any]:
    return {
        "points": len(way),
        "dimensions": way.points.shape[1],
        "period_s": way.period,
        "smoothness": trajectory.smoothness(way),
    }


def _measure(
    sounds: Sequence[Sound], preset: Preset, way: Trajectory, asked: Asked, report: job.Report, progress: Progress
) -> None:  # fmt: skip
    """The curves of divergence, of the pure embedding too where that is asked for, told and written."""
    curves = {CONDITIONED if asked.compare else preset.reduction.kind: way}
    if asked.compare:
        other = Trajectory.of(pure(sounds, preset, step=progress))
        curves[PURE] = other
        report.content["smoothness_pure"] = trajectory.smoothness(other)
    found = {
        name: curves_of(one, asked.model, seed=preset.seed, step=progress) for name, one in curves.items()
    }
    report.content["divergence"] = trajectory.rows_of(found)
    for path in asked.divergence:
        trajectory.write_divergence(found, path, force=asked.force)


def _forecast(
    corpus: Corpus, preset: Preset, way: Trajectory, asked: Asked, report: job.Report, progress: Progress
) -> tuple[Shown, Sound]:  # fmt: skip
    """Forecast, sound it and write that; what is shown and heard of it."""
    assert asked.seconds is not None
    assert asked.sound is not None
    last = float(way.times[-1])
    if not asked.start <= last:
        raise ParameterError(f"--start {asked.start:g} is past the end; allowed: 0 to {last:.2f}")
    first = way.at(asked.start)
    steps = max(1, round(asked.seconds / (way.period or 1.0)))
    progress(f"forecast {asked.model}", 0, 0)
    course = trajectory.foretold(
        way, first, steps, asked.model, own_future=asked.own_future, paced=asked.paced, seed=preset.seed
    )
    played, clock = trajectory.sounded(corpus, preset, way, course)
    report.content["forecast"] = {
        "model": asked.model,
        "start_s": float(way.times[first]),
        "steps": steps,
        "own_future": asked.own_future,
        "paced": asked.paced,
        "replayed": trajectory.replayed(way, course),
        "different_grains": len(set(way.nearest(course).tolist())),
    }
    collect = job.write(played, job.Outputs(Path(asked.sound), force=asked.force), report, progress)
    return Shown.forecast(way, course, clock, asked.title), collect()


def _show(shown: Shown, heard: Sound, asked: Asked, report: job.Report, progress: Progress) -> None:
    if asked.picture is not None:
        from granulate.trajectory.drawing import plot_trajectory

        progress("draw", 0, 0)
        plot_trajectory(shown, asked.picture, force=asked.force)
        report.content["picture"] = printable(asked.picture)
    if asked.page is not None:
        from granulate.trajectory.page import write_page

        progress("page", 0, 0)
        write_page(shown, heard, asked.page, force=asked.force)
        report.content["page"] = printable(asked.page)
    if asked.film is not None:
        from granulate.trajectory.film import write_film

        frames = write_film(shown, heard, asked.film, force=asked.force, step=progress)
        report.content["film"] = {"path": printable(asked.film), "frames": frames}
