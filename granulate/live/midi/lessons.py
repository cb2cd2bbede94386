"""Lessons: bindings are learned and forgotten while it plays, and go into a file."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from granulate.atomic import check_output
from granulate.errors import OutputError, ParameterError, printable
from granulate.live.midi.controller_map import ControllerMap
from granulate.live.midi.learning import Learner
from granulate.live.midi.ports import PortWatch
from granulate.live.midi.tables import Source
from granulate.parameters import listed, near

LEARN, FORGET = LESSONS = ("midi_learn", "midi_forget")
"""The actions that are lessons."""
_ADDRESS = "/granulate/"


class Lessons:
    """What a controller is taught, from any thread. `told` is said each change, in one line.

    `path`: where the map goes whenever `save` is called and it is another one; None is nowhere.
    """

    def __init__(
        self, watch: PortWatch, path: Path | None = None, *, told: Callable[[str], None] = lambda line: None
    ) -> None:
        self._watch, self._controller, self.path, self._told = watch, watch.controller, path, told
        self._saved = watch.controller.map

    @property
    def learning(self) -> str:
        """The target that waits for a control to be moved; "" where none does."""
        return self._controller.learning

    @property
    def bindings(self) -> list[tuple[str, str]]:
        """Every control's target, and in words what moves it."""
        return [(control.target.name, words(control.source)) for control in self._controller.map.controls]

    def act(self, name: str, target: str) -> None:
        """One of `LESSONS`. Raises ParameterError."""
        (self.learn if name == LEARN else self.forget)(target)

    def learn(self, name: str) -> None:
        """Make the next control that is moved an entry for the target. Raises ParameterError.

        `name`: grain.density, grain/density, or its whole address.
        """
        target = _plain(name)
        Learner(target)  # so that who asks is told what is wrong with it
        self._watch.soon(lambda: self._controller.learn(target, lambda made: self._learned(target, made)))

    def forget(self, name: str) -> None:
        """Let no control move the target any more. Raises ParameterError where none does."""
        target = _plain(name)
        bound = dict(self.bindings)
        if target not in bound:
            raise ParameterError(
                f"{target!r}, which no control moves{near(target, bound)}; allowed: {listed(bound)}"
            )
        self._watch.soon(lambda: self._controller.forget(target))
        self._told(f"{target} is moved by no control now")

    def cancel(self) -> None:
        """Learn nothing after all."""
        self._watch.soon(self._controller.cancel)

    def save(self) -> None:
        """Write the map if it is another one than was loaded or written last. Raises OutputError, and tries again."""
        made = self._controller.map
        if self.path is not None and made != self._saved:
            made.save(self.path, force=True)  # whether it may be was asked before it all began
            self._saved = made

    def _learned(self, target: str, made: ControllerMap) -> None:
        source = next(words(c.source) for c in reversed(made.controls) if c.target.name == target)
        others = [name for name, by in self.bindings if by == source and name != target]
        also = f", as {listed(others)} is" if others else ""
        where = "" if self.path else " (until it ends: --midi-learn names a file to keep it in)"
        self._told(f"{target} is moved by {source} now{also}{where}")


def check_lessons(path: Path, loaded: Path | None, *, force: bool) -> None:
    """Refuse a file to learn into that may not be written: one that exists, unless it was `loaded`. Raises OutputError."""
    same = loaded is not None and path.exists() and loaded.exists() and path.samefile(loaded)
    if path.suffix != ".toml":
        raise OutputError(
            f"{printable(os.fspath(path))}: is no controller map; allowed: a name that ends in .toml"
        )
    check_output(path, force=force or same)


def words(source: Source) -> str:
    """A control as a person names it, as `cc 21, channel 3`."""
    number = "" if source.kind in ("bend", "pressure") else f" {source.number}"
    channel = f", channel {source.channel}" if source.channel else ", MPE" if source.mpe else ""
    return f"{source.kind}{number}{channel}"


def _plain(name: str) -> str:
    return name.removeprefix(_ADDRESS).replace("/", ".")
