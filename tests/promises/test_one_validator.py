"""Every parameter, from every door: what is out of range is refused in one line, and the instrument never has it."""

from __future__ import annotations

import json
import math
import struct
from typing import Any

import pytest

from granulate.errors import PresetError
from granulate.live.osc.rates import Rates
from granulate.live.sections import MOVED
from granulate.parameters import Stage
from tests.live.instrument import Client, Instrument
from tests.web.standing import Memory, Page, standing

STAGES = [stage for section in MOVED.values() for stage in section.stages.values()]
BAD: dict[str, Any] = {
    "NaN": math.nan, "infinite": math.inf, "minus infinite": -math.inf, "1e30": 1e30, "-1e30": -1e30,
    "2**31 - 1": 2**31 - 1, "-2**31": -(2**31), "nothing": "", "text": "no such value", "long": "9" * 3000,
    "truth": True, "a list": [1e30, "x"],
}  # fmt: skip


def refuses(stage: Stage, name: str, value: Any) -> bool:
    try:
        stage.bind({name: value})
    except PresetError as error:
        return "\n" not in str(error)
    return False


def in_range(history: list[tuple[Any, ...]]) -> None:
    """Raise PresetError for whatever was taken and is not allowed."""
    kinds: dict[str, str] = {}
    for section, name, value in history:
        if name == "kind":
            kinds[section] = value
            continue
        kind = kinds.get(section, section)
        MOVED[section][kind].bind({name: value})


def pattern(value: Any) -> tuple[bytes, bytes]:
    """OSC's tag and bytes of a value, as no orderly client would write them."""
    if isinstance(value, bool):
        return b"T", b""
    if isinstance(value, int):
        return b"i", struct.pack(">i", value)
    if isinstance(value, float):
        return b"d", struct.pack(">d", value)
    if isinstance(value, list):
        return b"fs", struct.pack(">f", value[0]) + padded(value[1])
    return b"s", padded(value)


def padded(text: str) -> bytes:
    return text.encode() + b"\0" * (4 - len(text) % 4)


@pytest.mark.parametrize("stage", STAGES, ids=lambda stage: f"{stage.section}.{stage.name}")
def test_a_preset_refuses_it(stage: Stage) -> None:
    for name, (kind, _, _) in stage.parameters.items():
        refused = [bad for bad, value in BAD.items() if refuses(stage, name, value)]
        assert len(refused) >= (9 if kind is not str else 5), (name, refused)


def test_osc_refuses_it() -> None:
    from granulate.live.osc.server import Server

    instrument, sent = Instrument(), 0
    with Server(instrument) as server, Client(server.port) as client:
        for stage in STAGES:
            if not MOVED[stage.section].single:
                client.ask(f"/granulate/{stage.section}/kind", stage.name)
            for name in stage.parameters:
                for value in BAD.values():
                    tags, body = pattern(value)
                    client.socket.send(
                        padded(f"/granulate/{stage.section}/{name}") + padded("," + tags.decode()) + body
                    )
                    sent += 1
                client.until_pong()
    in_range(instrument.history)
    assert sent > 1000
    assert len(instrument.history) < sent / 4


def test_a_page_refuses_it(monkeypatch: pytest.MonkeyPatch) -> None:
    live, sent = Memory(), 0
    with standing(live) as server, Page(server) as page:
        monkeypatch.setattr(
            server._hub, "_rates", Rates(1e6, 1e6)
        )  # it is not the flood that is to be refused
        for stage in STAGES:
            if not MOVED[stage.section].single:
                page.say({"set": [stage.section, "kind", stage.name]})
            for name in stage.parameters:
                for value in BAD.values():
                    page.say(json.dumps({"set": [stage.section, name, value]}))
                    sent += 1
        page.say({"set": ["master", "gain", -7.0]})
        assert live.instrument.wait_for(lambda: live.instrument.get("master", "gain") == -7.0, 30)
    in_range(live.instrument.history)
    assert sent > 1000
