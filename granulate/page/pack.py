"""The map pack: all that the page of a sound map knows, as one run of bytes ("granulate-map/1").

Little endian: a uint32, the length of the header; the header, JSON in UTF-8; zeros up to a multiple of
eight; then arrays, each at a multiple of eight, at the offsets that the header names, counted from there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.types import Framing, Sound

FORMAT = "granulate-map/1"
MOST_CHANNELS = 8
"""FLAC and browsers hold no more."""

_TYPES = {"f32": "<f4", "u32": "<u4", "u16": "<u2", "u8": "u1", "i64": "<i8", "f64": "<f8"}
_NAMES = {np.dtype(code): name for name, code in _TYPES.items()}
_UNNAMED = "points of a map"


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """What points can be coloured by: numbers (n,) with a unit, or, with `categories`, numbers of those."""

    name: str
    unit: str
    values: NDArray[Any]
    categories: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class PackedSound:
    """A sound that the page can play: its FLAC bytes or where to fetch them; decoded samples times `gain`."""

    name: str
    channels: int
    samples: int
    rate: int
    flac: bytes = b""
    url: str = ""
    gain: float = 1.0
    sha256: str = ""
    """Of the file that it is, or begins, by which a score that is saved on the page names it."""
    file: tuple[int, int, int] | None = None
    """Channels, samples and rate of that file, where they are not these."""


@dataclass(frozen=True, slots=True, eq=False)
class Map:
    """Points of a map and what is known of each.

    `points` (n, 2 or 3) in any unit; `sound`, `onset` and `length` (n,): which sound a point plays, from
    where and how much of it, in samples; an onset may be negative, where a grain begins in silence.
    `of` says what the points are: "grains" or "sounds".
    """

    title: str
    of: str
    sample_rate: int
    points: NDArray[Any]
    sound: NDArray[Any]
    onset: NDArray[Any]
    length: NDArray[Any]
    columns: tuple[Column, ...] = ()
    sounds: tuple[PackedSound, ...] = ()
    framing: Framing | None = None
    extra: dict[str, Any] = field(default_factory=dict)
    """More for the header, as the name of the reducer."""

    def __post_init__(self) -> None:
        points = np.asarray(self.points)
        if points.ndim != 2 or points.shape[1] not in (2, 3) or not np.isfinite(points).all():
            raise ParameterError(f"{_UNNAMED} of shape {points.shape}; allowed: finite (n, 2 or 3)")
        if self.of not in ("grains", "sounds"):
            raise ParameterError(f"{_UNNAMED} of {self.of!r}; allowed: 'grains' or 'sounds'")
        for name in ("sound", "onset", "length"):
            if np.shape(getattr(self, name)) != (len(points),):
                raise ParameterError(
                    f"{name} of shape {np.shape(getattr(self, name))}; allowed: ({len(points)},)"
                )
        for column in self.columns:
            if np.shape(column.values) != (len(points),):
                raise ParameterError(
                    f"column {column.name!r} of shape {np.shape(column.values)}; allowed: ({len(points)},)"
                )

    def __len__(self) -> int:
        return len(self.points)

    def to_bytes(self) -> bytes:
        """The pack. The same map gives the same bytes."""
        arrays = self._arrays()
        columns = [_column_entry(number, column, arrays) for number, column in enumerate(self.columns)]
        sounds = [_sound_entry(number, sound, arrays) for number, sound in enumerate(self.sounds)]
        header: dict[str, Any] = {
            "title": self.title, "n": len(self), "dimensions": np.shape(self.points)[1], "of": self.of,
            "sample_rate": self.sample_rate, "framing": _framing(self.framing), **self.extra,
            "colour": self._colour(), "columns": columns, "sounds": sounds,
        }  # fmt: skip
        if "points3" in arrays:
            header["reach"] = reach(arrays["points3"])
        return packed(header, arrays)

    def _arrays(self) -> dict[str, NDArray[Any]]:
        points = scaled(self.points)
        arrays = {"points": np.ascontiguousarray(points[:, :2])}
        if points.shape[1] == 3:
            arrays["points3"] = points
        arrays["sound"] = np.ascontiguousarray(self.sound, "<u4")
        arrays["onset"] = np.ascontiguousarray(self.onset, "<f8")
        arrays["length"] = np.ascontiguousarray(self.length, "<u4")
        return arrays

    def _colour(self) -> int:
        """The number of the column that tells most at first sight: labels or clusters, several sounds, else the time."""
        names = [column.name for column in self.columns]
        several = ["sound"] if len(self.sounds) > 1 else ["time"]
        wanted = ["label", "cluster", *(["centroid"] if self.of == "sounds" else several)]
        return next((names.index(name) for name in wanted if name in names), 0)


def packed(header: dict[str, Any], arrays: dict[str, NDArray[Any]]) -> bytes:
    """A header and arrays as one run of bytes; the header says where each array lies."""
    entries, body, offset = {}, [], 0
    for name, array in arrays.items():
        entries[name] = {"offset": offset, "length": array.size, "type": _NAMES[array.dtype]}
        data = array.tobytes()
        data += bytes(-len(data) % 8)
        body.append(data)
        offset += len(data)
    text = json.dumps(
        {"format": FORMAT, **header, "arrays": entries}, ensure_ascii=True, allow_nan=False
    ).encode()
    return b"".join([struct.pack("<I", len(text)), text, bytes(-(4 + len(text)) % 8), *body])


def reach(points: NDArray[np.float32]) -> float:
    """How wide points (n, 3) about the middle of the unit cube are at most, from whatever side they are seen."""
    if not len(points):
        return 1.0
    return max(1e-6, 2 * float(np.sqrt(np.square(points.astype(np.float64) - 0.5).sum(axis=1).max())))


def scaled(points: NDArray[Any]) -> NDArray[np.float32]:
    """Points (n, n_dimensions) within 0 to 1, all axes by the largest extent, the others in the middle."""
    if not len(points):
        return np.zeros(points.shape, "<f4")
    exact = np.asarray(points, np.float64)
    low, high = exact.min(axis=0), exact.max(axis=0)
    extent = float((high - low).max())
    if extent == 0:
        return np.full(points.shape, 0.5, "<f4")
    return np.clip((exact - (low + high) / 2) / extent + 0.5, 0, 1).astype("<f4")


def packed_sound(sound: Sound, name: str) -> PackedSound:
    """A sound as FLAC: exact where it is of 16 or 24 bits, otherwise within 2**-16 of its own peak.

    Of more than eight channels, the first eight. Raises ParameterError for a rate that FLAC has not.
    """
    import soundfile

    if sound.sample_rate > 655_350:
        raise ParameterError(f"a sample rate of {sound.sample_rate} Hz on a map; allowed: at most 655350 Hz")
    frames = sound.frames[:, :MOST_CHANNELS]
    gain, subtype = 1.0, "PCM_16"
    if sound.peak <= 1 and _whole(frames, 2**23):
        subtype = "PCM_16" if _whole(frames, 2**15) else "PCM_24"
    elif sound.peak > 0:
        # A float32 that is some float64 again, so that both sides divide by the same.
        gain = float(np.float32(sound.peak))
        frames = frames / np.float32(gain)
    file = io.BytesIO()
    soundfile.write(file, frames, sound.sample_rate, format="FLAC", subtype=subtype)
    whole = frames.shape[1] == sound.n_channels
    return PackedSound(
        name, frames.shape[1], sound.n_samples, sound.sample_rate, file.getvalue(), gain=gain,
        sha256=file_sha256(sound.origin.path) if whole and sound.origin else "",
    )  # fmt: skip


def file_sha256(path: str | os.PathLike[str]) -> str:
    """Of a file's bytes; nothing where it is no longer there."""
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""


