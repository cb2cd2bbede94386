"""granulate.maxpat: a panel for Max 8, which opens in presentation.

Each control leads to `prepend ADDRESS` and on to udpsend. Max's udpsend cannot receive, so the patch
asks for feedback at a port of its own. Source of the boxes' attributes: Max 8's own files and reference.
"""

from __future__ import annotations

from typing import Any

from clients.make.max_boxes import Box, Patcher, Rectangle
from clients.make.panel import (
    PORT,
    RATE,
    RENEW_S,
    REPLY_PORT,
    Row,
    actions,
    kinds,
    playable_presets,
    rows,
)
from granulate.live.osc.addresses import ROOT
from granulate.live.osc.values import Kind

_CELL, _ACROSS = (74.0, 74.0), 7
"""Width and height of a control in presentation, and how many stand side by side."""
_EXPONENT = 3.0
"""live.dial's power for what is better moved by ratios."""
_LINE = 66.0
_UNIT_STYLES = {"dB": 4, "ms": 2}
_WHOLE, _DECIMAL = 0, 1
_FINE = 1000
"""Steps of the pads, which give whole numbers."""


class Panel:
    """A patcher in which every control has a line of its own in patching view."""

    def __init__(self) -> None:
        self.patcher = Patcher(1180.0, 660.0)
        self._y = 160.0
        self._heard: dict[str, Box] = {}

    def line(self) -> float:
        """Where the next line is."""
        self._y += _LINE
        return self._y

    def sends(self, address: str, *boxes: Box, outlet: int = 0) -> None:
        """Boxes in a chain, from an outlet of the first; what the last says is sent to an address."""
        sent = self.patcher.obj(460, self._y, f"prepend {address}")
        if len(boxes) > 1:
            self.patcher.line(boxes[0], boxes[1], outlet)
            self.patcher.chain(*boxes[1:], sent)
        else:
            self.patcher.line(boxes[0], sent, outlet)
        self.patcher.line(sent, self.out())

    def out(self) -> Box:
        """Where messages go."""
        return self.patcher.obj(800, self._y, "s granulate-out", 1, ())

    def shows(self, address: str, box: Box, word: str = "set") -> None:
        """What comes from an address is shown in a box, which says nothing itself."""
        before = self.patcher.obj(20, self._y - 30, f"prepend {word}")
        self.patcher.line(before, box)
        self.hears(address, before)

    def hears(self, address: str, box: Box) -> None:
        """What comes from an address goes into a box."""
        self._heard[address] = box

    def receive(self) -> None:
        """The port at which feedback comes, and where each address goes."""
        patcher = self.patcher
        source = patcher.obj(1000, 20, f"udpreceive {REPLY_PORT}")
        places: dict[str, list[str]] = {}
        for address in self._heard:
            places.setdefault(address.rpartition("/")[0], []).append(address)
        for i, listed in enumerate(places.values()):
            route = patcher.obj(1000, 70 + 40 * i, f"route {' '.join(listed)}", 1, ("",) * (len(listed) + 1))
            patcher.line(source, route)
            for outlet, address in enumerate(listed):
                patcher.line(route, self._heard[address], outlet)


def patch() -> str:
    """The file's text."""
    panel = Panel()
    y = 34.0
    for section, title in (
        ("path", "walk"),
        ("grain", "grain"),
        ("envelope", "envelope"),
        ("master", "master"),
    ):
        y = _section(panel, 12.0, y, section, title)
    left = 30.0 + _CELL[0] * _ACROSS
    _connection(panel)
    _presets(panel, left, 34.0)
    _map(panel, left, 104.0)
    _actions(panel, left, 330.0)
    panel.receive()
    return panel.patcher.text()


def _heading(panel: Panel, x: float, y: float, words: str, width: float = 120.0) -> None:
    panel.patcher.comment((20, panel.line(), width, 22), words, (x, y, width, 22), heading=True)


def _label(panel: Panel, shown: Rectangle, words: str) -> None:
    panel.patcher.comment((150, panel.line(), shown[2], 20), words, shown)


