"""Writing a sound file: whole or not at all, never wrapped or clipped, the same bytes each time."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import AnyPath, reason, replacing
from granulate.errors import OutputError, ParameterError, printable
from granulate.kernels.threads import ahead
from granulate.level import peak, to_decibels
from granulate.sound_file.formats import Encoding, output_format
from granulate.sound_file.reproducible import settle
from granulate.types import Source

# libsndfile keeps a whole block on the stack when it encodes Vorbis: millions of samples crash it.
_BLOCK_SAMPLES = 1 << 16
_LARGEST = float(np.finfo(np.float32).max)

Progress = Callable[[str, int, int], None]
Encoded = NDArray[np.float32] | NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Written:
    """What was written, and at what level."""

    path: str
    format: str
    subtype: str
    sample_rate: int
    n_channels: int
    n_samples: int
    peak: float
    """The largest absolute sample in the file; 1.0 is full scale, which only floats exceed."""
    turned_down_db: float = 0.0
    """By how much the whole sound was turned down to fit into full scale."""

    @property
    def peak_dbfs(self) -> float:
        """The peak in dB of full scale; minus infinity for silence."""
        return to_decibels(self.peak)


def write(
    sound: Source,
    path: AnyPath,
    *,
    subtype: str = "auto",
    gain: float = 1.0,
    force: bool = False,
    progress: Progress | None = None,
) -> Written:
    """Write a sound times `gain` to a file whose extension names the format.

    What would exceed full scale is turned down as a whole to exactly full scale, and `Written` says
    by how much; float formats hold any level and keep it. Integers are rounded to the nearest and
    not dithered, so that what was read from a file of so many bits is written back to the bit.
    `progress` is called as `progress("write", frames_done, n_frames)`.

    Raises OutputError for what `check_output` and `output_format` refuse and when the file cannot be
    written whole (nothing is left then); ParameterError for a subtype or gain that is not allowed.
    """
    encoding = output_format(
        path, subtype, sound.sample_rate, sound.n_channels, n_samples=sound.n_samples, origin=sound.origin
    )
    if not 0 <= gain * max(sound.ceiling, 1.0) <= _LARGEST:
        raise ParameterError(
            f"a gain of {gain:g} with a peak of {sound.ceiling:g}; allowed: 0 to 3.4e38 after it"
        )
    import soundfile

    # The peak has to be known beforehand only where it might be too large.
    fits = encoding.is_float or sound.ceiling * gain <= 1.0
    over = 1.0 if fits else max(peak(sound) * gain, 1.0)
    with replacing(path, force=force) as temporary:
        try:
            loudest, checksum = _encode(sound, temporary, encoding, gain / over, progress)
            settle(temporary, encoding, checksum)
            _verify(sound, temporary, encoding)
        except (soundfile.SoundFileError, AssertionError) as error:
            raise OutputError(
                f"{printable(path)}: could not be written whole ({reason(error)});"
                " the disk may be full, or files may not grow so large"
            ) from None
    return Written(
        os.fsdecode(path), encoding.format, encoding.subtype, sound.sample_rate, sound.n_channels,
        sound.n_samples, peak=loudest, turned_down_db=to_decibels(over),
    )  # fmt: skip


def _encode(
    sound: Source, path: Path, encoding: Encoding, scale: float, progress: Progress | None
) -> tuple[float, int]:
    """Write all frames; gives their peak and, for Ogg, a checksum of them."""
    from granulate.sound_file.stream import Stream, native_name

    loudest, checksum = 0.0, 0
    if progress:
        progress("write", 0, sound.n_samples)
    with Stream(
        native_name(path), "w", sound.sample_rate, sound.n_channels, encoding.subtype, None, encoding.format
    ) as file:
        for done, block_peak, encoded in ahead(_pieces(sound, encoding, scale)):
            file.write(encoded)
            loudest = max(loudest, block_peak)
            if encoding.format == "OGG":  # the only format that holds a serial number
                checksum = zlib.crc32(encoded.data, checksum)
            if progress:
                progress("write", done, sound.n_samples)
    return loudest * scale, checksum


def _pieces(sound: Source, encoding: Encoding, scale: float) -> Iterator[tuple[int, float, Encoded]]:
    """Encoded frames, with how many there are up to their end and their peak before scaling."""
    size = max(1, _BLOCK_SAMPLES // sound.n_channels)
    for first, block in sound.blocks():
        for at in range(0, len(block), size):
            piece = block[at : at + size]
            loudest = max(float(piece.max()), -float(piece.min()))
            yield first + at + len(piece), loudest, _encoded(piece, encoding, scale)


def _encoded(block: NDArray[np.float32], encoding: Encoding, scale: float) -> Encoded:
    """A block as libsndfile takes it: integers at the top of 32 bits, or floats.

    libsndfile's own way from floats to integers rounds down, half a step too low on average.
    """
    if bits := encoding.bits:
        from granulate.kernels.quantise import to_integers

        return to_integers(block, scale, bits)
    scaled = block.astype(np.float64) * scale
    scaled[~np.isfinite(scaled)] = 0.0
    # mu-law and A-law wrap round above full scale.
    return np.ascontiguousarray(scaled if encoding.is_float else np.clip(scaled, -1.0, 1.0), np.float32)


def _verify(sound: Source, path: Path, encoding: Encoding) -> None:
    """Raise unless the file, opened again, is as long as the sound; lossy formats may pad."""
    from granulate.sound_file.stream import Stream, native_name

    with Stream(native_name(path)) as file:
        found = (file.samplerate, file.channels, file.frames)
        expected = (
            sound.sample_rate,
            sound.n_channels,
            file.frames if encoding.is_lossy else sound.n_samples,
        )
        if found != expected or file.frames < 1:
            raise OSError(f"is not whole: {found} of {expected} (Hz, channels, samples)")
        if encoding.format == "FLAC":
            # Its header is written first: only the last frame tells that the samples are there.
            file.seek(sound.n_samples - 1)
            if len(file.read(1, always_2d=True)) != 1:
                raise OSError("is not whole: its end is missing")
