"""The control side of the audio engine: it starts the process, feeds it, and asks how it is."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.kernels.interpolation import METHODS
from granulate.kernels.mixing import TABLE_STEPS
from granulate.live.drivers import EngineError
from granulate.live.host import Host
from granulate.live.input.sources import DeviceInput, FileInput, NullInput, Source, ready
from granulate.live.pools import Pool
from granulate.live.records import COMMAND, LOUDEST, PLAYED, Command
from granulate.live.shared import MOST_ENVELOPES, Setup, Shared
from granulate.live.sinks import Device, File, Null, Sink
from granulate.live.writer import Writer

Samples = NDArray[np.float32]

_LOOK_S = 0.0005


@dataclass(frozen=True, slots=True)
class State:
    """How the engine is. Times are output samples, loads the time of a block's making over its period.

    `clock`: what the next block begins with; `late`: blocks that were late, of which `underflows` the
    device told; `failures`: blocks that an error silenced; `non_finite`: samples that were no sound and
    became silence; `refused`: events that were out of range; `late_grains`; `active`, `pending`: grains
    that sound or wait; `unreported`: what `played` had no room for; `unheard`: samples that the file
    had no time for; `input_lost`: input frames that nobody fetched in time; `input_overflows`: blocks before
    which the device lost some; `input_non_finite`: input samples that were no sound and became silence; `reduction`: the limiter's least gain in the newest block; `peaks`: of each channel,
    falling slowly; `load`: of the last third of a second; `median_load`, `p99_load`: since the start;
    `stalled`: no block was asked for in the last second.
    """

    clock: int
    blocks: int
    late: int
    underflows: int
    failures: int
    non_finite: int
    refused: int
    late_grains: int
    active: int
    pending: int
    unreported: int
    unheard: int
    input_lost: int
    input_overflows: int
    input_non_finite: int
    reduction: float
    peaks: tuple[float, ...]
    load: float
    median_load: float
    p99_load: float
    stalled: bool


class Engine:
    """A running audio engine; `start` makes one. A context manager, which stops it.

    Its methods may be called from any thread of the control process, and every one of them raises
    EngineError once the engine has ended by itself. One whose device is gone has not: it is `stalled`, its clock
    stands still, and it goes on when the device is back; what was sent meanwhile is forgotten.
    """

    def __init__(self, setup: Setup) -> None:
        """Start the process; `start` does this and hands over sounds and envelopes."""
        self.latency = self.input_latency = 0.0
        """Seconds from a block's being made to its being heard, and from a sound at the input to its being there,
        as far as the device tells."""
        self._lock = threading.Lock()  # of the rings; of the control side only, the engine never waits
        self._envelopes: dict[bytes, int] = {}
        self._writer: Writer | None = None
        with ready(setup.source, setup.sample_rate) as source:
            self.setup = replace(setup, source=source)
            self._shared = Shared(self.setup)
            self._shared.state["gain"] = 1.0
            self._host = Host(self.setup, self._shared, setup.source)
            self._stopped = False
            try:
                if isinstance(setup.sink, File):
                    self._writer = Writer(setup, setup.sink, self._shared.heard, self._shared.state)
                self.latency, self.input_latency = self._host.begin()
            except BaseException:
                self._give_up(keep=False)
                raise

    @classmethod
    def start(
        cls,
        pools: Sequence[Samples | Pool],
        sample_rate: int,
        n_channels: int,
        *,
        block: int = 256,
        sink: Sink | None = None,
        envelopes: Sequence[NDArray[Any]] = (),
        interpolation: str = "linear",
        source: Source | None = None,
    ) -> Engine:
        """An engine whose stream runs. Pools and envelopes are numbered from 0 in the order given.

        `block`: frames, 16 to 8192; `sink`: the default device unless told. Grains are read with
        `interpolation` (none, linear, cubic). `source`: what it hears, where it is to hear anything
        (`granulate.live.input.sources`); an input device needs an output device.

        Raises ParameterError for what is out of range, SoundFileError for an input that cannot be read, EngineError where the device cannot be opened,
        MissingDependencyError without PortAudio, OutputError for a file that cannot be written.
        """
        for name, value, least, most in (
            ("sample rate", sample_rate, 1000, 768_000), ("number of channels", n_channels, 1, 64), ("block", block, 16, 8192),
        ):  # fmt: skip
            if not least <= value <= most:
                raise ParameterError(f"a {name} of {value}; allowed: {least} to {most}")
        if interpolation not in METHODS:
            raise ParameterError(f"interpolation {interpolation!r}; allowed: {', '.join(METHODS)}")
        sink = Device() if sink is None else sink
        if isinstance(source, DeviceInput) and not isinstance(sink, Device):
            raise ParameterError("an input device without an output device; allowed: a file as the input")
        engine = cls(Setup(sample_rate, n_channels, block, interpolation, sink, source))
        try:
            for pool in pools:
                engine.add_pool(pool)
            for table in envelopes:
                engine.add_envelope(table)
        except BaseException:
            engine._give_up(keep=False)
            raise
        return engine

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.stop()
        else:
            with suppress(EngineError):  # what went wrong first is what is told
                self.stop()

    def add_pool(self, frames: Samples | Pool) -> int:
        """The number by which events name a sound (n_frames, 1 or n_channels), from now on.

        Raises ParameterError for another shape or too many; OutputError where there is no room.
        """
        n_channels = frames.n_channels if isinstance(frames, Pool) else frames.shape[-1]
        if (not isinstance(frames, Pool) and frames.ndim != 2) or n_channels not in (
            1,
            self.setup.n_channels,
        ):
            shape = (frames.n_frames, n_channels) if isinstance(frames, Pool) else frames.shape
            raise ParameterError(f"a pool of shape {shape}; allowed: 1 or {self.setup.n_channels} channels")
        return self._host.add(frames)

    def remove_pool(self, number: int) -> None:
        """Refuse the events of a pool from now on; its memory is given back when none of it sounds."""
        self._host.remove(number)

    def add_envelope(self, table: NDArray[Any]) -> int:
        """The number by which events name an envelope (TABLE_STEPS + 1,); one that is there keeps its number."""
        values = np.ascontiguousarray(table, np.float32)
        if values.shape != (TABLE_STEPS + 1,) or not np.isfinite(values).all():
            raise ParameterError(
                f"an envelope of shape {values.shape}; allowed: {TABLE_STEPS + 1} finite values"
            )
        with self._lock:
            self._check()
            key = values.tobytes()
            if key in self._envelopes:
                return self._envelopes[key]
            number = len(self._envelopes)
            if number == MOST_ENVELOPES:
                raise ParameterError(f"more than {MOST_ENVELOPES} envelopes; allowed: {MOST_ENVELOPES}")
            self._shared.tables[number] = values
            self._shared.state["n_envelopes"] = number + 1  # last: then the table is there
            self._envelopes[key] = number
        return number

    def push(self, records: NDArray[Any]) -> int:
        """Send events (`records.event_type`), in order; how many fitted. The rest is to be sent again later."""
        with self._lock:
            self._check()
            return self._shared.events.push(records)

    def command(self, kind: Command, value: float = 0.0) -> None:
        """Tell the engine something; what was pushed before is there before it.

        Raises ParameterError for a gain that is out of range.
        """
        if not 0 <= value <= LOUDEST:
            raise ParameterError(f"a master gain of {value:g}; allowed: 0 to {LOUDEST:g}")
        with self._lock:
            self._check()
            record = np.array([(kind, value, self._shared.events.n_pushed)], COMMAND)
            # What does not fit is lost: the device has been gone for a while, and begins anew when it is back.
            self._shared.commands.push(record)

    def panic(self) -> None:
        """Fade out within 10 ms and forget all events; what is pushed from now on plays."""
        self.command(Command.PANIC)

    def gain(self, value: float) -> None:
        """Move the master gain, in 10 ms."""
        self.command(Command.GAIN, value)

    def played(self, most: int = 4096) -> NDArray[Any]:
        """What has happened since the last call, oldest first (`records.PLAYED`), at most so many."""
        with self._lock:
            self._check()
            ring = self._shared.played
            out = np.empty(min(most, ring.n_pushed - ring.n_popped), PLAYED)
            return out[: ring.pop(out)]

    def captured(self, out: NDArray[Any]) -> int:
        """Read input that has come since the last call into `out` (`records.captured_type`); how many records that was."""
        with self._lock:
            self._check()
            return self._shared.captured.pop(out)

    def listen(self, on: bool) -> None:
        """Keep the blocks that are made for `heard` from now on, or no more.

        Raises ParameterError where they go into a file, which is the one reader that there can be.
        """
        if isinstance(self.setup.sink, File):
            raise ParameterError(
                f"to hear what goes into {self.setup.sink.path}; allowed: with a device, or none"
            )
        with self._lock:
            self._check()
            self._shared.state["listening"] = int(on)

    def heard(self, out: NDArray[Any]) -> int:
        """Read blocks that were made while it was listened to into `out` (`records.heard_type`), oldest first; how
        many that was. Who reads too late misses the newest, which `State.unheard` counts."""
        with self._lock:
            self._check()
            return self._shared.heard.pop(out)

    def complete(self, until: int) -> None:
        """Of a freewheeling engine: all events before this output sample have been pushed."""
        with self._lock:
            self._check()
            self._shared.state["complete"] = until

    def wait(self, until: int, timeout: float = 60.0) -> None:
        """Return when the engine's clock is there, having been promised so much. Raises EngineError after `timeout` s."""
        end = time.monotonic() + timeout
        while True:
            clock = self.clock
            if clock >= until:
                return
            if time.monotonic() > end:
                raise EngineError(
                    f"the audio engine is at sample {clock} after {timeout:g} s; allowed: {until}"
                )
            time.sleep(_LOOK_S)

    @property
    def clock(self) -> int:
        """Where the stream is, in output samples: `state.clock`, for who asks all the time."""
        with self._lock:
            self._check()
            return int(self._shared.state["clock"])

    @property
    def stalled(self) -> bool:
        """Whether no block was asked for in the last second: `state.stalled`."""
        with self._lock:
            self._check()
            return bool(self._shared.state["stalled"])

    @property
    def state(self) -> State:
        """How it is at this moment."""
        with self._lock:
            self._check()
            state = self._shared.state.copy()
        row = dict(zip(state.dtype.names or (), state.item(), strict=True))
        peaks, loads = row.pop("peak"), np.cumsum(row.pop("loads"))
        for name in ("complete", "listening", "n_envelopes", "gain"):
            del row[name]
        median, p99 = (
            (1 + int(np.searchsorted(loads, q * loads[-1]))) / 64 if loads[-1] else 0.0 for q in (0.5, 0.99)
        )
        return State(
            **row | {"stalled": bool(row["stalled"])},
            peaks=tuple(peaks.tolist()),
            median_load=median,
            p99_load=p99,
        )

    @property
    def pid(self) -> int:
        """The engine's process."""
        return self._host.pid

    def stop(self) -> None:
        """Fade out, close the device, and move a file to its name; does nothing the second time.

        Raises EngineError if the engine had ended by itself (a file of what was heard is there even so),
        and OutputError if the file could not be written.
        """
        if self._stopped:
            return
        lost = ""
        try:
            with suppress(ParameterError):
                self.command(Command.STOP)
            self._host.wait_until_over()
        except EngineError as error:
            lost = str(error)
        self._give_up(keep=True)
        if lost:
            raise EngineError(lost)

    def _give_up(self, *, keep: bool) -> None:
        """End the process, by force if need be, and then what hangs on it; whether to `keep` a file."""
        with self._lock:
            self._stopped = True
        self._host.end()
        writer, self._writer = self._writer, None
        try:
            if writer is not None:
                writer.finish(keep=keep)
        finally:
            del writer
            self._shared.close()

    def _check(self) -> None:
        if self._stopped:
            raise EngineError("the audio engine is stopped")
        self._host.check()


__all__ = [
    "Device", "DeviceInput", "Engine", "EngineError", "File", "FileInput", "Null", "NullInput", "Pool", "State",
]  # fmt: skip
