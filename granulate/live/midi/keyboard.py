"""Keys that play grains: which grain, how loud, how high, and until when."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from granulate.live.midi.handler import Value
from granulate.live.midi.messages import Move
from granulate.live.midi.mpe import Expression
from granulate.live.midi.tables import Notes

Act = Callable[..., None]
_PEDAL = 64
_MOST_VOICES = 256
"""Held at once; the oldest makes way."""
_MAX_RATE = 64.0
_LEAST_DB, _MOST_DB = -120.0, 24.0


@dataclass(slots=True)
class _Voice:
    number: int
    notes: Notes
    grain: int
    key: int
    channel: int
    gain: float
    released: bool = False
    """The key is up and the pedal holds it."""


class Keyboard:
    """Plays the map's `notes` tables. `order`: grain numbers along the map; unset, grains are in their own order."""

    def __init__(
        self, notes: Sequence[Notes], expression: Expression, act: Act, order: Sequence[int] | None
    ) -> None:
        self._notes, self._expression, self._act = list(notes), expression, act
        self.order = order
        self._voices: list[_Voice] = []
        self._pedals: set[int] = set()
        self._turns: dict[tuple[int, int], int] = {}
        self._newest = 0

    @property
    def held(self) -> int:
        """How many voices are held."""
        return len(self._voices)

    def key(self, channel: int, key: int, velocity: int) -> None:
        """A key that was pressed, or released where the velocity is 0."""
        self._lift(channel, key)
        if not velocity:
            return
        for number, notes in enumerate(self._notes):
            if notes.low <= key <= notes.high and self._listens(notes, channel):
                grain = self._grain(number, notes, key)
                if grain is not None:
                    # General MIDI's level of a velocity (DLS, concave transform).
                    gain = notes.gain + notes.velocity * 40 * math.log10(velocity / 127)
                    self._play(notes, grain, key, channel, gain)

    def follow(self, move: Move) -> None:
        """Bends, pressure and the sustain pedal, for the voices that are held."""
        if move.kind == "cc" and move.number == _PEDAL:
            self._pedal(move.channel, move.value >= 64)
        elif move.kind == "poly":
            for voice in self._voices:
                if (voice.channel, voice.key) == (move.channel, move.number):
                    self._vary(voice, move.position())
        elif move.kind in ("bend", "pressure", "cc"):
            for voice in self._voices:
                if move.channel in (voice.channel, self._expression.manager(voice.channel)):
                    self._vary(voice, self._expression.pressure(voice.channel))

    def release(self, channel: int | None = None) -> None:
        """Every voice of a channel (a manager's are its zone's), or of all."""
        manager = self._expression.manager
        for voice in [v for v in self._voices if channel in (None, v.channel, manager(v.channel))]:
            self._end(voice)
        self._pedals = set() if channel is None else self._pedals - {channel}

    def _listens(self, notes: Notes, channel: int) -> bool:
        return self._expression.in_zones(channel) if notes.mpe else notes.channel in (None, channel)

    def _grain(self, number: int, notes: Notes, key: int) -> int | None:
        if notes.mapping == "grain":
            return notes.grain if self.order is None or notes.grain < len(self.order) else None
        place = notes.grain + key - notes.low
        if notes.mapping == "regions":
            n, keys = len(self.order or ()), notes.high - notes.low + 1
            first, last = (n * (key - notes.low + i) // keys for i in (0, 1))
            if n == 0:
                return None
            # Each press plays the region's next grain; regions of no grain share their neighbour's.
            turn = self._turns[number, key] = self._turns.get((number, key), -1) + 1
            place = first + turn % max(1, last - first)
        if self.order is None:
            return place
        return int(self.order[place]) if place < len(self.order) else None

    def _play(self, notes: Notes, grain: int, key: int, channel: int, gain: float) -> None:
        voice = _Voice(self._newest, notes, grain, key, channel, gain)
        if not notes.hold:
            self._act("play", grain, self._gain(voice, 0.0), self._rate(voice), 0.0)
            return
        self._newest += 1
        if len(self._voices) >= _MOST_VOICES:
            self._end(self._voices[0])
        self._voices.append(voice)
        pressure = self._expression.pressure(channel)
        self._act("hold", voice.number, grain, self._gain(voice, pressure), self._rate(voice))

    def _vary(self, voice: _Voice, pressure: float) -> None:
        values: tuple[Value, ...] = (
            self._gain(voice, pressure),
            self._rate(voice),
            self._expression.timbre(voice.channel),
        )
        self._act("vary", voice.number, *values)

    def _gain(self, voice: _Voice, pressure: float) -> float:
        return min(max(voice.gain + voice.notes.pressure * pressure, _LEAST_DB), _MOST_DB)

    def _rate(self, voice: _Voice) -> float:
        tracked = voice.notes.tracking * (voice.key - voice.notes.root)
        rate = 2 ** ((tracked + self._expression.semitones(voice.channel)) / 12)
        return float(min(max(rate, 1 / _MAX_RATE), _MAX_RATE))

    def _lift(self, channel: int, key: int) -> None:
        for voice in [v for v in self._voices if (v.channel, v.key) == (channel, key)]:
            if self._pedalled(channel) and not voice.released:
                voice.released = True
            else:
                self._end(voice)

    def _pedalled(self, channel: int) -> bool:
        return channel in self._pedals or self._expression.manager(channel) in self._pedals

    def _pedal(self, channel: int, down: bool) -> None:
        self._pedals = self._pedals | {channel} if down else self._pedals - {channel}
        for voice in [v for v in self._voices if v.released and not self._pedalled(v.channel)]:
            self._end(voice)

    def _end(self, voice: _Voice) -> None:
        self._voices.remove(voice)
        self._act("release", voice.number)
