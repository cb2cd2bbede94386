"""What stands behind the OSC server: the instrument, as the server sees it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

Value: TypeAlias = Any
"""What a parameter of the registry may be: a number, truth, text, lists of numbers, or None where it is unset."""


@dataclass(frozen=True, slots=True)
class Status:
    """What sounds now, for subscribers."""

    grain: int | None = None
    """The number of the newest grain; None before the first."""
    position: tuple[float, ...] = ()
    """Where the path is on the map, each from 0 to 1."""
    levels: tuple[float, ...] = ()
    """The peak of each channel since it was last asked for, in dBFS."""


class Handler(Protocol):
    """The instrument. Its methods are called from the server's thread and must return at once.

    What takes long (another corpus, say) is to be begun only. `values` and `get` are called from
    OSCQuery's thread as well. A refusal is a GranulateError: its line is answered to the sender.
    """

    def set(self, section: str, parameter: str, value: Value) -> None:
        """Take a checked value. `kind` is a parameter too: a name, or names joined by commas."""

    def get(self, section: str, parameter: str) -> Value:
        """The value now; None where it is unset, and where the kind chosen now has no such parameter."""

    def values(self) -> Mapping[tuple[str, str], Value]:
        """Every value that `get` gives, by section and parameter: the same object until one changes."""

    def act(self, name: str, *arguments: Any) -> None:
        """Do an action of `addresses.ACTIONS`, with its arguments checked and all of them given."""

    def status(self) -> Status:
        """What sounds now."""
