"""The player: a thread that keeps the engine fed with a stream's events, and knows what became of them."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import GranulateError, ParameterError
from granulate.live.engine import Engine
from granulate.live.records import AT_ONCE, Happened, event_type
from granulate.live.stream import Stream
from granulate.live.take import Take
from granulate.paths import envelope_of
from granulate.sounds import channel_gains, envelope_table, pooled
from granulate.types import WINDOW, Choice, Corpus, Events, Framing, Score

_AHEAD_S = 0.0015
"""How far ahead of the block after the next the events are made: a control is heard so much later at most."""
_WAKE_S = 0.0005
_RETIRED_S = 1.0
"""How long sounds that are no longer played stay lent to the engine."""
_MOST_HELD = 128
_MOST_AT_ONCE = 4096
"""Events made in a row before what happened is looked at again."""


@dataclass(slots=True)
class _Held:
    """A grain that sounds on and on, as a key that is held: a window every hop, when the next is due."""

    grain: int
    gain: float
    rate: float
    due: int


class Player(threading.Thread):
    """Feeds an engine with one stream at a time; another one takes over where it is.

    `failure` is what ended it, if it was not `close`. `newest` is the number of the newest grain, -1
    before the first.
    """

    def __init__(self, engine: Engine, stream: Stream, *, until: int | None = None) -> None:
        super().__init__(name="player", daemon=True)
        self.engine = engine
        self.failure: GranulateError | None = None
        self.over = threading.Event()
        self.newest = -1
        self.level = 1.0
        """Times every grain's gain from now on: in the grains, so that a take has it too."""
        self._until = until
        self._type = event_type(engine.setup.n_channels)
        self._lock = threading.Lock()  # of the stream and the take; the engine never waits for it
        self._envelopes: list[tuple[Choice, Framing]] = []  # a window is another one in another framing
        self._take: Take | None = None
        self._held: dict[int, _Held] = {}
        self._retired: list[tuple[int, int]] = []
        self._waiting = np.zeros(0, self._type)
        self._n_sent = 0
        self._playing = True
        self._stream = stream
        self._sounds = stream.corpus.sounds
        self._pool, self._edges = self._lend(stream.corpus)

    @property
    def stream(self) -> Stream:
        return self._stream

    def take_over(self, stream: Stream) -> None:
        """Let another stream go on from where the present one is: what sounds dies away by itself."""
        with self._lock:
            if stream.corpus.sounds is not self._sounds:
                # Events of the present sounds are still on their way.
                due = self.engine.state.clock + round(_RETIRED_S * self.engine.setup.sample_rate)
                self._retired.append((self._pool, due))
                self._pool, self._edges = self._lend(stream.corpus)
                self._sounds = stream.corpus.sounds
            self._held.clear()
            stream.clock = max(self._stream.clock, float(self.engine.state.clock))
            self._stream = stream

    def rest(self, resting: bool) -> None:
        """Let the path rest, or go on."""
        self._playing = not resting

    def play(self, grain: int, gain: float, rate: float, pan: float) -> None:
        """Play one grain at once."""
        with self._lock:
            corpus = self._stream.corpus
            which = np.array([grain])
            events = Events(
                np.array([AT_ONCE]), corpus.grains.sounds[which], corpus.grains.onsets[which],
                np.maximum(1, np.round(corpus.grains.lengths[which] / abs(rate))).astype(np.int64),
                np.array([rate]), np.array([gain]), np.array([pan]),
            )  # fmt: skip
            self._send(grain, events)

    def hold(self, voice: int, grain: int, gain: float, rate: float) -> None:
        """Let a grain sound on until the voice is released. Raises ParameterError for too many."""
        with self._lock:
            if len(self._held) >= _MOST_HELD and voice not in self._held:
                raise ParameterError(f"more than {_MOST_HELD} held grains; allowed: {_MOST_HELD}")
            self._held[voice] = _Held(grain, gain, rate, self.engine.state.clock + self.engine.setup.block)

    def vary(self, voice: int, gain: float, rate: float) -> None:
        """Change how a held grain sounds on."""
        with self._lock:
            if voice in self._held:
                self._held[voice].gain, self._held[voice].rate = gain, rate

    def release(self, voice: int) -> None:
        """Let a held grain die away."""
        with self._lock:
            self._held.pop(voice, None)

    def quiet(self) -> None:
        """Forget what is held and what has not been sent, and let the engine fall silent at once."""
        with self._lock:
            self._held.clear()
            self._waiting = self._waiting[:0]
            self.engine.panic()

    def go(self, place: tuple[float, ...]) -> None:
        """Lead the walk to a place on the map."""
        with self._lock:
            self._stream.go(place)

    def begin_take(self) -> None:
        """Write down what is played from now on."""
        with self._lock:
            stream, setup = self._stream, self.engine.setup
            self._take = Take(stream.corpus, setup.interpolation, stream.preset.seed)
            self._take.begun = self.engine.state.clock

    def end_take(self, until: int | None = None) -> Score:
        """What was written down, up to an output sample, or until now. Raises ScoreError where nothing was."""
        with self._lock:
            self._collect()
            take, self._take = self._take, None
            assert take is not None
            end = self.engine.state.clock if until is None else until
            return take.score(end, tuple(choice for choice, _ in self._envelopes))

    @property
    def recording(self) -> bool:
        return self._take is not None

    def run(self) -> None:
        """The thread's work, until `close`, the end, or a failure."""
        try:
            while not self.over.is_set():
                self._turn()
        except GranulateError as error:
            self.failure = error
        finally:
            self.over.set()

    def close(self) -> None:
        """End the thread."""
        self.over.set()
        if self.is_alive():
            self.join()

    def _turn(self) -> None:
        engine = self.engine
        clock, setup = engine.state.clock, engine.setup
        until = clock + 2 * setup.block + int(_AHEAD_S * setup.sample_rate)
        until = until if self._until is None else min(until, self._until)
        with self._lock:
            self._feed(clock, until)
            self._collect()
            while self._retired and self._retired[0][1] <= clock:
                engine.remove_pool(self._retired.pop(0)[0])
        if getattr(setup.sink, "freewheel", False):
            engine.complete(until)
            engine.wait(until // setup.block * setup.block)
        else:
            self.over.wait(_WAKE_S)
        if self._until is not None and engine.state.clock >= self._until:
            self.over.set()

    def _feed(self, clock: int, until: int) -> None:
        stream = self._stream
        if not self._playing or stream.clock < clock:
            # After a rest, or where it fell behind, the path goes on from now: it does not catch up.
            stream.clock = float(max(stream.clock, clock)) if self._playing else float(until)
        made = 0
        while self._playing and stream.clock < until and made < _MOST_AT_ONCE:
            played = stream.next()
            self._send(int(played.grains[-1]), played.events)
            made += len(played.grains)
        for held in self._held.values():
            self._sound_on(held, clock, until)
        if len(self._waiting):
            self._waiting = self._waiting[self.engine.push(self._waiting) :]

    def _sound_on(self, held: _Held, clock: int, until: int) -> None:
        corpus = self._stream.corpus
        framing, which = corpus.framing, np.array([held.grain])
        held.due = max(held.due, clock)
        while held.due < until:
            events = Events(
                np.array([held.due]), corpus.grains.sounds[which], corpus.grains.onsets[which],
                np.array([framing.window]), np.array([held.rate]), np.array([held.gain]),
            )  # fmt: skip
            self._send(held.grain, events, WINDOW)
            held.due += framing.hop

    def _send(self, grain: int, events: Events, envelope: Choice | None = None) -> None:
        number = self._envelope(envelope or envelope_of(self._stream.preset))
        gain = (events.gain * np.float32(self.level)).astype(np.float32)
        events = replace(events, envelope=np.full(len(events), number), gain=gain)
        records = self._records(events)
        if self._take is not None:
            self._take.send(records["id"], events)
        self._waiting = np.concatenate([self._waiting, records])
        self.newest = grain

    def _records(self, events: Events) -> NDArray[Any]:
        records = np.zeros(len(events), self._type)
        records["id"] = self._n_sent + np.arange(len(events))
        self._n_sent += len(events)
        low = self._edges[events.sound]
        records["pool"], records["envelope"] = self._pool, events.envelope
        records["time"], records["start"] = events.time, events.start + low
        records["length"], records["rate"] = events.length, events.rate
        records["low"], records["high"] = low, self._edges[events.sound + 1]
        records["gains"] = channel_gains(events, self.engine.setup.n_channels)
        return records

    def _envelope(self, choice: Choice) -> int:
        framing = self._stream.corpus.framing
        if (choice, framing) in self._envelopes:
            return self._envelopes.index((choice, framing))
        table = envelope_table(choice, framing)
        try:
            number = self.engine.add_envelope(table)
        except ParameterError:
            # There is room for so many shapes; one that is moved for minutes stays as it is then.
            return len(self._envelopes) - 1
        # The engine knows an envelope of the same table already by another name.
        if number == len(self._envelopes):
            self._envelopes.append((choice, framing))
        return number

    def _lend(self, corpus: Corpus) -> tuple[int, NDArray[np.int64]]:
        frames, edges = pooled(corpus.sounds)
        return self.engine.add_pool(frames), edges

    def _collect(self) -> None:
        happened = self.engine.played()
        began = happened[happened["kind"] == Happened.BEGAN]
        if self._take is not None:
            self._take.began(began["id"], began["time"])
