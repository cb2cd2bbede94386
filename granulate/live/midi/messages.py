"""From MIDI messages to moves of controls: what one message means depends on those before it.

A 14-bit controller is two messages (MIDI 1.0 Detailed Specification: controllers 0 to 31 carry the
most significant seven bits, 32 to 63 the least), a (non-)registered parameter up to four (98 and 99,
or 100 and 101, choose it; 6, 38, 96 and 97 set it). A most significant part sets the least one to 0.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

COARSE, FINE = 6, 38
INCREMENT, DECREMENT = 96, 97
_CHOOSERS = {99: ("nrpn", 1), 98: ("nrpn", 0), 101: ("rpn", 1), 100: ("rpn", 0)}
"""Controller -> the space of numbers that it chooses from, and whether it gives the upper half."""
CHANNEL_MODE = 120
"""From here on controller numbers are channel mode messages."""
ALL_SOUND_OFF, RESET_CONTROLLERS, ALL_NOTES_OFF = 120, 121, 123
_NULL = 0x3FFF
"""The parameter that is none: what is entered after it is meant for nobody."""
_PATIENCE = 0.01
"""Seconds that a coarse part waits for its fine one, where one came before."""


@dataclass(frozen=True, slots=True)
class Move:
    """A control that moved.

    `kind`: cc, cc14, nrpn, rpn, note (`value` is its velocity, 0 as it ends), poly (a key's pressure),
    pressure (a channel's), bend or program; `number` where the kind has numbers; `channel` from 1 to
    16; `value` of `bits` bits; `clicks`: by how much, of a control that only says so.
    """

    kind: str
    number: int
    channel: int
    value: int
    bits: int = 7
    clicks: int = 0

    def position(self, bits: int | None = None) -> float:
        """Where the control stands, from 0 to 1; of its first `bits` bits."""
        bits = self.bits if bits is None else min(bits, self.bits)
        return position(self.value >> (self.bits - bits), bits)


def position(value: int, bits: int) -> float:
    """From 0 to 1, with the middle value (64 of 128) at exactly 0.5: a wheel at rest moves nothing.

    The min-centre-max rule of MIDI 2.0's "Bit Scaling and Resolution" (M2-115-U).
    """
    centre = 1 << (bits - 1)
    return value / (2 * centre) if value <= centre else 0.5 + (value - centre) / (2 * (centre - 1))


_Key = tuple[str, int, int]


class Tracker:
    """What the messages of one port have said so far. Times are seconds of any clock that only rises."""

    def __init__(self) -> None:
        self._coarse: dict[_Key, int] = {}
        self._fine: set[_Key] = set()
        self._waiting: dict[_Key, float] = {}
        self._chosen: dict[int, tuple[str, int]] = {}

    def moves(self, message: Any, time: float) -> Iterator[Move]:
        """What a mido message moves: nothing, or one control, or one in each of its two meanings."""
        channel = getattr(message, "channel", -1) + 1
        match message.type:
            case "control_change":
                yield from self._controller(channel, message.control, message.value, time)
            case "note_on":
                yield Move("note", message.note, channel, message.velocity)
            case "note_off":
                yield Move("note", message.note, channel, 0)
            case "polytouch":
                yield Move("poly", message.note, channel, message.value)
            case "aftertouch":
                yield Move("pressure", 0, channel, message.value)
            case "pitchwheel":
                yield Move("bend", 0, channel, message.pitch + 8192, 14)
            case "program_change":
                yield Move("program", message.program, channel, 127)

    @property
    def waits(self) -> bool:
        """Whether there is anything to flush."""
        return bool(self._waiting)

    def flush(self, time: float) -> Iterator[Move]:
        """The coarse parts whose fine part has not come in time."""
        for key in [key for key, since in self._waiting.items() if not 0 <= time - since < _PATIENCE]:
            del self._waiting[key]
            yield Move(*key, self._coarse[key] << 7, 14)

    def forget(self, channel: int | None = None) -> None:
        """As if nothing had come, on one channel or on all."""
        for held in (self._coarse, self._waiting):
            for key in [key for key in held if channel in (None, key[2])]:
                del held[key]
        for known in [known for known in self._chosen if channel in (None, known)]:
            del self._chosen[known]

    def _controller(self, channel: int, number: int, value: int, time: float) -> Iterator[Move]:
        if number >= CHANNEL_MODE:
            if number == RESET_CONTROLLERS:
                self.forget(channel)
            return
        yield Move("cc", number, channel, value)
        if number < 32:
            yield from self._upper(("cc14", number, channel), value, time)
        elif number < 64:
            yield from self._lower(("cc14", number - 32, channel), value)
        if number in _CHOOSERS:
            self._choose(channel, number, value)
        elif number in {COARSE, FINE, INCREMENT, DECREMENT} and channel in self._chosen:
            kind, parameter = self._chosen[channel]
            if parameter != _NULL:
                yield from self._entered((kind, parameter, channel), number, value, time)

    def _choose(self, channel: int, number: int, value: int) -> None:
        kind, upper = _CHOOSERS[number]
        before, chosen = self._chosen.get(channel, (kind, 0))
        if before != kind:
            chosen = 0
        self._chosen[channel] = (kind, chosen & 0x7F | value << 7 if upper else chosen & 0x3F80 | value)

    def _entered(self, key: _Key, number: int, value: int, time: float) -> Iterator[Move]:
        if number == COARSE:
            yield from self._upper(key, value, time)
        elif number == FINE:
            yield from self._lower(key, value)
        else:
            yield Move(*key, self._coarse.get(key, 0) << 7, 14, 1 if number == INCREMENT else -1)

    def _upper(self, key: _Key, value: int, time: float) -> Iterator[Move]:
        self._coarse[key] = value
        if key in self._fine:
            # Sounding at once, it would jump: from 2:00 down to 1:127 there lies 1:00.
            self._waiting[key] = time
        else:
            yield Move(*key, value << 7, 14)

    def _lower(self, key: _Key, value: int) -> Iterator[Move]:
        if key in self._coarse:
            self._fine.add(key)
            self._waiting.pop(key, None)
            yield Move(*key, self._coarse[key] << 7 | value, 14)
