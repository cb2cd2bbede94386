"""The folder that a reader of the documentation is in: sounds under the names that the pages use, and small."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import granulate as gr
from granulate.demo_sound import demo_library
from tests.conftest import melody

RATE = 16_000
MADE = (
    "violin.flac",
    "choir.wav",
    "birds.ogg",
    "drums.wav",
    "speech.wav",
    "melody.wav",
    "bells.flac",
    "kick.wav",
)
"""What the pages call "a sound of yours"."""
FOLDERS = ("sounds", "drums")
_SECONDS = {"violin.flac": 2.4, "choir.wav": 6.0}
"""Those that last longer than 1.2 s: forecasts over 30 steps of 60 ms need as many more to be learned from."""


def furnish(folder: Path) -> None:
    """Put all of it there."""
    for seed, name in enumerate(MADE):
        gr.write(melody(_SECONDS.get(name, 1.2), RATE, 1 + seed % 2, seed), folder / name)
    for n, name in enumerate(FOLDERS):
        for i, (kind, sound) in enumerate(demo_library(6, RATE, seed=n)):
            if n == 0 or i < 4:
                path = folder / name / kind / f"{kind}-{i}.wav"
                path.parent.mkdir(parents=True, exist_ok=True)
                gr.write(sound, path)
    (folder / "granulate-demo").mkdir()
    gr.write(short_demo(), folder / "granulate-demo" / "demo.wav")


def short_demo() -> gr.Sound:
    """In place of the twelve seconds that `granulate demo` makes."""
    sound = gr.demo(2.0, RATE)
    assert np.abs(sound.samples).max() > 0.1
    return sound
