"""Every socket of a running instrument is this machine's own, unless `--bind` says otherwise."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

import granulate as gr
from tests.commands import COMMAND
from tests.conftest import melody

LOOPBACK = {"0100007F", "00000000000000000000000001000000", "0000000000000000FFFF00000100007F"}
"""127.0.0.1 and ::1 as /proc/net writes them."""
LISTENS, UNCONNECTED = "0A", "07"


def family(pid: int) -> set[int]:
    """A process and all that it has started."""
    found = {pid}
    for _ in range(4):
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                if int(stat.read_text().rpartition(")")[2].split()[1]) in found:
                    found.add(int(stat.parent.name))
            except OSError:
                continue
    return found


def sockets(pids: set[int]) -> list[tuple[str, str, int]]:
    """Protocol, local address and port of what these processes listen on."""
    inodes = set()
    for pid in pids:
        for descriptor in Path(f"/proc/{pid}/fd").iterdir():
            target = os.readlink(descriptor)
            if target.startswith("socket:["):
                inodes.add(target[8:-1])
    found = []
    for protocol in ("tcp", "tcp6", "udp", "udp6"):
        for line in Path(f"/proc/net/{protocol}").read_text().splitlines()[1:]:
            fields = line.split()
            if fields[9] in inodes and fields[3] in (LISTENS, UNCONNECTED):
                address, port = fields[1].split(":")
                found.append((protocol, address, int(port, 16)))
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_nothing_listens_to_other_machines(tmp_path: Path) -> None:
    gr.write(melody(1.0), tmp_path / "in.wav")
    words = [COMMAND, "live", "in.wav", "--audio", "null", "--osc", "0", "--map", "--json"]
    with subprocess.Popen(words, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        found = sockets(family(process.pid))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    assert told["osc"] in {port for protocol, _, port in found if protocol == "udp"}
    assert [port for protocol, _, port in found if protocol == "tcp"], "the map's page is served"
    assert {address for _, address, _ in found} <= LOOPBACK
