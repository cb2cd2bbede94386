"""Watching the device: who plays is told when it stops, and when it is back."""

from __future__ import annotations

from collections.abc import Callable

from granulate.live.engine import Engine

STOPPED = "the audio device has stopped; it is opened again when it is there"
BACK = "the audio device is back"


class DeviceWatch:
    """Says what has become of an engine's device since it was last looked at, one line each time."""

    def __init__(self, engine: Engine, said: Callable[[str], None]) -> None:
        self._engine, self._said = engine, said
        self._stalled = False

    def look(self) -> None:
        """Say whether it has stopped or is back. Raises EngineError when the engine has ended."""
        stalled = self._engine.stalled
        if stalled != self._stalled:
            self._stalled = stalled
            self._said(STOPPED if stalled else BACK)
