"""What has arrived and is not yet done: of each parameter the newest value, of the rest a bounded number.

A flood costs a dictionary's lookup for each message and nothing downstream. What is kept stands in
the order in which it last arrived, so that a value that came after a change of preset is set after it.
"""

from __future__ import annotations

import math
import struct
from collections import Counter
from collections.abc import Callable, Hashable, Mapping
from typing import NamedTuple, TypeAlias

from granulate.live.osc.addresses import Action, Control
from granulate.live.osc.packets import Argument, Refusal, decode, encode

Sender: TypeAlias = tuple[str, int]
MAX_WAITING = 4096
"""What may wait to be done beside values, the newest of which always finds room."""
MANY = "play"
"""The action of which each counts; of the others the newest."""


_REFUSED = "refused"


class Item(NamedTuple):
    """A message that waits. Without a target its address is unknown."""

    target: Control | Action | None
    address: str
    arguments: list[Argument]
    sender: Sender


class Inbox:
    """Takes messages, and gives those that are left to do. For one thread."""

    def __init__(self, space: Mapping[str, Control | Action]) -> None:
        self.taken = 0
        self.dropped = 0
        self.refused: Counter[str] = Counter()
        self._space = space
        self._fast = _fast_table(space)
        self._waiting: dict[Hashable, Item | _Number] = {}
        self._number = 0

    def take_number(self, data: bytes, sender: Sender) -> bool:
        """Take a message's bytes if it is a parameter's address with one number."""
        fast = self._fast.get(data[:-4])
        if fast is None:
            return False
        address, control, unpack, low, high = fast
        (value,) = unpack(data, len(data) - 4)
        if not low <= value <= high:
            if not math.isfinite(value):
                return False
            self.taken += 1
            self._keep((address, sender, _REFUSED), Item(control, address, [value], sender))
            return True
        waiting = self._waiting
        waiting.pop(address, None)
        waiting[address] = (control, address, value, sender)
        self.taken += 1
        return True

    def take(self, data: bytes, sender: Sender) -> None:
        """Take a message's bytes (no bundle)."""
        if self.take_number(data, sender):
            return
        message = decode(data)
        if isinstance(message, Refusal):
            self.refused[message.name.lower()] += 1
            return
        self.taken += 1
        target = self._space.get(message.address)
        item = Item(target, message.address, message.arguments, sender)
        self._keep(self._key(item), item)

    def flush(self) -> list[Item]:
        """What is to be done, in order; the inbox is empty then."""
        waiting = [
            item if isinstance(item, Item) else Item(item[0], item[1], [item[2]], item[3])
            for item in self._waiting.values()
        ]
        self._waiting.clear()
        return waiting

    def _keep(self, key: Hashable, item: Item) -> None:
        if self._waiting.pop(key, None) is None and len(self._waiting) >= MAX_WAITING and key != item.address:
            self.dropped += 1
            return
        self._waiting[key] = item

    def _key(self, item: Item) -> Hashable:
        """Two messages of one key are one: the newer."""
        target, sender = item.target, item.sender
        if isinstance(target, Action):
            if target.name == MANY:
                self._number += 1
                return self._number
            return (item.address, sender) if target.answers else item.address
        if target is None or not item.arguments:
            return (item.address, sender)
        # What no kind takes is answered, and must not replace what one takes.
        return item.address if target.possible(item.arguments) else (item.address, sender, _REFUSED)


_Number: TypeAlias = tuple[Control, str, float, Sender]
"""An item of one number, kept as cheaply as it can be."""
_Fast: TypeAlias = tuple[str, Control, Callable[[bytes, int], tuple[float]], float, float]


def _fast_table(space: Mapping[str, Control | Action]) -> dict[bytes, _Fast]:
    """For the address and tags of each message with one number, as they stand in it: how to read it."""
    table: dict[bytes, _Fast] = {}
    for address, target in space.items():
        bounds = target.bounds if isinstance(target, Control) else None
        if isinstance(target, Control) and bounds is not None:
            table[encode(address, 0.0)[:-4]] = (address, target, struct.Struct(">f").unpack_from, *bounds)
            table[encode(address, 0)[:-4]] = (address, target, struct.Struct(">i").unpack_from, *bounds)
    return table
