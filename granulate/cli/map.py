"""`granulate map`: the sounds as a page of points that play."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import click

from granulate import cache, sound_file
from granulate.cli.options import ParametersCommand
from granulate.cli.progress import Progress
from granulate.errors import ParameterError, printable
from granulate.preset import Preset, load
from granulate.stages.reducers import REDUCTION, TITLES, check_laying, laying
from granulate.types import Choice

_DEVICE = "default"
_USUAL, _USUAL_OF_SOUNDS = "pca", "tsne"
"""How a map is laid out of which only the number of dimensions is said."""


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
    "--of", type=click.Choice(["grains", "sounds"]), default="grains", show_default=True,
    help="What a point is. Whole sounds are shown as `library browse` shows those of a scanned folder.",
)  # fmt: skip
@click.option(
    "--reduction", metavar="KIND",
    help=f"How the map is laid out: {', '.join(laying())}. [default: the preset's; where it has none, t-SNE up to 3000 points, else PCA]",
)  # fmt: skip
@click.option(
    "--dimensions", type=click.IntRange(2, 3), metavar="N",
    help="Of the map: one of 3 is turned on the page. [default: the preset's, or 2]",
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
    "--audio", default=_DEVICE, show_default=True, metavar="DEVICE|browser|null",
    help="With --serve: where it sounds.",
)  # fmt: skip
@click.option("--no-cache", is_flag=True, help="Neither use nor keep what was worked out of the sounds.")
@click.option("--force", is_flag=True, help="Replace a file that exists.")
@click.option("--json", "as_json", is_flag=True, help="A report on standard output.")
def command(
    inputs: tuple[str, ...], preset: str | None, settings: tuple[str, ...], seed: int | None, of: str,
    reduction: str | None, dimensions: int | None, title: str | None, output: str | None, serve: bool, port: int,
    bind: str, audio: str, no_cache: bool, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """Make a page on which the sounds lie as points that play: like sounds lie together.

    INPUT is a sound, or a folder of sounds. The page is one file with the sounds in it: it opens from disk in any
    recent browser, without a server or a network. What is worked out of the sounds is kept on disk, and used again
    while their files stay as they are.
    """
    if of == "sounds":
        if preset is not None or audio != _DEVICE:
            raise ParameterError(
                "--of sounds with -p or --audio; allowed: without them, since whole sounds are measured as a library's are"
            )
        return _of_sounds(
            inputs,
            _sounds_by(reduction, dimensions, settings),
            title,
            output,
            serve,
            port,
            bind,
            seed or 0,
            force,
            as_json,
        )
    settings = (*_reducing(reduction, dimensions, preset), *settings)
    if serve:
        if output is not None or title is not None:
            raise ParameterError("--serve with -o or --title; allowed: one without the others")
        from granulate.cli.live import mapped

        return mapped.serve(
            inputs, preset=preset, settings=settings, seed=seed, port=port, bind=bind, audio=audio, as_json=as_json
        )  # fmt: skip
    chosen = _chosen(preset, settings, seed)
    paths = sound_file.gather(inputs)
    out = output or _named_by(inputs)
    sound_file.check_output(out, force=force, inputs=paths)
    kept = None if no_cache else cache.Cache(cache.default_folder())
    with Progress() as progress:
        content, failed = _write(paths, chosen, title, out, force, kept, progress)
        seconds = progress.seconds
    return _report(content, failed, seconds, as_json)


def _of_sounds(
    inputs: tuple[str, ...], reduction: Choice | None, title: str | None, output: str | None, serve: bool,
    port: int, bind: str, seed: int, force: bool, as_json: bool,
) -> int:  # fmt: skip
    """A point for each sound: what `library browse` shows of a scanned folder, of any sounds."""
    from granulate.cli.library import browse_page
    from granulate.cli.library.browse_sounds import library_of

    if serve and output is not None:
        raise ParameterError("--serve with -o; allowed: one without the other")
    out = output or _named_by(inputs)
    if not serve:
        sound_file.check_output(out, force=force, inputs=inputs)
    with Progress() as progress, library_of(inputs, progress) as (library, named, failed):
        named = title or named
        if serve:
            from granulate.web.library import serve_library

            shown = serve_library(library, title=named, seed=seed, reduction=reduction, step=progress)
        else:
            content = browse_page.write(
                library, out, progress, title=named, seed=seed, force=force, reduction=reduction
            )
        seconds = progress.seconds
    if serve:
        _say(failed)
        return browse_page.serve(shown, port=port, bind=bind, as_json=as_json)
    return _report(content, failed, seconds, as_json)


def _report(
    content: dict[str, Any], failed: list[dict[str, str]], seconds: dict[str, float], as_json: bool
) -> int:
    _say(failed)
    if as_json:
        took = {stage: round(time, 4) for stage, time in seconds.items()}
        click.echo(json.dumps({**content, "failed": failed, "seconds": took}, indent=2))
    else:
        method = TITLES.get(content["method"], content["method"])
        what = content["of"] if content["points"] != 1 else content["of"][:-1]
        click.echo(
            f"{content['output']}: {content['points']} {what} laid out by {method},"
            f" {content['bytes'] / 1e6:.1f} MB",
            err=True,
        )
    return 1 if failed else 0


def _say(failed: list[dict[str, str]]) -> None:
    for failure in failed:
        click.echo(f"granulate: {failure['reason']}", err=True)


def _named_by(inputs: tuple[str, ...]) -> str:
    return f"{Path(inputs[0]).stem or 'sounds'}-map.html"


def _chosen(preset: str | None, settings: tuple[str, ...], seed: int | None) -> Preset:
    from granulate.page import default_preset

    chosen = (load(preset) if preset else default_preset()).set(*settings)
    return chosen if seed is None else chosen.seeded(seed)


def _reducing(reduction: str | None, dimensions: int | None, preset: str | None) -> tuple[str, ...]:
    """What --reduction and --dimensions set."""
    if reduction is None and dimensions is None:
        return ()
    own = load(preset).reduction.kind if preset else "none"
    kind = reduction or (_USUAL if own == "none" else own)
    return (f"reduction.kind={check_laying(kind)}", f"reduction.dimensions={dimensions or 2}")


def _sounds_by(reduction: str | None, dimensions: int | None, settings: tuple[str, ...]) -> Choice | None:
    """How whole sounds are laid out; None as their index has it."""
    if reduction is None and dimensions is None and not settings:
        return None
    from granulate.cli.library.organising import values_of_settings

    table = {"kind": check_laying(reduction or _USUAL_OF_SOUNDS), "dimensions": dimensions or 2}
    return REDUCTION.bind({**table, **values_of_settings(settings)})


def _write(
    paths: list[str], preset: Preset, title: str | None, out: str, force: bool, kept: cache.Cache | None,
    progress: Progress,
) -> tuple[dict[str, Any], list[dict[str, str]]]:  # fmt: skip
    """Make the page; what the report says of it, and the files that could not be read."""
    from granulate import page
    from granulate.atomic import replacing
    from granulate.corpus_cache import corpus_of

    rate = preset.output.parameters["sample_rate"]
    corpus, failed = corpus_of(paths, preset, rate, cache=kept, step=progress)
    found = page.of_corpus(corpus, preset, title=title or "", step=progress)
    progress("write", 0, 0)
    text = page.standalone(found.to_bytes(), title=found.title)
    with replacing(out, force=force) as temporary:
        temporary.write_text(text, encoding="utf-8")
    return {
        "output": printable(out),
        "points": len(found),
        "of": "grains",
        "sounds": len(corpus.sounds),
        "method": found.extra["method"],
        "columns": [column.name for column in found.columns],
        "preset": preset.name,
        "seed": preset.seed,
        "bytes": os.path.getsize(out),
    }, failed
