"""Zones of MIDI Polyphonic Expression (RP-053): one note for each channel, so that each bends on its own."""

from __future__ import annotations

from granulate.live.midi.messages import Move

LOWER, UPPER = 1, 16
"""The two zones' manager channels."""
_BEND_RANGE, _CONFIGURATION = 0, 6
"""The registered parameters that zones listen to."""
_TIMBRE = 74
_MEMBER_RANGE, _PLAIN_RANGE = 48.0, 2.0


class Expression:
    """What bends and presses each note: pitch bend, pressure and controller 74 of its channel and its manager.

    Channels outside of every zone are plain ones, whose bend moves all of their notes.
    """

    def __init__(self, lower: int = 0, upper: int = 0) -> None:
        self.members = {LOWER: 0, UPPER: 0}
        self._ranges = dict.fromkeys(range(1, 17), _PLAIN_RANGE)
        self._bends: dict[int, float] = {}
        self._pressures: dict[int, float] = {}
        self._timbres: dict[int, float] = {}
        for manager, count in ((LOWER, lower), (UPPER, upper)):
            if count:
                self.configure(manager, count)

    def configure(self, manager: int, count: int) -> None:
        """Give a zone so many member channels (0 ends it); the other zone makes way, and bends are reset."""
        other = LOWER + UPPER - manager
        self.members[manager] = min(count, 15)
        # Both managers stay: with two zones there are 14 channels to share.
        self.members[other] = (
            min(self.members[other], max(0, 14 - self.members[manager])) if count else self.members[other]
        )
        for channel in range(1, 17):
            self._ranges[channel] = _MEMBER_RANGE if self.manager(channel) else _PLAIN_RANGE
        self.forget()

    def manager(self, channel: int) -> int | None:
        """The manager of the zone that the channel is a member of."""
        if 2 <= channel <= self.members[LOWER] + 1:
            return LOWER
        if 15 >= channel >= 16 - self.members[UPPER] and self.members[UPPER]:
            return UPPER
        return None

    def in_zones(self, channel: int) -> bool:
        """Whether it is a member or an active zone's manager."""
        return self.manager(channel) is not None or bool(self.members.get(channel))

    def take(self, move: Move) -> bool:
        """Follow a move; whether it changed how notes sound."""
        if move.kind == "rpn":
            self._registered(move)
        elif move.kind == "bend":
            self._bends[move.channel] = 2 * move.position() - 1
            return True
        elif move.kind == "pressure":
            self._pressures[move.channel] = move.position()
            return True
        elif move.kind == "cc" and move.number == _TIMBRE:
            self._timbres[move.channel] = move.position()
            return True
        return False

    def forget(self, channel: int | None = None) -> None:
        """The wheels of one channel or of all at rest; zones and ranges stay."""
        for held in (self._bends, self._pressures, self._timbres):
            for known in [known for known in held if channel in (None, known)]:
                del held[known]

    def semitones(self, channel: int) -> float:
        """How far the notes of a channel are bent: its own bend and its manager's, added."""
        manager = self.manager(channel)
        bent = self._bends.get(channel, 0.0) * self._ranges[channel]
        return bent + (self._bends.get(manager, 0.0) * self._ranges[manager] if manager else 0.0)

    def pressure(self, channel: int) -> float:
        """From 0 to 1: the greater of the channel's and its manager's."""
        return max(self._pressures.get(c, 0.0) for c in (channel, self.manager(channel) or channel))

    def timbre(self, channel: int) -> float:
        """From 0 to 1, at rest in the middle; the channel's own where it has one, else its manager's."""
        manager = self.manager(channel) or channel
        return self._timbres.get(channel, self._timbres.get(manager, 0.5))

    def _registered(self, move: Move) -> None:
        if move.clicks:
            return
        if move.number == _CONFIGURATION and move.channel in (LOWER, UPPER):
            self.configure(move.channel, move.value >> 7)
        elif move.number == _BEND_RANGE:
            semitones = min(96.0, (move.value >> 7) + (move.value & 0x7F) / 100)
            manager = self.manager(move.channel)
            # Members of a zone have one range, whichever of them is told of it.
            alike = [c for c in range(1, 17) if manager and self.manager(c) == manager] or [move.channel]
            self._ranges.update(dict.fromkeys(alike, semitones))
