"""Feedback: what sounds, and which values changed, to those who asked for it.

    /granulate/feedback/grain i
    /granulate/feedback/position x [y [z]]
    /granulate/feedback/level dBFS ...      one for each channel
    /granulate/SECTION/PARAMETER value      whenever it has changed; all of them at first

A subscription ends by itself unless it is renewed, and at once where its port is known to be closed.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from granulate.live.changes import Changes
from granulate.live.osc.addresses import ROOT
from granulate.live.osc.handler import Handler
from granulate.live.osc.inbox import Sender
from granulate.live.osc.packets import encode
from granulate.live.osc.rates import Rates
from granulate.live.osc.values import arguments_of

MAX_SUBSCRIBERS = 16
LASTS_S = 30.0
MAX_VALUES = 64
"""Changed values that one tick sends to one subscriber; the rest follow with the next."""
MAX_PER_SECOND = 10_000.0
"""Messages to all subscribers together."""
QUIETEST_DB = -200.0

Send = Callable[[bytes, Sender], None]


@dataclass
class _Subscriber:
    interval: float
    expires: float
    due: float
    changes: Changes = field(default_factory=lambda: Changes(MAX_VALUES))


class Feedback:
    """The subscribers, and what each has been sent. For one thread; times are seconds on one clock."""

    def __init__(self, handler: Handler, send: Send) -> None:
        self.skipped = 0
        self._handler = handler
        self._send = send
        self._subscribers: dict[Sender, _Subscriber] = {}
        self._budget = Rates(MAX_PER_SECOND, MAX_PER_SECOND / 10, keys=1)

    def __len__(self) -> int:
        return len(self._subscribers)

    def __contains__(self, sender: object) -> bool:
        return sender in self._subscribers

    def subscribe(self, sender: Sender, rate: float, now: float) -> bool:
        """Begin or renew a subscription at a rate in Hz; False where there are too many."""
        known = self._subscribers.get(sender)
        if known is not None:
            known.interval, known.expires = 1 / rate, now + LASTS_S
            known.due = min(known.due, now + known.interval)
            return True
        if len(self._subscribers) >= MAX_SUBSCRIBERS:
            return False
        self._subscribers[sender] = _Subscriber(1 / rate, now + LASTS_S, now)
        return True

    def forget(self, sender: Sender) -> None:
        """End a subscription, if there is one."""
        self._subscribers.pop(sender, None)

    def due(self) -> float | None:
        """When the next tick is due; None without subscribers."""
        return min((s.due for s in self._subscribers.values()), default=None)

    def tick(self, now: float) -> None:
        """Send what is due. A tick that was missed is left out."""
        for sender in [s for s, one in self._subscribers.items() if one.expires <= now]:
            self.forget(sender)
        due = {sender: one for sender, one in self._subscribers.items() if one.due <= now}
        if not due:
            return
        # Before the handler is asked: a fault of it must not leave them due for ever.
        for one in due.values():
            one.due = one.due + one.interval if one.due + one.interval > now else now + one.interval
        status = _status(self._handler)
        values = self._handler.values()
        for sender, one in due.items():
            changed = one.changes.of(values)
            if not self._budget.allow("all", now, len(status) + len(changed)):
                self.skipped += 1
                continue
            for message in status:
                self._send(message, sender)
            for key, value in changed.items():
                self._send(encode(f"{ROOT}/{key[0]}/{key[1]}", *arguments_of(value)), sender)
            one.changes.told(changed, values)


def _status(handler: Handler) -> list[bytes]:
    status = handler.status()
    levels = [level if level > QUIETEST_DB else QUIETEST_DB for level in status.levels]
    parts = {
        "grain": () if status.grain is None else (status.grain,),
        "position": status.position,
        "level": levels,
    }
    return [encode(f"{ROOT}/feedback/{name}", *of) for name, of in parts.items() if of]
