"""The map's server refuses what it did not ask for, and goes on for all others."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import numpy as np
import pytest

from granulate.errors import ParameterError
from granulate.web import Server
from granulate.web.asking import read
from granulate.web.guard import Guard, hosts_of
from granulate.web.live import Audio
from granulate.web.server import MOST_CONNECTIONS
from tests.web.standing import HOST, NAME, Memory, Page, ask, cookie, standing, token


@pytest.fixture(scope="module")
def live() -> Memory:
    return Memory()


@pytest.fixture(scope="module")
def server(live: Memory) -> Iterator[Server]:
    with standing(live) as running:
        yield running


SITE = "http://evil.example"
JSON = {"Content-Type": "application/json"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Method, path, headers beside what a page sends, and what is answered.
REFUSED: list[tuple[str, str, dict[str, Any], set[int]]] = [
    ("GET", "/", {"Host": "evil.example"}, {403}),
    ("GET", "/map.bin", {"Host": "evil.example:80"}, {403}),
    ("GET", "/map.bin", {"Host": f"{HOST}.evil.example"}, {403}),
    ("GET", "/map.bin", {"Host": f"user@{HOST}"}, {403}),
    ("GET", "/map.bin", {"Host": f"{HOST}/evil"}, {403}),
    ("GET", "/map.bin", {"Host": f"{HOST}:99999999"}, {403}),
    ("GET", "/map.bin", {"Host": "[::1"}, {403, 400}),
    ("GET", "/map.bin", {"Host": ""}, {403}),
    ("GET", "/map.bin", {"Host": "localhost, evil.example"}, {403}),
    ("GET", "/map.bin", {"Origin": SITE}, {403}),
    ("GET", "/map.bin", {"Origin": "null"}, {403}),
    ("GET", "/map.bin", {"Origin": f"http://{HOST}:1"}, {403}),
    ("GET", "/map.bin", {"Origin": f"http://{HOST}.evil.example"}, {403}),
    ("GET", "/map.bin", {"Sec-Fetch-Site": "cross-site"}, {403}),
    ("GET", "/sound/0", {"Sec-Fetch-Site": "same-site"}, {403}),
    ("GET", "/", {"Cookie": None}, {403}),
    ("GET", "/map.bin", {"Cookie": None}, {403}),
    ("GET", "/sound/0", {"Cookie": "granulate=1"}, {403}),
    ("GET", "/parameters.json", {"Cookie": "x" * 3000}, {403}),
    ("GET", "/?token=", {"Cookie": None}, {403}),
    ("GET", "/?token=wrong", {"Cookie": None}, {403}),
    ("GET", "/?token=%00%ff%d8", {"Cookie": None}, {403}),
    ("GET", "/?token=" + "a" * 3000, {"Cookie": None}, {403}),
    ("GET", "/assets/../guard.py", {}, {404}),
    ("GET", "/assets/..%2f..%2fguard.py", {}, {404}),
    ("GET", "/assets/%2e%2e/%2e%2e/guard.py", {}, {404}),
    ("GET", "/assets/....//....//etc/passwd", {}, {404}),
    ("GET", "/assets/..\\..\\guard.py", {}, {404}),
    ("GET", "/assets/%5c..%5cguard.py", {}, {404}),
    ("GET", "/assets/%252e%252e%252fguard.py", {}, {404}),
    ("GET", "/assets//etc/passwd", {}, {404}),
    ("GET", "/assets/app.js%00.css", {}, {400, 404}),
    ("GET", "/assets/index.html", {}, {404}),
    ("GET", "/../../../../etc/passwd", {}, {404}),
    ("GET", "/sound/1", {}, {404}),
    ("GET", "/sound/-1", {}, {404}),
    ("GET", "/sound/0/../1", {}, {404}),
    ("GET", "/sound/" + "9" * 400, {}, {404}),
    ("GET", "/.git/config", {}, {404}),
    ("GET", "http://evil.example/map.bin", {}, {403, 404}),
    ("POST", "/", FORM, {403}),
    ("POST", "/map.bin", {**FORM, "Origin": SITE}, {403}),
    ("POST", "/map.bin", {**FORM, "Origin": "own"}, {415}),
    ("POST", "/socket", {"Content-Type": "text/plain", "Origin": "own"}, {415}),
    ("POST", "/map.bin", {**JSON, "Origin": "own"}, {405}),
    ("PUT", "/assets/app.js", {**JSON, "Origin": "own"}, {405}),
    ("DELETE", "/sound/0", {**JSON, "Origin": "own"}, {405}),
    ("OPTIONS", "/map.bin", {"Origin": SITE, "Access-Control-Request-Method": "PUT"}, {403}),
    ("TRACE", "/map.bin", {}, {403, 405, 400}),
    ("GET", "/socket", {}, {426}),
    ("GET", "/socket", {"Connection": "Upgrade", "Upgrade": "websocket"}, {403}),
    ("GET", "/map.bin", {"X-Long": "a" * 10_000}, {400}),
    ("GET", "/map.bin?" + "a" * 10_000, {}, {400, 414}),
]  # fmt: skip


@pytest.mark.parametrize(("method", "path", "headers", "wanted"), REFUSED, ids=lambda each: str(each)[:60])
def test_what_is_refused(
    server: Server, method: str, path: str, headers: dict[str, Any], wanted: set[int]
) -> None:
    own = {
        name: f"http://{HOST}:{server.port}" if value == "own" else value for name, value in headers.items()
    }
    body = b"{}" if method in ("POST", "PUT") else None
    status, answered, body = ask(server, path, method, own, body=body)
    assert status in wanted
    assert token(server).encode() not in body
    assert "access-control-allow-origin" not in answered
    assert ask(server, "/map.bin")[0] == 200  # and all others are served as before


def test_who_has_the_url_is_let_in(server: Server) -> None:
    status, headers, _ = ask(server, f"/?token={token(server)}", known=False)
    assert (status, headers["location"]) == (303, "/")
    assert all(
        part in headers["set-cookie"] for part in ("HttpOnly", "SameSite=Strict", "Path=/", str(server.port))
    )
    assert len(token(server)) * 6 >= 128
    assert token(server) != token(standing())
    status, headers, page = ask(server, "/", headers={"Cookie": headers["set-cookie"].partition(";")[0]})
    assert status == 200
    assert b"&lt;img src=x onerror=alert(1)&gt;.wav" in page
    assert NAME.encode() not in page


@pytest.mark.parametrize(
    "path", ["/", "/map.bin", "/assets/app.js", "/nowhere", "/parameters.json", "/?token=no"]
)
def test_every_answer_forbids_what_no_page_of_ours_needs(server: Server, path: str) -> None:
    _, headers, _ = ask(server, path)
    policy = headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe-" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_two_hosts_are_no_host(server: Server) -> None:
    with socket.create_connection((HOST, server.port), 20) as raw:
        own = f"Host: {HOST}:{server.port}\r\n"
        raw.sendall(f"GET /map.bin HTTP/1.1\r\n{own}{own}Cookie: {cookie(server)}\r\n\r\n".encode())
        assert raw.recv(65536).split()[1] in (b"400", b"403")


@pytest.mark.parametrize(
    "headers",
    [{"Origin": SITE}, {"Origin": ""}, {"Origin": "null"}, {"Host": "evil.example"}, {"Cookie": "granulate=1"},
     {"Cookie": ""}, {"Sec_Fetch_Site": "cross-site"}, {"Sec_Fetch_Site": "same-site"}],
    ids=str,
)  # fmt: skip
def test_sockets_that_are_refused(server: Server, headers: dict[str, str]) -> None:
    with Page(server, **headers) as page:
        assert page.status == 403


SAID = [
    "", "no json", "[]", "1", "null", '{"set": ["path"', '{"set": []}', '{"set": ["path", "step"]}',
    '{"set": ["path", "step", NaN]}', '{"set": ["path", "step", Infinity]}', '{"set": ["path", "step", 1e999]}',
    '{"set": ["path", "step", -1]}', '{"set": ["path", "step", "fast"]}', '{"set": ["path", "step", []]}',
    '{"set": ["path", "no such", 1]}', '{"set": ["__class__", "step", 1]}', '{"set": ["../path", "step", 1]}',
    '{"set": ["path", "step", 0.5], "act": ["panic"]}', '{"act": []}', '{"act": ["no such"]}', '{"act": ["_table"]}',
    '{"act": ["goto", 2, 0]}', '{"act": ["goto", null, 0]}', '{"act": ["play", -1]}', '{"act": ["play", 1.5]}',
    '{"act": ["corpus", "/etc/passwd"]}', '{"gesture": []}',
    '{"gesture": [[0, 0], [2, 1]]}', '{"gesture": [[0, 0], [0, 1, 1]]}', '{"gesture": [[0, 0, 0, 0]]}',
    '{"gesture": [[0]]}', '{"gesture": [[0, "0"]]}', '{"select": [-1]}',
    '{"select": [50]}', '{"select": [1.5]}', '{"select": [4294967296]}', '{"select": "all"}', '{"hear": 1}',
    '{"eval": "1"}', '{"set": ["path", "step", ' + "9" * 6000 + "]}", "[" * 60_000, '{"a":' * 10_000,
    '{"set": ["path", "points", [[[[0]]]]]}', '{"set": ["path", "kind", "' + "a" * 5000 + '"]}',
]  # fmt: skip


def test_messages_that_are_refused_change_nothing(server: Server, live: Memory) -> None:
    with Page(server) as page:
        before = dict(live.instrument.values())
        n_acts = len(live.instrument.acts)
        for text in SAID:
            page.say(text)
            line = page.until("refused")
            assert line
            assert "\n" not in line
            assert len(line) <= 400
        assert live.instrument.values() == before
        assert len(live.instrument.acts) == n_acts
        page.say({"set": ["path", "step", 0.25]})
        assert live.instrument.wait_for(lambda: live.instrument.get("path", "step") == 0.25)


@pytest.mark.parametrize(
    "data",
    [b"", b"\x03", b"\x09" * 40, b"\x03\0\0\0\xff\xff\xff\xff", b"\x03\0\0\0\x32\0\0\0" + bytes(6),
     b"\x03\0\0\0\x40\0\0\0" + b"\xff" * 8, b"\x03\0\0\0\x08\0\0\0\x01more",
     b"\x05", b"\x05\0\0\0\xff\xff\xff\xff", b"\x05\0\0\0\x10\0\0\0\x01", b"\x05\0\0\0\x08\0\0\0\x01\xff\xfe",
     b"\x05\0\0\0\x08\0\0\0\x01a\nb", b"\x05\0\0\0\x08\0\0\0\x01" + b"a" * 81,
     b"\x05\0\0\0\x08\0\0\0\x01" + b"a" * 4000, b"\x05\0\0\0\x40\0\0\0" + b"\xff" * 8 + b"far",
     b"\x04\0\0\0\0\0\0\0[]"],
    ids=len,
)  # fmt: skip
def test_bytes_that_are_refused(server: Server, data: bytes) -> None:
    with Page(server) as page:
        page.frame(2, data)
        assert "allowed" in page.until("refused")


def test_what_is_too_long_ends_the_connection_and_no_other(server: Server) -> None:
    with Page(server) as other:
        for kind, size in ((1, 65_537), (2, 8_000_000)):
            with Page(server) as page:
                try:
                    page.frame(kind, b" " * size)
                    assert page.until_closed() in (0, 1009)
                except ConnectionError:
                    pass
        with Page(server) as page:
            page.frame(1, b"\xff\xfe{}")  # no UTF-8
            assert page.until_closed() in (0, 1007)
        other.until("status")


def test_a_flood_is_bounded_and_the_others_play_on(server: Server, live: Memory) -> None:
    with Page(server) as flooding, Page(server) as other:
        for number in range(4000):
            flooding.say({"set": ["path", "step", number / 8000]})
        other.say({"set": ["path", "momentum", 0.5]})
        assert live.instrument.wait_for(lambda: live.instrument.get("path", "momentum") == 0.5, 20)
        assert "messages a second" in flooding.until("refused", 5000)


def test_a_page_that_never_reads_holds_nobody_up(live: Memory) -> None:
    from granulate.web import session

    wait, session.SEND_S = session.SEND_S, 0.5
    try:
        with standing(live) as server, Page(server, received=4096) as silent, Page(server) as other:
            for page in (silent, other):
                page.say({"hear": True})
            deadline = time.monotonic() + 15
            while server.pages > 1 and time.monotonic() < deadline:
                live.sound.append(Audio(0, np.zeros((20_000, 2), np.float32)))
                if other.read()[0] == 8:
                    break
            assert server.pages == 1, "it is let go"
            other.until("status")
    finally:
        session.SEND_S = wait


def test_connections_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    assert MOST_CONNECTIONS <= 256, "some systems let a process have so many files"
    monkeypatch.setattr("granulate.web.server.MOST_CONNECTIONS", 20)
    with standing(Memory()) as server, Page(server) as page:
        opened = [socket.create_connection((HOST, server.port), 20) for _ in range(60)]
        refused = 0
        for one in reversed(opened):  # those that came last are those that are refused
            one.settimeout(5.0 if refused < 41 else 0.001)
            try:
                refused += one.recv(1) == b""
            except ConnectionError:
                refused += 1
            except TimeoutError:
                pass
        for one in opened:
            one.close()
        assert refused == 41
        page.until("status")
        answered = 0
        deadline = time.monotonic() + 20
        while answered != 200 and time.monotonic() < deadline:
            with suppress(ConnectionError, http.client.HTTPException):
                answered = ask(server, "/map.bin")[0]
        assert answered == 200, "there is room again"


def test_strangers_do_not_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("granulate.web.server.STRANGER_S", 0.2)
    with standing(Memory()) as server, Page(server) as page:
        with socket.create_connection((HOST, server.port), 20) as stranger, suppress(ConnectionError):
            assert stranger.recv(1) == b""
        time.sleep(0.3)
        page.until("status")  # who has the token stays


@pytest.mark.parametrize("bind", ["nowhere.example", "999.1.1.1", ""])
def test_addresses_that_are_none(bind: str) -> None:
    with pytest.raises(ParameterError, match="--bind"):
        standing(host=bind)


def test_a_port_that_is_taken_is_told(server: Server) -> None:
    with pytest.raises(ParameterError, match="free"):
        standing(port=server.port).start()


def test_the_guard_knows_the_names_it_is_reached_by() -> None:
    assert Guard(["127.0.0.1"]).token != Guard(["127.0.0.1"]).token
    assert "localhost" in hosts_of("127.0.0.1")
    assert HOST in hosts_of("0.0.0.0")
    assert "evil.example" not in hosts_of("0.0.0.0")


@pytest.mark.parametrize("deep", [5, 1000, 30_000])
def test_nesting_is_bounded(deep: int) -> None:
    with pytest.raises(ParameterError, match="deep"):
        read('{"a":' + "[" * deep + "]" * deep + "}")


def test_a_message_is_one_object() -> None:
    assert read(json.dumps({"act": ["panic"]})) == {"act": ["panic"]}
