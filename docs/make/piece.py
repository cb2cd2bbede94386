"""Something that is made for the site, and the sounds that several of them start from."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

import granulate as gr

FADE_S = 0.02


@dataclass(frozen=True, slots=True)
class Piece:
    """Files (sounds end in .mp3, pictures in .png) and what makes them, which is handed their paths in that order.

    `key`: what they depend on beside granulate itself.
    """

    files: tuple[str, ...]
    make: Callable[..., None]
    key: str = ""


@cache
def demo() -> gr.Sound:
    """What `granulate demo` starts from."""
    return gr.demo()


def excerpt(sound: gr.Sound, begin: float, seconds: float) -> gr.Sound:
    """A stretch of a sound, with short fades."""
    rate = sound.sample_rate
    frames = sound.samples[:, round(begin * rate) : round((begin + seconds) * rate)].copy()
    ends = np.minimum(1, np.arange(1, frames.shape[1] + 1) / (FADE_S * rate)).astype(np.float32)
    return gr.Sound(frames * ends * ends[::-1], rate)


def joined(sounds: list[gr.Sound], gap: float = 0.3) -> gr.Sound:
    """Sounds of one kind, one after another with silence between them."""
    rate = sounds[0].sample_rate
    silence = np.zeros((sounds[0].n_channels, round(gap * rate)), np.float32)
    parts = [part for sound in sounds for part in (sound.samples, silence)]
    return gr.Sound(np.concatenate(parts[:-1], axis=1), rate)


def write(sound: gr.Sound, path: Path) -> None:
    """Write a sound, in the format of its extension, in place of what was there."""
    gr.write(sound, path, force=True)
