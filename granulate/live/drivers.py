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
from granulate.live.sinks import Device

_PAUSE_S = 0.0005
_BEHIND_S = 1.0  # a clock that is later than this starts anew: the machine slept


class EngineError(GranulateError):
    """The audio engine could not start, or ended by itself."""


class Driver(Protocol):
    """Runs in the engine process until the blocks are finished, or it is closed."""

    latency: float
    """Seconds from a block's being made to its being heard, as far as is known."""

    def over(self) -> bool: ...
    def close(self) -> None: ...


def driver(blocks: Blocks, state: NDArray[Any]) -> Driver:
    """What the blocks' setup asks for, running. Raises EngineError or MissingDependencyError."""
    sink = blocks.setup.sink
    return _Stream(blocks, state, sink) if isinstance(sink, Device) else _Clock(blocks, state, sink.freewheel)


class _Clock:
    """A thread instead of a device."""

    latency = 0.0

    def __init__(self, blocks: Blocks, state: NDArray[Any], freewheel: bool) -> None:
        self._blocks, self._state, self._closed = blocks, state, False
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
            blocks.process(self._out)
            due += period
            state["late"] += time.perf_counter() > due

    def _freewheel(self) -> None:
        blocks, state, out = self._blocks, self._state, self._out
        while not (self._closed or blocks.finished):
            # Before the events are looked at: what is complete has been pushed.
            left = int(state["complete"]) - blocks.clock
            if left > 0:
                blocks.process(out[: min(left, len(out))], lockstep=True)
            elif blocks.stop_is_due():
                return
            else:
                time.sleep(_PAUSE_S)


class _Stream:
    """PortAudio's callback."""

    def __init__(self, blocks: Blocks, state: NDArray[Any], sink: Device) -> None:
        try:
            import sounddevice
        except (ImportError, OSError) as error:
            raise MissingDependencyError(
                f"audio devices need sounddevice and PortAudio ({reason(error)}); allowed: pip install sounddevice,"
                " and libportaudio2 of the system, or no device"
            ) from None
        self._blocks, self._state, self._ended = blocks, state, sounddevice.CallbackStop
        setup = blocks.setup
        try:
            self._stream = sounddevice.OutputStream(
                samplerate=setup.sample_rate, blocksize=setup.block, device=sink.name, channels=setup.n_channels,
                dtype="float32", latency=sink.latency, callback=self._call,
            )  # fmt: skip
            self._stream.start()
        except (sounddevice.PortAudioError, ValueError) as error:
            name = "the default device" if sink.name is None else f"the device {sink.name!r}"
            raise EngineError(
                f"{name} at {setup.sample_rate} Hz with {setup.n_channels} channels: {reason(error)}"
            ) from None
        self.latency = float(self._stream.latency)

    def over(self) -> bool:
        return not self._stream.active

    def close(self) -> None:
        import sounddevice

        with suppress(sounddevice.PortAudioError):
            self._stream.abort()
            self._stream.close()

    def _call(self, out: NDArray[np.float32], frames: int, _time: Any, status: Any) -> None:
        blocks, state = self._blocks, self._state
        began = time.perf_counter()
        out[:] = 0
        for first in range(0, frames, blocks.setup.block):
            if not blocks.finished:
                blocks.process(out[first : first + blocks.setup.block])
        underflow = bool(status.output_underflow)
        state["underflows"] += underflow
        state["late"] += underflow or time.perf_counter() - began > frames / blocks.setup.sample_rate
        if blocks.finished:
            raise self._ended
