"""What lies behind the Pure Data panel: names to messages, and feedback to names."""

from __future__ import annotations

from clients.make.panel import PORT, RATE, RENEW_S, Row, actions, kinds, playable_presets, rows
from clients.make.pd_canvas import Atom, Canvas
from granulate.live.osc.addresses import ROOT
from granulate.live.osc.values import Kind

MAP = (1054, 68, 140)
"""Left, top and size (px) of the map's field."""
DOT = 7
_STEP = 24


def name_of(row: Row) -> str:
    """The name that a parameter is sent to."""
    return f"granulate-{row.section}-{row.name}".replace("_", "-")


def inside() -> Canvas:
    """The subpatch that sends and receives."""
    canvas = Canvas("granulate-inside", 760, 460)
    for i, (name, words) in enumerate(
        [(f"granulate-{section}-kinds", kinds()[section]) for section in kinds()]
        + [("granulate-presets", playable_presets())]
    ):
        canvas.defined(20, 20 + 30 * i, name, words)
    netsend = canvas.obj(20, 300, "netsend", "-u", "-b")
    for i, (section, listed) in enumerate(rows().items()):
        canvas.within(260, 20 + 30 * i, f"send-{section}", _sender(section, listed))
        canvas.within(460, 20 + 30 * i, f"receive-{section}", _receiver(section, listed))
    canvas.within(260, 160, "send-actions", _actions())
    canvas.within(460, 160, "receive-status", _status())
    out = canvas.obj(20, 200, "r", "granulate-out")
    canvas.chain(
        out, canvas.obj(20, 230, "list", "prepend", "send"), trim := canvas.obj(20, 260, "list", "trim")
    )
    canvas.connect(trim, netsend)
    _connection(canvas, netsend)
    parsed = canvas.obj(20, 340, "oscparse")
    canvas.connect(netsend, parsed, outlet=1)
    canvas.chain(
        parsed, canvas.obj(20, 370, "list", "trim"), root := canvas.obj(20, 400, "route", *_parts(ROOT))
    )
    canvas.connect(root, canvas.obj(20, 430, "s", "granulate-in"))
    return canvas


def _parts(address: str) -> list[str]:
    return address.strip("/").split("/")


def _connection(canvas: Canvas, netsend: int) -> None:
    """The port: this patch's argument, else the usual one, else what is sent to `granulate-port`."""
    begin = canvas.obj(420, 210, "loadbang")
    argument = canvas.obj(420, 240, "f", "\\$1")
    chosen = canvas.obj(420, 270, "sel", 0)
    usual = canvas.message(420, 300, PORT)
    send = canvas.obj(420, 330, "s", "granulate-port")
    canvas.chain(begin, argument, chosen, usual, send)
    canvas.connect(chosen, send, outlet=1)
    port = canvas.obj(560, 210, "r", "granulate-port")
    order = canvas.obj(560, 240, "t", "b", "f", "f", "b")
    canvas.connect(port, order)
    canvas.connect(order, closing := canvas.message(660, 270, "disconnect"), outlet=3)
    canvas.connect(closing, netsend)
    canvas.connect(order, shown := canvas.message(660, 300, "set", "\\$1"), outlet=2)
    canvas.connect(shown, canvas.obj(660, 330, "s", "granulate-port-is"))
    host = canvas.obj(560, 270, "list", "prepend", "127.0.0.1")
    canvas.connect(order, host, outlet=1)
    canvas.connect(canvas.obj(600, 180, "r", "granulate-host"), host, inlet=1)
    canvas.chain(
        host, canvas.obj(560, 300, "list", "prepend", "connect"), trim := canvas.obj(560, 330, "list", "trim")
    )
    canvas.connect(trim, netsend)
    again = canvas.obj(560, 370, "metro", RENEW_S * 1000)
    canvas.connect(order, again)
    canvas.chain(again, canvas.message(560, 400, RATE), canvas.obj(560, 430, "s", "granulate-subscribe"))


