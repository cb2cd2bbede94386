"""A map's server with an instrument in memory behind it, and plain clients that send what they like."""

from __future__ import annotations

import base64
import http.client
import json
import os
import socket
import struct
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import numpy as np

from granulate.live.doors import Doors
from granulate.live.messages import Messages
from granulate.web import Content, Live, Server
from granulate.web.live import Audio
from tests.live.instrument import Instrument

N_GRAINS = 50
NAME = "<img src=x onerror=alert(1)>.wav"
HOST = "127.0.0.1"


class Memory(Live):
    """What a `Live` is to the server, of an instrument in memory; `sound` is what its engine made."""

    def __init__(self) -> None:
        self.instrument = Instrument()
        self.messages = Messages()
        self._instrument, self._doors = self.instrument, Doors(self.instrument, self.messages, "unfold")
        self._engine = SimpleNamespace(setup=SimpleNamespace(source=None))
        self.browser = self.records = False
        self.sound: list[Audio] = []
        self.listens = False

    @property
    def corpus(self) -> Any:
        return range(N_GRAINS)

    def hello(self) -> dict[str, Any]:
        return {"grains": N_GRAINS}

    def status(self) -> dict[str, Any]:
        return {"clock": 1}

    def began(self) -> Any:
        return np.array([3], np.uint32)

    def listen(self, on: bool) -> None:
        self.listens = on

    def audio(self) -> Audio | None:
        return self.sound.pop() if self.sound else None

    def _walked(self, points: Any) -> list[list[float]]:
        return [[float(x), float(y)] for x, y in points]


def standing(live: Live | None = None, **given: Any) -> Server:
    """A server that is not yet started."""
    return Server(Content(NAME, b"the pack", [b"fLaC"]), live, **given)


def token(server: Server) -> str:
    return server.url.partition("token=")[2]


def cookie(server: Server) -> str:
    return f"granulate-{server.port}={token(server)}"


def ask(
    server: Server, path: str, method: str = "GET", headers: Mapping[str, str] | None = None, *,
    body: bytes | None = None, known: bool = True,
) -> tuple[int, dict[str, str], bytes]:  # fmt: skip
    """Status, headers and body of an answer. `known`: with the cookie."""
    connection = http.client.HTTPConnection(HOST, server.port, timeout=20)
    try:
        connection.putrequest(method, path, skip_host=True, skip_accept_encoding=True)
        given = {
            "Host": f"{HOST}:{server.port}",
            **({"Cookie": cookie(server)} if known else {}),
            **(headers or {}),
        }
        if body is not None:
            given["Content-Length"] = str(len(body))
        for name, value in given.items():
            if value is not None:
                connection.putheader(name, value)
        connection.endheaders(body)
        answer = connection.getresponse()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read()
    finally:
        connection.close()


class Page:
    """A WebSocket client without manners: it sends any frame, and reads only when it is told to (RFC 6455)."""

    def __init__(self, server: Server, *, received: int = 0, **headers: str) -> None:
        self.socket = socket.socket()
        self.socket.settimeout(20)
        if received:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, received)
        self.socket.connect((HOST, server.port))
        own = f"{HOST}:{server.port}"
        given = {
            "Host": own, "Origin": f"http://{own}", "Cookie": cookie(server), "Upgrade": "websocket",
            "Connection": "Upgrade", "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": base64.b64encode(os.urandom(16)).decode(), **headers,
        }  # fmt: skip
        lines = [f"{name.replace('_', '-')}: {value}" for name, value in given.items() if value]
        self.socket.sendall(("GET /socket HTTP/1.1\r\n" + "\r\n".join(lines) + "\r\n\r\n").encode())
        self._file = self.socket.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        while self._file.readline().strip():
            pass

    def close(self) -> None:
        self._file.close()
        self.socket.close()

    def __enter__(self) -> Page:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def frame(self, kind: int, data: bytes) -> None:
        """Send a frame: kind 1 is text, 2 bytes."""
        n, mask = len(data), os.urandom(4)
        size = (
            bytes([128 | n]) if n < 126 else b"\xfe" + struct.pack(">H", n) if n < 65536
            else b"\xff" + struct.pack(">Q", n)
        )  # fmt: skip
        repeated = (mask * (n // 4 + 1))[:n]
        masked = (np.frombuffer(data, np.uint8) ^ np.frombuffer(repeated, np.uint8)).tobytes()
        self.socket.sendall(bytes([128 | kind]) + size + mask + masked)

    def say(self, message: Any) -> None:
        self.frame(1, (message if isinstance(message, str) else json.dumps(message)).encode())

    def read(self) -> tuple[int, bytes]:
        """Kind and content of the next frame; kind 8 is the end."""
        head = self._file.read(2)
        if len(head) < 2:
            return 8, b""
        n = head[1] & 127
        n = struct.unpack(">H", self._file.read(2))[0] if n == 126 else n
        n = struct.unpack(">Q", self._file.read(8))[0] if n == 127 else n
        return head[0] & 15, self._file.read(n)

    def until(self, name: str, most: int = 2000) -> Any:
        """What the next message of that name says. Raises AssertionError where the connection ends before."""
        for _ in range(most):
            kind, data = self.read()
            assert kind != 8, f"closed before {name!r}: {data!r}"
            if kind == 1 and name in (message := json.loads(data)):
                return message[name]
        raise AssertionError(f"no {name!r} among {most} frames")

    def until_closed(self, most: int = 100_000) -> int:
        """The code that the connection is closed with; 0 where it just ends."""
        for _ in range(most):
            try:
                kind, data = self.read()
            except ConnectionError:
                return 0
            if kind == 8:
                return struct.unpack(">H", data[:2])[0] if data else 0
        raise AssertionError("it is not closed")
