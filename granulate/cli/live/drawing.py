"""The panel as lines of text: what is drawn of a look at the instrument, in a window of any size."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.text import Text

from granulate.cli.live.facts import Look, clock
from granulate.cli.live.rows import Row
from granulate.level import to_decibels

QUIETEST_DB = -60.0
_LOUD_DB, _FULL_DB = -12.0, -3.0
_LIMITS_DB = -0.05
_COLUMN = 36
_LEAST_MESSAGES = 3
_EIGHTHS = " ▏▎▍▌▋▊▉█"
_FULL_BLOCK = "█"


@dataclass(frozen=True, slots=True)
class View:
    """What the panel shows beside a look. `holds`: the peaks held, in dB; `limiting`: the same of the limiter.

    `fixed`: the ports and the device, in words; `messages`: pairs of a line and whether it is a problem,
    oldest first; `bound`: which control moves which target; `map_shown`: it stands in place of the parameters.
    """

    look: Look
    rows: Sequence[Row]
    cursor: int
    holds: Sequence[float]
    limiting: float
    fixed: Sequence[str]
    messages: Sequence[tuple[str, bool]]
    keys: Sequence[str]
    bound: Mapping[str, str]
    map_shown: bool = False
    has_osc: bool = False
    plain: bool = False
    """Nothing but ASCII."""


def drawn(view: View, width: int, height: int) -> list[Text]:
    """The lines, `height` at most, none wider than `width` cells."""
    top = [_title(view, width), *_meters(view, width, height), *_state(view, width, max(2, height // 4))]
    bottom = _flow([Text(key, "dim") for key in view.keys], width)[: height // 6]
    room = height - len(top) - len(bottom)
    n_messages = max(min(_LEAST_MESSAGES, room - 2), (room - 2) // 3)
    middle = _middle(view, width, room - 2 - max(0, n_messages)) if room > 4 else []
    log = _log(view, width, max(0, room - len(middle) - 1))
    lines = [*top, *middle, *log]
    lines += [Text()] * (height - len(lines) - len(bottom))
    return [_cut(line, width) for line in (*lines, *bottom)][:height]


def _title(view: View, width: int) -> Text:
    look = view.look
    line = Text.assemble((look.preset or "granulate", "bold"), "  ", clock(look.seconds))
    if look.resting:
        line.append("  stopped", "yellow")
    if look.recording:
        line.append("  recording", "bold red")
    if look.state.stalled:
        line.append("  the device has stopped", "bold red")
    return line


def _meters(view: View, width: int, height: int) -> list[Text]:
    peaks = [to_decibels(peak) for peak in view.look.state.peaks]
    shown = max(1, min(len(peaks), height // 4))
    lines = []
    for i in range(shown):
        name = "LR"[i] if len(peaks) == 2 else str(i + 1)
        words = f" {_decibels(peaks[i])}  peak {_decibels(view.holds[i])}"
        bar = max(4, width - len(name) - len(words) - 1)
        lines.append(Text(name + " ").append(_bar(peaks[i], view.holds[i], bar, view.plain)).append(words))
    if shown < len(peaks):
        lines[-1].append(f"  and {len(peaks) - shown} more")
    return lines


def _bar(level: float, hold: float, width: int, plain: bool) -> Text:
    """A meter from -60 dB to 0, coloured by how loud its cells are."""
    filled = _place(level, width)
    whole = int(filled)
    full = "#" if plain else _FULL_BLOCK
    rest = "" if plain else _EIGHTHS[int((filled - whole) * 8)].strip()
    bar = Text((full * whole + rest)[:width].ljust(width, "." if plain else " "), "on grey11")
    for style, low, high in (
        ("green", QUIETEST_DB, _LOUD_DB), ("yellow", _LOUD_DB, _FULL_DB), ("red", _FULL_DB, 0.0),
    ):  # fmt: skip
        bar.stylize(style, round(_place(low, width)), round(_place(high, width)))
    at = min(width - 1, int(_place(hold, width)))
    if hold > QUIETEST_DB and at >= whole:
        bar = Text.assemble(bar[:at], ("|" if plain else "│", "bold"), bar[at + 1 :])
    return bar


def _place(level: float, width: int) -> float:
    return min(max(1 - level / QUIETEST_DB, 0.0), 1.0) * width if level > QUIETEST_DB else 0.0


def _decibels(level: float) -> str:
    return f"{level:5.1f} dB" if level > -100 and math.isfinite(level) else " -inf dB"


def _state(view: View, width: int, most: int) -> list[Text]:
    """What there is to know, in at most so many lines: what matters most comes first, and fits."""
    look, state = view.look, view.look.state
    # Of fixed width, so that nothing else moves when they do.
    grain = f"{'-' if look.status.grain is None else look.status.grain:>{len(str(look.n_grains))}}"
    place = " ".join(f"{axis:.2f}" for axis in look.status.position)
    load = f"load {state.load:4.0%}, median {state.median_load:4.0%}, p99 {state.p99_load:4.0%}"
    lost = {"late": state.late, "underflows": state.underflows, "failures": state.failures,
            "silenced": state.non_finite, "input overflows": state.input_overflows,
            "input lost": state.input_lost}  # fmt: skip
    pieces = [
        Text(f"learning {look.learning}: move a control" if look.learning else "", "bold magenta"),
        Text(f"limiter {_decibels(view.limiting)}", "yellow" if view.limiting < _LIMITS_DB else ""),
        Text(load if len(load) <= width else f"load {state.load:4.0%}, p99 {state.p99_load:4.0%}"),
        *(Text(f"{name} {n}", "bold red" if n else "") for name, n in lost.items() if n or name == "late"),
        Text(f"grains {state.active:>4} sound, {state.pending:>4} wait"),
        Text(f"grain {grain} of {look.n_grains}" + (f" at {place}" if place else "")),
        Text(_hearing(look)),
        Text(_refusals(look), "red"),
        Text(look.midi),
        Text(f"clients {look.clients}" if view.has_osc else ""),
        *map(Text, view.fixed),
    ]
    return _flow([piece for piece in pieces if piece], width)[:most]


def _hearing(look: Look) -> str:
    heard = look.hearing
    if heard is None:
        return ""
    kept = f", {heard.kept} kept" if heard.kept else ""
    return f"input {_decibels(heard.level)}, {heard.latency * 1000:.0f} ms to the answer{kept}"


def _refusals(look: Look) -> str:
    kinds = {**look.refused, "dropped": look.dropped}
    told = ", ".join(f"{name} {n}" for name, n in kinds.items() if n)
    return f"OSC refused {sum(kinds.values())} ({told})" if told else ""


def _middle(view: View, width: int, room: int) -> list[Text]:
    if view.map_shown:
        return _bindings(view, width, room)
    columns = max(1, (width + 2) // (_COLUMN + 2))
    high = max(1, min(room - 1, -(-len(view.rows) // columns)))
    page = high * columns
    first = view.cursor // page * page
    shown = view.rows[first : first + page]
    pages = -(-len(view.rows) // page)
    name = "parameters" + (f" ({first // page + 1} of {pages} pages)" if pages > 1 else "")
    cell = (width - 2 * (columns - 1)) // columns
    label = max((len(row.label) for row in shown if not row.is_heading), default=8)
    lines = [Text() for _ in range(min(high, len(shown)))]
    for i, row in enumerate(shown):
        line = lines[i % high]
        if i >= high:
            line.append("  ")
        line.append(_row(view, row, first + i == view.cursor, min(label, cell // 2), cell))
    return [_rule(name, width, view.plain), *lines]


def _row(view: View, row: Row, chosen: bool, label: int, width: int) -> Text:
    # Marks as well as colours: not every terminal has these.
    mark = (">" if chosen else " ") + ("*" if row.fresh else " ")
    bound = view.bound.get(row.target, "")
    if row.is_heading:
        line = Text.assemble(mark, (f"{row.label} {row.value}", "bold cyan"))
    else:
        line = Text.assemble(
            mark, f"{row.label[:label]:<{label}}  ", (row.value, "bold yellow" if row.fresh else "")
        )
    if view.look.learning == row.target:
        line.append("  move a control", "bold magenta")
    elif bound:
        line.append(f"  {'<-' if view.plain else '←'} {bound}", "magenta")
    line = _cut(line, width)
    line.pad_right(max(0, width - line.cell_len))
    if chosen:
        line.stylize("reverse")
    return line


def _bindings(view: View, width: int, room: int) -> list[Text]:
    pairs = view.look.bindings
    lines = [Text(f"  {source:<22} {target}") for target, source in pairs] or [
        Text("  nothing is bound", "dim")
    ]
    if len(lines) > room - 1:
        lines = [*lines[: max(0, room - 2)], Text(f"  and {len(lines) - max(0, room - 2)} more", "dim")]
    return [_rule("MIDI map", width, view.plain), *lines]


def _log(view: View, width: int, room: int) -> list[Text]:
    if room < 1:
        return []
    newest = view.messages[-room:]
    lines = [Text(line, "red" if problem else "") for line, problem in newest]
    return [_rule("messages", width, view.plain), *lines]


def _rule(name: str, width: int, plain: bool) -> Text:
    dash = "-" if plain else "─"
    return Text(f"{dash}{dash} {name} ".ljust(width, dash), "dim")


def _flow(pieces: Sequence[Text], width: int) -> list[Text]:
    """The pieces side by side, in as many lines as they take."""
    lines = [Text()]
    for piece in pieces:
        if lines[-1].cell_len and lines[-1].cell_len + 3 + piece.cell_len > width:
            lines.append(Text())
        if lines[-1].cell_len:
            lines[-1].append("   ")
        lines[-1].append(piece)
    return lines


def _cut(line: Text, width: int) -> Text:
    if line.cell_len > width:
        line.truncate(width, overflow="ellipsis")
    return line