class _Senders:
    """Names on the left, messages on the right, a line for each."""

    def __init__(self, name: str) -> None:
        self.canvas = Canvas(name, 760, 520)
        self._y = 20
        self._out = self.canvas.obj(520, 20, "s", "granulate-out")

    def line(self, name: str, address: str, *between: tuple[Atom, ...]) -> int:
        """What is sent to a name goes through some objects and out; the object that makes the message."""
        y = self._y
        self._y += _STEP
        made = self.canvas.obj(330, y, "oscformat", *_parts(address))
        objects = [self.canvas.obj(20, y, "r", name)]
        objects += [self.canvas.obj(190 + 70 * i, y, *words) for i, words in enumerate(between)]
        self.canvas.chain(*objects, made, self._out)
        return made

    def also(self, name: str, target: int, *between: int) -> None:
        """Another name that leads to the same message."""
        heard = self.canvas.obj(20, self._y, "r", name)
        self.canvas.chain(heard, *between, target)
        self._y += _STEP

    @property
    def y(self) -> int:
        return self._y


_BETWEEN: dict[Kind, list[tuple[Atom, ...]]] = {
    Kind.WHOLE: [("+", 0.5), ("i",)],
    Kind.TIME: [("makefilename", "%gms")],
}


def _sender(section: str, listed: list[Row]) -> Canvas:
    senders = _Senders(f"send-{section}")
    canvas = senders.canvas
    if section in kinds():
        made = senders.line(f"granulate-{section}-kind", f"{ROOT}/{section}/kind")
        senders.also(
            f"granulate-{section}-kind-index",
            made,
            canvas.obj(190, senders.y, "text", "get", f"granulate-{section}-kinds"),
        )
    for row in listed:
        made = senders.line(name_of(row), row.address, *_BETWEEN.get(row.kind, []))
        if row.optional:
            senders.also(
                f"{name_of(row)}-unset",
                made,
                canvas.obj(190, senders.y, "sel", 1),
                canvas.message(250, senders.y, "symbol", "unset"),
            )
    return canvas


def _receiver(section: str, listed: list[Row]) -> Canvas:
    canvas = Canvas(f"receive-{section}", 760, 520)
    heard = canvas.obj(20, 20, "r", "granulate-in")
    mine = canvas.obj(20, 50, "route", section)
    names = (["kind"] if section in kinds() else []) + [row.name for row in listed]
    each = canvas.obj(20, 80, "route", *names)
    canvas.chain(heard, mine, each)
    y = 120
    if section in kinds():
        found = canvas.obj(170, y, "text", "search", f"granulate-{section}-kinds")
        listing = canvas.obj(20, y, "list")
        canvas.connect(each, listing)
        canvas.chain(listing, found, _shows(canvas, 400, y, f"granulate-{section}-kind-index-is"))
        y += _STEP
    for outlet, row in enumerate(listed, len(names) - len(listed)):
        name = f"{name_of(row)}-is"
        if row.kind is Kind.TIME:
            canvas.connect(each, _shows(canvas, 400, y, name), outlet)
            y += _STEP
            continue
        floats = canvas.obj(20, y, "route", "float", "unset")
        canvas.connect(each, floats, outlet)
        canvas.connect(floats, _shows(canvas, 400, y, name))
        y += _STEP
        if row.optional:
            unset = canvas.obj(400, y, "s", f"{name_of(row)}-unset-is")
            for outlet_of, value in enumerate((0, 1)):
                said = canvas.message(170 + 60 * outlet_of, y, "set", value)
                canvas.connect(floats, said, outlet_of)
                canvas.connect(said, unset)
            y += _STEP
    return canvas


def _shows(canvas: Canvas, x: int, y: int, name: str) -> int:
    """Sets what is shown under a name, without setting anything off."""
    before = canvas.obj(x, y, "list", "prepend", "set")
    canvas.chain(before, canvas.obj(x + 110, y, "list", "trim"), canvas.obj(x + 180, y, "s", name))
    return before


