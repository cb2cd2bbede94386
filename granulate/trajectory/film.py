"""A film in which a point with a tail moves along a trajectory, in time with the sound, which is in the film."""

from __future__ import annotations

import math
import os
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate import sound_file
from granulate.atomic import AnyPath, check_output, reason, replacing
from granulate.corpus import Step, quiet
from granulate.errors import MissingDependencyError, OutputError, ParameterError, printable
from granulate.trajectory.camera import Camera
from granulate.trajectory.showing import Shown
from granulate.types import Sound

SIZE, FPS = (1280, 720), 30
TURN = 6.0
"""Degrees a second by which the trajectory turns: what moves is seen in depth."""
_RATES = (8000, 11_025, 12_000, 16_000, 22_050, 24_000, 32_000, 44_100, 48_000)
_BITRATE = 192_000
_THREADS = 2
"""Of the encoder: what it makes depends on their number."""


def check_film(path: AnyPath, *, force: bool = False, inputs: tuple[AnyPath, ...] = ()) -> None:
    """Refuse a film that could not, or may not, be written, before any work is done.

    Raises MissingDependencyError without PyAV, OutputError for an extension other than .mp4, and as
    `granulate.atomic.check_output` does.
    """
    _av()
    if Path(os.fsdecode(path)).suffix.lower() != ".mp4":
        raise OutputError(f"{printable(path)}: a film is an MP4; allowed: a name that ends in .mp4")
    check_output(path, force=force, inputs=inputs)


def write_film(
    shown: Shown, sound: Sound, path: AnyPath, *, size: tuple[int, int] = SIZE, fps: int = FPS, turn: float = TURN,
    force: bool = False, step: Step = quiet,
) -> int:  # fmt: skip
    """Write the film, H.264 and AAC in MP4, and give the number of its frames.

    Frame k shows where the course is k / `fps` seconds after the sound began; there are as many as the
    sound lasts. `size` in pixels, both even; `turn` in degrees a second. A sound of several channels is
    heard as two; one that exceeds full scale is turned down.

    Raises ParameterError for an odd size or no frames a second, and as `check_film` does.
    """
    check_film(path, force=force)
    width, height = size
    if width % 2 or height % 2 or min(size) < 64 or fps < 1:
        raise ParameterError(
            f"a film of {width} x {height} pixels, {fps} frames a second; allowed: even sizes of 64 at least, 1 or more"
        )
    av = _av()
    with replacing(path, force=force) as temporary:
        try:
            with av.open(str(temporary), "w", format="mp4", options={"movflags": "+faststart"}) as container:
                return _encode(container, shown, sound, size, fps, turn, step)
        except av.error.FFmpegError as error:
            raise OutputError(f"{printable(path)}: {reason(error)}") from None


def _encode(
    container: Any, shown: Shown, sound: Sound, size: tuple[int, int], fps: int, turn: float, step: Step
) -> int:
    from granulate.trajectory.scene import Scene

    samples, rate = heard(sound)
    video, audio = _video(container, size, fps), _audio(container, samples, rate)
    n_frames = max(1, math.ceil(samples.shape[1] * fps / rate))
    scene = Scene(shown, (size[0] / 100, size[1] / 100), moving=True, dpi=100)
    first = Camera()
    sent = 0
    for number in range(n_frames):
        seconds = number / fps
        if turn:
            scene.turn(Camera(first.azimuth + turn * seconds, first.elevation))
        scene.move(seconds)
        container.mux(video.encode(_picture(scene.pixels(), number, fps)))
        due = min(samples.shape[1], math.ceil((number + 1) * rate / fps))
        container.mux(audio.encode(_stretch(samples[:, sent:due], sent, rate)))
        sent = due
        step("film", number + 1, n_frames)
    for stream in (video, audio):
        container.mux(stream.encode(None))
    return n_frames


def heard(sound: Sound) -> tuple[NDArray[np.float32], int]:
    """The samples (1 or 2, n) that a film holds, within full scale, and their rate in Hz, one that AAC has."""
    if sound.sample_rate not in _RATES:
        (sound,) = sound_file.match(sound, sample_rate=48_000)
    samples = sound.samples
    if sound.n_channels > 2:
        # The first channels to the left, as far as half of them go.
        left, right = np.array_split(samples, 2)
        samples = np.stack([left.mean(axis=0), right.mean(axis=0)])
    return np.ascontiguousarray(samples / max(1.0, sound.peak), np.float32), sound.sample_rate


def _video(container: Any, size: tuple[int, int], fps: int) -> Any:
    stream = container.add_stream("libx264", rate=fps, options={"crf": "18", "preset": "medium"})
    stream.width, stream.height = size
    stream.pix_fmt = "yuv420p"
    stream.codec_context.time_base = Fraction(1, fps)
    stream.codec_context.thread_count = _THREADS
    return stream


def _audio(container: Any, samples: NDArray[np.float32], rate: int) -> Any:
    stream = container.add_stream("aac", rate=rate, layout="mono" if len(samples) == 1 else "stereo")
    stream.bit_rate = _BITRATE
    return stream


def _picture(pixels: NDArray[np.uint8], number: int, fps: int) -> Any:
    frame = _av().VideoFrame.from_ndarray(np.ascontiguousarray(pixels[..., :3]), format="rgb24")
    frame.pts, frame.time_base = number, Fraction(1, fps)
    return frame


def _stretch(samples: NDArray[np.float32], first: int, rate: int) -> Any:
    layout = "mono" if len(samples) == 1 else "stereo"
    frame = _av().AudioFrame.from_ndarray(np.ascontiguousarray(samples), format="fltp", layout=layout)
    frame.sample_rate, frame.pts, frame.time_base = rate, first, Fraction(1, rate)
    return frame


def _av() -> Any:
    try:
        import av
    except ImportError:
        raise MissingDependencyError(
            "a film needs PyAV; install it with: pip install 'granulate[film]'"
        ) from None
    return av
