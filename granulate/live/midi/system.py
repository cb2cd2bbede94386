"""The computer's MIDI system, through python-rtmidi: ALSA's or JACK's on Linux, Core MIDI, or Windows'.

Messages are fetched from RtMidi's own queue rather than handed to a callback: with JACK a callback runs in
the server's real-time thread, which would then wait for Python.
"""

from __future__ import annotations

import glob
import importlib
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Protocol

from granulate.atomic import reason
from granulate.errors import GranulateError, MissingDependencyError

CLIENT = "granulate"
_QUEUE = 8192


class MidiError(GranulateError):
    """There is no MIDI system, or it has gone."""


class Input(Protocol):
    """An open port."""

    def messages(self) -> Iterator[tuple[Any, float]]:
        """The mido messages that have come, each with the seconds since the one before. Raises MidiError."""

    def close(self) -> None:
        """Let go of the port; it may have gone."""


class System(Protocol):
    """Where ports are."""

    def inputs(self) -> list[str]:
        """The names of the ports that can be listened to. Raises MidiError where the system has gone."""

    def open(self, name: str) -> Input:
        """Listen to one of them. Raises MidiError."""

    def close(self) -> None:
        """Let go of the system; it may have gone."""


class RtMidi:
    """Ports of the first of RtMidi's systems that there is. Raises MidiError, MissingDependencyError."""

    def __init__(self) -> None:
        self._rtmidi = _library()
        why = []
        for api in self._rtmidi.get_compiled_api():
            name = self._rtmidi.get_api_display_name(api)
            if not _may_run(name):
                why.append(f"{name}: not running")
                continue
            try:
                self._probe = self._rtmidi.MidiIn(rtapi=api, name=f"{CLIENT}-ports")
            except (self._rtmidi.RtMidiError, RuntimeError) as error:
                why.append(f"{name}: {reason(error)}")
                continue
            self._api, self.name = api, name
            return
        raise MidiError(f"no MIDI system here ({'; '.join(why) or 'none is built in'})")

    def inputs(self) -> list[str]:
        try:
            ports = [port for port in self._probe.get_ports() if not port.startswith(CLIENT)]
        except (self._rtmidi.RtMidiError, RuntimeError) as error:
            raise MidiError(f"{self.name} has gone: {reason(error)}") from None
        if not ports and not _may_run(self.name):
            raise MidiError(f"{self.name} has gone")
        return ports

    def open(self, name: str) -> Input:
        return _RtMidiInput(self._rtmidi, self._api, name)

    def close(self) -> None:
        with suppress(self._rtmidi.RtMidiError, RuntimeError):
            self._probe.delete()


class _RtMidiInput:
    def __init__(self, rtmidi: Any, api: int, name: str) -> None:
        import mido

        self._decode = mido.Message.from_bytes
        self._errors = (rtmidi.RtMidiError, RuntimeError)
        port = None
        try:
            port = rtmidi.MidiIn(rtapi=api, name=CLIENT, queue_size_limit=_QUEUE)
            # By number: asked for a client's name too, mido would make a port that is connected to nothing.
            port.open_port(port.get_ports().index(name), "in")
            port.ignore_types(sysex=True, timing=False, active_sense=True)
        except (*self._errors, ValueError) as error:
            if port is not None:
                port.delete()
            raise MidiError(f"{name}: cannot be opened: {reason(error)}") from None
        self._port = port

    def messages(self) -> Iterator[tuple[Any, float]]:
        try:
            while (got := self._port.get_message()) is not None:
                with suppress(ValueError):  # bytes that are no MIDI message
                    yield self._decode(got[0]), got[1]
        except self._errors as error:
            raise MidiError(f"the MIDI port has gone: {reason(error)}") from None

    def close(self) -> None:
        with suppress(*self._errors):
            self._port.close_port()
            self._port.delete()


def _may_run(name: str) -> bool:
    """Whether it is worth a try: on Linux both systems write to standard error where they are missing."""
    if not sys.platform.startswith("linux"):
        return True
    if name == "ALSA":
        return os.path.exists("/dev/snd/seq")
    return name != "Jack" or any(glob.iglob("/dev/shm/jack-[0-9]*"))


def _library() -> Any:
    try:
        return importlib.import_module("rtmidi")
    except ImportError:
        raise MissingDependencyError("MIDI needs python-rtmidi: pip install 'granulate[midi]'") from None