def _actions() -> Canvas:
    senders = _Senders("send-actions")
    canvas = senders.canvas
    made = {
        name: senders.line(f"granulate-{name}", action.address)
        for name, action in actions().items()
        if name not in ("unsubscribe",)
    }
    morph = canvas.obj(190, senders.y, "list", "append", 0)
    canvas.connect(canvas.obj(190, senders.y - 2 * _STEP, "r", "granulate-morph"), morph, inlet=1)
    senders.also(
        "granulate-preset-index",
        made["preset"],
        canvas.obj(190, senders.y - _STEP, "text", "get", "granulate-presets"),
        morph,
    )
    place = canvas.obj(190, senders.y, "pack", 0.5, 0.5)
    senders.also("granulate-x", made["goto"], place)
    swap = canvas.obj(110, senders.y, "t", "b", "f")
    canvas.connect(canvas.obj(20, senders.y, "r", "granulate-y"), swap)
    canvas.connect(swap, place)
    canvas.connect(swap, place, outlet=1, inlet=1)
    y = senders.y + 2 * _STEP
    canvas.chain(canvas.obj(20, y, "r", "granulate-sounds"), canvas.obj(190, y, "openpanel"), made["corpus"])
    y += 2 * _STEP
    number = canvas.obj(190, y, "f")
    packed = canvas.obj(190, y + _STEP, "pack", 0, 0, 1, 0)
    canvas.chain(canvas.obj(20, y, "r", "granulate-play-go"), number, packed, made["play"])
    canvas.connect(canvas.obj(20, y + _STEP, "r", "granulate-play-grain"), number, inlet=1)
    for inlet, name in enumerate(("gain", "rate", "pan"), 1):
        canvas.connect(
            canvas.obj(20, y + _STEP * (inlet + 1), "r", f"granulate-play-{name}"), packed, inlet=inlet
        )
    return canvas


def _status() -> Canvas:
    canvas = Canvas("receive-status", 760, 420)
    heard = canvas.obj(20, 20, "r", "granulate-in")
    kinds_of = canvas.obj(20, 50, "route", "feedback", "error", "pong")
    canvas.chain(heard, kinds_of)
    feedback = canvas.obj(20, 90, "route", "grain", "position", "level")
    canvas.connect(kinds_of, feedback)
    canvas.connect(feedback, canvas.obj(20, 330, "s", "granulate-grain-now"))
    canvas.connect(feedback, _shows(canvas, 20, 360, "granulate-grain-now-is"))
    canvas.connect(feedback, canvas.obj(180, 330, "s", "granulate-position"), outlet=1)
    canvas.connect(feedback, _dot(canvas), outlet=1)
    levels = canvas.obj(480, 130, "t", "b", "a")
    canvas.connect(feedback, levels, outlet=2)
    canvas.connect(levels, canvas.obj(480, 220, "s", "granulate-alive"))
    each = canvas.obj(540, 160, "unpack", "f", "f")
    canvas.connect(levels, each, outlet=1)
    canvas.connect(levels, canvas.obj(620, 130, "s", "granulate-level"), outlet=1)
    canvas.connect(each, canvas.obj(540, 190, "s", "granulate-level-left"))
    canvas.connect(each, canvas.obj(600, 250, "s", "granulate-level-right"), outlet=1)
    error = canvas.obj(320, 90, "list", "split", 1)
    canvas.connect(kinds_of, error, outlet=1)
    canvas.connect(error, _shows(canvas, 320, 390, "granulate-error-is"), outlet=1)
    canvas.connect(kinds_of, canvas.obj(480, 90, "s", "granulate-alive"), outlet=2)
    return canvas


def _dot(canvas: Canvas) -> int:
    """The place on the map in pixels; of a third axis nothing is shown."""
    left, top, size = MAP
    place = canvas.obj(180, 130, "unpack", "f", "f")
    across = canvas.obj(180, 190, "expr", f"\\$f1*{size}+{left - DOT // 2}")
    up = canvas.obj(280, 160, "expr", f"(1-\\$f1)*{size}+{top - DOT // 2}")
    packed = canvas.obj(180, 230, "pack", "f", "f")
    canvas.connect(place, across)
    canvas.connect(place, up, outlet=1)
    canvas.connect(across, packed)
    canvas.connect(up, packed, inlet=1)
    canvas.chain(
        packed, canvas.message(180, 260, "pos", "\\$1", "\\$2"), canvas.obj(180, 290, "s", "granulate-dot")
    )
    return place
