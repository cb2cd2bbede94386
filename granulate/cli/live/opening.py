"""What the options of `granulate live` open: a sink, an input, and the controller's port, map and lessons."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from granulate import sound_file
from granulate.errors import OutputError, ParameterError
from granulate.live.doors import Doors
from granulate.live.engine import Device, File, Null
from granulate.live.input.sources import DeviceInput, FileInput, Source, named
from granulate.live.sinks import Sink
from granulate.space import Space
from granulate.types import Corpus

if TYPE_CHECKING:
    from granulate.live.midi.controller_map import ControllerMap
    from granulate.live.midi.ports import PortWatch


def sink_of(audio: str, freewheel: bool, seconds: float | None, force: bool, inputs: Sequence[str]) -> Sink:
    """Where it sounds. Raises OutputError for a file that may not be written, and for a clock without an end."""
    is_file = "." in audio and Path(audio).suffix.lower() in (".wav", ".w64", ".rf64", ".caf")
    if freewheel and not (is_file or audio == "null"):
        raise OutputError(f"--freewheel with the device {audio!r}; allowed: with null or a file")
    if freewheel and seconds is None:
        raise OutputError("--freewheel without an end; allowed: with --seconds")
    if audio == "null":
        return Null(freewheel)
    if is_file:
        sound_file.check_output(audio, force=force, inputs=inputs)
        return File(audio, freewheel, force)
    return Device(None if audio == "default" else audio)


def source_of(heard: str, channels: int, sink: Sink) -> Source:
    """What it hears. Raises SoundFileError for a file that is not there, and ParameterError for a device beside none."""
    source = named(heard, channels)
    if isinstance(source, FileInput):
        sound_file.gather([heard])
    if isinstance(source, DeviceInput) and not isinstance(sink, Device):
        raise ParameterError(
            f"--input {heard} without a device to sound on; allowed: null, or a sound file by its name"
        )
    return source


def folders_of(inputs: Sequence[str]) -> list[str]:
    """Where clients may name files: the inputs that are folders, and those that the others lie in."""
    return [each if os.path.isdir(each) else os.path.dirname(each) or "." for each in inputs]


def where(sink: Sink) -> str:
    """A sink in words."""
    if isinstance(sink, File):
        return f"into {sink.path}"
    if isinstance(sink, Null):
        return "no device"
    return f"device {'default' if sink.name is None else sink.name}"


def controls_of(port: str | None, name: str | None, into: str | None, force: bool) -> ControllerMap | None:
    """The map to begin with, None without a port: the one that was named, or learned into before, or that
    was made for the port, or the plain keyboard's.

    Raises ParameterError for a map that is wrong, OutputError for a file that may not be learned `into`.
    """
    if port is None:
        if into is not None:
            raise ParameterError(f"--midi-learn {into} without a port; allowed: with --midi")
        return None
    from granulate.live.midi.controller_map import load, map_names
    from granulate.live.midi.lessons import check_lessons

    if into is not None:
        goes_on = name is None and not force and Path(into).is_file()
        name = into if goes_on else name
        check_lessons(Path(into), None if name in (None, *map_names()) else Path(str(name)), force=force)
    if name is not None:
        return load(name)
    found = {wanted: load(wanted) for wanted in map_names()}
    made_for = [each for each in found.values() if each.port and each.port.casefold() in port.casefold()]
    return made_for[0] if made_for else found["keyboard"]


class Midi:
    """A port that plays an instrument, and learns. `into`: the file that lessons go to. A context manager."""

    def __init__(
        self, doors: Doors, corpus: Corpus, port: str, controls: ControllerMap, into: str | None
    ) -> None:
        from granulate.live.midi.controller import Controller
        from granulate.live.midi.lessons import Lessons
        from granulate.live.midi.ports import PortWatch

        def changed(line: str) -> None:
            doors.messages.said(line, problem=False)

        self._corpus = corpus
        self._controller = Controller(doors.door("MIDI", checks=True), controls, along(corpus))
        self.watch: PortWatch = PortWatch(self._controller, port, changed=changed)
        self.lessons = doors.lessons = Lessons(self.watch, Path(into) if into else None, told=changed)

    def __enter__(self) -> Midi:
        self.watch.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.watch.stop()

    def tend(self, corpus: Corpus) -> None:
        """Let keys play other sounds where these have come, and write down what was learned. Raises OutputError."""
        if corpus is not self._corpus:
            self._corpus = corpus
            order = along(corpus)
            self.watch.soon(lambda: self._controller.order(order))
        self.lessons.save()


def along(corpus: Corpus) -> list[int]:
    """The grains' numbers from one end of the map to the other: along the axis on which they spread most."""
    points = Space(corpus).points
    axis = int(np.ptp(points, axis=0).argmax())
    order: list[int] = np.argsort(points[:, axis], kind="stable").tolist()
    return order
