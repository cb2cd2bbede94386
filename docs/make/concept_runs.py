"""The sounds and pictures of the pages on the live instrument and on libraries: what real runs made."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

import granulate as gr
from docs.make.boxes import chain
from docs.make.drawing import ACCENTS, INK, figure, label, save
from docs.make.piece import Piece, demo, joined, write
from granulate import score_file
from granulate.demo_sound import demo_library
from granulate.library import Library
from granulate.library.organise.mapping import make_map
from granulate.library.organise.similar import open_searcher, similar
from granulate.stages.reducers import REDUCTION

_TAKE_S = 8.0
_N_EACH, _NEAREST = 10, 4
_QUERY = "bell-4.wav"


def pieces() -> dict[str, Piece]:
    """What both pages show."""
    return {
        "parts": Piece(("parts.png",), _parts),
        "take": Piece(("take.png", "take.mp3"), _take),
        "library": Piece(("library.png", "similar.mp3"), _library),
    }


def _parts(picture: Path) -> None:
    chain(
        picture,
        ["OSC, MIDI,\nmap, keys", "player:\nwhat is next", "engine:\nblocks", "device,\nfile, page"],
        across=4,
    )


def _take(picture: Path, sound: Path) -> None:
    """What the instrument played by itself for some seconds, as its score says."""
    with tempfile.TemporaryDirectory() as folder:
        original, played, take = (Path(folder) / name for name in ("demo.wav", "played.wav", "take.json"))
        gr.write(demo(), original)
        words = ("live", original, "-p", "wander", "--audio", played, "--record", take, "--seconds", _TAKE_S)
        command = [sys.executable, "-m", "granulate", *map(str, words), "--freewheel", "--plain"]
        subprocess.run(command, check=True, capture_output=True)
        write(gr.read(played), sound)
        score = score_file.load(take)
    made, (panel,) = figure(height=2.8)
    events = score.events
    panel.scatter(
        events.time / score.sample_rate, events.start / score.sample_rate, s=7, color=ACCENTS[1], linewidths=0
    )
    panel.set_xlim(0, _TAKE_S)
    label(panel, x="played (s)", y="recorded (s)")
    save(made, picture)


def _library(picture: Path, sound: Path) -> None:
    """A folder of short sounds, scanned and laid out; one of them, and those that are most like it."""
    with tempfile.TemporaryDirectory() as folder:
        sounds = Path(folder) / "sounds"
        sounds.mkdir()
        for i, (kind, one) in enumerate(demo_library(_N_EACH)):
            gr.write(one, sounds / f"{kind}-{i % _N_EACH}.wav")
        with Library.open(sounds, create=True) as library:
            library.scan()
            laid = make_map(library, REDUCTION.bind({"kind": "tsne", "dimensions": 2}))
            paths = {file.id: file.path for file in library.files()}
            found = similar(open_searcher(library), sounds / _QUERY, _NEAREST)
        names = [_QUERY, *(one.path for one in found)]
        write(joined([gr.read(sounds / name) for name in names], 0.35), sound)
    places = zip(laid.ids.tolist(), laid.points.tolist(), strict=True)
    _draw_library(picture, {paths[number]: place for number, place in places}, names)


def _draw_library(picture: Path, places: dict[str, list[float]], names: list[str]) -> None:
    made, (panel,) = figure(height=3.8)
    kinds = list(dict.fromkeys(name.partition("-")[0] for name in sorted(places)))
    for kind, colour in zip(kinds, ACCENTS, strict=False):
        of_kind = [place for name, place in places.items() if name.startswith(f"{kind}-")]
        x, y = np.transpose(of_kind)
        panel.scatter(x, y, s=26, color=colour, linewidths=0, label=kind)
    x, y = np.transpose([places[name] for name in names])
    panel.scatter(x, y, s=[180] + [90] * _NEAREST, facecolors="none", edgecolors=INK, linewidths=1.6)
    panel.set_xticks([])
    panel.set_yticks([])
    panel.margins(0.08)
    made.legend(loc="outside right upper", frameon=False, labelcolor=INK, fontsize=12)
    label(panel, title="one sound, and those most like it (rings)")
    save(made, picture)
