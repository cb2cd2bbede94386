"""What an instrument hears, in figures."""

from __future__ import annotations

from dataclasses import dataclass

from granulate.level import to_decibels
from granulate.live.player import ANSWER_BLOCKS, Player


@dataclass(frozen=True, slots=True)
class Hearing:
    """What is heard: `level` in dBFS, falling slowly; `remembered` in seconds; how many sounds of the input are in
    the corpus; windows that were `missed` because the player came too late; and what the engine's `State` counts.

    `latency`: seconds from a sound to the grain that answers it, from the middle of the window that it is
    in; the devices' own, as far as they tell it, is part of it.
    """

    level: float
    remembered: float
    kept: int
    missed: int
    lost: int
    non_finite: int
    latency: float


def hearing(player: Player, kept: int) -> Hearing | None:
    """What a player hears now, with so many sounds of it in its corpus; None where it hears nothing."""
    inlet, engine = player.inlet, player.engine
    if inlet is None:
        return None
    setup, state, memory, framing = engine.setup, engine.state, inlet.memory, player.stream.corpus.framing
    samples = framing.window - framing.lead + ANSWER_BLOCKS * setup.block
    return Hearing(
        to_decibels(inlet.peak), (memory.end - memory.oldest) / setup.sample_rate, kept,
        player.missed, state.input_lost, state.input_non_finite,
        samples / setup.sample_rate + engine.latency + engine.input_latency,
    )  # fmt: skip
