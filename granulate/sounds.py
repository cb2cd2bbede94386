"""A score's sounds as one pool, and its events as what the mixer takes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from granulate import storage
from granulate.errors import ScoreError
from granulate.kernels.mixing import FASTEST, LONGEST, TABLE_STEPS, GrainEvents
from granulate.stages.envelopes import ENVELOPE
from granulate.types import Choice, Events, Framing, Score, Sound

_LOUDEST = 1e6
_FARTHEST = 1 << 40


def pooled(sounds: Sequence[Sound]) -> tuple[NDArray[np.float32], NDArray[np.int64]]:
    """All sounds in one array (n_frames, n_channels), and where each begins in it, with the end (n_sounds + 1,)."""
    sizes = [sound.n_samples for sound in sounds]
    edges = np.concatenate([[0], np.cumsum(sizes)])
    if (whole := _already(sounds)) is not None:
        return whole, edges
    pool = storage.allocate(int(edges[-1]), sounds[0].n_channels)
    for sound, first in zip(sounds, edges[:-1], strict=True):
        pool[first : first + sound.n_samples] = sound.frames
        storage.release(pool)
    return pool, edges


def _already(sounds: Sequence[Sound]) -> NDArray[np.float32] | None:
    """The sounds' one array, where they lie in one already, as those of a cached corpus do."""
    frames = [sound.frames for sound in sounds]
    places = [array.__array_interface__["data"][0] for array in frames]
    ends = [place + array.nbytes for place, array in zip(places, frames, strict=True)]
    if len({id(_owner(array)) for array in frames}) > 1 or places[1:] != ends[:-1]:
        return None
    n_frames = sum(len(array) for array in frames)
    return np.lib.stride_tricks.as_strided(frames[0], (n_frames, frames[0].shape[1]), writeable=False)


def _owner(array: NDArray[np.float32]) -> object:
    base: object = array
    while isinstance(base, np.ndarray) and base.base is not None:
        base = base.base
    return base


def check_events(score: Score) -> None:
    """Raise ScoreError, naming the first that is wrong, for events out of range or out of order."""
    events = score.events
    if not len(events):
        raise ScoreError("a score without events; allowed: at least one")
    ends = np.array([sound.n_samples for sound in score.sounds], np.int64)
    _check(events, "sound", 0, len(score.sounds) - 1)
    _check(events, "envelope", 0, len(score.envelopes) - 1)
    _check(events, "time", -_FARTHEST, _FARTHEST)
    _check(events, "length", 1, LONGEST)
    _check(events, "rate", -FASTEST, FASTEST)
    _check(events, "gain", -_LOUDEST, _LOUDEST)
    _check(events, "pan", -1, 1)
    still = np.flatnonzero(events.rate == 0)
    if len(still):
        raise ScoreError(f"events.rate[{still[0]}] = 0; allowed: {-FASTEST:g} to {FASTEST:g} but not 0")
    late = np.flatnonzero(np.diff(events.time) < 0)
    if len(late):
        at = late[0] + 1
        raise ScoreError(
            f"events.time[{at}] = {events.time[at]} is out of order; allowed: from {events.time[at - 1]} on"
        )
    # What reaches past its sound is silent there; what never touches it is a mistake.
    reach = np.ceil(events.length * np.abs(events.rate).astype(np.float64)).astype(np.int64)
    reach = np.maximum(reach, score.framing.n_fft)
    outside = np.flatnonzero((events.start < -reach) | (events.start > ends[events.sound]))
    if len(outside):
        at = outside[0]
        raise ScoreError(
            f"events.start[{at}] = {events.start[at]}; allowed: {-reach[at]} to {ends[events.sound[at]]}"
        )
    if score.n_channels > 2 and events.pan.any():
        raise ScoreError(f"events.pan of a sound of {score.n_channels} channels; allowed: 0")


def grain_events(score: Score, edges: NDArray[np.int64]) -> GrainEvents:
    """The events as the mixer takes them: starts in the pool, gain and pan as a gain for each channel."""
    events = score.events
    low = edges[events.sound]
    return GrainEvents(
        time=events.time,
        start=events.start + low,
        length=events.length,
        rate=events.rate.astype(np.float64),
        gains=channel_gains(events, score.n_channels),
        table=events.envelope,
        low=low,
        high=edges[events.sound + 1],
    )


def channel_gains(events: Events, n_channels: int) -> NDArray[np.float32]:
    """Gain and pan (n_events, n_channels): equal power, and as recorded in the middle."""
    gains = np.repeat(np.asarray(events.gain, np.float32)[:, None], n_channels, axis=1)
    if n_channels == 2 and events.pan.any():
        angle = (events.pan.astype(np.float64) + 1) * (np.pi / 4)
        sides = np.sqrt(2) * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        sides[events.pan == 0] = 1
        gains *= sides.astype(np.float32)
    return gains


def envelope_tables(score: Score) -> NDArray[np.float32]:
    """Each of the score's envelopes from its beginning to its end (n_envelopes, TABLE_STEPS + 1)."""
    return np.stack([envelope_table(choice, score.framing) for choice in score.envelopes])


def envelope_table(envelope: Choice, framing: Framing) -> NDArray[np.float32]:
    """An envelope from its beginning to its end (TABLE_STEPS + 1,)."""
    position = np.arange(TABLE_STEPS + 1) / TABLE_STEPS
    table = ENVELOPE[envelope.kind].function(position, framing, **envelope.parameters)
    return np.asarray(table, np.float32)


def ceiling(score: Score, gains: NDArray[np.float32], tables: NDArray[np.float32]) -> float:
    """What no absolute sample of the mix exceeds: the most that may sound at once, all at their peaks."""
    events = score.events
    peaks = np.array([sound.peak for sound in score.sounds])[events.sound]
    heights = np.abs(tables).max(axis=1)[events.envelope]
    # Interpolation overshoots: a cubic through samples of full scale by a quarter at most.
    loudest = 1.25 * np.abs(gains).max(axis=1) * peaks * heights
    bounds = np.concatenate([events.time, events.time + events.length])
    changes = np.concatenate([loudest, -loudest])
    return float(max(np.cumsum(changes[np.argsort(bounds, kind="stable")]).max(), 0.0)) * (1 + 1e-6)


def _check(events: Events, name: str, least: float, most: float) -> None:
    column = getattr(events, name)
    wrong = np.flatnonzero(~((column >= least) & (column <= most)))
    if len(wrong):
        raise ScoreError(f"events.{name}[{wrong[0]}] = {column[wrong[0]]:g}; allowed: {least:g} to {most:g}")