def unpack(data: bytes) -> tuple[dict[str, Any], dict[str, NDArray[Any]]]:
    """The header of a pack and its arrays by name, flat. Raises ParameterError for what is no pack."""
    try:
        (size,) = struct.unpack_from("<I", data)
        header = json.loads(data[4 : 4 + size])
        begin = 4 + size + (-(4 + size) % 8)
        arrays = {
            name: np.frombuffer(data, _TYPES[one["type"]], one["length"], begin + one["offset"])
            for name, one in header["arrays"].items()
        }
    except (struct.error, ValueError, KeyError, TypeError) as error:
        raise ParameterError(f"not a map pack ({error}); allowed: {FORMAT}") from None
    if header.get("format") != FORMAT:
        raise ParameterError(f"a map pack of format {header.get('format')!r}; allowed: {FORMAT}")
    return header, arrays


def _whole(frames: NDArray[np.float32], steps: int) -> bool:
    """Whether every sample is a whole number of steps, and none is +1.0, which integers have not."""
    levels = frames * np.float32(steps)
    return bool((levels == np.rint(levels)).all() and levels.max() < steps)


def _column_entry(number: int, column: Column, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    key = f"column.{number}"
    entry: dict[str, Any] = {"name": column.name, "unit": column.unit, "kind": "number", "array": key}
    if not column.categories:
        arrays[key] = np.ascontiguousarray(column.values, "<f4")
        return entry
    small = len(column.categories) <= 2**16
    arrays[key] = np.ascontiguousarray(column.values, "<u2" if small else "<u4")
    return entry | {"kind": "category", "categories": [_text(name) for name in column.categories]}


def _sound_entry(number: int, sound: PackedSound, arrays: dict[str, NDArray[Any]]) -> dict[str, Any]:
    entry: dict[str, Any] = {
        "name": _text(sound.name), "channels": sound.channels, "samples": sound.samples, "rate": sound.rate,
        "gain": sound.gain,
    }  # fmt: skip
    if sound.sha256:
        entry["sha256"] = sound.sha256
    if sound.file is not None:
        entry["file"] = dict(zip(("channels", "samples", "rate"), sound.file, strict=True))
    if sound.flac:
        arrays[f"flac.{number}"] = np.frombuffer(sound.flac, np.uint8)
        return entry | {"array": f"flac.{number}"}
    return entry | {"url": sound.url} if sound.url else entry


def _framing(framing: Framing | None) -> dict[str, Any] | None:
    if framing is None:
        return None
    return {name: getattr(framing, name) for name in ("n_fft", "window", "hop", "shape")}


def _text(name: str) -> str:
    """A name without lone surrogates, which browsers show as boxes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def titled(names: Sequence[str]) -> str:
    """What a map of sounds of those names is called."""
    first = names[0] if names else "no sound"
    return first if len(names) < 2 else f"{first} and {len(names) - 1} more"
