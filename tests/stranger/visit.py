"""The whole of a stranger's first quarter of an hour, and what has to come of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import soundfile

from tests.stranger import findings
from tests.stranger.findings import need
from tests.stranger.journey import README, STARTS, Journey, address

RENDER, PLAY, LIBRARY = STARTS
N_TAGGED = 48


def watch(
    page: Path, line: str, osc: int, *, browser: Callable[[], AbstractContextManager[Any]] = findings.browser
) -> None:
    """What the second terminal asked for has come; the map is open in a browser, and sounds there."""
    gain = findings.answer(osc, "master/gain")
    need(gain == [-6.0], f"{page.name}: master.gain is {gain} after oscsend")
    with browser() as chromium:
        findings.plays(chromium, address(line))


def reading(journey: Journey) -> None:
    """README's first screen ends with a sound, and what became of it."""
    journey.follow(README)
    findings.sounds(journey.folder / "granulate-demo" / "demo-unfold.wav")


def rendering(journey: Journey) -> None:
    """The quick start of who renders ends with other sounds than it began with."""
    journey.follow(RENDER)
    before = findings.sounds(journey.folder / "granulate-demo" / "demo.wav")
    for name in ("islands", "swarm", "mine", "comet"):
        after = findings.sounds(journey.folder / f"{name}.wav")
        need(after.shape != before.shape or (after != before).any(), f"{name}.wav is the demo itself")


def playing(journey: Journey) -> None:
    """The quick start of who plays ends with a take, and the samples that were heard."""
    journey.follow(PLAY)
    findings.take(journey.folder / "take.json", 20)
    findings.sounds(journey.folder / "take.wav")


def tagging(journey: Journey) -> None:
    """The quick start of who keeps a library ends with new sounds that are tagged right, and a map of them that plays."""
    journey.follow(LIBRARY)
    share = findings.tags(journey.folder / "new.csv")
    need(share >= findings.LEAST_RIGHT, f"{share:.0%} of the new sounds were tagged right")
    copied = list((journey.folder / "sorted").rglob("*.wav"))
    need(len(copied) == N_TAGGED, f"{len(copied)} sounds were taken out")
    need(all(soundfile.info(path).frames for path in copied), "some of them are empty")
    with findings.browser() as chromium:
        need(
            findings.plays(chromium, (journey.folder / "sounds.html").as_uri()) == N_TAGGED,
            "the map lacks sounds",
        )


VISITS: dict[str, Callable[[Journey], None]] = {
    "readme": reading,
    "render": rendering,
    "play": playing,
    "library": tagging,
}


def lacks() -> list[str]:
    """What the stranger's machine would have, and this one has not."""
    missing = [name for name in ("bash", "chromium", "oscsend", "cmp") if shutil.which(name) is None]
    return missing + [name for name in ("playwright", "pythonosc") if find_spec(name) is None]
