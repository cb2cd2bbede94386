"""`granulate map`: the sounds as a page of points that play."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from granulate.cli.options import ParametersCommand
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.preset import Preset, load

_METHODS = {"pca": "PCA", "tsne": "t-SNE", "umap": "UMAP"}


@click.command(name="map", cls=ParametersCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "-p", "--preset", metavar="PRESET",
    help="How the sounds are cut, described and laid out: a shipped preset's name or a TOML file. [default: MFCCs]",
)  # fmt: skip
@click.option(
    "--set", "settings", multiple=True, metavar="SECTION.PARAMETER=VALUE",
    help="Change the preset; may be repeated. The parameters stand below.",
)  # fmt: skip
@click.option(
    "--seed", type=int, metavar="N", help="What chance is drawn from; the preset's own seed otherwise."
)
@click.option(
    "--of", type=click.Choice(["grains", "sounds"]), default="grains", show_default=True, help="What a point is."
)  # fmt: skip
@click.option(
    "--reduction", metavar="KIND",
    help="How the map is laid out: pca, tsne or umap. [default: the preset's; where it has none, t-SNE up to 3000 points, else PCA]",
)  # fmt: skip
@click.option("--title", metavar="TEXT", help="What the page is called. [default: the sounds' names]")
@click.option("-o", "--output", metavar="OUT.html", help="The page to write. [default: INPUT-map.html, here]")
@click.option(
    "--serve", is_flag=True,
    help="Serve the map instead, as an instrument that pages play: `granulate live --map`.",
)  # fmt: skip
@click.option(
    "--port", type=click.IntRange(0, 65535), default=0, metavar="PORT", help="With --serve: where. [default: a free port]"
)  # fmt: skip
@click.option(
    "--bind", default="127.0.0.1", show_default=True, metavar="ADDRESS", help="With --serve: who may come."
)
@click.option(
    "--audio", default="default", show_default=True, metavar="DEVICE|browser|null",
    help="With --serve: where it sounds.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output.")
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None, of: str,
    reduction: str | None, title: str | None, output: str | None, serve: bool, port: int, bind: str, audio: str,
    force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Make a page on which the sounds lie as points that play: like sounds lie together.

    INPUT is a sound, or a folder of sounds. The page is one file with the sounds in it: it opens from disk in any
    recent browser, without a server or a network.
    """
    from granulate import sound_file

    settings = (*_reducing(reduction), *settings)
    if serve:
        if output is not None or of != "grains" or title is not None:
            raise ParameterError(
                "--serve with -o, --title or --of sounds; allowed: one without the others, and `library browse`"
            )
        from granulate.cli.live import mapped

        return mapped.serve(
            inputs, preset=preset, settings=settings, seed=seed, port=port, bind=bind, audio=audio, as_json=as_json
        )  # fmt: skip
    chosen = _chosen(preset, settings, seed)
    paths = sound_file.gather(inputs)
    out = output or f"{Path(inputs[0]).stem or 'sounds'}-map.html"
    sound_file.check_output(out, force=force, inputs=paths)
    with Progress() as progress:
        content, failed = _write(paths, chosen, of, title, out, force, progress)
        seconds = {stage: round(took, 4) for stage, took in progress.seconds.items()}
    for failure in failed:
        click.echo(f"granulate: {failure['reason']}", err=True)
    if as_json:
        click.echo(json.dumps({**content, "failed": failed, "seconds": seconds}, indent=2))
    else:
        method = _METHODS.get(content["method"], content["method"])
        what = of if content["points"] != 1 else of[:-1]
        click.echo(
            f"{content['output']}: {content['points']} {what} laid out by {method},"
            f" {content['bytes'] / 1e6:.1f} MB",
            err=True,
        )
    return 1 if failed else 0


def _chosen(preset: str | None, settings: tuple[str, ...], seed: int | None) -> Preset:
    from granulate.page import default_preset

    chosen = (load(preset) if preset else default_preset()).set(*settings)
    return chosen if seed is None else chosen.seeded(seed)


def _reducing(reduction: str | None) -> tuple[str, ...]:
    """What --reduction sets."""
    from granulate.stages.reducers import REDUCTION

    laying = [kind for kind, stage in REDUCTION.stages.items() if "dimensions" in stage.parameters]
    if reduction is None:
        return ()
    if reduction not in laying:
        raise ParameterError(f"--reduction {reduction!r} makes no map; allowed: {', '.join(laying)}")
    return (f"reduction.kind={reduction}", "reduction.dimensions=2")


def _write(
    paths: list[str], preset: Preset, of: str, title: str | None, out: str, force: bool, progress: Progress
) -> tuple[dict[str, Any], list[dict[str, str]]]:
    """Make the page; what the report says of it, and the files that could not be read."""
    from granulate import page
    from granulate.atomic import replacing
    from granulate.corpus_cache import corpus_of

    rate = preset.output.parameters["sample_rate"]
    corpus, failed = corpus_of(paths, preset, rate, cache=None, step=progress)
    found = page.of_corpus(corpus, preset, of=of, title=title or "", step=progress)
    progress("write", 0, 0)
    text = page.standalone(found.to_bytes(), title=found.title)
    with replacing(out, force=force) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return {
        "output": printable(out),
        "points": len(found),
        "of": of,
        "sounds": len(corpus.sounds),
        "method": found.extra["method"],
        "columns": [column.name for column in found.columns],
        "preset": preset.name,
        "seed": preset.seed,
        "bytes": os.path.getsize(out),
    }, failed
