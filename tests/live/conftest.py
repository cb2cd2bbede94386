"""What tests of the live instrument's doors share: an instrument in memory behind an OSC server, and a client."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from granulate.live.osc.server import Server
from tests.live.instrument import Client, Instrument
from tests.live.jack import JackServer, there


@pytest.fixture
def instrument() -> Instrument:
    return Instrument()


@pytest.fixture
def server(instrument: Instrument) -> Iterator[Server]:
    with Server(instrument) as running:
        yield running


@pytest.fixture
def client(server: Server) -> Iterator[Client]:
    with Client(server.port) as made:
        yield made


@pytest.fixture
def jackd(monkeypatch: pytest.MonkeyPatch) -> Iterator[JackServer]:
    if not there():
        pytest.skip("needs Debian's jackd2 and libportaudio2")
    server = JackServer()
    for name, value in server.environment.items():
        monkeypatch.setenv(name, value)
    server.start()
    yield server
    server.stop()
