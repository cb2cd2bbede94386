"""The player: a thread that keeps the engine fed with a stream's events, and knows what became of them."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from functools import partial

import numpy as np
from numpy.typing import NDArray

from granulate.atomic import reason
from granulate.errors import GranulateError, ParameterError
from granulate.live.engine import Engine
from granulate.live.fallback import Fallback, Fell
from granulate.live.input.ear import Ear
from granulate.live.input.inlet import Inlet
from granulate.live.input.memory import Memory
from granulate.live.lending import Lender
from granulate.live.records import AT_ONCE
from granulate.live.sending import Sender
from granulate.live.stream import Stream, listens
from granulate.live.take import Take
from granulate.live.voices import Voices
from granulate.paths import Played, envelope_of
from granulate.preset import Preset
from granulate.types import WINDOW, Events

_AHEAD_S = 0.0015
"""How far ahead of the block after the next the events are made: a control is heard so much later at most."""
_WAKES = 4
"""How often it looks at the clock while a block lasts: the clock moves once in that time, and each look costs."""
_WAKE_S = (0.0005, 0.002)
ANSWER_BLOCKS = 2
"""After the window of the input that it answers a grain begins so many blocks later: the first brings the window's
end, and the player has as long as the second to answer it in time."""
_MOST_RECENT = 4096
_MOST_AT_ONCE = 4096
"""Events made in a row before what happened is looked at again."""


class Player(threading.Thread):
    """Feeds an engine with one stream at a time; another one takes over where it is.

    `failure` is what ended it, if it was not `close`. `newest` is the number of the newest grain, -1
    before the first. A preset that cannot be played ends nothing: it goes on by the one before, and tells
    `fell` of it, in its own thread.
    """

    def __init__(
        self, engine: Engine, stream: Stream, *, until: int | None = None, fell: Fell = lambda preset, line: None
    ) -> None:  # fmt: skip
        super().__init__(name="player", daemon=True)
        self.engine = engine
        self.failure: GranulateError | None = None
        self.over = threading.Event()
        self.newest = -1
        self.recent: deque[int] = deque(maxlen=_MOST_RECENT)
        """The grains that were sent last, for whoever takes them out to show them."""
        self.fallback = Fallback(fell)
        self._until = until
        self._lock = threading.Lock()  # of the stream and the take; the engine never waits for it
        self._voices = Voices()
        self._playing = True
        block_s = engine.setup.block / engine.setup.sample_rate
        self._wake_s = min(max(block_s / _WAKES, _WAKE_S[0]), _WAKE_S[1])
        self._stirred = threading.Event()  # somebody plays, who should not wait for the next look
        self._lender = Lender(engine)
        self.inlet = Inlet(engine) if engine.setup.source is not None else None
        """What is heard; None where the engine hears nothing."""
        self.check(stream.preset)
        self._stream = stream
        self._sender = Sender(engine, self._lender.lend(stream.corpus.sounds))
        self._ear = self._ear_for(stream, None)

    @property
    def stream(self) -> Stream:
        return self._stream

    def check(self, preset: Preset) -> None:
        """Raise ParameterError for one that listens where there is nothing to be heard."""
        if listens(preset) and self.inlet is None:
            raise ParameterError(
                f"path.kind = {preset.path.kind!r} without an input to listen to; allowed: granulate live --input"
            )

    def take_over(self, stream: Stream) -> None:
        """Let another stream go on from where the present one is: what sounds dies away by itself.

        Raises ParameterError as `check` and `Ear` do; then nothing has changed.
        """
        self.check(stream.preset)
        ear = self._ear_for(stream, self._ear)
        if (kept := self._stream.kept) is not None:
            stream.keep(stream.keep_to(kept[kept < stream.shared(self._stream)]))
        places = self._lender.lend(stream.corpus.sounds)  # which takes a while, and nobody waits for it
        with self._lock:
            self._sender.places = places
            self._lender.keep(stream.corpus.sounds)
            self._voices.keep(stream.shared(self._stream))
            stream.go_on_from(self._stream)
            stream.clock = max(self._stream.clock, float(self.engine.clock))
            self._ear, self._stream = ear, stream
            self._sender.play(stream.corpus)

    def remember(self, memory: Memory) -> None:
        """Remember what is heard in another memory, which knows what the present one knew a moment ago."""
        assert self.inlet is not None
        with self._lock:
            memory.add(memory.end, self.inlet.memory.read(memory.end, self.inlet.memory.end))
            self.inlet.memory = memory

    @property
    def missed(self) -> int:
        """How many windows of the input were passed over because the player came too late."""
        return 0 if self._ear is None else self._ear.missed

    @property
    def level(self) -> float:
        """Times every grain's gain from now on."""
        return self._sender.level

    @level.setter
    def level(self, gain: float) -> None:
        self._sender.level = gain

    def rest(self, resting: bool) -> None:
        """Let the path rest, or go on."""
        self._playing = not resting

    def play(self, grain: int, gain: float, rate: float, pan: float) -> None:
        """Play one grain at once. Raises ParameterError for one that there is not."""
        with self._lock:
            self._check_grain(grain)
            grains, which = self._stream.corpus.grains, np.array([grain])
            events = Events(
                np.array([AT_ONCE]), grains.sounds[which], grains.onsets[which],
                np.maximum(1, np.round(grains.lengths[which] / abs(rate))).astype(np.int64),
                np.array([rate]), np.array([gain]), np.array([pan]),
            )  # fmt: skip
            self._send(grain, events, self._envelope_of(self._stream, self._stream.preset))
            self._sender.push()  # not only when the thread wakes up: this is what is waited for

    def hold(self, voice: int, grain: int, gain: float, rate: float) -> None:
        """Let a grain sound on until the voice is released. Raises ParameterError for too many, and one there is not."""
        with self._lock:
            self._check_grain(grain)
            self._voices.hold(voice, grain, gain, rate, self.engine.clock + self.engine.setup.block)
        self._stirred.set()

    def vary(self, voice: int, gain: float, rate: float, aside: float = 0.0) -> None:
        """Change how a held grain sounds on: `aside` it is another, so far along the map's second axis."""
        with self._lock:
            self._voices.vary(voice, gain, rate, partial(self._stream.beside, far=aside))

    def release(self, voice: int) -> None:
        """Let a held grain die away."""
        with self._lock:
            self._voices.release(voice)

    def quiet(self) -> None:
        """Forget what is held and what has not been sent, and let the engine fall silent at once."""
        with self._lock:
            self._voices.clear()
            self._sender.panic()

    def go(self, place: tuple[float, ...]) -> None:
        """Lead the walk to a place on the map."""
        with self._lock:
            self._stream.go(place)

    def keep_to(self, grains: NDArray[np.int64]) -> None:
        """Keep the path to some grains (n,), ascending; none is all of them. Raises ParameterError for others."""
        while True:
            stream = self._stream
            keeping = stream.keep_to(grains)  # which takes a while, and the player does not wait for it
            with self._lock:
                if stream is self._stream:  # else another one has taken over meanwhile
                    stream.keep(keeping)
                    return

    def begin_take(self) -> None:
        """Write down what is played from now on."""
        with self._lock:
            self._sender.begin_take(self._stream.corpus, self._stream.preset.seed)

    def end_take(self) -> Take:
        """What was written down until now, which its `score` has yet to make something of."""
        with self._lock:
            return self._sender.end_take()

    @property
    def recording(self) -> bool:
        return self._sender.recording

    def run(self) -> None:
        """The thread's work, until `close`, the end, or a failure."""
        try:
            with self._lock:
                self._forget_what_waited()
            while not self.over.is_set():
                self._turn()
        except GranulateError as error:
            self.failure = error
        except Exception as error:  # noqa: BLE001 - a thread that ends without a word is worse
            self.failure = GranulateError(f"the player has failed: {type(error).__name__}: {reason(error)}")
        finally:
            self.over.set()

    def close(self) -> None:
        """End the thread."""
        self.over.set()
        if self.is_alive():
            self.join()

    def _check_grain(self, grain: int) -> None:
        # Here, since grains of the input may leave at any time.
        n = len(self._stream.corpus)
        if not 0 <= grain < n:
            raise ParameterError(f"play.grain = {grain}; allowed: 0 to {n - 1}")

    def _forget_what_waited(self) -> None:
        """Nothing is answered that was heard before anybody listened."""
        if self.inlet is not None:
            self.inlet.fetch()
            self._ear = self._ear_for(self._stream, None)

    def _turn(self) -> None:
        engine = self.engine
        clock, setup = engine.clock, engine.setup
        freewheel = getattr(setup.sink, "freewheel", False)
        until = clock + 2 * setup.block + int(_AHEAD_S * setup.sample_rate)
        if freewheel and self.inlet is not None:
            # An answer must not come before what the engine has been promised to be complete.
            until = clock + (ANSWER_BLOCKS - 1) * setup.block
        until = until if self._until is None else min(until, self._until)
        with self._lock:
            self._feed(clock, until)
            self._sender.collect()
            self._lender.collect(clock)
        self.fallback.tell()  # without the lock, which who is told may wait for
        if freewheel:
            engine.complete(until)
            engine.wait(until // setup.block * setup.block)
        else:
            self._stirred.wait(self._wake_s)
            self._stirred.clear()
        if self._until is not None and engine.clock >= self._until:
            self.over.set()

    def _feed(self, clock: int, until: int) -> None:
        stream = self._stream
        if self.inlet is not None:
            self.inlet.fetch()
        with self.fallback.catching(stream):
            stream.hasten()
        if self._ear is not None:
            self._answer(stream, self._ear)
        elif not self._plays(stream) or stream.clock < clock:
            # After a rest, or where it fell behind, the path goes on from now: it does not catch up.
            stream.clock = float(max(stream.clock, clock)) if self._plays(stream) else float(until)
        made = 0
        while self._ear is None and self._plays(stream) and stream.clock < until and made < _MOST_AT_ONCE:
            made += self._play_on(stream, stream.next)
        for grain, events in self._voices.due(stream.corpus, clock, until):
            self._send(grain, events, self._sender.envelope(WINDOW, stream.corpus.framing))
        self._sender.push()

    def _answer(self, stream: Stream, ear: Ear) -> None:
        """Play what answers the windows of the input that have become complete."""
        inlet = self.inlet
        assert inlet is not None
        while (heard := ear.hear(inlet.memory, inlet.channel, stream.gate)) is not None:
            due = heard.complete + ANSWER_BLOCKS * self.engine.setup.block
            if self._plays(stream):
                self._play_on(stream, partial(stream.answer, heard, due))

    def _ear_for(self, stream: Stream, present: Ear | None) -> Ear | None:
        """What listens for a stream that listens, from now on."""
        if not stream.listens or self.inlet is None:
            return None
        if present is not None and present.corpus.fitted is stream.corpus.fitted:
            return present
        return Ear(stream.corpus, self.inlet.memory.end, self.engine.setup.block)

    def _plays(self, stream: Stream) -> bool:
        return self._playing and self.fallback.may_play(stream.preset)

    def _play_on(self, stream: Stream, make: Callable[[], Played | None]) -> int:
        """Send what the path plays next; how many grains that were."""
        preset, played = stream.preset, None
        with self.fallback.catching(stream):
            played = make()
            envelope = self._envelope_of(stream, preset)
            self.fallback.good = (stream.corpus, preset)
        if played is None:
            return 0
        self._send(int(played.grains[-1]), played.events, envelope)
        return len(played.grains)

    def _envelope_of(self, stream: Stream, preset: Preset) -> int:
        return self._sender.envelope(envelope_of(preset), stream.corpus.framing)

    def _send(self, grain: int, events: Events, envelope: int) -> None:
        self._sender.send(events, envelope)
        self.newest = grain
        self.recent.append(grain)
