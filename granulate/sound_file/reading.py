"""Reading a sound file. Its header is a claim: only what is decoded counts."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import reason
from granulate.errors import GranulateError, ParameterError, SoundFileError, printable
from granulate.kernels.threads import ahead
from granulate.sound_file.matching import block_frames, check_rates, resampled
from granulate.storage import FrameBuffer, release
from granulate.types import Origin, Sound

if TYPE_CHECKING:
    from granulate.sound_file.stream import Stream

_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}
_UNRECOGNISED = 1
_NOT_REGULAR = 7
_NO_SOUND = "not a sound in a format that is known (WAV, AIFF, FLAC, Ogg, Opus, MP3, CAF, W64, RF64, AU)"


def read(path: str | os.PathLike[str], *, sample_rate: int | None = None) -> Sound:
    """Read a sound file of any format that libsndfile knows, whole.

    `sample_rate` in Hz: what the sound is resampled to (soxr, HQ) where its own differs. NaN and
    infinite samples become 0.0; `Sound.origin` counts those, and the samples that the file declares
    and does not hold. A large sound is kept on disk (see `storage`).

    Raises SoundFileError, one line `PATH: reason`, for whatever is not a regular file with at least
    one sample in it; OutputError when the temporary disk is full; ParameterError for the rate.
    """
    if sample_rate is not None and sample_rate < 1:
        raise ParameterError(f"a sample rate of {sample_rate} Hz; allowed: at least 1 Hz")
    name = os.fsdecode(path)
    try:
        _check_regular(name)
        return _decode(name, sample_rate)
    except _UnusableError as error:
        raise SoundFileError(f"{printable(name)}: {error}") from None
    except GranulateError:
        raise
    except Exception as error:  # noqa: BLE001 - on garbage libsndfile and its wrapper raise anything
        raise SoundFileError(f"{printable(name)}: {_why(error)}") from None


class _UnusableError(Exception):
    """Why a file cannot be read, without its name."""


def _check_regular(path: str) -> None:
    # Before opening: to open a FIFO waits for a writer, and a device may never end.
    mode = os.stat(path).st_mode
    if not stat.S_ISREG(mode):
        raise _UnusableError(f"is {_KINDS.get(stat.S_IFMT(mode), 'no regular file')}, not a sound file")
    if os.path.getsize(path) == 0:
        raise _UnusableError("the file is empty")


def _decode(path: str, sample_rate: int | None) -> Sound:
    from granulate.sound_file.stream import Stream, native_name

    with Stream(native_name(path)) as file:
        if file.format == "RAW":
            # By its name alone libsndfile takes any text called .au or .vox for sound.
            raise _UnusableError(_NO_SOUND)
        if file.samplerate < 1:
            raise _UnusableError(f"declares a sample rate of {file.samplerate} Hz")
        rate = sample_rate or file.samplerate
        try:
            check_rates(file.samplerate, rate)
        except ParameterError as error:
            raise _UnusableError(str(error)) from None
        count = _Counter()
        size = block_frames(file.channels, file.samplerate, rate)
        blocks = count.checked(ahead(file.decoded(size)))
        buffer = FrameBuffer(file.channels)
        for block in resampled(blocks, file.samplerate, rate, file.channels):
            buffer.append(block)
        if count.frames == 0:
            channels = "channel" if file.channels == 1 else "channels"
            raise _UnusableError(
                f"holds no samples ({file.format}, {file.samplerate} Hz, {file.channels} {channels})"
            )
        origin = _origin(path, file, count)
    frames = buffer.array()
    try:
        return Sound(frames.T, rate, origin)
    finally:
        release(frames)


class _Counter:
    """Counts frames, and the non-finite samples that it replaces by 0.0."""

    def __init__(self) -> None:
        self.frames = 0
        self.replaced = 0

    def checked(self, blocks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        for block in blocks:
            self.frames += len(block)
            bad = ~np.isfinite(block)
            if bad.any():
                self.replaced += int(bad.sum())
                block[bad] = 0.0
            yield block


def _origin(path: str, file: Stream, count: _Counter) -> Origin:
    missing = max(file.declared_frames() - count.frames, 0)
    return Origin(
        path, file.format, file.subtype, file.samplerate, file.channels,
        replaced=count.replaced, missing=missing,
    )  # fmt: skip


def _why(error: Exception) -> str:
    code = getattr(error, "code", None)
    if code == _UNRECOGNISED:
        return _NO_SOUND
    if code == _NOT_REGULAR:  # what the MP3 decoder says of garbage; that the file is regular is known
        return "cannot be decoded: malformed"
    if code is not None:
        return f"cannot be decoded: {reason(Exception(getattr(error, 'error_string', error)))}"
    if isinstance(error, OSError):
        return f"cannot be read: {reason(error)}"
    if isinstance(error, MemoryError):
        return "cannot be decoded: it declares more than there is memory for"
    return f"cannot be decoded: {type(error).__name__}, {reason(error)}"
