"""Measuring: the chosen sets of one sound, those that cut alike together."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from granulate.kernels.summary import summaries
from granulate.library.measures.heard import Heard
from granulate.library.measures.registry import MEASURES, STATISTICS, Measure, Measured
from granulate.library.records import Column
from granulate.types import Choice, Framing, Sound

_ANY_RATE = 44_100
_LEVELS = (0, 2, 3, 4)  # the statistics that are no deviation and no derivative
_MOST = np.float32(1e30)


def measure(sound: Sound, chosen: Sequence[Choice]) -> Measured:
    """Measure a sound by the chosen sets, one after another in that order. All values are finite.

    Memory does not grow with the sound: what is heard of a very long one is an excerpt (see `Heard`), and a
    memory-mapped one is handed back as it is read. Raises PresetError for an unknown set.
    """
    heard = Heard(sound)
    measures = [_made(choice, sound.sample_rate) for choice in chosen]
    taken = [np.zeros((0, 0), np.float32)] * len(measures)
    for framing in dict.fromkeys(m.framing for m in measures if m.framing is not None):
        _take(heard, framing, measures, taken)
    parts, frames = [], {}
    for choice, made, values in zip(chosen, measures, taken, strict=True):
        per_frame, whole = made.finish(values, heard)
        if made.frames:
            per_frame = _finite(per_frame)
            frames[choice.kind] = per_frame
            parts.append(summaries(per_frame, made.brief))
            if made.silent and not len(per_frame):
                parts[-1].reshape(-1, len(STATISTICS))[:, _LEVELS] = np.array(made.silent)[:, None]
        parts.append(whole)
    return Measured(_finite(np.concatenate([*parts, np.zeros(0, np.float32)])), frames, heard.share)


def columns(chosen: Sequence[Choice]) -> tuple[Column, ...]:
    """What `measure` tells of a sound, in the same order. Raises PresetError for an unknown set."""
    found = []
    for choice in chosen:
        made = _made(choice, _ANY_RATE)
        full = len(made.frames) - made.brief
        for i, (name, unit) in enumerate(made.frames):
            found += [
                Column(f"{name}_{s}", unit, choice.kind) for s in (STATISTICS if i < full else STATISTICS[:2])
            ]
        found += [Column(name, unit, choice.kind) for name, unit in made.whole]
    return tuple(found)


def frame_columns(choice: Choice) -> tuple[Column, ...]:
    """What the frames of a set hold: none where it has no frames. Raises PresetError for an unknown set."""
    return tuple(Column(name, unit, choice.kind) for name, unit in _made(choice, _ANY_RATE).frames)


def _take(heard: Heard, framing: Framing, measures: Sequence[Measure], taken: list[Any]) -> None:
    n = framing.n_grains(heard.n_samples)
    mine = [i for i, m in enumerate(measures) if m.framing == framing]
    for i in mine:
        taken[i] = np.zeros((n, measures[i].n_measured), np.float32)
    for first, frames in heard.frames(framing):
        for i in mine:
            measures[i].measure(frames, taken[i][first : first + len(frames)])


def _finite(values: Any) -> Any:
    # What overflowed float32 is the most that there is, and no number none.
    values = np.asarray(values, np.float32)
    if np.isfinite(values).all():
        return values
    return np.clip(np.where(np.isnan(values), np.float32(0), values), -_MOST, _MOST)


def _made(choice: Choice, rate: int) -> Measure:
    stage = MEASURES[choice.kind]
    key = tuple(sorted((k, tuple(v) if isinstance(v, list) else v) for k, v in choice.parameters.items()))
    return _make(stage.name, key, rate)


@lru_cache(maxsize=128)
def _make(kind: str, parameters: tuple[tuple[str, Any], ...], rate: int) -> Measure:
    made: Measure = MEASURES[kind].function(rate, **dict(parameters))
    return made
