"""One port's messages, from the wire to the instrument: moves, entries, keys, clock and learning."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from granulate.errors import GranulateError
from granulate.live.midi.clock import TempoFollower
from granulate.live.midi.controller_map import ControllerMap
from granulate.live.midi.handler import Handler
from granulate.live.midi.keyboard import Keyboard
from granulate.live.midi.learning import Learner
from granulate.live.midi.mapping import Entry, Pad
from granulate.live.midi.messages import (
    ALL_NOTES_OFF,
    ALL_SOUND_OFF,
    CHANNEL_MODE,
    RESET_CONTROLLERS,
    Move,
    Tracker,
)
from granulate.live.midi.mpe import Expression

_TRANSPORT = {"start": "start", "continue": "start", "stop": "stop"}
_STEADY = 0.001
"""Tempo changes by less than this part are not passed on."""


class Controller:
    """Plays a handler by the messages of a port, as a map says. One thread at a time may call it.

    What the handler refuses is counted in `refused`, with its words in `problem`: nothing that comes
    in over MIDI raises.
    """

    def __init__(
        self, handler: Handler, controller_map: ControllerMap, order: Sequence[int] | None = None
    ) -> None:
        self._handler = handler
        self._tracker = Tracker()
        self._tempo = TempoFollower()
        self._learner: Learner | None = None
        self._learned: Callable[[ControllerMap], None] | None = None
        self._sent_tempo = 0.0
        self.received = self.refused = 0
        self.problem = ""
        zones = controller_map.zones
        self._expression = Expression(zones.lower, zones.upper)
        self._sounding: list[tuple[int, int]] = []
        self._keyboard = Keyboard([], self._expression, self._act, order)
        self._adopt(controller_map)

    @property
    def map(self) -> ControllerMap:
        """The map as it is now, with what has been learned."""
        return self._map

    @property
    def tempo(self) -> float | None:
        """Beats per minute of the incoming clock; None without one."""
        return self._tempo.tempo

    @property
    def held(self) -> int:
        """How many voices are held."""
        return self._keyboard.held

    def order(self, order: Sequence[int] | None) -> None:
        """The grains' numbers along the map, after a change of corpus. Held voices are released."""
        self._keyboard.release()
        self._keyboard.order = order

    def replace(self, controller_map: ControllerMap) -> None:
        """Play by another map. Held voices are released."""
        self._keyboard.release()
        zones = controller_map.zones
        self._expression = Expression(zones.lower, zones.upper)
        self._sounding.clear()
        self._adopt(controller_map)

    def learn(
        self, target: str, learned: Callable[[ControllerMap], None] | None = None, **given: Any
    ) -> None:
        """Make the next control that is moved an entry for the target, in place of those that it has.

        `learned` is told the new map; `given` are keys of the entry that are set already.
        Raises ParameterError where nothing is called so, and for what no entry could say.
        """
        self._learner, self._learned = Learner(target, given), learned

    @property
    def learning(self) -> str:
        """The target that a control is to be moved for; "" where none is."""
        learner = self._learner  # which another thread may end
        return "" if learner is None else learner.target.name

    def cancel(self) -> None:
        """Learn nothing after all."""
        self._learner = self._learned = None

    def forget(self, target: str) -> None:
        """Let no control move the target any more. Held voices are released."""
        self._keyboard.release()
        self._adopt(self._map.without(target))

    def receive(self, message: Any, time: float) -> None:
        """A mido message at a time in seconds, of any clock that only rises."""
        self.received += 1
        kind = message.type
        if kind == "clock":
            self._tick(time)
        elif kind in _TRANSPORT:
            self._transport(kind)
        elif kind == "reset":
            self.disconnect()
        else:
            if kind == "control_change" and message.control >= CHANNEL_MODE:
                self._channel_mode(message.channel + 1, message.control)
            self._take(list(self._tracker.moves(message, time)), time)

    def poll(self, time: float) -> None:
        """What is due by now without a message: a 14-bit value that was left unfinished, a lesson's end."""
        if self._tracker.waits:
            self._take(list(self._tracker.flush(time)), time)
        self._finish_learning(time)

    def disconnect(self) -> None:
        """The port is gone: keys that it held are released, and its wheels, halves and clock forgotten."""
        self._keyboard.release()
        self._tracker.forget()
        self._tempo.forget()
        self._expression.forget()
        self._sounding.clear()

    def _adopt(self, controller_map: ControllerMap) -> None:
        self._map = controller_map
        self._clock = controller_map.clock
        controls = controller_map.controls
        pad = Pad(controls)
        self._entries: dict[tuple[str, int], list[Entry]] = {}
        for control in controls:
            place = self._entries.setdefault((control.source.kind, control.source.number), [])
            place.append(Entry(control, self._handler, pad))
        self._keyboard = Keyboard(controller_map.notes, self._expression, self._act, self._keyboard.order)

    def _take(self, moves: Iterable[Move], time: float) -> None:
        moves = list(moves)
        if self._learner is not None:
            self._learner.hear(moves, time)
            if self._finish_learning(time):
                return
        for move in moves:
            if move.kind == "note":
                self._sound(move)
            varied = self._expression.take(move)
            for entry in self._entries.get((move.kind, move.number), ()):
                if self._hears(entry, move):
                    self.attempt(entry.take, move)
            if move.kind == "note":
                self._keyboard.key(move.channel, move.number, move.value)
            elif varied or move.kind in ("cc", "poly"):
                self._keyboard.follow(move)

    def _hears(self, entry: Entry, move: Move) -> bool:
        source = entry.control.source
        if not source.mpe:
            return source.channel in (None, move.channel)
        if not self._expression.in_zones(move.channel):
            return False
        # One value for many notes: that of the newest, or the manager's, which is for all of them.
        newest = self._sounding[-1][0] if self._sounding else None
        return move.kind == "note" or move.channel in (newest, self._expression.manager(newest or 0))

    def _sound(self, move: Move) -> None:
        key = (move.channel, move.number)
        if key in self._sounding:
            self._sounding.remove(key)
        if move.value:
            self._sounding.append(key)

    def _finish_learning(self, time: float) -> bool:
        entry = self._learner.entry(time) if self._learner else None
        if entry is None:
            return False
        learned, self._learner = self._learned, None
        try:
            made = self._map.without(entry["target"]).with_table("control", entry)
        except GranulateError as error:
            self._refuse(error)
            return True
        self._keyboard.release()
        self._adopt(made)
        if learned:
            learned(made)
        return True

    def _tick(self, time: float) -> None:
        tempo, clock = self._tempo.tick(time), self._clock
        if tempo is None or clock is None or abs(tempo - self._sent_tempo) <= _STEADY * tempo:
            return
        self._sent_tempo = tempo
        wanted = clock.per_beat * tempo / 60
        value = min(max(wanted, clock.scale.low), clock.scale.high)
        self.attempt(self._handler.set, clock.target.section, clock.target.parameter, value)

    def _transport(self, kind: str) -> None:
        if kind == "stop":
            # The next clock may be another tempo, and is to be told even if it is the same.
            self._tempo.forget()
            self._sent_tempo = 0.0
        if self._clock is not None and self._clock.transport:
            self._act(_TRANSPORT[kind])

    def _channel_mode(self, channel: int, number: int) -> None:
        if number == RESET_CONTROLLERS:
            self._expression.forget(channel)
        elif number == ALL_SOUND_OFF or number >= ALL_NOTES_OFF:
            self._keyboard.release(channel)

    def _act(self, name: str, *args: Any) -> None:
        self.attempt(self._handler.act, name, *args)

    def attempt(self, call: Callable[..., Any], *args: Any) -> None:
        """Call; a refusal is counted and kept."""
        try:
            call(*args)
        except GranulateError as error:
            self._refuse(error)

    def _refuse(self, error: GranulateError) -> None:
        self.refused += 1
        self.problem = str(error)
