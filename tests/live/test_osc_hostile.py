"""A running `granulate live` under packets of every hostile kind: it answers, says nothing of its inside, and does not grow."""

from __future__ import annotations

import json
import random
import signal
import socket
import statistics
import struct
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from granulate import sound_file
from granulate.live.osc.addresses import address_space
from granulate.live.osc.packets import bundle, encode
from granulate.live.osc.server import LOOPBACK
from tests.commands import COMMAND
from tests.conftest import melody

PACKETS = 1500
ANALYSIS = ("framing", "segmentation", "descriptors", "scaling", "reduction", "corpus", "record")
PLAYED = [address for address in address_space() if address.split("/")[2] not in ANALYSIS]
"""Addresses whose values cost no new analysis."""
NUMBERS = (
    0.0,
    -0.0,
    1.0,
    -1.0,
    1e38,
    -1e38,
    1e-40,
    float("nan"),
    float("inf"),
    1e30,
    3,
    -3,
    2**31 - 1,
    -(2**31),
)
TEXTS = ("", "on", "x" * 5000, "unset", "1/0s", "9" * 4000, "\u20ac", "walk", "../../etc/passwd", "0/0 hops")


def string(text: bytes) -> bytes:
    return text + b"\0" * (4 - len(text) % 4)


def raw(address: str, tags: bytes, body: bytes = b"") -> bytes:
    return string(address.encode()) + string(b"," + tags) + body


def time_tag(ahead: float) -> int:
    return int((time.time() + ahead + 2_208_988_800) * 2**32)


def nested(rng: random.Random) -> bytes:
    packet = encode("/granulate/path/step", 0.1)
    for _ in range(rng.randrange(1, 300)):
        packet = bundle(1, packet)
    return packet


Kind = Callable[[random.Random], bytes]
MESSAGES: tuple[Kind, ...] = (
    lambda rng: encode(rng.choice(PLAYED)),
    lambda rng: raw(rng.choice(PLAYED), b"f", struct.pack(">f", rng.choice(NUMBERS[:10]))),
    lambda rng: encode(rng.choice(PLAYED), rng.choice(TEXTS)),
    lambda rng: encode(rng.choice(PLAYED), *[rng.random() for _ in range(rng.randrange(1, 400))]),
    lambda rng: raw(rng.choice(PLAYED), rng.choice([b"T", b"F", b"N", b"I"])),
    lambda rng: raw(rng.choice(PLAYED), b"b", struct.pack(">i", rng.choice([-1, 2**31 - 1, 5, 4])) + b"abcd"),
    lambda rng: raw(
        rng.choice(PLAYED), b"[" * rng.randrange(20) + b"i" + b"]" * rng.randrange(20), b"\0\0\0\1"
    ),
    lambda rng: raw(
        rng.choice(["/granulate/*", "/" + "*a" * 9 + "*b", "/{a,b}", "/[a-z]?"]), b"i", b"\0\0\0\1"
    ),
    lambda rng: raw(
        "/granulate/" + "".join(chr(rng.randrange(33, 127)) for _ in range(40)), b"i", b"\0\0\0\1"
    ),
    lambda rng: encode(rng.choice(PLAYED), rng.randrange(-3, 100)),
)


def message(rng: random.Random) -> bytes:
    return rng.choice(MESSAGES)(rng)


def damaged(rng: random.Random) -> bytes:
    packet = bytearray(message(rng))
    for _ in range(3):
        packet[rng.randrange(len(packet))] = rng.randrange(256)
    return bytes(packet)


KINDS: tuple[Kind, ...] = (
    message,
    damaged,
    nested,
    lambda rng: rng.randbytes(rng.randrange(200)),
    lambda rng: message(rng)[: rng.randrange(40)],
    lambda rng: b"#bundle\0" + struct.pack(">Qi", 1, rng.choice([-4, 0, 7, 2**31 - 1, -(2**31)])),
    lambda rng: bundle(
        rng.choice([0, 1, 2**64 - 1, time_tag(3600), time_tag(-3600), time_tag(0.05)]),
        *[packet for packet in (message(rng) for _ in range(5)) if len(packet) < 1000],
    ),
    lambda rng: b"/" + b"x" * rng.choice([8191, 8192, 60_000]),
    lambda rng: bundle(1, *[encode("/granulate/path/step", 0.1)] * rng.choice([200, 600])),
    lambda rng: string(b"/granulate/\xff\xfe") + string(b",f") + b"\0\0\0\0",
    lambda rng: encode(
        "/granulate/subscribe", rng.choice([20, 1e9]), rng.choice([9, 0, -1, 65_535, 2**31 - 1])
    ),
)


def resident_kb(pid: int) -> int:
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmRSS")).split()[1])


def send(source: socket.socket, rng: random.Random, n: int, ask: Callable[[], float]) -> list[float]:
    """So many packets; how long each ping between them took (s)."""
    took = []
    for i in range(n):
        source.send(rng.choice(KINDS)(rng))
        if i % 20 == 19:
            took.append(ask())
    return took


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="reads /proc")
def test_it_lives_on_whatever_it_is_sent(tmp_path: Path) -> None:
    sound_file.write(melody(6.0, 22_050), tmp_path / "in.wav")
    command = [COMMAND, "live", "in.wav", "--audio", "null", "--osc", "0", "--json"]
    with (
        (tmp_path / "err.txt").open("w+") as said,
        subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=said, text=True) as process,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as noise,
    ):
        try:
            assert process.stdout is not None
            port = json.loads(process.stdout.readline())["osc"]
            for each in (client, noise):
                each.connect((LOOPBACK, port))
                each.settimeout(20)

            def ask() -> float:
                begun = time.perf_counter()
                client.send(encode("/granulate/ping"))
                while not client.recv(65_536).startswith(b"/granulate/pong"):
                    pass
                return time.perf_counter() - begun

            rng = random.Random(1)
            send(noise, rng, PACKETS // 3, ask)  # buffers and models are there after this
            before = resident_kb(process.pid)
            took = send(noise, rng, PACKETS, ask)
            grown = resident_kb(process.pid) - before
            process.send_signal(signal.SIGINT)
            out = process.communicate(timeout=60)[0]
        except OSError as error:  # nobody listens any more, or nobody answers
            said.seek(0)
            pytest.fail(f"{error}: {said.read()[-2000:]}")
        finally:
            process.kill()
        said.seek(0)
        assert "Traceback" not in said.read()
    assert process.returncode == 0
    assert json.loads(out.splitlines()[-1])["non_finite"] == 0
    assert statistics.median(took) < 0.1
    assert grown < 10_240
