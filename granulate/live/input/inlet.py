"""The inlet: what the engine captures, fetched in time and remembered."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from granulate.errors import ParameterError
from granulate.level import from_decibels
from granulate.live.engine import Engine
from granulate.live.input.memory import Frames, Memory, of_channels
from granulate.live.input.section import INPUT
from granulate.live.records import captured_type

_AT_ONCE = 64
_SPARE_S = 2.0
"""Remembered beyond what is asked for, so that a stretch is still there when somebody has time for it."""
_FALL_DB_PER_S = 24.0


class Inlet:
    """The input of an engine that has one. `fetch` is the player's; the rest may be asked from any thread.

    `values` are the section's. `peak` is the level in amplitude, which falls slowly.
    """

    def __init__(self, engine: Engine) -> None:
        setup = engine.setup
        self.n_channels, self.sample_rate = setup.n_inputs, setup.sample_rate
        self.values: Mapping[str, Any] = INPUT.bind({}).parameters
        self.peak = 0.0
        self._engine = engine
        self._records = np.zeros(_AT_ONCE, captured_type(setup.block, setup.n_inputs))
        self.memory = Memory(self.n_channels, self._wanted())

    def set(self, parameter: str, value: Any) -> None:
        """Take a value of the section. Raises PresetError and ParameterError for what is not allowed."""
        values = INPUT.bind({**self.values, parameter: value}).parameters
        if values["channel"] > self.n_channels:
            raise ParameterError(
                f"input.channel = {values['channel']} of an input of {self.n_channels}; allowed: 0 to that"
            )
        self.values = values

    @property
    def channel(self) -> int:
        """The channel that is heard, from 1; 0 is all."""
        return int(self.values["channel"])

    def fetch(self) -> None:
        """Remember what has come."""
        gain = np.float32(from_decibels(self.values["gain"]))
        while n := self._engine.captured(self._records):
            for record in self._records[:n]:
                frames = record["frames"][: record["n"]] * gain
                fallen = self.peak * 10 ** (-_FALL_DB_PER_S / 20 * len(frames) / self.sample_rate)
                self.peak = max(fallen, float(np.abs(frames).max(initial=0)))
                self.memory.add(int(record["clock"]), frames)

    def stretch(self, first: int, last: int, n_channels: int) -> Frames:
        """What was heard (n, n_channels) from one output sample to before another, as far as it is remembered."""
        memory = self.memory
        return of_channels(memory.read(max(first, memory.oldest), last), self.channel, n_channels)

    @property
    def outgrown(self) -> bool:
        """Whether more or less is to be remembered than there is room for."""
        return len(self.memory) != self._wanted()

    def resized(self) -> Memory:
        """A memory of the size that is wanted, with what this one remembers."""
        return self.memory.resized(self._wanted())

    def _wanted(self) -> int:
        return round((self.values["seconds"] + _SPARE_S) * self.sample_rate)
