"""OSC messages at a steady rate to a running instrument: `python -m benchmarks.live_flood PORT RATE SECONDS`.

A process of its own, and bounded: it prints one JSON object of what it sent, what feedback it was sent, and how many
addresses have the value that came last.
"""

from __future__ import annotations

import json
import random
import socket
import sys
import threading
import time

from granulate.live.osc.addresses import Control, address_space
from granulate.live.osc.packets import Message, decode, encode

HEARD_AT_ONCE = ("grain", "envelope", "master")
_STEP_S = 0.001
_RENEW_S = 10.0


class Client:
    """A socket that speaks to the instrument."""

    def __init__(self, port: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.connect(("127.0.0.1", port))
        self.socket.settimeout(2.0)

    def ask(self, address: str) -> float | None:
        """The value at an address; None where there is none now."""
        self.socket.send(encode(address))
        self.socket.send(encode("/granulate/ping"))
        found = None
        while True:
            try:
                message = decode(self.socket.recv(65536))
            except TimeoutError:
                return found
            if not isinstance(message, Message):
                continue
            if message.address == "/granulate/pong":
                return found
            if (
                message.address == address
                and message.arguments
                and isinstance(message.arguments[0], int | float)
            ):
                found = float(message.arguments[0])


def values(client: Client) -> dict[str, list[float]]:
    """Every number that is heard at once, with values around the present one."""
    rng, found = random.Random(1), {}
    for address, control in address_space().items():
        if (
            not isinstance(control, Control)
            or control.section.name not in HEARD_AT_ONCE
            or control.bounds is None
        ):
            continue
        now = client.ask(address)
        if now is None:
            continue
        low, high = control.bounds
        whole = all(control.declared(kind)[0].kind.name == "WHOLE" for kind in control.stages)
        if whole:
            found[address] = [now]
        else:
            reach = 0.2 * abs(now) or 0.1
            found[address] = [min(high, max(low, now + rng.uniform(-reach, reach))) for _ in range(64)]
    return found


def listen(client: Client, over: threading.Event, heard: list[int]) -> None:
    """Subscribe, and count what comes."""
    due = 0.0
    client.socket.settimeout(0.5)
    while not over.is_set():
        if time.monotonic() >= due:
            client.socket.send(encode("/granulate/subscribe", 30.0))
            due = time.monotonic() + _RENEW_S
        try:
            client.socket.recv(65536)
            heard[0] += 1
        except TimeoutError:
            pass


def flood(port: int, rate: int, seconds: float) -> dict[str, float]:
    client, subscriber = Client(port), Client(port)
    chosen = values(client)
    packets = [[(address, value, encode(address, value)) for value in of] for address, of in chosen.items()]
    over, heard = threading.Event(), [0]
    listener = threading.Thread(target=listen, args=(subscriber, over, heard))
    listener.start()
    last: dict[str, float] = {}
    sent, begun, send = 0, time.monotonic(), client.socket.send
    while (passed := time.monotonic() - begun) < seconds:
        for k in range(sent, min(int(rate * passed), sent + rate)):
            of = packets[k % len(packets)]
            address, value, packet = of[(k // len(packets)) % len(of)]
            send(packet)
            last[address] = value
        sent = max(sent, min(int(rate * passed), sent + rate))
        time.sleep(_STEP_S)
    lasted = time.monotonic() - begun
    over.set()
    listener.join()
    time.sleep(0.2)
    kept = sum(abs((client.ask(a) or 0.0) - v) <= 1e-6 * max(1.0, abs(v)) for a, v in last.items())
    return {"sent": sent, "rate": sent / lasted, "heard": heard[0], "addresses": len(last), "kept": kept}


if __name__ == "__main__":
    print(json.dumps(flood(int(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))))
