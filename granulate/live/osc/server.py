"""The OSC server: a thread that checks what arrives, keeps the newest, and hands it to the instrument."""

from __future__ import annotations

import heapq
import itertools
import select
import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from granulate.errors import GranulateError, ParameterError
from granulate.live.osc import sockets
from granulate.live.osc.addresses import PING, ROOT, SUBSCRIBE, Action, Control, address_space, warm
from granulate.live.osc.feedback import LASTS_S, MAX_SUBSCRIBERS, Feedback
from granulate.live.osc.handler import Handler
from granulate.live.osc.inbox import Inbox, Item, Sender
from granulate.live.osc.packets import IMMEDIATELY, Refusal, elements, encode
from granulate.live.osc.rates import Rates
from granulate.live.osc.values import arguments_of
from granulate.parameters import near

LOOPBACK = "127.0.0.1"
FURTHEST_S = 10.0
"""How far ahead a bundle may be due; what is further away is done at once."""
MAX_SCHEDULED_BYTES = 1 << 22
PACE_S = 0.001
"""In a flood, what arrives in so long is done together. After a pause nothing waits."""
BATCHES = 8
Refused = Callable[[str, str], None]
_NTP_UNIX_S = 2_208_988_800
_MESSAGE_OVERHEAD = 64
_MAX_TEXT = 500
_IDLE_S = 60.0


@dataclass(frozen=True, slots=True)
class Counts:
    """What the server has seen since it was started."""

    packets: int
    messages: int
    dropped: int
    """Messages for which there was no room."""
    late: int
    """Messages of bundles that were due before they came."""
    far: int
    """Messages of bundles that were due too far ahead."""
    faults: int
    """Messages at which the handler failed other than by a GranulateError."""
    unsent: int
    """Answers that were held back or could not be sent."""
    refused: dict[str, int]
    """Packets and messages that were refused, by reason."""


