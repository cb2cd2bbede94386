"""The page of the score format, whose keys and bounds are those of the model that reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from docs.make.markdown import NOTE, block, cell, code, joined, table
from granulate.score_file.document import FORMAT, _ScoreFile
from granulate.types import EVENT_COLUMNS, PANIC_S

_TOLD = {
    "format": f"`{FORMAT}`",
    "sample_rate": "of the sounds and of the result, in Hz",
    "samples": "length of the result",
    "sounds": "the files that grains are taken from, below",
    "framing": "how grains are cut where a spectrum or a phase is made anew: `n_fft`, `window`, `hop` in samples, `shape`",
    "spectrum": "what is done to each grain's spectrum: tables as in a preset",
    "phase": "what becomes of the phase: a table as in a preset",
    "output": "level, fades and file of the result: a table as in a preset",
    "seed": "what chance is drawn from",
    "envelopes": "the envelopes that the events' column `envelope` counts from 0: tables as in a preset",
    "interpolation": "how grains are read between samples",
    "panics": f"output samples, ascending, from each of which all that sounds fades out in {PANIC_S * 1000:g} ms",
    "events": "what is played when: columns of equal length, below",
    "path": "where the file lies, from the score's folder or from the root",
    "sha256": "of the file's bytes: a file that has changed is refused",
    "channels": "how many it has",
    "time": "output sample at which the grain begins; negative: before the beginning, where nothing is heard",
    "sound": "which of `sounds`, from 0",
    "start": "sample of that sound at which the grain begins",
    "length": "output samples that it lasts",
    "rate": "1 as recorded, 2 an octave up, -1 backwards",
    "gain": "1 as recorded",
    "pan": "-1 left to 1 right",
    "envelope": "which of `envelopes`, from 0",
}
_WORDS = {"integer": "whole number", "number": "number", "object": "table"}
_SOUND_SAMPLES = "how many it has, at the score's sample rate"

EXAMPLE: Mapping[str, Any] = {
    "format": FORMAT,
    "sample_rate": 44100,
    "samples": 22050,
    "sounds": [{"path": "bells.wav", "sha256": "0" * 64, "channels": 1, "samples": 88200}],
    "framing": {"n_fft": 2048, "window": 2048, "hop": 512, "shape": "hann"},
    "phase": {"kind": "keep"},
    "seed": 0,
    "envelopes": [{"kind": "hann"}],
    "events": {
        "time": [0, 5512, 11025],
        "sound": [0, 0, 0],
        "start": [0, 44100, 20000],
        "length": [11025, 11025, 11025],
        "rate": [1.0, 2.0, -1.0],
        "gain": [1.0, 0.5, 1.0],
        "pan": [0.0, 0.0, 0.0],
    },
}
"""Three grains of one sound. The digest is to be replaced by the file's own."""


def page() -> str:
    """The text."""
    schema = _ScoreFile.model_json_schema()
    parts = schema["$defs"]
    return joined(
        "# Scores",
        NOTE,
        "A score says what was played when, of which sounds (by content), and how it is sounded. `--score` writes one"
        " beside a render, `granulate live --record` one of what was played, and `granulate render SCORE` plays it to the"
        " same samples. Edit one, or write one with a program of your own: `render` plays that.",
        "## JSON",
        "One object with these keys. What is unknown is refused.",
        _keys(schema),
        "A sound:",
        _keys(parts["_SoundRef"], {"samples": _SOUND_SAMPLES}),
        "The events, each a list with one value for each grain, sorted by `time`:",
        table(
            ("column", "type", "default", "what it says"),
            [_column(name, parts["_Events"]) for name in EVENT_COLUMNS],
        ),
        "## CSV",
        f"The same for spreadsheets: the first line is `# {FORMAT} ` and a JSON object of everything but `format` and"
        " `events`; the second names the columns; then there is a row for each event. Empty cells that a spreadsheet adds"
        " at the ends of rows are read over.",
        "## An example",
        "Three grains of one sound, the second an octave up and half as loud, the third backwards. `sha256sum bells.wav`"
        " prints the digest that belongs where the zeros are.",
        block(_shown(EXAMPLE), "json"),
    )


def _keys(schema: Mapping[str, Any], instead: Mapping[str, str] | None = None) -> str:
    told = {**_TOLD, **(instead or {})}
    required = schema.get("required", ())
    rows = [
        (
            code(name),
            _type(entry),
            "required" if name in required else code(json.dumps(entry["default"])),
            cell(told[name]),
        )
        for name, entry in schema["properties"].items()
    ]
    return table(("key", "type", "default", "what it says"), rows)


def _type(entry: Mapping[str, Any], plural: str = "") -> str:
    if "enum" in entry:
        return ", ".join(code(one) for one in entry["enum"])
    if entry.get("type") == "array":
        return f"list of {_type(entry['items'], 's')}"
    if entry.get("pattern"):
        return "64 hexadecimal digits"
    words = _WORDS.get(entry.get("type", "object" if "$ref" in entry else ""), "text") + plural
    low, high = entry.get("minimum"), entry.get("maximum")
    return words + (f" from {low} to {high}" if low is not None and high is not None else "")


def _column(name: str, schema: Mapping[str, Any]) -> tuple[str, ...]:
    whole = np.issubdtype(EVENT_COLUMNS[name], np.integer)
    usual = code(1 if name in ("rate", "gain") else 0)
    default = "required" if name in schema.get("required", ()) else usual
    return code(name), "whole number" if whole else "number", default, cell(_TOLD[name])


def _shown(document: Mapping[str, Any]) -> str:
    """JSON with a line for each key, and for each column of the events."""
    events = ",\n".join(
        f"    {json.dumps(name)}: {json.dumps(column)}" for name, column in document["events"].items()
    )
    lines = [
        f"  {json.dumps(key)}: {json.dumps(value)}" for key, value in document.items() if key != "events"
    ]
    return "{\n" + ",\n".join([*lines, f'  "events": {{\n{events}\n  }}']) + "\n}"
