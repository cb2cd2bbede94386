"""What asks the engine for its blocks: a device's callback, or a clock of its own."""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import reason
from granulate.errors import GranulateError, MissingDependencyError
from granulate.live.blocks import Blocks
from granulate.live.input.capture import Capture
from granulate.live.input.sources import DeviceInput
from granulate.live.sinks import Device

_PAUSE_S = 0.0005
_BEHIND_S = 1.0  # a clock that is later than this starts anew: the machine slept


class EngineError(GranulateError):
    """The audio engine could not start, or ended by itself."""


class Driver(Protocol):
    """Runs in the engine process until the blocks are finished, or it is closed."""

    latency: float
    """Seconds from a block's being made to its being heard, as far as is known."""
    input_latency: float
    """Seconds from a sound at the input to its being there."""

    def over(self) -> bool: ...
    def close(self) -> None: ...


def driver(blocks: Blocks, state: NDArray[Any], capture: Capture | None = None) -> Driver:
    """What the blocks' setup asks for, running, and its input captured. Raises EngineError or MissingDependencyError."""
    sink = blocks.setup.sink
    if isinstance(sink, Device):
        return _Stream(blocks, state, sink, capture)
    return _Clock(blocks, state, capture, sink.freewheel)


def look_again() -> None:
    """Let PortAudio look for devices anew: it knows those that were there when it began."""
    import sounddevice

    with suppress(sounddevice.PortAudioError):
        sounddevice._terminate()
    sounddevice._initialize()


class _Clock:
    """A thread instead of a device."""

    latency = input_latency = 0.0

    def __init__(self, blocks: Blocks, state: NDArray[Any], capture: Capture | None, freewheel: bool) -> None:
        self._blocks, self._state, self._capture, self._closed = blocks, state, capture, False
        self._out = np.zeros((blocks.setup.block, blocks.setup.n_channels), np.float32)
        self._thread = threading.Thread(
            target=self._freewheel if freewheel else self._keep_time, daemon=True, name="audio"
        )
        self._thread.start()

    def over(self) -> bool:
        return not self._thread.is_alive()

    def close(self) -> None:
        self._closed = True
        self._thread.join(2.0)

    def _keep_time(self) -> None:
        blocks, state = self._blocks, self._state
        period = len(self._out) / blocks.setup.sample_rate
        due = time.perf_counter()
        while not (self._closed or blocks.finished):
            wait = due - time.perf_counter()
            if wait > 0:
                time.sleep(wait)
            elif wait < -_BEHIND_S:
                due = time.perf_counter()
            self._hear(len(self._out))
            blocks.process(self._out)
            due += period
            state["late"] += time.perf_counter() > due

    def _freewheel(self) -> None:
        blocks, state, out = self._blocks, self._state, self._out
        while not (self._closed or blocks.finished):
            # Before the events are looked at: what is complete has been pushed.
            left = int(state["complete"]) - blocks.clock
            if left > 0:
                n = min(left, len(out))
                self._hear(n)
                blocks.process(out[:n], lockstep=True)
            elif blocks.stop_is_due():
                return
            else:
                time.sleep(_PAUSE_S)

    def _hear(self, n: int) -> None:
        if self._capture is not None:
            self._capture.play(self._blocks.clock, n)


class _Stream:
    """PortAudio's callback."""

    def __init__(self, blocks: Blocks, state: NDArray[Any], sink: Device, capture: Capture | None) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise MissingDependencyError(
                f"audio devices need sounddevice and PortAudio ({reason(error)}); allowed: pip install sounddevice,"
                " and libportaudio2 of the system, or no device"
            ) from None
        self._blocks, self._state, self._capture = blocks, state, capture
        self._ended = sounddevice.CallbackStop
        setup = blocks.setup
        source = setup.source if isinstance(setup.source, DeviceInput) else None
        common = {
            "samplerate": setup.sample_rate,
            "blocksize": setup.block,
            "dtype": "float32",
            "latency": sink.latency,
        }
        try:
            if source is None:
                self._stream = sounddevice.OutputStream(
                    device=sink.name, channels=setup.n_channels, callback=self._call, **common
                )
            else:
                self._stream = sounddevice.Stream(
                    device=(source.name, sink.name), channels=(source.channels, setup.n_channels),
                    callback=self._call_both, **common,
                )  # fmt: skip
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            heard = "" if source is None else f" and {_named(source.name, 'input')} with {source.channels}"
            raise EngineError(
                f"{_named(sink.name)} at {setup.sample_rate} Hz with {setup.n_channels} channels{heard}: {reason(error)}"
            ) from None
        latency = self._stream.latency
        self.input_latency, self.latency = map(float, (0.0, latency) if source is None else latency)

    def over(self) -> bool:
        return not self._stream.active

    def close(self) -> None:
        import sounddevice

        with suppress(sounddevice.PortAudioError):
            self._stream.abort()
            self._stream.close()

    def _call(self, out: NDArray[np.float32], frames: int, when: Any, status: Any) -> None:
        self._call_both(None, out, frames, when, status)

    def _call_both(
        self,
        heard: NDArray[np.float32] | None,
        out: NDArray[np.float32],
        frames: int,
        _when: Any,
        status: Any,
    ) -> None:
        blocks, state, capture = self._blocks, self._state, self._capture
        began = time.perf_counter()
        out[:] = 0
        for first in range(0, frames, blocks.setup.block):
            if blocks.finished:
                break
            part = out[first : first + blocks.setup.block]
            if capture is not None and heard is None:
                capture.play(blocks.clock, len(part))
            elif capture is not None and heard is not None:
                capture.take(blocks.clock, heard[first : first + len(part)])
            blocks.process(part)
        underflow = bool(status.output_underflow)
        state["underflows"] += underflow
        state["input_overflows"] += bool(status.input_overflow)
        state["late"] += underflow or time.perf_counter() - began > frames / blocks.setup.sample_rate
        if blocks.finished:
            raise self._ended


def _named(name: str | int | None, kind: str = "") -> str:
    device = f"{kind} device".strip()
    return f"the default {device}" if name is None else f"the {device} {name!r}"
