"""The gallery: what every shipped preset makes of the demo sound, as sounds, pictures and text."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import granulate as gr
from docs.make.drawing import spectrograms
from docs.make.markdown import joined, plain
from docs.make.piece import Piece, demo, excerpt, write
from granulate import preset as presets
from granulate.preset import SECTIONS, Preset
from granulate.sections import PATH

_MOST_S = 12.0
_TARGET_S, _TARGET_SEED = 8.0, 5
_GROUPS = (
    ("In the order of the recording", "What changes is the sound of each grain."),
    ("In another order", "Grains are sorted, or strung along the shortest way from each to its like."),
    ("Walks", "Grains are chosen one after another while a point moves over the map."),
    ("Clouds and cuts", "Grains have times, lengths and pitches of their own."),
    ("Mosaics", "A target sound (another demo, from seed 5) is rebuilt from the demo's grains."),
    ("Answers", "Played live: what is heard is answered in grains of the demo."),
)


def pieces() -> dict[str, Piece]:
    """One for the sounds that all start from, and one for each preset."""
    before = Piece(("demo.mp3", "target.mp3", "demo.png"), _before)
    return {"demo": before} | {
        f"preset {name}": Piece(
            (f"preset-{name}.mp3", f"preset-{name}.png"), _after(name), presets.to_toml(_preset(name))
        )
        for name in presets.names()
    }


def page() -> str:
    """The text of every group and its presets."""
    found: dict[str, list[str]] = {title: [] for title, _ in _GROUPS}
    for name in presets.names():
        found[_group(_preset(name))].append(name)
    parts = []
    for title, told in _GROUPS:
        parts += [f"## {title}", told, *map(_entry, found[title])] if found[title] else []
    return joined(*parts)


def _entry(name: str) -> str:
    chosen = _preset(name)
    before = "target" if _role(chosen) != "render" else "before"
    picture = f"```{{image}} _made/pictures/preset-{name}.png\n:alt: Spectrograms: {before}, and after {name}\n:loading: lazy\n```"
    sound = f"```{{sound}} preset-{name}.mp3\nThe demo by {name}\n```"
    return joined(
        f"### {name}",
        plain(f"{chosen.description}."),
        picture,
        sound,
        f"`{_command(name, chosen)}`",
        _links(chosen),
    )


def _command(name: str, chosen: Preset) -> str:
    role = _role(chosen)
    if role == "mosaic":
        return f"granulate mosaic target.wav --corpus granulate-demo/demo.wav -p {name} -o {name}.wav"
    if role == "live":
        return f"granulate live granulate-demo/demo.wav -p {name} --input default"
    return f"granulate demo -p {name}"


def _links(chosen: Preset) -> str:
    """The kinds by which the preset differs from the default one."""
    usual = Preset.of({})
    parts = []
    for section in SECTIONS:
        kinds = _kinds(chosen, section)
        if section == "path" or kinds != _kinds(usual, section):
            parts += [f"[{section} {kind}](reference/sections/{section}.md#{kind})" for kind in kinds]
    return f"Made of: {', '.join(parts)}."


def _kinds(chosen: Preset, section: str) -> list[str]:
    found = getattr(chosen, section)
    return [choice.kind for choice in (found if isinstance(found, tuple) else (found,))]


def _group(chosen: Preset) -> str:
    role = _role(chosen)
    titles = [title for title, _ in _GROUPS]
    if role != "render":
        return titles[4] if role == "mosaic" else titles[5]
    if chosen.grain.kind != "sync":
        return titles[3]
    if PATH[chosen.path.kind].traits.get("walk"):
        return titles[2]
    return titles[0] if chosen.path.kind == "original" else titles[1]


def _role(chosen: Preset) -> str:
    """The command that sounds it: render, mosaic or live."""
    traits = PATH[chosen.path.kind].traits
    return "mosaic" if traits.get("target") else "live" if traits.get("listens") else "render"


@cache
def _preset(name: str) -> Preset:
    return presets.load(name)


@cache
def _target() -> gr.Sound:
    return gr.demo(seconds=_TARGET_S, seed=_TARGET_SEED)


def _before(sound: Path, target: Path, picture: Path) -> None:
    write(demo(), sound)
    write(_target(), target)
    spectrograms(picture, [("the demo sound", demo())])


def _after(name: str) -> Callable[[Path, Path], None]:
    def make(sound: Path, picture: Path) -> None:
        chosen = _preset(name)
        role = _role(chosen)
        if role == "render":
            result = gr.render(demo(), chosen)
        elif role == "mosaic":
            result = gr.render(gr.mosaic(_target(), demo(), chosen))
        else:
            result = _answered(name)
        shown = excerpt(result, 0.0, _MOST_S) if result.duration > _MOST_S else result
        write(shown, sound)
        before = ("before", demo()) if role == "render" else ("target", _target())
        spectrograms(picture, [before, ("after", shown)])

    return make


def _answered(name: str) -> gr.Sound:
    """What the instrument plays while it hears the target."""
    with tempfile.TemporaryDirectory() as folder:
        corpus, heard, played = (Path(folder) / f"{one}.wav" for one in ("demo", "target", "played"))
        gr.write(demo(), corpus)
        gr.write(_target(), heard)
        words = (
            "live",
            corpus,
            "-p",
            name,
            "--input",
            heard,
            "--audio",
            played,
            "--seconds",
            _TARGET_S,
            "--freewheel",
            "--plain",
        )
        subprocess.run([sys.executable, "-m", "granulate", *map(str, words)], check=True, capture_output=True)
        return gr.read(played)
