"""A score as a document (what JSON can hold), and the score that a document says."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal, cast

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from granulate.errors import ScoreError, printable
from granulate.preset import MAX_SEED, Preset
from granulate.score_file.references import Reference, found_again, reference_to
from granulate.sounds import check_events
from granulate.stages.envelopes import ENVELOPE
from granulate.types import EVENT_COLUMNS, MAX_CHANNELS, WINDOW, Choice, Events, Framing, Score

Document = Mapping[str, Any]

FORMAT = "granulate-score/1"
INTEGERS = {name for name, dtype in EVENT_COLUMNS.items() if np.issubdtype(dtype, np.integer)}

_LONGEST = 2**40
_MOST_SOUNDS = 100_000
_MOST_ENVELOPES = 1024
_MOST_PANICS = 1_000_000
_AT_EVENT = re.compile(r"events\.\w+\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class Parts:
    """What a file holds: its document and, where each event has a line of its own, those lines' numbers."""

    document: Document
    lines: Sequence[int] | None = None


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True, allow_inf_nan=False)


def _checked_text(value: Any) -> Any:
    # Names that are no UTF-8 hold lone surrogates, which pydantic's own text refuses.
    if not isinstance(value, str) or not value or "\0" in value:
        raise ValueError("Value should be the name of a file")
    return value


class _SoundRef(_Strict):
    path: Annotated[Any, AfterValidator(_checked_text)]
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    channels: int = Field(ge=1, le=MAX_CHANNELS)
    samples: int = Field(ge=1, le=_LONGEST)


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
    rate: list[float] | None = None
    gain: list[float] | None = None
    pan: list[float] | None = None
    envelope: list[int] | None = None


class _ScoreFile(_Strict):
    format: Literal["granulate-score/1"]
    sample_rate: int = Field(ge=1, le=2**31)
    samples: int = Field(ge=1, le=_LONGEST)
    sounds: list[_SoundRef] = Field(min_length=1, max_length=_MOST_SOUNDS)
    framing: _Framing
    spectrum: list[dict[str, Any]] = []
    phase: dict[str, Any]
    output: dict[str, Any] = {}
    seed: int = Field(ge=0, le=MAX_SEED)
    envelopes: list[dict[str, Any]] = Field([{"kind": WINDOW.kind}], min_length=1, max_length=_MOST_ENVELOPES)
    interpolation: Literal["none", "linear", "cubic"] = "linear"
    panics: list[Annotated[int, Field(ge=0, le=_LONGEST)]] = Field([], max_length=_MOST_PANICS)
    events: _Events


def document_of(score: Score, folder: Path) -> dict[str, Any]:
    """The document of a score that is written to `folder`, beside whose files its sounds are named.

    Raises ScoreError for sounds that are in no file, and for events that could not be loaded again.
    """
    check_events(score)
    document = {
        "format": FORMAT,
        "sample_rate": score.sample_rate,
        "samples": score.n_samples,
        "sounds": [vars(reference_to(sound, folder)) for sound in score.sounds],
        "framing": {key: getattr(score.framing, key) for key in ("n_fft", "window", "hop", "shape")},
        "spectrum": [_table(choice) for choice in score.spectrum],
        "phase": _table(score.phase),
        "output": _parameters(score.output),
        "seed": score.seed,
    }
    if score.envelopes != (WINDOW,):
        document["envelopes"] = [_table(choice) for choice in score.envelopes]
    if score.interpolation != "linear":
        document["interpolation"] = score.interpolation
    if score.panics:
        document["panics"] = list(score.panics)
    # What no file could be loaded with is not written either.
    _validated(Parts(document | {"events": {name: [] for name in ("time", "sound", "start", "length")}}))
    columns = score.events.columns()
    if not columns["envelope"].any():
        del columns["envelope"]
    return document | {"events": {name: shortest(column) for name, column in columns.items()}}


def score_of(parts: Parts, folder: Path) -> Score:
    """The score that a document in `folder` says, with its sounds. Raises ScoreError."""
    found = _validated(parts)
    preset = Preset.of(
        {"spectrum": found.spectrum, "phase": found.phase, "output": found.output, "seed": found.seed}
    )
    score = Score(
        found_again([Reference(**vars(sound)) for sound in found.sounds], folder, found.sample_rate),
        Framing(**vars(found.framing)),
        _events(found.events),
        found.samples,
        preset.spectrum,
        preset.phase,
        preset.output,
        preset.seed,
        tuple(ENVELOPE.bind(table) for table in found.envelopes),
        found.interpolation,
        tuple(found.panics),
    )
    try:
        check_events(score)
    except ScoreError as error:
        named = _AT_EVENT.match(str(error))
        raise ScoreError(_in_line(parts, int(named[1]) if named else None, str(error))) from None
    return score


def _validated(parts: Parts) -> _ScoreFile:
    try:
        return _ScoreFile.model_validate(parts.document)
    except ValidationError as error:
        first = error.errors()[0]
        where = printable(".".join(map(str, first["loc"]))) or "the score"
        raise ScoreError(_in_line(parts, first["loc"][-1], f"{where}: {first['msg']}")) from None


def _events(found: _Events) -> Events:
    columns = {name: values for name, values in vars(found).items() if values is not None}
    n = len(columns["time"])
    for name, values in columns.items():
        if len(values) != n:
            raise ScoreError(f"events.{name} has {len(values)} values; allowed: {n}, as many as events.time")
    return Events(**{name: _column(name, values) for name, values in columns.items()})


def _column(name: str, values: list[Any]) -> NDArray[Any]:
    dtype = EVENT_COLUMNS[name]
    if dtype == np.float32:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused as that
            return np.array(values, np.float64).astype(np.float32)
    bounds: Any = np.iinfo(np.dtype(dtype))
    least, most = int(bounds.min), int(bounds.max)
    for at, value in enumerate(values):
        if not least <= value <= most:
            raise ScoreError(f"events.{name}[{at}] = {_few(value)}; allowed: {least} to {most}")
    return np.array(values, dtype)


def _few(value: int) -> str:
    text = str(value)
    return text if len(text) <= 40 else text[:40] + "..."


def _in_line(parts: Parts, event: object, message: str) -> str:
    """The message, with the number of the event's line where it has one."""
    if parts.lines is None or not isinstance(event, int) or event >= len(parts.lines):
        return message
    return f"line {parts.lines[event]}: {message}"


def _table(choice: Choice) -> dict[str, Any]:
    return {"kind": choice.kind} | _parameters(choice)


def _parameters(choice: Choice) -> dict[str, Any]:
    return {name: value for name, value in choice.parameters.items() if value is not None}


def shortest(column: NDArray[Any]) -> list[Any]:
    """The values of a column; a float32 by its fewest digits."""
    if column.dtype != np.float32:
        return cast(list[Any], column.tolist())
    values, which = np.unique(column, return_inverse=True)
    few = values.astype(str).astype(np.float64)
    # Through float64 the fewest digits may, hardly ever, not round to the same float32 again.
    exact = np.where(few.astype(np.float32) == values, few, values.astype(np.float64))
    return cast(list[Any], exact[which].tolist())
