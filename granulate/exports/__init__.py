"""Scores for other programs: what was played when, as each of them reads it.

`EXPORTS` says which there are. What they are told is the events that can be heard; what a spectrum,
a phase and the output's levels do to the sound stays here.
"""

from __future__ import annotations

import importlib
import os
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

from granulate import atomic
from granulate.atomic import AnyPath
from granulate.errors import OutputError, printable
from granulate.exports.common import Target, heard
from granulate.parameters import listed, near
from granulate.types import Score

__all__ = ["EXPORTS", "Export", "check_export", "export"]


class Export(NamedTuple):
    """One program's file: the module that writes it, the extension that its name has to have, a line of help."""

    module: str
    extension: str
    help: str

    @property
    def function(self) -> Callable[[Score, Target], None]:
        """What writes it. Only here is it imported, so that the table is told at once."""
        write: Callable[[Score, Target], None] = importlib.import_module(f"{__name__}.{self.module}").write
        return write


EXPORTS = {
    "audacity": Export("audacity", ".txt", "labels for Audacity: one for each grain"),
    "coll": Export("coll", ".txt", "a [coll] for Max: time, sound, start, length, rate, gain, pan"),
    "cue": Export("cue", ".wav", "a copy of the rendered WAV with a marker at each grain"),
    "midi": Export("midi", ".mid", "a MIDI file: one note for each grain"),
    "reaper": Export("reaper", ".rpp", "a REAPER project: one item for each grain"),
    "supercollider": Export("supercollider", ".scd", "a SuperCollider program that plays the grains"),
}


def check_export(path: AnyPath, kind: str, *, force: bool = False, inputs: Iterable[AnyPath] = ()) -> None:
    """Raise OutputError, before any work, for an unknown kind and a path that it could not be written to."""
    if kind not in EXPORTS:
        raise OutputError(f"an export of kind {kind!r}{near(kind, EXPORTS)}; allowed: {listed(EXPORTS)}")
    extension = EXPORTS[kind].extension
    if not os.fsdecode(path).lower().endswith(extension):
        raise OutputError(
            f"{printable(path)}: {kind} is exported as {extension}; allowed: a name that ends so"
        )
    atomic.check_output(path, force=force, inputs=inputs)


def export(
    score: Score, path: AnyPath, kind: str, *, force: bool = False, rendered: AnyPath | None = None
) -> None:
    """Write a score as another program reads it; `rendered`: the WAV that was rendered from it.

    Raises ScoreError for events out of range or order, OutputError for an unknown kind, for what the
    kind cannot tell (a sound that is in no file, a name that no quotes can hold) and as every output
    does; then nothing has been written.
    """
    from granulate.sounds import check_events

    # Markers for the rendered file itself take nothing from it.
    same = rendered is not None and os.path.realpath(path) == os.path.realpath(rendered)
    force = force or (kind == "cue" and same)
    check_export(path, kind, force=force)
    check_events(score)
    target = Path(os.fsdecode(path))
    with atomic.replacing(target, force=force) as temporary:
        EXPORTS[kind].function(
            replace(score, events=heard(score)),
            Target(temporary, target, None if rendered is None else Path(os.fsdecode(rendered))),
        )
