"""An instrument in memory, and a client, which the OSC door is tried with."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from typing import Any, Self

from granulate.errors import PresetError
from granulate.live.osc.handler import Status
from granulate.live.osc.packets import Message, decode, encode
from granulate.live.osc.server import LOOPBACK
from granulate.live.sections import MOVED

STARTS_WITH = {"path": "walk", "grain": "cloud", "segmentation": "onset", "envelope": "tukey"}


class Instrument:
    """Keeps what it is told, and lets a test wait for it."""

    def __init__(self) -> None:
        self.acts: list[tuple[Any, ...]] = []
        self.history: list[tuple[Any, ...]] = []
        self.now = Status(grain=3, position=(0.25, 0.5), levels=(-6.0, float("-inf")))
        self._changed = threading.Condition()
        self._values: dict[tuple[str, str], Any] = {}
        for section in MOVED.values():
            if section.single:
                self._values |= {(section.name, k): v for k, v in section.bind({}).parameters.items()}
            else:
                self._choose(section.name, STARTS_WITH.get(section.name, next(iter(section.stages))))

    def set(self, section: str, parameter: str, value: Any) -> None:
        with self._changed:
            if parameter == "kind":
                self._choose(section, value)
            else:
                self._values = {**self._values, (section, parameter): value}
            self.history.append((section, parameter, value))
            self._changed.notify_all()

    def get(self, section: str, parameter: str) -> Any:
        return self._values.get((section, parameter))

    def values(self) -> dict[tuple[str, str], Any]:
        return self._values

    def act(self, name: str, *arguments: Any) -> None:
        if name == "corpus":
            raise PresetError(f"corpus.path = {arguments[0]!r} is not here; allowed: nothing")
        if name == "gesture":
            raise RuntimeError("a fault of the instrument")
        with self._changed:
            self.acts.append((name, *arguments))
            self.history.append((name, *arguments))
            self._changed.notify_all()

    def status(self) -> Status:
        return self.now

    def wait_for(self, condition: Callable[[], Any], seconds: float = 20.0) -> bool:
        with self._changed:
            return bool(self._changed.wait_for(condition, seconds))

    def _choose(self, name: str, kinds: str) -> None:
        section = MOVED[name]
        kept = {key: value for key, value in self._values.items() if key[0] != name}
        for kind in kinds.split(","):
            kept |= {(name, k): v for k, v in section[kind].bind({}).parameters.items()}
        self._values = {**kept, (name, "kind"): kinds}


class Client:
    """A UDP client that reads what it is sent."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.settimeout(20)
        self.socket.connect((LOOPBACK, port))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()

    def send(self, address: str, *arguments: Any) -> None:
        self.socket.send(encode(address, *arguments))

    def receive(self) -> Message:
        message = decode(self.socket.recv(65536))
        assert isinstance(message, Message)
        return message

    def until_pong(self) -> list[Message]:
        """What is answered to all that was sent so far."""
        self.send("/granulate/ping")
        return list(iter(self.receive, Message("/granulate/pong", "", [])))

    def ask(self, address: str, *arguments: Any) -> list[Message]:
        self.send(address, *arguments)
        return self.until_pong()
