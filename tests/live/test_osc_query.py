"""OSCQuery: the tree that a client finds over HTTP, and that it finds it by zeroconf; all on loopback."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from http.client import HTTPConnection
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from zeroconf import Zeroconf

from granulate.errors import ParameterError
from granulate.live.osc.addresses import address_space
from granulate.live.osc.query import SERVICES, Query
from granulate.live.osc.tree import READ_WRITE
from granulate.preset import SECTIONS
from tests.live.instrument import Instrument

OSC_PORT = 9123


@pytest.fixture
def query(instrument: Instrument) -> Iterator[Query]:
    with Query(instrument, OSC_PORT, announce=False) as running:
        yield running


def get(query: Query, path: str, **headers: str) -> tuple[int, Any]:
    request = Request(f"http://127.0.0.1:{query.port}{path}", headers=headers)
    try:
        with urlopen(request, timeout=20) as answer:
            body = answer.read()
            return answer.status, json.loads(body) if body else None
    except HTTPError as error:
        with error:
            return error.code, None


def leaves(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if "CONTENTS" not in node:
        yield node
    for below in node.get("CONTENTS", {}).values():
        yield from leaves(below)


def test_every_address_is_in_the_tree_with_what_may_be_sent_there(
    query: Query, instrument: Instrument
) -> None:
    status, root = get(query, "/")
    found = {node["FULL_PATH"]: node for node in leaves(root)}
    assert status == 200
    assert set(found) == set(address_space())
    for path, node in found.items():
        assert node["DESCRIPTION"]
        assert len(node.get("RANGE", node["TYPE"])) == len(node["TYPE"])
        if node["ACCESS"] == READ_WRITE:
            assert len(node["VALUE"]) == len(node["TYPE"]), path


def test_bounds_units_and_values_are_those_of_the_kind_chosen_now(
    query: Query, instrument: Instrument
) -> None:
    instrument.set("segmentation", "kind", "silence")
    _, silence = get(query, "/granulate/segmentation/threshold")
    instrument.set("segmentation", "kind", "onset")
    instrument.set("segmentation", "threshold", 2.5)
    _, onset = get(query, "/granulate/segmentation/threshold")
    declared = SECTIONS["segmentation"]["onset"].parameters["threshold"][1]
    assert (silence["RANGE"], silence["UNIT"], silence["VALUE"]) == (
        [{"MIN": -140, "MAX": 0}],
        ["dBFS"],
        [-50],
    )
    assert onset == {
        "FULL_PATH": "/granulate/segmentation/threshold",
        "ACCESS": 3,
        "TYPE": "f",
        "VALUE": [2.5],
        "RANGE": [{"MIN": declared.minimum, "MAX": declared.maximum}],
        "UNIT": ["dB"],
        "DESCRIPTION": declared.help,
    }


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/granulate/grain/interpolation?RANGE", {"RANGE": [{"VALS": ["none", "linear", "cubic"]}]}),
        ("/granulate/grain/kind?RANGE", {"RANGE": [{"VALS": list(SECTIONS["grain"].stages)}]}),
        ("/granulate/grain/kind?VALUE", {"VALUE": ["cloud"]}),
        ("/granulate/framing/hop?TYPE", {"TYPE": "i"}),
        ("/granulate/grain/length?VALUE", {"VALUE": ["80ms"]}),
        ("/granulate/framing/n_fft?VALUE", {"VALUE": [None]}),
        ("/granulate/path/floor?TYPE", {"TYPE": "f"}),
        ("/granulate/path/weights?TYPE", {"TYPE": "sf"}),
        ("/granulate/grain/transpose?UNIT", {"UNIT": ["semitones"]}),
        ("/granulate/walk/goto?TYPE", {"TYPE": "fff"}),
        ("/granulate/panic?ACCESS", {"ACCESS": 2}),
        ("/granulate/grain?FULL_PATH", {"FULL_PATH": "/granulate/grain"}),
    ],
)
def test_one_attribute_is_answered_alone(query: Query, path: str, expected: dict[str, Any]) -> None:
    assert get(query, path) == (200, expected)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/granulate/grain/densty", 404),
        ("/../etc/passwd", 404),
        ("/granulate/grain/density/x?VALUE", 404),
        ("/granulate/panic?VALUE", 204),
        ("/granulate/grain/density?TAGS", 204),
        ("/granulate/grain?VALUE", 204),
        ("/granulate/grain/density?NONSENSE", 400),
        ("/granulate/grain/density?VALUE=1", 400),
    ],
)
def test_what_is_not_there_has_the_proposals_status(query: Query, path: str, status: int) -> None:
    assert get(query, path) == (status, None)


def test_the_host_says_where_osc_is_and_what_it_knows(query: Query) -> None:
    status, info = get(query, "/?HOST_INFO")
    assert status == 200
    assert (info["OSC_IP"], info["OSC_PORT"], info["OSC_TRANSPORT"]) == ("127.0.0.1", OSC_PORT, "UDP")
    assert info["EXTENSIONS"]["RANGE"] is True
    assert info["EXTENSIONS"]["LISTEN"] is False


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:80", 200),
        ("evil.example", 403),
        ("evil.example:{port}", 403),
        ("192.0.2.1", 403),
        ("127.0.0.1.evil.example", 403),
    ],
)
def test_only_this_machine_may_be_meant(query: Query, host: str, status: int) -> None:
    assert get(query, "/", Host=host.format(port=query.port))[0] == status


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_nothing_is_changed_over_http(query: Query, instrument: Instrument, method: str) -> None:
    connection = HTTPConnection("127.0.0.1", query.port, timeout=20)
    connection.request(method, "/granulate/grain/density", body=b"VALUE=1")
    assert connection.getresponse().status == 405
    connection.close()
    assert instrument.history == []


def test_bytes_that_are_no_http_do_not_end_it(query: Query) -> None:
    for junk in (b"\xff" * 1000 + b"\r\n\r\n", b"GET " + b"/x" * 20_000 + b" HTTP/1.1\r\n\r\n", b""):
        with socket.create_connection(("127.0.0.1", query.port), timeout=20) as raw:
            raw.sendall(junk)
    assert get(query, "/granulate/grain/kind?VALUE")[0] == 200


def test_a_port_that_is_taken_is_named(query: Query, instrument: Instrument) -> None:
    with pytest.raises(ParameterError, match=f"OSCQuery cannot listen on 127.0.0.1:{query.port} "):
        Query(instrument, OSC_PORT, port=query.port, announce=False).start()


def test_zeroconf_finds_both_services_on_loopback(instrument: Instrument) -> None:
    with Query(instrument, OSC_PORT) as query:
        if not query.announced(20):
            pytest.skip(f"no multicast on loopback here: {query.unannounced}")
        finder = Zeroconf(interfaces=["127.0.0.1"])
        try:
            for service, port in zip(SERVICES, (query.port, OSC_PORT), strict=True):
                info = finder.get_service_info(service, f"granulate-{OSC_PORT}.{service}", timeout=10_000)
                assert info is not None
                assert (info.parsed_addresses(), info.port) == (["127.0.0.1"], port)
        finally:
            finder.close()
