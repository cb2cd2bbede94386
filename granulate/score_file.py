"""Scores as JSON: what was played when, of which sounds (by content), and how it is sounded.

`format` ("granulate-score/1"), `sample_rate`, `samples`, `sounds` (path, sha256, channels, samples),
`framing`, `spectrum`, `phase`, `output`, `seed`, and `events` as columns of equal length.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from granulate import atomic, sound_file
from granulate.errors import GranulateError, ScoreError
from granulate.preset import Preset
from granulate.types import EVENT_COLUMNS, Choice, Events, Framing, Score

FORMAT = "granulate-score/1"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


class _SoundRef(_Strict):
    path: str
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    channels: int
    samples: int


class _Framing(_Strict):
    n_fft: int
    window: int
    hop: int
    shape: str


class _Events(_Strict):
    time: list[int]
    sound: list[int]
    start: list[int]
    length: list[int]
    rate: list[float]
    gain: list[float]
    pan: list[float]


class _ScoreFile(_Strict):
    format: Literal["granulate-score/1"]
    sample_rate: int = Field(ge=1)
    samples: int = Field(ge=1, le=2**40)
    sounds: list[_SoundRef] = Field(min_length=1)
    framing: _Framing
    spectrum: list[dict[str, Any]] = []
    phase: dict[str, Any]
    output: dict[str, Any] = {}
    seed: int = Field(ge=0)
    events: _Events


def save(score: Score, path: str | Path, *, force: bool = False) -> None:
    """Write a score. Raises ScoreError for sounds that are in no file, OutputError as every output does."""
    path = Path(path)
    content = {
        "format": FORMAT,
        "sample_rate": score.sample_rate,
        "samples": score.n_samples,
        "sounds": [_reference(sound.origin, sound, path.parent) for sound in score.sounds],
        "framing": {key: getattr(score.framing, key) for key in ("n_fft", "window", "hop", "shape")},
        "spectrum": [_table(choice) for choice in score.spectrum],
        "phase": _table(score.phase),
        "output": {k: v for k, v in score.output.parameters.items() if v is not None},
        "seed": score.seed,
        "events": {name: getattr(score.events, name).tolist() for name in EVENT_COLUMNS},
    }
    with atomic.replacing(path, force=force) as temporary:
        Path(temporary).write_text(json.dumps(content), "utf-8")


def load(path: str | Path) -> Score:
    """Read a score and the sounds that it names. Raises ScoreError where either is not what it was."""
    path = Path(path)
    try:
        found = _ScoreFile.model_validate_json(path.read_bytes())
    except OSError as error:
        raise ScoreError(f"{path}: {error.strerror}") from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"])) or "the file"
        raise ScoreError(f"{path}: {where}: {first['msg']}") from None
    try:
        return _score(found, path.parent)
    except GranulateError as error:
        raise ScoreError(f"{path}: {error}") from None


def _score(found: _ScoreFile, folder: Path) -> Score:
    sounds = sound_file.match(
        [sound_file.read(_located(ref, folder)) for ref in found.sounds], sample_rate=found.sample_rate
    )
    for ref, sound in zip(found.sounds, sounds, strict=True):
        if (sound.n_channels, sound.n_samples) != (ref.channels, ref.samples):
            raise ScoreError(
                f"{ref.path} reads as {sound.n_channels} channels of {sound.n_samples} samples;"
                f" the score was made of {ref.channels} of {ref.samples}"
            )
    preset = Preset.of(
        {"spectrum": found.spectrum, "phase": found.phase, "output": found.output, "seed": found.seed}
    )
    columns = {name: np.array(getattr(found.events, name), dtype) for name, dtype in EVENT_COLUMNS.items()}
    return Score(
        sounds,
        Framing(**found.framing.model_dump()),
        Events(**columns),
        found.samples,
        preset.spectrum,
        preset.phase,
        preset.output,
        preset.seed,
    )


def _reference(origin: Any, sound: Any, folder: Path) -> dict[str, Any]:
    if origin is None:
        raise ScoreError(
            "a sound that is in no file; a score names files, so write it to one and read it first"
        )
    path = Path(origin.path).resolve()
    near = path.is_relative_to(folder.resolve())
    return {
        "path": os.path.relpath(path, folder) if near else str(path),
        "sha256": _sha256(path),
        "channels": sound.n_channels,
        "samples": sound.n_samples,
    }


def _located(ref: _SoundRef, folder: Path) -> Path:
    path = folder / ref.path
    if not path.is_file():
        raise ScoreError(f"the sound {ref.path} is missing")
    if _sha256(path) != ref.sha256:
        raise ScoreError(f"the sound {ref.path} has changed since the score was made")
    return path


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _table(choice: Choice) -> dict[str, Any]:
    return {"kind": choice.kind} | {k: v for k, v in choice.parameters.items() if v is not None}
