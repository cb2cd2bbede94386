"""granulate.pd: a panel in vanilla Pure Data.

Controls and wires meet in names, so that a patch of one's own can use them too: what is sent to
`granulate-path-step` is set, and `granulate-path-step-is` is what the instrument says of it.
"""

from __future__ import annotations

from clients.make.panel import Row, kinds, playable_presets, rows
from clients.make.pd_canvas import EMPTY, Canvas
from clients.make.pd_inside import DOT, MAP, inside, name_of
from granulate.live.osc.values import Kind

_LINE = 18
_KINDS, _LABEL, _SLIDER, _NUMBER = 90, 136, 126, 68
"""Widths (px) of the columns of a section."""


def patch() -> str:
    """The file's text."""
    canvas = Canvas(width=1256, height=510)
    _header(canvas)
    _section(canvas, 10, 40, 460, "path", "walk")
    _section(canvas, 10, 310, 460, "envelope", "envelope")
    _section(canvas, 480, 40, 420, "grain", "grain")
    _section(canvas, 480, 418, 420, "master", "master")
    _presets(canvas, 910, 40)
    _map(canvas, 1030, 40)
    _actions(canvas, 1030, 262)
    canvas.within(1120, 486, "granulate-inside", inside())
    return canvas.text_of()


def _header(canvas: Canvas) -> None:
    canvas.title(10, 8, 460, "granulate_live")
    canvas.text(480, 8, "first: granulate live SOUND.wav --osc 9000")
    canvas.text(910, 8, "port")
    canvas.number(944, 9, "granulate-port", "granulate-port-is", 1, 65535)
    canvas.button(1030, 9, "granulate-ping", "granulate-alive", "alive")
    canvas.text(10, 486, "says")
    canvas.shown(46, 486, 150, "granulate-error-is")


def _section(canvas: Canvas, x: int, y: int, width: int, section: str, title: str) -> None:
    canvas.title(x, y, width, title)
    y += 26
    if section in kinds():
        name = f"granulate-{section}-kind-index"
        canvas.choice(x, y, name, f"{name}-is", kinds()[section])
    x += _KINDS if section in kinds() else 0
    for i, row in enumerate(rows()[section]):
        _row(canvas, x, y + _LINE * i, row)


def _row(canvas: Canvas, x: int, y: int, row: Row) -> None:
    name = name_of(row)
    canvas.text(x, y - 3, row.label)
    x += _LABEL
    if row.kind is Kind.TRUTH:
        canvas.toggle(x, y, name, f"{name}-is")
        return
    if row.kind is Kind.TIME:
        canvas.slider(x, y, name, EMPTY, row.low, row.high, row.by_ratio)
        canvas.shown(x + _SLIDER, y - 2, 10, f"{name}-is")
        return
    low, high = row.control.bounds or (0, 0)
    canvas.slider(x, y, name, f"{name}-is", row.low, row.high, row.by_ratio)
    canvas.number(x + _SLIDER, y, name, f"{name}-is", low, high)
    if row.optional:
        canvas.toggle(x + _SLIDER + _NUMBER, y, f"{name}-unset", f"{name}-unset-is")
        canvas.text(x + _SLIDER + _NUMBER + 15, y - 3, "any")


def _presets(canvas: Canvas, x: int, y: int) -> None:
    canvas.title(x, y, 110, "preset")
    canvas.choice(x, y + 26, "granulate-preset-index", EMPTY, playable_presets())
    below = y + 32 + 14 * len(playable_presets())
    canvas.text(x, below - 3, "morph (s)")
    canvas.number(x, below + 16, "granulate-morph", EMPTY, 0, 3600)


def _map(canvas: Canvas, x: int, y: int) -> None:
    canvas.title(x, y, 216, "map")
    left, top, size = MAP
    canvas.field(left, top, size, size)
    canvas.slider(x, top, "granulate-y", EMPTY, 0, 1, upright=True, length=size)
    canvas.slider(left, top + size + 8, "granulate-x", EMPTY, 0, 1, length=size)
    canvas.dot(left + size // 2, top + size // 2, DOT, "granulate-dot")
    canvas.meter(left + size + 10, top, "granulate-level-left")
    canvas.meter(left + size + 26, top, "granulate-level-right")


def _actions(canvas: Canvas, x: int, y: int) -> None:
    canvas.title(x, y, 216, "play")
    y += 26
    for i, name in enumerate(("start", "stop", "panic")):
        canvas.button(x + 72 * i, y, f"granulate-{name}", label=name)
    canvas.toggle(x, y + 26, "granulate-record", EMPTY)
    canvas.text(x + 18, y + 23, "record")
    canvas.button(x + 72, y + 25, "granulate-sounds", label="sounds...")
    y += 56
    canvas.text(x, y - 3, "grain now")
    canvas.number(x + 66, y, EMPTY, "granulate-grain-now-is", 0, 0)
    for i, (name, label, low, high) in enumerate((
        ("grain", "grain", 0, 2**31 - 1), ("gain", "gain (dB)", -120, 24), ("rate", "rate", 1 / 64, 64),
        ("pan", "pan", -1, 1),
    )):  # fmt: skip
        line = y + 24 + _LINE * i
        canvas.text(x, line - 3, label)
        canvas.number(
            x + 66,
            line,
            f"granulate-play-{name}",
            f"granulate-play-{name}-is",
            low,
            high,
            1.0 if name == "rate" else 0.0,
        )
    canvas.button(x + 140, y + 24, "granulate-play-go", label="play")
