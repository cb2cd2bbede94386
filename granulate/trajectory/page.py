"""A trajectory as a page: one file, without a network, that turns under the pointer and plays its sound."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
import os
import re
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate import sound_file
from granulate.atomic import AnyPath, check_output, replacing
from granulate.errors import OutputError, printable
from granulate.trajectory.showing import Shown
from granulate.types import Sound

_MOST_RATE = 48_000
_MOST_CHANNELS = 2


def check_page(path: AnyPath, *, force: bool = False, inputs: tuple[AnyPath, ...] = ()) -> None:
    """Refuse a page that could not, or may not, be written, before any work is done. Raises OutputError."""
    if Path(os.fsdecode(path)).suffix.lower() not in (".html", ".htm"):
        raise OutputError(f"{printable(path)}: a page is HTML; allowed: a name that ends in .html")
    check_output(path, force=force, inputs=inputs)


def write_page(shown: Shown, sound: Sound, path: AnyPath, *, force: bool = False) -> int:
    """Write the page, and give its size in bytes. Raises OutputError."""
    check_page(path, force=force)
    text = to_html(shown, sound).encode("utf-8", "replace")
    with replacing(path, force=force) as temporary:
        temporary.write_bytes(text)
    return len(text)


def to_html(shown: Shown, sound: Sound) -> str:
    """The page as text, the sound within as FLAC of 16 bits. The same trajectory and sound give the same text."""
    style, script = _asset("page.css"), _asset("page.js")
    # Nothing but what is written here may run, and nothing may be fetched.
    rules = (
        f"default-src 'none'; script-src 'sha256-{_hash(script)}'; style-src 'sha256-{_hash(style)}';"
        " media-src blob:; img-src data:"
    )
    parts = {
        "RULES": rules,
        "TITLE": html.escape(shown.title or "trajectory"),
        "STYLE": style,
        "SCRIPT": script,
        "DATA": json.dumps(_data(shown), allow_nan=False).replace("<", "\\u003c"),
        "SOUND": base64.b64encode(_flac(sound)).decode("ascii"),
    }
    # In one pass, so that what is filled in is not looked through again.
    return re.sub(r"<!--([A-Z]+)-->", lambda found: parts[found[1]], _asset("page.html"))


def _data(shown: Shown) -> dict[str, Any]:
    return {
        "title": shown.title,
        "isForecast": shown.is_forecast,
        "points": _packed(shown.points),
        "times": _packed(shown.times),
        "breaks": np.flatnonzero(~shown.follows).tolist(),
        "course": _packed(shown.course),
        "clock": _packed(shown.clock),
        "jumps": np.flatnonzero(shown.jumps).tolist(),
    }


def _packed(values: NDArray[np.floating[Any]]) -> str:
    """Numbers as float32, little endian, row by row, in base 64."""
    return base64.b64encode(np.ascontiguousarray(values, "<f4").tobytes()).decode("ascii")


def _flac(sound: Sound) -> bytes:
    import soundfile

    if sound.sample_rate > _MOST_RATE:
        (sound,) = sound_file.match(sound, sample_rate=_MOST_RATE)
    frames = sound.frames[:, :_MOST_CHANNELS] / np.float32(max(1.0, sound.peak))
    file = io.BytesIO()
    soundfile.write(file, frames, sound.sample_rate, format="FLAC", subtype="PCM_16")
    return file.getvalue()


def _asset(name: str) -> str:
    return (resources.files("granulate.trajectory") / "assets" / name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
