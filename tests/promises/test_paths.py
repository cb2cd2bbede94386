"""Whatever a page asks for, it is sent nothing from outside of what is served: fifty spellings of the way out."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from pathlib import Path

import pytest

import granulate.web
from granulate.web import Server
from tests.web.standing import ask, standing

UP = (
    "../", "..%2f", "%2e%2e/", "%2e%2e%2f", "..\\", "..%5c", "%2e%2e%5c", "....//", "..;/", "%252e%252e%252f",
    "..%c0%af", "..%u2215", "%00../",
)  # fmt: skip
ROOTS = ("/assets/", "/sound/", "/sound/0/", "/")
SECRET = "guard.py"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with standing() as running:
        yield running


@pytest.mark.parametrize(("root", "up"), list(product(ROOTS, UP)), ids=str)
def test_no_spelling_leads_out(server: Server, root: str, up: str) -> None:
    secret = (Path(granulate.web.__file__).parent / SECRET).read_bytes()
    for path in (f"{root}{up * 2}web/{SECRET}", f"{root}{up * 12}etc/passwd", f"{root}{up}{up}{SECRET}"):
        status, _, body = ask(server, path)
        assert status in (400, 403, 404)
        assert secret[:40] not in body
        assert b"root:" not in body
