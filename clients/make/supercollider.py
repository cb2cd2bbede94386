"""Granulate.sc: a class for sclang, its help, and granulate.scd: a panel made with it."""

from __future__ import annotations

from pathlib import Path
from string import Template

from clients.make.panel import (
    PORT,
    RATE,
    RENEW_S,
    Row,
    actions,
    kinds,
    playable_presets,
    rows,
)
from granulate.live.osc.addresses import ROOT, Control, address_space
from granulate.live.osc.values import Kind
from granulate.parameters import number

HERE = Path(__file__).parent
_WORDS = {
    Kind.NUMBER: "number",
    Kind.WHOLE: "whole",
    Kind.TRUTH: "truth",
    Kind.TIME: "time",
    Kind.CHOICE: "choice",
}


def class_file() -> str:
    """Granulate.sc, with every parameter of the registry."""
    specs = [_spec(target) for target in address_space().values() if isinstance(target, Control)]
    addresses = {f"at_{name}": action.address for name, action in actions().items()}
    return _filled(
        "Granulate.sc",
        specs=",\n\t\t\t".join(specs),
        root=ROOT,
        port=PORT,
        rate=RATE,
        renew=RENEW_S,
        **addresses,
    )


def help_file() -> str:
    """The class's help, with a table of its parameters."""
    lines = []
    for target in address_space().values():
        if isinstance(target, Control):
            lines.append(f"## \\{_symbol(target)} || {_bounds_in_words(target)} || {_plain(_help(target))}")
    return _filled("Granulate.schelp", table="\n".join(lines), port=PORT, rate=RATE)


def panel_script() -> str:
    """granulate.scd."""
    shown = [f"[\\{section}, [\n\t\t{_rows(listed)}\n\t]]" for section, listed in rows().items()]
    chosen = [f"[\\{section}_kind, #[{_symbols(words)}]]" for section, words in kinds().items()]
    return _filled(
        "granulate.scd",
        rows=",\n\t".join(shown),
        kinds=",\n\t".join(chosen),
        presets=_symbols(playable_presets()),
        port=PORT,
        rate=RATE,
    )


def quark() -> str:
    """What sclang's package manager reads."""
    return (HERE / "Granulate.quark").read_text()


def _filled(name: str, **words: object) -> str:
    return Template((HERE / name).read_text()).substitute({key: str(value) for key, value in words.items()})


def _symbol(control: Control) -> str:
    return f"{control.section.name}_{control.parameter}"


def _spec(control: Control) -> str:
    low, high = control.bounds or (None, None)
    shown = ", ".join(_literal(value) for value in (low, high))
    return f"[\\{_symbol(control)}, '{control.address}', {shown}, \"{_unit(control)}\"]"


def _literal(value: float | None) -> str:
    return "nil" if value is None or abs(value) == float("inf") else number(value)


def _unit(control: Control) -> str:
    return "" if not control.stages else control.declared(next(iter(control.stages)))[1].unit


def _help(control: Control) -> str:
    return (
        control.section.help if not control.stages else control.declared(next(iter(control.stages)))[1].help
    )


def _bounds_in_words(control: Control) -> str:
    bounds = control.bounds
    if bounds is None:
        return "one of its kinds" if not control.stages else ""
    return f"{number(bounds[0])} to {number(bounds[1])} {_unit(control)}".strip()


def _plain(text: str) -> str:
    return text.replace("[", "(").replace("]", ")").replace("||", "|")


def _rows(listed: list[Row]) -> str:
    return ",\n\t\t".join(map(_row, listed))


def _row(row: Row) -> str:
    warp = "exp" if row.by_ratio else "lin"
    extent = f"{number(row.low)}, {number(row.high)}, \\{warp}, {str(row.optional).lower()}"
    return f'[\\{_symbol(row.control)}, "{row.label}", \\{_WORDS[row.kind]}, {extent}]'


def _symbols(words: list[str]) -> str:
    return ", ".join(f"\\{word}" for word in words)
