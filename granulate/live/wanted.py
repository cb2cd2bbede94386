"""What is asked for: the preset that a controller's changes have led to, which what plays follows in its time."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from granulate.errors import ParameterError
from granulate.live.morph import Morph
from granulate.live.player import Player
from granulate.live.stream import check_playable, fitted_to, needs_another
from granulate.preset import SECTIONS, Preset
from granulate.types import Choice

_MOVED = ("path", "grain", "envelope")
"""The sections by which a stream can go on as another preset."""


class Wanted:
    """The preset that is asked for; presets are replaced whole, never changed.

    `made_of` is the preset that what plays was made of, and `due` is set when another stream has to be
    made. Any thread may ask and change.
    """

    def __init__(self, player: Player, preset: Preset, due: threading.Event) -> None:
        self.player, self.preset, self.made_of, self.due = player, preset, preset, due
        self.lock = threading.RLock()
        self.morph: Morph | None = None
        self.master_db = 0.0
        self.values: Mapping[tuple[str, str], Any] = {}
        """Every parameter's value, by section and name."""
        self.tabulate()

    def set(self, section: str, parameter: str, value: Any) -> None:
        """Take a checked value. Raises a GranulateError for what cannot be played."""
        with self.lock:
            self.become(_with(self.preset, section, parameter, value))

    def choose(self, section: str, choice: Choice) -> None:
        """Take a whole section. Raises a GranulateError for what cannot be played."""
        changes: dict[str, Any] = {section: choice}
        with self.lock:
            self.become(replace(self.preset, **changes))

    def become(self, preset: Preset) -> None:
        """Ask for a preset. Raises ParameterError for what can be seen at once not to be playable."""
        with self.lock:
            self.check(preset)
            if self.player.recording and preset.framing != self.preset.framing:
                raise ParameterError("another framing during a take; allowed: when it has been written down")
            self.preset = preset
            if needs_another(self.made_of, preset):
                self.due.set()
            self.apply()
            self.tabulate()

    def begin(self, preset: Preset, seconds: float) -> None:
        """Become a preset within some seconds. Raises ParameterError as `become` does."""
        self.check(preset)
        with self.lock:
            morph = Morph(self.preset, preset, seconds) if seconds > 0 else None
            self.become(morph.at(0) if morph else preset)
            self.morph = morph  # only now: a change that was refused must not be tried again and again
        self.due.set()

    def step(self) -> None:
        """Go on with a morph. Raises ParameterError where it leads to what cannot be played, and ends it."""
        with self.lock:
            morph, self.morph = self.morph, None
            if morph is None:
                return
            passed = morph.passed()
            self.become(fitted_to(morph.at(passed), len(self.player.stream.corpus)))
            self.morph = morph if passed < 1 else None

    def check(self, preset: Preset) -> None:
        """Raise ParameterError for what can be seen at once not to be playable."""
        check_playable(preset)
        self.player.check(preset)
        stream = self.player.stream
        if not needs_another(stream.preset, preset):
            stream.check(preset)

    def apply(self) -> None:
        """Let the stream go on by the preset, unless that needs another one, which then comes in its time."""
        with self.lock:
            stream = self.player.stream
            if not needs_another(stream.preset, self.preset):
                stream.preset = self.preset

    def give_up(self, preset: Preset) -> None:
        """A preset cannot be made: what plays is what stands, unless more has been asked for since."""
        with self.lock:
            self.made_of = self.player.stream.preset
            if self.preset is preset:
                self.preset, self.morph = self.made_of, None
                self.tabulate()
            else:
                self.due.set()

    def fall_back(self, failed: Preset, good: Preset) -> None:
        """What has moved from a preset that plays to one that fails goes back."""
        with self.lock:
            changes: dict[str, Any] = {
                name: getattr(good, name)
                for name in _MOVED
                if getattr(self.preset, name) is getattr(failed, name)
            }
            self.preset, self.morph = replace(self.preset, **changes), None
            self.apply()
            self.tabulate()

    def lower(self, n_grains: int) -> list[str]:
        """Ask for no more grains than there are; what changes, in words."""
        with self.lock:
            before = self.preset.path.parameters
            self.preset = fitted_to(self.preset, n_grains)
            self.made_of = fitted_to(self.made_of, n_grains)
            given = self.preset.path.parameters
            self.tabulate()
        lowered = [(k, v) for k, v in before.items() if v != given[k]]
        return [f"path.{k} = {v} of {n_grains} grains; it is {given[k]} now" for k, v in lowered]

    def tabulate(self) -> None:
        """Bring `values` up to date."""
        found: dict[tuple[str, str], Any] = {("master", "gain"): self.master_db}
        for name, section in SECTIONS.items():
            chosen = getattr(self.preset, name)
            choices = chosen if section.several else (chosen,)
            if not section.single:
                found[name, "kind"] = ",".join(choice.kind for choice in choices)
            for choice in choices:
                found |= {(name, parameter): value for parameter, value in choice.parameters.items()}
        if self.player.inlet is not None:
            found |= {("input", parameter): value for parameter, value in self.player.inlet.values.items()}
        self.values = found


def _with(preset: Preset, section: str, parameter: str, value: Any) -> Preset:
    chosen = getattr(preset, section)
    if SECTIONS[section].several and parameter == "kind":
        return preset.set(f"{section}.kind={value}")
    found: Any
    if SECTIONS[section].several:
        found = tuple(
            _changed(section, c, parameter, value) if parameter in c.parameters else c for c in chosen
        )
    else:
        found = _changed(section, chosen, parameter, value)
    changes: dict[str, Any] = {section: found}
    return replace(preset, **changes)


def _changed(section: str, choice: Choice, parameter: str, value: Any) -> Choice:
    if parameter == "kind":
        return choice if choice.kind == value else SECTIONS[section].bind({"kind": value})
    return Choice(choice.kind, {**choice.parameters, parameter: value})
