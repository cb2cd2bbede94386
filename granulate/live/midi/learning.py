"""Learning: which control was just moved, told from a short history of its moves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

from granulate.live.midi.messages import Move
from granulate.live.midi.tables import bind
from granulate.live.midi.targets import Target, target

_ENOUGH = 24
_QUIET = 0.3
"""Seconds without a move after which what has come is all there is."""
_LONGEST = 1.5
_WIDE_RATIO = 100.0
_RELATIVE_RUN = 4
_PARTS = {6, 38, *range(96, 102)}
"""Controllers that only carry (non-)registered parameters."""

_Control = tuple[str, int, int]


@dataclass(slots=True)
class _Heard:
    """Moves of one control, and how many of a 14-bit one's came by a fine part."""

    moves: list[Move] = field(default_factory=list)
    fine: int = 0


class Learner:
    """Listens for the next control that is moved, to make it an entry for `name`.

    `given`: keys of the entry that are set already (low, high, curve, mode, pickup ...).
    Raises ParameterError where nothing is called so, and for what no entry could say.
    """

    def __init__(self, name: str, given: dict[str, Any] | None = None) -> None:
        self.target: Target = target(name)
        self._given = dict(given or {})
        bind("control", {"target": name, "cc": 0} | self._range() | self._given)
        self._heard: dict[_Control, _Heard] = {}
        self._count = 0
        self._first: float | None = None
        self._last = 0.0

    def hear(self, moves: Iterable[Move], time: float) -> None:
        """The moves of one message."""
        for move in moves:
            if not self._heard and move.kind in ("note", "cc") and move.value == 0 and not move.clicks:
                continue  # the release of what was pressed before learning began
            heard = self._heard.setdefault((move.kind, move.number, move.channel), _Heard())
            heard.moves.append(move)
            if move.bits == 14 and move.kind != "bend" and move.value & 0x7F:
                heard.fine += 1
            self._count += move.kind != "cc14"
            self._first = time if self._first is None else self._first
            self._last = time

    def entry(self, time: float) -> dict[str, Any] | None:
        """The table of a `control` entry; None until enough has been heard."""
        if self._first is None:
            return None
        done = self._count >= _ENOUGH or time - self._last >= _QUIET or time - self._first >= _LONGEST
        return self._entry() if done else None

    def _entry(self) -> dict[str, Any] | None:
        kind, number, channel = control = self._moved()
        heard = self._heard[control]
        entry: dict[str, Any] = {"target": self.target.name}
        entry[kind] = True if kind in ("bend", "pressure") else number
        if not self._given.get("mpe"):
            entry["channel"] = channel
        if kind in ("nrpn", "rpn") and not heard.fine:
            entry["bits"] = 7
        mode = self._mode(kind, [move.value for move in heard.moves])
        if mode != "absolute":
            entry["mode"] = mode
        return entry | self._range() | self._given

    def _moved(self) -> _Control:
        """The control that most was heard of; of one that has several meanings, the finest."""
        counts = Counter({c: len(h.moves) for c, h in self._heard.items() if not self._is_part(c)})
        return max(counts, key=lambda c: counts[c])  # the first of equals

    def _is_part(self, control: _Control) -> bool:
        kind, number, channel = control
        parameters = [c for c in self._heard if c[0] in ("nrpn", "rpn") and c[2] == channel]
        if kind == "cc":
            if number in _PARTS and parameters:
                return True
            return (
                ("cc14", number % 32, channel) in self._heard
                and number < 64
                and self._paired(number % 32, channel)
            )
        if kind == "cc14":
            return not self._paired(number, channel) or (number == 6 and bool(parameters))
        return False

    def _paired(self, number: int, channel: int) -> bool:
        """Whether a controller's two halves come together, rather than being two knobs."""
        coarse, fine = (self._heard.get(("cc", n, channel), _Heard()) for n in (number, number + 32))
        return len(fine.moves) > 0 and len(coarse.moves) > 0 and 2 * len(fine.moves) >= len(coarse.moves)

    def _mode(self, kind: str, values: list[int]) -> str:
        ranged = self.target.ranged or self.target.kind == "choice"
        if kind in ("note", "program"):
            pressed = {"switch": "toggle", "number": "momentary", "whole": "momentary", "time": "momentary"}
            return pressed.get(self.target.kind, "absolute")
        if kind != "cc":
            return "absolute"
        if set(values) <= {0, 127}:
            return "toggle" if self.target.kind == "switch" else "absolute"
        if ranged and len(values) >= _RELATIVE_RUN and self._repeats(values):
            return _encoding(values)
        return "absolute"

    @staticmethod
    def _repeats(values: list[int]) -> bool:
        # A knob does not send a value twice in a row; an encoder sends hardly anything else.
        same = sum(a == b for a, b in pairwise(values))
        return 2 * same >= len(values) - 1

    def _range(self) -> dict[str, Any]:
        aim = self.target
        if not {"low", "high", "curve"}.isdisjoint(self._given):
            return {}
        if aim.kind == "time":
            return {"low": "5ms", "high": "500ms", "curve": "exponential"}
        if aim.ranged and aim.minimum > 0 and aim.maximum / aim.minimum >= _WIDE_RATIO:
            return {"curve": "exponential"}
        return {}


def _encoding(values: list[int]) -> str:
    """Of an encoder turned either way: around 0 and 127, around 64 on both sides, or 64 upwards for down."""
    if any(value >= 96 for value in values):
        return "twos_complement"
    if any(48 <= value < 64 for value in values) or all(value > 64 for value in values):
        return "binary_offset"
    return "sign_magnitude" if any(value > 64 for value in values) else "twos_complement"
