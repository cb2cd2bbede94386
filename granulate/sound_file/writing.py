"""Writing a sound file: whole or not at all, never wrapped or clipped, the same bytes each time."""

from __future__ import annotations

import os
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import AnyPath, reason, replacing
from granulate.errors import OutputError, ParameterError, printable
from granulate.level import blocks, peak, to_decibels
from granulate.sound_file.formats import Encoding, output_format
from granulate.sound_file.reproducible import settle
from granulate.types import Sound

# libsndfile keeps a whole block on the stack when it encodes Vorbis: millions of samples crash it.
_BLOCK_SAMPLES = 1 << 16
_LARGEST = float(np.finfo(np.float32).max)

Progress = Callable[[str, int, int], None]


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
    sound: Sound,
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
    loudest = peak(sound)
    if not 0 <= gain * max(loudest, 1.0) <= _LARGEST:
        raise ParameterError(f"a gain of {gain:g} with a peak of {loudest:g}; allowed: 0 to 3.4e38 after it")
    import soundfile

    loudest *= gain
    over = 1.0 if encoding.is_float else max(loudest, 1.0)
    with replacing(path, force=force) as temporary:
        try:
            serial = _encode(sound, temporary, encoding, gain / over, progress)
            settle(temporary, encoding, serial)
            _verify(sound, temporary, encoding)
        except (soundfile.SoundFileError, AssertionError) as error:
            raise OutputError(
                f"{printable(path)}: could not be written whole ({reason(error)});"
                " the disk may be full, or files may not grow so large"
            ) from None
    return Written(
        os.fsdecode(path), encoding.format, encoding.subtype, sound.sample_rate, sound.n_channels,
        sound.n_samples, peak=loudest / over, turned_down_db=to_decibels(over),
    )  # fmt: skip


def _encode(sound: Sound, path: Path, encoding: Encoding, scale: float, progress: Progress | None) -> int:
    """Write all frames; gives a checksum of them."""
    from granulate.sound_file.stream import Stream, native_name

    checksum = 0
    with Stream(
        native_name(path), "w", sound.sample_rate, sound.n_channels, encoding.subtype, None, encoding.format
    ) as file:
        for first, block in blocks(sound.frames, _BLOCK_SAMPLES):
            encoded = _encoded(block, encoding, scale)
            file.write(encoded)
            checksum = zlib.crc32(encoded.data, checksum)
            if progress:
                progress("write", first + len(block), sound.n_samples)
    return checksum


def _encoded(
    block: NDArray[np.float32], encoding: Encoding, scale: float
) -> NDArray[np.float32] | NDArray[np.int32]:
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


def _verify(sound: Sound, path: Path, encoding: Encoding) -> None:
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
