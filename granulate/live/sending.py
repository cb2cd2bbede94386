"""The sender: events become the engine's records, under numbers by which it tells what became of them."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from granulate.errors import ParameterError
from granulate.live.engine import Engine
from granulate.live.lending import Places
from granulate.live.records import Happened, event_type
from granulate.live.take import Take
from granulate.sounds import channel_gains, envelope_table
from granulate.types import Choice, Corpus, Events, Framing


class Sender:
    """Sends events to an engine, as many as it has room for and the rest later, and writes them into a take.

    `places`: where the sounds lie that events name. One thread at a time may use it.
    """

    def __init__(self, engine: Engine, places: Places) -> None:
        self.places = places
        self.level = 1.0
        """Times every grain's gain from now on: in the grains, so that a take has it too."""
        self._engine = engine
        self._type = event_type(engine.setup.n_channels)
        self._envelopes: list[tuple[Choice, Framing]] = []  # a window is another one in another framing
        self._waiting = np.zeros(0, self._type)
        self._n_sent = 0
        self._take: Take | None = None

    def envelope(self, choice: Choice, framing: Framing) -> int:
        """The engine's number of an envelope."""
        if (choice, framing) in self._envelopes:
            return self._envelopes.index((choice, framing))
        table = envelope_table(choice, framing)
        try:
            number = self._engine.add_envelope(table)
        except ParameterError:
            # There is room for so many shapes; one that is moved for minutes stays as it is then.
            return len(self._envelopes) - 1
        # The engine knows an envelope of the same table already by another name.
        if number == len(self._envelopes):
            self._envelopes.append((choice, framing))
        return number

    def send(self, events: Events, envelope: int) -> None:
        """Send events with the next push, all with one envelope."""
        gain = (events.gain * np.float32(self.level)).astype(np.float32)
        events = replace(events, envelope=np.full(len(events), envelope), gain=gain)
        records = self._records(events)
        if self._take is not None:
            self._take.send(records["id"], events)
        self._waiting = np.concatenate([self._waiting, records])

    def push(self) -> None:
        """Let the engine have what waits, as far as it has room."""
        if len(self._waiting):
            self._waiting = self._waiting[self._engine.push(self._waiting) :]

    def panic(self) -> None:
        """Forget what waits, and let the engine fall silent at once."""
        self._waiting = self._waiting[:0]
        self._engine.panic()

    def collect(self) -> None:
        """Hear what has become of what was sent."""
        happened = self._engine.played()
        if self._take is not None:
            began = happened[happened["kind"] == Happened.BEGAN]
            self._take.began(began["id"], began["time"])
            self._take.panicked(happened["time"][happened["kind"] == Happened.PANIC])

    @property
    def recording(self) -> bool:
        """Whether a take is written."""
        return self._take is not None

    def begin_take(self, corpus: Corpus, seed: int) -> None:
        """Write down what is sent from now on."""
        self._take = Take(corpus, self._engine.setup.interpolation, seed)

    def play(self, corpus: Corpus) -> None:
        """What is sent from now on is of this corpus."""
        if self._take is not None:
            self._take.play(corpus)

    def end_take(self) -> Take:
        """What was written down until now."""
        self.collect()
        take, self._take = self._take, None
        assert take is not None
        take.end(self._engine.clock, tuple(choice for choice, _ in self._envelopes))
        return take

    def _records(self, events: Events) -> NDArray[Any]:
        records = np.zeros(len(events), self._type)
        records["id"] = self._n_sent + np.arange(len(events))
        self._n_sent += len(events)
        low = self.places.low[events.sound]
        records["pool"], records["envelope"] = self.places.pool[events.sound], events.envelope
        records["time"], records["start"] = events.time, events.start + low
        records["length"], records["rate"] = events.length, events.rate
        records["low"], records["high"] = low, self.places.high[events.sound]
        records["gains"] = channel_gains(events, self._engine.setup.n_channels)
        return records