class Server:
    """Listens from `start` to `stop` (or as a context manager). `handler` is called from its thread.

    `host`: an IPv4 address, this machine's own unless told otherwise; `port`: 0 takes a free one.
    `refused` is told the address and the reason of what its sender is answered. Raises ParameterError
    where it cannot listen there.
    """

    def __init__(
        self, handler: Handler, host: str = LOOPBACK, port: int = 0, *, refused: Refused = lambda what, why: None,
    ) -> None:  # fmt: skip
        self._handler, self._refused = handler, refused
        self._socket = sockets.opened(host, port)
        self._receiver = sockets.receiver(self._socket)
        self.host, self.port = self._socket.getsockname()
        self._space = address_space()
        warm(self._space)
        self._inbox = Inbox(self._space)
        self._feedback = Feedback(handler, self._send)
        self._scheduled: list[tuple[int, int, float, bytes, Sender]] = []
        self._scheduled_bytes = 0
        self._numbers = itertools.count()
        self._counted = dict.fromkeys(("packets", "dropped", "late", "far", "faults", "unsent"), 0)
        self._errors = Rates(10, 20)
        # Each costs milliseconds, and a flood may come from as many senders as it likes.
        self._suggestions = Rates(10, 10, keys=1)
        self._answers = Rates(5000, 2000)
        self._elsewhere: dict[Sender, Sender] = {}
        self._wake, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="osc", daemon=True)
        self._flushed = 0.0

    def start(self) -> Self:
        """Begin to listen."""
        self._thread.start()
        return self

    def stop(self) -> None:
        """Stop listening; what has not been done is forgotten."""
        with suppress(OSError):
            self._waker.send(b"\0")
        if self._thread.ident is not None:
            self._thread.join()
        for each in (self._socket, self._wake, self._waker):
            each.close()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def counts(self) -> Counts:
        """What has been seen so far."""
        inbox, own = self._inbox, self._counted
        return Counts(
            packets=own["packets"],
            messages=inbox.taken,
            dropped=inbox.dropped + own["dropped"],
            late=own["late"],
            far=own["far"],
            faults=own["faults"],
            unsent=own["unsent"] + self._feedback.skipped,
            refused=dict(inbox.refused),
        )

    @property
    def subscribers(self) -> int:
        """How many are sent feedback."""
        return len(self._feedback)

    def _run(self) -> None:
        while self._wait():
            self._guarded(self._receive)
            self._guarded(self._take_scheduled)
            self._flushed = time.monotonic()
            for item in self._inbox.flush():
                self._do(item)
            self._guarded(lambda: self._feedback.tick(time.monotonic()))

    def _wait(self) -> bool:
        """Wait for a datagram or for what is due; False when the server is to stop."""
        pause = self._flushed + PACE_S - time.monotonic()
        if pause > 0 and select.select([self._wake], [], [], pause)[0]:
            return False
        due = [self._scheduled[0][2]] if self._scheduled else []
        tick = self._feedback.due()
        next_due = min(due if tick is None else [*due, tick], default=None)
        timeout = _IDLE_S if next_due is None else max(0.0, next_due - time.monotonic())
        return self._wake not in select.select([self._socket, self._wake], [], [], timeout)[0]

    def _receive(self) -> None:
        for _ in range(BATCHES):
            try:
                datagrams = self._receiver.read()
            except OSError:
                self._forget_unreachable()
                continue
            self._counted["packets"] += len(datagrams)
            for data, sender in datagrams:
                if not self._inbox.take_number(data, sender):
                    self._open(data, sender)
            if len(datagrams) < sockets.BATCH:
                return

    def _open(self, packet: bytes, sender: Sender) -> None:
        messages = elements(packet)
        if isinstance(messages, Refusal):
            self._inbox.refused[messages.name.lower()] += 1
            return
        for data, time_tag in messages:
            if time_tag == IMMEDIATELY:
                self._inbox.take(data, sender)
            else:
                self._schedule(data, time_tag, sender)

    def _schedule(self, data: bytes, time_tag: int, sender: Sender) -> None:
        ahead = time_tag / 2**32 - _NTP_UNIX_S - time.time()
        if not 0 < ahead <= FURTHEST_S:
            self._counted["late" if ahead <= 0 else "far"] += 1
            self._inbox.take(data, sender)
            return
        weight = len(data) + _MESSAGE_OVERHEAD
        if self._scheduled_bytes + weight > MAX_SCHEDULED_BYTES:
            self._counted["dropped"] += 1
            return
        self._scheduled_bytes += weight
        # Ordered by the tags themselves, so that what bears the same tag stays in its order.
        entry = (time_tag, next(self._numbers), time.monotonic() + ahead, data, sender)
        heapq.heappush(self._scheduled, entry)

    def _take_scheduled(self) -> None:
        now = time.monotonic()
        while self._scheduled and self._scheduled[0][2] <= now:
            _, _, _, data, sender = heapq.heappop(self._scheduled)
            self._scheduled_bytes -= len(data) + _MESSAGE_OVERHEAD
            self._inbox.take(data, sender)

    def _do(self, item: Item) -> None:
        target = item.target
        if target is None:
            self._inbox.refused["unknown"] += 1
            self._refuse(item, lambda: f"no such address{self._nearest(item.address)}")
        elif isinstance(target, Control):
            self._guarded(lambda: self._control(target, item), item)
        elif target.answers:
            self._guarded(lambda: self._serve(target, item), item)
        else:
            self._guarded(lambda: self._act(target, item), item)

    def _nearest(self, address: str) -> str:
        allowed = self._suggestions.allow("all", time.monotonic())
        return near(address[:_MAX_TEXT], self._space) if allowed else ""

    def _control(self, control: Control, item: Item) -> None:
        section = control.section.name
        chosen = None if control.section.single else self._handler.get(section, "kind")
        if item.arguments:
            self._handler.set(section, control.parameter, control.read(item.arguments, chosen))
            return
        if control.stages:
            control.taker(chosen)
        value = self._handler.get(section, control.parameter)
        self._answer(item.sender, item.address, *arguments_of(value))

    def _act(self, action: Action, item: Item) -> None:
        arguments = action.read(item.arguments)
        if arguments is not None:
            self._handler.act(action.name, *arguments)

    def _serve(self, action: Action, item: Item) -> None:
        if action is PING:
            self._answer(item.sender, f"{ROOT}/pong")
            return
        arguments = action.read(item.arguments)
        if action is not SUBSCRIBE:
            self._feedback.forget(self._receives_at(item.sender))
        elif arguments and self._subscribe(item.sender, *arguments):
            self._answer(item.sender, item.address, arguments[0], LASTS_S)
        else:
            self._refuse(item, f"{MAX_SUBSCRIBERS} subscribers are all there may be")

    def _subscribe(self, sender: Sender, rate: float, port: int | None) -> bool:
        if port == self.port:
            # What it said would come back as what it is told.
            raise ParameterError(f"subscribe.port = {port} is where this listens; allowed: any other port")
        there = (sender[0], port or sender[1])
        if not self._feedback.subscribe(there, rate, time.monotonic()):
            return False
        before = self._elsewhere.pop(sender, sender)
        if before != there:
            self._feedback.forget(before)
        if there != sender:
            self._elsewhere[sender] = there
            if len(self._elsewhere) > MAX_SUBSCRIBERS:
                del self._elsewhere[next(iter(self._elsewhere))]
        return True

    def _receives_at(self, sender: Sender) -> Sender:
        """Where answers go: as long as a subscription lasts, to the port that it named."""
        there = self._elsewhere.get(sender, sender)
        return there if there in self._feedback else sender

    def _guarded(self, work: Callable[[], Any], item: Item | None = None) -> None:
        """Do what belongs to the handler: a refusal is answered, and a fault ends nothing."""
        try:
            work()
        except GranulateError as error:
            self._inbox.refused["value"] += 1
            if item is not None:
                self._refuse(item, str(error))
        except Exception as error:  # noqa: BLE001 - the instrument plays on, whatever a message has met
            self._counted["faults"] += 1
            if item is not None:
                self._refuse(item, f"failed: {type(error).__name__}")

    def _refuse(self, item: Item, reason: str | Callable[[], str]) -> None:
        if self._errors.allow(item.sender, time.monotonic()):
            text = " ".join((reason if isinstance(reason, str) else reason()).split())
            shown = text if len(text) <= _MAX_TEXT else text[: _MAX_TEXT - 3] + "..."
            self._refused(item.address, shown)
            self._answer(item.sender, f"{ROOT}/error", item.address, shown)
        else:
            self._counted["unsent"] += 1

    def _answer(self, sender: Sender, address: str, *arguments: Any) -> None:
        if self._answers.allow("all", time.monotonic()):
            self._send(encode(address, *arguments), self._receives_at(sender))
        else:
            self._counted["unsent"] += 1

    def _send(self, message: bytes, sender: Sender) -> None:
        # An error here may be that of an earlier datagram, to somebody else: so it is tried twice.
        for _ in range(2):
            try:
                self._socket.sendto(message, sender)
            except ConnectionError:
                self._forget_unreachable()
            except OSError:
                break
            else:
                return
        self._counted["unsent"] += 1

    def _forget_unreachable(self) -> None:
        for sender in sockets.unreachable(self._socket):
            self._feedback.forget(sender)
