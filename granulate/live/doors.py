"""The instrument's doors: what is asked through each is passed on, and told to the log of messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from granulate.errors import GranulateError, ParameterError
from granulate.live.messages import Messages
from granulate.live.midi.lessons import LESSONS, Lessons
from granulate.live.osc.addresses import ROOT, Control, address_space
from granulate.live.osc.handler import Handler, Status

_QUIET = {"vary", "release"}
"""What a held key sends on and on."""


class Doors:
    """What all doors of an instrument share. `preset`: the name of what it plays at first.

    `lessons` is what MIDI learns by, where there is MIDI: its actions are those of every door.
    """

    def __init__(self, instrument: Handler, messages: Messages, preset: str = "") -> None:
        self.instrument, self.messages = instrument, messages
        self.lessons: Lessons | None = None
        self.preset = preset
        """The name of the newest preset."""
        self.changed = False
        """Whether a parameter was set since it was chosen."""
        self.resting = False
        """Whether the path rests."""
        self._space = address_space()

    def door(self, source: str, *, checks: bool = False, refusals: bool = True) -> Door:
        """A way in, under the name that the log calls it by.

        With `checks`, values are checked as the kinds chosen now have them: for those who have not done so.
        Without `refusals`, the log is not told what was refused: who stands there tells it himself.
        """
        return Door(self, source, checks, refusals)

    def checked(self, section: str, parameter: str, value: Any) -> Any:
        """The value as the registry has it for the kinds chosen now. Raises PresetError."""
        control = self._space.get(f"{ROOT}/{section}/{parameter}")
        if not isinstance(control, Control):
            raise ParameterError(f"{section}.{parameter}, which there is not; allowed: SECTION.PARAMETER")
        chosen = None if control.section.single else self.instrument.get(section, "kind")
        return control.read([value], chosen)

    def did(self, name: str, arguments: tuple[Any, ...]) -> None:
        """Remember what an action means for what is shown."""
        if name == "preset":
            self.preset, self.changed = str(arguments[0]), False
        elif name in ("start", "stop"):
            self.resting = name == "stop"


class Door:
    """The handler that one source of messages is given; see `osc.handler.Handler` and `midi.handler.Handler`."""

    def __init__(self, doors: Doors, source: str, checks: bool, refusals: bool) -> None:
        self._doors, self._source, self._checks, self._refusals = doors, source, checks, refusals
        self._instrument, self._messages = doors.instrument, doors.messages

    def set(self, section: str, parameter: str, value: Any) -> None:
        """Set a parameter. Raises what refuses it, having told the log."""
        try:
            if self._checks:
                value = self._doors.checked(section, parameter, value)
            self._instrument.set(section, parameter, value)
        except GranulateError as error:
            self._refused(f"{section}.{parameter}", error)
            raise
        self._doors.changed |= section != "master"
        self._messages.moved(self._source, section, parameter, value)

    def get(self, section: str, parameter: str) -> Any:
        return self._instrument.get(section, parameter)

    def values(self) -> Mapping[tuple[str, str], Any]:
        return self._instrument.values()

    def status(self) -> Status:
        return self._instrument.status()

    def act(self, name: str, *arguments: Any) -> None:
        """Do something once. Raises what refuses it, having told the log."""
        try:
            if name in LESSONS:
                self._learn(name, *arguments)
            else:
                self._instrument.act(name, *arguments)
        except GranulateError as error:
            self._refused(name, error)
            raise
        self._doors.did(name, arguments)
        if name not in _QUIET:
            self._messages.did(self._source, name, arguments)

    def _refused(self, what: str, error: GranulateError) -> None:
        if self._refusals:
            self._messages.refused(self._source, what, str(error))

    def _learn(self, name: str, target: str) -> None:
        lessons = self._doors.lessons
        if lessons is None:
            raise ParameterError(f"{name} without MIDI; allowed: granulate live --midi PORT")
        lessons.act(name, target)
