"""Clients that others wrote drive the instrument over OSC."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
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


PATCH = r"""#N canvas 0 0 450 300 12;
#X obj 10 10 loadbang;
#X obj 10 40 t b b b b;
#X msg 10 70 5 -6;
#X msg 110 70 12.5;
#X msg 210 70 connect 127.0.0.1 {port};
#X obj 10 100 oscformat granulate grain play;
#X obj 110 100 oscformat granulate grain density;
#X obj 10 130 list prepend send;
#X obj 10 160 list trim;
#X obj 10 190 netsend -u -b;
#X obj 10 220 oscparse;
#X obj 10 250 print answer;
#X obj 310 70 oscformat granulate ping;
#X msg 310 40 bang;
#X connect 0 0 1 0;
#X connect 1 0 13 0;
#X connect 1 1 2 0;
#X connect 1 2 3 0;
#X connect 1 3 4 0;
#X connect 2 0 5 0;
#X connect 3 0 6 0;
#X connect 4 0 9 0;
#X connect 5 0 7 0;
#X connect 6 0 7 0;
#X connect 7 0 8 0;
#X connect 8 0 9 0;
#X connect 9 1 10 0;
#X connect 10 0 11 0;
#X connect 13 0 12 0;
#X connect 12 0 7 0;
"""


@pytest.mark.skipif(shutil.which("pd") is None, reason="needs puredata-core")
def test_pure_data_drives_it_and_is_answered(instrument: Instrument, server: Server, tmp_path: Path) -> None:
    patch = tmp_path / "drive.pd"
    patch.write_text(PATCH.format(port=server.port))
    command = ["pd", "-nogui", "-noaudio", "-nomidi", "-stderr", "-noprefs", str(patch)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True) as pd:
        try:
            assert instrument.wait_for(lambda: len(instrument.acts) == 1)
            assert pd.stderr is not None
            answer = next((line for line in pd.stderr if line.startswith("answer")), "")
        finally:
            pd.terminate()
    assert instrument.acts == [("play", 5, -6.0, 1.0, 0.0)]
    assert instrument.get("grain", "density") == 12.5
    assert answer.split()[-2:] == ["granulate", "pong"]