def _section(panel: Panel, x: float, y: float, section: str, title: str) -> float:
    _heading(panel, x, y, title, 76)
    if section in kinds():
        address = f"{ROOT}/{section}/kind"
        menu = _menu(panel, (x + 80, y, 120, 22), kinds()[section])
        panel.sends(address, menu, outlet=1)
        panel.shows(address, menu, "setsymbol")
    listed = rows()[section]
    for i, row in enumerate(listed):
        _control(panel, x + _CELL[0] * (i % _ACROSS), y + 26 + _CELL[1] * (i // _ACROSS), row)
    return y + 30 + _CELL[1] * -(-len(listed) // _ACROSS)


def _menu(panel: Panel, shown: Rectangle, words: list[str]) -> Box:
    items = [part for word in words for part in (word, ",")][:-1]
    return panel.patcher.box("umenu", (150, panel.line(), 120, 22), 1, ("int", "", ""), shown, items=items)


def _control(panel: Panel, x: float, y: float, row: Row) -> None:
    at = (150.0, panel.line())
    patcher = panel.patcher
    if row.kind is Kind.TRUTH:
        toggle = patcher.box("toggle", (*at, 24, 24), 1, ("int",), (x + 20, y + 20, 24, 24))
        _label(panel, (x, y, _CELL[0], 20), row.label)
        panel.sends(row.address, toggle)
        panel.shows(row.address, toggle)
        return
    dial = patcher.live(
        "live.dial", (*at, 44, 48), ("", "float"), (x, y, _CELL[0] - 6, 48), f"{row.section}/{row.name}",
        row.label.partition(" (")[0], _extent(row), annotation=f"{row.address}: {row.declared.help}",
    )  # fmt: skip
    if row.kind is Kind.TIME:
        panel.sends(row.address, dial, patcher.obj(300, at[1], "sprintf %.1fms"))
        panel.shows(row.address, patcher.message(20, at[1], "", (x + 4, y + 49, _CELL[0] - 16, 20)))
    elif row.kind is Kind.WHOLE:
        panel.sends(row.address, dial, patcher.obj(300, at[1], "i", 2, ("int",)))
        _shows_number(panel, row, dial)
    else:
        panel.sends(row.address, dial)
        _shows_number(panel, row, dial)
    if row.optional:
        panel.sends(row.address, patcher.message(300, at[1] + 30, "unset", (x + 12, y + 50, 44, 20)))


def _shows_number(panel: Panel, row: Row, dial: Box) -> None:
    if not row.optional:
        panel.shows(row.address, dial)
        return
    patcher = panel.patcher
    numbers = patcher.obj(20, panel.line(), "route unset", 1, ("", ""))
    before = patcher.obj(120, panel.line(), "prepend set")
    patcher.line(numbers, before, 1)
    patcher.line(before, dial)
    panel.hears(row.address, numbers)


def _extent(row: Row) -> dict[str, Any]:
    unit = "ms" if row.kind is Kind.TIME else row.declared.unit[:2]
    style = _WHOLE if row.kind is Kind.WHOLE else _UNIT_STYLES.get(unit, _DECIMAL)
    return {
        "parameter_mmin": float(row.low),
        "parameter_mmax": float(row.high),
        "parameter_exponent": _EXPONENT if row.by_ratio else 1.0,
        "parameter_type": 0,
        "parameter_unitstyle": style,
    }


def _connection(panel: Panel) -> None:
    patcher = panel.patcher
    _heading(panel, 12, 6, "granulate live", 130)
    _label(panel, (150, 6, 380, 20), "first: granulate live SOUND.wav --osc 9000")
    udp = patcher.obj(20, 120, f"udpsend 127.0.0.1 {PORT}", 1, ())
    patcher.line(patcher.obj(20, 90, "r granulate-out", 0), udp)
    _label(panel, (548, 6, 36, 20), "port")
    port = patcher.box(
        "number", (200, 50, 60, 22), 1, ("", "bang"), (584, 6, 60, 22), minimum=1, maximum=65535
    )
    patcher.chain(
        patcher.obj(200, 20, f"loadmess set {PORT}"), port, patcher.obj(200, 90, "prepend port"), udp
    )
    begin = patcher.obj(420, 20, "loadmess 1")
    on = patcher.box("toggle", (420, 50, 24, 24), 1, ("int",), (730, 6, 22, 22))
    _label(panel, (654, 6, 76, 20), "feedback")
    every = patcher.obj(420, 80, f"metro {RENEW_S * 1000}", 2, ("bang",))
    ask = patcher.message(420, 110, f"{actions()['subscribe'].address} {RATE} {REPLY_PORT}")
    patcher.chain(begin, on, every, ask, udp)
    end = patcher.obj(600, 50, "sel 0", 2, ("bang", ""))
    patcher.chain(on, end, patcher.message(600, 80, actions()["unsubscribe"].address), udp)
    _label(panel, (770, 6, 36, 20), "says")
    panel.shows(f"{ROOT}/error", patcher.message(800, 50, "", (806, 6, 360, 22)))


def _presets(panel: Panel, x: float, y: float) -> None:
    patcher = panel.patcher
    _heading(panel, x, y, "preset")
    menu = _menu(panel, (x, y + 26, 130, 22), playable_presets())
    both = patcher.obj(300, panel.line(), "pack s 0.", 2)
    panel.sends(actions()["preset"].address, menu, both, outlet=1)
    _label(panel, (x + 140, y + 27, 60, 20), "morph (s)")
    seconds = _flonum(panel, (x + 204, y + 26, 50, 22), 0.0, 3600.0)
    patcher.line(seconds, both, inlet=1)


def _flonum(panel: Panel, shown: Rectangle, least: float, most: float) -> Box:
    return panel.patcher.box(
        "flonum", (150, panel.line(), 60, 22), 1, ("", "bang"), shown, minimum=least, maximum=most, format=6
    )


def _map(panel: Panel, x: float, y: float) -> None:
    patcher = panel.patcher
    _heading(panel, x, y, "map", 60)
    _label(panel, (x + 60, y + 2, 110, 20), "lead the walk")
    _label(panel, (x + 190, y + 2, 110, 20), "where it is")
    pad = _pad(panel, (x, y + 26, 180, 180), 0)
    place = patcher.obj(360, panel.line(), "pak 0. 0.", 2)
    for outlet in (0, 1):
        scaled = patcher.obj(260, panel.line(), f"/ {_FINE}.", 2, ("float",))
        patcher.line(pad, scaled, outlet)
        patcher.line(scaled, place, inlet=outlet)
    panel.sends(actions()["goto"].address, place)
    here = _pad(panel, (x + 190, y + 26, 180, 180), 1)
    axes = patcher.obj(20, panel.line(), "unpack 0. 0.", 1, ("float", "float"))
    panel.hears(f"{ROOT}/feedback/position", axes)
    for outlet in (0, 1):
        scaled = patcher.obj(60, panel.line(), f"* {_FINE}.", 2, ("float",))
        patcher.line(axes, scaled, outlet)
        patcher.line(scaled, here, inlet=outlet)
    levels = patcher.box(
        "multislider", (150, panel.line(), 40, 140), 1, ("", ""), (x + 380, y + 26, 40, 180), size=2,
        setminmax=[-60.0, 0.0], setstyle=1, ignoreclick=1, parameter_enable=0,
    )  # fmt: skip
    panel.hears(f"{ROOT}/feedback/level", levels)


def _pad(panel: Panel, shown: Rectangle, ignored: int) -> Box:
    return panel.patcher.box(
        "pictslider", (150, panel.line(), 150, 150), 2, ("int", "int"), shown, leftvalue=0, rightvalue=_FINE,
        bottomvalue=0, topvalue=_FINE, ignoreclick=ignored, parameter_enable=0,
    )  # fmt: skip


def _actions(panel: Panel, x: float, y: float) -> None:
    patcher = panel.patcher
    _heading(panel, x, y, "play")
    for i, name in enumerate(("start", "stop", "panic")):
        button = _button(panel, (x + 76 * i, y + 26, 70, 24), name)
        said = patcher.message(300, panel.line(), actions()[name].address)
        patcher.chain(button, said, panel.out())
    record = patcher.box("toggle", (150, panel.line(), 24, 24), 1, ("int",), (x + 236, y + 26, 24, 24))
    _label(panel, (x + 262, y + 28, 60, 20), "record")
    panel.sends(actions()["record"].address, record)
    _sounds(panel, x + 330, y + 26)
    _play(panel, x, y + 62)
    line = patcher.message(150, panel.line(), "0.1 0.1 0.9 0.5 0.1 0.9", (x, y + 148, 180, 22))
    panel.sends(actions()["gesture"].address, line)
    _label(panel, (x + 186, y + 148, 200, 20), "a line across the map")


def _button(panel: Panel, shown: Rectangle, words: str) -> Box:
    return panel.patcher.box("textbutton", (150, panel.line(), 70, 24), 1, ("", "", "int"), shown, text=words)


def _sounds(panel: Panel, x: float, y: float) -> None:
    button = _button(panel, (x, y, 90, 24), "sounds...")
    chooser = panel.patcher.obj(300, panel.line(), "opendialog", 1, ("", "bang"))
    path = panel.patcher.obj(300, panel.line(), "conformpath slash boot", 1, ("", "int"))
    panel.sends(actions()["corpus"].address, button, chooser, path)


def _play(panel: Panel, x: float, y: float) -> None:
    patcher = panel.patcher
    all_four = patcher.obj(300, panel.line(), "pack 0 0. 1. 0.", 4)
    arguments = actions()["play"].arguments
    for inlet, taken in enumerate(arguments):
        _label(panel, (x + 76 * inlet, y, 70, 20), f"{taken.name} {taken.declared.unit}".strip())
        low, high = taken.declared.minimum or 0, taken.declared.maximum or 0
        shown = (x + 76 * inlet, y + 22, 70, 22)
        if inlet == 0:
            box = patcher.box(
                "number", (150, panel.line(), 60, 22), 1, ("", "bang"), shown, minimum=int(low), maximum=int(high)
            )  # fmt: skip
        else:
            box = _flonum(panel, shown, float(low), float(high))
        patcher.line(box, all_four, inlet=inlet)
    patcher.line(_button(panel, (x + 310, y + 21, 70, 24), "play"), all_four)
    panel.sends(actions()["play"].address, all_four)
    _label(panel, (x, y + 52, 70, 20), "grain now")
    now = patcher.box(
        "number", (150, panel.line(), 70, 22), 1, ("", "bang"), (x + 76, y + 52, 70, 22), ignoreclick=1
    )
    panel.shows(f"{ROOT}/feedback/grain", now)
