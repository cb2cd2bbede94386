"""What MIDI moves: the same three methods that every controller of the instrument speaks to."""

from __future__ import annotations

from typing import Any, Protocol

Value = float | int | bool | str


class Handler(Protocol):
    """The instrument, as a controller sees it.

    Called from the thread that receives MIDI: all three return at once and are safe to call beside
    other threads. `set` and `act` may raise a `GranulateError`, which is counted and kept as the last problem.

    What `act` is told, gains in dB: `play` grain gain rate pan; `hold` voice grain gain rate, `vary` voice
    gain rate timbre, `release` voice; `goto` x y z (None without a third axis); `preset` name seconds;
    `record` on; `start`; `stop`; `panic`. A held voice's timbre is MPE's third dimension, from 0 to 1: at 0.5
    its own grain sounds on, above and below the one that lies so far up or down the map's second axis.
    """

    def set(self, section: str, parameter: str, value: Value) -> None:
        """A parameter's new value."""

    def get(self, section: str, parameter: str) -> Any:
        """A parameter's present value; None where nothing has it."""

    def act(self, name: str, *args: Any) -> None:
        """Something that happens once."""
