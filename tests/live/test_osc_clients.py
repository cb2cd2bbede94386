"""Libraries that others wrote drive the instrument over OSC; programs do in `test_clients_running`."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

import pytest
from pythonosc.udp_client import SimpleUDPClient

from granulate.live.osc.server import LOOPBACK, Server
from tests.live.instrument import Client, Instrument


def test_python_osc_drives_it(instrument: Instrument, server: Server) -> None:
    client = SimpleUDPClient(LOOPBACK, server.port)
    client.send_message("/granulate/grain/density", 12.5)
    client.send_message("/granulate/walk/goto", [0.5, 0.25])
    client.send_message("/granulate/grain/play", 2**24 + 1)
    assert instrument.wait_for(lambda: len(instrument.acts) == 2)
    assert instrument.get("grain", "density") == 12.5
    assert instrument.acts == [("goto", 0.5, 0.25, None), ("play", 2**24 + 1, 0.0, 1.0, 0.0)]
    client._sock.close()


@pytest.mark.skipif(shutil.which("oscsend") is None, reason="needs liblo-tools")
@pytest.mark.parametrize(
    ("typed", "act"),
    [
        (("grain/play", "ifdT", "7", "-6", "0.5"), None),
        (("grain/play", "hfdi", "7", "-6", "0.5", "-1"), ("play", 7, -6.0, 0.5, -1.0)),
        (("record", "T"), ("record", True)),
        (("record", "s", "off"), ("record", False)),
        (("preset", "S", "slow"), ("preset", "slow", 0.0)),
        (("stop", "I"), ("stop",)),
        (("panic", "N"), ("panic",)),
    ],
)
def test_oscsend_drives_it(
    instrument: Instrument, client: Client, server: Server, typed: tuple[str, ...], act: Any
) -> None:
    address, *rest = typed
    subprocess.run(
        ["oscsend", LOOPBACK, str(server.port), f"/granulate/{address}", *rest], check=True, timeout=20
    )
    client.until_pong()
    assert instrument.acts == ([act] if act else [])
